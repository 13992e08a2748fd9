"""What the coder takes and what it yields: an item in, a coded event out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Category = Literal["diplomatic", "informational", "military", "economic"]
Status = Literal["confirmed", "claimed", "planned", "alleged", "denied"]
Precision = Literal["exact", "city", "admin1", "country"]
DatePrecision = Literal["day", "range", "month"]


@dataclass(frozen=True, slots=True)
class ItemText:
    """An item as an edition prints it, before any coding."""

    summary: str
    outlet: str
    published_on: date
    block: str | None = None
    subheading: str | None = None
    content_language: str | None = None
    state_media_marked: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """How one field was decided: `rule` or `model`, and words that stand in the item.

    Without such words the evidence is the name of the default in square brackets.
    """

    by: Literal["rule", "model", "editor"] = "rule"
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodedEvent:
    """One item coded by the manual; lists are main first, `coding` explains each field."""

    summary: str
    outlet: str
    outlet_id: str | None
    published_on: date
    occurred_on: date | None
    occurred_until: date | None
    occurred_precision: DatePrecision | None
    language: str
    text_language: str
    state_media_marked: bool
    actors: tuple[str, ...]
    countries: tuple[str, ...]
    category: Category
    categories_also: tuple[Category, ...]
    topics: tuple[str, ...]
    status: Status
    place: str | None
    lat: float | None
    lon: float | None
    precision: Precision
    radius_km: float | None
    coding: dict[str, Decision] = field(default_factory=dict)


def to_dry_run_json(event: CodedEvent) -> dict[str, object]:
    """The event as the dry run prints it: plain JSON types, exactly the documented keys."""
    return {
        "summary": event.summary,
        "outlet": event.outlet,
        "published_on": event.published_on.isoformat(),
        "occurred_on": event.occurred_on.isoformat() if event.occurred_on else None,
        "occurred_until": event.occurred_until.isoformat() if event.occurred_until else None,
        "language": event.language,
        "state_media_marked": event.state_media_marked,
        "actors": list(event.actors),
        "countries": list(event.countries),
        "category": event.category,
        "categories_also": list(event.categories_also),
        "topics": list(event.topics),
        "status": event.status,
        "place": event.place,
        "lat": event.lat,
        "lon": event.lon,
        "precision": event.precision,
        "coding": {
            name: {"by": decision.by, "evidence": list(decision.evidence)}
            for name, decision in event.coding.items()
        },
    }
