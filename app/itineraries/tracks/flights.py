"""Which fixes of an aircraft are on the ground, and where one flight ends and the next begins."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.airports import Airports
from app.itineraries.tracks.geometry import KM_PER_NM, haversine_km
from app.itineraries.tracks.positions import UNKNOWN, Floats, Positions

Mask = NDArray[np.bool_]

HIGHEST_FIELD_FT = 15_000.0
"""No airfield lies higher: a "ground" flag above it is an error."""
FASTEST_ON_GROUND_KN = 250.0
SLOW_KN = 40.0
STILL_KN = 5.0
"""Made good under it, a craft stands whatever speed it sends; over it, its last place may be an old one."""
ROLL_FT = 100.0
"""The slope of a runway and the steps in which altitudes are sent."""
ROLL_SILENCE_S = 30.0
FIELD_KM = 6.0
"""Half the length of a large airfield, and some."""
PRESSURE_FT = 1_200.0
"""Barometric altitudes are off by as much when the pressure is far from standard."""


@dataclass(frozen=True, slots=True)
class FlightOptions:
    """How flights are told apart.

    `readsb` (the rule of readsb's globe_index): on the ground with a silence of 25 minutes or for
    a minute between two flights; or a major climb after a major descent with a silence of 5
    minutes between them, below 20,000 ft. `opdi` (Open Performance Data Initiative): a silence of
    30 minutes or another callsign.

    A silence of `lost_minutes` in the air ends a flight too, when the craft came less than a third
    as far in it as it flies.
    """

    rule: Literal["readsb", "opdi"] = "readsb"
    ground_silence_minutes: float = 25.0
    ground_stay_minutes: float = 1.0
    turn_silence_minutes: float = 5.0
    turn_ceiling_ft: float = 20_000.0
    opdi_silence_minutes: float = 30.0
    lost_minutes: float = 60.0


def on_ground(track: Positions, airports: Airports) -> Mask:
    """Which fixes of one craft are on the ground.

    As sent, but for flags that cannot be true (fast, or higher than any field). Where none was
    sent: slow at an airfield and its height, within 200 ft of the lowest altitude of the quarter
    hours around, and the roll before and after, as long as the altitude stays that of the ground.
    """
    sent = track.on_ground == 1
    sent &= ~(track.speed_kn > FASTEST_ON_GROUND_KN) & ~(track.altitude_ft > HIGHEST_FIELD_FT)
    ground = np.asarray(sent if sent.any() else _slow_and_low(track, airports))
    for start, end in runs_of(~ground):
        inside = start > 0 and end < len(track)
        if inside and not _flies(track.take(slice(start, end))):
            ground[start:end] = True
    return ground


def split_flights(track: Positions, ground: Mask, options: FlightOptions) -> list[slice]:
    """The rows of each flight of one craft; what never leaves the ground is in none."""
    cuts = _opdi_cuts(track, options) if options.rule == "opdi" else _cuts(track, ground, options)
    bounds = [0, *sorted(cuts), len(track)]
    pieces = [slice(a, b) for a, b in pairwise(bounds) if b > a]
    return [
        piece
        for piece in pieces
        if _flies(track.take(np.flatnonzero(~ground[piece]) + piece.start))
    ]


def _opdi_cuts(track: Positions, options: FlightOptions) -> set[int]:
    silent = np.diff(track.time_s) > options.opdi_silence_minutes * 60
    known = np.flatnonzero(track.callsign != UNKNOWN)
    changed = known[1:][np.diff(track.callsign[known]) != 0]
    return set((np.flatnonzero(silent) + 1).tolist()) | set(changed.tolist())


def _cuts(track: Positions, ground: Mask, options: FlightOptions) -> set[int]:
    silence_s = np.diff(track.time_s)
    at_ground = ground[:-1] | ground[1:]
    cuts = np.flatnonzero(at_ground & (silence_s > options.ground_silence_minutes * 60)) + 1
    found = set(cuts.tolist())
    for start, end in runs_of(ground):
        stayed_s = track.time_s[end - 1] - track.time_s[start]
        if start > 0 and end < len(track) and stayed_s >= options.ground_stay_minutes * 60:
            found.add(start + int(np.argmax(silence_s[start : end - 1])) + 1)
    implied_kn, usual_kn = _pace(track)
    low = ~(track.altitude_ft[1:] > options.turn_ceiling_ft) | ground[1:]
    turned = (silence_s > options.turn_silence_minutes * 60) & low & (implied_kn < 0.7 * usual_kn)
    for start, end in _troughs(track.altitude_ft, ground):
        quiet = np.flatnonzero(turned[start:end])
        if len(quiet):
            found.add(start + int(quiet[np.argmax(silence_s[start:end][quiet])]) + 1)
    lost = (silence_s > options.lost_minutes * 60) & (implied_kn < usual_kn / 3)
    return found | set((np.flatnonzero(lost) + 1).tolist())


def _pace(track: Positions) -> tuple[Floats, Floats]:
    """Knots made good between neighbouring fixes, and the craft's usual speed in the air."""
    km = haversine_km(track.lat[:-1], track.lon[:-1], track.lat[1:], track.lon[1:])
    hours = np.maximum(np.diff(track.time_s), 1) / 3600
    implied = km / KM_PER_NM / hours
    flying = track.speed_kn[track.speed_kn > SLOW_KN]
    usual = float(np.median(flying)) if len(flying) else 100.0
    sent = np.fmax(track.speed_kn[:-1], track.speed_kn[1:])
    return implied, np.where(sent > SLOW_KN, np.minimum(sent, usual), usual)


def _troughs(altitude_ft: Floats, ground: Mask) -> list[tuple[int, int]]:
    """Spans from the fix that completes a major descent to the fix that completes a major climb.

    Major is a third of the mean altitude, within 200 and 2,500 ft.
    """
    rows = np.flatnonzero(~np.isnan(altitude_ft) & ~ground)
    if not len(rows):
        return []
    major = float(np.clip(np.mean(altitude_ft[rows]) / 3, 200, 2_500))
    moved = np.append(True, np.diff(altitude_ft[rows]) != 0)
    spans: list[tuple[int, int]] = []
    high = low = float(altitude_ft[rows[0]])
    descended: int | None = None
    for row, altitude in zip(rows[moved].tolist(), altitude_ft[rows[moved]].tolist(), strict=True):
        if descended is None:
            high = max(high, altitude)
            if altitude <= high - major:
                descended, low = row, altitude
        else:
            low = min(low, altitude)
            if altitude >= low + major:
                spans.append((descended, row))
                descended, high = None, altitude
    return spans


def _slow_and_low(track: Positions, airports: Airports) -> Mask:
    """Ground told by speed over ground and altitude alone; a speed may be sent on after it ended."""
    ground = np.zeros(len(track), dtype=np.bool_)
    made_good = _made_good_kn(track)
    moves = ~np.isnan(track.speed_kn) & (made_good > STILL_KN)
    speed = np.where(moves, track.speed_kn, np.fmin(track.speed_kn, made_good))
    time_s, altitude = track.time_s, track.altitude_ft
    for first, last in runs_of((speed < SLOW_KN) & ~np.isnan(altitude)):
        around = np.searchsorted(time_s, [time_s[first] - 900, time_s[last - 1] + 900])
        level = float(np.median(altitude[first:last]))
        lowest = np.nanmin(altitude[slice(*around)])
        if level > lowest + 200 or not _at_field(track, first, level, airports):
            continue
        start, end = first, last
        while start > 0 and _rolls(time_s, altitude, level, start - 1, start):
            start -= 1
        while end < len(track) and _rolls(time_s, altitude, level, end, end - 1):
            end += 1
        ground[start:end] = True
    return ground


def _at_field(track: Positions, row: int, level_ft: float, airports: Airports) -> bool:
    """Whether a fix lies at an airfield and its altitude can be that of the field.

    Some trackers write an altitude of 0 for the ground, however high it lies.
    """
    fields = airports.near(float(track.lat[row]), float(track.lon[row]), FIELD_KM)
    return any(
        level_ft == 0 or abs(level_ft - airport.elevation_ft) <= PRESSURE_FT
        for airport, _ in fields
    )


def _rolls(time_s: Floats, altitude_ft: Floats, level: float, row: int, beside: int) -> bool:
    """Whether a fix beside one on the ground is on it too: at once, and no higher."""
    soon = abs(time_s[row] - time_s[beside]) <= ROLL_SILENCE_S
    return bool(soon and abs(altitude_ft[row] - level) <= ROLL_FT)


def _made_good_kn(track: Positions) -> Floats:
    """Knots made good from each fix to the next that comes ten seconds later or more."""
    later = np.minimum(np.searchsorted(track.time_s, track.time_s + 10), len(track) - 1)
    km = haversine_km(track.lat, track.lon, track.lat[later], track.lon[later])
    seconds = track.time_s[later] - track.time_s
    with np.errstate(divide="ignore", invalid="ignore"):
        knots = km / KM_PER_NM / (seconds / 3600)
    return np.where(seconds > 0, knots, np.nan)


def _flies(track: Positions) -> bool:
    """Whether these fixes, none of them on the ground, are of a flight and not of a parked craft."""
    if len(track) < 2:
        return False
    count = len(track)
    start = np.full(count, track.lat[0]), np.full(count, track.lon[0])
    if float(haversine_km(*start, track.lat, track.lon).max()) < 0.5:
        return False
    altitudes = track.altitude_ft[~np.isnan(track.altitude_ft)]
    rose = len(altitudes) > 0 and float(np.ptp(altitudes)) >= 300
    return rose or bool(np.any(track.speed_kn > 60))


def runs_of(mask: Mask) -> list[tuple[int, int]]:
    """Start and end (exclusive) of every stretch that is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
