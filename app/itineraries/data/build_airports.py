"""Makes airports.ndjson.gz out of airportsdata and OurAirports' runways (public domain).

    python -m app.itineraries.data.build_airports runways.csv.gz

`runways.csv` is the file that OurAirports publishes; airportsdata is the package installed.
"""

import csv
import gzip
import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import airportsdata
import numpy as np
import orjson

from app.itineraries.tracks.geometry import haversine_km

TARGET = Path(__file__).with_name("airports.ndjson.gz")
MIN_UNNAMED_FT = 3_000
"""An airfield that airportsdata does not know comes in from this runway length on."""
PAVED = ("ASP", "CON", "BIT", "PEM", "TAR", "PAV", "MAC", "COM", "ASF", "BET")
_UNKNOWN_SURFACES = ("", "UNK", "U", "UNKNOWN")
_PAVED_ANYWAY_FT = 5_000
"""No airfield keeps so long a runway of grass: an unknown surface is taken as paved."""
_LEAST_HELIPAD_FT = 500
_ON_FIELD_KM = 5.0
"""Farther from its runways an airport is not: airportsdata has degrees and minutes as decimals (all
of Belgium's large airports) or a field that was moved."""
_MOVED_KM = 100.0
"""So far off, the runways are those of another field that had or has the same code."""

Row = dict[str, str]


def main(runways_path: Path) -> None:
    """Write the package data, the same bytes for the same sources."""
    with gzip.open(runways_path, "rt", encoding="utf-8") as stream:
        by_ident: dict[str, list[Row]] = defaultdict(list)
        for row in csv.DictReader(stream):
            if row["closed"] != "1":
                by_ident[row["airport_ident"]].append(row)
    lines = [orjson.dumps(airport) for airport in _airports(by_ident)]
    TARGET.write_bytes(gzip.compress(b"\n".join(lines) + b"\n", mtime=0))


def _airports(by_ident: dict[str, list[Row]]) -> Iterator[dict[str, object]]:
    named = airportsdata.load("ICAO")
    for code in sorted(named):
        known = named[code]
        rows = by_ident.pop(code, None) or by_ident.pop(known["lid"], [])
        runways = [runway for row in rows if (runway := _runway(row))]
        lat, lon, away_km = known["lat"], known["lon"], _away_km(known, runways)
        if away_km > _MOVED_KM:
            rows, runways = [], []
        elif away_km > _ON_FIELD_KM:
            lat, lon = _middle(runways)
        yield {
            "code": code,
            "iata": known["iata"],
            "name": known["name"],
            "country": known["country"],
            "lat": round(lat, 5),
            "lon": round(lon, 5),
            "elevation_ft": round(known["elevation"]),
            "kind": _kind(rows, known["iata"], known["name"], code),
            "longest_ft": max((_number(row["length_ft"]) for row in rows), default=0),
            "runways": runways,
        }
    for code in sorted(by_ident):
        rows = by_ident[code]
        runways = [runway for row in rows if (runway := _runway(row))]
        longest = max(_number(row["length_ft"]) for row in rows)
        if runways and longest >= MIN_UNNAMED_FT:
            lat, lon = _middle(runways)
            yield {
                "code": code,
                "iata": "",
                "name": code,
                "country": "",
                "lat": round(lat, 5),
                "lon": round(lon, 5),
                "elevation_ft": runways[0][3],
                "kind": _kind(rows, "", "", code),
                "longest_ft": longest,
                "runways": runways,
            }


def _away_km(known: Mapping[str, Any], runways: Sequence[Sequence[Any]]) -> float:
    """How far the nearest runway begins from where an airport is said to be."""
    ends = np.array([[end[1:3], end[5:7]] for end in runways], dtype=float).reshape(-1, 2)
    here = np.full(len(ends), known["lat"]), np.full(len(ends), known["lon"])
    return float(haversine_km(*here, ends[:, 0], ends[:, 1]).min()) if runways else 0.0


def _middle(runways: Sequence[Sequence[Any]]) -> tuple[float, float]:
    """Latitude and longitude of the middle of the first runway."""
    _, lat, lon, _, _, far_lat, far_lon, *_ = runways[0]
    return (lat + far_lat) / 2, (lon + far_lon) / 2


def _runway(row: Row) -> list[Any] | None:
    """Both thresholds, the length and the surface; None for a helipad or without places."""
    if "H" in row["le_ident"].upper() or "H" in row["he_ident"].upper():
        return None
    ends: list[Any] = []
    for side in ("le", "he"):
        lat, lon = row[f"{side}_latitude_deg"], row[f"{side}_longitude_deg"]
        if not lat or not lon:
            return None
        elevation = round(_number(row[f"{side}_elevation_ft"]))
        ends += [row[f"{side}_ident"], round(float(lat), 5), round(float(lon), 5), elevation]
    length = _number(row["length_ft"])
    if ends[1:3] == ends[5:7] or not length:
        return None
    return [*ends, length, int(_is_paved(row))]


def _kind(rows: list[Row], iata: str, name: str, code: str) -> str:
    local = any(character.isdigit() for character in code)
    longest = max((_number(row["length_ft"]) for row in rows), default=0)
    paved = max((_number(row["length_ft"]) for row in rows if _is_paved(row)), default=0)
    pads = all(row["le_ident"].upper().startswith("H") for row in rows)
    if (rows and (pads or longest < _LEAST_HELIPAD_FT)) or "helip" in name.lower():
        return "heliport"
    if rows and all(row["surface"].upper().startswith("WAT") for row in rows):
        return "water"
    if paved >= 7_800 and iata:
        return "large"
    if paved >= 4_000:
        return "medium"
    if local and not iata and (not rows or paved < MIN_UNNAMED_FT):
        return "strip"
    return "small"


def _is_paved(row: Row) -> bool:
    surface = row["surface"].upper()
    unknown = surface in _UNKNOWN_SURFACES and _number(row["length_ft"]) >= _PAVED_ANYWAY_FT
    return unknown or surface.startswith(PAVED)


def _number(text: str) -> float:
    value = float(text) if text else 0.0
    return value if math.isfinite(value) else 0.0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
