"""Reads registers of ships or aircraft: CSV, a JSON list or JSON lines, by the names of their columns."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.ingest.records import read_records
from app.ingest.rejects import Reject
from app.itineraries.sources.opening import UnreadableError, open_source

# Ours, then what others call it: OpenSky and FAA registers, vessel lists of port states.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "imo": ("imo_number", "imonumber", "imo_no", "lrimoshipno"),
    "mmsi": ("mmsi_number",),
    "icao24": ("mode_s_code_hex", "hex", "icao_24", "modes", "icaohex"),
    "registration": ("reg", "tail", "tail_number", "n_number", "marks"),
    "msn": ("serialnumber", "serial_number", "construction_number", "cn"),
    "name": ("ship_name", "vessel_name", "shipname", "vesselname"),
    "callsign": ("call_sign",),
    "flag": ("flag_code", "flag_state", "country"),
    "type": ("typecode", "ship_type", "vessel_type", "aircraft_type", "shiptype", "model"),
    "owner": ("registered_owner", "owners"),
    "operator": ("airline", "manager", "operator_name"),
}
FROM = ("from", "valid_from", "since", "first_at", "registered", "regfrom", "start")
UNTIL = ("until", "valid_to", "valid_until", "last_at", "reguntil", "end")
_KEYS = ("mmsi", "icao24", "imo", "registration", "msn")
_NUMBERS = frozenset(name for key in _KEYS for name in (key, *FIELDS[key]))
_SHAPES = {
    "imo": re.compile(r"[0-9]{7}"),
    "mmsi": re.compile(r"[0-9]{9}"),
    "icao24": re.compile(r"[0-9a-f]{6}"),
    "registration": re.compile(r"[A-Z0-9-]{2,10}"),
}
MAX_VALUE = 200
MAX_HEADER_BYTES = 64 << 10
MAX_TEXT_BYTES = 64 << 20
_OF_POSITIONS = frozenset(
    {"lat", "latitude", "lon", "longitude", "trace", "states", "path", "time"}
)


@dataclass(frozen=True, slots=True)
class Registered:
    """One row: the craft by its key, what is said of it, and from when until when that held."""

    line: int
    key: str
    said: Mapping[str, str]
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    doubts: tuple[str, ...] = field(default=())


def find_register(path: Path) -> str | None:
    """The text of a file that is a register: one that names craft and no positions."""
    with open_source(path) as stream:
        head = stream.read(MAX_HEADER_BYTES).lstrip(b"\xef\xbb\xbf").lstrip()
        told = head if head[:1] in (b"{", b"[") else head.partition(b"\n")[0]
        words = re.split(r'[,;\t|"{}:\[\]]', told.decode("utf-8", "replace"))
        names = {_plain(word) for word in words}
        if names & _OF_POSITIONS or not names & _NUMBERS:
            return None
        rest = stream.read(MAX_TEXT_BYTES + 1)
    if len(rest) > MAX_TEXT_BYTES:
        raise UnreadableError(f"a register of more than {MAX_TEXT_BYTES >> 20} MB")
    return (head + rest).decode("utf-8", "replace")


def read_registry(text: str) -> Iterator[Registered | Reject]:
    """Every row of a register, or why it is none.

    A row needs an MMSI, IMO number, ICAO 24-bit address, registration or serial number.
    """
    for found in read_records(text):
        yield found if isinstance(found, Reject) else _read(found.line, found.fields)


def _read(line: int, row: Mapping[str, Any]) -> Registered | Reject:
    by_name = {
        _plain(str(name)): str(value).strip().strip("'")
        for name, value in row.items()
        if value is not None and not isinstance(value, dict | list)
    }
    said: dict[str, str] = {}
    doubts = []
    for name, others in FIELDS.items():
        raw = next((by_name[n] for n in (name, *others) if by_name.get(n)), "")
        value = _folded(name, raw)
        if value and (name not in _SHAPES or _SHAPES[name].fullmatch(value)):
            said[name] = value[:MAX_VALUE]
        elif value:
            doubts.append(f"{name} has not the form of one")
    key = next((f"{name}:{said[name]}" for name in _KEYS if name in said), None)
    if key is None:
        reason = "; ".join(doubts) or "no MMSI, IMO, ICAO address, registration or serial number"
        return Reject(line, reason)
    try:
        times = [_instant(by_name, names) for names in (FROM, UNTIL)]
    except ValueError as error:
        return Reject(line, str(error))
    if times[0] and times[1] and times[1] < times[0]:
        return Reject(line, "it ends before it begins")
    return Registered(line, key, said, times[0], times[1], tuple(doubts))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _folded(name: str, raw: str) -> str:
    if name == "icao24":
        return raw.lower()
    if name == "registration":
        return raw.upper()
    return re.sub(r"^IMO\s*", "", raw, flags=re.IGNORECASE) if name == "imo" else raw


def _instant(row: Mapping[str, str], names: tuple[str, ...]) -> datetime | None:
    raw = next((row[name] for name in names if row.get(name)), None)
    if raw is None:
        return None
    try:
        at = datetime.fromisoformat(raw)
    except ValueError:
        raise ValueError(f"{raw[:40]!r} is no date YYYY-MM-DD") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
