"""What the moving features are: craft that were observed, and their tracks as temporal geometries."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.db import Database
from app.core.errors import InvalidParameterError
from app.itineraries.crafts.queries import CraftsQuery, TrackQuery
from app.itineraries.crafts.service import get_craft, get_craft_row, search_crafts
from app.itineraries.moving_features.geometry import (
    CRS,
    SILENCE_S,
    TRS,
    cut_to,
    leaves_of,
    sequence_of,
)
from app.itineraries.moving_features.queries import ItemsQuery, SequenceQuery
from app.itineraries.parameters import InstantRange
from app.itineraries.positions.repository import fetch_track
from app.itineraries.positions.tracks import get_track
from app.itineraries.tracks.positions import Positions
from app.plans import Plan

COLLECTION = "crafts"
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_REACH = timedelta(seconds=SILENCE_S)


async def list_features(
    database: Database, query: ItemsQuery, plan: Plan
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of craft as features, and the next page's cursor."""
    asked = CraftsQuery(
        bbox=query.bbox, datetime=query.datetime, limit=query.limit, cursor=query.cursor
    )
    crafts, cursor, _ = await search_crafts(database, asked, plan)
    return [_feature(craft) for craft in crafts], cursor


async def get_feature(database: Database, reference: str) -> dict[str, Any]:
    """One craft as a feature.

    Raises:
        NotFoundError: there is none.
    """
    return _feature(await get_craft(database, reference))


async def get_sequence(
    database: Database, reference: str, query: SequenceQuery, plan: Plan
) -> tuple[list[dict[str, Any]], str | None]:
    """The temporal geometry of a craft, whole, cut or at instants, and the next page's cursor.

    Raises:
        NotFoundError: there is no such craft.
        InvalidParameterError: more fixes than the plan allows lie within the interval.
    """
    craft_id = (await get_craft_row(database, reference))["id"]
    if query.leaf is not None:
        instants = [InstantRange.parse(part.strip()).start for part in query.leaf.split(",")]
        positions = await _around(database, craft_id, instants[0], instants[-1], plan, "leaf")
        return leaves_of(positions, instants), None
    if query.subTrajectory:
        span = InstantRange.parse(query.datetime)
        positions = await _around(database, craft_id, span.start, span.end, plan, "datetime")
        return sequence_of(cut_to(positions, span.start, span.end)), None
    asked = TrackQuery(datetime=query.datetime, limit=query.limit, cursor=query.cursor)
    page = await get_track(database, craft_id, asked, plan)
    return sequence_of(page.positions), page.next_cursor


async def _around(
    database: Database, craft_id: int, start: datetime, end: datetime, plan: Plan, name: str
) -> Positions:
    """The fixes of an interval, with those before and after it that its ends lie between."""
    first = max(start, _EARLIEST) - _REACH
    last = min(end, _LATEST) + _REACH
    found = await fetch_track(database, craft_id, first, last, plan.page_cap + 1)
    if len(found) > plan.page_cap:
        raise InvalidParameterError.of(
            name, f"more than {plan.page_cap:,} fixes lie within; ask for less time"
        )
    return found


def _feature(craft: Mapping[str, Any]) -> dict[str, Any]:
    names = ("key", "kind", "positions", "synthetic", "current")
    return {
        "type": "Feature",
        "id": str(craft["id"]),
        "geometry": None,
        "properties": {name: craft[name] for name in names},
        "time": [craft["first_at"], craft["last_at"]],
        "crs": CRS,
        "trs": TRS,
    }
