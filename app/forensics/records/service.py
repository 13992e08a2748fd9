"""What callers get of takedowns and claims: pages, and one with its events and history."""

from dataclasses import dataclass
from typing import Any

import orjson

from app.core.db import Database, Row
from app.core.errors import GoneError, NotFoundError
from app.core.pagination import clipped, hints_of
from app.events.repository.items import fetch_linked_events
from app.forensics.records import repository
from app.forensics.records.importer import FEATURE, target_of
from app.forensics.records.queries import RecordsQuery
from app.forensics.records.records import Kind
from app.plans import Plan


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """A page of records."""

    items: list[dict[str, Any]]
    next_cursor: str | None
    meta: dict[str, Any]


async def list_records(
    database: Database, kind: Kind, query: RecordsQuery, plan: Plan
) -> ListAnswer:
    """The records that meet all of a query, within the plan's page cap."""
    limit, meta = clipped(query.limit, plan.page_cap, plan.key)
    page = await repository.fetch_page(database, kind, query, limit)
    if not page.rows and query.cursor is None:
        meta["hints"] = hints_of(query, f"{kind}s")
    items = [_shown(kind, row["id"], row) for row in page.rows]
    return ListAnswer(items, page.next_cursor, meta)


async def get_record(database: Database, kind: Kind, record_id: str) -> dict[str, Any]:
    """A record with the events that tell of it and the steps it took.

    Raises:
        NotFoundError: there never was such a one.
        GoneError: it was withdrawn.
    """
    row = await repository.find_record(database, kind, record_id)
    if row is None:
        raise NotFoundError(f"there is no {kind} {record_id}")
    if row["withdrawn_at"] is not None:
        raise GoneError(f"{kind} {record_id} was withdrawn on {row['withdrawn_at']:%Y-%m-%d}")
    events = await fetch_linked_events(database, FEATURE, target_of(kind, record_id))
    return {
        **_shown(kind, record_id, row),
        "events": [{**dict(event), "href": f"/v1/events/{event['id']}"} for event in events],
        "history": [dict(s) for s in await repository.fetch_history(database, kind, record_id)],
    }


def _shown(kind: Kind, record_id: str, row: Row) -> dict[str, Any]:
    href = f"/v1/forensics/{target_of(kind, record_id)}"
    links = [{"rel": "self", "href": href, "type": "application/json"}]
    if kind == "claim":
        review = {
            "rel": "alternate",
            "href": f"{href}?f=claimreview",
            "type": "application/ld+json",
        }
        links.append(review)
    return {
        **orjson.loads(row["document"]),
        "revision": row["revision"],
        "updated_at": row["updated_at"],
        "links": links,
    }
