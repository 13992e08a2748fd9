"""Routes of corpora: upload posts, look at them, link them, delete them for good."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import requires
from app.core.errors import InvalidParameterError
from app.core.http import ReadDatabase
from app.core.pagination import OwnPageQuery
from app.core.query_string import NoQuery, from_query
from app.events.links import Links
from app.events.responses import envelope, problems
from app.forensics.corpora import service
from app.forensics.corpora.schemas import (
    NAME_PATTERN,
    PATH,
    CorpusPage,
    CorpusShown,
    Deleted,
    DeletionQuery,
    LinkKey,
    LinkWish,
    PostPage,
    PostsQuery,
    UploadPage,
    UploadQuery,
    UploadShown,
)
from app.forensics.corpora.spool import BrokenOffError
from app.forensics.corpora.views import corpus_shown, post_shown, upload_shown
from app.plans import Feature

UPLOADS = re.compile(PATH + r"/[^/]+/posts")
router = APIRouter(
    prefix=PATH, tags=["forensics"], dependencies=[Depends(requires(Feature.FORENSICS))]
)
CorpusName = Annotated[
    str, Path(description="The name of a corpus.", pattern=NAME_PATTERN, examples=["demo"])
]
Nothing = Annotated[NoQuery, from_query(NoQuery)]
_PRIVATE = {"Cache-Control": "no-store"}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "One post a line (NDJSON), or CSV with a header; gzip too.",
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"id": "1", "platform": "x", "account": "a", "text": "…",'
                ' "published_at": "2026-11-01T12:00:00Z", "urls": ["https://example.org/1"]}\n',
            },
            "text/csv": {"schema": {"type": "string"}},
        },
    }
}


@router.post(
    "/{name}/posts",
    operation_id="uploadPosts",
    summary="Upload posts",
    response_model=UploadShown,
    responses=problems(403, 404, 409, 422),
    openapi_extra=_BODY,
)
async def upload_posts(
    name: CorpusName,
    query: Annotated[UploadQuery, from_query(UploadQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Posts and articles as NDJSON or CSV, into the corpus of this name, made when it is new.

    Columns are found by their usual names; `column=field=theirs` names others. A post is known by
    platform and id: sent again it is left as it is, and with another body that is reported. Rows
    that cannot be read are told by line. The answer is the record of the run; what was taken in
    stays when the rest of a file is refused, and the same file sent again adds what is missing.
    Posts are taken in once the whole body is there, then also when the caller has left; of a body
    that broke off nothing is, which `GET …/uploads` tells.
    """
    assert caller.account_id is not None
    _check_encoding(request)
    leave = request.app.state.uploads.enter(caller.account_id)
    try:
        upload = await service.upload_posts(
            database,
            request.app.state.settings,
            caller.account_id,
            caller.plan,
            name,
            query,
            _body(request),
        )
    finally:
        leave()
    return _json(upload_shown(upload))


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise BrokenOffError from None


def _check_encoding(request: Request) -> None:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise InvalidParameterError(
            f"Content-Encoding {encoding[:40]!r}: gzip or none is read here",
            errors=[{"name": "Content-Encoding", "location": "header", "reason": "gzip or none"}],
        )


@router.get(
    "",
    operation_id="listCorpora",
    summary="Corpora",
    response_model=CorpusPage,
    responses=problems(403),
)
async def list_corpora(
    query: Annotated[OwnPageQuery, from_query(OwnPageQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """One's own corpora and the published ones, newest first."""
    found, cursor = await service.list_corpora(database, caller, query.limit, query.cursor)
    items = [corpus_shown(corpus, caller.plan).model_dump(mode="json") for corpus in found]
    return _page(request, items, cursor)


@router.get(
    "/{name}",
    operation_id="getCorpus",
    summary="A corpus",
    response_model=CorpusShown,
    responses=problems(403, 404, 410),
)
async def get_corpus(
    name: CorpusName, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """How many posts it holds. One's own goes before a published one of the same name."""
    assert caller.account_id is not None
    corpus = await service.get_corpus(database, caller.account_id, name)
    return _json(corpus_shown(corpus, caller.plan))


@router.delete(
    "/{name}",
    operation_id="deleteCorpus",
    summary="Delete a corpus for good",
    status_code=204,
    responses=problems(403, 404, 410),
)
async def delete_corpus(
    name: CorpusName, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """With its posts, uploads, links, analyses and the documents of its findings.

    What stays is that there was one, with how many posts, and when it was deleted.
    """
    assert caller.account_id is not None
    corpus = await service.get_own_corpus(database, caller.account_id, name)
    await service.delete_corpus(database, corpus)
    return Response(status_code=204, headers=_PRIVATE)


@router.get(
    "/{name}/posts",
    operation_id="listPosts",
    summary="Posts of a corpus",
    response_model=PostPage,
    responses=problems(403, 404, 410),
)
async def list_posts(
    name: CorpusName,
    query: Annotated[PostsQuery, from_query(PostsQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Posts in the order in which they came, with what they are linked to."""
    assert caller.account_id is not None
    corpus = await service.get_corpus(database, caller.account_id, name)
    rows, cursor = await service.list_posts(database, corpus, query)
    return _page(request, [post_shown(row) for row in rows], cursor)


@router.delete(
    "/{name}/posts",
    operation_id="deletePosts",
    summary="Delete posts for good",
    response_model=Deleted,
    responses=problems(403, 404, 410),
)
async def delete_posts(
    name: CorpusName,
    query: Annotated[DeletionQuery, from_query(DeletionQuery)],
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """One post by `id` and `platform`, or all posts of an `account`.

    A tombstone keeps them away when the same file is sent again. Findings that had them in get an
    event; their versions that name a deleted account go. Of an account with more than 10,000 posts
    the rest goes within minutes, in steps; `left` tells how many.
    """
    assert caller.account_id is not None
    if (query.id is None) == (query.account is None):
        raise InvalidParameterError.of("id", "give either id or account")
    corpus = await service.get_own_corpus(database, caller.account_id, name)
    if query.account is not None:
        deleted, left = await service.delete_posts_of(database, corpus, query.account)
        return _json(Deleted(deleted=deleted, left=left))
    assert query.id is not None
    await service.delete_post(database, corpus, query.platform.casefold(), query.id)
    return _json(Deleted(deleted=1, left=0))


@router.get(
    "/{name}/uploads",
    operation_id="listUploads",
    summary="Uploads of a corpus",
    response_model=UploadPage,
    responses=problems(403, 404, 410),
)
async def list_uploads(
    name: CorpusName,
    query: Annotated[OwnPageQuery, from_query(OwnPageQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """The record of each run, newest first; of one under way, how far it is."""
    assert caller.account_id is not None
    corpus = await service.get_own_corpus(database, caller.account_id, name)
    found, cursor = await service.list_uploads(database, corpus, query.limit, query.cursor)
    return _page(request, [upload_shown(one).model_dump(mode="json") for one in found], cursor)


@router.post(
    "/{name}/links",
    operation_id="linkPost",
    summary="Link a post to an event, an outlet or a report",
    status_code=204,
    responses=problems(403, 404, 410, 422),
)
async def link_post(
    name: CorpusName, body: LinkWish, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """Once; the same link again changes its note."""
    assert caller.account_id is not None
    corpus = await service.get_own_corpus(database, caller.account_id, name)
    await service.link_post(database, corpus, body)
    return Response(status_code=204, headers=_PRIVATE)


@router.delete(
    "/{name}/links",
    operation_id="unlinkPost",
    summary="Take a link of a post away",
    status_code=204,
    responses=problems(403, 404, 410),
)
async def unlink_post(
    name: CorpusName,
    query: Annotated[LinkKey, from_query(LinkKey)],
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """The post itself stays."""
    assert caller.account_id is not None
    corpus = await service.get_own_corpus(database, caller.account_id, name)
    await service.unlink_post(database, corpus, query)
    return Response(status_code=204, headers=_PRIVATE)


def _json(view: CorpusShown | UploadShown | Deleted) -> Response:
    return Response(view.model_dump_json(), headers=_PRIVATE, media_type="application/json")


def _page(request: Request, items: list[dict[str, Any]], cursor: str | None) -> Response:
    answer = envelope(items, Links.to(request.scope).of(cursor))
    answer.headers.update(_PRIVATE)
    return answer
