"""Opaque keyset cursors: where a page ended, in the terms of its own sort."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeAlias

import orjson

from app.core.errors import InvalidParameterError

CursorValue: TypeAlias = str | int | float


def encode_cursor(sort: str, values: Sequence[CursorValue]) -> str:
    """A token for the place after the row that has these sort values (the id last)."""
    return base64.urlsafe_b64encode(orjson.dumps([sort, *values])).decode().rstrip("=")


def decode_cursor(cursor: str, sort: str, types: Sequence[type]) -> list[CursorValue]:
    """The sort values in a token.

    Raises:
        InvalidParameterError: it was not made by this service, or for another `sortby`.
    """
    refused = InvalidParameterError.of("cursor", "not a cursor of this list and sort order")
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        made_for, *given = orjson.loads(raw)
    except (binascii.Error, ValueError, TypeError):
        raise refused from None
    values: list[CursorValue] = given
    if made_for != sort or [type(value) for value in values] != list(types):
        raise refused
    if any(isinstance(value, int) and abs(value) > 2**62 for value in values):
        raise refused
    if any(isinstance(value, str) and "\0" in value for value in values):
        raise refused
    return values
