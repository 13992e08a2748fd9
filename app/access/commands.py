"""`vric account` and `vric key`: accounts and keys, made by an operator."""

from typing import Annotated

import typer

from app.access.origins import read_origin
from app.core.errors import CommandError
from app.core.runtime import run_with_database
from app.plans import ANONYMOUS, FREE, PLANS, Feature

# What talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415

PlanName = Annotated[str, typer.Option("--plan", help="free, premium or enterprise")]


def create_account(email: str, plan: PlanName = FREE.key) -> None:
    """Make an account. Its owner sets a password by the mail of a reset."""
    from app.access import operators
    from app.core.mail import is_address

    _check_plan(plan)
    address = email.strip().lower()
    if not is_address(address):
        raise CommandError(f"{email!r} is no e-mail address")
    run_with_database(lambda database: operators.create_account(database, address, plan))
    typer.echo(f"account {address}, plan {plan}")


def set_plan(
    email: str, plan: Annotated[str, typer.Argument(help="free takes the grant back")]
) -> None:
    """Give an account a plan, whatever it pays for; the better of the two is in force."""
    from app.access import operators

    _check_plan(plan)
    in_force = run_with_database(lambda database: operators.grant_plan(database, email, plan))
    typer.echo(f"{email}: plan {in_force} in force")


def show_account(email: str) -> None:
    """Show an account, its plans and its keys."""
    from app.access import operators

    for line in run_with_database(lambda database: operators.describe_account(database, email)):
        typer.echo(line)


def remove_totp(email: str) -> None:
    """Switch one-time codes off for an owner who lost the authenticator."""
    from app.access import operators

    run_with_database(lambda database: operators.remove_totp(database, email))
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
    from app.access import operators
    from app.core.settings import Settings

    secret = Settings().secret
    try:
        origins = [read_origin(one) for one in origin or ()]
    except ValueError as error:
        raise CommandError(f"--origin: {error}") from None
    key = run_with_database(
        lambda database: operators.create_key(database, email, secret, name, origins, scope, days)
    )
    typer.echo(key)


def list_all_keys(email: str) -> None:
    """List the keys of an account."""
    from app.access import operators

    for line in run_with_database(lambda database: operators.describe_keys(database, email)):
        typer.echo(line)


def revoke_key(hint: Annotated[str, typer.Argument(help="The key's first 12 characters.")]) -> None:
    """Revoke a key; it is refused from the next request on."""
    from app.access import operators

    run_with_database(lambda database: operators.revoke_key(database, hint))
    typer.echo(f"{hint}… revoked")


def _check_plan(plan: str) -> None:
    if plan not in PLANS or plan == ANONYMOUS.key:
        raise CommandError(f"there is no plan {plan!r}; choose free, premium or enterprise")
