"""Makes ports.csv out of the World Port Index (US National Geospatial-Intelligence Agency, public domain).

    python -m app.itineraries.data.build_ports wpi_ports.csv

The index gives positions to the minute of arc. `pycountry`, needed here only, turns its three-letter
countries into two letters. What the index lacks is kept by hand in places.csv.
"""

import csv
import re
import sys
from importlib import import_module
from pathlib import Path

TARGET = Path(__file__).with_name("ports.csv")


def main(source: Path) -> None:
    """Write the package data, sorted by country and name."""
    pycountry = import_module("pycountry")

    with source.open(encoding="utf-8", newline="") as stream:
        rows = {
            (
                _country(pycountry.countries.get(alpha_3=row["iso3"])),
                re.sub(
                    r"[^\W\d_]+(?:'[^\W\d_]+)?", lambda word: word[0].capitalize(), row["label"]
                ),
                "terminal" if "TERMINAL" in row["label"] else "port",
                f"{float(row['latitude']):.4f}",
                f"{float(row['longitude']):.4f}",
            )
            for row in csv.DictReader(stream)
        }
    with TARGET.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("country", "name", "kind", "lat", "lon"))
        writer.writerows(sorted(rows))


def _country(found: object) -> str:
    return str(getattr(found, "alpha_2", ""))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
