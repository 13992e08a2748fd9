"""Reads takedowns and claims: pages, one, its history."""

from dataclasses import dataclass
from datetime import date

from app.core.db import Database, Row
from app.core.errors import InvalidParameterError
from app.core.pagination import decode_cursor, encode_cursor
from app.events.outlets import fold_name
from app.events.parameters import DateRange
from app.events.repository.statements import Statement
from app.forensics.records.queries import ClaimsQuery, RecordSort, RecordsQuery
from app.forensics.records.records import Kind

# The driver reads and writes the first day of year 1 for -infinity.
_DATED = "coalesce(dated_on, '-infinity'::date)"
_ONE = """
SELECT document, revision, updated_at, withdrawn_at FROM forensic_records
WHERE kind = $1 AND id = $2
"""
_HISTORY = """
SELECT change, revision, at, by FROM forensic_record_changes
WHERE kind = $1 AND record_id = $2 ORDER BY seq
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and the cursor of the next page if there is one."""

    rows: list[Row]
    next_cursor: str | None


async def fetch_page(database: Database, kind: Kind, query: RecordsQuery, limit: int) -> Page:
    """At most `limit` records after the cursor: id, document, revision and time of change."""
    s = Statement()
    conditions = [f"kind = {s.bind(kind)}::text", "withdrawn_at IS NULL"]
    conditions += _conditions(s, query)
    if query.cursor is not None:
        conditions.append(_after(s, query.sortby, query.cursor))
    down = "DESC" if query.sortby is RecordSort.DATE_DOWN else "ASC"
    sql = f"""
        SELECT id, {_DATED} AS dated, document, revision, updated_at FROM forensic_records
        WHERE {" AND ".join(conditions)}
        ORDER BY {_DATED} {down}, id {down} LIMIT {s.bind(limit + 1)}
    """
    rows = await database.fetch(sql, s.values)
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    cursor = encode_cursor(query.sortby, [last["dated"].isoformat(), last["id"]])
    return Page(rows[:limit], cursor)


def _conditions(s: Statement, query: RecordsQuery) -> list[str]:
    found = [
        f"{column} && {s.bind(values)}::text[]"
        for column, values in (
            ("states", query.state),
            ("platforms", query.platform),
            ("hashtags", query.hashtag),
        )
        if values
    ]
    if isinstance(query, ClaimsQuery):
        found += [
            f"{column} = ANY({s.bind(values)}::text[])"
            for column, values in (("verdict", query.verdict), ("subkind", query.kind))
            if values
        ]
    if query.datetime is not None:
        span = DateRange.parse(query.datetime)
        found.append(f"dated_on BETWEEN {s.bind(span.start)}::date AND {s.bind(span.end)}::date")
    # Folded words hold letters, digits and low lines, of which LIKE reads the last as any letter.
    words = [word.replace("_", r"\_") for word in fold_name(query.q or "").split()]
    return found + [f"folded LIKE {s.bind(f'% {word}%')}::text" for word in words]


def _after(s: Statement, sort: RecordSort, cursor: str) -> str:
    text, id_ = decode_cursor(cursor, sort, [str, str])
    try:
        dated = date.fromisoformat(str(text))
    except ValueError:
        raise InvalidParameterError.of("cursor", "not a cursor of this list") from None
    sign = "<" if sort is RecordSort.DATE_DOWN else ">"
    return f"({_DATED}, id) {sign} ({s.bind(dated)}::date, {s.bind(id_)}::text)"


async def find_record(database: Database, kind: Kind, record_id: str) -> Row | None:
    """A record, withdrawn or not."""
    return await database.fetch_row(_ONE, [kind, record_id])


async def fetch_history(database: Database, kind: Kind, record_id: str) -> list[Row]:
    """Every step of a record, oldest first."""
    return await database.fetch(_HISTORY, [kind, record_id])
