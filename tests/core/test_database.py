"""The database's own errors: away is 503, a fault of ours is not."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.db import Database
from app.core.errors import UnavailableError


async def test_a_session_whose_connection_is_cut(database: Database) -> None:
    with pytest.raises(UnavailableError):  # noqa: PT012 - the session is what raises, at its end
        async with database.session() as session:
            connection = await session.connection()
            pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar()
            async with database.transaction() as other:
                await other.execute("SELECT pg_terminate_backend($1, 5000)", pid)
            await connection.execute(text("SELECT 1"))
    async with database.session() as session:  # the next one is fine
        await (await session.connection()).execute(text("SELECT 1"))


async def test_a_wrong_statement_stays_an_error_of_ours(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with database.session() as session:
            await (await session.connection()).execute(text("SELECT :x::int / 0"), {"x": 12345})
    assert "12345" not in str(caught.value)


async def test_fresh_reads_go_to_the_primary(database: Database, demo_url: str) -> None:
    async with Database(demo_url, replica_url=database.url, pool_size=2) as opened:
        count = "SELECT count(*) FROM events"
        assert await opened.fetch_value(count) == 0
        row = await opened.fetch_row(count, fresh=True)
        assert row is not None
        assert row[0] > 0
