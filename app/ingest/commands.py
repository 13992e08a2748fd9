"""What the commands of `vric ingest` share: names that data is kept under, and telling what was done."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from app.core.errors import CommandError

if TYPE_CHECKING:
    from app.ingest.runner import Outcome

MAX_PRINTED_REJECTS = 50
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
Collection = Annotated[
    str | None, typer.Option(help="The set these belong to; by default the file's name.")
]


def checked_slug(option: str, text: str) -> str:
    """A name that may stand in a path.

    Raises:
        CommandError: it has other characters.
    """
    if not _SLUG.fullmatch(text):
        raise CommandError(f"{option} {text!r}: lower-case letters, digits and dashes")
    return text


def collection_key(given: str | None, file: Path) -> str:
    """What a file's records are kept under: the name given, else the file's own.

    Raises:
        CommandError: the name given has other characters than letters, digits and dashes.
    """
    own = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:100]
    return checked_slug("--collection", given or own or "file")


def read_column(text: str) -> tuple[str, str]:
    """Our name of a column and the file's, from `ours=theirs`.

    Raises:
        CommandError: it is written otherwise.
    """
    ours, equals, theirs = text.partition("=")
    if not (ours and equals and theirs):
        raise CommandError(f"--column {text!r}: give ours=theirs, such as craft_id=vessel_id")
    return ours, theirs


def tell(what: str, outcome: "Outcome") -> None:
    """Print what an import did, and on the error stream why lines were left out."""
    errors = Console(stderr=True)
    for reject in outcome.rejects[:MAX_PRINTED_REJECTS]:
        errors.print(f"line {reject.line}: {reject.reason}", markup=False, highlight=False)
    if (more := len(outcome.rejects) - MAX_PRINTED_REJECTS) > 0:
        errors.print(f"and {more:,} more lines", highlight=False)
    numbers = ", ".join(f"{n} {name.replace('_', '-')}" for name, n in outcome.counts.items())
    state = "unchanged since the last import" if outcome.unchanged else "imported"
    typer.echo(f"{what} {state}: {numbers}")
