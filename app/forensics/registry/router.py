"""Routes over the registry: search, one entry, its disputes."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.idempotency import IdempotencyKey, once_of
from app.access.policy import requires
from app.core.http import ReadDatabase
from app.core.query_string import NoQuery, from_query
from app.core.routes import DirectRoute
from app.events.links import Links
from app.events.responses import envelope, json_response, problems
from app.forensics.registry import service
from app.forensics.registry.queries import RegistryQuery
from app.forensics.registry.schemas import (
    DisputePage,
    DisputeShown,
    DisputeWish,
    RegistryEntryDetail,
    RegistryPage,
)
from app.forensics.registry.views import REGISTRY, address_of
from app.plans import Feature

registry_router = APIRouter(
    prefix=REGISTRY,
    tags=["forensics"],
    route_class=DirectRoute,
    dependencies=[Depends(requires(Feature.FORENSICS))],
)
# Whoever is named may dispute it, on any plan.
disputes_router = APIRouter(
    prefix=REGISTRY, tags=["forensics"], dependencies=[Depends(requires(Feature.ACCOUNT))]
)
EntryKind = Annotated[
    Literal["outlet", "account", "domain"], Path(description="What it is.", examples=["domain"])
]
EntryId = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9][a-z0-9.:_-]{0,399}$",
        description="An outlet's id, a domain, or `platform:handle`.",
        examples=["spiegel.ltd"],
    ),
]
DisputeId = Annotated[
    UUID,
    Path(
        description="A dispute of yours.",
        examples=["3f0c6f0e-6a39-4c55-9a1c-0d5c8f3e7b21"],
    ),
]
Nothing = Annotated[NoQuery, from_query(NoQuery)]
_PRIVATE = {"Cache-Control": "no-store"}


@registry_router.get(
    "",
    operation_id="listRegistry",
    summary="Search the registry",
    response_model=RegistryPage,
    responses=problems(403),
)
async def list_registry(
    query: Annotated[RegistryQuery, from_query(RegistryQuery)],
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Outlets, accounts and domains with what cited publications say of them.

    A registry hit is not guilt: it says who owns a thing, or what others reported of it, each with
    its citation. It says nothing about the truth of what is published there, and whoever is named
    may dispute it.
    """
    answer = await service.list_entries(database, query, caller.plan)
    return envelope(answer.items, Links.to(request.scope).of(answer.next_cursor), answer.meta)


@registry_router.get(
    "/{kind}/{entry_id}",
    operation_id="getRegistryEntry",
    summary="One entry of the registry",
    response_model=RegistryEntryDetail,
    responses=problems(403, 404),
)
async def get_registry_entry(
    kind: EntryKind,
    entry_id: EntryId,
    caller: Caller,
    database: ReadDatabase,
    _: Nothing,
) -> Response:
    """An entry with its citations, its disputes, and what it said before and until when.

    A registry hit is not guilt. An entry that was taken out stays here, with the day in
    `withdrawn_at`.
    """
    return json_response(await service.get_entry(database, caller, kind, entry_id))


@disputes_router.post(
    "/{kind}/{entry_id}/disputes",
    operation_id="fileDispute",
    summary="Dispute an entry",
    status_code=201,
    response_model=DisputeShown,
    responses=problems(403, 404, 409, 422),
)
async def file_dispute(
    kind: EntryKind,
    entry_id: EntryId,
    body: DisputeWish,
    request: Request,
    caller: Caller,
    database: ReadDatabase,
    _: Nothing,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """On any plan. An operator decides, and may put the entry otherwise; both stay readable.

    One dispute against an entry and ten in all may be open at once.
    """
    settings = request.app.state.settings
    once = await once_of(request, settings.secrets, caller.subject, idempotency_key)
    shown = await service.file_dispute(database, caller, kind, entry_id, body, once)
    return Response(
        shown.model_dump_json(),
        201,
        headers={**_PRIVATE, "Location": f"{address_of(kind, entry_id)}/disputes"},
        media_type="application/json",
    )


@disputes_router.get(
    "/{kind}/{entry_id}/disputes",
    operation_id="listDisputes",
    summary="The disputes of an entry",
    response_model=DisputePage,
    responses=problems(403, 404),
)
async def list_disputes(
    kind: EntryKind,
    entry_id: EntryId,
    request: Request,
    caller: Caller,
    database: ReadDatabase,
    _: Nothing,
) -> Response:
    """Oldest first, whatever became of them. What one says is shown to whoever filed it, and to all
    once an operator has decided."""
    found = await service.get_disputes(database, caller, kind, entry_id)
    return envelope(found, Links.to(request.scope).of(None))


@disputes_router.delete(
    "/{kind}/{entry_id}/disputes/{dispute_id}",
    operation_id="withdrawDispute",
    summary="Take a dispute back",
    status_code=204,
    responses=problems(403, 404, 409),
)
async def withdraw_dispute(
    kind: EntryKind,
    entry_id: EntryId,
    dispute_id: DisputeId,
    caller: Caller,
    database: ReadDatabase,
    _: Nothing,
) -> Response:
    """One's own, while it is open. It stays in the list as withdrawn."""
    await service.withdraw_dispute(database, caller, kind, entry_id, dispute_id)
    return Response(status_code=204, headers=_PRIVATE)
