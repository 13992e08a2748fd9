"""What routes of self-service read of a request, and how they answer."""

import base64
import binascii
from typing import Annotated
from urllib.parse import unquote, urlsplit

from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from app.accounts.context import Context
from app.accounts.errors import OAuthError
from app.accounts.letters import Language
from app.core.query_string import NoQuery, from_query

PRIVATE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


async def get_context(request: Request) -> Context:
    """What the services work with."""
    context: Context = request.app.state.accounts
    return context


Services = Annotated[Context, Depends(get_context)]
# A secret in the address would stand in logs: these routes take no query at all.
Nothing = Annotated[NoQuery, from_query(NoQuery)]


def language_of(request: Request, wished: Language | None) -> Language:
    """The language of mails: the one asked for, or the reader's first that we have."""
    if wished is not None:
        return wished
    for part in request.headers.get("accept-language", "").split(","):
        code = part.strip()[:2].lower()
        if code in list(Language):
            return Language(code)
    return Language.EN


def private_json(body: BaseModel, status: int = 200, *, nulls: bool = True) -> Response:
    """A JSON answer that nobody keeps."""
    text = body.model_dump_json(exclude_none=not nulls)
    return Response(text, status, PRIVATE, media_type="application/json")


def is_same_origin(request: Request) -> bool:
    """Whether a page of this very origin sent the request, as its browser says."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return False
    return site == "same-origin" if site is not None else origin is not None


async def oauth_form(request: Request) -> dict[str, str]:
    """The fields of a form as RFC 6749 sends it; `client_secret` may come by HTTP Basic instead.

    Raises:
        OAuthError: invalid_request.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "send application/x-www-form-urlencoded")
    fields: dict[str, str] = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if name in fields or not isinstance(value, str):
                raise OAuthError("invalid_request", "a field is given more than once")
            if value:  # RFC 6749, 3.2: without a value is left out
                fields[name] = value
    basic = _basic_password(request)
    if basic is not None:
        if "client_secret" in fields:
            raise OAuthError("invalid_request", "authenticate in one way only")
        fields["client_secret"] = basic
    return fields


def _basic_password(request: Request) -> str | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None  # a page that sends its access token with everything does no harm
    try:
        _, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        if not colon:
            raise ValueError
    except (ValueError, binascii.Error):
        raise OAuthError(
            "invalid_client", "send the key as client_secret, or by HTTP Basic"
        ) from None
    return unquote(password)
