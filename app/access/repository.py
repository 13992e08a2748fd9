"""Accounts and keys in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account, ApiKey
from app.core.clock import now
from app.core.db import Database

_COLUMNS = """a.id AS account_id, a.plan, a.sessions_from,
    k.id AS key_id, k.kind, k.scopes, k.origins, k.digest"""
_VALID_KEY = "k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())"
_BY_KEY = f"""
SELECT {_COLUMNS} FROM api_keys k JOIN accounts a ON a.id = k.account_id
WHERE k.digest = ANY($1) AND {_VALID_KEY}
"""
_BY_ACCOUNT = f"""
SELECT {_COLUMNS} FROM accounts a LEFT JOIN api_keys k ON k.id = $2 AND k.account_id = a.id AND {_VALID_KEY}
WHERE a.id = $1
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """An account and the key that speaks for it; without a key, its owner who signed in."""

    account_id: int
    plan: str
    sessions_from: datetime | None
    key_id: int | None
    kind: str | None
    scopes: list[str] | None
    origins: list[str] | None
    digest: str | None


async def find_by_key(database: Database, digests: Sequence[str]) -> Holder | None:
    """Who holds a key, by its hash under any secret, unless it is unknown, revoked or expired."""
    return _holder(await database.fetch_row(_BY_KEY, [list(digests)], fresh=True))


async def find_by_account(database: Database, account_id: int, key_id: int | None) -> Holder | None:
    """An account, with one of its keys; nothing when either is gone."""
    found = _holder(await database.fetch_row(_BY_ACCOUNT, [account_id, key_id], fresh=True))
    return None if found is None or found.key_id != key_id else found


async def find_account(session: AsyncSession, email: str) -> Account | None:
    """The account of an e-mail address."""
    return (
        await session.exec(select(Account).where(Account.email == email.strip().lower()))
    ).first()


async def list_keys(session: AsyncSession, account_id: int) -> list[ApiKey]:
    """The keys of an account that are not revoked, oldest first."""
    keys = select(ApiKey).where(ApiKey.account_id == account_id, ApiKey.revoked_at.is_(None))  # type: ignore[union-attr]
    return list((await session.exec(keys.order_by(ApiKey.id))).all())  # type: ignore[arg-type]


async def count_keys(session: AsyncSession, account_id: int) -> int:
    """How many keys of an account can still be used."""
    keys = await list_keys(session, account_id)
    return sum(key.expires_at is None or key.expires_at > now() for key in keys)


async def find_keys_by_hint(session: AsyncSession, hint: str) -> list[ApiKey]:
    """Keys that begin with a hint and are not revoked."""
    keys = select(ApiKey).where(ApiKey.hint == hint, ApiKey.revoked_at.is_(None))  # type: ignore[union-attr]
    return list((await session.exec(keys)).all())


async def lock_account(
    session: AsyncSession, account_id: int, *, to_delete: bool = False
) -> Account | None:
    """An account, held until the end of the transaction.

    What only refers to it, as an alert does, need not wait unless it is to be deleted: who writes
    alerts holds what the holder of this lock may wait for.
    """
    account = select(Account).where(Account.id == account_id)
    return (await session.exec(account.with_for_update(key_share=not to_delete))).first()


def _holder(row: asyncpg.Record | None) -> Holder | None:
    return None if row is None else Holder(**row)
