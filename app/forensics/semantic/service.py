"""Search by meaning over events and over the posts that a caller may see."""

import asyncio
from typing import Any
from urllib.parse import quote

from app.access.principal import Principal
from app.core.db import Database, Row
from app.core.errors import NotFoundError, UnavailableError
from app.events.schemas import Link
from app.forensics.corpora import repository as corpora
from app.forensics.corpora.schemas import PATH
from app.forensics.semantic import repository
from app.forensics.semantic.embedders import NOT_INSTALLED, Embedder, EmbeddingError, Vectors
from app.forensics.semantic.queries import EVENTS, POSTS, SemanticQuery
from app.forensics.semantic.schemas import NOTE, CalibrationShown, EventHit, PostHit, SemanticMeta
from app.forensics.semantic.space import CALIBRATIONS, Space

MAX_CORPORA = 1_000
_SHOWN_CHARACTERS = 500
_NOTHING_INDEXED = "nothing has vectors yet; an operator gives them by `vric forensics index`"
Hit = EventHit | PostHit


async def search(
    database: Database, caller: Principal, embedder: Embedder | None, query: SemanticQuery
) -> tuple[list[Hit], SemanticMeta]:
    """The texts nearest in meaning, nearest first, and how to read their similarity.

    Raises:
        NotFoundError: the caller sees no such corpus.
        UnavailableError: there is no embedder, it does not answer, or nothing has vectors.
    """
    if embedder is None:
        raise UnavailableError(NOT_INSTALLED, extra={"extra": "semantic"})
    seen = await _visible_corpora(database, caller, query.corpus) if POSTS in query.where else []
    vector = await _vector_of(embedder, query.semantic)
    space = Space.of(embedder, vector)
    indexed = await repository.fetch_indexed(database, space, seen)
    searched = [name for name in query.where if name in indexed]
    if not searched:
        raise UnavailableError(_NOTHING_INDEXED)
    hits: list[Hit] = []
    if EVENTS in searched:
        rows = await repository.fetch_nearest_events(database, space, vector, query.limit)
        hits += map(_event_hit, rows)
    if POSTS in searched:
        rows = await repository.fetch_nearest_posts(database, space, vector, query.limit, seen)
        hits += map(_post_hit, rows)
    near = [hit for hit in hits if hit.similarity >= query.min_similarity]
    near.sort(key=lambda hit: -hit.similarity)
    return near[: query.limit], _meta(embedder, space, searched, query)


async def _visible_corpora(database: Database, caller: Principal, name: str | None) -> list[int]:
    assert caller.account_id is not None
    async with database.session() as session:
        if name is None:
            found = await corpora.list_corpora(session, caller.account_id, MAX_CORPORA, None)
        else:
            one = await corpora.find_visible(session, caller.account_id, name)
            if one is None:
                raise NotFoundError("there is no such corpus")
            found = [one]
    return [one.id for one in found if one.id is not None]


async def _vector_of(embedder: Embedder, text: str) -> Vectors:
    try:
        return await asyncio.to_thread(embedder.query, text)
    except EmbeddingError as error:
        raise UnavailableError(str(error)) from None


def _meta(
    embedder: Embedder, space: Space, searched: list[str], query: SemanticQuery
) -> SemanticMeta:
    measured = CALIBRATIONS.get(space.name)
    return SemanticMeta.model_validate(
        {
            "engine": embedder.name,
            "model": embedder.model,
            "searched": searched,
            "not_indexed": [name for name in query.where if name not in searched],
            "calibration": measured
            and CalibrationShown(unrelated=measured.unrelated, translation=measured.translation),
            "note": NOTE,
        }
    )


def _event_hit(row: Row) -> EventHit:
    return EventHit(kind="event", **_shared(row), published_on=row["published_on"],
                    links=[Link(rel="self", href=f"/v1/events/{row['id']}")])  # fmt: skip


def _post_hit(row: Row) -> PostHit:
    own = f"{PATH}/{row['corpus']}/posts?id={quote(row['id'], safe='')}"
    return PostHit(
        kind="post",
        **_shared(row),
        **{name: row[name] for name in ("corpus", "platform", "account", "at", "permalink")},
        links=[Link(rel="collection", href=own)],
    )


def _shared(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "similarity": round(row["similarity"], 4),
        "text": row["text"][:_SHOWN_CHARACTERS],
        "language": row["language"],
        "synthetic": row["synthetic"],
    }
