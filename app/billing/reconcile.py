"""Putting right what was missed: events that did not arrive, subscriptions that differ, ended graces."""

import logging
from collections import Counter
from dataclasses import dataclass, field

from app.billing import repository
from app.billing.entitlement import GRACE, price_in_force
from app.billing.incoming import HANDLED, parse_event
from app.billing.models import Subscription
from app.billing.records import SubscriptionRecord
from app.billing.service import Billing
from app.billing.sync import sync_account
from app.billing.webhook import handle
from app.core.clock import now

logger = logging.getLogger("vric.billing")


@dataclass(slots=True)
class Report:
    """What a run did. `strangers` are subscriptions that name an account which does not have them."""

    events: Counter[str] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)
    strangers: list[str] = field(default_factory=list)
    failures: int = 0


async def reconcile(billing: Billing) -> Report:
    """Handle undelivered events, compare every subscription both ways, end graces.

    One failure does not keep the rest from being done. Safe to repeat, and at once.

    Raises:
        BillingNotConfiguredError: billing is off.
        StripeUnavailableError: Stripe does not even list what there is.
    """
    report = Report()
    await _catch_up(billing, report)
    for account_id in sorted(await _find_stale(billing, report)):
        try:
            async with billing.slots, billing.database.session() as session:
                account = await repository.lock_account(session, account_id)
                if account is not None:
                    synced = await sync_account(session, billing.stripe, account, "reconcile")
                    report.accounts[synced.outcome] += 1
        except Exception:
            report.failures += 1
            logger.exception("account %d was not reconciled", account_id)
    return report


async def _catch_up(billing: Billing, report: Report) -> None:
    for listed in reversed(await billing.stripe.list_undelivered_events()):
        if listed.get("type") not in HANDLED:
            continue
        try:
            report.events[await handle(billing, parse_event(listed))] += 1
        except Exception:
            report.failures += 1
            logger.exception("event %s was not handled", listed.get("id"))


async def _find_stale(billing: Billing, report: Report) -> set[int]:
    """The accounts whose rows and what Stripe has are not the same, and those whose grace is over."""
    read = {one.id: one for one in await billing.stripe.list_subscriptions()}
    async with billing.database.session() as session:
        rows = {row.id: row for row in await repository.list_unended(session)}
        customers = await repository.map_customers(session)
        stale = set(await repository.list_overdue_accounts(session, now() - GRACE))
        paying = set(await repository.list_paying_accounts(session))
    stale |= paying - {row.account_id for row in rows.values()}
    stale |= {row.account_id for id_, row in rows.items() if _differs(row, read.get(id_))}
    for id_ in read.keys() - rows.keys():
        account_id = customers.get(read[id_].customer_id)
        if account_id is not None:
            stale.add(account_id)
        elif read[id_].account is not None:
            report.strangers.append(id_)
            logger.error(
                "subscription %s is paid for account %s, which does not have its customer %s",
                id_, read[id_].account, read[id_].customer_id,
            )  # fmt: skip
    return stale


def _differs(row: Subscription, read: SubscriptionRecord | None) -> bool:
    return read is None or (
        (row.status, row.lookup_key, row.plan, row.period_end, row.cancel_at_period_end)
        != (read.status, *price_in_force(read.prices), read.period_end, read.cancel_at_period_end)
    )
