"""Routes to the API keys of an account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.idempotency import IdempotencyKey, once_of
from app.access.policy import Owner, requires
from app.accounts import api_keys
from app.accounts.key_schemas import KeyChange, KeyRotation, Keys, KeyShown, KeyWish, NewKey
from app.accounts.router_inputs import (
    PRIVATE,
    Nothing,
    Services,
    private_json,
)
from app.events.links import Links
from app.events.responses import envelope, problems
from app.plans import Feature

router = APIRouter(prefix="/v1/keys", tags=["accounts"])
_ACCESS = [Depends(requires(Feature.ACCOUNT))]
KeyId = Annotated[int, Path(description="A key of yours, by its id.", ge=1, le=2**62, examples=[7])]


@router.get(
    "", operation_id="listKeys", summary="API keys", response_model=Keys,
    responses=problems(403), dependencies=_ACCESS,
)  # fmt: skip
async def list_keys(caller: Caller, context: Services, _: Nothing) -> Response:
    """The account's keys that are not revoked, without what would open anything."""
    keys = await api_keys.all_keys(context, caller)
    links = Links("/v1/keys", "", "application/json").of(None)
    answer = envelope([key.model_dump(mode="json") for key in keys], links)
    answer.headers.update(PRIVATE)
    return answer


@router.post(
    "", operation_id="createKey", summary="Make an API key", status_code=201,
    response_model=NewKey, responses=problems(403, 409, 422), dependencies=_ACCESS,
)  # fmt: skip
async def create_key(
    body: KeyWish,
    request: Request,
    owner: Owner,
    context: Services,
    _: Nothing,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The key is shown in this answer alone. Needs its owner to sign in: no key makes keys."""
    once = await once_of(request, context.secrets, owner.subject, idempotency_key)
    made = await api_keys.create_key(context, owner, body, once)
    return private_json(made, 201)


@router.patch(
    "/{key_id}", operation_id="changeKey", summary="Change an API key",
    response_model=KeyShown, responses=problems(403, 404, 422), dependencies=_ACCESS,
)  # fmt: skip
async def change_key(
    key_id: KeyId, body: KeyChange, owner: Owner, context: Services, _: Nothing
) -> Response:
    """Change name, scopes, origins or expiry; what is left out stays."""
    return private_json(await api_keys.change_key(context, owner, key_id, body))


@router.delete(
    "/{key_id}", operation_id="revokeKey", summary="Revoke an API key", status_code=204,
    responses=problems(403, 404), dependencies=_ACCESS,
)  # fmt: skip
async def revoke_key(key_id: KeyId, owner: Owner, context: Services, _: Nothing) -> Response:
    """It is refused from the next request on."""
    await api_keys.revoke_key(context, owner, key_id)
    return Response(status_code=204, headers=PRIVATE)


@router.post(
    "/{key_id}/rotate", operation_id="rotateKey", summary="Replace an API key",
    status_code=201, response_model=NewKey, responses=problems(403, 404, 422),
    dependencies=_ACCESS,
)  # fmt: skip
async def rotate_key(
    key_id: KeyId,
    owner: Owner,
    context: Services,
    _: Nothing,
    body: KeyRotation | None = None,
) -> Response:
    """A new key like the old one, which ends at once or some hours from now."""
    hours = body.keep_old_hours if body else 0
    return private_json(await api_keys.rotate_key(context, owner, key_id, hours), 201)
