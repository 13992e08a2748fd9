"""Analyses of a file of texts, without a database: near-duplicates, language, chains."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.core.errors import CommandError
from app.forensics.analysis.chains import MAX_COPIES, Post, find_chains
from app.forensics.analysis.language import LANGUAGES, identify
from app.forensics.analysis.near_duplicates import MAX_PAIRS, find_near_duplicates
from app.forensics.engines import Engine
from app.forensics.local import Record, Rejects, tell
from app.forensics.sources.tables import TableError
from app.forensics.sources.texts import TextColumns, read_texts

MAINSTREAM_COLUMNS = ("source_type", "outlet_class", "tier", "mainstream", "is_mainstream")
"""Other columns that may say of an outlet that it is a mainstream one."""
_MAINSTREAM = re.compile(
    r"\s*(?:true|1|yes|y|s[ií]|main(?:stream)?|major|national|established|tier[ _-]?1"
    r"|mainstream[ _-]\w+|legacy|press|newspaper)\s*",
    re.IGNORECASE,
)


def near_duplicate_records(file: Path, columns: Mapping[str, str]) -> Iterator[Record]:
    """Pairs of texts that are alike, in the order of the file.

    Raises:
        CommandError: the file is no table.
    """
    read, rejects = _read(file, columns, {})
    found = find_near_duplicates(read.text)
    blank = sum(not text.strip() for text in read.text)
    empty = f"; {blank:,} without text" if blank else ""
    tell(
        f"{len(read.id):,} texts{rejects.summary()}{empty}; {len(found):,} pairs"
        f"{_of_crowds(found.thinned, MAX_PAIRS)}"
    )
    for a, b, similarity, copy_class in found.rows():
        yield {
            "id_a": read.id[a], "id_b": read.id[b], "similarity": round(similarity, 6),
            "class": copy_class,
        }  # fmt: skip


def language_records(file: Path, columns: Mapping[str, str]) -> Iterator[Record]:
    """The language of each text, in the order of the file.

    Raises:
        CommandError: the file is no table.
    """
    read, rejects = _read(file, columns, {})
    tell(f"{len(read.id):,} texts{rejects.summary()}")
    for one, text in zip(read.id, read.text, strict=True):
        language, probability = identify(text)
        yield {"id": one, "language": language, "probability": probability}


def chain_records(
    file: Path, columns: Mapping[str, str], optional: Mapping[str, str], engine: Engine
) -> Iterator[Record]:
    """The links of each chain: origin first, then what repeats it, in the order of time.

    Raises:
        CommandError: the file is no table, or the engine fails.
    """
    elsewhere = {column: column for column in MAINSTREAM_COLUMNS}
    read, rejects = _read(file, columns, {**optional, **elsewhere})
    languages = _languages(read)
    posts = [
        Post(one, at_us, language, _name(account), any(map(_is_mainstream, said)))
        for one, at_us, language, account, *said in zip(
            read.id, read.at_us, languages, read.extra["account"], read.extra["outlet"],
            *(read.extra[column] for column in MAINSTREAM_COLUMNS), strict=True,
        )
    ]  # fmt: skip
    copies = find_near_duplicates(read.text, MAX_COPIES)
    translations = engine.match(read.text, languages)
    tell(
        f"{len(posts):,} texts{rejects.summary()}; {len(copies):,} pairs within a language,"
        f" {len(translations.a):,} across (engine: {engine.name})"
        f"{_of_crowds(copies.thinned, MAX_COPIES)}"
    )
    for link in find_chains(posts, copies, translations):
        yield {
            "chain_id": link.chain_id, "position": link.position, "id": posts[link.post].id,
            "published_at": _rfc3339(posts[link.post].at_us), "kind": link.kind,
            "lag_s": link.lag_us / 1_000_000, "similarity": link.similarity, "stage": link.stage,
            "language": languages[link.post],
            "repeats": None if link.repeats is None else posts[link.repeats].id,
        }  # fmt: skip


def _of_crowds(thinned: int, most: int) -> str:
    """What to say where not all pairs are told."""
    return (
        thinned
        and (
            f"; all would be more than {most:,}: the {thinned:,} texts of the largest crowds are paired"
            " with a first one of their crowd, not each with each"
        )
    ) or ""


def _read(
    file: Path, columns: Mapping[str, str], optional: Mapping[str, str]
) -> tuple[TextColumns, Rejects]:
    rejects = Rejects()
    try:
        return read_texts(file, columns, optional, rejects), rejects
    except TableError as error:
        raise CommandError(str(error)) from None


def _languages(read: TextColumns) -> list[str]:
    """The languages that the file gives where it gives one of ours, else what the text tells."""
    given = (str(one or "").strip().lower()[:2] for one in read.extra["language"])
    return [
        one if one in LANGUAGES else identify(text)[0]
        for one, text in zip(given, read.text, strict=True)
    ]


def _is_mainstream(value: object) -> bool:
    return value is True or (value is not None and bool(_MAINSTREAM.fullmatch(str(value))))


def _name(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _rfc3339(at_us: int) -> str:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
    return instant.isoformat().replace("+00:00", "Z")
