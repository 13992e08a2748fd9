"""The feed of changes: everything, in one order, however it is paged."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import Database
from app.events.schemas import Changes
from app.events.writer import delete_events
from tests.conftest import serving
from tests.events.samples import event, refusal, write

CHANGES = "/v1/changes"
ROOM = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def follow(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    """All changes from an address on, until nothing is new."""
    found: list[dict[str, Any]] = []
    while True:
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        Changes.model_validate(body, extra="allow")
        [following] = [link["href"] for link in body["links"] if link["rel"] == "next"]
        assert answer.headers["link"] == f'<{following}>; rel="next"'
        if not body["items"]:
            assert (
                following == path or "since=" not in path or path.startswith(f"{CHANGES}?since=2")
            )
            return found
        found += body["items"]
        path = following


@pytest.fixture
async def lively(database: Database, database_url: str) -> str:
    """Three events written, one changed, one written anew as it was, one deleted."""
    await write(database, {n: event(f"Event {n}.") for n in (1, 2, 3)})
    await write(database, {2: event("Event 2, better told."), 3: event("Event 3.")})
    async with database.transaction() as connection:
        await delete_events(connection, [1], "an editor")
    return database_url


async def test_creations_updates_and_deletions_in_one_order(lively: str) -> None:
    async with serving(lively) as client:
        changes = await follow(client, CHANGES)
    assert [(c["event_id"], c["kind"]) for c in changes] == [
        (1, "created"), (2, "created"), (3, "created"), (2, "updated"), (1, "deleted")
    ]  # fmt: skip
    sequence = [change["seq"] for change in changes]
    assert sequence == sorted(set(sequence))
    assert changes[3]["event"]["summary"] == "Event 2, better told."
    assert changes[4]["event"] is None


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_nothing_is_lost_between_pages(lively: str, limit: int) -> None:
    async with serving(lively) as client:
        whole = (await client.get(CHANGES)).json()["items"]
        assert await follow(client, f"{CHANGES}?limit={limit}") == whole


async def test_who_waits_at_the_end_hears_of_what_comes(lively: str) -> None:
    async with Database(lively, pool_size=1) as database, serving(lively) as client:
        end = (await client.get(CHANGES)).json()["links"][1]["href"]
        nothing = (await client.get(end)).json()
        assert nothing["items"] == [] and nothing["links"][1]["href"] == end
        await write(database, {9: event("New.")})
        async with serving(lively) as another:
            [change] = (await another.get(end)).json()["items"]
        assert (change["event_id"], change["kind"]) == (9, "created")


async def test_since_an_instant(lively: str) -> None:
    async with serving(lively) as client:
        changes = await follow(client, CHANGES)
        for number, change in enumerate(changes):
            first = [c["at"] for c in changes].index(change["at"])
            since = {"since": change["at"].replace("+00:00", "Z")}
            assert (await client.get(CHANGES, params=since)).json()["items"] == changes[first:]
            assert (await client.get(CHANGES, params={"since": change["seq"]})).json()[
                "items"
            ] == changes[number + 1 :]
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        answer = (await client.get(CHANGES, params={"since": tomorrow})).json()
        assert answer["items"] == [] and answer["meta"]["since"] == changes[-1]["seq"]
        for early in ("0", "1999-12-31", "1999-12-31T00:00:00Z", "1999-12-31T00:00:00+05:30"):
            answer = (await client.get(CHANGES, params={"since": early})).json()
            assert answer["items"] == changes


async def test_an_instant_loses_no_late_commit(lively: str) -> None:
    """A transaction may begin first and be numbered last."""
    async with Database(lively, pool_size=1) as database, database.transaction() as connection:
        await connection.execute(
            "UPDATE event_changes SET at = at - interval '1 hour' WHERE kind = 'deleted'"
        )
        noon = await connection.fetchval("SELECT max(at) FROM event_changes")
    async with serving(lively) as client:
        params = {"since": noon.isoformat()}
        kinds = [c["kind"] for c in (await client.get(CHANGES, params=params)).json()["items"]]
    assert kinds == ["updated", "deleted"]


@pytest.mark.parametrize(
    "since", ["", "yesterday", "-1", "1.5", "2020-13-01", "9" * 19, "2020-01-01T00:00:00", "1/2"]
)
async def test_what_is_no_beginning(demo: httpx.AsyncClient, since: str) -> None:
    assert (await refusal(demo, CHANGES, since=since))[0] == "since"


@ROOM
@given(since=st.text(max_size=45))
async def test_no_beginning_is_an_error_of_the_service(demo: httpx.AsyncClient, since: str) -> None:
    answer = await demo.get(CHANGES, params={"since": since.encode("utf-8", "ignore"), "limit": 1})
    assert answer.status_code in (200, 400)


async def test_a_plan_clips_the_limit(demo: httpx.AsyncClient) -> None:
    body = (await demo.get(CHANGES, params={"limit": 500})).json()
    assert body["returned"] == 91
    clipped = {"parameter": "limit", "asked": 500, "given": 100, "plan": "anonymous"}
    assert body["meta"]["clipped"] == clipped
