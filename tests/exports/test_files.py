"""What a file holds: the rows of the list, counted, hashed, and cut to the plan."""

import hashlib
from typing import Any

import pytest

from app.core.db import Database
from tests.exports.conftest import Caller, add_events

pytestmark = pytest.mark.usefixtures("worker")


async def _list(caller: Caller, f: str, **filters: str) -> bytes:
    params = {**filters, "f": f, "limit": "1000"}
    return (await caller.client.get("/v1/events", params=params)).content


async def _export(caller: Caller, **body: Any) -> tuple[dict[str, Any], bytes]:
    done = await caller.until_ended(await caller.ask(**body))
    assert done["status"] == "done", done
    answer = await caller.file(done)
    assert answer.status_code == 200
    assert done["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert done["size"] == len(answer.content)
    return done, answer.content


@pytest.mark.parametrize("format_", ["csv", "ndjson"])
async def test_lines_are_those_of_the_list(
    database: Database, caller: Caller, format_: str
) -> None:
    await add_events(database, 300)
    done, content = await _export(caller, format=format_)
    assert content == await _list(caller, format_)
    assert done["rows"] == done["matched"] == 300
    assert done["progress"] == 1.0 and done["clipped"] is None
    assert done["data_version"] == await database.fetch_value("SELECT version FROM data_version")
