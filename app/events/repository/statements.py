"""From a filter to SQL: pure functions that bind every value."""

import math
from collections.abc import Callable, Collection
from typing import Any

from app.events.parameters import Box, DateRange, Point
from app.events.query import DateBasis, EventFilter
from app.events.text_query import Term, TextQuery

EARTH_RADIUS_KM = 6371.0
KM_PER_DEGREE = math.pi * EARTH_RADIUS_KM / 180


class Statement:
    """Collects the values of one statement and names their places."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def bind(self, value: Any) -> str:
        """The placeholder of a value."""
        self.values.append(value)
        return f"${len(self.values)}"


def where(statement: Statement, query: EventFilter, without: Collection[str] = ()) -> str:
    """The condition of a filter, leaving out some of its parameters; `true` for none."""
    clauses = [_CLAUSES[name](statement, query) for name in query.active() if name not in without]
    return " AND ".join(clauses) or "true"


def text_condition(statement: Statement, q: str) -> str:
    """The tsquery expression of a `q`."""
    alternatives = []
    for terms in TextQuery.parse(q).alternatives:
        together = " && ".join(term_condition(statement, term) for term in terms)
        alternatives.append(f"({together})")
    return "(" + " || ".join(alternatives) + ")"


def term_condition(statement: Statement, term: Term) -> str:
    """The tsquery expression of one term."""
    place = f"{statement.bind(term.text)}::text"
    if term.excluded:
        return f"!!{'search_exact' if term.phrase else 'search_lexemes'}({place})"
    return f"{'search_exact' if term.phrase else 'search_word'}({place})"


def marked_condition(statement: Statement, q: str) -> str | None:
    """The tsquery expression of the words of a `q` that a text is found by; `None` for none."""
    words = [
        f"search_exact({statement.bind(word)}::text)"
        if term.phrase
        else f"search_lexemes({statement.bind(word)}::text)"
        for terms in TextQuery.parse(q).alternatives
        for term in terms
        if not term.excluded
        for word in (term.text.split() if term.phrase else [term.text])
    ]
    return " || ".join(words) or None


def _overlaps(column: str, field: str) -> Callable[[Statement, EventFilter], str]:
    return lambda s, query: f"{column} && {s.bind(getattr(query, field))}::text[]"


def _in(column: str, field: str, kind: str = "text") -> Callable[[Statement, EventFilter], str]:
    def clause(s: Statement, query: EventFilter) -> str:
        values = getattr(query, field)
        if kind == "bigint":
            values = [int(value) for value in values]
        if len(values) == 1:
            return f"{column} = {s.bind(values[0])}::{kind}"
        return f"{column} = ANY({s.bind(values)}::{kind}[])"

    return clause


def _state_media(_: Statement, query: EventFilter) -> str:
    conditions = {
        "printed": "state_media_printed",
        "registry": "state_media_registry",
        "any": "(state_media_printed OR state_media_registry)",
        "none": "NOT (state_media_printed OR state_media_registry)",
    }
    chosen = [conditions[value] for value in query.state_media]
    return "(" + " OR ".join(chosen) + ")"


def _datetime(s: Statement, query: EventFilter) -> str:
    assert query.datetime is not None
    span = DateRange.parse(query.datetime)
    start, end = s.bind(span.start), s.bind(span.end)
    if query.date_basis is DateBasis.OCCURRED:
        return (
            f"occurred_on <= {end}::date AND coalesce(occurred_until, occurred_on) >= {start}::date"
        )
    return f"published_on BETWEEN {start}::date AND {end}::date"


def _bbox(s: Statement, query: EventFilter) -> str:
    assert query.bbox is not None
    return _within(s, Box.parse(query.bbox))


def _near(s: Statement, query: EventFilter) -> str:
    assert query.near is not None and query.radius_km is not None
    centre = Point.parse(query.near)
    box = _box_around(centre, query.radius_km)
    lon, lat, radius = s.bind(centre.lon), s.bind(centre.lat), s.bind(query.radius_km)
    half_chord = (
        f"sqrt(power(sin(radians(lat - {lat}::float8) / 2), 2) + cos(radians({lat}::float8))"
        f" * cos(radians(lat)) * power(sin(radians(lon - {lon}::float8) / 2), 2))"
    )
    distance = f"{2 * EARTH_RADIUS_KM} * asin(least(1, {half_chord}))"
    return f"{_within(s, box)} AND {distance} <= {radius}::float8"


def _within(s: Statement, box: Box) -> str:
    lat = f"lat BETWEEN {s.bind(box.south)}::float8 AND {s.bind(box.north)}::float8"
    west, east = f"{s.bind(box.west)}::float8", f"{s.bind(box.east)}::float8"
    if box.west <= box.east:
        return f"({lat} AND lon BETWEEN {west} AND {east})"
    return f"({lat} AND (lon >= {west} OR lon <= {east}))"


def _box_around(centre: Point, radius_km: float) -> Box:
    """The smallest box that holds a circle; all longitudes when the circle holds a pole."""
    reach = radius_km / KM_PER_DEGREE
    south, north = max(-90.0, centre.lat - reach), min(90.0, centre.lat + reach)
    if south == -90 or north == 90 or reach >= 90:
        return Box(-180, south, 180, north)
    spread = math.degrees(
        math.asin(min(1.0, math.sin(math.radians(reach)) / math.cos(math.radians(centre.lat))))
    )
    # Rounding must not cut off what lies on the rim.
    spread += 1e-9
    if spread >= 180:
        return Box(-180, south - 1e-9, 180, north + 1e-9)
    west, east = centre.lon - spread, centre.lon + spread
    return Box(
        west + 360 if west < -180 else west,
        south - 1e-9,
        east - 360 if east > 180 else east,
        north + 1e-9,
    )


_CLAUSES: dict[str, Callable[[Statement, EventFilter], str]] = {
    "q": lambda s, query: f"search @@ {text_condition(s, query.q or '')}",
    "id": _in("id", "id", "bigint"),
    "actor": _overlaps("actors", "actor"),
    "country": _overlaps("countries", "country"),
    "category": _in("category", "category"),
    "topic": _overlaps("topics", "topic"),
    "outlet": _overlaps("outlets", "outlet"),
    "language": _overlaps("languages", "language"),
    "state_media": _state_media,
    "status": _in("status", "status"),
    "edition": _in("edition", "edition"),
    "precision": _in("precision", "precision"),
    "datetime": _datetime,
    "bbox": _bbox,
    "near": _near,
}
