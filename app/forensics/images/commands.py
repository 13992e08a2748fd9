"""`vric forensics images`: hash files, read their credentials and compare them, without a database."""

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from app.core.errors import CommandError, ProblemError

# What compares is imported when files are, so that other commands start as fast as before.
# ruff: noqa: PLC0415

MAX_FILE_BYTES = 256 << 20
Record = dict[str, Any]


def compare_files(
    files: Annotated[list[Path], typer.Argument(help="JPEG, PNG, WebP, GIF, TIFF or AVIF.")],
    every_pair: Annotated[bool, typer.Option("--all", help="Pairs that differ, too.")] = False,
    trust: Annotated[
        Path | None, typer.Option(help="Certificates (PEM) that signers must lead to.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Hashes and content credentials of images, then which of them are one picture."""
    records = asyncio.run(_read_all(files, trust))
    try:
        _print(records, as_json)
        _print(_pairs(records, every_pair), as_json)
    except BrokenPipeError:
        # Whoever reads has had enough (`| head`); nothing may be written at the exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if all(one["record"] == "fault" for one in records):
        raise CommandError("none of the files could be read as an image")


async def _read_all(files: Sequence[Path], trust: Path | None) -> list[Record]:
    """A record of each file, in the order given."""
    from app.forensics.images.process import AT_ONCE, ImageReader

    places = asyncio.Semaphore(AT_ONCE)

    async def record(reader: ImageReader, path: Path) -> Record:
        async with places:
            try:
                image = asdict(await reader.read(await asyncio.to_thread(_content, path)))
            except ProblemError as error:
                return _fault(path, error.code, error.detail)
            except OSError as error:
                return _fault(path, "unreadable_file", error.strerror or "it cannot be read")
        hashes = image.pop("fingerprint")
        return {"record": "image", "file": str(path), **image, **hashes}

    async with ImageReader(trust) as reader:
        return await asyncio.gather(*(record(reader, path) for path in files))


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise OSError(0, f"it has more than {MAX_FILE_BYTES:,} bytes")
    return data


def _fault(path: Path, code: str, reason: str) -> Record:
    return {"record": "fault", "file": str(path), "code": code, "reason": reason}


def _pairs(records: Sequence[Record], every_pair: bool) -> Iterator[Record]:
    from app.forensics.images.comparing import Known, Relation, compare

    names = ("sha256", "pdq", "pdq_quality", "phash", "dhash", "turned", "crops")
    known = [
        Known(one["file"], **{name: one[name] for name in names})
        for one in records
        if one["record"] == "image"
    ]
    silent = () if every_pair else (Relation.DIFFERENT, Relation.TOO_LITTLE_DETAIL)
    for pair in compare(known):
        if pair.relation not in silent:
            yield {"record": "pair", **asdict(pair)}


def _print(records: Iterator[Record] | Sequence[Record], as_json: bool) -> None:
    for record in records:
        if as_json:
            shown = {name: value for name, value in record.items() if name != "crops"}
            sys.stdout.write(orjson.dumps(shown).decode() + "\n")
        elif record["record"] == "fault":
            sys.stderr.write(f"{record['file']}: {record['reason']}\n")
        else:
            sys.stdout.write("\t".join(_columns(record)) + "\n")
    sys.stdout.flush()


def _columns(record: Record) -> Iterator[str]:
    if record["record"] == "image":
        yield record["file"]
        yield f"{record['media_type']} {record['width']} x {record['height']}"
        yield f"pdq {record['pdq']} (quality {record['pdq_quality']})"
        yield f"phash {record['phash']}"
        yield f"dhash {record['dhash']}"
        yield f"credentials {record['credentials']['state']}"
        return
    yield record["a"]
    yield record["b"]
    yield record["relation"]
    for name in ("pdq", "phash", "dhash"):
        yield f"{name} {record[f'{name}_distance']}"
    yield (record["turned"] or {}).get("turn", "")
