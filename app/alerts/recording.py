"""From observations to alerts: who is told, once, in the transaction of what was observed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

import asyncpg
import orjson

from app.alerts import repository, writer
from app.alerts.observations import Matcher, Observation, Watch
from app.alerts.rules import RouteRule
from app.core.jobs.queue import enqueue_all
from app.plans import PLANS, Feature, Plan

DELIVER = "alerts.deliver"
# Before the second attempt and those after it: a day and a half until it is given up.
_PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400)
)
MAX_ATTEMPTS = 1 + len(_PAUSES)


def entitled(plans: Mapping[str, Plan], *features: Feature) -> list[str]:
    """The plans that hold all of some features."""
    return [key for key, plan in plans.items() if plan.features.issuperset(features)]


async def record_observations(
    connection: asyncpg.Connection,
    observations: Sequence[Observation],
    owners: Mapping[str, int] = MappingProxyType({}),
) -> int:
    """Tell those whose watchlists ask for it of what was observed on routes.

    It joins the caller's transaction, and belongs at its end: alerts exist if and only if what they
    tell of does. What a watchlist was told of before, it is not told of again.

    Args:
        owners: the accounts of zones that are somebody's; the rules of others do not see them.

    Returns:
        How many alerts are new.
    """
    if not observations:
        return 0
    kinds = {observation.kind for observation in observations}
    plans = entitled(PLANS, Feature.ALERTS, Feature.ROUTES)
    rows = await repository.fetch_active(connection, plans, kinds)
    matcher = Matcher(entry for row in rows for entry in _route_rules(row, owners))
    found = [(watch, seen) for seen in observations for watch in matcher.match(seen)]
    return await add_alerts(connection, found)


async def add_alerts(
    connection: asyncpg.Connection, found: Sequence[tuple[Watch, Observation]]
) -> int:
    """Add alerts and queue the posting of those that have somewhere to go."""
    rows = await writer.insert_alerts(connection, found)
    pending: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row["delivery"] == "pending":
            pending[row["account_id"]].append(row["id"])
    for account_id in sorted(pending):
        await queue_deliveries(connection, account_id, pending[account_id], attempt=1)
    return len(rows)


async def queue_deliveries(
    connection: asyncpg.Connection, account_id: int, alert_ids: Sequence[int], *, attempt: int
) -> None:
    """Queue one attempt to post each of an account's alerts."""
    await enqueue_all(
        connection,
        DELIVER,
        [({"alert": alert_id}, f"{alert_id}:{attempt}") for alert_id in alert_ids],
        share=f"account:{account_id}",
        after=_PAUSES[attempt - 2] if attempt > 1 else None,
    )


def _route_rules(
    row: asyncpg.Record, owners: Mapping[str, int]
) -> Iterator[tuple[Watch, RouteRule]]:
    account_id = row["account_id"]
    for number, given in enumerate(orjson.loads(row["rules"])):
        if given["on"] == "event":
            continue
        rule = RouteRule.model_validate(given)
        seen = [zone for zone in rule.zones if owners.get(zone, account_id) == account_id]
        if seen or not rule.zones:
            yield Watch(row["id"], account_id, number), rule.model_copy(update={"zones": seen})
