"""What the filters mean, read from documents in plain Python, and filters drawn at random."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

Document = Mapping[str, Any]
Filters = dict[str, Any]


def state_media_of(document: Document) -> list[str]:
    marks = [source["state_media"] for source in document["sources"]]
    found = [name for name in ("printed", "registry") if any(mark[name] for mark in marks)]
    return [*found, "any"] if found else ["none"]


# Facets that are filters under their own name: how a document holds their values.
VALUES: dict[str, Callable[[Document], list[Any]]] = {
    "actor": lambda d: d["actors"],
    "country": lambda d: d["countries"],
    "category": lambda d: [d["category"]],
    "topic": lambda d: d["topics"],
    "outlet": lambda d: [source["outlet_id"] for source in d["sources"]],
    "language": lambda d: [source["language"] for source in d["sources"]],
    "status": lambda d: [d["status"]],
    "precision": lambda d: [d["precision"]],
    "edition": lambda d: [d["edition"]],
    "state_media": state_media_of,
    "id": lambda d: [str(d["id"])],
}


def day(text: str) -> date:
    if "T" not in text:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text).astimezone(UTC).date()


def in_time(document: Document, interval: str, basis: str) -> bool:
    start, _, end = interval.partition("/") if "/" in interval else (interval, "", interval)
    first = document[f"{basis}_on"]
    last = (document["occurred_until"] if basis == "occurred" else None) or first
    if first is None:
        return False
    starts_in_time = end == ".." or day(first) <= day(end)
    return starts_in_time and (start == ".." or day(last) >= day(start))


def distance_km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Great-circle distance by the dot product of unit vectors, unlike the service's haversine."""

    def vector(x: float, y: float) -> tuple[float, float, float]:
        x, y = math.radians(x), math.radians(y)
        return math.cos(y) * math.cos(x), math.cos(y) * math.sin(x), math.sin(y)

    a, b = vector(lon, lat), vector(other_lon, other_lat)
    cross = math.hypot(
        a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
    )
    return 6371.0 * math.atan2(cross, sum(map(lambda p, q: p * q, a, b)))


def in_box(document: Document, bbox: str) -> bool:
    if document["lon"] is None:
        return False
    west, south, east, north = map(float, bbox.split(","))
    lon, lat = document["lon"], document["lat"]
    inside = west <= lon <= east if west <= east else lon >= west or lon <= east
    return bool(south <= lat <= north and inside)


def meets(document: Document, filters: Filters) -> bool:
    """The oracle: whether a document passes all filters."""
    for name, value in filters.items():
        if name in VALUES:
            if not set(value) & set(VALUES[name](document)):
                return False
        elif name == "datetime":
            if not in_time(document, value, filters.get("date_basis", "published")):
                return False
        elif name == "bbox":
            if not in_box(document, value):
                return False
        elif name == "near":
            lon, lat = map(float, value.split(","))
            if document["lon"] is None:
                return False
            away = distance_km(lon, lat, document["lon"], document["lat"])
            if away > filters["radius_km"]:
                return False
    return True


LONGITUDES = st.integers(-180, 180) | st.sampled_from([-66.9, -99.1, -68.1, -46.6])
LATITUDES = st.integers(-90, 90) | st.sampled_from([10.5, 19.4, -16.5, -23.5])
DAYS = st.dates(date(2020, 8, 1), date(2020, 12, 1)).map(str)
MOMENTS = DAYS | st.builds(
    "{}T{:02}:30:00{}".format,
    DAYS,
    st.integers(0, 23),
    st.sampled_from(["Z", "+05:30", "-04:00", "+14:00"]),
)
INTERVALS = (
    MOMENTS
    | MOMENTS.map("{}/..".format)
    | MOMENTS.map("../{}".format)
    | st.tuples(MOMENTS, MOMENTS).map(lambda pair: "/".join(sorted(pair, key=day)))
)
BOXES = st.tuples(LONGITUDES, LATITUDES, LONGITUDES, LATITUDES).map(
    lambda b: f"{b[0]},{min(b[1], b[3])},{b[2]},{max(b[1], b[3])}"
)


@st.composite
def filters_over(draw: st.DrawFn, documents: list[Document], most: int = 3) -> Filters:
    """Some filters with values that occur, and a few that do not."""
    names = draw(
        st.lists(
            st.sampled_from([*VALUES, "datetime", "bbox", "near"]),
            min_size=1,
            max_size=most,
            unique=True,
        )
    )
    chosen: Filters = {}
    for name in names:
        if name == "datetime":
            chosen["datetime"] = draw(INTERVALS)
            chosen["date_basis"] = draw(st.sampled_from(["published", "occurred"]))
        elif name == "bbox":
            chosen["bbox"] = draw(BOXES)
        elif name == "near":
            chosen["near"] = f"{draw(LONGITUDES)},{draw(LATITUDES)}"
            chosen["radius_km"] = draw(st.integers(1, 20_000))
        else:
            occurring = sorted({v for d in documents for v in VALUES[name](d) if v is not None})
            absent = {"actor": ["XX"], "topic": ["none-such"], "id": ["999999"]}.get(name, [])
            chosen[name] = draw(
                st.lists(st.sampled_from(occurring + absent), min_size=1, max_size=4, unique=True)
            )
    return chosen


def expected(documents: list[Document], filters: Filters) -> set[int]:
    return {document["id"] for document in documents if meets(document, filters)}


FACETS = [name for name in VALUES if name != "id"]
