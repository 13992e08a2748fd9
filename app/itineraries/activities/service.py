"""How activities are searched and shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app.core.db import Database
from app.core.errors import InvalidParameterError, NotFoundError
from app.core.pagination import clipped, decode_cursor, encode_cursor, hints_of
from app.itineraries.activities.queries import ActivitiesQuery
from app.itineraries.activities.repository import pages
from app.itineraries.activities.repository.common_places import fetch_common_places
from app.itineraries.crafts.service import instant
from app.itineraries.zones.service import get_geometries
from app.plans import Plan


async def search_activities(
    database: Database, query: ActivitiesQuery, account_id: int, plan: Plan
) -> tuple[list[dict[str, Any]], str | None, dict[str, Any]]:
    """A page of activities, the next page's cursor, and notes on the answer.

    Raises:
        InvalidParameterError: a zone is neither bundled nor the account's.
    """
    limit, meta = clipped(query.limit, plan.page_cap, plan.key)
    areas = await get_geometries(database, account_id, query.zone)
    after = None if query.cursor is None else _place(query.cursor, query.sortby)
    rows = await pages.fetch_activities(database, query, areas, limit + 1, after)
    page = rows[:limit]
    if not rows and after is None:
        meta["hints"] = hints_of(query, "activities")
    cursor = None
    if len(rows) > limit:
        last = page[-1]
        cursor = encode_cursor(query.sortby, (last["start_at"].isoformat(), last["id"]))
    return await _shown(database, page), cursor, meta


async def get_activity(database: Database, activity_id: int) -> dict[str, Any]:
    """One activity.

    Raises:
        NotFoundError: there is none of this id, or a new analysis found it no longer.
    """
    row = await pages.find_activity(database, activity_id)
    if row is None:
        raise NotFoundError("there is no such activity")
    return (await _shown(database, [row]))[0]


def as_feature(activity: Mapping[str, Any]) -> dict[str, Any]:
    """An activity as a GeoJSON feature: a point, where it began."""
    lon, lat = activity["lon"], activity["lat"]
    geometry = None if lat is None else {"type": "Point", "coordinates": [lon, lat]}
    rest = {name: value for name, value in activity.items() if name != "id"}
    return {"type": "Feature", "id": activity["id"], "geometry": geometry, "properties": rest}


async def _shown(database: Database, rows: Sequence[asyncpg.Record]) -> list[dict[str, Any]]:
    taking_part = sorted({craft_id for row in rows for craft_id in row["craft_ids"]})
    keys = await pages.fetch_keys(database, taking_part) if rows else {}
    gaps, jumps = (
        [row["id"] for row in rows if row["kind"] == kind] for kind in ("gap", "spoofing")
    )
    reception = await pages.fetch_reception(database, gaps)
    common = await fetch_common_places(database, jumps)
    documents = [activity_document(row, keys) for row in rows]
    for one in documents:
        if one["kind"] == "gap":
            one["reception"] = reception[one["id"]]
        elif one["kind"] == "spoofing":
            one["common_place"] = common.get(one["id"])
    return documents


def activity_document(row: asyncpg.Record, keys: Mapping[int, str]) -> dict[str, Any]:
    """An activity from its row and the keys of its craft by id, without what changes with others."""
    own = orjson.loads(row["evidence"])
    names = own.pop("craft_keys")
    common = ("lat", "lon", "place", "method", "method_version")
    return {
        "id": row["id"],
        "kind": row["kind"],
        "crafts": [{"id": craft_id, "key": keys[craft_id]} for craft_id in row["craft_ids"]],
        **({"craft_id": names[0]} if len(names) == 1 else {"craft_ids": names}),
        "start_at": instant(row["start_at"]),
        "end_at": instant(row["end_at"]),
        **{name: row[name] for name in common},
        "score": None if row["score"] is None else round(row["score"], 4),
        "synthetic": False,
        **own,
    }


def _place(cursor: str, sort: str) -> pages.Place:
    start_at, activity_id = decode_cursor(cursor, sort, (str, int))
    try:
        at = datetime.fromisoformat(str(start_at))
    except ValueError:
        at = datetime.min
    if at.tzinfo is None:
        raise InvalidParameterError.of("cursor", "not a cursor of this list")
    return pages.Place(at, int(activity_id))
