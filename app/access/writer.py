"""Writes what accounts used and what happened to them."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import asyncpg
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import AuditEvent, IdempotentAnswer
from app.core.clock import now

# Accounts that were deleted meanwhile are left out; rows are written in one order, which keeps two
# workers from waiting for each other.
_ADD_USAGE = """
INSERT INTO usage_days (account_id, day, requests, units)
SELECT a.id, u.day, u.requests, u.units
FROM unnest($1::bigint[], $2::date[], $3::bigint[], $4::bigint[]) AS u(account_id, day, requests, units)
JOIN accounts a ON a.id = u.account_id
ORDER BY 1, 2
FOR KEY SHARE OF a
ON CONFLICT (account_id, day) DO UPDATE SET
    requests = usage_days.requests + excluded.requests, units = usage_days.units + excluded.units
"""
_LOCK_KEYS = "SELECT id FROM api_keys WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"
_NOTE_FIRST_USE = """
INSERT INTO audit_events (account_id, kind, by, detail, at)
SELECT k.account_id, 'key_used', 'owner', jsonb_build_object('key', k.id, 'name', k.name), u.at
FROM unnest($1::bigint[], $2::timestamptz[]) AS u(id, at) JOIN api_keys k ON k.id = u.id
WHERE k.last_used_at IS NULL
   OR (k.last_used_at AT TIME ZONE 'UTC')::date < (u.at AT TIME ZONE 'UTC')::date
"""
_NOTE_USE = """
UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, u.at)
FROM unnest($1::bigint[], $2::timestamptz[]) AS u(id, at) WHERE k.id = u.id
"""


class Audit(StrEnum):
    """What is written down of an account."""

    SIGNED_UP = "signed_up"
    VERIFIED = "verified"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    REFRESH_REUSED = "refresh_token_reused"
    TOKEN_FOR_KEY = "token_for_key"  # noqa: S105 - the name of an event
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    PASSWORD_RESET = "password_reset"  # noqa: S105
    RESET_ASKED = "reset_asked"
    EMAIL_CHANGED = "email_changed"
    TOTP_ON = "totp_on"
    TOTP_OFF = "totp_off"
    DATA_EXPORTED = "data_exported"
    KEY_CREATED = "key_created"
    KEY_CHANGED = "key_changed"
    KEY_ROTATED = "key_rotated"
    KEY_REVOKED = "key_revoked"
    KEY_USED = "key_used"
    ACCOUNT_CREATED = "account_created"
    PLAN_GRANTED = "plan_granted"


def audit(
    session: AsyncSession,
    account_id: int | None,
    kind: Audit,
    *,
    by: str = "owner",
    address: str | None = None,
    **detail: Any,
) -> None:
    """Write down within the session's transaction what happened to an account."""
    session.add(
        AuditEvent(account_id=account_id, kind=kind.value, by=by, address=address, detail=detail)
    )


async def claim_answer(
    session: AsyncSession, digest: str, account_id: int | None, body_digest: str
) -> bool:
    """Whether this is the first request of its kind; others wait here for the first to end."""
    claimed = (
        insert(IdempotentAnswer)
        .values(digest=digest, account_id=account_id, body_digest=body_digest, created_at=now())
        .on_conflict_do_nothing()
        .returning(col(IdempotentAnswer.digest))
    )
    return (await session.exec(claimed)).first() is not None


async def add_usage(
    connection: asyncpg.Connection, rows: Sequence[tuple[int, date, int, int]]
) -> None:
    """Add requests and units to the days of accounts."""
    if rows:
        await connection.execute(_ADD_USAGE, *map(list, zip(*rows, strict=True)))


async def note_keys_used(
    connection: asyncpg.Connection, used: Sequence[tuple[int, datetime]]
) -> None:
    """Keep when keys were used last; the first use of a day goes to the audit log."""
    if not used:
        return
    ids, instants = map(list, zip(*used, strict=True))
    await connection.execute(_LOCK_KEYS, ids)
    await connection.execute(_NOTE_FIRST_USE, ids, instants)
    await connection.execute(_NOTE_USE, ids, instants)


async def replace_digests(
    connection: asyncpg.Connection, digests: Sequence[tuple[int, str]]
) -> None:
    """Store keys under the secret in use."""
    await connection.executemany("UPDATE api_keys SET digest = $2 WHERE id = $1", digests)
