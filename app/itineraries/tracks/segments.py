"""Segments: the fixes of one identity split into the hulls that used it.

After the segmenter of SkyTruth and Global Fishing Watch (gpsdio-segment): a fix goes on with an open
segment when it is at most 8 hours and 25 kn (over the time and a quarter of an hour) away from the
segment's end; of several, with the one whose course and speed (those of its last fixes, where none
are sent) lead nearest to it. Segments are then joined into hulls: one goes on with the hull that could
have come from its end, or begins a new one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from app.itineraries.tracks.geometry import EARTH_RADIUS_KM, KM_PER_NM, haversine_km
from app.itineraries.tracks.positions import Codes, Floats, Positions

METHOD = "segment"
METHOD_VERSION = "2"
LONE = 0
"""The hull of a single fix that fits no other fix: an error of position, or a craft heard once."""
_MAX_STEPS_BACK = 16


@dataclass(frozen=True, slots=True)
class SegmentOptions:
    """The most a hull may do between two fixes."""

    max_hours: float = 8
    max_speed_kn: float = 25
    padding_hours: float = 0.25


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of fixes of one hull (1, 2, … within the craft, in order of appearance; 0 a lone fix)."""

    craft_id: str
    hull: int
    start_at: float
    end_at: float
    fixes: int


@dataclass(frozen=True, slots=True)
class Segmentation:
    """Segments by craft and start, and for each fix its hull and its segment's place in the list."""

    segments: Sequence[Segment]
    hull: Codes
    segment: Codes


def detect_segments(
    positions: Positions, options: SegmentOptions = SegmentOptions()
) -> Segmentation:
    """Segments of positions by craft and time; fixes of equal craft and time may all be kept."""
    count = len(positions)
    hull, segment = np.zeros(count, dtype=np.int32), np.zeros(count, dtype=np.int32)
    possible = _possible_steps(positions, options)
    silent = np.diff(positions.time_s) > options.max_hours * 3600
    segments: list[Segment] = []
    for craft_id, rows in positions.by_craft():
        steps = slice(rows.start, rows.stop - 1)
        if possible[steps].all():
            own = np.append(0, np.cumsum(silent[steps]))
            hulls = np.ones(int(own[-1]) + 1, dtype=np.int32)
        else:
            track = _Track(positions.take(rows), options)
            own, hulls = track.split()
        segment[rows] = own + len(segments)
        hull[rows] = hulls[own]
        segments += _described(craft_id, positions.time_s[rows], own, hulls)
    return Segmentation(segments, hull, segment)


def _described(craft_id: str, time_s: Floats, own: Codes, hulls: Codes) -> list[Segment]:
    order = np.argsort(own, kind="stable")
    bounds = np.append(np.flatnonzero(np.diff(own[order])) + 1, len(own)).tolist()
    found, begin = [], 0
    for number, end in enumerate(bounds):
        first, last = time_s[order[begin]], time_s[order[end - 1]]
        found.append(Segment(craft_id, int(hulls[number]), float(first), float(last), end - begin))
        begin = end
    return found


def _possible_steps(positions: Positions, options: SegmentOptions) -> "np.typing.NDArray[np.bool_]":
    """Whether one hull could do each step between successive fixes."""
    km = haversine_km(positions.lat[:-1], positions.lon[:-1], positions.lat[1:], positions.lon[1:])
    hours = np.diff(positions.time_s) / 3600 + options.padding_hours
    return np.asarray(km <= options.max_speed_kn * KM_PER_NM * hours)


@dataclass(slots=True)
class _Track:
    """One craft's fixes as plain numbers, for the loop over fixes of which each depends on the last."""

    positions: Positions
    options: SegmentOptions
    _fixes: list[tuple[float, float, float, float, float]] = field(init=False)
    _earlier: list[int] = field(init=False)
    """For each fix the one before it in its segment; the fix itself where there is none."""

    def __post_init__(self) -> None:
        p = self.positions
        self._fixes = list(
            zip(
                p.time_s.tolist(), np.radians(p.lat).tolist(), np.radians(p.lon).tolist(),
                p.speed_kn.tolist(), np.radians(p.course_deg).tolist(), strict=True,
            )
        )  # fmt: skip
        self._earlier = list(range(len(p)))

    def split(self) -> tuple[Codes, Codes]:
        """The segment of each fix, and the hull of each segment."""
        own: list[int] = []
        ends: list[int] = []
        begins: list[int] = []
        open_segments: list[int] = []
        longest_s = self.options.max_hours * 3600
        for row, fix in enumerate(self._fixes):
            open_segments = [
                s for s in open_segments if fix[0] - self._fixes[ends[s]][0] <= longest_s
            ]
            fitting = [s for s in open_segments if self._possible(ends[s], row)]
            if fitting:
                chosen = min(fitting, key=lambda s: self._discrepancy_km(ends[s], row))
                self._earlier[row], ends[chosen] = ends[chosen], row
            else:
                chosen = len(ends)
                begins.append(row)
                ends.append(row)
                open_segments.append(chosen)
            own.append(chosen)
        return np.array(own, dtype=np.int32), self._hulls(begins, ends)

    def _hulls(self, begins: list[int], ends: list[int]) -> Codes:
        """Join segments, in order of their beginnings, to hulls that have ended and could be there."""
        last: list[int] = []
        members: list[list[int]] = []
        for number, (begin, end) in enumerate(zip(begins, ends, strict=True)):
            fitting = [
                hull for hull, row in enumerate(last) if row < begin and self._possible(row, begin)
            ]
            if fitting:
                hull = min(
                    fitting, key=lambda h: self._km(self._fixes[last[h]], self._fixes[begin])
                )
                last[hull] = end
                members[hull].append(number)
            else:
                last.append(end)
                members.append([number])
        hulls = np.zeros(len(begins), dtype=np.int32)
        number = 0
        for segments in members:
            lone = len(segments) == 1 and begins[segments[0]] == ends[segments[0]]
            if lone and len(self._fixes) > 1:
                hulls[segments] = LONE
            else:
                number += 1
                hulls[segments] = number
        return hulls

    def _possible(self, before: int, after: int) -> bool:
        first, then = self._fixes[before], self._fixes[after]
        hours = (then[0] - first[0]) / 3600 + self.options.padding_hours
        return self._km(first, then) <= self.options.max_speed_kn * KM_PER_NM * hours

    def _discrepancy_km(self, before: int, after: int) -> float:
        """From where course and speed lead, by dead reckoning, to where the fix is."""
        first, then = self._fixes[before], self._fixes[after]
        time_s, lat, lon, speed_kn, course = first
        arc = speed_kn * KM_PER_NM * (then[0] - time_s) / 3600 / EARTH_RADIUS_KM
        if math.isnan(arc) or math.isnan(course):
            arc, course = self._way_on(before, then[0] - time_s)
        ahead = math.asin(
            math.sin(lat) * math.cos(arc) + math.cos(lat) * math.sin(arc) * math.cos(course)
        )
        east = math.atan2(
            math.sin(course) * math.sin(arc) * math.cos(lat),
            math.cos(arc) - math.sin(lat) * math.sin(ahead),
        )
        return self._km((time_s, ahead, lon + east, 0, 0), then)

    def _way_on(self, before: int, seconds: float) -> tuple[float, float]:
        """How far (as an angle) and where to a segment moves on in a time, by its way over as long."""
        last, row = self._fixes[before], before
        for _ in range(_MAX_STEPS_BACK):
            row = self._earlier[row]
            if last[0] - self._fixes[row][0] >= seconds:
                break
        time_s, lat, lon, *_ = self._fixes[row]
        if time_s == last[0]:
            return 0.0, 0.0
        arc = self._km(self._fixes[row], last) / EARTH_RADIUS_KM
        # The course at the end of the way: opposite to the one back.
        back = math.atan2(
            math.sin(lon - last[2]) * math.cos(lat),
            math.cos(last[1]) * math.sin(lat)
            - math.sin(last[1]) * math.cos(lat) * math.cos(lon - last[2]),
        )
        return arc * seconds / (last[0] - time_s), back + math.pi

    @staticmethod
    def _km(
        first: tuple[float, float, float, float, float],
        then: tuple[float, float, float, float, float],
    ) -> float:
        half_lat, half_lon = math.sin((then[1] - first[1]) / 2), math.sin((then[2] - first[2]) / 2)
        chord = half_lat**2 + math.cos(first[1]) * math.cos(then[1]) * half_lon**2
        return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))
