"""Where pages of analyses and findings begin and end: newest first, then by id."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.core.errors import InvalidParameterError
from app.core.pagination import decode_cursor, encode_cursor
from app.forensics.findings.models import Analysis, Finding

_SORT = "-created_at,-id"


def after_of(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The place after which a page begins.

    Raises:
        InvalidParameterError: the cursor is none of these lists.
    """
    if cursor is None:
        return None
    created_at, id_ = decode_cursor(cursor, _SORT, (str, str))
    try:
        return datetime.fromisoformat(str(created_at)), UUID(str(id_))
    except ValueError:
        raise InvalidParameterError.of("cursor", "not a cursor of this list") from None


def cursor_of(found: Sequence[Analysis] | Sequence[Finding], limit: int) -> str | None:
    """The cursor of the next page, `None` at the end."""
    if len(found) <= limit:
        return None
    last = found[limit - 1]
    return encode_cursor(_SORT, (last.created_at.isoformat(), str(last.id)))
