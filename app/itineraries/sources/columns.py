"""Rows of fixes gathered into columns, with what was wrong about those left out."""

import math
from dataclasses import dataclass, field

import numpy as np

from app.ingest.rejects import Reject
from app.itineraries.sources.batch import EARLIEST_S, LATEST_S, Batch, IdentityStatement
from app.itineraries.tracks.positions import UNKNOWN, Positions

NAN = math.nan


@dataclass(slots=True)
class Columns:
    """A batch in the making. `add` takes one fix, `batch` hands out what was gathered."""

    lines: int = 0
    statics: list[IdentityStatement] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    unused: dict[str, int] = field(default_factory=dict)
    _craft: dict[str, int] = field(default_factory=dict)
    _callsigns: dict[str, int] = field(default_factory=dict)
    _codes: list[tuple[int, int, int]] = field(default_factory=list)
    _values: list[tuple[float, ...]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._values)

    def add(
        self,
        craft_id: str,
        time_s: float,
        lat: float,
        lon: float,
        *,
        speed_kn: float = NAN,
        course_deg: float = NAN,
        altitude_ft: float = NAN,
        on_ground: int = UNKNOWN,
        callsign: str = "",
    ) -> None:
        """Take one fix in, or raise ValueError that says why it is none."""
        if not EARLIEST_S <= time_s < LATEST_S:
            raise ValueError("time outside 1990-2049")
        if not (abs(lat) <= 90 and abs(lon) <= 180):
            raise ValueError("position out of range")
        craft = self._craft.setdefault(craft_id, len(self._craft))
        known = UNKNOWN
        if callsign:
            known = self._callsigns.setdefault(callsign, len(self._callsigns))
        self._codes.append((craft, on_ground, known))
        east = -180.0 if lon == 180 else lon
        self._values.append((time_s, lat, east, speed_kn, course_deg, altitude_ft))

    def reject(self, line: int, reason: str) -> None:
        self.rejects.append(Reject(line, reason))

    def leave(self, reason: str) -> None:
        """Count a well-formed row that gives no fix."""
        self.unused[reason] = self.unused.get(reason, 0) + 1

    def batch(self) -> Batch:
        """What was gathered so far."""
        codes = np.array(self._codes, dtype=np.int32).reshape(-1, 3)
        values = np.array(self._values, dtype=np.float64).reshape(-1, 6)
        positions = Positions(
            craft_ids=tuple(self._craft),
            craft=codes[:, 0].copy(),
            time_s=values[:, 0].copy(),
            lat=values[:, 1].copy(),
            lon=values[:, 2].copy(),
            speed_kn=values[:, 3].copy(),
            course_deg=values[:, 4].copy(),
            altitude_ft=values[:, 5].copy(),
            on_ground=codes[:, 1].astype(np.int8),
            callsigns=tuple(self._callsigns),
            callsign=codes[:, 2].copy(),
        )
        return Batch(positions, self.statics, self.rejects, self.lines, self.unused)
