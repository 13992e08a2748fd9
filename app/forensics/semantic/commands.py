"""`vric forensics index`: switches search by meaning on, and gives vectors to what has none yet."""

from typing import Annotated

import typer

# What talks to the database and the model is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415


def index(
    events: Annotated[bool, typer.Option("--events", help="All events.")] = False,
    corpus: Annotated[str | None, typer.Option(help="The posts of a corpus.")] = None,
    account: Annotated[
        str | None, typer.Option(help="Whose corpus, by email; by default the operators'.")
    ] = None,
) -> None:
    """Give vectors to events or posts that have none, so that they are found by meaning."""
    from app.forensics.semantic.operators import give_vectors

    give_vectors(events, corpus, account)
