"""`vric forensics lookalikes`: which domains may be taken for another's, without a database."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.core.errors import CommandError

if TYPE_CHECKING:
    from app.forensics.lookalikes.matching import Protected

# What reads lists of suffixes and confusables is imported when it is needed.
# ruff: noqa: PLC0415

MAX_FILE_BYTES = 50_000_000


def lookalikes(
    domains: Annotated[
        list[str], typer.Argument(help="Domains, hosts, URLs, or files that list them.")
    ],
    against: Annotated[
        list[str],
        typer.Option(
            help="Domains that may be imitated, or a file of them; by default the bundled."
        ),
    ] = [],  # noqa: B006 - Typer reads the default, nobody changes it
    min_score: Annotated[int, typer.Option(min=1, max=100, help="Leave out what is below.")] = 50,
    every_domain: Annotated[
        bool, typer.Option("--all", help="Also those that are like nobody's.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Domains that may be taken for another's, each with a score that is a sum of named parts.

    A file has a domain a line, or is a CSV with a column `domain`. Likeness is no proof of anything.
    """
    import orjson

    from app.forensics.lookalikes.checking import check_domains
    from app.forensics.lookalikes.matching import Matcher
    from app.forensics.registry.demo_entries import bundled_entries

    matcher = Matcher(_given(against) if against else _bundled())
    if not matcher.size:
        raise CommandError("--against: no domain in it")
    entries = {entry.key: entry for entry in bundled_entries()}
    found = 0
    for item in check_domains(_listed(domains), matcher, min_score):
        found += item["lookalike"]
        if item["fault"]:
            sys.stderr.write(f"{item['domain'][:200]}: {item['fault']}\n")
            continue
        if (entry := entries.get(item["registrable"])) is not None:
            cited = entry.citations[0]
            citation = f"{cited.publisher}, {cited.published_on}: {cited.says}"
            item["listed"] = {"status": entry.status, "citation": citation}
        if item["matches"] or item["listed"] or every_domain:
            del item["fault"]
            typer.echo(orjson.dumps(item) if as_json else _line(item))
    sys.stderr.write(f"{found} lookalikes; compared with {matcher.size} domains\n")


def _line(item: dict[str, Any]) -> str:
    lines = [
        f"{item['domain']}  {match['score']:>3}  like {match['imitates']}"
        f" ({', '.join(match['kinds'])}): "
        + "; ".join(f"{p['part']} {p['points']:+d} ({p['evidence']})" for p in match["parts"])
        for match in item["matches"]
    ]
    if item["listed"]:
        listed = item["listed"]
        lines.append(f"{item['domain']}  listed as {listed['status']} ({listed['citation']})")
    return "\n".join(lines) or f"{item['domain']}  {'known' if item['known'] else 'like nobody'}"


def _listed(texts: list[str]) -> Iterator[str]:
    """The texts themselves; of those that name a file, what it lists."""
    for text in texts:
        try:
            path = Path(text)
            is_file = path.is_file()
        except (OSError, ValueError):
            is_file = False
        if is_file:
            yield from _read(path)
        else:
            yield text


def _read(path: Path) -> Iterator[str]:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise CommandError(f"{path.name}: more than {MAX_FILE_BYTES // 1_000_000} MB; split it")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise CommandError(f"{path.name}: no text in UTF-8") from None
    header = next(csv.reader(lines[:1]), [])
    try:
        if "domain" in header:
            yield from (row["domain"] or "" for row in csv.DictReader(lines))
        else:
            yield from (line.strip() for line in lines if line.strip() and line[0] != "#")
    except csv.Error as error:
        raise CommandError(f"{path.name}: no CSV: {error}") from None


def _given(texts: list[str]) -> "Iterator[Protected]":
    from app.forensics.lookalikes.domains import read_domain
    from app.forensics.lookalikes.matching import Protected

    for text in _listed(texts):
        try:
            yield Protected(read_domain(text), "given")
        except ValueError as error:
            raise CommandError(f"--against: {text[:200]}: {error}") from None


def _bundled() -> "Iterator[Protected]":
    """The domains of the bundled outlets, and those that are well known."""
    from app.events.outlets import bundled_outlets
    from app.forensics.lookalikes.checking import protected_of

    return protected_of((one.url, f"outlet/{one.id}") for one in bundled_outlets() if one.url)
