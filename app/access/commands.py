"""`vric account` and `vric key`: accounts and keys, made by an operator."""

import re
from typing import Annotated

import typer
from sqlmodel import select

from app.access.keys import HINT_LENGTH, digest_of, make_key
from app.access.models import Account, ApiKey
from app.access.repository import find_account
from app.core.clock import now
from app.core.db import Database
from app.core.errors import CommandError
from app.core.runtime import run_with_database
from app.core.settings import Settings
from app.plans import ANONYMOUS, FREE, PLANS

account_app = typer.Typer(no_args_is_help=True, help="Accounts.")
key_app = typer.Typer(no_args_is_help=True, help="API keys.")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")


@account_app.command("create")
def create_account(
    email: str, plan: Annotated[str, typer.Option(help="free, premium or enterprise")] = "free"
) -> None:
    """Make an account."""
    if plan not in PLANS or plan == ANONYMOUS.key:
        raise CommandError(f"there is no plan {plan!r}; choose free, premium or enterprise")
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise CommandError(f"{email!r} is no e-mail address")

    async def work(database: Database) -> None:
        async with database.session() as session:
            if await find_account(session, email):
                raise CommandError(f"there is an account of {email} already")
            granted = None if plan == FREE.key else plan
            session.add(Account(email=email.strip().lower(), plan=plan, granted_plan=granted))

    run_with_database(work)
    typer.echo(f"account {email}, plan {plan}")


@key_app.command("create")
def create_key(email: str, name: Annotated[str, typer.Option(help="What it is for.")] = "") -> None:
    """Make an API key of an account and show it, this once."""
    secret = Settings().secret
    key = make_key()

    async def work(database: Database) -> None:
        async with database.session() as session:
            account = await find_account(session, email)
            if account is None or account.id is None:
                raise CommandError(f"there is no account of {email}")
            keys = await session.exec(
                select(ApiKey).where(ApiKey.account_id == account.id, ApiKey.revoked_at.is_(None))  # type: ignore[union-attr]
            )
            if len(keys.all()) >= PLANS[account.plan].api_keys:
                raise CommandError(f"the plan {account.plan} has no further key; revoke one first")
            digest = digest_of(key, secret)
            session.add(
                ApiKey(account_id=account.id, name=name, hint=key[:HINT_LENGTH], digest=digest)
            )

    run_with_database(work)
    typer.echo(key)


@key_app.command("revoke")
def revoke_key(hint: Annotated[str, typer.Argument(help="The key's first 12 characters.")]) -> None:
    """Revoke a key; it is refused from the next request on."""

    async def work(database: Database) -> None:
        async with database.session() as session:
            found = (await session.exec(select(ApiKey).where(ApiKey.hint == hint))).all()
            if len(found) != 1:
                raise CommandError(f"{len(found)} keys begin with {hint!r}; nothing was revoked")
            found[0].revoked_at = now()
            session.add(found[0])

    run_with_database(work)
    typer.echo(f"{hint}… revoked")
