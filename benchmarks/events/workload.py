"""The measured requests, by name, as the product's own addresses and as plain SQL for a bare handler."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from benchmarks.events.words import COMMON_WORD, RARE_WORD

LIMIT = 100
DEPTH = 150_000
BOX = (-74.0, 0.0, -59.0, 13.0)
WINDOW = (date(2022, 1, 1), date(2023, 12, 31))
CATEGORY = "military"

_NEWEST = f"ORDER BY published_on DESC, id DESC LIMIT {LIMIT}"
_TEXT = f"SELECT document FROM events WHERE search @@ plainto_tsquery('vric_names', $1) {_NEWEST}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: the cursor that the product gave, and the date and id of the row before."""

    cursor: str
    day: date
    event_id: int


@dataclass(frozen=True, slots=True)
class Workload:
    """One request: what it asks of the product, and the statement that a bare handler runs for it."""

    name: str
    title: str
    path: str
    sql: str | None = None
    values: tuple[Any, ...] = ()


def _list(**parameters: object) -> str:
    return "/v1/events?" + urlencode({**parameters, "limit": LIMIT}, safe=",/")


def workloads(place: Place) -> list[Workload]:
    """Every measured request; `place` is the end of row 150,000."""
    w1 = {
        "bbox": ",".join(f"{degrees:g}" for degrees in BOX),
        "datetime": f"{WINDOW[0]}/{WINDOW[1]}",
        "category": CATEGORY,
    }
    return [
        Workload(
            "W1", "box, two years, category", _list(**w1),
            "SELECT document FROM events WHERE category = $1 AND published_on BETWEEN $2 AND $3"
            f" AND lon BETWEEN $4 AND $5 AND lat BETWEEN $6 AND $7 {_NEWEST}",
            (CATEGORY, *WINDOW, BOX[0], BOX[2], BOX[1], BOX[3]),
        ),
        Workload("W2", "newest 100", _list(), f"SELECT document FROM events {_NEWEST}"),
        Workload(
            "W3", "page after row 150,000", _list(cursor=place.cursor),
            f"SELECT document FROM events WHERE (published_on, id) < ($1, $2) {_NEWEST}",
            (place.day, place.event_id),
        ),
        Workload("W4a", "word in 1 % of rows", _list(q=RARE_WORD), _TEXT, (RARE_WORD,)),
        Workload("W4b", "word in 80 % of rows", _list(q=COMMON_WORD), _TEXT, (COMMON_WORD,)),
        Workload("facets", "all facets of all events", "/v1/events/facets"),
        Workload("facets-W1", "all facets of W1", "/v1/events/facets?" + urlencode(w1, safe=",/")),
        Workload("timeline", "all events by month", "/v1/events/timeline?interval=month"),
    ]  # fmt: skip
