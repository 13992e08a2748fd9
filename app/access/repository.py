"""Accounts and keys in the database."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account, ApiKey
from app.core.db import Database

_KEY_OWNER = """
SELECT a.id, k.id, a.plan
FROM api_keys k JOIN accounts a ON a.id = k.account_id
WHERE k.digest = $1 AND k.revoked_at IS NULL
"""


async def find_key_owner(database: Database, digest: str) -> tuple[int, int, str] | None:
    """The account, key and plan behind a key's hash, unless it is unknown or revoked."""
    row = await database.fetch_row(_KEY_OWNER, [digest])
    return None if row is None else (row[0], row[1], row[2])


async def find_account(session: AsyncSession, email: str) -> Account | None:
    """The account of an e-mail address."""
    return (
        await session.exec(select(Account).where(Account.email == email.strip().lower()))
    ).first()


async def find_active_keys(session: AsyncSession, account_id: int) -> Sequence[ApiKey]:
    """The keys of an account that are not revoked."""
    active = select(ApiKey).where(ApiKey.account_id == account_id, col(ApiKey.revoked_at).is_(None))
    return (await session.exec(active)).all()


async def find_keys_by_hint(session: AsyncSession, hint: str) -> Sequence[ApiKey]:
    """The keys that begin with a hint."""
    return (await session.exec(select(ApiKey).where(ApiKey.hint == hint))).all()
