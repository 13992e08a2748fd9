"""Runs every analysis over spans of tracks; pure, so that the same fixes give the same activities."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.itineraries.activities import findings
from app.itineraries.activities.findings import Finding
from app.itineraries.activities.spans import spans_of
from app.itineraries.tracks.airports import Airports
from app.itineraries.tracks.gaps import GapOptions, detect_gaps
from app.itineraries.tracks.legs import detect_legs
from app.itineraries.tracks.loitering import detect_loitering
from app.itineraries.tracks.meetings import detect_meetings
from app.itineraries.tracks.near_shore import Zone, detect_transfers
from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.segments import LONE, detect_segments
from app.itineraries.tracks.shore import Shore
from app.itineraries.tracks.spoofing import detect_spoofing
from app.itineraries.tracks.stops import detect_stops
from app.itineraries.tracks.visits import detect_visits


@dataclass(frozen=True, slots=True)
class World:
    """What positions are held against."""

    places: Places
    zones: Sequence[Zone]
    load_shore: Callable[[], Shore]
    load_airports: Callable[[], Airports]


def analyse_craft(
    positions: Positions, kinds: Mapping[str, str], aircraft: Mapping[str, str], world: World
) -> Iterator[Finding]:
    """What each craft did by itself, span by span.

    Args:
        kinds: aircraft, vessel or unknown by craft id.
        aircraft: ICAO type designators by craft id, where known.
    """
    for span in spans_of(positions, world.places):
        part = positions.take(span)
        if kinds[part.craft_ids[part.craft[0]]] == "aircraft":
            yield from map(findings.of_leg, detect_legs(part, world.load_airports(), aircraft))
        else:
            yield from _of_vessel(part, world)
        yield from map(findings.of_spoofing, detect_spoofing(part))


def analyse_silences(positions: Positions, ends_open: Sequence[str]) -> Iterator[Finding]:
    """Gaps of craft in order, and for those whose track ends there the silence since.

    That one is kept however short it is, for it grows without any fix: whoever reads activities
    asks how long it has lasted.
    """
    # Its end is far off, so that it is a gap already.
    last = float(np.max(positions.time_s, initial=0)) + GapOptions().min_hours * 3600
    for found in detect_gaps(positions, until_s=last):
        if found.end_at is not None or found.craft_id in ends_open:
            yield findings.of_gap(found)


def analyse_company(
    positions: Positions, ship_types: Mapping[str, int], world: World
) -> Iterator[Finding]:
    """Meetings and candidates for transfers among vessels in order."""
    yield from map(findings.of_meeting, detect_meetings(positions, places=world.places))
    yield from map(findings.of_transfer, detect_transfers(positions, world.zones, ship_types))


def _of_vessel(span: Positions, world: World) -> Iterator[Finding]:
    yield from map(findings.of_stop, detect_stops(span))
    for visit in detect_visits(span, world.places):
        yield findings.of_visit(visit, world.places)
    yield from map(findings.of_loitering, detect_loitering(span, world.load_shore()))
    hulls = detect_segments(span).segments
    if len({one.hull for one in hulls} - {LONE}) > 1:
        yield from map(findings.of_segment, hulls)
