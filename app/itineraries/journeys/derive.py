"""Derives itineraries from their claims anew, with their links to events and their history."""

from collections.abc import Mapping, Sequence

import asyncpg

from app.events.citations import Citation, find_cited_events
from app.events.writer import replace_event_links
from app.itineraries.journeys import writer
from app.itineraries.journeys.assemble import assemble
from app.itineraries.journeys.claims import Claim
from app.itineraries.journeys.records import row_of
from app.plans import Feature

FEATURE = Feature.ROUTES.value


def target_of(itinerary_id: str) -> str:
    """The path of an itinerary below /v1/routes/."""
    return f"itineraries/{itinerary_id}"


async def derive_itineraries(
    connection: asyncpg.Connection,
    touched: Mapping[str, tuple[int, int]],
    by: str,
    kind: str | None = None,
    reason: str | None = None,
) -> Sequence[str]:
    """Bring itineraries up to what their standing claims say, within the caller's transaction.

    One without a claim left is taken away. Each gets a step in its history.

    Args:
        touched: claims added and withdrawn, by itinerary.
        kind: of the step, where it is none of created, updated and removed.
    """
    ids = sorted(touched)
    known = await writer.load_known_ids(connection, ids)
    claims = await writer.load_claims(connection, ids)
    rows, titles = [], {}
    for key, held in claims.items():
        document = assemble(held)
        assert document is not None
        rows.append(row_of(key, document, held))
        titles[key] = document["title"]
    await writer.save_itineraries(connection, rows)
    gone = [key for key in ids if key not in claims]
    await writer.delete_itineraries(connection, gone)
    links = await _links_to_events(connection, claims, titles)
    targets = {target_of(key): links.get(key, {}) for key in ids}
    await replace_event_links(connection, FEATURE, targets)
    kinds = {
        key: "removed" if key in gone else kind or ("updated" if key in known else "created")
        for key in ids
        if key not in gone or key in known
    }
    await writer.note_changes(connection, kinds, by, touched, reason)
    return ids


async def _links_to_events(
    connection: asyncpg.Connection,
    claims: Mapping[str, Sequence[Claim]],
    titles: Mapping[str, str],
) -> dict[str, dict[int, str]]:
    """The events that tell of itineraries, with the itinerary's title."""
    citations = [
        Citation(key, source.outlet, source.published_on, source.event)
        for key, held in claims.items()
        for claim in held
        for source in claim.sources
    ]
    events = await find_cited_events(connection, citations)
    return {key: dict.fromkeys(ids, titles[key]) for key, ids in events.items()}
