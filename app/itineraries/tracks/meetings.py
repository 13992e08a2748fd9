"""Meetings: two vessels close together and slow for hours, away from ports.

The rule is Global Fishing Watch's encounter (Miller et al. 2018, doi:10.3389/fmars.2018.00240): on a
grid of ten minutes within 0.5 km for two hours or more, both with a median speed under 2 kn, at least
10 km from a port or anchorage; meetings of one pair less than four hours apart are one. Contact seen
and contact bridged by interpolation are told apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.itineraries.tracks.contacts import Contacts, Search, search_contacts
from app.itineraries.tracks.geometry import unit_vectors
from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Positions

METHOD = "meeting"
METHOD_VERSION = "1"
MAX_CROWD = 50
_MAX_WAY_KMH = 25.0


@dataclass(frozen=True, slots=True)
class MeetingOptions:
    """The numbers of the rule. `filtered` off leaves the filters of port, speed and crowd out.

    In a crowd, more than `max_crowd` craft in a box with a diagonal of `max_km`, nobody meets.
    """

    grid_minutes: float = 10
    max_interpolation_minutes: float = 60
    max_km: float = 0.5
    min_minutes: float = 120
    merge_hours: float = 4
    max_speed_kn: float = 2
    min_port_km: float = 10
    max_crowd: int = MAX_CROWD
    filtered: bool = True

    @property
    def search(self) -> Search:
        """What is contact by this rule."""
        return Search(
            self.grid_minutes, self.max_interpolation_minutes, self.max_km,
            *((self.max_crowd, max_way_km(self.max_interpolation_minutes)) if self.filtered else ()),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two craft together. `median_speed_kn` is per craft in the order of `craft_ids`.

    `seen_min` is contact with fixes of both within half a grid step, `bridged_min` the rest of the
    contact; a pause that was merged away counts in neither.
    """

    craft_ids: tuple[str, str]
    start_at: float
    end_at: float
    median_distance_km: float
    median_speed_kn: tuple[float, float]
    lat: float
    lon: float
    seen_min: float
    bridged_min: float


def max_way_km(minutes: float) -> float:
    """How far a craft may go between two fixes so long apart to be told where it was on the way.

    Who goes faster for so long lies beside nobody.
    """
    return _MAX_WAY_KMH * minutes / 60


def detect_meetings(
    positions: Positions, options: MeetingOptions = MeetingOptions(), places: Places | None = None
) -> Sequence[Meeting]:
    """Meetings of positions in order, by pair and start.

    Args:
        places: ports and anchorages of the port filter; without them that filter is off.
    """
    return meetings_of(
        positions.craft_ids, search_contacts(positions, options.search), options, places
    )


def meetings_of(
    craft_ids: Sequence[str],
    contacts: Contacts,
    options: MeetingOptions = MeetingOptions(),
    places: Places | None = None,
) -> Sequence[Meeting]:
    """The meetings that contacts make up, by pair and start; `craft_ids` by code."""
    found = [
        describe(craft_ids, contacts, pieces, options.grid_minutes)
        for pieces in merged_runs(
            contacts, options.min_minutes / options.grid_minutes,
            options.merge_hours * 60 / options.grid_minutes,
        )
    ]  # fmt: skip
    if options.filtered:
        found = [
            meeting for meeting in found if max(meeting.median_speed_kn) < options.max_speed_kn
        ]
        found = _away_from(places, found, options.min_port_km)
    return sorted(found, key=lambda meeting: (meeting.craft_ids, meeting.start_at))


def merged_runs(contacts: Contacts, min_steps: float, merge_steps: float) -> Iterator[list[slice]]:
    """Runs of contact at successive steps that last long enough; those of a pair near in time together."""
    if not len(contacts):
        return
    gridded = contacts.gridded
    step = gridded.step[contacts.first]
    other_pair = (np.diff(gridded.craft[contacts.first]) != 0) | (
        np.diff(gridded.craft[contacts.second]) != 0
    )
    begins = np.concatenate(([0], np.flatnonzero(other_pair | (np.diff(step) != 1)) + 1))
    ends = np.append(begins[1:], len(step))
    long = step[ends - 1] - step[begins] >= min_steps - 1e-9
    begins, ends = begins[long], ends[long]
    pieces: list[slice] = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if pieces:
            last = pieces[-1].stop - 1
            same = (
                gridded.craft[contacts.first[last]] == gridded.craft[contacts.first[begin]]
                and gridded.craft[contacts.second[last]] == gridded.craft[contacts.second[begin]]
            )
            if not same or step[begin] - step[last] >= merge_steps:
                yield pieces
                pieces = []
        pieces.append(slice(begin, end))
    if pieces:
        yield pieces


def describe(
    craft_ids: Sequence[str], contacts: Contacts, pieces: list[slice], grid_minutes: float
) -> Meeting:
    """The meeting that runs of contact of one pair make up."""
    gridded = contacts.gridded
    rows = np.concatenate([np.arange(piece.start, piece.stop) for piece in pieces])
    first, second = contacts.first[rows], contacts.second[rows]
    seen = (gridded.seen[first] & gridded.seen[second]).astype(np.float64)
    ways = np.diff(gridded.step[first]) == 1
    seen_min = float(np.sum((seen[1:] + seen[:-1])[ways]) / 2) * grid_minutes
    place = np.mean(gridded.points[first] + gridded.points[second], axis=0)
    speeds = (
        float(np.nanmedian(gridded.speed_kn[first])),
        float(np.nanmedian(gridded.speed_kn[second])),
    )
    ids = craft_ids[gridded.craft[first[0]]], craft_ids[gridded.craft[second[0]]]
    if ids[0] > ids[1]:
        ids, speeds = (ids[1], ids[0]), (speeds[1], speeds[0])
    return Meeting(
        ids,
        float(gridded.step[first[0]]) * grid_minutes * 60,
        float(gridded.step[first[-1]]) * grid_minutes * 60,
        float(np.median(contacts.distance_km[rows])),
        speeds,
        float(np.degrees(np.arctan2(place[2], np.hypot(place[0], place[1])))),
        float(np.degrees(np.arctan2(place[1], place[0]))),
        seen_min,
        float(np.count_nonzero(ways)) * grid_minutes - seen_min,
    )


def _away_from(places: Places | None, found: list[Meeting], min_km: float) -> list[Meeting]:
    if places is None or not found:
        return found
    lat, lon = np.array([m.lat for m in found]), np.array([m.lon for m in found])
    distance, _ = places.nearest(unit_vectors(lat, lon))
    return [meeting for meeting, km in zip(found, distance.tolist(), strict=True) if km >= min_km]
