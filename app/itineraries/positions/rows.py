"""Positions as rows of PostgreSQL's binary COPY, both ways, without a Python object for each value.

Every row has the same length: what was not sent is NaN, -1 or spaces here, and null in the table.
"""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.itineraries.tracks.positions import UNKNOWN, Positions

COLUMNS = (
    "craft_id", "at", "lat", "lon", "speed_kn", "course_deg", "altitude_ft", "on_ground", "callsign",
)  # fmt: skip
CALLSIGN_LENGTH = 12
_EPOCH_2000_S = 946_684_800
_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_TRAILER = struct.pack(">h", -1)
_TYPES = (">i8", ">i8", ">f8", ">f8", ">f4", ">f4", ">f4", ">i2", f"S{CALLSIGN_LENGTH}")
_ROW = np.dtype(
    [("fields", ">i2")]
    + [
        part
        for name, kind in zip(COLUMNS, _TYPES, strict=True)
        for part in ((f"{name}_length", ">i4"), (name, kind))
    ]
)


def encode(positions: Positions, craft_ids: NDArray[np.int64]) -> bytes:
    """Fixes as a binary COPY of `COLUMNS`; `craft_ids` has the craft's id of each row."""
    rows = np.zeros(len(positions), dtype=_ROW)
    rows["fields"] = len(COLUMNS)
    for name, kind in zip(COLUMNS, _TYPES, strict=True):
        rows[f"{name}_length"] = np.dtype(kind).itemsize
    rows["craft_id"] = craft_ids
    rows["at"] = microseconds(positions.time_s) - _EPOCH_2000_S * 1_000_000
    for name in ("lat", "lon", "speed_kn", "course_deg", "altitude_ft", "on_ground"):
        rows[name] = getattr(positions, name)
    rows["callsign"] = _padded(positions.callsigns)[positions.callsign]
    return b"".join((_HEADER, rows.tobytes(), _TRAILER))


def decode(copied: bytes) -> Positions:
    """Fixes of a binary COPY of `COLUMNS`; the craft's ids stand as text in `craft_ids`."""
    rows = np.frombuffer(copied, dtype=_ROW, offset=len(_HEADER), count=_row_count(copied))
    craft_ids, craft = np.unique(rows["craft_id"], return_inverse=True)
    callsigns, callsign = np.unique(rows["callsign"], return_inverse=True)
    names = [text.decode().rstrip() for text in callsigns.tolist()]
    codes = callsign.astype(np.int32)
    if names and not names[0]:  # spaces sort first
        names, codes = names[1:], codes - 1
    return Positions(
        [str(craft_id) for craft_id in craft_ids.tolist()],
        craft.astype(np.int32),
        (rows["at"].astype(np.int64) + _EPOCH_2000_S * 1_000_000) / 1_000_000,
        rows["lat"].astype(np.float64),
        rows["lon"].astype(np.float64),
        rows["speed_kn"].astype(np.float64),
        rows["course_deg"].astype(np.float64),
        rows["altitude_ft"].astype(np.float64),
        rows["on_ground"].astype(np.int8),
        names,
        codes,
    )


def microseconds(time_s: NDArray[np.float64]) -> NDArray[np.int64]:
    """Instants as the table keeps them: whole microseconds since 1970."""
    return np.asarray(np.rint(time_s * 1_000_000), dtype=np.int64)


def _row_count(copied: bytes) -> int:
    return (len(copied) - len(_HEADER) - len(_TRAILER)) // _ROW.itemsize


def _padded(callsigns: Sequence[str]) -> NDArray[Any]:
    """Callsigns of one length; the last, for rows without one, is of spaces only."""
    assert UNKNOWN == -1  # which takes the last
    texts = [_plain(text) for text in callsigns]
    return np.array([text.ljust(CALLSIGN_LENGTH) for text in (*texts, b"")])


def _plain(callsign: str) -> bytes:
    """A callsign as the letters that one may have; of another one nothing is kept."""
    text = callsign.strip()
    fits = text.isascii() and text.isprintable() and len(text) <= CALLSIGN_LENGTH
    return text.encode() if fits else b""
