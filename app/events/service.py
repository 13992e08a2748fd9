"""The rules of the free tier: what a plan clips, what an empty answer says, how numbers are made."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson

from app.core.db import Database
from app.core.errors import UnavailableError
from app.events.formats import Closing, Encoding
from app.events.highlights import add_highlights
from app.events.links import Links
from app.events.queries import Count, EventListQuery
from app.events.repository import pages
from app.events.repository.sorting import Sorting
from app.plans import Plan

STREAMED_FROM = pages.CHUNK


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """A page as bytes, whole or in chunks, and the address of the next one."""

    body: bytes | AsyncIterator[bytes]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class _Request:
    """A list request after the plan has clipped it."""

    query: EventListQuery
    sorting: Sorting
    limit: int
    meta: dict[str, Any]


async def list_events(
    database: Database, query: EventListQuery, plan: Plan, encoding: Encoding, links: Links
) -> ListAnswer:
    """A page of events in a format; long ones are streamed."""
    sorting = Sorting.parse(query.sortby, has_text=query.q is not None)
    limit = min(query.limit, plan.page_cap)
    meta: dict[str, Any] = {}
    if limit < query.limit:
        meta["clipped"] = {
            "parameter": "limit",
            "asked": query.limit,
            "given": limit,
            "plan": plan.key,
        }
    await _add_counts(database, query, meta)
    request = _Request(query, sorting, limit, meta)
    if limit > STREAMED_FROM:
        return await _stream(database, request, encoding, links)
    page = await pages.fetch_page(database, query, sorting, limit, query.cursor)
    if not page.documents and not query.cursor:
        meta["hints"] = await _hints(database, query)
    documents = await _shape(database, query, page.documents)
    closing = Closing(links.of(page.next_cursor), len(documents), meta)
    body = b"".join((encoding.opening, encoding.chunk(documents), encoding.close(closing)))
    return ListAnswer(body, page.next_cursor)


async def _stream(
    database: Database, request: _Request, encoding: Encoding, links: Links
) -> ListAnswer:
    query, sorting, limit = request.query, request.sorting, request.limit
    following = await pages.fetch_cursor_after(database, query, sorting, limit, query.cursor)

    async def chunks() -> AsyncIterator[bytes]:
        yield encoding.opening
        returned = 0
        async for documents in pages.stream_documents(
            database, query, sorting, limit, query.cursor
        ):
            if returned and documents:
                yield encoding.separator
            returned += len(documents)
            yield encoding.chunk(await _shape(database, query, documents))
        yield encoding.close(Closing(links.of(following), returned, request.meta))

    return ListAnswer(chunks(), following)


async def _shape(database: Database, query: EventListQuery, documents: list[bytes]) -> list[bytes]:
    """Documents with highlights added and only the chosen fields left."""
    if not query.fields and not (query.highlights and query.q):
        return documents
    events = [orjson.loads(document) for document in documents]
    if query.highlights and query.q:
        await add_highlights(database, query.q, events)
    if query.fields:
        kept = {"id", "highlight", *query.fields}
        events = [{name: event[name] for name in event if name in kept} for event in events]
    return [orjson.dumps(event) for event in events]


async def _add_counts(database: Database, query: EventListQuery, meta: dict[str, Any]) -> None:
    if query.count is Count.EXACT:
        meta["matched"] = await pages.fetch_count(database, query)
    elif query.count is Count.ESTIMATED:
        meta["estimated_matched"] = await pages.fetch_estimate(database, query)


async def _hints(database: Database, query: EventListQuery) -> list[dict[str, Any]]:
    """Which parameters, each alone, removed everything."""
    active = query.active()
    if not active:
        return [{"reason": "the collection is empty"}]
    try:
        emptying = await pages.fetch_emptying_parameters(database, query)
    except UnavailableError:
        return [{"reason": "too many events to tell which filter removed everything"}]
    if emptying:
        return [
            {"parameter": name, "reason": f"without {name} there would be results"}
            for name in emptying
        ]
    return [
        {
            "parameters": active,
            "reason": "several filters together, or one in two ways, remove everything",
        }
    ]
