"""Objects of the fake Stripe, with the fields that the pinned SDK's types have."""

import itertools
import time
from typing import Any

MONTH, YEAR = 30 * 86_400, 365 * 86_400
API_VERSION = "2026-10-28.endive"
AMOUNTS = {"premium_monthly": 4_900, "premium_yearly": 49_000,
           "enterprise_monthly": 49_900, "enterprise_yearly": 499_000}  # fmt: skip
_numbers = itertools.count(1)


def new_id(prefix: str) -> str:
    """An id as Stripe makes them."""
    return f"{prefix}_{next(_numbers):06d}{time.time_ns() % 1_000_000:06d}"


def price(lookup_key: str | None, product: str, amount: int, **rest: Any) -> dict[str, Any]:
    return {
        "id": new_id("price"), "object": "price", "active": True, "lookup_key": lookup_key,
        "billing_scheme": "per_unit", "product": product, "unit_amount": amount,
        "currency": "usd", "created": int(time.time()), "livemode": False, "metadata": {},
        "recurring": {"interval": "month", "interval_count": 1}, "type": "recurring", **rest,
    }  # fmt: skip


def subscription(
    customer: str, bought: dict[str, Any], status: str, metadata: dict[str, str], trial_days: int
) -> dict[str, Any]:
    instant = int(time.time())
    id_ = new_id("sub")
    trial_end = instant + trial_days * 86_400 if trial_days else None
    return {
        "id": id_, "object": "subscription", "status": "trialing" if trial_days else status,
        "customer": customer, "cancel_at": None, "cancel_at_period_end": False,
        "canceled_at": None, "ended_at": None, "created": instant, "start_date": instant,
        "currency": "usd", "livemode": False, "collection_method": "charge_automatically",
        "metadata": metadata, "latest_invoice": None, "pause_collection": None,
        "trial_start": instant if trial_days else None, "trial_end": trial_end,
        "items": listing([item(id_, bought, trial_end)], "/v1/subscription_items"),
    }  # fmt: skip


def item(subscription_id: str, bought: dict[str, Any], end: int | None = None) -> dict[str, Any]:
    instant = int(time.time())
    length = YEAR if bought["recurring"]["interval"] == "year" else MONTH
    return {
        "id": new_id("si"), "object": "subscription_item", "created": instant, "metadata": {},
        "current_period_start": instant, "current_period_end": end or instant + length,
        "price": bought, "quantity": 1, "subscription": subscription_id, "discounts": [],
    }  # fmt: skip


def checkout_session(given: dict[str, Any], base: str) -> dict[str, Any]:
    id_ = new_id("cs_test")
    instant = int(time.time())
    return {
        "id": id_, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
        "mode": given["mode"], "customer": given["customer"], "subscription": None,
        "client_reference_id": given.get("client_reference_id"), "livemode": False,
        "metadata": given.get("metadata", {}), "url": f"{base}/pay/{id_}", "created": instant,
        "allow_promotion_codes": given.get("allow_promotion_codes") == "true",
        "success_url": given["success_url"].replace("{CHECKOUT_SESSION_ID}", id_),
        "cancel_url": given.get("cancel_url"), "expires_at": instant + 86_400,
    }  # fmt: skip


def invoice(sub: dict[str, Any], status: str) -> dict[str, Any]:
    return {
        "id": new_id("in"), "object": "invoice", "status": status, "customer": sub["customer"],
        "currency": "usd", "livemode": False, "created": int(time.time()),
        "amount_due": sub["items"]["data"][0]["price"]["unit_amount"],
        "parent": {"type": "subscription_details", "quote_details": None,
                   "subscription_details": {"subscription": sub["id"], "metadata": {}}},
    }  # fmt: skip


def charge(sub: dict[str, Any]) -> dict[str, Any]:
    amount = sub["items"]["data"][0]["price"]["unit_amount"]
    return {
        "id": new_id("ch"), "object": "charge", "customer": sub["customer"], "amount": amount,
        "amount_refunded": 0, "refunded": False, "disputed": False, "paid": True,
        "currency": "usd", "livemode": False, "status": "succeeded", "created": int(time.time()),
        "metadata": {}, "payment_intent": new_id("pi"),
    }  # fmt: skip


def dispute(of: dict[str, Any], status: str) -> dict[str, Any]:
    return {
        "id": new_id("dp"), "object": "dispute", "charge": of["id"], "amount": of["amount"],
        "currency": "usd", "livemode": False, "reason": "fraudulent", "status": status,
        "created": int(time.time()), "metadata": {}, "payment_intent": of["payment_intent"],
        "is_charge_refundable": False,
    }  # fmt: skip


def event(type_: str, thing: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id("evt"), "object": "event", "type": type_, "api_version": API_VERSION,
        "created": int(time.time()), "livemode": False, "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None}, "data": {"object": thing},
    }  # fmt: skip


def listing(data: list[dict[str, Any]], url: str) -> dict[str, Any]:
    return {"object": "list", "data": data, "has_more": False, "url": url}
