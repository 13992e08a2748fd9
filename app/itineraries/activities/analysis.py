"""Runs every analysis over spans of tracks; pure, so that the same fixes give the same activities."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from app.itineraries.activities import findings
from app.itineraries.activities.findings import Finding
from app.itineraries.activities.spans import spans_of
from app.itineraries.tracks.airports import Airports
from app.itineraries.tracks.gaps import GapOptions, detect_gaps
from app.itineraries.tracks.legs import detect_legs
from app.itineraries.tracks.loitering import detect_loitering
from app.itineraries.tracks.meetings import MAX_CROWD
from app.itineraries.tracks.near_shore import Zone
from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.segments import LONE, detect_segments
from app.itineraries.tracks.shore import Shore
from app.itineraries.tracks.spoofing import SpoofingOptions, detect_spoofing
from app.itineraries.tracks.stops import detect_stops
from app.itineraries.tracks.visits import detect_visits

_MARK = "\n"  # between a craft's key and the number of a span


@dataclass(frozen=True, slots=True)
class World:
    """What positions are held against; of more than `max_crowd` craft at one place none meets."""

    places: Places
    zones: Sequence[Zone]
    load_shore: Callable[[], Shore]
    load_airports: Callable[[], Airports]
    max_crowd: int = MAX_CROWD


def analyse_craft(
    positions: Positions, kinds: Mapping[str, str], aircraft: Mapping[str, str], world: World
) -> Iterator[Finding]:
    """What each craft did by itself, span by span.

    Args:
        kinds: aircraft, vessel or unknown by craft id.
        aircraft: ICAO type designators by craft id, where known.
    """
    if len(positions) == 0:
        return
    spans = _spans_as_craft(positions, world.places)
    keys = [span_id.partition(_MARK)[0] for span_id in spans.craft_ids]
    flies = np.array([kinds[key] == "aircraft" for key in keys])[spans.craft]
    afloat, aloft = spans.take(~flies), spans.take(flies)
    found: list[Finding] = []
    if len(afloat):
        found += _of_vessels(afloat, world)
    if len(aloft):
        types = {
            span_id: aircraft[key]
            for span_id, key in zip(spans.craft_ids, keys, strict=True)
            if key in aircraft
        }
        found += map(findings.of_leg, detect_legs(aloft, world.load_airports(), types))
    # Of craft that jump to one place, the others may be in another batch.
    found += map(findings.of_spoofing, detect_spoofing(spans, SpoofingOptions(common_craft=None)))
    for one in found:
        yield replace(one, craft_ids=(one.craft_ids[0].partition(_MARK)[0],))


def analyse_silences(positions: Positions, ends_open: Set[str]) -> Iterator[Finding]:
    """Gaps of craft in order, and for those whose track ends there the silence since.

    That one is kept however short it is, for it grows without any fix: whoever reads activities
    asks how long it has lasted.
    """
    # Its end is far off, so that it is a gap already.
    last = float(np.max(positions.time_s, initial=0)) + GapOptions().min_hours * 3600
    # What was heard of others meanwhile is told when a gap is read.
    for found in detect_gaps(positions, GapOptions(cell_deg=None), last):
        if found.end_at is not None or found.craft_id in ends_open:
            yield findings.of_gap(found)


def _spans_as_craft(positions: Positions, places: Places) -> Positions:
    """The same fixes with each span as a craft of its own, so that no analysis sees beyond it."""
    spans = spans_of(positions, places)
    lengths = [span.stop - span.start for span in spans]
    return replace(
        positions,
        craft_ids=[
            f"{positions.craft_ids[positions.craft[span.start]]}{_MARK}{number}"
            for number, span in enumerate(spans)
        ],
        craft=np.repeat(np.arange(len(spans), dtype=np.int32), lengths),
    )


def _of_vessels(spans: Positions, world: World) -> Iterator[Finding]:
    yield from map(findings.of_stop, detect_stops(spans))
    for visit in detect_visits(spans, world.places):
        yield findings.of_visit(visit, world.places)
    yield from map(findings.of_loitering, detect_loitering(spans, world.load_shore()))
    for _, segments in groupby(detect_segments(spans).segments, lambda one: one.craft_id):
        hulls = list(segments)
        if len({one.hull for one in hulls} - {LONE}) > 1:
            yield from map(findings.of_segment, hulls)
