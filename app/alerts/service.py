"""The rules of watchlists: how many, of what, and where their alerts may be posted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.idempotency import Once
from app.access.principal import Principal
from app.access.repository import lock_account
from app.alerts import repository, writer
from app.alerts.delivery import try_post
from app.alerts.models import Alert, Watchlist
from app.alerts.outgoing import fault_of_url
from app.alerts.rules import EventRule, Rule
from app.alerts.schemas import (
    AlertShown,
    SecretMade,
    TestSent,
    WatchlistChange,
    WatchlistMade,
    WatchlistShown,
    WatchlistWish,
)
from app.alerts.signing import PURPOSE, make_secret
from app.core.clock import now
from app.core.db import Database, driver_connection
from app.core.errors import (
    ConflictError,
    InvalidBodyError,
    InvalidParameterError,
    NotFoundError,
    PlanRequiredError,
)
from app.core.pagination import decode_cursor, encode_cursor
from app.core.sealing import seal, unseal
from app.core.settings import Settings
from app.plans import Feature

BOTH_SIGN = timedelta(hours=24)
_WATCHLISTS = "-created_at,-id"
_ALERTS = "-id"


class WatchlistLimitError(ConflictError):
    code = "watchlist_limit_reached"


async def create_watchlist(
    database: Database,
    settings: Settings,
    caller: Principal,
    wish: WatchlistWish,
    once: Once | None,
) -> WatchlistMade:
    """Make a watchlist; the secret of its webhook is shown this once.

    Raises:
        WatchlistLimitError: the plan has no further one.
        PlanRequiredError: a rule on routes without the feature.
        InvalidBodyError: the webhook's address is none that is posted to.
    """
    assert caller.account_id is not None
    _check(caller, settings, wish.rules, wish.webhook_url)
    secret = make_secret() if wish.webhook_url is not None else None
    async with database.session() as session:
        if once is not None and (first := await once.begin(session, caller.account_id)):
            return WatchlistMade.model_validate_json(first.body)
        await lock_account(session, caller.account_id)
        allowed = caller.plan.saved_searches
        if await repository.count_watchlists(session, caller.account_id) >= allowed:
            raise WatchlistLimitError(
                f"the plan {caller.plan.key} has {allowed} watchlists; remove one first",
                extra={"plan": caller.plan.key, "upgrade_url": "/plans"},
            )
        watchlist = Watchlist(
            account_id=caller.account_id,
            name=wish.name,
            rules=_stored(wish.rules),
            active=wish.active,
            webhook_url=wish.webhook_url,
            webhook_secret=seal(secret, settings.secrets[0], PURPOSE) if secret else None,
            events_seen=await repository.newest_change(await driver_connection(session)),
        )
        session.add(watchlist)
        await session.flush()
        made = WatchlistMade(**shown(watchlist).model_dump(), webhook_secret=secret)
        if once is not None:
            await once.keep(session, 201, made.model_dump_json())
        return made


async def change_watchlist(
    database: Database,
    settings: Settings,
    caller: Principal,
    watchlist_id: UUID,
    change: WatchlistChange,
) -> WatchlistShown:
    """Change a watchlist; what is left out stays.

    Raises:
        NotFoundError, PlanRequiredError, InvalidBodyError: as when it is made.
    """
    async with database.session() as session:
        watchlist = await _get(session, caller, watchlist_id, lock=True)
        given = change.model_fields_set
        if "rules" in given:
            _check(caller, settings, change.rules, None)
            watchlist.rules = _stored(change.rules)
        if "webhook_url" in given:
            _check(caller, settings, (), change.webhook_url)
            watchlist.webhook_url = change.webhook_url
            watchlist.failing_since = watchlist.webhook_disabled_at = None
            if change.webhook_url is not None and watchlist.webhook_secret is None:
                watchlist.webhook_secret = seal(make_secret(), settings.secrets[0], PURPOSE)
        for name in {"name", "active"} & given:
            setattr(watchlist, name, getattr(change, name))
        watchlist.updated_at = now()
        session.add(watchlist)
        return shown(watchlist)


async def replace_secret(
    database: Database, settings: Settings, caller: Principal, watchlist_id: UUID
) -> SecretMade:
    """A new secret; for a day the one before signs as well."""
    secret = make_secret()
    async with database.session() as session:
        watchlist = await _get(session, caller, watchlist_id, lock=True)
        watchlist.webhook_secret_previous = watchlist.webhook_secret
        watchlist.webhook_secret = seal(secret, settings.secrets[0], PURPOSE)
        watchlist.previous_until = now() + BOTH_SIGN
        session.add(watchlist)
        return SecretMade(webhook_secret=secret, previous_until=watchlist.previous_until)


async def try_webhook(
    database: Database, settings: Settings, caller: Principal, watchlist_id: UUID
) -> TestSent:
    """Post one signed message of the type `test` and tell what came back.

    Raises:
        ConflictError: the watchlist has no webhook.
    """
    async with database.session() as session:
        watchlist = await _get(session, caller, watchlist_id)
    if watchlist.webhook_url is None or watchlist.webhook_secret is None:
        raise ConflictError("the watchlist has no webhook")
    at = now()
    body = orjson.dumps(
        {"type": "test", "timestamp": at, "data": {"watchlist_id": str(watchlist_id)}},
        option=orjson.OPT_UTC_Z,
    ).decode()
    sent = await try_post(
        watchlist.webhook_url,
        message_id=f"test_{watchlist_id}_{int(at.timestamp())}",
        body=body,
        keys=[unseal(watchlist.webhook_secret, settings.secrets, PURPOSE)],
        allowed=settings.webhook_allowed_networks,
    )
    if isinstance(sent, str):
        return TestSent(status=None, accepted=False, fault=sent)
    return TestSent(status=sent, accepted=200 <= sent < 300, fault=None)


async def get_watchlist(
    database: Database, caller: Principal, watchlist_id: UUID
) -> WatchlistShown:
    """A watchlist of the caller's.

    Raises:
        NotFoundError: there is none of this id.
    """
    async with database.session() as session:
        return shown(await _get(session, caller, watchlist_id))


async def list_watchlists(
    database: Database, caller: Principal, limit: int, cursor: str | None
) -> tuple[list[WatchlistShown], str | None]:
    """The caller's watchlists, newest first, and the cursor of the next page."""
    assert caller.account_id is not None
    after = None
    if cursor is not None:
        created_at, watchlist_id = decode_cursor(cursor, _WATCHLISTS, (str, str))
        try:
            after = (datetime.fromisoformat(str(created_at)), UUID(str(watchlist_id)))
        except ValueError:
            raise InvalidParameterError.of("cursor", "not a cursor of this list") from None
    async with database.session() as session:
        found = await repository.list_watchlists(session, caller.account_id, limit + 1, after)
    page = [shown(watchlist) for watchlist in found[:limit]]
    if len(found) <= limit:
        return page, None
    last = page[-1]
    return page, encode_cursor(_WATCHLISTS, (last.created_at.isoformat(), str(last.id)))


async def delete_watchlist(database: Database, caller: Principal, watchlist_id: UUID) -> None:
    """Remove a watchlist with its alerts.

    Raises:
        NotFoundError: there is none of this id.
    """
    async with database.session() as session:
        await _get(session, caller, watchlist_id, lock=True)
        await writer.remove_watchlist(session, watchlist_id)


async def list_alerts(
    database: Database,
    caller: Principal,
    limit: int,
    cursor: str | None,
    watchlist_id: UUID | None,
    kinds: Sequence[str],
) -> tuple[list[AlertShown], str | None]:
    """The caller's alerts, newest first, and the cursor of the next page."""
    assert caller.account_id is not None
    before = None if cursor is None else int(decode_cursor(cursor, _ALERTS, (int,))[0])
    async with database.session() as session:
        found = await repository.list_alerts(
            session,
            caller.account_id,
            limit + 1,
            watchlist_id=watchlist_id,
            kinds=kinds,
            before=before,
        )
    page = [alert_shown(alert) for alert in found[:limit]]
    return page, encode_cursor(_ALERTS, (page[-1].id,)) if len(found) > limit else None


async def get_alert(database: Database, caller: Principal, alert_id: int) -> AlertShown:
    """An alert of the caller's.

    Raises:
        NotFoundError: there is none of this id.
    """
    assert caller.account_id is not None
    async with database.session() as session:
        alert = await repository.find_alert(session, caller.account_id, alert_id)
    if alert is None:
        raise NotFoundError(f"there is no alert {alert_id}")
    return alert_shown(alert)


def shown(watchlist: Watchlist) -> WatchlistShown:
    """A watchlist as its owner sees it."""
    return WatchlistShown.model_validate(watchlist, from_attributes=True)


def alert_shown(alert: Alert) -> AlertShown:
    """An alert as its owner sees it."""
    return AlertShown.model_validate(alert, from_attributes=True)


def _check(
    caller: Principal, settings: Settings, rules: Sequence[Rule], webhook_url: str | None
) -> None:
    if Feature.ROUTES not in caller.features and any(
        not isinstance(rule, EventRule) for rule in rules
    ):
        raise PlanRequiredError(
            "rules on routes need the feature routes",
            extra={"feature": Feature.ROUTES, "upgrade_url": "/plans"},
        )
    if webhook_url is not None:
        fault = fault_of_url(webhook_url, settings.webhook_allowed_networks)
        if fault is not None:
            raise InvalidBodyError.of("webhook_url", fault)


async def _get(
    session: AsyncSession, caller: Principal, watchlist_id: UUID, *, lock: bool = False
) -> Watchlist:
    assert caller.account_id is not None
    found = await repository.find_watchlist(session, caller.account_id, watchlist_id, lock=lock)
    if found is None:
        raise NotFoundError("there is no such watchlist")
    return found


def _stored(rules: Sequence[Rule]) -> list[dict[str, object]]:
    return [rule.model_dump(mode="json", exclude_defaults=True) for rule in rules]
