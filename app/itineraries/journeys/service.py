"""What callers get of itineraries: pages, one as it was known on a day, its history."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from app.core.db import Database
from app.core.errors import GoneError, NotFoundError
from app.core.pagination import clipped, hints_of
from app.events.outlets import fold_name
from app.events.parameters import parse_instant
from app.events.repository.items import fetch_linked_events
from app.itineraries.journeys import repository
from app.itineraries.journeys.assemble import assemble
from app.itineraries.journeys.claims import read_claim
from app.itineraries.journeys.corridor import Line, are_near
from app.itineraries.journeys.derive import FEATURE, target_of
from app.itineraries.journeys.queries import (
    ItinerariesQuery,
    ItineraryQuery,
    parse_corridor,
)
from app.itineraries.journeys.records import dump
from app.itineraries.parameters import InstantRange
from app.itineraries.positions.repository import fetch_track
from app.itineraries.tracks.positions import Positions
from app.plans import Plan

PATH = "/v1/routes/itineraries"
MAX_TRACKED = 100_000
MAX_WHOLE = 500
"""Itineraries with all legs on a page: one can be megabytes."""


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """A page of itineraries, as summaries or whole."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    meta: dict[str, Any]


async def list_itineraries(
    database: Database, query: ItinerariesQuery, plan: Plan, whole: bool
) -> ListAnswer:
    """The itineraries that meet all of a query, within the plan's page cap.

    Args:
        whole: with all legs, instead of as summaries.
    """
    cap = min(plan.page_cap, MAX_WHOLE) if whole else plan.page_cap
    limit, meta = clipped(query.limit, cap, plan.key)
    page = await repository.fetch_page(database, query, limit, _keeper(query), whole)
    items = [
        {
            **orjson.loads(row["item"]),
            "sanctioned": row["sanctioned"],
            "links": _links(row["id"]),
        }
        for row in page.rows
    ]
    if not items and query.cursor is None:
        meta["hints"] = hints_of(query, "itineraries")
    return ListAnswer(items, page.next_cursor, meta)


def _keeper(query: ItinerariesQuery) -> repository.Keep | None:
    if query.corridor is None:
        return None
    lons, lats = zip(*parse_corridor(query.corridor), strict=True)

    async def keep(itineraries: Sequence[Sequence[Line]]) -> Iterable[bool]:
        return await asyncio.to_thread(are_near, itineraries, (lats, lons), query.corridor_km)

    return keep


async def get_itinerary(
    database: Database, itinerary_id: str, query: ItineraryQuery
) -> dict[str, Any]:
    """An itinerary, as it was known on a day where one is asked for.

    Raises:
        NotFoundError: there is none, or nothing of it was known by then.
        GoneError: its reports were withdrawn.
    """
    row = await repository.find_itinerary(database, itinerary_id)
    if row is None:
        if await repository.fetch_history(database, itinerary_id):
            raise GoneError(
                f"the reports of itinerary {itinerary_id} were withdrawn",
                extra={"history": f"{PATH}/{itinerary_id}/history"},
            )
        raise NotFoundError(f"there is no itinerary {itinerary_id}")
    if query.as_of is None and query.recorded_by is None:
        document = orjson.loads(row["document"])
    else:
        document = await _as_known(database, itinerary_id, query)
    matches = await repository.fetch_matches(database, itinerary_id)
    leads = await repository.fetch_leads(database, _names_in(document))
    events = await fetch_linked_events(database, FEATURE, target_of(itinerary_id))
    return {
        **document,
        "as_of": query.as_of,
        "recorded_by": query.recorded_by,
        "redacted": row["redacted"],
        "sanctioned": row["sanctioned"],
        "sanctions": {
            "matches": [dict(match) for match in matches],
            "leads": [dict(lead) for lead in leads],
            "basis": "matches share an IMO number, MMSI, registration or ICAO address; leads share a name",
        },
        "events": [
            {**dict(event), "href": f"/v1/events/{event['id']}"}
            for event in events
            if query.as_of is None or event["published_on"].isoformat() <= query.as_of
        ],
        "links": _links(itinerary_id),
    }  # fmt: skip


async def _as_known(database: Database, itinerary_id: str, query: ItineraryQuery) -> dict[str, Any]:
    as_of = date.fromisoformat(query.as_of) if query.as_of else None
    recorded_by = parse_instant(query.recorded_by) if query.recorded_by else None
    assert recorded_by is None or isinstance(recorded_by, datetime)
    contents = await repository.fetch_claims(database, itinerary_id, recorded_by)
    # A journey of thousands of legs takes seconds.
    document = await asyncio.to_thread(_assembled, contents, as_of)
    if document is None:
        days = await repository.fetch_known_days(database, itinerary_id)
        raise NotFoundError(
            f"nothing of itinerary {itinerary_id} was known by then",
            extra={"known_from": days[0].isoformat()} if days else None,
        )
    return {"id": itinerary_id, **document}


def _assembled(contents: Sequence[bytes], as_of: date | None) -> dict[str, Any] | None:
    """The itinerary as one that is stored."""
    claims = [read_claim(orjson.loads(content)) for content in contents]
    document: dict[str, Any] | None = orjson.loads(dump(assemble(claims, as_of)))
    return document


async def fetch_tracks(database: Database, itinerary: Mapping[str, Any]) -> dict[int, Positions]:
    """The fixes that show the observed legs of an itinerary, by the legs' positions.

    Legs beyond what is read at once, 100,000 fixes for all, have none.
    """
    found: dict[int, Positions] = {}
    left = MAX_TRACKED
    for leg in itinerary["legs"]:
        if leg.get("track") is None or left <= 0:
            continue
        span = InstantRange.parse(leg["track"]["datetime"])
        craft_id = leg["track"]["craft_id"]
        positions = await fetch_track(database, craft_id, span.start, span.end, left + 1)
        left -= len(positions)
        if left >= 0 and len(positions) > 1:
            found[leg["position"]] = positions
    return found


def _names_in(document: Mapping[str, Any]) -> list[str]:
    """Folded names of all that moved, carried or owned, for leads."""
    mover = document["mover"]
    names = [mover["name"], *mover["members"]]
    for leg in document["legs"]:
        craft = leg["craft"] or {}
        names += [leg["carrier"], craft.get("name"), craft.get("owner")]
    return sorted({fold_name(name) for name in names if name} - {""})


async def get_history(database: Database, itinerary_id: str) -> dict[str, Any]:
    """The steps of an itinerary's life, and the days from which more of it was known.

    Raises:
        NotFoundError: there never was such an itinerary.
    """
    steps = await repository.fetch_history(database, itinerary_id)
    if not steps:
        raise NotFoundError(f"there is no itinerary {itinerary_id}")
    path = f"{PATH}/{itinerary_id}"
    days = await repository.fetch_known_days(database, itinerary_id)
    return {
        "items": [
            {**dict(step), "href": f"{path}?recorded_by={_z(step['at'])}"} for step in steps
        ],
        "known_on": [{"day": day, "href": f"{path}?as_of={day}"} for day in days],
    }  # fmt: skip


def _z(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _links(itinerary_id: str) -> list[dict[str, str]]:
    path = f"{PATH}/{itinerary_id}"
    return [
        {"rel": "self", "href": path, "type": "application/json"},
        {"rel": "history", "href": f"{path}/history", "type": "application/json"},
        {"rel": "map", "href": f"{path}/map.svg", "type": "image/svg+xml"},
    ]
