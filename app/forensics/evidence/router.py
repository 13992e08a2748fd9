"""Routes of what leaves a finding: evidence package, interchange formats, report, pictures, keys."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, BinaryIO
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from app.access.gate import Caller
from app.access.policy import PUBLIC, requires
from app.core.drawing.png import png_of
from app.core.http import ReadDatabase
from app.core.query_string import NoQuery, from_query
from app.events.responses import json_response, problems
from app.forensics.evidence import service
from app.forensics.evidence.interchange.misp import misp_event
from app.forensics.evidence.interchange.tables import edges_csv, graphml
from app.forensics.evidence.keys import public_keys, signing_key
from app.forensics.evidence.pictures.chains import draw_chains
from app.forensics.evidence.pictures.network import draw_network
from app.forensics.evidence.pictures.page import WIDTH
from app.forensics.evidence.pictures.timeline import Posted, draw_timeline
from app.forensics.evidence.pictures.vega import vega_chains, vega_network, vega_timeline
from app.forensics.evidence.source import FindingVersion
from app.forensics.findings.examples import MISP, STIX, VEGA_LITE
from app.forensics.findings.schemas import FINDINGS
from app.plans import Feature

keys_router = APIRouter(prefix="/v1/forensics", tags=["forensics"])
evidence_router = APIRouter(
    prefix=FINDINGS, tags=["forensics"], dependencies=[Depends(requires(Feature.FORENSICS))]
)
FindingId = Annotated[
    UUID, Path(description="A finding's id.", examples=["3f0c6f0e-6a39-4c55-9a1c-0d5c8f3e7b21"])
]
_packing = service.Packing()
_BLOCK = 1 << 16
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'"


class VersionQuery(BaseModel):
    """Which version of a finding."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="A version's number; the latest by default."
    )


Version = Annotated[VersionQuery, from_query(VersionQuery)]


class Picture(StrEnum):
    NETWORK = "network"
    TIMELINE = "timeline"
    CHAINS = "chains"


class PictureFormat(StrEnum):
    SVG = "svg"
    PNG = "png"
    VEGA_LITE = "json"


class KeySet(BaseModel):
    """Public keys as a JSON Web Key Set (RFC 7517, 8037); the one in use is the first."""

    model_config = ConfigDict(json_schema_extra={"example": {"keys": [{
        "crv": "Ed25519", "kty": "OKP", "x": "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg",
        "kid": "Mf9AfB9AM35LYm6OUkLwBM6ddDxjAFIQDxhDqDtO3oo", "alg": "Ed25519", "use": "sig",
    }]}})  # fmt: skip

    keys: list[dict[str, str]]


_PICTURES: Mapping[Picture, tuple[Callable[..., bytes], Callable[..., bytes]]] = {
    Picture.NETWORK: (draw_network, vega_network),
    Picture.TIMELINE: (draw_timeline, vega_timeline),
    Picture.CHAINS: (draw_chains, vega_chains),
}
_TYPES = {
    PictureFormat.SVG: "image/svg+xml",
    PictureFormat.PNG: "image/png",
    PictureFormat.VEGA_LITE: "application/json",
}
_DRAWN = (_TYPES[PictureFormat.SVG], _TYPES[PictureFormat.PNG])
_INPUT_GONE = {409: "Posts that it was made from were deleted; `code` is `input_changed`."}


def _answers(
    description: str,
    *types: str,
    said: Mapping[int, str] | None = None,
    json: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[Any, Any]:
    """The `responses` of a route that answers with a file; of types of JSON with an example."""
    binary = ("application/zip", "image/png")
    content: dict[str, dict[str, Any]] = {
        one: {"schema": {"type": "string", **({"format": "binary"} if one in binary else {})}}
        for one in types
    }
    for one, example in (json or {}).items():
        content[one] = {"schema": {"type": "object"}, "example": example}
    statuses = (403, 404, 410, *(said or {}))
    return {200: {"description": description, "content": content}, **problems(*statuses, said=said)}


@keys_router.get(
    "/keys",
    operation_id="listEvidenceKeys",
    summary="The public keys of evidence",
    response_model=KeySet,
    responses=problems(),
    openapi_extra=PUBLIC,
)
async def list_keys(request: Request, _: Annotated[NoQuery, from_query(NoQuery)]) -> Response:
    """The keys by which evidence packages are checked: the one in use, then those it replaced."""
    keys = [key.jwk() for key in public_keys(request.app.state.settings)]
    return json_response({"keys": keys}, {"Cache-Control": "public, max-age=3600"})


@evidence_router.get(
    "/{finding_id}/evidence",
    operation_id="getEvidence",
    summary="The evidence package of a finding",
    response_class=Response,
    responses=_answers(
        "A signed ZIP that is the same every time.", "application/zip",
        said={**_INPUT_GONE, 429: "A limit is used up, or another package is being made for you."},
    ),
)  # fmt: skip
async def get_evidence(
    finding_id: FindingId, query: Version, request: Request, caller: Caller, database: ReadDatabase
) -> Response:
    """The finding, the posts it rests on by id and hash, their Merkle tree, and an Ed25519 signature.

    `vric forensics verify` checks it offline with the public key alone and finds any changed byte.
    """
    assert caller.account_id is not None
    async with _packing.of(caller.account_id):
        file, version = await service.make_package(
            database, request.app.state.settings, caller, finding_id, query.version
        )
    name = f"vric-evidence-{finding_id}-v{version.number}.zip"
    headers = {
        **_private(name), "Content-Length": str(file.seek(0, 2)),
        "ETag": f'"{version.sha256}-{signing_key(request.app.state.settings).public.id}"',
    }  # fmt: skip
    return StreamingResponse(_blocks(file), headers=headers, media_type="application/zip")


@evidence_router.get(
    "/{finding_id}/stix",
    operation_id="getFindingAsStix",
    summary="A finding as STIX 2.1",
    response_class=Response,
    responses=_answers(
        "A bundle with the same ids at every export.", json={"application/stix+json": STIX}
    ),
)
async def get_stix(
    finding_id: FindingId, query: Version, request: Request, caller: Caller, database: ReadDatabase
) -> Response:
    """Campaign, observed accounts and addresses, DISARM techniques with rule and evidence, notes.

    It names no threat actor: what third parties claim stands in notes.
    """
    # The library takes 27 MiB: only for those who ask.
    from app.forensics.evidence.interchange.stix import stix_bundle  # noqa: PLC0415

    made = await _made(stix_bundle, finding_id, query, request, caller, database)
    name = f"finding-{finding_id}.stix.json"
    return Response(made, headers=_private(name), media_type="application/stix+json;version=2.1")


@evidence_router.get(
    "/{finding_id}/misp",
    operation_id="getFindingAsMisp",
    summary="A finding as a MISP event",
    response_class=Response,
    responses=_answers("An event in MISP's core format.", json={"application/json": MISP}),
)
async def get_misp(
    finding_id: FindingId, query: Version, request: Request, caller: Caller, database: ReadDatabase
) -> Response:
    """Accounts as objects, what they shared as attributes, techniques as galaxy and as tags by id."""
    made = await _made(misp_event, finding_id, query, request, caller, database)
    name = f"finding-{finding_id}.misp.json"
    return Response(made, headers=_private(name), media_type="application/json")


@evidence_router.get(
    "/{finding_id}/graphml",
    operation_id="getFindingAsGraphml",
    summary="The network of a finding as GraphML",
    response_class=Response,
    responses=_answers("The network.", "application/graphml+xml"),
)
async def get_graphml(
    finding_id: FindingId, query: Version, request: Request, caller: Caller, database: ReadDatabase
) -> Response:
    """Accounts with their groups, ties with weight, expectation, p, q and benign explanation."""
    made = await _made(graphml, finding_id, query, request, caller, database)
    name = f"finding-{finding_id}.graphml"
    return Response(made, headers=_private(name), media_type="application/graphml+xml")


@evidence_router.get(
    "/{finding_id}/csv",
    operation_id="getFindingAsCsv",
    summary="The ties of a finding as CSV",
    response_class=Response,
    responses=_answers("A row a tie, or a row a record of texts.", "text/csv"),
)
async def get_csv(
    finding_id: FindingId, query: Version, request: Request, caller: Caller, database: ReadDatabase
) -> Response:
    """The ties with their numbers; of texts the near-duplicates or links of chains."""
    made = await _made(edges_csv, finding_id, query, request, caller, database)
    name = f"finding-{finding_id}.csv"
    return Response(made, headers=_private(name), media_type="text/csv; charset=utf-8")


@evidence_router.get(
    "/{finding_id}/report",
    operation_id="getFindingReport",
    summary="A finding as a page that prints",
    response_class=Response,
    responses=_answers("One HTML page without scripts or outside parts.", "text/html"),
)
async def get_report(
    finding_id: FindingId, query: Version, request: Request, caller: Caller, database: ReadDatabase
) -> Response:
    """What was found in words, tables and pictures, with method, benign explanations, caveats,
    replies and a box that tells how to check it."""
    # Templates are loaded with the first page.
    from app.forensics.evidence.report.page import report  # noqa: PLC0415

    settings = request.app.state.settings
    finding = await service.get_version(database, settings, caller, finding_id, query.version)
    posted = await service.get_posted(database, caller, finding)
    page = await asyncio.to_thread(report, finding, posted, signing_key(settings).public)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY}
    return Response(page, headers=headers, media_type="text/html; charset=utf-8")


@evidence_router.get(
    "/{finding_id}/{picture}.{format}",
    operation_id="getFindingPicture",
    summary="A finding as a picture",
    response_class=Response,
    responses=_answers(
        "The picture, or its Vega-Lite specification.",
        *_DRAWN,
        json={_TYPES[PictureFormat.VEGA_LITE]: VEGA_LITE},
    ),
)
async def get_picture(
    finding_id: FindingId,
    picture: Annotated[Picture, Path(description="What it shows.")],
    format: Annotated[PictureFormat, Path(description="`json` is Vega-Lite with its data.")],
    query: Version,
    request: Request,
    caller: Caller,
    database: ReadDatabase,
) -> Response:
    """Who is tied to whom, when the accounts of groups posted, or how stories went on."""
    settings = request.app.state.settings
    finding = await service.get_version(database, settings, caller, finding_id, query.version)
    more: list[list[Posted]] = []
    if picture is Picture.TIMELINE:
        more = [await service.get_posted(database, caller, finding)]
    draw, specify = _PICTURES[picture]
    make = specify if format is PictureFormat.VEGA_LITE else draw
    body = await asyncio.to_thread(make, finding, *more)
    if format is PictureFormat.PNG:
        body = await asyncio.to_thread(png_of, body, WIDTH)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY}
    return Response(body, headers=headers, media_type=_TYPES[format])


async def _made(
    encode: Callable[[FindingVersion], bytes], finding_id: UUID, query: VersionQuery,
    request: Request, caller: Caller, database: ReadDatabase,
) -> bytes:  # fmt: skip
    settings = request.app.state.settings
    finding = await service.get_version(database, settings, caller, finding_id, query.version)
    return await asyncio.to_thread(encode, finding)


def _private(name: str) -> dict[str, str]:
    return {
        "Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"',
    }  # fmt: skip


async def _blocks(file: BinaryIO) -> AsyncIterator[bytes]:
    try:
        file.seek(0)
        while block := await asyncio.to_thread(file.read, _BLOCK):
            yield block
    finally:
        file.close()
