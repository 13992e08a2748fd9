"""Examples shown in the OpenAPI document; a test holds them against the schemas."""

from typing import Any

EVENT: dict[str, Any] = {
    "id": 31,
    "published_on": "2020-11-04",
    "occurred_on": "2020-11-04",
    "occurred_until": "2020-11-05",
    "occurred_precision": "range",
    "summary": "A foreign minister arrives in Caracas at the start of a regional tour.",
    "text_language": "en",
    "actors": ["IR", "VE"],
    "countries": ["VE"],
    "category": "diplomatic",
    "categories_also": [],
    "topics": ["travel"],
    "status": "confirmed",
    "place": "Caracas",
    "lon": -66.9,
    "lat": 10.5,
    "precision": "city",
    "radius_km": 15.0,
    "outlet": "Example Times",
    "language": "en",
    "state_media_marked": False,
    "sources": [
        {
            "outlet": "Example Times",
            "outlet_id": "example-times",
            "published_on": "2020-11-04",
            "language": "en",
            "url": "https://example.org/news/1",
            "state_media": {
                "printed": False,
                "registry": True,
                "ownership": "state",
                "state": "IR",
            },
        }
    ],
    "edition": "demo",
    "block": "Venezuela",
    "synthetic": False,
    "links": [{"rel": "self", "href": "/v1/events/31", "type": "application/json"}],
}
EVENT_PAGE: dict[str, Any] = {
    "items": [EVENT],
    "links": [{"rel": "self", "href": "/v1/events?country=VE", "type": "application/json"}],
    "returned": 1,
    "meta": {},
}
META: dict[str, Any] = {
    "data_version": 7,
    "changed_at": "2020-11-18T12:00:00Z",
    "coverage": {
        "events": 91,
        "with_point": 40,
        "editions": 1,
        "first_published_on": "2020-09-28",
        "last_published_on": "2020-11-17",
    },
    "taxonomy": {
        "actor": [
            {"id": "VE", "labels": {"en": "Venezuela", "es": "Venezuela"}},
        ],
    },
    "licence": "Coded facts: CC BY 4.0, attribution to VRIC Monitor.",
    "links": [{"rel": "self", "href": "/v1/meta", "type": "application/json"}],
}
