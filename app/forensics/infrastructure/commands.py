"""`vric forensics infrastructure`: what sites share, from captures on this machine."""

import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from app.core.errors import CommandError
from app.forensics.infrastructure.schemas import MAX_SCORE, MIN_SCORE

# What the analysis needs is imported when it runs, so that other commands start as fast as before.
# ruff: noqa: PLC0415


def infrastructure(
    path: Annotated[
        Path, typer.Argument(help="A folder or ZIP with a folder for each site, or a HAR file.")
    ],
    min_score: Annotated[
        float, typer.Option(min=0, max=MAX_SCORE, help="Pairs from this score on.")
    ] = MIN_SCORE,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Analytics ids, certificates, hosting and page design that sites share; nothing is fetched."""
    from app.forensics.infrastructure.analysis.shared import SharedListError
    from app.forensics.infrastructure.document import analyse
    from app.forensics.infrastructure.sources.files import CaptureError

    try:
        answer = analyse(path, min_score)
    except (CaptureError, SharedListError) as error:
        raise CommandError(str(error)) from None
    for one in answer["skipped"]:
        sys.stderr.write(f"left out {one['path']}: {one['reason']}\n")
    counts = answer["counts"]
    sys.stderr.write(
        f"{counts['sites']:,} sites, {counts['pairs_compared']:,} pairs compared;"
        f" {counts['pairs']:,} told, {counts['pairs_below']:,} below the score\n"
    )
    out = sys.stdout.buffer
    for line in _json_lines(answer) if as_json else _text_lines(answer):
        out.write(line + b"\n")


def _json_lines(answer: dict[str, Any]) -> list[bytes]:
    """Sites, then pairs, then groups, then one line about the whole."""
    whole = {
        key: answer[key] for key in ("method", "method_version", "parameters", "counts", "checks")
    }
    records = [
        *({"record": "site", **one} for one in answer["sites"]),
        *({"record": "pair", **one} for one in answer["pairs"]),
        *({"record": "group", **one} for one in answer["groups"]),
        {"record": "summary", **whole, "skipped": answer["skipped"], "caveats": answer["caveats"]},
    ]
    return [orjson.dumps(record) for record in records]


def _text_lines(answer: dict[str, Any]) -> list[bytes]:
    """A pair a line: score, sites, and what they share."""
    lines = ["score\tsite_a\tsite_b\tshares"]
    for pair in answer["pairs"]:
        shares = "; ".join(
            f"{part['kind']} {part['value'] or part['similarity']} ({part['score']})"
            for part in pair["shares"]
            if part["score"]
        )
        lines.append(f"{pair['score']}\t{pair['site_a']}\t{pair['site_b']}\t{shares}")
    return [line.encode("utf-8", "replace") for line in lines]
