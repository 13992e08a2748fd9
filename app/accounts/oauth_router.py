"""The token endpoint of OAuth 2.0 (RFC 6749) and its revocation (RFC 7009)."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.policy import PUBLIC, guarded
from app.access.rate_limits import Guard
from app.access.tokens import LIFETIME
from app.accounts.context import Context, Tokens
from app.accounts.errors import OAuthError
from app.accounts.router_inputs import (
    PRIVATE,
    Nothing,
    Services,
    is_same_origin,
    oauth_form,
    private_json,
)
from app.accounts.schemas import TokenAnswer
from app.accounts.sessions import close_session, refresh
from app.accounts.sign_in import sign_in, token_for_key
from app.core.mail import is_address
from app.events.responses import problems

router = APIRouter(prefix="/v1/oauth", tags=["accounts"])
COOKIE = "vric_refresh"
COOKIE_PATH = "/v1/oauth"


def _form(required: list[str], example: dict[str, str], fields: dict[str, str]) -> dict[str, Any]:
    properties = {name: {"type": "string", "description": text} for name, text in fields.items()}
    schema = {"type": "object", "required": required, "properties": properties, "example": example}
    content = {"application/x-www-form-urlencoded": {"schema": schema}}
    return {**PUBLIC, "requestBody": {"required": True, "content": content}}


@router.post(
    "/token",
    operation_id="getToken",
    summary="Get a token",
    response_model=TokenAnswer,
    responses=problems(413),
    openapi_extra=_form(
        ["grant_type"],
        {"grant_type": "client_credentials", "client_secret": "vric_sk_..."},
        {
            "grant_type": "password, refresh_token or client_credentials",
            "username": "the e-mail address",
            "password": "the password",
            "otp": "the code of an authenticator, where codes are on",
            "refresh_token": "used once; the answer brings the next",
            "client_secret": "an API key, here or as the password of HTTP Basic",
            "cookie": "true: the refresh token goes into a cookie that only this path is sent",
        },
    ),
    dependencies=[guarded(Guard.TOKEN)],
)
async def get_token(request: Request, caller: Caller, context: Services, _: Nothing) -> Response:
    """An access token for 15 minutes; errors carry `error` and `error_description`."""
    form = await oauth_form(request)
    by_cookie = form.get("cookie") == "true"
    match form.get("grant_type"):
        case "password":
            if by_cookie:
                _require_same_origin(request)
            tokens = await _by_password(context, form, caller.address)
        case "refresh_token":
            token = form.get("refresh_token")
            if token is None:
                token, by_cookie = _cookie_of(request), True
            tokens = await refresh(context, token, caller.address)
        case "client_credentials":
            key = _field(form, "client_secret")
            tokens, by_cookie = await token_for_key(context, key, caller.address), False
        case None:
            raise OAuthError("invalid_request", "grant_type is missing")
        case _:
            raise OAuthError("unsupported_grant_type", "use one of those documented")
    return _answer(tokens, by_cookie)


@router.post(
    "/revoke",
    operation_id="revokeToken",
    summary="Log out",
    response_class=Response,
    responses={
        200: {"description": "It opens nothing more; nor does an unknown one."},
        **problems(413),
    },
    openapi_extra=_form(
        [], {"token": "vric_rt_..."}, {"token": "the refresh token; else the cookie's"}
    ),
    dependencies=[guarded(Guard.TOKEN)],
)
async def revoke(request: Request, caller: Caller, context: Services, _: Nothing) -> Response:
    """Revoke the refresh tokens of one sign-in. Its access token ends by itself within 15 minutes;
    `POST /v1/me/logout-everywhere` ends all at once."""
    form = await oauth_form(request)
    await close_session(context, form.get("token") or _cookie_of(request), caller.address)
    answer = Response(status_code=200, headers=PRIVATE)
    answer.delete_cookie(COOKIE, path=COOKIE_PATH, secure=True, httponly=True, samesite="strict")
    return answer


async def _by_password(context: Context, form: dict[str, str], address: str) -> Tokens:
    given = _field(form, "username").strip().lower()
    # What can be nobody's address is looked up all the same, so that nothing tells it apart.
    email = given if is_address(given) else "nobody"
    return await sign_in(context, email, _field(form, "password"), form.get("otp"), address)


def _field(form: dict[str, str], name: str) -> str:
    if name not in form:
        raise OAuthError("invalid_request", f"{name} is missing")
    return form[name]


def _cookie_of(request: Request) -> str:
    token = request.cookies.get(COOKIE)
    if token is None:
        raise OAuthError("invalid_request", "the token is missing")
    _require_same_origin(request)
    return token


def _require_same_origin(request: Request) -> None:
    if not is_same_origin(request):
        raise OAuthError("invalid_request", "the cookie is for pages of this origin alone")


def _answer(tokens: Tokens, by_cookie: bool) -> Response:
    shown = None if by_cookie else tokens.refresh_token
    answer = private_json(
        TokenAnswer(
            access_token=tokens.access_token,
            expires_in=int(LIFETIME.total_seconds()),
            refresh_token=shown,
        ),
        nulls=False,
    )
    if by_cookie and tokens.refresh_token and tokens.refresh_expires_at:
        _set_cookie(answer, tokens.refresh_token, tokens.refresh_expires_at)
    return answer


def _set_cookie(answer: Response, token: str, expires_at: datetime) -> None:
    answer.set_cookie(
        COOKIE,
        token,
        expires=expires_at,
        path=COOKIE_PATH,
        secure=True,
        httponly=True,
        samesite="strict",
    )
