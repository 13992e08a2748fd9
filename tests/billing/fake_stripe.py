"""A stand-in for Stripe on loopback: enough to subscribe, with the order of events set by its user.

By hand: `python -m tests.billing.fake_stripe --port 12111 --webhook URL` pays checkouts on a page and
delivers the events at once. In tests nothing is delivered unless the test says so.
"""

import copy
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from stripe import WebhookSignature

from tests.billing import fake_objects as make

Thing = dict[str, Any]
SECRET = "whsec_test"
_PART = re.compile(r"[^\[\]]+")


class FakeStripe:
    """One Stripe account in memory."""

    def __init__(self, secret: str = SECRET, webhook: str | None = None) -> None:
        self.secret, self.webhook, self.base = secret, webhook, ""
        self.kinds: dict[str, dict[str, Thing]] = {
            kind: {} for kind in ("customers", "products", "prices", "checkout/sessions",
                                  "subscriptions", "charges", "events", "billing_portal/sessions")
        }  # fmt: skip
        self.undelivered: set[str] = set()
        self.calls: list[tuple[str, str, str | None]] = []
        self.answers: dict[str, tuple[str, Thing]] = {}
        self.down = False
        self.fail_after: str | None = None  # made, but the answer is lost
        self.slow_s = 0.0

    # What a test or a page does.

    def add_prices(self) -> None:
        """The price list."""
        for lookup_key, amount in make.AMOUNTS.items():
            product = f"vric_{lookup_key.partition('_')[0]}"
            self.kinds["products"].setdefault(product, {"id": product, "object": "product"})
            interval = "year" if lookup_key.endswith("yearly") else "month"
            recurring = {"interval": interval, "interval_count": 1}
            self._keep("prices", make.price(lookup_key, product, amount, recurring=recurring))

    def price(self, lookup_key: str) -> Thing:
        return next(p for p in self.kinds["prices"].values() if p["lookup_key"] == lookup_key)

    def pay(self, session_id: str) -> list[Thing]:
        """A customer pays a checkout: returns the events in Stripe's usual order."""
        session = self.kinds["checkout/sessions"][session_id]
        assert session["status"] == "open", session["status"]
        assert self._lives(session["customer"])
        details = session.pop("_details")
        sub = self.subscribe(
            session["customer"], details["lookup_key"], metadata=details["metadata"],
            trial_days=details["trial_days"],
        )  # fmt: skip
        session.update(status="complete", payment_status="paid", subscription=sub["id"], url=None)
        return [
            self.event("customer.subscription.created", sub),
            self.event("invoice.paid", make.invoice(sub, "paid")),
            self.event("checkout.session.completed", session),
        ]

    def subscribe(
        self, customer: str, lookup_key: str, *, status: str = "active", trial_days: int = 0,
        metadata: dict[str, str] | None = None,
    ) -> Thing:  # fmt: skip
        """A subscription without a checkout."""
        sub = make.subscription(
            customer, self.price(lookup_key), status, metadata or {}, trial_days
        )
        return self._keep("subscriptions", sub)

    def change(self, sub: Thing, type_: str = "updated", **changes: Any) -> Thing:
        """Change a subscription, by `lookup_key` its price; returns the event."""
        if "lookup_key" in changes:
            sub["items"]["data"][0]["price"] = self.price(changes.pop("lookup_key"))
        sub.update(changes)
        if changes.get("status") == "canceled":
            sub["ended_at"] = sub["canceled_at"] = int(time.time())
        return self.event(f"customer.subscription.{type_}", sub)

    def delete_customer(self, customer: str) -> list[Thing]:
        """Delete a customer, which ends all it had."""
        subs = [s for s in self.kinds["subscriptions"].values() if s["customer"] == customer]
        events = [self.change(sub, "deleted", status="canceled") for sub in subs]
        whole = self.kinds["customers"][customer]
        self.kinds["customers"][customer] = {
            "id": customer, "object": "customer", "deleted": True,
        }  # fmt: skip
        return [*events, self.event("customer.deleted", whole)]

    def charge(self, sub: Thing) -> Thing:
        """A payment of a subscription."""
        return self._keep("charges", make.charge(sub))

    def dispute(self, charge: Thing, status: str) -> Thing:
        """A customer's bank takes a charge back, or has decided; returns the event."""
        opened = status == "needs_response"
        made = make.dispute(charge, status)
        return self.event(f"charge.dispute.{'created' if opened else 'closed'}", made)

    def event(self, type_: str, thing: Thing) -> Thing:
        """Note an event with the object as it is now."""
        kept = {name: value for name, value in thing.items() if not name.startswith("_")}
        made = self._keep("events", make.event(type_, copy.deepcopy(kept)))
        self.undelivered.add(made["id"])
        return made

    def signed(self, body: str, at: int | None = None) -> dict[str, str]:
        """The headers of a delivery."""
        header = WebhookSignature.generate_signature_header(body, self.secret, at)
        return {"stripe-signature": header, "content-type": "application/json"}

    async def deliver(
        self, client: httpx.AsyncClient, event: Thing, url: str = "/v1/billing/webhook"
    ) -> httpx.Response:
        """Send one event."""
        body = json.dumps(event, indent=2)
        answer = await client.post(url, content=body, headers=self.signed(body))
        if answer.is_success:
            self.undelivered.discard(event["id"])
        return answer

    def _lives(self, customer: str) -> bool:
        return not self.kinds["customers"].get(customer, {"deleted": True}).get("deleted")

    def _keep(self, kind: str, thing: Thing) -> Thing:
        self.kinds[kind][thing["id"]] = thing
        return thing

    # What the API answers.

    async def api(self, request: Request) -> Response:
        """Everything under /v1."""
        path = request.url.path.removeprefix("/v1/")
        key = request.headers.get("idempotency-key")
        self.calls.append((request.method, path, key))
        time.sleep(self.slow_s)
        if not request.headers["authorization"].startswith("Bearer sk_test_"):
            return _error(401, "api_key_invalid")
        if self.down:
            return _error(503, "lock_timeout")
        given = decode((await request.body()).decode() or request.url.query)
        if request.method != "POST" or key is None:
            answer = JSONResponse(*self._answer(request.method, path, given))
            lost = request.method == "DELETE" and path == self.fail_after
            return _error(502, "lost") if lost else answer
        asked = json.dumps([path, given], sort_keys=True)
        if key not in self.answers:
            body, status = self._answer("POST", path, given)
            if status != 200:
                return JSONResponse(body, status)
            self.answers[key] = asked, copy.deepcopy(body)
        if path == self.fail_after:
            return _error(502, "lost")
        before, body = self.answers[key]
        if before != asked:
            return _error(400, "idempotency_key_in_use", "idempotency_error")
        return JSONResponse(body)

    def _answer(self, method: str, path: str, given: Thing) -> tuple[Thing, int]:
        kind = next((k for k in self.kinds if path == k or path.startswith(f"{k}/")), None)
        if kind is None:
            return _fault("unknown_path")
        id_, _, verb = path.removeprefix(kind).strip("/").partition("/")
        if id_ and id_ not in self.kinds[kind]:
            return _fault("resource_missing")
        if method == "POST" and "customer" in given and not self._lives(given["customer"]):
            return _fault("resource_missing")
        if method == "POST" and not id_:
            return _public(self._create(kind, given)), 200
        if id_:
            thing = self.kinds[kind][id_]
            if verb == "expire":
                thing.update(status="expired", url=None)
                self.event("checkout.session.expired", thing)
            if method == "DELETE" and kind == "customers":
                self.delete_customer(id_)
                thing = self.kinds[kind][id_]
            elif method == "DELETE":
                self.change(thing, "deleted", status="canceled")
            return _public(thing), 200
        return self._list(kind, given)

    def _create(self, kind: str, given: Thing) -> Thing:
        if kind == "customers":
            thing = {"id": make.new_id("cus"), "object": "customer", "livemode": False,
                     "created": int(time.time()), **given}  # fmt: skip
        elif kind == "prices":
            amount, product = int(given["unit_amount"]), given["product"]
            thing = make.price(given["lookup_key"], product, amount,
                               recurring=given["recurring"], metadata=given["metadata"])  # fmt: skip
        elif kind == "checkout/sessions":
            thing = make.checkout_session(given, self.base)
            price = self.kinds["prices"][given["line_items"]["0"]["price"]]
            extra = given.get("subscription_data", {})
            thing["_details"] = {"lookup_key": price["lookup_key"],
                                 "metadata": extra.get("metadata", {}),
                                 "trial_days": int(extra.get("trial_period_days", 0))}  # fmt: skip
        elif kind == "billing_portal/sessions":
            id_ = make.new_id("bps")
            thing = {"id": id_, "object": "billing_portal.session", "livemode": False,
                     "customer": given["customer"], "return_url": given["return_url"],
                     "url": f"{self.base}/portal/{id_}", "created": int(time.time())}  # fmt: skip
        else:
            thing = {"object": kind.rstrip("s"), "id": make.new_id(kind[:4]), **given}
        return self._keep(kind, thing)

    def _list(self, kind: str, given: Thing) -> tuple[Thing, int]:
        if "customer" in given and not self._lives(given["customer"]):
            return _fault("resource_missing")
        found = [
            _public(thing)
            for thing in self.kinds[kind].values()
            if given.get("customer", thing.get("customer")) == thing.get("customer")
            and ("lookup_keys" not in given or thing["lookup_key"] in given["lookup_keys"].values())
            and (kind != "subscriptions" or "status" in given or thing["status"] != "canceled")
            and ("delivery_success" not in given or thing["id"] in self.undelivered)
        ]  # fmt: skip
        found.reverse()  # the newest first
        ids = [thing["id"] for thing in found]
        start = ids.index(given["starting_after"]) + 1 if "starting_after" in given else 0
        end = start + int(given.get("limit", 10))
        page = make.listing(found[start:end], f"/v1/{kind}")
        return {**page, "has_more": end < len(found)}, 200

    # What a person does.

    async def page(self, request: Request) -> Response:
        """A checkout with its button, or a portal with one for each thing to do."""
        kind, _, id_ = request.url.path.strip("/").partition("/")
        if kind == "pay":
            session = self.kinds["checkout/sessions"].get(id_)
            if session is None or session["status"] != "open":
                return HTMLResponse("This checkout is closed.", 404)
            if request.method == "POST":
                await self._send(self.pay(id_))
                return RedirectResponse(session["success_url"], 303)
            what = session["_details"]["lookup_key"]
            back = f'<a href="{session["cancel_url"]}">Back</a>'
            return HTMLResponse(_PAGE.format(f"<button>Pay {what}</button> {back}"))
        portal = self.kinds["billing_portal/sessions"].get(id_)
        if portal is None:
            return HTMLResponse("This portal is closed.", 404)
        subs = [s for s in self.kinds["subscriptions"].values()
                if s["customer"] == portal["customer"] and s["status"] != "canceled"]  # fmt: skip
        if request.method == "POST":
            act = decode((await request.body()).decode())["act"]
            for sub in subs:
                await self._send([
                    self.change(sub, "deleted", status="canceled") if act == "cancel_now"
                    else self.change(sub, cancel_at_period_end=True) if act == "cancel"
                    else self.change(sub, lookup_key=act)
                ])  # fmt: skip
            return RedirectResponse(portal["return_url"], 303)
        acts = ("cancel", "cancel_now", *make.AMOUNTS)
        buttons = "".join(f'<button name="act" value="{act}">{act}</button> ' for act in acts)
        return HTMLResponse(_PAGE.format(f"<p>{len(subs)} subscription(s)</p>{buttons}"))

    async def _send(self, events: list[Thing]) -> None:
        if self.webhook is None:
            return
        async with httpx.AsyncClient(timeout=30) as client:
            for event in events:
                answer = await self.deliver(client, event, self.webhook)
                print(event["type"], answer.status_code, answer.text)

    @contextmanager
    def serving(self, port: int = 0) -> Iterator["FakeStripe"]:
        """Answer on loopback, from a thread of its own."""
        routes = [
            Route("/v1/{path:path}", self.api, methods=["GET", "POST", "DELETE"]),
            Route("/{kind}/{id}", self.page, methods=["GET", "POST"]),
        ]
        config = uvicorn.Config(Starlette(routes=routes), port=port, log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        bound = server.servers[0].sockets[0].getsockname()[1]
        self.base = f"http://127.0.0.1:{bound}"
        try:
            yield self
        finally:
            server.should_exit = True
            thread.join(10)


def decode(text: str) -> Thing:
    """Stripe's form encoding: `a[b][0]=c`."""
    whole: Thing = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        at = whole
        *path, last = _PART.findall(name)
        for part in path:
            at = at.setdefault(part, {})
        at[last] = value
    return whole


def _public(thing: Thing) -> Thing:
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def _fault(code: str, type_: str = "invalid_request_error") -> tuple[Thing, int]:
    return {"error": {"type": type_, "code": code, "message": code}}, 404


def _error(status: int, code: str, type_: str = "api_error") -> Response:
    return JSONResponse(_fault(code, type_)[0], status)


_PAGE = """<!doctype html><title>A stand-in for Stripe</title>
<h1>A stand-in for Stripe</h1><p>No money moves here.</p><form method="post">{}</form>"""


def main() -> None:
    """Run by hand."""
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument("--webhook", default="http://127.0.0.1:8000/v1/billing/webhook")
    parser.add_argument("--secret", default=SECRET)
    options = parser.parse_args()
    fake = FakeStripe(options.secret, options.webhook)
    fake.add_prices()
    with fake.serving(options.port):
        print(f"a stand-in for Stripe on {fake.base}; Ctrl-C stops it")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
