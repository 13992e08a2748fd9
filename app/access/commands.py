"""`vric account` and `vric key`: accounts and keys, made by an operator."""

from datetime import timedelta
from typing import Annotated

import typer
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.keys import HINT_LENGTH, KeyKind, digest_of, make_key
from app.access.models import Account, ApiKey
from app.access.origins import read_origin
from app.access.plan_in_force import plan_in_force
from app.access.repository import count_keys, find_account, find_keys_by_hint, list_keys
from app.access.writer import Audit, audit
from app.core.clock import now
from app.core.db import Database
from app.core.errors import CommandError
from app.core.mail import is_address
from app.core.runtime import run_with_database
from app.core.settings import Settings
from app.plans import ANONYMOUS, FREE, PLANS, Feature

PlanName = Annotated[str, typer.Option("--plan", help="free, premium or enterprise")]


def create_account(email: str, plan: PlanName = FREE.key) -> None:
    """Make an account. Its owner sets a password by the mail of a reset."""
    _check_plan(plan)
    address = email.strip().lower()
    if not is_address(address):
        raise CommandError(f"{email!r} is no e-mail address")

    async def work(database: Database) -> None:
        async with database.session() as session:
            if await find_account(session, address):
                raise CommandError(f"there is an account of {address} already")
            account = Account(email=address, verified_at=now())
            session.add(account)
            await session.flush()
            audit(session, account.id, Audit.ACCOUNT_CREATED, by="operator")
            if plan != FREE.key:
                _grant(session, account, plan)

    run_with_database(work)
    typer.echo(f"account {address}, plan {plan}")


def set_plan(
    email: str, plan: Annotated[str, typer.Argument(help="free takes the grant back")]
) -> None:
    """Give an account a plan, whatever it pays for; the better of the two is in force."""
    _check_plan(plan)

    async def work(database: Database) -> str:
        async with database.session() as session:
            account = await _get_account(session, email)
            _grant(session, account, plan)
            return account.plan

    typer.echo(f"{email}: plan {run_with_database(work)} in force")


def show_account(email: str) -> None:
    """Show an account, its plans and its keys."""

    async def work(database: Database) -> list[str]:
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

    for line in run_with_database(work):
        typer.echo(line)


def remove_totp(email: str) -> None:
    """Switch one-time codes off for an owner who lost the authenticator."""

    async def work(database: Database) -> None:
        async with database.session() as session:
            account = await _get_account(session, email)
            account.totp_secret = account.totp_since = account.totp_last_step = None
            session.add(account)
            audit(session, account.id, Audit.TOTP_OFF, by="operator")

    run_with_database(work)
    typer.echo(f"{email}: codes are off")


def create_key(
    email: str,
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    origin: Annotated[
        list[str] | None, typer.Option(help="Makes a browser key for pages of this origin.")
    ] = None,
    scope: Annotated[list[Feature] | None, typer.Option(help="Instead of all of the plan.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="How long it is good.")] = None,
) -> None:
    """Make an API key of an account and show it, this once."""
    secret = Settings().secret
    kind = KeyKind.BROWSER if origin else KeyKind.SECRET
    try:
        origins = [read_origin(one) for one in origin or ()]
    except ValueError as error:
        raise CommandError(f"--origin: {error}") from None
    key = make_key(kind)

    async def work(database: Database) -> None:
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
                scopes=[one.value for one in scope] if scope else None,
                origins=origins,
                expires_at=now() + timedelta(days=days) if days else None,
            )
            session.add(row)
            await session.flush()
            audit(session, account.id, Audit.KEY_CREATED, by="operator", key=row.id, name=name)

    run_with_database(work)
    typer.echo(key)


def list_all_keys(email: str) -> None:
    """List the keys of an account."""

    async def work(database: Database) -> list[str]:
        async with database.session() as session:
            account = await _get_account(session, email)
            return [_describe(key) for key in await list_keys(session, account.id or 0)]

    for line in run_with_database(work):
        typer.echo(line)


def revoke_key(hint: Annotated[str, typer.Argument(help="The key's first 12 characters.")]) -> None:
    """Revoke a key; it is refused from the next request on."""

    async def work(database: Database) -> None:
        async with database.session() as session:
            found = await find_keys_by_hint(session, hint)
            if len(found) != 1:
                raise CommandError(f"{len(found)} keys begin with {hint!r}; nothing was revoked")
            found[0].revoked_at = now()
            session.add(found[0])
            audit(session, found[0].account_id, Audit.KEY_REVOKED, by="operator", key=found[0].id)

    run_with_database(work)
    typer.echo(f"{hint}… revoked")


def _check_plan(plan: str) -> None:
    if plan not in PLANS or plan == ANONYMOUS.key:
        raise CommandError(f"there is no plan {plan!r}; choose free, premium or enterprise")


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
