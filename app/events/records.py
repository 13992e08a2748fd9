"""What an event is before it is stored, and the JSON document it is served as."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import orjson

from app.events.outlets import OutletEntry


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One publication that supports an event. `outlet` is an id of the registry."""

    outlet: str
    published_on: date
    language: str
    state_media_marked: bool = False
    url: str | None = None


@dataclass(frozen=True, slots=True)
class EventRecord:
    """The facts of one event; `sources` main first, never empty."""

    summary: str
    text_language: str
    published_on: date
    actors: tuple[str, ...]
    countries: tuple[str, ...]
    category: str
    status: str
    sources: tuple[SourceRecord, ...]
    categories_also: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    occurred_on: date | None = None
    occurred_until: date | None = None
    occurred_precision: str | None = None
    place: str | None = None
    lon: float | None = None
    lat: float | None = None
    precision: str | None = None
    radius_km: float | None = None
    edition: str | None = None
    block: str | None = None
    position: int | None = None
    synthetic: bool = False
    coding: Mapping[str, Any] = field(default_factory=dict)

    def with_changes(self, changes: Mapping[str, Any]) -> "EventRecord":
        """A copy with some fields changed, lists given as JSON lists."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in changes.items()
        }
        return replace(self, **values)


def render_document(event_id: int, event: EventRecord, outlets: Mapping[str, OutletEntry]) -> str:
    """The event as every surface sends it: JSON text with the outlets' registry entries filled in."""
    main = event.sources[0]
    document = {
        "id": event_id,
        "published_on": event.published_on,
        "occurred_on": event.occurred_on,
        "occurred_until": event.occurred_until,
        "occurred_precision": event.occurred_precision,
        "summary": event.summary,
        "text_language": event.text_language,
        "actors": event.actors,
        "countries": event.countries,
        "category": event.category,
        "categories_also": event.categories_also,
        "topics": event.topics,
        "status": event.status,
        "place": event.place,
        "lon": event.lon,
        "lat": event.lat,
        "precision": event.precision,
        "radius_km": event.radius_km,
        "outlet": outlets[main.outlet].name,
        "language": main.language,
        "state_media_marked": any(source.state_media_marked for source in event.sources),
        "sources": [_source(source, outlets[source.outlet]) for source in event.sources],
        "edition": event.edition,
        "block": event.block,
        "synthetic": event.synthetic,
        "links": [{"rel": "self", "href": f"/v1/events/{event_id}", "type": "application/json"}],
    }
    return orjson.dumps(document).decode()


def _source(source: SourceRecord, outlet: OutletEntry) -> dict[str, Any]:
    return {
        "outlet": outlet.name,
        "outlet_id": source.outlet,
        "published_on": source.published_on,
        "language": source.language,
        "url": source.url,
        "state_media": {
            "printed": source.state_media_marked,
            "registry": outlet.is_state_media,
            "ownership": outlet.ownership,
            "state": outlet.state,
        },
    }
