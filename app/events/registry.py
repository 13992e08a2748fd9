"""What the collection is made of: its vocabulary, its coverage and its outlets."""

from typing import Any

from app.core.db import Database
from app.events.licence import LICENCE
from app.events.outlets import OutletEntry
from app.events.queries import OutletsQuery
from app.events.repository.counts import fetch_coverage, fetch_outlets
from app.events.vocabulary import labels

_FIELDS = ("actor", "country", "category", "topic", "status", "precision", "ownership", "language")


async def describe(database: Database) -> dict[str, Any]:
    """The vocabulary with labels in four languages, the coverage and the data version."""
    coverage = await fetch_coverage(database)
    return {
        "data_version": coverage["version"],
        "changed_at": coverage["changed_at"],
        "coverage": {
            "events": coverage["events"],
            "with_point": coverage["with_point"],
            "editions": coverage["editions"],
            "first_published_on": coverage["first"],
            "last_published_on": coverage["last"],
        },
        "taxonomy": {
            field: [{"id": id_, "labels": names} for id_, names in labels(field).items()]
            for field in _FIELDS
        },
        "licence": LICENCE,
        "links": [
            {"rel": "self", "href": "/v1/meta", "type": "application/json"},
            {"rel": "service-doc", "href": "/docs", "type": "text/html"},
        ],
    }


async def list_outlets(database: Database, query: OutletsQuery) -> list[dict[str, Any]]:
    """Outlets with their ownership and number of events."""
    rows = await fetch_outlets(database, query.ownership, query.state, query.id)
    names = OutletEntry.__dataclass_fields__
    return [
        {
            **row,
            "state_media": OutletEntry(**{name: row[name] for name in names}).is_state_media,
        }
        for row in rows
    ]
