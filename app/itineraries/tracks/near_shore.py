"""Near-shore transfers: tankers close together inside a zone where the open-sea rules look away.

Loitering (20 nm from shore) and meeting (10 km from port) leave roadsteads such as La Borracha out by
definition. Each zone carries its own numbers; by default 250 m for 30 minutes, both under 1 kn, after
Skylight's and Starboard's standard rules and a study of the Kerch roadstead. What is found is a
candidate with a score in parts, not proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from app.itineraries.tracks.contacts import Contacts, Search, search_contacts
from app.itineraries.tracks.meetings import MAX_CROWD, Meeting, describe, max_way_km, merged_runs
from app.itineraries.tracks.positions import Floats, Positions

METHOD = "near-shore-transfer"
METHOD_VERSION = "1"
GRID_MINUTES = 5
MAX_INTERPOLATION_MINUTES = 60
MERGE_HOURS = 1
_FULL_DURATION = 4
"""A contact of four times the shortest duration has the full part for its length."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon (ring of degrees, first point not repeated) with the rule that holds in it."""

    id: str
    name: str
    lat: Floats
    lon: Floats
    max_km: float = 0.25
    min_minutes: float = 30
    max_speed_kn: float = 1

    def contains(self, lat: Floats, lon: Floats) -> NDArray[np.bool_]:
        """Whether each point lies inside; the ring may cross 180°."""
        ring = shapely.Polygon(np.column_stack((_from(self.lon[0], self.lon), self.lat)))
        return np.asarray(shapely.contains_xy(ring, _from(self.lon[0], lon), lat), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A candidate. `score` is the mean of `parts`, each from 0 to 1.

    `parts`: how long, how near, how slow, which share was seen, and how far both are tankers (a half
    for a craft of unknown type).
    """

    craft_ids: tuple[str, str]
    zone_id: str
    start_at: float
    end_at: float
    median_distance_km: float
    median_speed_kn: tuple[float, float]
    lat: float
    lon: float
    score: float
    parts: Mapping[str, float]


def detect_transfers(
    positions: Positions, zones: Sequence[Zone], ship_types: Mapping[str, int] | None = None
) -> Sequence[Transfer]:
    """Candidates in positions in order, by pair and start.

    Args:
        ship_types: AIS ship type by craft id, where known (80 to 89 are tankers).
    """
    if not zones:
        return []
    contacts = search_contacts(positions, search_of(zones))
    return transfers_of(positions.craft_ids, contacts, zones, ship_types or {})


def search_of(zones: Sequence[Zone]) -> Search:
    """What is contact by the rules of these zones."""
    widest = max(zone.max_km for zone in zones)
    return Search(
        GRID_MINUTES, MAX_INTERPOLATION_MINUTES, widest, MAX_CROWD,
        max_way_km(MAX_INTERPOLATION_MINUTES),
    )  # fmt: skip


def inside_any(contacts: Contacts, zones: Sequence[Zone]) -> Contacts:
    """Those contacts that a zone's rule counts."""
    inside = [_counts(contacts, zone) for zone in zones]
    return contacts.take(np.any(inside, axis=0))


def transfers_of(
    craft_ids: Sequence[str],
    contacts: Contacts,
    zones: Sequence[Zone],
    ship_types: Mapping[str, int],
) -> Sequence[Transfer]:
    """The candidates that contacts make up, by pair and start; `craft_ids` by code."""
    found = []
    for zone in zones:
        within = contacts.take(_counts(contacts, zone))
        runs = merged_runs(within, zone.min_minutes / GRID_MINUTES, MERGE_HOURS * 60 / GRID_MINUTES)
        for pieces in runs:
            meeting = describe(craft_ids, within, pieces, GRID_MINUTES)
            if max(meeting.median_speed_kn) < zone.max_speed_kn:
                found.append(_candidate(meeting, zone, ship_types))
    return sorted(found, key=lambda item: (item.craft_ids, item.start_at, item.zone_id))


def _candidate(meeting: Meeting, zone: Zone, ship_types: Mapping[str, int]) -> Transfer:
    minutes = meeting.seen_min + meeting.bridged_min
    tankers = [_tanker(ship_types.get(craft_id)) for craft_id in meeting.craft_ids]
    parts = {
        "duration": min(1.0, minutes / (_FULL_DURATION * zone.min_minutes)),
        "nearness": 1 - meeting.median_distance_km / zone.max_km,
        "slowness": 1 - max(meeting.median_speed_kn) / zone.max_speed_kn,
        "seen": meeting.seen_min / minutes,
        "tankers": sum(tankers) / 2,
    }
    return Transfer(
        meeting.craft_ids, zone.id, meeting.start_at, meeting.end_at, meeting.median_distance_km,
        meeting.median_speed_kn, meeting.lat, meeting.lon,
        sum(parts.values()) / len(parts), parts,
    )  # fmt: skip


def _tanker(ship_type: int | None) -> float:
    if not ship_type:
        return 0.5
    return 1.0 if 80 <= ship_type <= 89 else 0.0


def _counts(contacts: Contacts, zone: Zone) -> NDArray[np.bool_]:
    points = contacts.gridded.points
    middle = points[contacts.first] + points[contacts.second]
    lat = np.degrees(np.arctan2(middle[:, 2], np.hypot(middle[:, 0], middle[:, 1])))
    lon = np.degrees(np.arctan2(middle[:, 1], middle[:, 0]))
    near: NDArray[np.bool_] = contacts.distance_km <= zone.max_km
    return near & zone.contains(lat, lon)


def _from(origin: float, lon: Floats) -> Floats:
    """Degrees east of an origin, within [-180, 180)."""
    return (lon - origin + 180) % 360 - 180
