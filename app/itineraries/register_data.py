"""The table of countries' maritime digits, aircraft addresses and marks that comes with the product."""

import csv
from functools import cache
from importlib.resources import files
from io import StringIO

from app.itineraries.tracks.registers import Register, Registers


@cache
def load_registers() -> Registers:
    """registers.csv: ITU's MIDs, the blocks of ICAO Annex 10 and the marks of Annex 7."""
    text = files("app.itineraries.data").joinpath("registers.csv").read_text(encoding="utf-8")
    return Registers([_register(row) for row in csv.DictReader(StringIO(text))])


def _register(row: dict[str, str]) -> Register:
    first, _, last = row["icao24"].partition("-")
    return Register(
        row["country"],
        row["iso3"],
        row["name"],
        row["parent"],
        tuple(row["mids"].split()),
        (int(first, 16), int(last, 16)) if first else None,
        tuple(row["marks"].split()),
    )
