"""Meetings of some craft with whoever was near them, sought in slices of time.

A slice holds so many fixes and not more, however crowded it is; of each only the contacts stay.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from app.itineraries.activities import findings
from app.itineraries.activities.crowds import CrowdTime, Keys, Mask, Runs, keys_of, runs_of
from app.itineraries.activities.findings import Finding
from app.itineraries.activities.spans import Scope
from app.itineraries.positions.writer import PERIOD_S
from app.itineraries.tracks import meetings, near_shore
from app.itineraries.tracks.contacts import (
    Contacts,
    Gridded,
    TooMuchError,
    find_contacts,
    join_contacts,
)
from app.itineraries.tracks.geometry import chord_of, unit_vectors
from app.itineraries.tracks.meetings import MAX_CROWD, MeetingOptions, max_way_km, meetings_of
from app.itineraries.tracks.near_shore import (
    GRID_MINUTES,
    MAX_INTERPOLATION_MINUTES,
    Zone,
    inside_any,
    search_of,
    transfers_of,
)
from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Floats, Positions

# So many fixes and steps of the grid at once: about 100 MB.
_AT_ONCE = 600_000
_STEPS_A_PERIOD = PERIOD_S / 60 / GRID_MINUTES
_STEPS_A_FIX = MAX_INTERPOLATION_MINUTES / GRID_MINUTES
_SHORTEST_S = 900.0
# About 300 MB; a batch of craft that has more is halved.
_MOST_CONTACTS = 4_000_000
# What the ways within a slice hang on: no way is interpolated for longer, and one step of the grid.
MARGIN_S = 2 * 3600.0
# Where a craft is told to be, one of its fixes of the same period lies no farther off than a way is
# long; who is beside it, or in one box with it, no farther than this.
WAY_KM = max_way_km(MAX_INTERPOLATION_MINUTES)
BESIDE_KM = 0.5
# So the fixes of two that meet, or of two that share a box with whom one of them meets.
REACH_KM = 2 * (WAY_KM + BESIDE_KM)


@dataclass(frozen=True, slots=True)
class Window:
    """When a craft was near others: whole periods, the last included, and its fixes in them."""

    craft_id: int
    first: int
    last: int
    fixes: int

    @property
    def start_s(self) -> float:
        """A period early: what is near in time may be joined to a meeting."""
        return (self.first - 1) * float(PERIOD_S)

    @property
    def until_s(self) -> float:
        """A period late."""
        return (self.last + 2) * float(PERIOD_S)


def slices(windows: Sequence[Window]) -> Iterator[tuple[float, float]]:
    """The time of windows in stretches of about as many fixes as are held at once."""
    if not windows:
        return
    first = np.array([window.first for window in windows]) - 1
    last = np.array([window.last for window in windows]) + 1
    fixes = np.array([window.fixes for window in windows])
    load = np.zeros(last.max() - first.min() + 2)
    a_period = fixes / (last - first + 1)
    each = a_period + np.minimum(a_period * _STEPS_A_FIX, _STEPS_A_PERIOD)
    np.add.at(load, first - first.min(), each)
    np.add.at(load, last + 1 - first.min(), -each)
    begin, held = int(first.min()), 0.0
    for period, more in enumerate(np.cumsum(load)[:-1].tolist(), int(first.min())):
        if held and held + more > _AT_ONCE:
            yield begin * float(PERIOD_S), period * float(PERIOD_S)
            begin, held = period, 0.0
        held += more
        if held > _AT_ONCE:  # one period is too much by itself
            parts = min(int(held // _AT_ONCE) + 1, int(PERIOD_S / _SHORTEST_S))
            bounds = np.linspace(period, period + 1, parts + 1) * PERIOD_S
            yield from zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
            begin, held = period + 1, 0.0
    if held:
        yield begin * float(PERIOD_S), (int(last.max()) + 1) * float(PERIOD_S)


def within(windows: Sequence[Window], start_s: float, until_s: float) -> list[Window]:
    """The windows that reach into a stretch of time."""
    return [one for one in windows if one.start_s < until_s and one.until_s > start_s]


@dataclass
class Company:
    """Contacts found so far, and who lay in crowds.

    Args:
        craft_ids: all craft that may be met, in order.
        scopes: of the craft that are sought.
        own: the fixes within these scopes.
        max_crowd: of so many and more at one place none meets.
    """

    craft_ids: Sequence[int]
    scopes: Sequence[Scope]
    own: Positions
    zones: Sequence[Zone]
    max_crowd: int = MAX_CROWD

    def __post_init__(self) -> None:
        count = len(self.craft_ids)
        self._start_s, self._until_s = np.full(count, np.inf), np.full(count, -np.inf)
        for scope in self.scopes:
            code = bisect_left(self.craft_ids, scope.craft_id)
            if code < count and self.craft_ids[code] == scope.craft_id:
                self._start_s[code], self._until_s[code] = scope.start_s, scope.until_s
        rules = {meetings.METHOD: MeetingOptions().search}
        if self.zones:
            rules[near_shore.METHOD] = search_of(self.zones)
        self._rules = {
            method: replace(rule, max_crowd=self.max_crowd) for method, rule in rules.items()
        }
        self._contacts: dict[str, list[Contacts]] = {method: [] for method in rules}
        self._crowds: dict[str, list[Keys]] = {method: [] for method in rules}
        self._unsettled: dict[int, tuple[float, float]] = {}

    def look(
        self, positions: Positions, start_s: float, until_s: float, told: Sequence[CrowdTime]
    ) -> None:
        """Seek contacts from one instant to before another; `positions` have ids of craft as text.

        Args:
            told: when these craft lay in crowds as far as was known when they were analysed.

        Raises:
            TooMuchError: there are more in all than fit into memory.
        """
        codes = np.searchsorted(self.craft_ids, [int(text) for text in positions.craft_ids])
        everyone = replace(positions, craft=codes.astype(np.int32)[positions.craft])
        for method, rule in self._rules.items():
            gridded = rule.grid(everyone, (start_s, until_s))
            time_s = gridded.step.astype(np.float64) * rule.grid_minutes * 60
            crowded = rule.crowded(gridded)
            sought = (time_s >= self._start_s[gridded.craft]) & (
                time_s <= self._until_s[gridded.craft]
            )
            keys = keys_of(gridded.craft, gridded.step)
            self._crowds[method].append(keys[crowded & sought])
            was_crowded = self._told(told, method).holds(keys)
            self._compare(gridded.take(~sought), time_s[~sought], crowded[~sought],
                          was_crowded[~sought])  # fmt: skip
            found = find_contacts(gridded.take(~crowded), rule.max_km, sought[~crowded])
            if method == near_shore.METHOD:
                found = inside_any(found, self.zones)
            self._contacts[method].append(found.alone())
        if sum(len(part) for parts in self._contacts.values() for part in parts) > _MOST_CONTACTS:
            raise TooMuchError("too many craft lie close together for long")

    def met(self) -> list[int]:
        """The craft that were in contact."""
        found = [part for parts in self._contacts.values() for part in parts]
        codes = [np.unique(contacts.gridded.craft) for contacts in found]
        met = np.unique(np.concatenate(codes)) if codes else np.zeros(0, dtype=np.intp)
        return [self.craft_ids[code] for code in met.tolist()]

    def crowd_times(self) -> Iterator[CrowdTime]:
        """When the craft that were sought lay in crowds."""
        for method, parts in self._crowds.items():
            step_s = self._rules[method].grid_minutes * 60
            for code, first, last in runs_of(parts):
                yield CrowdTime(self.craft_ids[code], method, first * step_s, last * step_s)

    def unsettled(self) -> Mapping[int, tuple[float, float]]:
        """From when to when others lay in crowds that are new, or in such that are none any more."""
        return self._unsettled

    def findings(
        self, keys: Mapping[int, str], ship_types: Mapping[str, int], places: Places
    ) -> Iterator[Finding]:
        """Meetings and candidates for transfers.

        Args:
            keys: of the craft met, by id.
            ship_types: AIS ship types by key, where known.
        """
        names = [keys.get(craft_id, "") for craft_id in self.craft_ids]
        contacts = {m: join_contacts(parts) for m, parts in self._contacts.items() if parts}
        if meetings.METHOD in contacts:
            found = meetings_of(names, contacts[meetings.METHOD], places=places)
            yield from map(findings.of_meeting, found)
        if near_shore.METHOD in contacts:
            near = contacts[near_shore.METHOD]
            yield from map(findings.of_transfer, transfers_of(names, near, self.zones, ship_types))

    def _told(self, told: Sequence[CrowdTime], method: str) -> Runs:
        step_s = self._rules[method].grid_minutes * 60
        own = [one for one in told if one.method == method]
        return Runs.of(
            np.searchsorted(self.craft_ids, [one.craft_id for one in own]),
            np.array([one.start_s for one in own]) / step_s,
            np.array([one.end_s for one in own]) / step_s,
        )

    def _compare(self, gridded: Gridded, time_s: Floats, crowded: Mask, was_crowded: Mask) -> None:
        """Note rows whose crowd came or went.

        A crowd that is seen is one. That it is none any more can be told only within reach of a fix
        of those who are sought: farther off, not all who may be part of it are looked at.
        """
        rows = np.flatnonzero(crowded != was_crowded)
        gone = ~crowded[rows]
        rows = rows[~gone | self._reached(gridded.points[rows], time_s[rows])]
        for code, at in zip(gridded.craft[rows].tolist(), time_s[rows].tolist(), strict=True):
            craft_id = self.craft_ids[code]
            first, last = self._unsettled.get(craft_id, (at, at))
            self._unsettled[craft_id] = min(first, at), max(last, at)

    def _reached(self, points: Floats, time_s: Floats) -> Mask:
        """Whether a craft that is sought has a fix in the same period, so near that it may have lain
        there at the moment given."""
        if len(points) == 0 or len(self.own) == 0:
            return np.zeros(len(points), dtype=np.bool_)
        distance, _ = self._tree.query(
            _in_periods(points, time_s), distance_upper_bound=chord_of(WAY_KM + BESIDE_KM)
        )
        return np.asarray(np.isfinite(distance))

    @cached_property
    def _tree(self) -> cKDTree:
        points = unit_vectors(self.own.lat, self.own.lon)
        return cKDTree(_in_periods(points, self.own.time_s), balanced_tree=False)


def _in_periods(points: Floats, time_s: Floats) -> Floats:
    """Points in a space where those of different periods are far apart."""
    return np.column_stack((points, np.floor(time_s / PERIOD_S) * 4))
