"""Reads AIS as CSV: the Danish Maritime Authority's and MarineCadastre's files, by column names.

MarineCadastre (BOEM, NOAA and the US Coast Guard) renamed its columns in 2025, put longitude before
latitude and packs with zstd; its older files have courses from 204.8° on as negative numbers, and
ship types of their own. The Danish files have 26 columns, the first of them `# Timestamp`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from app.itineraries.sources.batch import NO_POSITIONS, Batch, IdentityStatement
from app.itineraries.sources.csv_rows import MAX_HEADER_BYTES, Rows, read_header, read_rows
from app.itineraries.sources.opening import UnreadableError
from app.itineraries.sources.table_columns import Known, Rules, different_rows, to_batch

# Names in lower case without anything but letters and digits.
_NAMES = {
    "craft_id": ("mmsi",),
    "time": ("timestamp", "basedatetime"),
    "lat": ("latitude", "lat"),
    "lon": ("longitude", "lon"),
    "speed_kn": ("sog",),
    "course_deg": ("cog",),
    "mobile": ("typeofmobile",),
    "name": ("vesselname", "name"),
    "radio_callsign": ("callsign",),
    "imo": ("imo",),
    "ship_type": ("vesseltype", "shiptype"),
    "length": ("length",),
    "beam": ("width",),
    "draught": ("draft", "draught"),
    "destination": ("destination",),
}
_STATIC = ("name", "radio_callsign", "imo", "ship_type", "length", "beam", "draught", "destination")
_NO_CRAFT = ("Base Station", "AtoN")
_NOTHING = ("", "undefined", "unknown", "unknown value", "0", "0.0", "imo0", "null", "nan")
# ITU-R M.1371 table 53, first digits; the Danish files name types in words.
_SHIP_TYPES = {
    "wig": 20, "fishing": 30, "towing": 31, "towing long/wide": 32, "dredging": 33, "diving": 34,
    "military": 35, "sailing": 36, "pleasure": 37, "hsc": 40, "pilot": 50, "sar": 51, "tug": 52,
    "port tender": 53, "anti-pollution": 54, "law enforcement": 55, "medical": 58, "passenger": 60,
    "cargo": 70, "tanker": 80, "other": 90,
}  # fmt: skip

# MarineCadastre's own codes until 2017, by the groups it put both kinds in; the others are "other".
_US_TYPES = dict.fromkeys(range(1001, 1026), 90) | {
    1001: 30, 1002: 30, 1003: 70, 1004: 70, 1012: 60, 1013: 60, 1014: 60, 1015: 60, 1016: 70,
    1017: 80, 1019: 37, 1021: 35, 1023: 52, 1024: 80, 1025: 52,
}  # fmt: skip


def looks_like_ais_csv(head: bytes) -> bool:
    """Whether the first line of a file names an MMSI and the times of either authority."""
    line = head.split(b"\n", 1)[0][:MAX_HEADER_BYTES].decode("utf-8-sig", "replace")
    names = {_plain(name) for name in re.split(r"[,;\t|]", line)}
    return (
        "mmsi" in names and bool(names & set(_NAMES["time"])) and bool(names & set(_NAMES["lat"]))
    )


def read_ais_csv(stream: IO[bytes]) -> Iterator[Batch]:
    """The fixes of a file, and what vessels say of themselves whenever it changes.

    Base stations and aids to navigation are no craft and are left out.

    Raises:
        UnreadableError: a column that must be there is not, or the file is no CSV.
    """
    header = read_header(stream)
    american = any(_plain(name) == "basedatetime" for name in header[0])
    said: dict[str, IdentityStatement] = {}
    for rows in read_rows(stream, header, _places):
        if not rows.columns:
            yield Batch(NO_POSITIONS, (), rows.rejects, len(rows.rejects))
            continue
        count = len(rows.lines) + len(rows.rejects)
        craft, left = _only_craft(rows)
        day_first = pc.any(pc.match_substring(craft.columns["time"], "/")).as_py()
        rules = Rules(bool(day_first), ais=True, signed_course=american)
        batch, known = to_batch(craft.columns, craft.lines, rules)
        rejects = sorted((*rows.rejects, *batch.rejects), key=lambda reject: reject.line)
        unused = {**batch.unused, "no craft": left} if left else batch.unused
        statics = list(_statements(craft.columns, known, said))
        yield replace(batch, statics=statics, rejects=rejects, lines=count, unused=unused)


def _only_craft(rows: Rows) -> tuple[Rows, int]:
    """The rows that are not of base stations or aids to navigation, and how many others there are."""
    if "mobile" not in rows.columns:
        return rows, 0
    others = pc.is_in(rows.columns["mobile"], pa.array(_NO_CRAFT))
    craft = pc.invert(others)
    columns = {name: column.filter(craft) for name, column in rows.columns.items()}
    kept = rows.lines[craft.to_numpy(zero_copy_only=False)]
    return Rows(columns, kept, rows.rejects), len(rows.lines) - len(kept)


def _statements(
    columns: Mapping[str, pa.Array], known: Known, said: dict[str, IdentityStatement]
) -> Iterator[IdentityStatement]:
    """What each craft says, when it differs from what it said last; `said` is kept up to date."""
    told = {name: columns[name] for name in _STATIC if name in columns}
    for craft_id, time_s, given in different_rows(told, known):
        statement = _statement(craft_id, given)
        if statement is not None and said.get(craft_id) != statement:
            said[craft_id] = statement
            yield replace(statement, time_s=time_s)


def _statement(craft_id: str, given: Mapping[str, str]) -> IdentityStatement | None:
    told = {name: text for name, text in given.items() if text.lower() not in _NOTHING}
    if not told:
        return None
    imo = re.sub(r"\D", "", told.get("imo", ""))
    return IdentityStatement(
        craft_id,
        None,
        name=told.get("name"),
        callsign=told.get("radio_callsign"),
        imo=imo if imo.strip("0") else None,
        ship_type=_ship_type(told.get("ship_type", "")),
        length_m=_metres(told.get("length")),
        beam_m=_metres(told.get("beam")),
        draught_m=_metres(told.get("draught")),
        destination=told.get("destination"),
    )


def _ship_type(text: str) -> int | None:
    number = re.fullmatch(r"(\d{1,4})(?:\.0)?", text)
    if number is None:
        return _SHIP_TYPES.get(text.lower())
    return _US_TYPES.get(int(number[1]), int(number[1]))


def _metres(text: str | None) -> float | None:
    try:
        metres = float((text or "").replace(",", "."))
    except ValueError:
        return None
    return metres if 0 < metres < 1000 else None


def _places(names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    plain = [_plain(name) for name in names]
    for ours, theirs in _NAMES.items():
        for name in theirs:
            if name in plain:
                found.setdefault(ours, plain.index(name))
    missing = [name for name in ("craft_id", "time", "lat", "lon") if name not in found]
    if missing:
        raise UnreadableError(f"no AIS CSV: no column {' or '.join(_NAMES[missing[0]])}")
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
