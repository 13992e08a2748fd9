"""How craft are searched and shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app.core.db import Database
from app.core.errors import NotFoundError
from app.core.pagination import clipped, decode_cursor, encode_cursor, hints_of
from app.itineraries.crafts import repository
from app.itineraries.crafts.queries import CraftsQuery
from app.plans import Plan

_SORT = "-id"
_WORDS = ("name", "callsign", "registration", "operator", "owner")
_MAX_LIKENED = 5


async def get_craft_row(database: Database, reference: str) -> asyncpg.Record:
    """A craft by its id or key.

    Raises:
        NotFoundError: there is none.
    """
    found = await repository.find_craft(database, reference)
    if found is None:
        raise NotFoundError("there is no such craft")
    return found


async def search_crafts(
    database: Database, query: CraftsQuery, plan: Plan
) -> tuple[list[dict[str, Any]], str | None, dict[str, Any]]:
    """A page of craft, the next page's cursor, and notes on the answer."""
    limit, meta = clipped(query.limit, plan.page_cap, plan.key)
    before = None
    if query.cursor is not None:
        before = int(decode_cursor(query.cursor, _SORT, (int,))[0])
    rows = await repository.fetch_crafts(database, query, limit + 1, before)
    page = rows[:limit]
    said = await repository.fetch_identities(database, [row["id"] for row in page])
    if before is None and (near := await _near(database, query.fields(), found=bool(rows))):
        meta["near"] = near
    if before is None and not rows:
        meta["hints"] = hints_of(query, "craft")
    cursor = encode_cursor(_SORT, (page[-1]["id"],)) if len(rows) > limit else None
    return [shown(row, said[row["id"]]) for row in page], cursor, meta


async def _near(
    database: Database, fields: Mapping[str, Sequence[str]], *, found: bool
) -> list[dict[str, Any]]:
    """Craft of which something alike is said; like numbers mean nothing where the number is found."""
    asked = [
        (field, value)
        for field, values in fields.items()
        if field in _WORDS or (field != "flag" and not found)
        for value in values[:_MAX_LIKENED]
    ]
    return [
        one for field, value in asked for one in await repository.fetch_near(database, field, value)
    ]


async def get_craft(database: Database, reference: str) -> dict[str, Any]:
    """A craft with all that is said of it, and those that share an identifier.

    Raises:
        NotFoundError: there is none.
    """
    row = await get_craft_row(database, reference)
    said = (await repository.fetch_identities(database, [row["id"]]))[row["id"]]
    own = f"/v1/routes/crafts/{row['id']}"
    return {
        **shown(row, said),
        "identities": [_said(one) for one in said],
        "related": await repository.fetch_related(database, row["id"]),
        "links": [
            {"rel": rel, "href": href, "type": "application/json"}
            for rel, href in (
                ("self", own),
                ("track", f"{own}/track"),
                ("identity", f"{own}/identity"),
                ("activities", f"/v1/routes/activities?craft={row['id']}"),
            )
        ],
    }


def shown(row: asyncpg.Record, said: Sequence[asyncpg.Record]) -> dict[str, Any]:
    """A craft as lists show it."""
    current: dict[str, str] = {}
    for one in said:  # the latest of each field comes first
        current.setdefault(one["field"], one["value"])
    return {
        "id": row["id"],
        "key": row["key"],
        "kind": row["kind"],
        "first_at": instant(row["first_at"]),
        "last_at": instant(row["last_at"]),
        "positions": row["position_count"],
        "synthetic": row["synthetic"],
        "current": current,
    }


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def _said(row: asyncpg.Record) -> dict[str, Any]:
    detail = None if row["detail"] is None else orjson.loads(row["detail"])
    said = {name: row[name] for name in ("field", "value", "source")}
    instants = {name: instant(row[name]) for name in ("first_at", "last_at")}
    return {**said, **instants, "detail": detail}
