"""Intervals in which the positions sent cannot all be true."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from app.itineraries.tracks.circles import CircleOptions, circles_of
from app.itineraries.tracks.geometry import KM_PER_NM, chord_of, haversine_km, unit_vectors
from app.itineraries.tracks.heard import heard
from app.itineraries.tracks.jumps import (
    MAX_AIRCRAFT_KN,
    MAX_VESSEL_KN,
    MIN_JUMP_KM,
    Steps,
    is_aircraft,
    jumps_of,
    steps_of,
)
from app.itineraries.tracks.positions import Floats, Positions

METHOD = "spoofing"
METHOD_VERSION = "1"

SpoofingCheck = Literal["implied_speed", "speed_altitude", "circle", "common_place"]

# The most that an aircraft does over ground, in knots, at so many feet: jets keep below 250 under
# 10,000 ft; a strong wind and a military one are allowed for.
_ALTITUDES_FT = (0.0, 3_000.0, 10_000.0, 25_000.0, 60_000.0)
_FASTEST_KN = (350.0, 450.0, 600.0, 750.0, 900.0)
_CEILING_FT = 70_000.0
# A jet stalls at 200 knots and more up there, and the strongest wind takes 200 off the rest.
_JET_KN = 300.0
_SLOW_ALTITUDES_FT = (15_000.0, 25_000.0)
_SLOWEST_KN = (0.0, 120.0)
_MAX_NAMED = 50
_MANY = 2_000


@dataclass(frozen=True, slots=True)
class Spoofing:
    """An interval of one craft with what speaks against its positions.

    `evidence` holds figures and the craft involved, by name; times are epoch seconds UTC; the place
    is that of the first doubtful fix.
    """

    craft_id: str
    start_at: float
    end_at: float
    check: SpoofingCheck
    fixes: int
    lat: float
    lon: float
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SpoofingOptions:
    """Limits past which positions are doubted.

    A speed that does not go with the altitude is doubted when it lasts for `altitude_seconds`;
    `common_craft` craft or more that jump to within `common_km` of one another within
    `common_minutes` make a common place; without it (None) that is not looked for.
    """

    max_vessel_speed_kn: float = MAX_VESSEL_KN
    max_aircraft_speed_kn: float = MAX_AIRCRAFT_KN
    min_jump_km: float = MIN_JUMP_KM
    altitude_seconds: float = 60.0
    common_km: float = 5.0
    common_minutes: float = 60.0
    common_craft: int | None = 3
    circles: CircleOptions = field(default_factory=CircleOptions)


@dataclass(frozen=True, slots=True)
class _Landing:
    """Where a craft jumped to."""

    craft_id: str
    time_s: float
    lat: float
    lon: float


def detect_spoofing(
    positions: Positions, options: SpoofingOptions = SpoofingOptions()
) -> list[Spoofing]:
    """Doubtful intervals of every craft, by craft, time and check, for positions in order."""
    found: list[Spoofing] = []
    landings: list[_Landing] = []
    for craft_id, rows in positions.by_craft():
        track = heard(positions.take(rows))
        if len(track) < 2:
            continue
        flies = is_aircraft(track, craft_id)
        max_kn = options.max_aircraft_speed_kn if flies else options.max_vessel_speed_kn
        steps = steps_of(track)
        jumps = jumps_of(steps, max_kn, options.min_jump_km)
        landings += [
            _Landing(
                craft_id,
                float(track.time_s[row]),
                float(track.lat[row]),
                float(track.lon[row]),
            )
            for row in (jumps + 1).tolist()
        ]
        found += _jumped(craft_id, track, steps, jumps, max_kn)
        if flies:
            found += _speed_against_altitude(craft_id, track, options)
        else:
            found += _circling(craft_id, track, options)
    found += _common_places(landings, options)
    return sorted(found, key=lambda one: (one.craft_id, one.start_at, one.check, one.end_at))


def _jumped(
    craft_id: str, track: Positions, steps: Steps, jumps: NDArray[np.intp], max_kn: float
) -> Iterator[Spoofing]:
    """Stretches that a craft jumped to and back from; a jump without a way back by itself."""
    row = 0
    while row < len(jumps):
        out = int(jumps[row])
        back = _way_back(track, out, jumps[row + 1 :], max_kn)
        if back is None:
            first, last, used = out, out + 1, 1
        else:
            first, last = out + 1, back
            used = int(np.searchsorted(jumps, back, side="right")) - row
        taken = jumps[row : row + used]
        yield Spoofing(
            craft_id,
            float(track.time_s[first]),
            float(track.time_s[last]),
            "implied_speed",
            last - first + 1,
            float(track.lat[out + 1]),
            float(track.lon[out + 1]),
            {
                "implied_speed_kn": round(float(steps.speed_kn[taken].max()), 1),
                "distance_km": round(float(steps.km[taken].max()), 2),
                "max_speed_kn": max_kn,
                "jumps": used,
                "returned": back is not None,
            },
        )
        row += used


def _way_back(track: Positions, out: int, later: NDArray[np.intp], max_kn: float) -> int | None:
    """The last row of the stretch after a jump, if the craft then goes on from where it was."""
    rows = later[:_MAX_NAMED]
    here = np.full(len(rows), track.lat[out]), np.full(len(rows), track.lon[out])
    km = haversine_km(*here, track.lat[rows + 1], track.lon[rows + 1])
    hours = (track.time_s[rows + 1] - track.time_s[out]) / 3600
    possible = np.flatnonzero(km <= max_kn * KM_PER_NM * hours)
    return int(rows[possible[0]]) if len(possible) else None


def _speed_against_altitude(
    craft_id: str, track: Positions, options: SpoofingOptions
) -> Iterator[Spoofing]:
    """Stretches faster than anything flies at its height, or slower than a jet can up there."""
    fastest = np.interp(track.altitude_ft, _ALTITUDES_FT, _FASTEST_KN)
    known = track.speed_kn[~np.isnan(track.speed_kn)]
    jet = len(known) > 0 and float(np.quantile(known, 0.95)) > _JET_KN
    slowest = np.interp(track.altitude_ft, _SLOW_ALTITUDES_FT, _SLOWEST_KN) if jet else 0.0
    over, under = track.speed_kn - fastest, slowest - track.speed_kn
    rows = np.flatnonzero((over > 0) | (under > 0) | (track.altitude_ft > _CEILING_FT))
    apart = np.flatnonzero(np.diff(track.time_s[rows]) > options.altitude_seconds) + 1
    for part in np.split(rows, apart) if len(rows) else ():
        start, end = int(part[0]), int(part[-1])
        if track.time_s[end] - track.time_s[start] < options.altitude_seconds or _leaps(
            track, start
        ):
            continue
        excess = np.nan_to_num(np.maximum(over, under)[part], nan=-np.inf)
        worst = int(part[np.argmax(excess)])
        yield Spoofing(
            craft_id,
            float(track.time_s[start]),
            float(track.time_s[end]),
            "speed_altitude",
            len(part),
            float(track.lat[start]),
            float(track.lon[start]),
            {
                "speed_kn": _known(track.speed_kn[worst]),
                "altitude_ft": _known(track.altitude_ft[worst]),
                "slowest_kn": _known(np.broadcast_to(slowest, len(track))[worst]),
                "fastest_kn": _known(fastest[worst]),
            },
        )


def _leaps(track: Positions, row: int) -> bool:
    """Whether the altitude of a fix is an error of its own: thousands of feet off the one before."""
    if not row:
        return False
    climbed = abs(track.altitude_ft[row] - track.altitude_ft[row - 1])
    return bool(climbed > 5_000 and track.time_s[row] - track.time_s[row - 1] < 120)


def _circling(craft_id: str, track: Positions, options: SpoofingOptions) -> Iterator[Spoofing]:
    for circle in circles_of(track, options.circles):
        yield Spoofing(
            craft_id,
            float(track.time_s[circle.start]),
            float(track.time_s[circle.end]),
            "circle",
            circle.end - circle.start + 1,
            float(track.lat[circle.start]),
            float(track.lon[circle.start]),
            {
                "radius_km": round(circle.radius_km, 3),
                "rounds": round(circle.rounds, 1),
                "spread": round(circle.spread, 3),
                "centre": {"lat": round(circle.lat, 5), "lon": round(circle.lon, 5)},
            },
        )


def _common_places(landings: Sequence[_Landing], options: SpoofingOptions) -> Iterator[Spoofing]:
    """Places that several craft jump to at about the same time: for each craft its first and last."""
    if not landings or options.common_craft is None:
        return
    lat, lon, time_s = (
        np.array([getattr(one, name) for one in landings]) for name in ("lat", "lon", "time_s")
    )
    # Space and time in one tree: an hour weighs as much as the distance allowed.
    chord = chord_of(options.common_km)
    scaled = (time_s - time_s.min()) / (options.common_minutes * 60) * chord
    links = _links(np.column_stack((unit_vectors(lat, lon), scaled)), chord)
    group = _joined(len(landings), links)
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(rows) < options.common_craft:
            continue
        members = [landings[row] for row in rows.tolist()]
        craft_ids = sorted({one.craft_id for one in members})
        if len(craft_ids) < options.common_craft:
            continue
        for craft_id in craft_ids:
            own = sorted((one for one in members if one.craft_id == craft_id), key=_moment)
            yield Spoofing(
                craft_id,
                own[0].time_s,
                own[-1].time_s,
                "common_place",
                len(own),
                own[0].lat,
                own[0].lon,
                {"craft": len(craft_ids), "craft_ids": craft_ids[:_MAX_NAMED]},
            )


def _links(points: Floats, reach: float) -> NDArray[np.intp]:
    """Pairs that lead from each point to whatever is within reach of it, over others if need be.

    Of many, all in one box are linked by the first there, and boxes by these: each with each would
    not fit into memory.
    """
    if len(points) <= _MANY:
        return np.asarray(KDTree(points).query_pairs(reach, output_type="ndarray"))
    boxes = np.floor(points / (reach / 2)).astype(np.int64)  # with a diagonal as long as the reach
    _, first, box = np.unique(boxes, axis=0, return_index=True, return_inverse=True)
    within = np.column_stack((first[box.ravel()], np.arange(len(points))))
    between = first[KDTree(points[first]).query_pairs(reach, output_type="ndarray")]
    return np.concatenate((within, between))


def _joined(count: int, pairs: NDArray[np.intp]) -> NDArray[np.int32]:
    """The group of each of so many things, those of a pair being in one group."""
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1])


def _moment(landing: _Landing) -> float:
    return landing.time_s


def _known(value: Floats | np.float64) -> float | None:
    return round(float(value), 1) if np.isfinite(value) else None
