"""`vric billing`: the price list at Stripe, what was handled, and putting right what was missed."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from app.core.errors import CommandError
from app.core.runtime import run_with_database
from app.core.settings import Settings
from app.plans import FREE

if TYPE_CHECKING:
    from app.billing.reconcile import Report
    from app.core.db import Database

# What talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415


def reconcile_all() -> None:
    """Handle events that were not delivered, compare all subscriptions with Stripe, end graces."""
    from app.billing.reconcile import reconcile
    from app.billing.service import Billing

    async def work(database: "Database") -> "Report":
        async with Billing(database, Settings()) as billing:
            return await reconcile(billing)

    report = run_with_database(work)
    for name, counts in (("events", report.events), ("accounts", report.accounts)):
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        typer.echo(f"{name}: {told or 'nothing to do'}")
    for stranger in report.strangers:
        typer.echo(f"{stranger}: paid for an account that does not have its customer")
    if report.failures:
        raise CommandError(
            f"{report.failures} failed; the log says why, and the next run tries again"
        )


def show_events(limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50) -> None:
    """The events handled last: when, what, for which account, and what became of them."""
    from app.billing.repository import list_events

    async def work(database: "Database") -> None:
        async with database.session() as session:
            for event in await list_events(session, limit):
                typer.echo(
                    f"{event.handled_at:%Y-%m-%d %H:%M:%S}  {event.outcome:16}  {event.type:42}"
                    f"  {event.id}  account {event.account_id or '-'}"
                )

    run_with_database(work)


def show_account(email: str) -> None:
    """An account's plan and subscriptions, and every change of its plan with its cause."""
    from app.access.repository import find_account
    from app.billing import overview
    from app.billing.service import Billing

    async def work(database: "Database") -> None:
        async with database.session() as session:
            account = await find_account(session, email)
        if account is None or account.id is None:
            raise CommandError(f"there is no account of {email}")
        known = await overview.describe(Billing(database, Settings()), account.id)
        typer.echo(
            f"plan {known.plan} (paid {known.paid_plan}, granted {known.granted_plan or 'none'})"
        )
        for one in known.subscriptions:
            until = f"{one.period_end:%Y-%m-%d}" if one.period_end else "-"
            typer.echo(f"{one.id}  {one.status}  {one.lookup_key}  {one.plan}  until {until}")
        for line in known.trail:
            detail = ", ".join(f"{name} {value}" for name, value in line.detail.items())
            typer.echo(f"{line.at:%Y-%m-%d %H:%M:%S}  {line.kind}  by {line.by}  {detail}")

    run_with_database(work)


def unlink_customer(email: str) -> None:
    """Forget an account's customer, which the Stripe account of the key does not have: after going
    from test to live, say. Its next checkout makes another one; nothing is changed at Stripe."""
    from app.access.repository import find_account
    from app.billing import repository, writer

    async def work(database: "Database") -> None:
        async with database.session() as session:
            account = await find_account(session, email)
            if account is None or account.id is None:
                raise CommandError(f"there is no account of {email}")
            locked = await repository.lock_account(session, account.id)
            if locked is None or locked.stripe_customer_id is None:
                raise CommandError(f"{email} has no customer")
            rows = await repository.list_subscriptions(session, account.id)
            await writer.unlink_customer(session, locked, rows, "operator")
            writer.set_paid_plan(session, locked, FREE.key, "unlinked", "operator")

    run_with_database(work)
    typer.echo(f"{email} has no customer any more")


def set_up(
    amount: Annotated[
        list[str] | None,
        typer.Option(help="LOOKUP_KEY=CENTS of a price that is not there yet; repeatable"),
    ] = None,
    currency: Annotated[str, typer.Option(help="ISO code")] = "usd",
) -> None:
    """Make products and prices at Stripe, with the lookup keys of the plans. Safe to repeat."""
    from app.billing.catalogue import DEFAULT_AMOUNTS, make_catalogue
    from app.billing.stripe_client import StripeClient

    amounts: dict[str, int] = {}
    for given in amount or []:
        key, _, cents = given.partition("=")
        if key not in DEFAULT_AMOUNTS or not cents.isdecimal():
            raise CommandError(f"{given!r}: write one of {', '.join(DEFAULT_AMOUNTS)} = cents")
        amounts[key] = int(cents)
    settings = Settings()
    if settings.stripe_api_key is None:
        raise CommandError("billing is off: set VRIC_STRIPE_API_KEY")

    async def work() -> dict[str, bool]:
        stripe = StripeClient(settings)
        try:
            return await make_catalogue(stripe, amounts, currency.lower())
        finally:
            await stripe.close()

    for lookup_key, was_made in asyncio.run(work()).items():
        typer.echo(f"{lookup_key}: {'made' if was_made else 'there already'}")
