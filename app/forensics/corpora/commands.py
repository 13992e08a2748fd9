"""`vric ingest posts`, `vric forensics publish` and `demo-corpus`: corpora from the command line."""

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

from app.core.runtime import run_with_database

# What reads files and talks to the database is imported when it does, so that help is there at once.
# ruff: noqa: PLC0415

CorpusName = Annotated[str, typer.Option("--corpus", help="Made when it is new.")]
AccountEmail = Annotated[
    str | None, typer.Option("--account", help="Whose; by default the operators'.")
]


def ingest_posts(
    file: Annotated[Path, typer.Argument(help="CSV, NDJSON or Parquet; gzip too.")],
    corpus: CorpusName,
    account: AccountEmail = None,
    column: Annotated[list[str], typer.Option(help="field=column, such as text=body")] = [],  # noqa: B006 - Typer reads the default, nobody changes it
) -> None:
    """Take posts and articles in. The same post twice is one post; the first body is kept."""
    from app.forensics.corpora.operators import take_in

    take_in(file, corpus, account, column)


def publish(
    corpus: Annotated[str, typer.Argument(help="The name of a corpus.")],
    account: Annotated[
        str | None, typer.Option(help="Whose, by that account's leave; by default the operators'.")
    ] = None,
) -> None:
    """Open a corpus to all who may use forensics. It is the operators' from then on."""
    from app.forensics.corpora import operators

    posts = run_with_database(lambda database: operators.publish(database, corpus, account))
    typer.echo(f"{corpus}: published, {posts:,} posts")


def delete_corpus(
    corpus: Annotated[str, typer.Argument(help="The name of a corpus of the operators.")],
) -> None:
    """Delete a corpus of the operators for good, with its posts; findings on it go, and say so."""
    from app.forensics.corpora import operators

    posts = run_with_database(lambda database: operators.delete(database, corpus))
    typer.echo(f"{corpus}: deleted, with its {posts:,} posts")


def demo_corpus(
    organic: Annotated[
        bool, typer.Option("--organic", help="Without a campaign: nothing is to be found.")
    ] = False,
) -> None:
    """Print a small synthetic corpus as NDJSON: a campaign, a burst of news, wire copy, a laundered story."""
    from app.forensics.demo.corpus import demo_posts

    for post in demo_posts(campaign=not organic):
        sys.stdout.buffer.write(orjson.dumps(post) + b"\n")
    sys.stdout.buffer.flush()
