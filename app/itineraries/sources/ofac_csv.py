"""Reads the SDN list as OFAC publishes it in CSV: sdn.csv with alt.csv, add.csv and sdn_comments.csv.

The files have no header; fields stand by position, and `-0-` is nothing (OFAC data specification).
"""

import csv
import io
from collections.abc import Iterator, Mapping

from app.ingest.rejects import Reject
from app.itineraries.sources.listed import Listed, identifiers_of, kind_of

COMPANIONS = ("alt", "add", "comments")
_NOTHING = "-0-"
_FIELDS = 12
_END_OF_FILE = "\x1a"


def read_ofac_csv(main: str, companions: Mapping[str, str]) -> Iterator[Listed | Reject]:
    """Every entry of the main file, joined with its other names, addresses and further remarks.

    Args:
        companions: the text of the other files, by `alt`, `add` and `comments`; each may be missing.
    """
    other_names = _by_entry(companions.get("alt", ""), 3)
    countries = _by_entry(companions.get("add", ""), 4)
    comments = _by_entry(companions.get("comments", ""), 1)
    for line, row in _rows(main):
        if len(row) < _FIELDS or not row[0].isdecimal():
            yield Reject(line, f"not a row of sdn.csv: {len(row)} fields, or no number first")
            continue
        number, name = row[0], row[1]
        if not name:
            yield Reject(line, "an entry without a name")
            continue
        kind = kind_of(row[2])
        aliases = tuple(other_names.get(number, ()))
        remarks = " ".join(part for part in (row[11], *comments.get(number, ())) if part)
        places = sorted(set(countries.get(number, ())))
        shown = [("flag", row[9]), ("call sign", row[5]), ("type", row[6]), ("owner", row[10])]
        details = [f"{label} {value}" for label, value in shown if value]
        details += [f"address in {', '.join(places)}"] if places else []
        yield Listed(
            entry_id=number,
            kind=kind,
            name=name,
            aliases=aliases,
            programs=tuple(p.strip(" []") for p in row[3].split("] [") if p.strip(" []")),
            identifiers=identifiers_of(kind, (name, *aliases), (remarks,)),
            remarks="; ".join(part for part in (remarks, *details) if part) or None,
        )


def _by_entry(text: str, field: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, row in _rows(text):
        if len(row) > field and row[field]:
            found.setdefault(row[0], []).append(row[field])
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            yield reader.line_num, []
            continue
        if row is None:
            return
        cells = [cell.strip() for cell in row]
        cells = ["" if cell == _NOTHING else cell for cell in cells]
        # The files end, as files of DOS did, with a character of their own.
        if any(cells) and cells[0] != _END_OF_FILE:
            yield reader.line_num, cells
