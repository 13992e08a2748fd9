"""Narratives of a finding that a caller may see, page by page."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from app.access.principal import Principal
from app.core.db import Database
from app.core.errors import InvalidParameterError, NotFoundError
from app.core.pagination import decode_cursor, encode_cursor
from app.forensics.corpora import repository as corpora
from app.forensics.findings import service as findings
from app.forensics.findings.models import Finding
from app.forensics.findings.stories import story_of
from app.forensics.findings.views import summary_shown
from app.forensics.narratives import repository
from app.forensics.narratives.clusters import Cluster, clusters_of
from app.forensics.narratives.queries import NarrativeSort, NarrativesQuery
from app.forensics.narratives.schemas import Narrative, NarrativesMeta

MAX_VERSIONS = 10
"""Ids are carried on through so many."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of narratives, and the cursor of the next one."""

    narratives: list[Narrative]
    meta: NarrativesMeta
    cursor: str | None


async def list_narratives(database: Database, caller: Principal, query: NarrativesQuery) -> Answer:
    """The narratives of a finding, or of the latest one of a corpus.

    Raises:
        InvalidParameterError: neither or both were named, or the finding is not one of chains.
        NotFoundError: there is no such finding, or none of the corpus.
        GoneError: it was deleted.
    """
    if (query.finding is None) == (query.corpus is None):
        raise InvalidParameterError.of("finding", "give either a finding or a corpus")
    finding_id, number, offset = query.finding, None, 0
    if query.cursor is not None:
        finding_id, number, offset = _read_cursor(query)
    if finding_id is None:
        finding_id = await _latest_of(database, caller, str(query.corpus))
    finding = await findings.get_finding(database, caller, finding_id)
    if finding.kind != "chains":
        raise InvalidParameterError.of("finding", f"is one of {finding.kind}, not of chains")
    version = await findings.get_version(database, caller, finding_id, number)
    async with database.session() as session:
        documents = await repository.list_documents(
            session, finding_id, version.number, MAX_VERSIONS
        )
    return await asyncio.to_thread(_page, query, finding, version.number, documents, offset)


async def _latest_of(database: Database, caller: Principal, name: str) -> UUID:
    assert caller.account_id is not None
    async with database.session() as session:
        corpus = await corpora.find_visible(session, caller.account_id, name)
        if corpus is None or corpus.id is None:
            raise NotFoundError("there is no such corpus")
        found = await repository.find_latest_chains(session, caller.account_id, corpus.id)
    if found is None:
        raise NotFoundError(
            "there is no finding of chains in this corpus yet; POST /v1/forensics/analyses with"
            ' "kind": "chains" asks for one'
        )
    return found.id


def _page(
    query: NarrativesQuery, finding: Finding, number: int, documents: Sequence[bytes], offset: int
) -> Answer:
    told = [orjson.loads(document) for document in reversed(documents)]
    clusters = [
        one
        for one in clusters_of(document["behaviour"]["records"] for document in told)
        if len(one.links) >= query.min_texts
        and (query.language is None or any(x["language"] == query.language for x in one.links))
    ]
    clusters.sort(key=lambda one: (one.first_at, one.id))
    if query.sortby is NarrativeSort.SIZE_DOWN:
        clusters.sort(key=lambda one: -len(one.links))
    elif query.sortby is NarrativeSort.FIRST_DOWN:
        clusters.reverse()
    latest = told[-1]
    meta = NarrativesMeta.model_validate(
        {
            "finding": finding.id,
            "version": number,
            "status": summary_shown(finding).status,
            "narratives": len(clusters),
            "complete": latest["counts"]["links"] == latest["counts"]["links_shown"],
            "engine": latest["method"]["parameters"]["engine"],
        }
    )
    end = offset + query.limit
    cursor = None
    if len(clusters) > end:
        cursor = encode_cursor(_made_for(query), (str(finding.id), number, end))
    return Answer([_narrative(one) for one in clusters[offset:end]], meta, cursor)


def _narrative(cluster: Cluster) -> Narrative:
    return Narrative(id=cluster.id, **story_of(cluster.links).model_dump())


def _made_for(query: NarrativesQuery) -> str:
    """What a cursor holds for: another filter would make another list."""
    named: list[Any] = [query.finding, query.corpus, query.language, query.min_texts]
    return f"{query.sortby} {named}"


def _read_cursor(query: NarrativesQuery) -> tuple[UUID, int, int]:
    assert query.cursor is not None
    finding_id, number, offset = decode_cursor(query.cursor, _made_for(query), (str, int, int))
    try:
        if int(offset) < 0 or not 0 < int(number) < 2**31:
            raise ValueError
        return UUID(str(finding_id)), int(number), int(offset)
    except ValueError:
        raise InvalidParameterError.of("cursor", "not a cursor of this list") from None
