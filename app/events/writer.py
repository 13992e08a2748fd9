"""Writes events: one path for imports, corrections and benchmarks.

Every write bumps the data version first, which puts writers in one order; then new documents are
staged by COPY and merged in one statement, and each real change leaves a step in the history.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson

from app.core import data_version
from app.events.outlets import OutletEntry, bundled_outlets
from app.events.records import EventRecord, SourceRecord, render_document
from app.events.vocabulary import names_in_all_languages

_COLUMNS = (
    "id", "published_on", "occurred_on", "occurred_until", "occurred_precision", "summary",
    "text_language", "actors", "countries", "category", "categories_also", "topics", "status",
    "place", "lon", "lat", "precision", "radius_km", "sources", "outlets", "languages",
    "state_media_printed", "state_media_registry", "edition", "block", "position", "synthetic",
    "coding", "document",
)  # fmt: skip
_LIST = ", ".join(_COLUMNS)
_STAGE = f"""
CREATE TEMP TABLE staged ON COMMIT DROP AS
SELECT {_LIST}, ''::text AS names, false AS is_new FROM events WITH NO DATA
"""
_MERGE = f"""
INSERT INTO events ({_LIST}, search)
SELECT {_LIST}, search_vector(summary, names, text_language) FROM staged
ON CONFLICT (id) DO UPDATE SET
    {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS if column != "id")},
    search = excluded.search, updated_at = now()
"""
_NOTE_CHANGES = """
INSERT INTO event_changes (event_id, kind, by, document)
SELECT id, CASE WHEN is_new THEN 'created' ELSE 'updated' END, $1, document FROM staged ORDER BY id
"""
_DELETE = """
WITH gone AS (DELETE FROM events WHERE id = ANY($1) RETURNING id, document)
INSERT INTO event_changes (event_id, kind, by, document)
SELECT id, 'deleted', $2, document FROM gone ORDER BY id
"""
_SAVE_CORRECTION = """
INSERT INTO event_corrections (event_id, field, value, replaced, by, reason)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (event_id, field) DO UPDATE
SET value = excluded.value, by = excluded.by, reason = excluded.reason, at = now()
"""
_REMOVE_CORRECTION = """
DELETE FROM event_corrections WHERE event_id = $1 AND field = $2 RETURNING replaced
"""
_SAVE_LINK = """
INSERT INTO event_links (event_id, feature, target_id, title) VALUES ($1, $2, $3, $4)
ON CONFLICT (event_id, feature, target_id) DO UPDATE SET title = excluded.title
"""
_UPSERT_OUTLETS = """
WITH kept AS (
    INSERT INTO outlet_changes (outlet_id, ownership, state, citation, cited_on, by)
    SELECT id, ownership, state, citation, cited_on, 'update of the registry' FROM outlets
    WHERE id = $1 AND edited_by IS NULL
      AND (ownership, state, citation) IS DISTINCT FROM ($6, $7, $9)
)
INSERT INTO outlets (id, name, aliases, country, language, ownership, state, url, citation, cited_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, aliases = excluded.aliases, country = excluded.country,
    language = excluded.language, ownership = excluded.ownership, state = excluded.state,
    url = excluded.url, citation = excluded.citation, cited_on = excluded.cited_on
WHERE outlets.edited_by IS NULL
  AND (outlets.ownership, outlets.name, outlets.aliases, outlets.state, outlets.citation)
      IS DISTINCT FROM
      (excluded.ownership, excluded.name, excluded.aliases, excluded.state, excluded.citation)
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did, by number of events."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0


async def new_event_ids(connection: asyncpg.Connection, count: int) -> list[int]:
    """Ids for events that are about to be written."""
    rows = await connection.fetch("SELECT nextval('event_ids') FROM generate_series(1, $1)", count)
    return [row[0] for row in rows]


async def write_events(
    connection: asyncpg.Connection, events: Mapping[int, EventRecord], by: str
) -> Written:
    """Create or update events by id, within the caller's transaction.

    Corrections made by a person win over the given values. An event that comes out as it is stored
    is left alone.

    Args:
        by: who writes, for the history: an import or a person.
    """
    await data_version.bump(connection)
    corrections = await _corrections(connection, list(events))
    outlets = await load_outlets(connection)
    stored = await _stored(connection, list(events))
    rows, created = [], 0
    for event_id, given in events.items():
        event = _with_corrections(given, corrections.get(event_id, ()))
        row = _row(event_id, event, outlets)
        if stored.get(event_id) == (row[-1], _json(event.coding)):
            continue
        is_new = event_id not in stored
        created += is_new
        names = names_in_all_languages(event.actors, event.countries)
        rows.append((*row, _searchable_names(names, event, outlets), is_new))
    if rows:
        await connection.execute(_STAGE)
        await connection.copy_records_to_table(
            "staged", records=rows, columns=[*_COLUMNS, "names", "is_new"]
        )
        await connection.execute(_MERGE)
        await connection.execute(_NOTE_CHANGES, by)
        await connection.execute("DROP TABLE staged")
    return Written(created, len(rows) - created, len(events) - len(rows))


async def save_correction(
    connection: asyncpg.Connection,
    event_id: int,
    field: str,
    value: Any,
    replaced: Any,
    by: str,
    reason: str | None,
) -> None:
    """Keep what a person set a field to; a second correction keeps what the first replaced."""
    values = (event_id, field, _json(value), _json(replaced), by, reason)
    await connection.execute(_SAVE_CORRECTION, *values)


async def remove_correction(
    connection: asyncpg.Connection, event_id: int, field: str
) -> tuple[Any] | None:
    """Forget a correction; returns the value that it had replaced, `None` when there was none."""
    replaced = await connection.fetchval(_REMOVE_CORRECTION, event_id, field)
    return None if replaced is None else (orjson.loads(replaced),)


async def note_replaced(connection: asyncpg.Connection, events: Mapping[int, EventRecord]) -> None:
    """Let corrections of these events be undone to what an import says now."""
    corrected = await connection.fetch(
        "SELECT event_id, field FROM event_corrections WHERE event_id = ANY($1)", list(events)
    )
    await connection.executemany(
        "UPDATE event_corrections SET replaced = $3 WHERE event_id = $1 AND field = $2",
        [(i, field, _json(getattr(events[i], field))) for i, field in corrected],
    )


async def delete_events(connection: asyncpg.Connection, ids: Sequence[int], by: str) -> Written:
    """Take events out of every surface; their history and last document stay."""
    await data_version.bump(connection)
    status = await connection.execute(_DELETE, list(ids), by)
    return Written(deleted=int(status.rsplit(" ", 1)[1]))


async def replace_event_links(
    connection: asyncpg.Connection, feature: str, targets: Mapping[str, Mapping[int, str]]
) -> None:
    """Let each target of a feature be linked to just these events, under these titles.

    Args:
        targets: for each target, a path below `/v1/FEATURE/`, titles by event id; none unlinks it.
    """
    await data_version.bump(connection)
    await connection.execute(
        "DELETE FROM event_links WHERE feature = $1 AND target_id = ANY($2)", feature, list(targets)
    )
    await connection.executemany(
        _SAVE_LINK,
        [
            (event_id, feature, target, title)
            for target, titles in targets.items()
            for event_id, title in titles.items()
        ],
    )


async def load_outlets(connection: asyncpg.Connection) -> dict[str, OutletEntry]:
    """The registry as stored, by id."""
    rows = await connection.fetch(
        "SELECT id, name, aliases, country, language, ownership, state, url, citation, cited_on"
        " FROM outlets"
    )
    return {row["id"]: OutletEntry(**{**row, "aliases": tuple(row["aliases"])}) for row in rows}


async def save_outlets(
    connection: asyncpg.Connection, entries: Iterable[OutletEntry] | None = None
) -> None:
    """Bring registry entries (by default the bundled ones) into the database.

    What a person corrected there stays.
    """
    chosen = bundled_outlets() if entries is None else entries
    await connection.executemany(
        _UPSERT_OUTLETS,
        [(e.id, e.name, list(e.aliases), e.country, e.language, e.ownership, e.state, e.url,
          e.citation, e.cited_on) for e in chosen],
    )  # fmt: skip


async def load_records(
    connection: asyncpg.Connection, ids: Sequence[int]
) -> dict[int, EventRecord]:
    """Events as records, corrections included."""
    rows = await connection.fetch(f"SELECT {_LIST} FROM events WHERE id = ANY($1)", list(ids))
    return {row["id"]: _record(row) for row in rows}


def _record(row: asyncpg.Record) -> EventRecord:
    sources = tuple(
        SourceRecord(
            **{**source, "published_on": datetime.fromisoformat(source["published_on"]).date()}
        )
        for source in orjson.loads(row["sources"])
    )
    derived = (
        "id",
        "document",
        "outlets",
        "languages",
        "state_media_printed",
        "state_media_registry",
    )
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.items()
        if name not in derived
    }
    return EventRecord(**{**values, "sources": sources, "coding": orjson.loads(row["coding"])})


def _row(event_id: int, event: EventRecord, outlets: Mapping[str, OutletEntry]) -> tuple[Any, ...]:
    derived = {
        "id": event_id,
        "sources": _json([asdict(source) for source in event.sources]),
        "outlets": list(dict.fromkeys(source.outlet for source in event.sources)),
        "languages": list(dict.fromkeys(source.language for source in event.sources)),
        "state_media_printed": any(source.state_media_marked for source in event.sources),
        "state_media_registry": any(outlets[s.outlet].is_state_media for s in event.sources),
        "coding": _json(event.coding),
        "document": render_document(event_id, event, outlets),
    }
    return tuple(
        derived[column] if column in derived else getattr(event, column) for column in _COLUMNS
    )


def _searchable_names(names: str, event: EventRecord, outlets: Mapping[str, OutletEntry]) -> str:
    printed = ". ".join(outlets[source.outlet].name for source in event.sources)
    return ". ".join(part for part in (names, event.place or "", printed) if part)


async def _corrections(
    connection: asyncpg.Connection, ids: list[int]
) -> dict[int, list[asyncpg.Record]]:
    rows = await connection.fetch(
        "SELECT event_id, field, value, by FROM event_corrections WHERE event_id = ANY($1)", ids
    )
    found: dict[int, list[asyncpg.Record]] = {}
    for row in rows:
        found.setdefault(row["event_id"], []).append(row)
    return found


def _with_corrections(event: EventRecord, corrections: Sequence[asyncpg.Record]) -> EventRecord:
    if not corrections:
        return event
    values = {c["field"]: parse_field(c["field"], orjson.loads(c["value"])) for c in corrections}
    editors = {c["field"]: {"by": "editor", "evidence": [c["by"]]} for c in corrections}
    return event.with_changes({**values, "coding": {**event.coding, **editors}})


async def _stored(connection: asyncpg.Connection, ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = await connection.fetch("SELECT id, document, coding FROM events WHERE id = ANY($1)", ids)
    return {row["id"]: (row["document"], _json(orjson.loads(row["coding"]))) for row in rows}


def parse_field(field: str, value: Any) -> Any:
    """A field's value from JSON, dates as dates."""
    if field in ("published_on", "occurred_on", "occurred_until") and isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC).date()
    return value


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


async def correct_outlet(connection: asyncpg.Connection, outlet: OutletEntry, by: str) -> int:
    """Keep a person's correction of a registry entry, and what it said before; returns how many
    events it changed."""
    await connection.execute(
        "INSERT INTO outlet_changes (outlet_id, ownership, state, citation, cited_on, by)"
        " SELECT id, ownership, state, citation, cited_on, $2 FROM outlets WHERE id = $1",
        outlet.id, by,
    )  # fmt: skip
    await connection.execute(
        "UPDATE outlets SET ownership = $2, state = $3, citation = $4, cited_on = $5,"
        " edited_by = $6 WHERE id = $1",
        outlet.id, outlet.ownership, outlet.state, outlet.citation, outlet.cited_on, by,
    )  # fmt: skip
    rows = await connection.fetch("SELECT id FROM events WHERE outlets && $1", [outlet.id])
    records = await load_records(connection, [row[0] for row in rows])
    return (await write_events(connection, records, by)).updated
