"""What nobody can use any more goes; what somebody can stays."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from app.access.models import Account, AuditEvent, IdempotentAnswer
from app.accounts import upkeep, writer
from app.accounts.models import MailedLink, RefreshToken
from app.core.clock import now
from app.core.db import Database
from tests.accounts.conftest import Site


async def _age(database: Database, days: int) -> None:
    """Make everything some days older."""
    by = timedelta(days=days)
    async with database.session() as session:
        for table in (Account, AuditEvent, IdempotentAnswer, MailedLink, RefreshToken):
            for row in (await session.exec(select(table))).all():
                for name in ("created_at", "at", "expires_at", "issued_at"):
                    if getattr(row, name, None) is not None:
                        setattr(row, name, getattr(row, name) - by)
                session.add(row)


async def _counts(database: Database) -> list[int]:
    tables = ("accounts", "mailed_links", "refresh_tokens", "idempotent_answers", "audit_events")
    return [await database.fetch_value(f"SELECT count(*) FROM {table}") for table in tables]


async def test_a_sweep(site: Site, database: Database) -> None:
    owner = await site.owner()
    await site.sign_up("unopened@example.org", **{"Idempotency-Key": "1"})
    await site.sign_in("unknown@example.org", "wrong, and long")
    await owner.ask("POST", "/v1/keys", json={}, headers={"Idempotency-Key": "1"})
    before = await _counts(database)

    async def sweep() -> list[int]:
        async with database.session() as session:
            await writer.sweep(session)
        return await _counts(database)

    assert await sweep() == before == [2, 2, 1, 2, 6]
    await _age(database, 2)
    assert await sweep() == [2, 2, 1, 0, 6]
    await _age(database, 7)
    assert await sweep() == [1, 0, 1, 0, 5]  # the unopened account and its log
    await _age(database, 30)
    assert await sweep() == [1, 0, 0, 0, 4]  # the failure of nobody's
    await _age(database, 365)
    assert await sweep() == [1, 0, 0, 0, 3]  # the sign-in; changes stay
    async with database.session() as session:
        kinds = (await session.exec(select(AuditEvent.kind).order_by(AuditEvent.id))).all()
    assert list(kinds) == ["signed_up", "verified", "key_created"]


async def test_it_sweeps_while_the_service_runs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.session() as session:
        session.add(Account(email="a@example.org", created_at=now() - timedelta(days=8)))
    monkeypatch.setattr(upkeep, "EVERY_S", 0.02)
    async with upkeep.Upkeep(database):
        for _ in range(200):
            await asyncio.sleep(0.02)
            if await database.fetch_value("SELECT count(*) FROM accounts") == 0:
                return
    pytest.fail("nothing was swept")
