"""What the database holds of billing: reading and locking."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account, AuditEvent
from app.billing.entitlement import ENDED, PAST_DUE
from app.billing.models import CheckoutAttempt, StripeEvent, Subscription
from app.plans import FREE

LOCK_WAIT = "25s"  # longer than a call to Stripe with its repetition
TRAIL = 100


async def find_account(session: AsyncSession, account_id: int) -> Account | None:
    """An account as it is."""
    return (await session.exec(select(Account).where(Account.id == account_id))).first()


async def lock_account(session: AsyncSession, account_id: int) -> Account | None:
    """The account, which nobody else changes until the end of this transaction."""
    return await _lock(session, Account.id == account_id)


async def lock_account_of_customer(session: AsyncSession, customer_id: str) -> Account | None:
    """The account of a customer, locked in the same way."""
    return await _lock(session, Account.stripe_customer_id == customer_id)


async def _lock(session: AsyncSession, condition: object) -> Account | None:
    await limit_waiting(session)
    found = await session.exec(
        # What only refers to the account, as a new key does, need not wait.
        select(Account)
        .where(condition)  # type: ignore[arg-type]
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.first()


async def limit_waiting(session: AsyncSession) -> None:
    """Let this transaction wait only so long for another one."""
    await session.exec(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'"))  # type: ignore[call-overload]


async def list_subscriptions(session: AsyncSession, account_id: int) -> Sequence[Subscription]:
    """The subscriptions of an account as they were last read."""
    found = await session.exec(
        select(Subscription)
        .where(Subscription.account_id == account_id)
        .order_by(col(Subscription.id))
    )
    return found.all()


async def find_open_attempt(session: AsyncSession, account_id: int) -> CheckoutAttempt | None:
    """The checkout that an account has begun and neither paid nor given up."""
    found = await session.exec(
        select(CheckoutAttempt)
        .where(CheckoutAttempt.account_id == account_id, col(CheckoutAttempt.done_at).is_(None))
        .order_by(col(CheckoutAttempt.id).desc())
    )
    return found.first()


async def get_attempt(session: AsyncSession, attempt_id: int) -> CheckoutAttempt:
    """A stored attempt."""
    found = await session.exec(select(CheckoutAttempt).where(CheckoutAttempt.id == attempt_id))
    return found.one()


async def find_attempt_of_key(
    session: AsyncSession, account_id: int, key: str
) -> CheckoutAttempt | None:
    """The checkout that a caller's own idempotency key stands for."""
    found = await session.exec(
        select(CheckoutAttempt).where(
            CheckoutAttempt.account_id == account_id, CheckoutAttempt.idempotency_key == key
        )
    )
    return found.first()


async def count_past_customers(session: AsyncSession, account_id: int) -> int:
    """How many customers of this account were deleted at Stripe."""
    found = await session.exec(
        select(func.count())
        .select_from(AuditEvent)
        .where(AuditEvent.account_id == account_id, AuditEvent.kind == "billing_customer_deleted")
    )
    return found.one()


async def list_trail(session: AsyncSession, account_id: int) -> Sequence[AuditEvent]:
    """What happened to an account's plan, the latest first."""
    found = await session.exec(
        select(AuditEvent)
        .where(
            AuditEvent.account_id == account_id,
            or_(
                col(AuditEvent.kind).startswith("plan_", autoescape=True),
                col(AuditEvent.kind).startswith("billing_", autoescape=True),
            ),
        )
        .order_by(col(AuditEvent.id).desc())
        .limit(TRAIL)
    )
    return found.all()


async def list_events(session: AsyncSession, limit: int) -> Sequence[StripeEvent]:
    """The events handled last."""
    found = await session.exec(
        select(StripeEvent).order_by(col(StripeEvent.handled_at).desc()).limit(limit)
    )
    return found.all()


async def list_unended(session: AsyncSession) -> Sequence[Subscription]:
    """All subscriptions that had not ended when they were last read."""
    found = await session.exec(select(Subscription).where(col(Subscription.status).not_in(ENDED)))
    return found.all()


async def list_overdue_accounts(session: AsyncSession, since: datetime) -> Sequence[int]:
    """Accounts with a subscription that has been past due from before `since`."""
    found = await session.exec(
        select(Subscription.account_id)
        .where(Subscription.status == PAST_DUE, col(Subscription.past_due_since) <= since)
        .distinct()
    )
    return found.all()


async def map_customers(session: AsyncSession) -> dict[str, int]:
    """Every customer and the account it belongs to."""
    found = await session.exec(
        select(Account.stripe_customer_id, Account.id).where(
            col(Account.stripe_customer_id).is_not(None)
        )
    )
    return {str(customer): int(account or 0) for customer, account in found.all()}


async def list_paying_accounts(session: AsyncSession) -> Sequence[int]:
    """Accounts with more than the free plan by their subscriptions."""
    found = await session.exec(select(Account.id).where(Account.paid_plan != FREE.key))
    return [int(id_ or 0) for id_ in found.all()]
