"""Reads itineraries: pages, one, its claims as they stood, its history, its matches on lists."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import compress

import orjson

from app.core.db import Database, Row
from app.core.errors import InvalidParameterError
from app.core.pagination import decode_cursor, encode_cursor
from app.events.outlets import fold_name
from app.events.parameters import Box, DateRange
from app.events.repository.statements import Statement
from app.itineraries.journeys.corridor import Line
from app.itineraries.journeys.places import country_code
from app.itineraries.journeys.queries import ItinerariesQuery, ItineraryFilter, ItinerarySort

_SANCTIONED = (
    "EXISTS (SELECT 1 FROM sanction_identifiers s WHERE s.identifier = ANY(i.identifiers))"
)
# What is undated comes last; no date that is taken in lies so far back.
_LATEST = "coalesce(i.latest, '1800-01-01 00:00:00+00'::timestamptz)"
_CLAIMS = """
SELECT content FROM itinerary_claims WHERE itinerary_id = $1
  AND ($2::timestamptz IS NULL AND superseded_at IS NULL
       OR recorded_at <= $2 AND (superseded_at IS NULL OR superseded_at > $2))
ORDER BY id
"""
_ONE = f"""
SELECT i.document, i.redacted, i.updated_at, {_SANCTIONED} AS sanctioned FROM itineraries i WHERE i.id = $1
"""
_HISTORY = """
SELECT seq, kind, at, by, reason, added, withdrawn FROM itinerary_changes
WHERE itinerary_id = $1 ORDER BY seq
"""
_KNOWN_ON = """
SELECT DISTINCT known_on FROM itinerary_claims
WHERE itinerary_id = $1 AND superseded_at IS NULL AND known_on IS NOT NULL ORDER BY known_on
"""
_MATCHES = """
SELECT e.list_id, e.entry_id, e.kind, e.name, e.programs, s.identifier
FROM itineraries i JOIN sanction_identifiers s ON s.identifier = ANY(i.identifiers)
JOIN sanction_entries e USING (list_id, entry_id)
WHERE i.id = $1 ORDER BY e.list_id, e.entry_id, s.identifier
"""
_LEADS = """
SELECT list_id, entry_id, kind, name, programs FROM sanction_entries
WHERE folded_names && $1::text[] ORDER BY list_id, entry_id LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and the cursor of the next page if there is one."""

    rows: list[Row]
    next_cursor: str | None


Keep = Callable[[Sequence[Sequence[Line]]], Awaitable[Iterable[bool]]]
_CHUNK = 500
_MAX_READ = 20_000


async def fetch_page(
    database: Database, query: ItinerariesQuery, limit: int, keep: Keep | None, whole: bool
) -> Page:
    """At most `limit` itineraries after the cursor: `item` and whether they are listed.

    Args:
        whole: `item` is the document instead of the summary.
        keep: tells by the stops of their legs which itineraries are meant; it is asked of what
            meets all other conditions, at most for 20,000 itineraries a page.
    """
    rows: list[Row] = []
    cursor, read = query.cursor, 0
    while True:
        chunk = limit + 1 if keep is None else _CHUNK
        found = await _fetch(database, query, cursor, chunk, keep is not None, whole)
        read += len(found)
        kept = found
        if keep is not None:
            stops = [orjson.loads(row["stops"] or b"[]") for row in found]
            kept = list(compress(found, await keep(stops)))
        rows += kept
        if len(rows) > limit:
            return Page(rows[:limit], _cursor(query.sortby, rows[limit - 1]))
        if len(found) < chunk:
            return Page(rows, None)
        cursor = _cursor(query.sortby, found[-1])
        if read >= _MAX_READ:
            return Page(rows, cursor)


async def _fetch(
    database: Database,
    query: ItinerariesQuery,
    cursor: str | None,
    limit: int,
    with_stops: bool,
    whole: bool,
) -> list[Row]:
    statement = Statement()
    conditions = _conditions(statement, query)
    if cursor is not None:
        conditions.append(_after(statement, query.sortby, cursor))
    stops = (
        ", (SELECT json_agg(json_build_array(l.lats, l.lons)) FROM itinerary_legs l"
        " WHERE l.itinerary_id = i.id AND cardinality(l.lats) > 0) AS stops"
        if with_stops
        else ""
    )
    sql = f"""
        SELECT i.id, {_LATEST} AS latest, 
               i.{"document" if whole else "summary"} AS item, {_SANCTIONED} AS sanctioned{stops}
        FROM itineraries i WHERE {" AND ".join(conditions) or "true"}
        ORDER BY {_order(query.sortby)} LIMIT {statement.bind(limit)}
    """
    return await database.fetch(sql, statement.values)


def _conditions(s: Statement, query: ItineraryFilter) -> list[str]:
    found = [
        f"i.{column} LIKE {s.bind(f'%{_like(word)}%')}::text"
        for column, parameter, text in (
            ("people", "person", query.person),
            ("operators", "operator", query.operator),
        )
        for word in _words(parameter, text)
    ]
    if query.craft is not None:
        found.append(_craft(s, query.craft))
    if query.kind:
        found.append(f"i.mover_kind = ANY({s.bind(query.kind)}::text[])")
    if query.status:
        found.append(f"i.statuses && {s.bind(query.status)}::text[]")
    if query.sanctioned is not None:
        found.append(_SANCTIONED if query.sanctioned else f"NOT {_SANCTIONED}")
    if query.datetime is not None:
        span = DateRange.parse(query.datetime)
        start, end = s.bind(span.start), s.bind(span.end)
        found.append(f"i.earliest < {end}::date + 1 AND i.latest >= {start}::date")
    if query.origin or query.to:
        found.append(_between(s, query.origin, query.to))
    if query.via:
        place = _place(s, query.via)
        found.append(
            f"EXISTS (SELECT 1 FROM itinerary_legs l WHERE l.itinerary_id = i.id AND ("
            f"{place('l.via')} OR l.position > 1 AND {place('l.from')}))"
        )
    if query.bbox is not None:
        found.append(_in_box(s, Box.parse(query.bbox)))
    return found


def _words(parameter: str, text: str | None) -> list[str]:
    if text is None:
        return []
    if not (words := fold_name(text).split()):
        raise InvalidParameterError.of(parameter, "has no word in it")
    return words


def _like(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _craft(s: Statement, text: str) -> str:
    """By any identifier of that form, or by all its words in a name; `mmsi:` may stand before one."""
    scheme, _, value = text.partition(":")
    if scheme.strip().lower() in ("imo", "mmsi", "icao24", "registration"):
        text = value
    bare = "".join(c for c in text.lower() if c.isalnum())
    keys = [
        f"imo:{bare.removeprefix('imo')}",
        f"mmsi:{bare}",
        f"icao24:{bare}",
        f"reg:{bare.upper()}",
    ]
    words = fold_name(text).split()
    named = " AND ".join(f"i.craft LIKE {s.bind(f'%{_like(w)}%')}::text" for w in words) or "false"
    return f"(i.identifiers && {s.bind(keys)}::text[] OR ({named}))"


def _place(s: Statement, text: str) -> Callable[[str], str]:
    """A condition on the columns of one end: by country, place name or place code."""
    folded = fold_name(text)
    code = s.bind(country_code(text))
    name = s.bind(folded)

    def condition(column: str) -> str:
        named = f"{name}::text = ANY({column}_names)"
        if column.endswith("via"):
            return f"({named} OR {code}::text = ANY({column}_countries))"
        return f"({named} OR {column}_country = {code}::text)"

    return condition


def _between(s: Statement, origin: str | None, to: str | None) -> str:
    """A leg begins at one and it or a later one ends at the other."""
    begins = _place(s, origin)("l.from") if origin else None
    ends = _place(s, to)("l.to") if to else None
    if begins is None or ends is None:
        return (
            "EXISTS (SELECT 1 FROM itinerary_legs l"
            f" WHERE l.itinerary_id = i.id AND {begins or ends})"
        )
    # One pass: to hold each leg against each later one takes hours where there are thousands.
    return (
        f"i.id IN (SELECT l.itinerary_id FROM itinerary_legs l WHERE {begins} OR {ends}"
        " GROUP BY l.itinerary_id HAVING min(l.position) FILTER (WHERE"
        f" {begins}) <= max(l.position) FILTER (WHERE {ends}))"
    )


def _in_box(s: Statement, box: Box) -> str:
    west, east = f"{s.bind(box.west)}::float8", f"{s.bind(box.east)}::float8"
    lon = (
        f"p.lon BETWEEN {west} AND {east}"
        if box.west <= box.east
        else f"(p.lon >= {west} OR p.lon <= {east})"
    )
    lat = f"p.lat BETWEEN {s.bind(box.south)}::float8 AND {s.bind(box.north)}::float8"
    return (
        "EXISTS (SELECT 1 FROM itinerary_legs l, unnest(l.lats, l.lons) AS p (lat, lon)"
        f" WHERE l.itinerary_id = i.id AND {lat} AND {lon})"
    )


def _order(sort: ItinerarySort) -> str:
    down = "DESC" if sort.startswith("-") else "ASC"
    return f"i.id {down}" if sort.endswith("id") else f"{_LATEST} {down}, i.id {down}"


def _cursor(sort: ItinerarySort, row: Row) -> str:
    if sort.endswith("id"):
        return encode_cursor(sort, [row["id"]])
    return encode_cursor(sort, [row["latest"].astimezone(UTC).isoformat(), row["id"]])


def _after(s: Statement, sort: ItinerarySort, cursor: str) -> str:
    sign = "<" if sort.startswith("-") else ">"
    if sort.endswith("id"):
        [key] = decode_cursor(cursor, sort, [str])
        return f"i.id {sign} {s.bind(key)}::text"
    text, key = decode_cursor(cursor, sort, [str, str])
    try:
        latest = datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidParameterError.of("cursor", "not a cursor of this list") from None
    return f"({_LATEST}, i.id) {sign} ({s.bind(latest)}::timestamptz, {s.bind(key)}::text)"


async def find_itinerary(database: Database, itinerary_id: str) -> Row | None:
    """An itinerary as it is served today."""
    return await database.fetch_row(_ONE, [itinerary_id])


async def fetch_claims(
    database: Database, itinerary_id: str, recorded_by: datetime | None
) -> list[bytes]:
    """The claims of an itinerary that stand, or that stood at an instant, in the order they came."""
    return [row[0] for row in await database.fetch(_CLAIMS, [itinerary_id, recorded_by])]


async def fetch_history(database: Database, itinerary_id: str) -> list[Row]:
    """Every step in the life of an itinerary, oldest first."""
    return await database.fetch(_HISTORY, [itinerary_id])


async def fetch_known_days(database: Database, itinerary_id: str) -> list[date]:
    """The days on which something of it became public."""
    return [row[0] for row in await database.fetch(_KNOWN_ON, [itinerary_id])]


async def fetch_matches(database: Database, itinerary_id: str) -> list[Row]:
    """Entries of sanctions lists that share an identifier with it."""
    return await database.fetch(_MATCHES, [itinerary_id])


async def fetch_leads(database: Database, names: Sequence[str]) -> list[Row]:
    """Entries of sanctions lists with one of these folded names."""
    return await database.fetch(_LEADS, [list(names)])
