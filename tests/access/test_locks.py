"""What the lock of an account holds back, and what passes it."""

import asyncpg
import pytest

from app.access.models import Account
from app.access.repository import lock_account
from app.core.db import Database


@pytest.mark.parametrize("to_delete", [False, True])
async def test_what_refers_to_a_locked_account_waits_only_for_its_deletion(
    database: Database, to_delete: bool
) -> None:
    async with database.session() as session:
        account = Account(email="a@example.org")
        session.add(account)
    assert account.id is not None
    async with database.session() as holder, database.transaction() as other:
        assert await lock_account(holder, account.id, to_delete=to_delete)
        # As a foreign key does it.
        sql = "SELECT 1 FROM accounts WHERE id = $1 FOR KEY SHARE NOWAIT"
        if to_delete:
            with pytest.raises(asyncpg.LockNotAvailableError):
                await other.fetchval(sql, account.id)
        else:
            assert await other.fetchval(sql, account.id) == 1


async def test_two_who_lock_an_account_take_turns(database: Database) -> None:
    async with database.session() as session:
        account = Account(email="a@example.org")
        session.add(account)
    assert account.id is not None
    async with database.session() as holder, database.transaction() as other:
        assert await lock_account(holder, account.id)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await other.fetchval(
                "SELECT 1 FROM accounts WHERE id = $1 FOR NO KEY UPDATE NOWAIT", account.id
            )
