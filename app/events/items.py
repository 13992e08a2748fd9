"""One event in full, its history, and the feed of changes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson

from app.core.db import Database
from app.core.errors import GoneError, NotFoundError
from app.events.licence import LICENCE, citation
from app.events.neighbours import RELATED_DAYS, rank_neighbours
from app.events.parameters import parse_instant
from app.events.repository import items as repository


async def get_event(
    database: Database, event_id: int, features: Iterable[str] = ()
) -> dict[str, Any]:
    """An event with its provenance and neighbours, and links to what these features hold on it.

    Raises:
        NotFoundError: there never was such an event.
        GoneError: it was taken back.
    """
    row = await repository.find_event(database, event_id)
    history = await repository.fetch_history(database, event_id)
    if row is None:
        if history:
            raise GoneError(
                f"event {event_id} was taken back on {history[-1]['at']:%Y-%m-%d}",
                extra={"history": f"/v1/events/{event_id}/history"},
            )
        raise NotFoundError(f"there is no event {event_id}")
    event = orjson.loads(row["document"])
    neighbours = await _neighbours(database, event_id)
    corrections = await repository.fetch_corrections(database, event_id)
    path = f"/v1/events/{event_id}"
    held = await repository.fetch_links(database, event_id, sorted(features))
    return {
        **event,
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "coding": orjson.loads(row["coding"]),
        "corrections": [{**c, "value": orjson.loads(c["value"])} for c in corrections],
        **neighbours,
        "citation": citation(event, max(1, len(history))),
        "licence": LICENCE,
        "links": [
            *event["links"],
            {"rel": "history", "href": f"{path}/history", "type": "application/json"},
            *(
                {
                    "rel": "related",
                    "href": f"/v1/{link['feature']}/{link['target_id']}",
                    "type": "application/json",
                    "title": link["title"],
                }
                for link in held
            ),
        ],
    }


async def _neighbours(database: Database, event_id: int) -> dict[str, Any]:
    me, *others = await repository.fetch_around(database, event_id, RELATED_DAYS)
    ranked = rank_neighbours(me, others)
    ids = [neighbour.id for neighbour in (*ranked.corroborating, *ranked.related)]
    documents = await repository.fetch_documents(database, ids)
    return {
        kind: [
            {"event": orjson.Fragment(documents[n.id]), "score": n.score, "parts": n.parts}
            for n in neighbours
            if n.id in documents
        ]
        for kind, neighbours in (
            ("corroborating", ranked.corroborating),
            ("related", ranked.related),
        )
    }


async def get_history(database: Database, event_id: int) -> list[dict[str, Any]]:
    """The steps of an event's life, oldest first.

    Raises:
        NotFoundError: there never was such an event.
    """
    steps = await repository.fetch_history(database, event_id)
    if not steps:
        raise NotFoundError(f"there is no event {event_id}")
    return [{**step, "document": orjson.Fragment(step["document"])} for step in steps]


async def list_changes(
    database: Database, since: str, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Changes after a sequence number or from an instant, and the number to go on from."""
    instant = parse_instant(since)
    if isinstance(instant, datetime):
        after = await repository.fetch_sequence_before(database, instant)
    else:
        after = instant
    rows = await repository.fetch_changes(database, after, limit)
    changes = [
        {
            "seq": row["seq"],
            "event_id": row["event_id"],
            "kind": row["kind"],
            "at": row["at"],
            "event": None if row["kind"] == "deleted" else orjson.Fragment(row["document"]),
        }
        for row in rows
    ]
    return changes, rows[-1]["seq"] if rows else after
