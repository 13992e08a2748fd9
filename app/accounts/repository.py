"""Reads what self-service needs to know of accounts, links and tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Column, Table, exists, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account, AuditEvent, UsageDay
from app.access.writer import Audit
from app.accounts.models import RefreshToken
from app.core.clock import now
from app.core.models import Table as Base

FAMILIAR_FOR = timedelta(days=60)
# What would let somebody in does not leave the house, not even towards its owner.
_WITHHELD = frozenset({"digest", "body_digest", "password_hash", "totp_secret", "sealed_body"})


@dataclass(frozen=True, slots=True)
class Known:
    """An account as a sign-in sees it, and whether its owner signed in from the address before."""

    account: Account | None
    is_familiar: bool


async def find_for_sign_in(session: AsyncSession, email: str, address: str) -> Known:
    """The account of an e-mail address; one query whether or not there is one."""
    signed_in = exists().where(
        col(AuditEvent.account_id) == col(Account.id),
        col(AuditEvent.kind) == Audit.SIGNED_IN.value,
        col(AuditEvent.address) == address,
        col(AuditEvent.at) > now() - FAMILIAR_FOR,
    )
    row = (await session.exec(select(Account, signed_in).where(Account.email == email))).first()
    return Known(None, False) if row is None else Known(row[0], bool(row[1]))


async def find_refresh_token(session: AsyncSession, digests: Sequence[str]) -> RefreshToken | None:
    """A refresh token by its hash under any secret, used or not."""
    return (
        await session.exec(select(RefreshToken).where(col(RefreshToken.digest).in_(digests)))
    ).first()


async def list_usage(session: AsyncSession, account_id: int, since: date) -> list[UsageDay]:
    """What an account used, by day, oldest first."""
    days = select(UsageDay).where(UsageDay.account_id == account_id, col(UsageDay.day) >= since)
    return list((await session.exec(days.order_by(col(UsageDay.day)))).all())


async def list_audit(
    session: AsyncSession, account_id: int, before: int | None, limit: int
) -> list[AuditEvent]:
    """What happened to an account, newest first."""
    events = select(AuditEvent).where(AuditEvent.account_id == account_id)
    if before is not None:
        events = events.where(col(AuditEvent.id) < before)
    newest = events.order_by(col(AuditEvent.id).desc()).limit(limit)
    return list((await session.exec(newest)).all())


async def read_own_data(session: AsyncSession, account_id: int) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that names the account, but for what lets somebody in.

    The tables are found by their reference to `accounts`, so that none is forgotten.
    """
    found = {}
    for table in Base.metadata.sorted_tables:
        owners = _owner_columns(table)
        if not owners:
            continue
        columns = [column for column in table.columns if column.name not in _WITHHELD]
        rows = await session.exec(  # type: ignore[call-overload]
            select_columns(*columns).where(or_(*(owner == account_id for owner in owners)))
        )
        # Names of the schema are more than texts, and no JSON encoder takes them as keys.
        names = [f"{column.name}" for column in columns]
        found[f"{table.name}"] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


def _owner_columns(table: Table) -> list[Column[Any]]:
    if table.name == Account.__tablename__:
        return [table.columns["id"]]
    accounts = Account.__tablename__
    return [key.parent for key in table.foreign_keys if key.column.table.name == accounts]
