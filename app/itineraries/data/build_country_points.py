"""Makes country_points.csv: a point within each country, to mark what is known only to its country.

    python -m app.itineraries.data.build_country_points

The point is the country's airport nearest to the middle of all its airports (airportsdata, MIT),
so that it lies on its land.
"""

import csv
import statistics
from pathlib import Path

import airportsdata

TARGET = Path(__file__).with_name("country_points.csv")


def main() -> None:
    """Write the package data."""
    by_country: dict[str, list[tuple[float, float]]] = {}
    for airport in airportsdata.load("ICAO").values():
        if airport["iata"]:
            place = (airport["lat"], airport["lon"])
            by_country.setdefault(airport["country"], []).append(place)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("country", "lat", "lon"))
        for country, places in sorted(by_country.items()):
            middle = tuple(statistics.median(column) for column in zip(*places, strict=True))
            near = min(places, key=lambda p: (p[0] - middle[0]) ** 2 + (p[1] - middle[1]) ** 2)
            rows.writerow((country, round(near[0], 2), round(near[1], 2)))


if __name__ == "__main__":
    main()
