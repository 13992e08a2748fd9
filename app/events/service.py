"""The rules of the free tier: what a plan clips, what an empty answer says, how numbers are made."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson

from app.core.db import Database
from app.core.errors import InvalidParameterError
from app.core.pagination import clipped
from app.events.formats import Closing, Encoding, Format
from app.events.highlights import add_highlights
from app.events.hints import explain_emptiness
from app.events.links import Links
from app.events.queries import Count, EventListQuery
from app.events.repository import pages
from app.events.repository.sorting import Sorting
from app.plans import Plan

_WITHOUT_FIELDS = (Format.ATOM, Format.JSONFEED)
_WITHOUT_HIGHLIGHTS = (*_WITHOUT_FIELDS, Format.CSV)


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


def check_format(format_: Format, query: EventListQuery) -> None:
    """Refuse what a format has no place for.

    Raises:
        InvalidParameterError: `fields` of a feed, or `highlights` where none can be sent or made.
    """
    if query.fields and format_ in _WITHOUT_FIELDS:
        raise InvalidParameterError.of("fields", f"{format_} has members of its own")
    if query.highlights and format_ in _WITHOUT_HIGHLIGHTS:
        raise InvalidParameterError.of("highlights", f"{format_} has no place for them")
    if query.highlights and not query.q:
        raise InvalidParameterError.of("highlights", "needs a q")


async def list_events(
    database: Database, query: EventListQuery, plan: Plan, encoding: Encoding, links: Links
) -> ListAnswer:
    """A page of events; long ones are streamed."""
    sorting = Sorting.parse(query.sortby, has_text=query.q is not None)
    limit, meta = clipped(query.limit, plan.page_cap, plan.key)
    await _add_counts(database, query, meta)
    page = await pages.fetch_page(database, query, sorting, min(limit, pages.CHUNK), query.cursor)
    if page.next_cursor is not None and limit > pages.CHUNK:
        request = _Request(query, sorting, limit, meta)
        return await _stream(database, request, page, encoding, links)
    if not page.documents and not query.cursor:
        meta["hints"] = await explain_emptiness(database, query)
    documents = await _with_highlights(database, query, page.documents)
    closing = Closing(links.of(page.next_cursor), len(documents), meta)
    body = b"".join((encoding.opening, encoding.chunk(documents), encoding.close(closing)))
    return ListAnswer(body, page.next_cursor)


async def _stream(
    database: Database, request: _Request, first: pages.Page, encoding: Encoding, links: Links
) -> ListAnswer:
    query, sorting, rest = request.query, request.sorting, request.limit - len(first.documents)
    following = await pages.fetch_cursor_after(database, query, sorting, rest, first.next_cursor)

    async def chunks() -> AsyncIterator[bytes]:
        yield encoding.opening
        yield encoding.chunk(await _with_highlights(database, query, first.documents))
        returned = len(first.documents)
        async for documents in pages.stream_documents(
            database, query, sorting, rest, first.next_cursor
        ):
            if documents:
                yield encoding.separator
            returned += len(documents)
            yield encoding.chunk(await _with_highlights(database, query, documents))
        yield encoding.close(Closing(links.of(following), returned, request.meta))

    return ListAnswer(chunks(), following)


async def _with_highlights(
    database: Database, query: EventListQuery, documents: list[bytes]
) -> list[bytes]:
    """Documents with highlights added, if they are wanted."""
    if not query.highlights or not query.q:
        return documents
    events = [orjson.loads(document) for document in documents]
    await add_highlights(database, query.q, events)
    return [orjson.dumps(event) for event in events]


async def _add_counts(database: Database, query: EventListQuery, meta: dict[str, Any]) -> None:
    if query.count is Count.EXACT:
        meta["matched"] = await pages.fetch_count(database, query)
    elif query.count is Count.ESTIMATED:
        meta["estimated_matched"] = await pages.fetch_estimate(database, query)
