"""Meetings of some craft with whoever was near them, sought in slices of time.

A slice holds so many fixes and not more, however crowded it is; of each only the contacts stay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from app.itineraries.activities import findings
from app.itineraries.activities.findings import Finding
from app.itineraries.positions.writer import PERIOD_S
from app.itineraries.tracks.contacts import (
    Contacts,
    TooMuchError,
    join_contacts,
    search_contacts,
)
from app.itineraries.tracks.meetings import MeetingOptions, meetings_of
from app.itineraries.tracks.near_shore import (
    GRID_MINUTES,
    MAX_INTERPOLATION_MINUTES,
    Zone,
    inside_any,
    search_of,
    transfers_of,
)
from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.positions import Positions

# So many fixes and steps of the grid at once: about 100 MB.
_AT_ONCE = 600_000
_STEPS_A_PERIOD = PERIOD_S / 60 / GRID_MINUTES
_STEPS_A_FIX = MAX_INTERPOLATION_MINUTES / GRID_MINUTES
_SHORTEST_S = 900.0
# About 300 MB; a batch of craft that has more is halved.
_MOST_CONTACTS = 4_000_000
# What the ways within a slice hang on: no way is interpolated for longer, and one step of the grid.
MARGIN_S = 2 * 3600.0


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


@dataclass(slots=True)
class Company:
    """Contacts found so far. `craft_ids` are all craft that may be met, in order."""

    craft_ids: Sequence[int]
    touched: frozenset[int]
    zones: Sequence[Zone]
    _open_sea: list[Contacts] = field(default_factory=list)
    _near_shore: list[Contacts] = field(default_factory=list)

    def look(self, positions: Positions, start_s: float, until_s: float) -> None:
        """Seek contacts from one instant to before another; `positions` have ids of craft as text.

        Raises:
            TooMuchError: there are more in all than fit into memory.
        """
        codes = np.searchsorted(self.craft_ids, [int(text) for text in positions.craft_ids])
        everyone = replace(positions, craft=codes.astype(np.int32)[positions.craft])
        sought = np.array([craft_id in self.touched for craft_id in self.craft_ids])
        rule = MeetingOptions().search
        slice_s = start_s, until_s
        self._open_sea.append(search_contacts(everyone, rule, slice_s, sought).alone())
        if self.zones:
            found = search_contacts(everyone, search_of(self.zones), slice_s, sought)
            self._near_shore.append(inside_any(found, self.zones).alone())
        if sum(map(len, (*self._open_sea, *self._near_shore))) > _MOST_CONTACTS:
            raise TooMuchError("too many craft lie close together for long")

    def met(self) -> list[int]:
        """The craft that were in contact."""
        found = (*self._open_sea, *self._near_shore)
        codes = [np.unique(contacts.gridded.craft) for contacts in found]
        met = np.unique(np.concatenate(codes)) if codes else np.zeros(0, dtype=np.intp)
        return [self.craft_ids[code] for code in met.tolist()]

    def findings(
        self, keys: Mapping[int, str], ship_types: Mapping[str, int], places: Places
    ) -> Iterator[Finding]:
        """Meetings and candidates for transfers.

        Args:
            keys: of the craft met, by id.
            ship_types: AIS ship types by key, where known.
        """
        names = [keys.get(craft_id, "") for craft_id in self.craft_ids]
        if self._open_sea:
            found = meetings_of(names, join_contacts(self._open_sea), places=places)
            yield from map(findings.of_meeting, found)
        if self._near_shore:
            contacts = join_contacts(self._near_shore)
            yield from map(
                findings.of_transfer, transfers_of(names, contacts, self.zones, ship_types)
            )
