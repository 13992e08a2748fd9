"""Accounts and keys in the database."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account
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
