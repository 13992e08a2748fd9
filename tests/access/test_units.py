"""What a request costs, and what is written down of it."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from app.access import usage as usage_module
from app.access.models import ApiKey, AuditEvent, UsageDay
from app.access.principal import Principal
from app.access.usage import UsageBook
from app.core.clock import now
from app.core.db import Database
from app.main import create_app
from app.plans import COSTS, FREE, PLANS
from tests.conftest import MakeKey, make_settings, opened, serving

LIMITS = {plan: {"burst_per_minute": 50, "daily": 1_000} for plan in ("anonymous", "free")}


def _left(answer: httpx.Response) -> int:
    return int(answer.headers["x-ratelimit-remaining"])


async def test_heavier_calls_cost_more(database: Database) -> None:
    async with serving(database.url, plan_overrides=LIMITS) as client:
        left = 50
        for path, cost in (
            ("/v1/events", 1), ("/v1/events/facets", 2), ("/v1/events/timeline", 2),
            ("/v1/events/correlations", 5), ("/v1/plans", 0),
        ):  # fmt: skip
            answer = await client.get(path)
            assert answer.status_code == 200
            left -= cost
            assert (answer.headers["x-request-cost"], _left(answer)) == (str(cost), left), path
        costs = (await client.get("/v1/plans")).json()["meta"]["costs"]
        assert {(c["method"], c["path"]): c["units"] for c in costs} == COSTS


async def test_not_modified_and_our_failures_give_all_units_back(database: Database) -> None:
    async with serving(database.url, plan_overrides=LIMITS) as client:
        path = "/v1/events/correlations"
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.headers["x-request-cost"], _left(again)) == (304, "0", 45)
        async with database.transaction() as connection:
            await connection.execute("ALTER TABLE events RENAME TO elsewhere")
        failed = await client.get(path, params={"country": "VE"})
        assert (failed.status_code, failed.headers["x-request-cost"], _left(failed)) == (
            500, "0", 45,
        )  # fmt: skip


async def test_a_call_that_does_not_fit_is_refused_and_a_smaller_one_is_not(
    database: Database,
) -> None:
    small = {"anonymous": {"burst_per_minute": 6, "daily": 1_000}}
    async with serving(database.url, plan_overrides=small) as client:
        statuses = [
            (await client.get(f"/v1/events{path}")).status_code
            for path in ("/correlations", "/correlations", "", "", "/facets")
        ]
        assert statuses == [200, 429, 200, 429, 429]
        assert (await client.get("/v1/plans")).status_code == 200


async def test_usage_is_free_and_tells_now_and_before(
    database: Database, make_account_key: MakeKey
) -> None:
    headers = {"X-API-Key": await make_account_key()}
    async with serving(database.url, plan_overrides=LIMITS) as client:
        for path in ("/v1/events", "/v1/events/correlations"):
            await client.get(path, headers=headers)
        answers = [await client.get("/v1/usage", headers=headers) for _ in range(3)]
        assert [_left(answer) for answer in answers] == [44] * 3
        body = answers[0].json()
        assert body["plan"] == "free"
        assert [(q["name"], q["limit"], q["used"]) for q in body["quotas"]] == [
            ("burst", 50, 6), ("daily", 1_000, 6),
        ]  # fmt: skip
        assert [(day["requests"], day["units"]) for day in body["days"]] == [(2, 6)]
        assert (await client.get("/v1/usage")).status_code == 401
    # Written at the end of the first service, and shown by the next one.
    async with serving(database.url, plan_overrides=LIMITS) as client:
        days = (await client.get("/v1/usage", headers=headers)).json()["days"]
        assert days == [{"day": now().date().isoformat(), "requests": 5, "units": 6}]


async def test_usage_is_written_every_few_seconds(
    database: Database, make_account_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_module, "FLUSH_SECONDS", 0.05)
    headers = {"X-API-Key": await make_account_key()}
    async with serving(database.url) as client:
        await client.get("/v1/meta", headers=headers)
        for _ in range(100):
            await asyncio.sleep(0.05)
            if await database.fetch_value("SELECT sum(requests) FROM usage_days") == 1:
                break
        else:
            pytest.fail("nothing was written")


async def _rows(database: Database) -> tuple[list[UsageDay], list[AuditEvent]]:
    async with database.session() as session:
        days = (await session.exec(select(UsageDay))).all()
        audit = (await session.exec(select(AuditEvent).order_by(AuditEvent.id))).all()
    return list(days), list(audit)


async def test_two_books_add_up_and_the_first_use_of_a_day_is_noted(
    database: Database, make_account_key: MakeKey
) -> None:
    key = await make_account_key()
    app = create_app(make_settings(), database.url)
    async with opened(app) as client:
        for _ in range(3):
            await client.get("/v1/meta", headers={"X-API-Key": key})
            await app.state.usage.flush()
    days, audit = await _rows(database)
    assert [(day.requests, day.units) for day in days] == [(3, 3)]
    assert [event.kind for event in audit] == ["key_used"]
    async with database.session() as session:
        row = (await session.exec(select(ApiKey))).one()
        assert row.last_used_at is not None
        assert now() - row.last_used_at < timedelta(minutes=1)
        row.last_used_at -= timedelta(days=1)
        session.add(row)
    async with serving(database.url) as client:
        await client.get("/v1/meta", headers={"X-API-Key": key})
    assert [event.kind for event in (await _rows(database))[1]] == ["key_used"] * 2


async def test_the_last_use_is_written_once_a_minute(
    database: Database, make_account_key: MakeKey
) -> None:
    await make_account_key()
    account_id, key_id = await _only_key(database)
    book = UsageBook(database)
    caller = Principal(f"account:{account_id}", FREE, account_id, key_id)
    seen = []
    for _ in range(3):
        book.record(caller, 1)
        await book.flush()
        seen.append(await database.fetch_value("SELECT last_used_at FROM api_keys"))
    assert seen[0] is not None
    assert seen[0] == seen[1] == seen[2]
    await book.flush(everything=True)
    assert await database.fetch_value("SELECT last_used_at FROM api_keys") > seen[0]


async def test_what_cannot_be_written_now_is_written_later(
    database: Database, make_account_key: MakeKey
) -> None:
    await make_account_key()
    account_id, key_id = await _only_key(database)
    book = UsageBook(database)
    book.record(Principal("account:1", FREE, account_id, key_id), 2)
    async with database.transaction() as connection:
        await connection.execute("ALTER TABLE usage_days RENAME TO elsewhere")
    await book.flush()
    book.record(Principal("account:1", FREE, account_id, key_id), 3)
    async with database.transaction() as connection:
        await connection.execute("ALTER TABLE elsewhere RENAME TO usage_days")
    await book.flush()
    days, _ = await _rows(database)
    assert [(day.requests, day.units) for day in days] == [(2, 5)]


async def test_usage_of_an_account_that_is_gone_holds_nobody_up(
    database: Database, make_account_key: MakeKey
) -> None:
    await make_account_key()
    account_id, _ = await _only_key(database)
    book = UsageBook(database)
    for owner in (account_id, 10**9):
        book.record(Principal("account:1", PLANS["free"], owner, 10**9), 1)
    await book.flush()
    days, _ = await _rows(database)
    assert [day.account_id for day in days] == [account_id]


async def _only_key(database: Database) -> tuple[int, int]:
    row = await database.fetch_row("SELECT account_id, id FROM api_keys")
    assert row is not None
    return row[0], row[1]
