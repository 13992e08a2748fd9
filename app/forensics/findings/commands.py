"""`vric forensics replies|decide-reply|publish-finding|retract-finding`: what only operators do."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from app.core.errors import CommandError
from app.core.runtime import run_with_database

if TYPE_CHECKING:
    from app.core.db import Database
    from app.forensics.findings.models import FindingReply

# What talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415


def list_replies() -> None:
    """List the replies that wait, with what is to show that they come from the account's holder."""
    from app.forensics.findings import repository

    async def work(database: "Database") -> "list[FindingReply]":
        async with database.session() as session:
            return list(await repository.list_waiting_replies(session))

    for reply in run_with_database(work):
        typer.echo(f"{reply.id}  finding {reply.finding_id}  {reply.account!r}")
        typer.echo(f"  filed {reply.filed_at:%Y-%m-%d} by account {reply.filed_by}")
        typer.echo(f"  proof: {reply.proof!r}")
        typer.echo(f"  text:  {reply.text!r}")


def decide_reply(
    reply: Annotated[UUID, typer.Argument(help="The id of a reply.")],
    confirm: Annotated[
        bool, typer.Option("--confirm/--refuse", help="Whether its holder was seen to be it.")
    ],
) -> None:
    """Show a reply with its finding, or refuse it."""
    from app.forensics.findings import writer

    async def work(database: "Database") -> UUID | None:
        async with database.transaction() as connection:
            return await writer.decide_reply(connection, reply, confirmed=confirm)

    finding_id = run_with_database(work)
    if finding_id is None:
        raise CommandError("no such reply waits")
    typer.echo(f"reply {'confirmed' if confirm else 'refused'}; finding {finding_id}")


def publish_finding(finding: Annotated[UUID, typer.Argument(help="The id of a finding.")]) -> None:
    """Open a finding to all who may use forensics."""
    from app.forensics.findings import writer

    async def work(database: "Database") -> bool:
        async with database.transaction() as connection:
            return await writer.publish(connection, finding)

    if not run_with_database(work):
        raise CommandError("there is no such finding")
    typer.echo(f"finding {finding} published")


def retract_finding(
    finding: Annotated[UUID, typer.Argument(help="The id of a published finding.")],
    reason: Annotated[str, typer.Option(help="Shown with it.")],
) -> None:
    """Take a published finding back, where its author does not or is gone; it stays, and says so."""
    from app.forensics.findings import writer

    async def work(database: "Database") -> bool:
        async with database.transaction() as connection:
            return await writer.retract(connection, finding, "operator", reason)

    if not run_with_database(work):
        raise CommandError("there is no such finding, or it was taken back before")
    typer.echo(f"finding {finding} retracted")
