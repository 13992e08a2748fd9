"""Routes to zones."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.idempotency import IdempotencyKey, once_of
from app.access.policy import requires
from app.core.http import ReadDatabase
from app.core.query_string import NoQuery, from_query
from app.events.links import Links
from app.events.responses import envelope, problems
from app.itineraries.zones import service
from app.itineraries.zones.schemas import ZONE, Zone, ZoneChange, Zones, ZoneWish
from app.plans import Feature

PATH = "/v1/routes/zones"
router = APIRouter(prefix=PATH, tags=["routes"], dependencies=[Depends(requires(Feature.ROUTES))])
ZoneId = Annotated[
    str,
    Path(
        min_length=1, max_length=100, pattern=r"^[A-Za-z0-9-]+$",
        description="A bundled zone's name, or the id of one of yours.", examples=["la-borracha"],
    ),
]  # fmt: skip
Nothing = Annotated[NoQuery, from_query(NoQuery)]
_EXAMPLE = {"content": {"application/json": {"example": ZONE}}}
_PRIVATE = {"Cache-Control": "no-store"}


@router.get(
    "", operation_id="listZones", summary="Zones", response_model=Zones,
    responses={
        200: {
            "content": {
                "application/json": {
                    "example": {"items": [ZONE], "links": [], "returned": 1, "meta": {}}
                }
            }
        },
        **problems(403),
    },
)  # fmt: skip
async def list_zones(
    request: Request, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """The zones that come with the product, then the account's own."""
    assert caller.account_id is not None
    zones = await service.list_zones(database, caller.account_id)
    return envelope(
        [zone.model_dump(mode="json") for zone in zones], Links.to(request.scope).of(None)
    )


@router.post(
    "", operation_id="createZone", summary="Keep a zone", status_code=201, response_model=Zone,
    responses={201: _EXAMPLE, **problems(403, 409, 422)},
)  # fmt: skip
async def create_zone(
    body: ZoneWish,
    request: Request,
    caller: Caller,
    database: ReadDatabase,
    _: Nothing,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """An area of one's own, for `zone=` of other routes and for watchlists. Nobody else sees it."""
    assert caller.account_id is not None
    secrets = request.app.state.settings.secrets
    once = await once_of(request, secrets, caller.subject, idempotency_key)
    zone = await service.create_zone(database, caller.account_id, body, once)
    return _json(zone, 201, {"Location": f"{PATH}/{zone.id}"})


@router.get(
    "/{zone}", operation_id="getZone", summary="One zone", response_model=Zone,
    responses={200: _EXAMPLE, **problems(403, 404)},
)  # fmt: skip
async def get_zone(zone: ZoneId, caller: Caller, database: ReadDatabase, _: Nothing) -> Response:
    """A zone with its area."""
    assert caller.account_id is not None
    found = await service.get_zone(database, caller.account_id, zone)
    return Response(found.model_dump_json(), media_type="application/json")


@router.patch(
    "/{zone}", operation_id="changeZone", summary="Change a zone", response_model=Zone,
    responses={200: _EXAMPLE, **problems(403, 404, 409, 422)},
)  # fmt: skip
async def change_zone(
    zone: ZoneId, body: ZoneChange, caller: Caller, database: ReadDatabase, _: Nothing
) -> Response:
    """Change one's own zone; what is left out stays."""
    assert caller.account_id is not None
    return _json(await service.change_zone(database, caller.account_id, zone, body), 200, {})


@router.delete(
    "/{zone}", operation_id="deleteZone", summary="Remove a zone", status_code=204,
    responses=problems(403, 404, 409),
)  # fmt: skip
async def delete_zone(zone: ZoneId, caller: Caller, database: ReadDatabase, _: Nothing) -> Response:
    """Remove one's own zone."""
    assert caller.account_id is not None
    await service.remove_zone(database, caller.account_id, zone)
    return Response(status_code=204, headers=_PRIVATE)


def _json(zone: Zone, status: int, headers: dict[str, str]) -> Response:
    return Response(
        zone.model_dump_json(), status, {**_PRIVATE, **headers}, media_type="application/json"
    )
