"""Pages of lists: which one is asked for, what a plan allows of it, and where it ended."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

import orjson
from pydantic import BaseModel, ConfigDict, Field

from app.core.errors import InvalidParameterError

CursorValue: TypeAlias = str | int | float
Limit = Annotated[
    int,
    Field(
        ge=1,
        le=10_000,
        description="How many at once; clamped to the plan's page cap.",
        examples=[12],
    ),
]
Cursor = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=1_000,
        json_schema_extra={"pattern": r"^[A-Za-z0-9_-]+$"},
        description="From `links[rel=next]` of the page before.",
    ),
]


class PageQuery(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: Limit = 100
    cursor: Cursor = None


class OwnPageQuery(BaseModel):
    """Which page of what is one's own."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(100, ge=1, le=1_000, description="How many at once.")
    cursor: Cursor = None


def clipped(asked: int, cap: int, plan: str) -> tuple[int, dict[str, Any]]:
    """The limit that a plan allows, and what the answer says of it."""
    if asked <= cap:
        return asked, {}
    return cap, {"clipped": {"parameter": "limit", "asked": asked, "given": cap, "plan": plan}}


def hints_of(query: BaseModel, things: str) -> list[dict[str, Any]]:
    """What an answer without a thing in it says: which parameters stood against it."""
    given = query.model_dump(
        exclude_unset=True, exclude={"limit", "f", "sortby", "cursor"}, by_alias=True
    )
    if not given:
        return [{"reason": f"there are no {things} yet"}]
    return [{"parameters": sorted(given), "reason": f"no {things} meet all of these together"}]


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
