"""Tells watchers what new positions brought, in the transaction that brings it."""

from collections.abc import Sequence
from itertools import chain
from uuid import UUID

import asyncpg
import numpy as np
import orjson
import shapely
from shapely.geometry import shape

from app.alerts.observations import Observation
from app.alerts.recording import entitled, record_observations
from app.alerts.repository import fetch_watched_kinds, fetch_watched_zones
from app.itineraries.journeys.identifiers import identifier_key
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.voyages import CALL_CONFIDENCE
from app.itineraries.tracks.zone_entries import detect_zone_entries
from app.itineraries.watching import observed, repository
from app.itineraries.zones.bundled import bundled_zones
from app.plans import PLANS, Feature

MAX_OPEN_GAPS = 5_000


async def tell_watchers(
    connection: asyncpg.Connection,
    seen: Sequence[asyncpg.Record],
    positions: Positions,
    activity_ids: Sequence[int],
) -> int:
    """Tell of craft with new positions; returns how many alerts there are more.

    Args:
        seen: craft with the span of their new positions.
        positions: those and the ones around them, in order, under the ids of craft.
        activity_ids: of activities that are new or changed.
    """
    plans = entitled(PLANS, Feature.ALERTS, Feature.ROUTES)
    kinds = await fetch_watched_kinds(connection, plans)
    if not kinds:
        return 0
    zones, owners = await _zones(connection, plans)
    activities = await repository.fetch_changed(connection, activity_ids)
    gaps = await repository.fetch_open_gaps(connection, MAX_OPEN_GAPS) if "gap" in kinds else []
    about = {craft_id for row in (*activities, *gaps) for craft_id in row["craft_ids"]}
    rows, identifiers = await repository.fetch_identifiers(
        connection, about.union(row["id"] for row in seen)
    )
    crafts = observed.Crafts(rows, identifiers)
    heard_until = max((row["stale_until"] for row in seen), default=None)
    found: list[Observation] = []
    if "zone_entry" in kinds:
        found += _entries(seen, positions, zones, crafts)
    found += [
        observed.of_activity(row, crafts, zones)
        for row in activities
        if row["kind"] in ("gap", "leg")
    ]
    if "leg" in kinds:
        found += await _voyages(connection, activities, crafts, zones)
    if "meeting" in kinds:
        met = [row["id"] for row in activities if row["kind"] in repository.MEETINGS]
        for meeting in await repository.fetch_meetings(connection, met):
            found.append(observed.of_meeting(meeting, crafts, zones))
    if heard_until is not None:
        found += [observed.of_open_gap(row, crafts, zones, heard_until) for row in gaps]
    if "identity_change" in kinds:
        renamed = await repository.fetch_renamed(connection, seen)
        found += [observed.of_rename(row, crafts) for row in renamed]
    if "sanctioned_craft" in kinds:
        found += await _listed(connection, seen, positions, crafts, zones, identifiers)
    return await record_observations(connection, found, owners)


async def _zones(
    connection: asyncpg.Connection, plans: Sequence[str]
) -> tuple[observed.Zones, dict[str, int]]:
    """The zones that rules name, and the accounts of those that are somebody's."""
    wanted = await fetch_watched_zones(connection, plans)
    bundled = bundled_zones()
    areas = {zone: bundled[zone]["geometry"] for zone in wanted if zone in bundled}
    ids = [identifier for zone in wanted if (identifier := _uuid(zone)) is not None]
    own = await repository.fetch_own_zones(connection, ids)
    areas |= {str(row["id"]): orjson.loads(row["geometry"]) for row in own}
    zones = {zone: shape(area) for zone, area in areas.items()}
    for zone in zones.values():
        shapely.prepare(zone)
    return zones, {str(row["id"]): row["account_id"] for row in own}


async def _voyages(
    connection: asyncpg.Connection,
    activities: Sequence[asyncpg.Record],
    crafts: observed.Crafts,
    zones: observed.Zones,
) -> list[Observation]:
    """Calls at another place than the one before."""
    found = []
    for row in activities:
        if (
            row["kind"] == "visit"
            and orjson.loads(row["evidence"])["confidence"] >= CALL_CONFIDENCE
        ):
            before = await repository.find_call_before(connection, row)
            if before is not None and before["place"] != row["place"]:
                found.append(observed.of_voyage(row, before, crafts, zones))
    return found


def _entries(
    seen: Sequence[asyncpg.Record],
    positions: Positions,
    zones: observed.Zones,
    crafts: observed.Crafts,
) -> list[Observation]:
    """Entries by the new positions alone; those around them tell where a craft was before."""
    spans = {
        str(row["id"]): (row["stale_from"].timestamp(), row["stale_until"].timestamp())
        for row in seen
    }
    return [
        observed.of_entry(entry, crafts)
        for entry in detect_zone_entries(positions, zones)
        if spans[entry.craft_id][0] <= entry.at_s <= spans[entry.craft_id][1]
    ]


async def _listed(
    connection: asyncpg.Connection,
    seen: Sequence[asyncpg.Record],
    positions: Positions,
    crafts: observed.Crafts,
    zones: observed.Zones,
    identifiers: dict[int, set[tuple[str, str]]],
) -> list[Observation]:
    names = {row["id"]: {identifier_key(*one) for one in identifiers[row["id"]]} for row in seen}
    entries = await repository.fetch_listed(connection, chain.from_iterable(names.values()))
    last = {
        int(craft_id): positions.take(rows).in_order() for craft_id, rows in positions.by_craft()
    }
    return [
        observed.of_listed(row, entry, _place_at(last[row["id"]], row), crafts, zones)
        for row in seen
        for entry in entries
        if entry["identifier"] in names[row["id"]]
    ]


def _place_at(track: Positions, row: asyncpg.Record) -> tuple[float, float]:
    """Where a craft was at the end of its new positions."""
    at = int(np.searchsorted(track.time_s, row["stale_until"].timestamp(), side="right")) - 1
    return float(track.lat[max(at, 0)]), float(track.lon[max(at, 0)])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
