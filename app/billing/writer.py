"""What billing writes, always within a transaction of its caller's."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account, AuditEvent
from app.access.plan_in_force import plan_in_force
from app.billing.entitlement import PAST_DUE, price_in_force
from app.billing.incoming import IncomingEvent
from app.billing.models import CheckoutAttempt, StripeEvent, Subscription
from app.billing.records import SubscriptionRecord
from app.core.clock import now


class Audit(StrEnum):
    """What is written down of an account's billing."""

    PLAN_CHANGED = "plan_changed"
    CUSTOMER_DELETED = "billing_customer_deleted"
    REFUNDED = "billing_refunded"
    DISPUTED = "billing_disputed"
    DISPUTE_CLOSED = "billing_dispute_closed"
    PAYMENT_FAILED = "billing_payment_failed"
    ACTION_REQUIRED = "billing_action_required"


async def record_event(session: AsyncSession, event: IncomingEvent) -> bool:
    """Note an event; `False` when it was handled already. Another transaction that handles it now is
    waited for."""
    statement = (
        insert(StripeEvent)
        .values(id=event.id, type=event.type, outcome="begun", handled_at=now())
        .on_conflict_do_nothing()
        .returning(col(StripeEvent.id))
    )
    return (await session.exec(statement)).first() is not None


async def record_outcome(
    session: AsyncSession, event: IncomingEvent, account_id: int | None, outcome: str
) -> None:
    """Say what became of a noted event."""
    await session.exec(
        update(StripeEvent)
        .where(col(StripeEvent.id) == event.id)
        .values(outcome=outcome, account_id=account_id)
    )


async def save_subscription(
    session: AsyncSession,
    account_id: int,
    known: Subscription | None,
    read: SubscriptionRecord,
    instant: datetime,
) -> Subscription:
    """Write a subscription as it was read just now; the grace counts from the first time it is due."""
    row = known or Subscription(
        id=read.id,
        account_id=account_id,
        status=read.status,
        lookup_key=None,
        plan=None,
        period_end=None,
    )
    row.status = read.status
    row.lookup_key, row.plan = price_in_force(read.prices)
    row.period_end = read.period_end
    row.cancel_at_period_end = read.cancel_at_period_end
    row.past_due_since = (row.past_due_since or instant) if read.status == PAST_DUE else None
    row.read_at = instant
    session.add(row)
    return row


def set_paid_plan(
    session: AsyncSession, account: Account, plan: str, cause: str, by: str = "stripe"
) -> bool:
    """Put the plan that is paid for on the account, with a line in its history.

    Returns:
        Whether anything changed.
    """
    before = account.plan
    if account.paid_plan == plan and before == plan_in_force(plan, account.granted_plan):
        return False
    account.paid_plan = plan
    account.plan = plan_in_force(plan, account.granted_plan)
    session.add(account)
    record_audit(
        session,
        account,
        Audit.PLAN_CHANGED,
        {"from": before, "to": account.plan, "paid": plan, "cause": cause},
        by,
    )
    return True


async def unlink_customer(
    session: AsyncSession, account: Account, rows: Iterable[Subscription], by: str = "stripe"
) -> None:
    """The account has no customer any more, and what that one had or had begun has ended."""
    customer = {"customer": account.stripe_customer_id}
    record_audit(session, account, Audit.CUSTOMER_DELETED, customer, by)
    account.stripe_customer_id = None
    session.add(account)
    for row in rows:
        row.status, row.past_due_since = "canceled", None
        session.add(row)
    await session.exec(
        update(CheckoutAttempt)
        .where(
            col(CheckoutAttempt.account_id) == account.id, col(CheckoutAttempt.done_at).is_(None)
        )
        .values(done_at=now())
    )


def record_audit(
    session: AsyncSession, account: Account, kind: Audit, detail: dict[str, Any], by: str = "stripe"
) -> None:
    """A line in the history of an account."""
    session.add(AuditEvent(account_id=account.id, kind=kind, by=by, detail=detail))


async def close_attempt(session: AsyncSession, session_id: str) -> None:
    """The checkout of that session is over."""
    await session.exec(
        update(CheckoutAttempt)
        .where(
            col(CheckoutAttempt.session_id) == session_id, col(CheckoutAttempt.done_at).is_(None)
        )
        .values(done_at=now())
    )
