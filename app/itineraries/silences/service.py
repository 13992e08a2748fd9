"""Gathers what a silence is held against, and asks what was in reach."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from app.core.clock import now
from app.core.db import Database
from app.core.errors import InvalidBodyError, UnavailableError
from app.itineraries.activities.service import get_activity
from app.itineraries.findings import as_record
from app.itineraries.sea_data import load_places
from app.itineraries.sea_lanes import load_sea_network
from app.itineraries.silences import repository
from app.itineraries.silences.schemas import MAX_DAYS, AskedSilence, ReachabilityWish
from app.itineraries.tracks import reachability
from app.itineraries.tracks.geometry import haversine_km, unit_vectors
from app.itineraries.tracks.reachability import Place, ReachabilityOptions, Silence
from app.itineraries.zones.service import get_zone

DEADLINE_S = 20.0


async def analyse_silence(
    database: Database, account_id: int, wish: ReachabilityWish
) -> dict[str, Any]:
    """What was in reach of a craft while it was silent.

    Raises:
        NotFoundError: no such activity or zone.
        InvalidBodyError: the activity is no gap.
        UnavailableError: it takes too long.
    """
    silence = _asked(wish.silence) if wish.silence else await _stored(database, wish.activity_id)
    places = [Place("", p.name, p.lat, p.lon, p.radius_km) for p in wish.places]
    for zone_id in dict.fromkeys(wish.zones):
        zone = await get_zone(database, account_id, zone_id)
        places.append(_middle_of(zone.id, zone.name, zone.geometry))
    others = await repository.fetch_silences(database, silence, wish.max_speed_kn, wish.others)
    options = ReachabilityOptions(
        wish.mode, wish.max_speed_kn, wish.stay_hours, frozenset(wish.closed)
    )
    try:
        async with asyncio.timeout(DEADLINE_S):
            found = await asyncio.to_thread(_analysed, silence, places, wish.ports, others, options)
    except TimeoutError:
        raise UnavailableError("this takes too long; ask for fewer places") from None
    keys = [silence.craft_id, *(other.craft_id for other in others)]
    made_up = await repository.fetch_synthetic(database, keys)
    for meeting in found["meetings"]:
        meeting["synthetic"] = meeting["craft_id"] in made_up
    return {**found, "synthetic": silence.craft_id in made_up}


def _analysed(
    silence: Silence,
    places: Sequence[Place],
    ports: int,
    others: Sequence[Silence],
    options: ReachabilityOptions,
) -> dict[str, Any]:
    network = load_sea_network() if options.mode == "sea" else None
    found = reachability.analyse_reachability(
        silence, [*places, *_nearest_ports(silence, ports)], others, options, network
    )
    return as_record(reachability.METHOD, reachability.METHOD_VERSION, asdict(found), {})


def _asked(asked: AskedSilence) -> Silence:
    start, end = asked.start, asked.end
    if end is None:
        assert asked.until is not None
        return Silence("", start.at.timestamp(), asked.until.timestamp(), start.lat, start.lon)
    return Silence(
        "", start.at.timestamp(), end.at.timestamp(), start.lat, start.lon, end.lat, end.lon
    )


async def _stored(database: Database, activity_id: int | None) -> Silence:
    assert activity_id is not None
    found = await get_activity(database, activity_id)
    if found["kind"] != "gap":
        raise InvalidBodyError.of("activity_id", "the activity is no gap")
    start = datetime.fromisoformat(found["start_at"])
    # Of an old silence that was never broken, no more than can be said something about.
    last = start + timedelta(days=MAX_DAYS)
    end = datetime.fromisoformat(found["end_at"]) if found["end_at"] else min(now(), last)
    return Silence(
        found["craft_id"],
        start.timestamp(),
        end.timestamp(),
        found["from_lat"],
        found["from_lon"],
        found["to_lat"],
        found["to_lon"],
    )


def _nearest_ports(silence: Silence, count: int) -> list[Place]:
    """The ports nearest to either end."""
    if count == 0:
        return []
    ports = load_places()
    ends = [(silence.from_lat, silence.from_lon)]
    if silence.to_lat is not None and silence.to_lon is not None:
        ends.append((silence.to_lat, silence.to_lon))
    distance = np.min(
        [
            haversine_km(np.full(len(ports), lat), np.full(len(ports), lon), ports.lat, ports.lon)
            for lat, lon in ends
        ],
        axis=0,
    )
    return [
        Place("", ports.names[row], float(ports.lat[row]), float(ports.lon[row]))
        for row in np.argsort(distance, kind="stable")[:count].tolist()
    ]


def _middle_of(zone_id: str, name: str, geometry: dict[str, Any]) -> Place:
    """A zone as a place: the middle of its vertices on the sphere, and the way to the farthest."""
    corners = shapely.get_coordinates(shape(geometry))
    lon, lat = corners[:, 0], corners[:, 1]
    x, y, z = unit_vectors(lat, lon).sum(axis=0).tolist()
    middle = np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
    reach = haversine_km(np.full(len(lat), middle[0]), np.full(len(lon), middle[1]), lat, lon)
    return Place(zone_id, name, float(middle[0]), float(middle[1]), float(reach.max()))
