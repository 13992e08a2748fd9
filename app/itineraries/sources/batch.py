"""What every reader of positions yields: a batch of fixes, of what craft say of themselves, of rejects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from app.ingest.rejects import Reject
from app.itineraries.tracks.positions import UNKNOWN, Codes, Positions

# A pure reader does not know what day it is: these bounds keep out clocks that were never set.
EARLIEST_S = 631_152_000.0
"""1990-01-01: a fix before it comes from a clock that was never set."""
LATEST_S = 2_524_608_000.0
"""2050-01-01: a fix from then on comes from a clock that runs wild."""


@dataclass(frozen=True, slots=True)
class IdentityStatement:
    """What a craft says of itself, or a file of it; None where it says nothing.

    `time_s` is UTC in seconds since 1970, None where the file gives no time.
    """

    craft_id: str
    time_s: float | None
    name: str | None = None
    callsign: str | None = None
    imo: str | None = None
    ship_type: int | None = None
    length_m: float | None = None
    beam_m: float | None = None
    draught_m: float | None = None
    destination: str | None = None
    registration: str | None = None
    aircraft_type: str | None = None
    operator: str | None = None
    flag: str | None = None
    mmsi: str | None = None
    icao24: str | None = None
    msn: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A bounded part of a file, in the file's order.

    `positions` carries its own craft ids and callsigns: batches are joined by `join_positions`.
    `lines` is how many lines (or records) the part has. `unused` counts well-formed lines that give
    neither a fix nor an identity, by reason ("no position sent", "message type 21"). `synthetic` names
    craft of which anything in the part is made up.
    """

    positions: Positions
    statics: Sequence[IdentityStatement] = ()
    rejects: Sequence[Reject] = ()
    lines: int = 0
    unused: Mapping[str, int] = field(default_factory=dict)
    synthetic: frozenset[str] = frozenset()

    def as_synthetic(self) -> "Batch":
        """The same, with all of it made up."""
        said = frozenset(one.craft_id for one in self.statics)
        return replace(self, synthetic=said.union(self.positions.craft_ids))


def _no_positions() -> Positions:
    none, codes = np.empty(0), np.empty(0, dtype=np.int32)
    return Positions(
        (), codes, none, none, none, none, none, none, np.empty(0, dtype=np.int8), (), codes
    )


NO_POSITIONS = _no_positions()


def join_positions(parts: Sequence[Positions]) -> Positions:
    """The fixes of several parts as one, in the order given; each id and callsign once."""
    if not parts:
        return NO_POSITIONS
    craft_ids, craft = _joined_names([(part.craft_ids, part.craft) for part in parts])
    callsigns, callsign = _joined_names([(part.callsigns, part.callsign) for part in parts])
    return Positions(
        craft_ids,
        craft,
        np.concatenate([part.time_s for part in parts]),
        np.concatenate([part.lat for part in parts]),
        np.concatenate([part.lon for part in parts]),
        np.concatenate([part.speed_kn for part in parts]),
        np.concatenate([part.course_deg for part in parts]),
        np.concatenate([part.altitude_ft for part in parts]),
        np.concatenate([part.on_ground for part in parts]),
        callsigns,
        callsign,
    )


def _joined_names(parts: Sequence[tuple[Sequence[str], Codes]]) -> tuple[list[str], Codes]:
    places: dict[str, int] = {}
    codes = []
    for names, code in parts:
        # One place more, at the end, for UNKNOWN: -1 picks the last.
        own = [places.setdefault(name, len(places)) for name in names]
        codes.append(np.array([*own, UNKNOWN], dtype=np.int32)[code])
    return list(places), np.concatenate(codes)
