"""Sort orders and the keyset that continues them."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from app.core.errors import InvalidParameterError
from app.core.pagination import CursorValue, decode_cursor, encode_cursor
from app.events.repository.statements import Statement


@dataclass(frozen=True, slots=True)
class _Field:
    """A sortable field: its column, and what stands for a missing value at the end of either order."""

    column: str
    sql_type: str
    python_type: type
    last_ascending: CursorValue | None = None
    last_descending: CursorValue | None = None

    def expression(self, down: bool) -> str:
        last = self.last_descending if down else self.last_ascending
        return self.column if last is None else f"coalesce({self.column}, '{last}')"

    def read(self, name: str, document: dict[str, Any], down: bool) -> CursorValue:
        """The value by which a document was sorted."""
        value = document["countries"][:1] if name == "country" else document[name]
        value = value[0] if isinstance(value, list) and value else value
        last = self.last_descending if down else self.last_ascending
        return value if value not in (None, []) else last  # type: ignore[return-value]


_FIELDS = {
    "id": _Field("id", "bigint", int),
    "published_on": _Field("published_on", "date", str),
    "occurred_on": _Field("occurred_on", "date", str, "infinity", "-infinity"),
    "country": _Field("countries[1]", "text", str, "ZZZZ", ""),
    "category": _Field("category", "text", str),
    "status": _Field("status", "text", str),
    "edition": _Field("edition", "text", str, "~", ""),
    "relevance": _Field("rank", "float8", float),
}
SORTABLE = tuple(_FIELDS)
# A plus that was not encoded arrives as a space.
_PATTERN = rf"^[+ -]?({'|'.join(SORTABLE)})(,[+ -]?({'|'.join(SORTABLE)}))*$"


def _check_fields(sortby: str) -> str:
    if not re.fullmatch(_PATTERN, sortby):
        raise ValueError(
            f"give some of {', '.join(SORTABLE)}, by commas, - before one for downwards"
        )
    return sortby


SortText = Annotated[
    str, Field(json_schema_extra={"pattern": _PATTERN}), AfterValidator(_check_fields)
]


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order over events, always made total by the id."""

    keys: tuple[tuple[str, bool], ...]

    @classmethod
    @lru_cache(256)
    def parse(cls, sortby: str, has_text: bool) -> "Sorting":
        """The order written as `-published_on,country`; a minus sorts downwards.

        Raises:
            InvalidParameterError: a field twice, or relevance without a `q`.
        """
        keys = []
        for part in sortby.split(","):
            name = part.lstrip("+- ")
            # The best match comes first unless asked otherwise.
            down = part.startswith("-") or (name == "relevance" and not part.startswith("+"))
            keys.append((name, down))
        names = [name for name, _ in keys]
        if len(set(names)) < len(names):
            raise InvalidParameterError.of("sortby", "names a field twice")
        if "relevance" in names and not has_text:
            raise InvalidParameterError.of("sortby", "relevance needs a q")
        if "id" not in names:
            keys.append(("id", keys[-1][1]))
        return cls(tuple(keys[: [name for name, _ in keys].index("id") + 1]))

    @property
    def by_relevance(self) -> bool:
        return any(name == "relevance" for name, _ in self.keys)

    @property
    def text(self) -> str:
        return ",".join(f"{'-' if down else '+'}{name}" for name, down in self.keys)

    def order(self) -> str:
        """The ORDER BY list."""
        return ", ".join(
            f"{_FIELDS[name].expression(down)} {'DESC' if down else 'ASC'}"
            for name, down in self.keys
        )

    def after(self, statement: Statement, cursor: str) -> str:
        """The condition of the rows that follow a cursor's place."""
        types = [_FIELDS[name].python_type for name, _ in self.keys]
        values = decode_cursor(cursor, self.text, types)
        places = [
            f"{statement.bind(_typed(name, value))}::{_FIELDS[name].sql_type}"
            for (name, _), value in zip(self.keys, values, strict=True)
        ]
        expressions = [_FIELDS[name].expression(down) for name, down in self.keys]
        directions = {down for _, down in self.keys}
        if len(directions) == 1:
            sign = "<" if directions.pop() else ">"
            return f"({', '.join(expressions)}) {sign} ({', '.join(places)})"
        steps = []
        for index, (_, down) in enumerate(self.keys):
            equal = [f"{e} = {p}" for e, p in zip(expressions[:index], places, strict=False)]
            beyond = f"{expressions[index]} {'<' if down else '>'} {places[index]}"
            steps.append(" AND ".join([*equal, beyond]))
        return "(" + " OR ".join(f"({step})" for step in steps) + ")"

    def cursor(self, document: dict[str, Any], rank: float | None) -> str:
        """The token for the place after a document, with its rank when that was sorted by."""
        sorted_by = {**document, "relevance": rank}
        values = [_FIELDS[name].read(name, sorted_by, down) for name, down in self.keys]
        return encode_cursor(self.text, values)


def _typed(name: str, value: CursorValue) -> object:
    if _FIELDS[name].sql_type != "date":
        return value
    # The driver sends the last and first days that Python knows as the infinities of PostgreSQL.
    if value in ("infinity", "-infinity"):
        return date.max if value == "infinity" else date.min
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InvalidParameterError.of("cursor", "not a cursor of this list") from None
