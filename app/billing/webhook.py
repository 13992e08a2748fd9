"""Handling an event: once, in one transaction with its effect, whatever order they come in."""

import logging

from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account
from app.billing import repository, writer
from app.billing.errors import WrongModeError
from app.billing.incoming import HANDLED, IncomingEvent, read_event
from app.billing.metrics import DISPUTES, EVENTS
from app.billing.service import Billing
from app.billing.sync import sync_account
from app.billing.writer import Audit

logger = logging.getLogger("vric.billing")
_AUDITED = {
    "charge.refunded": Audit.REFUNDED,
    "charge.dispute.created": Audit.DISPUTED,
    "charge.dispute.closed": Audit.DISPUTE_CLOSED,
    "invoice.payment_failed": Audit.PAYMENT_FAILED,
    "invoice.payment_action_required": Audit.ACTION_REQUIRED,
    "checkout.session.async_payment_failed": Audit.PAYMENT_FAILED,
}
_ENDS_CHECKOUT = frozenset({"checkout.session.completed", "checkout.session.expired"})


async def receive(billing: Billing, body: bytes, signature: str | None) -> str:
    """Handle the body of a webhook; returns what became of it.

    Raises:
        BillingNotConfiguredError: billing is off.
        ForgedEventError: Stripe did not sign it.
        MalformedEventError: it is no event.
        WrongModeError: a test event for a live key, or the reverse.
    """
    billing.stripe.verify(body, signature)
    return await handle(billing, read_event(body))


async def handle(billing: Billing, event: IncomingEvent) -> str:
    """Handle an event, from a webhook or from Stripe's list of those it could not deliver.

    Returns:
        changed, unchanged, unknown_price, customer_deleted; no_account when it is about somebody
        else's customer, ignored for a type without meaning here, duplicate when it was handled.
    """
    if event.is_live != billing.stripe.is_live:
        raise WrongModeError(f"the event's livemode is {event.is_live}, that of the key is not")
    if event.type not in HANDLED:
        outcome = "ignored"
    else:
        async with billing.slots, billing.database.session() as session:
            outcome = await _handle(billing, session, event)
    EVENTS.labels(outcome).inc()
    logger.info("event %s %s: %s", event.id, event.type, outcome)
    return outcome


async def _handle(billing: Billing, session: AsyncSession, event: IncomingEvent) -> str:
    await repository.limit_waiting(session)
    if not await writer.record_event(session, event):
        return "duplicate"
    account = await _lock_account(billing, session, event)
    if account is None:
        outcome = "no_account"
        logger.warning("event %s is about a customer of no account", event.id)
    else:
        _note(session, account, event)
        if event.type in _ENDS_CHECKOUT and event.object_id:
            await writer.close_attempt(session, event.object_id)
        cause = f"{event.type} {event.id}"
        outcome = (await sync_account(session, billing.stripe, account, cause)).outcome
    await writer.record_outcome(session, event, account.id if account else None, outcome)
    return outcome


async def _lock_account(
    billing: Billing, session: AsyncSession, event: IncomingEvent
) -> Account | None:
    customer = event.customer_id
    if customer is None and event.charge_id is not None:
        customer = await billing.stripe.find_customer_of_charge(event.charge_id)
    return await repository.lock_account_of_customer(session, customer) if customer else None


def _note(session: AsyncSession, account: Account, event: IncomingEvent) -> None:
    kind = _AUDITED.get(event.type)
    if kind is None:
        return
    writer.record_audit(session, account, kind, {**event.facts, "event": event.id})
    if kind is Audit.DISPUTED:
        DISPUTES.inc()
        logger.error("account %s disputes a charge, event %s", account.id, event.id)
