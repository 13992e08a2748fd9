"""Reading an account's subscriptions from Stripe and putting its plan right: what everything else calls."""

import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account
from app.billing import repository, writer
from app.billing.entitlement import ENDED, KNOWN, is_subscribed, judge
from app.billing.errors import MissingError
from app.billing.metrics import UNKNOWN_PRICES
from app.billing.models import Subscription
from app.billing.records import SubscriptionRecord
from app.core.clock import now

if TYPE_CHECKING:
    from app.billing.stripe_client import StripeClient

logger = logging.getLogger("vric.billing")


@dataclass(frozen=True, slots=True)
class Synced:
    """What a reading found: `outcome` is changed, unchanged, unknown_price or customer_deleted."""

    outcome: str
    is_subscribed: bool
    had_subscriptions: bool


async def sync_account(
    session: AsyncSession, stripe: "StripeClient", account: Account, cause: str
) -> Synced:
    """Bring subscriptions and plan of a locked account to what Stripe says now.

    The order matters: the account is locked before Stripe is asked, so that of two readings the one
    that is written last is the one that was made last.
    """
    assert account.id is not None
    known = {row.id: row for row in await repository.list_subscriptions(session, account.id)}
    read = await _read(stripe, account)
    deleted = read is None
    instant = now()
    rows = {
        one.id: await writer.save_subscription(session, account.id, known.get(one.id), one, instant)
        for one in read or []
    }
    for gone in known.keys() - rows.keys():
        rows[gone] = _end(known[gone])
    if deleted:
        await writer.unlink_customer(session, account, rows.values())
    verdict = judge(rows.values(), account.paid_plan, instant)
    _alert(account.id, rows, verdict.has_unknown_price)
    changed = writer.set_paid_plan(session, account, verdict.plan, cause)
    if deleted:
        outcome = "customer_deleted"
    elif verdict.has_unknown_price:
        outcome = "unknown_price"
    else:
        outcome = "changed" if changed else "unchanged"
    return Synced(outcome, is_subscribed(rows.values()), bool(rows))


async def _read(stripe: "StripeClient", account: Account) -> list[SubscriptionRecord] | None:
    """The account's subscriptions, `None` when Stripe says that the customer was deleted."""
    customer = account.stripe_customer_id
    if customer is None:
        return []
    found = None
    with contextlib.suppress(MissingError):
        found = await stripe.list_subscriptions(customer)
    if found is not None and any(one.status not in ENDED for one in found):
        return found
    # Nothing found is never taken for the end of all: a key of another Stripe account finds nothing.
    try:
        if await stripe.is_customer_deleted(customer):
            return None
    except MissingError:
        logger.error(
            "Stripe has no customer %s, that of account %s; is the key of another Stripe account?",
            customer, account.id,
        )  # fmt: skip
        raise
    if found is None:
        raise MissingError(f"Stripe does not list what customer {customer} has")
    return found


def _end(row: Subscription) -> Subscription:
    row.status, row.past_due_since = "canceled", None
    return row


def _alert(account_id: int, rows: dict[str, Subscription], has_unknown_price: bool) -> None:
    for row in rows.values():
        if row.status not in KNOWN:
            logger.error("subscription %s has the unknown status %s", row.id, row.status)
    if has_unknown_price:
        UNKNOWN_PRICES.inc()
        logger.error(
            "account %d pays a price that no plan has; its plan stays: %s",
            account_id,
            ", ".join(f"{row.id} ({row.lookup_key})" for row in rows.values() if row.plan is None),
        )
