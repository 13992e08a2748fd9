"""Writes journeys: claims as they come in, and the itineraries that are derived from them."""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg
import orjson

from app.itineraries.journeys.claims import Claim, claim_json, read_claim
from app.itineraries.journeys.names import Redactor
from app.itineraries.journeys.records import ItineraryRow

_COLUMNS = (
    "id", "mover_kind", "mover_key", "people", "operators", "craft", "identifiers", "statuses",
    "earliest", "latest", "has_private_person", "redacted", "document", "summary",
)  # fmt: skip
_LEG_COLUMNS = (
    "position", "status", "from_country", "to_country", "from_names", "to_names", "via_names",
    "via_countries", "lats", "lons",
)  # fmt: skip
_SAVE = f"""
INSERT INTO itineraries ({", ".join(_COLUMNS)})
VALUES ({", ".join(f"${n}" for n in range(1, len(_COLUMNS) + 1))})
ON CONFLICT (id) DO UPDATE SET
    {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[1:])}, updated_at = now()
"""
_CLAIMS = """
SELECT itinerary_id, content FROM itinerary_claims
WHERE itinerary_id = ANY($1) AND superseded_at IS NULL ORDER BY itinerary_id, id
"""
_SPANS = """
SELECT id, mover_kind, mover_key, identifiers, earliest, latest FROM itineraries
WHERE mover_key = ANY($1) OR identifiers && $2 ORDER BY id
"""
_CONTENTS = """
SELECT collection, content::text AS content FROM itinerary_claims
WHERE collection = ANY($1) AND superseded_at IS NULL
"""
_ALL_CLAIMS = """
SELECT id, itinerary_id, digest, content FROM itinerary_claims
WHERE id > $1 AND ($2::text IS NULL OR itinerary_id = $2) ORDER BY id LIMIT 2000
"""
_OVER = """
SELECT i.id FROM itineraries i WHERE i.has_private_person AND coalesce(i.latest, (
    SELECT max(c.known_on)::timestamptz FROM itinerary_claims c WHERE c.itinerary_id = i.id
)) < $1 ORDER BY i.id
"""
_NOTE = """
INSERT INTO itinerary_changes (itinerary_id, kind, by, reason, added, withdrawn)
VALUES ($1, $2, $3, $4, $5, $6)
"""


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A claim on its way into the database."""

    itinerary_id: str
    digest: str
    content: str
    known_on: date | None

    @classmethod
    def of(cls, itinerary_id: str, claim: Claim) -> "NewClaim":
        """The claim as it is stored; the same claim of the same journey has the same digest."""
        content = content_of(claim)
        digest = hashlib.sha256(f"{itinerary_id}\n{content}".encode()).hexdigest()
        return cls(itinerary_id, digest, content, claim.known_on)


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim that stands; `says` is a hash of its content alone."""

    id: int
    itinerary_id: str
    says: str


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """A claim as it is stored, standing or superseded."""

    id: int
    itinerary_id: str
    digest: str
    claim: Claim


@dataclass(frozen=True, slots=True)
class Span:
    """When an itinerary of a mover was, by days that may be open."""

    id: str
    mover_kind: str
    mover_key: str
    identifiers: frozenset[str]
    earliest: datetime | None
    latest: datetime | None


def content_of(claim: Claim) -> str:
    """A claim as it is stored; the same claim gives the same text.

    The journey stands beside it: its key may hold a name, and changes with a redaction.
    """
    bare = claim.model_copy(update={"journey": None})
    return orjson.dumps(claim_json(bare), option=orjson.OPT_SORT_KEYS).decode()


def hash_of(content: str) -> str:
    """What `Standing.says` is of a content."""
    return hashlib.md5(content.encode(), usedforsecurity=False).hexdigest()


async def load_redactor(connection: asyncpg.Connection, secrets: Sequence[bytes]) -> Redactor:
    """What takes redacted names out.

    Args:
        secrets: keys of the hashes, the one in use first.
    """
    rows = await connection.fetch("SELECT digest, word_count FROM itinerary_redactions")
    digests, counts = ({row[column] for row in rows} for column in ("digest", "word_count"))
    return Redactor(frozenset(digests), frozenset(counts), tuple(secrets))


async def add_redaction(connection: asyncpg.Connection, redactor: Redactor, grounds: str) -> None:
    """Keep names out from now on, by their hashes."""
    await connection.executemany(
        "INSERT INTO itinerary_redactions (digest, word_count, grounds) VALUES ($1, $2, $3)"
        " ON CONFLICT (digest) DO NOTHING",
        [(digest, max(redactor.word_counts), grounds) for digest in redactor.digests],
    )


async def stream_claims(
    connection: asyncpg.Connection, itinerary_id: str | None = None
) -> AsyncIterator[StoredClaim]:
    """Every claim there ever was, or those of one itinerary, by id; read in parts."""
    last = 0
    while rows := await connection.fetch(_ALL_CLAIMS, last, itinerary_id):
        for row in rows:
            claim = read_claim(orjson.loads(row["content"]))
            yield StoredClaim(row["id"], row["itinerary_id"], row["digest"], claim)
        last = rows[-1]["id"]


async def rewrite_claims(connection: asyncpg.Connection, claims: Mapping[int, NewClaim]) -> None:
    """Replace the content of claims by id, because of a redaction."""
    await connection.executemany(
        "UPDATE itinerary_claims SET itinerary_id = $2, digest = $3, content = $4 WHERE id = $1",
        [(key, c.itinerary_id, c.digest, c.content) for key, c in claims.items()],
    )


async def move_itineraries(connection: asyncpg.Connection, moved: Mapping[str, str]) -> None:
    """Let the history of itineraries follow them to other ids, and forget the old ones."""
    await connection.executemany(
        "UPDATE itinerary_changes SET itinerary_id = $2 WHERE itinerary_id = $1",
        list(moved.items()),
    )
    await delete_itineraries(connection, list(moved))


async def load_over(connection: asyncpg.Connection, before: datetime) -> list[str]:
    """Itineraries with a named private person that ended, or without a date were told of, before."""
    rows = await connection.fetch(_OVER, before)
    return [row["id"] for row in rows]


async def load_standing(connection: asyncpg.Connection, collection: str) -> dict[str, Standing]:
    """The standing claims of a collection by digest."""
    rows = await connection.fetch(
        "SELECT digest, id, itinerary_id, md5(content::text) AS says FROM itinerary_claims"
        " WHERE collection = $1 AND superseded_at IS NULL",
        collection,
    )
    return {row["digest"]: Standing(row["id"], row["itinerary_id"], row["says"]) for row in rows}


async def load_claims(connection: asyncpg.Connection, ids: Sequence[str]) -> dict[str, list[Claim]]:
    """The standing claims of itineraries, in the order they came."""
    found: dict[str, list[Claim]] = {}
    for row in await connection.fetch(_CLAIMS, list(ids)):
        claim = read_claim(orjson.loads(row["content"]))
        found.setdefault(row["itinerary_id"], []).append(claim)
    return found


async def load_contents(
    connection: asyncpg.Connection, collections: Sequence[str]
) -> dict[str, set[str]]:
    """What the standing claims of collections say, as `content_of` gives it."""
    found: dict[str, set[str]] = {}
    for row in await connection.fetch(_CONTENTS, collections):
        found.setdefault(row["collection"], set()).add(row["content"])
    return found


async def load_spans(
    connection: asyncpg.Connection, mover_keys: Sequence[str], identifiers: Sequence[str]
) -> list[Span]:
    """The itineraries of these movers, and those that name one of these craft."""
    rows = await connection.fetch(_SPANS, list(mover_keys), list(identifiers))
    return [Span(**{**row, "identifiers": frozenset(row["identifiers"])}) for row in rows]


async def add_claims(
    connection: asyncpg.Connection, collection: str, claims: Sequence[NewClaim]
) -> None:
    """Keep new claims, in order."""
    await connection.copy_records_to_table(
        "itinerary_claims",
        records=[(c.itinerary_id, collection, c.digest, c.content, c.known_on) for c in claims],
        columns=["itinerary_id", "collection", "digest", "content", "known_on"],
    )


async def supersede_claims(connection: asyncpg.Connection, ids: Sequence[int]) -> None:
    """Let claims stand no longer; they stay for the history."""
    await connection.execute(
        "UPDATE itinerary_claims SET superseded_at = now() WHERE id = ANY($1)", list(ids)
    )


async def load_known_ids(connection: asyncpg.Connection, ids: Sequence[str]) -> set[str]:
    """Those of the ids that itineraries have."""
    rows = await connection.fetch("SELECT id FROM itineraries WHERE id = ANY($1)", list(ids))
    return {row["id"] for row in rows}


async def save_itineraries(connection: asyncpg.Connection, rows: Sequence[ItineraryRow]) -> None:
    """Create or replace what is derived: itineraries and their legs."""
    ids = [row.id for row in rows]
    await connection.executemany(
        _SAVE, [[getattr(row, column) for column in _COLUMNS] for row in rows]
    )
    await connection.execute("DELETE FROM itinerary_legs WHERE itinerary_id = ANY($1)", ids)
    await connection.copy_records_to_table(
        "itinerary_legs",
        records=[
            (row.id, *(getattr(leg, column) for column in _LEG_COLUMNS))
            for row in rows
            for leg in row.legs
        ],
        columns=["itinerary_id", *_LEG_COLUMNS],
    )


async def delete_itineraries(connection: asyncpg.Connection, ids: Sequence[str]) -> None:
    """Take itineraries out of every surface; their claims and history stay."""
    await connection.execute("DELETE FROM itineraries WHERE id = ANY($1)", list(ids))


async def note_changes(
    connection: asyncpg.Connection,
    kinds: Mapping[str, str],
    by: str,
    counts: Mapping[str, tuple[int, int]],
    reason: str | None = None,
) -> None:
    """Add a step to the history of each itinerary.

    Args:
        kinds: created, updated, redacted or removed, by itinerary.
        counts: claims added and withdrawn, by itinerary.
    """
    await connection.executemany(
        _NOTE,
        [(key, kind, by, reason, *counts.get(key, (0, 0))) for key, kind in kinds.items()],
    )
