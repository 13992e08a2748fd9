"""Reading an event: what it is about. Nothing else of its payload is believed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.billing.errors import MalformedEventError

HANDLED = frozenset({
    "checkout.session.completed", "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed", "checkout.session.expired",
    "customer.subscription.created", "customer.subscription.updated",
    "customer.subscription.deleted", "customer.subscription.paused",
    "customer.subscription.resumed", "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired", "customer.subscription.trial_will_end",
    "invoice.paid", "invoice.payment_failed", "invoice.payment_action_required",
    "invoice.finalization_failed",
    "customer.deleted",
    "charge.refunded", "charge.dispute.created", "charge.dispute.closed",
})  # fmt: skip

_EVENT_ID = re.compile(r"[A-Za-z0-9_]{1,255}")


@dataclass(frozen=True, slots=True)
class IncomingEvent:
    """An event that Stripe sent or lists; `facts` are worth a line in the account's history."""

    id: str
    type: str
    is_live: bool
    object_id: str | None
    customer_id: str | None
    charge_id: str | None
    facts: dict[str, Any]


def read_event(body: bytes) -> IncomingEvent:
    """The event in the body of a webhook whose signature is right.

    Raises:
        MalformedEventError: it is none.
    """
    try:
        return parse_event(orjson.loads(body))
    except ValueError:
        raise MalformedEventError("the body is no JSON") from None


def parse_event(event: Any) -> IncomingEvent:
    """The event as its JSON holds it.

    Raises:
        MalformedEventError: it is none.
    """
    match event:
        case {
            "id": str(id_),
            "object": "event",
            "type": str(type_),
            "livemode": bool(is_live),
            "data": {"object": dict() as thing},
        } if _EVENT_ID.fullmatch(id_):
            return IncomingEvent(
                id=id_,
                type=type_,
                is_live=is_live,
                object_id=_id(thing.get("id")),
                customer_id=_customer(type_, thing),
                charge_id=_id(thing.get("charge")) if type_.startswith("charge.dispute") else None,
                facts=_facts(thing),
            )
    raise MalformedEventError("the body is no event of Stripe's")


def _customer(type_: str, thing: Mapping[str, Any]) -> str | None:
    return _id(thing.get("id" if type_ == "customer.deleted" else "customer"))


def _id(value: Any) -> str | None:
    match value:
        case str(text) | {"id": str(text)}:
            return text
    return None


def _facts(thing: Mapping[str, Any]) -> dict[str, Any]:
    facts = {
        name: thing[name]
        for name in ("amount", "amount_refunded", "currency", "reason", "status", "refunded")
        if isinstance(thing.get(name), str | int)
    }
    match thing:
        case {"object": "subscription", "id": str(subscription)}:
            facts["subscription"] = subscription
        # Since 2025-03-31 an invoice names its subscription here.
        case {"parent": {"subscription_details": {"subscription": subscription}}}:
            facts["subscription"] = _id(subscription)
    return facts
