"""What operators do with accounts and keys; each act is audited as theirs."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.keys import HINT_LENGTH, KeyKind, digest_of, make_key
from app.access.models import Account, ApiKey
from app.access.plan_in_force import plan_in_force
from app.access.repository import count_keys, find_account, find_keys_by_hint, list_keys
from app.access.writer import Audit, audit
from app.core.clock import now
from app.core.db import Database
from app.core.errors import CommandError
from app.plans import FREE, PLANS, Feature


async def create_account(database: Database, address: str, plan: str) -> None:
    """Make an account of an address.

    Raises:
        CommandError: it has one already.
    """
    async with database.session() as session:
        if await find_account(session, address):
            raise CommandError(f"there is an account of {address} already")
        account = Account(email=address, verified_at=now())
        session.add(account)
        await session.flush()
        audit(session, account.id, Audit.ACCOUNT_CREATED, by="operator")
        if plan != FREE.key:
            _grant(session, account, plan)


async def grant_plan(database: Database, email: str, plan: str) -> str:
    """Grant a plan, or take the grant back with `free`; the plan that is then in force.

    Raises:
        CommandError: there is no such account.
    """
    async with database.session() as session:
        account = await _get_account(session, email)
        _grant(session, account, plan)
        return account.plan


async def describe_account(database: Database, email: str) -> list[str]:
    """An account, its plans and its keys, in lines to be read.

    Raises:
        CommandError: there is no such account.
    """
    async with database.session() as session:
        account = await _get_account(session, email)
        keys = await list_keys(session, account.id or 0)
    verified = f"{account.verified_at:%Y-%m-%d}" if account.verified_at else "no"
    return [
        f"{account.email}: account {account.id}, since {account.created_at:%Y-%m-%d}",
        f"plan {account.plan} (paid {account.paid_plan}, granted {account.granted_plan or '-'})",
        f"verified {verified}, codes {'on' if account.totp_since else 'off'}",
        *(_describe(key) for key in keys),
    ]


async def remove_totp(database: Database, email: str) -> None:
    """Switch one-time codes off.

    Raises:
        CommandError: there is no such account.
    """
    async with database.session() as session:
        account = await _get_account(session, email)
        account.totp_secret = account.totp_since = account.totp_last_step = None
        session.add(account)
        audit(session, account.id, Audit.TOTP_OFF, by="operator")


async def create_key(
    database: Database, email: str, secret: bytes, name: str, origins: Sequence[str],
    scopes: Sequence[Feature] | None, days: int | None,
) -> str:  # fmt: skip
    """Make a key, a browser key if it has origins; the key itself, which is kept nowhere.

    Raises:
        CommandError: there is no such account, or its plan has no further key.
    """
    kind = KeyKind.BROWSER if origins else KeyKind.SECRET
    key = make_key(kind)
    async with database.session() as session:
        account = await _get_account(session, email)
        assert account.id is not None
        if await count_keys(session, account.id) >= PLANS[account.plan].api_keys:
            raise CommandError(f"the plan {account.plan} has no further key; revoke one first")
        row = ApiKey(
            account_id=account.id,
            name=name,
            kind=kind.value,
            hint=key[:HINT_LENGTH],
            digest=digest_of(key, secret),
            scopes=[one.value for one in scopes] if scopes else None,
            origins=list(origins),
            expires_at=now() + timedelta(days=days) if days else None,
        )
        session.add(row)
        await session.flush()
        audit(session, account.id, Audit.KEY_CREATED, by="operator", key=row.id, name=name)
    return key


async def describe_keys(database: Database, email: str) -> list[str]:
    """The keys of an account, each in a line to be read.

    Raises:
        CommandError: there is no such account.
    """
    async with database.session() as session:
        account = await _get_account(session, email)
        return [_describe(key) for key in await list_keys(session, account.id or 0)]


async def revoke_key(database: Database, hint: str) -> None:
    """Revoke the one key that begins with `hint`.

    Raises:
        CommandError: none begins with it, or several do.
    """
    async with database.session() as session:
        found = await find_keys_by_hint(session, hint)
        if len(found) != 1:
            raise CommandError(f"{len(found)} keys begin with {hint!r}; nothing was revoked")
        found[0].revoked_at = now()
        session.add(found[0])
        audit(session, found[0].account_id, Audit.KEY_REVOKED, by="operator", key=found[0].id)


async def _get_account(session: AsyncSession, email: str) -> Account:
    account = await find_account(session, email)
    if account is None:
        raise CommandError(f"there is no account of {email}")
    return account


def _grant(session: AsyncSession, account: Account, plan: str) -> None:
    account.granted_plan = None if plan == FREE.key else plan
    account.plan = plan_in_force(account.paid_plan, account.granted_plan)
    session.add(account)
    audit(
        session, account.id, Audit.PLAN_GRANTED, by="operator", granted=account.granted_plan,
        in_force=account.plan,
    )  # fmt: skip


def _describe(key: ApiKey) -> str:
    parts = [f"{key.hint}… {key.kind} {key.name!r}"]
    if key.origins:
        parts.append(f"for {', '.join(key.origins)}")
    if key.scopes is not None:
        parts.append(f"scopes {', '.join(key.scopes) or 'none'}")
    if key.expires_at is not None:
        ended = key.expires_at <= now()
        parts.append(f"{'expired' if ended else 'until'} {key.expires_at:%Y-%m-%d}")
    used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
    return ", ".join([*parts, f"last used {used}"])
