"""Positions as columns: what every reader yields and every analysis takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Flags = NDArray[np.int8]
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Positions:
    """Fixes of one or many craft, one row a fix, columns of one length.

    `craft` indexes `craft_ids`; `callsign` indexes `callsigns`, -1 where none was sent. `time_s` is
    UTC in seconds since 1970. `lat` and `lon` are degrees (WGS 84), lon within [-180, 180). Speed
    is in knots, course in degrees from true north, altitude in feet; NaN where not sent.
    `on_ground` is 1, 0, or -1 where not sent.
    """

    craft_ids: Sequence[str]
    craft: Codes
    time_s: Floats
    lat: Floats
    lon: Floats
    speed_kn: Floats
    course_deg: Floats
    altitude_ft: Floats
    on_ground: Flags
    callsigns: Sequence[str]
    callsign: Codes

    def __len__(self) -> int:
        return len(self.time_s)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> "Positions":
        """The rows given, by index, mask or slice."""
        return Positions(
            self.craft_ids,
            self.craft[rows],
            self.time_s[rows],
            self.lat[rows],
            self.lon[rows],
            self.speed_kn[rows],
            self.course_deg[rows],
            self.altitude_ft[rows],
            self.on_ground[rows],
            self.callsigns,
            self.callsign[rows],
        )

    def in_order(self) -> "Positions":
        """The same fixes by craft and time; of equal craft and time only the first that came."""
        order = np.lexsort((self.time_s, self.craft))
        craft, time_s = self.craft[order], self.time_s[order]
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = (np.diff(craft) != 0) | (np.diff(time_s) != 0)
        return self.take(order[first])

    def by_craft(self) -> Iterator[tuple[str, slice]]:
        """Each craft with its rows, for positions in order."""
        if len(self) == 0:
            return
        bounds = np.flatnonzero(np.diff(self.craft)) + 1
        starts = np.concatenate(([0], bounds))
        ends = np.append(bounds, len(self))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield self.craft_ids[self.craft[start]], slice(start, end)
