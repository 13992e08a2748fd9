"""Corrections by a person: they are checked, kept over every import, and can be taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import asyncpg
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.core import data_version
from app.core.db import Database
from app.core.errors import CommandError
from app.events.records import EventRecord
from app.events.vocabulary import labels
from app.events.writer import load_records, remove_correction, save_correction, write_events

_LISTS = ("actors", "countries", "categories_also", "topics")


class CorrectableFields(BaseModel):
    """The coded fields of an event, as a person may set them."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    summary: str = Field("", min_length=1, max_length=5_000)
    text_language: str = Field("en", pattern="^[a-z]{2}$")
    published_on: date | None = None
    occurred_on: date | None = None
    occurred_until: date | None = None
    occurred_precision: str | None = Field(None, pattern="^(day|range|month)$")
    actors: list[str] = []
    countries: list[str] = []
    category: str = ""
    categories_also: list[str] = []
    topics: list[str] = []
    status: str = ""
    place: str | None = Field(None, max_length=200)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    precision: str | None = None
    radius_km: float | None = Field(None, ge=0, le=20_000)

    @model_validator(mode="after")
    def _known_terms(self) -> "CorrectableFields":
        for field, vocabulary in (
            ("category", "category"), ("status", "status"), ("precision", "precision"),
            ("actors", "actor"), ("countries", "country"), ("categories_also", "category"),
            ("topics", "topic"),
        ):  # fmt: skip
            if field not in self.model_fields_set:
                continue
            value = getattr(self, field)
            for term in value if isinstance(value, list) else [value]:
                if term is not None and term not in labels(vocabulary):
                    raise ValueError(f"{field}: {term!r} is not in the vocabulary")
        return self


async def correct_event(
    database: Database,
    event_id: int,
    changes: Mapping[str, Any],
    by: str,
    reason: str | None = None,
    undo: Sequence[str] = (),
) -> None:
    """Set fields of an event, which imports keep, and put others back to what they were before.

    All of it happens or nothing, so that fields that go together can change together.

    Raises:
        CommandError: no such event or field, a value that does not fit, or nothing to undo.
    """
    values = _checked(changes)
    if both := values.keys() & set(undo):
        raise CommandError(f"{', '.join(sorted(both))}: either set it or undo it")
    async with database.transaction() as connection:
        await data_version.bump(connection)  # from here on nobody else changes the event
        record = await _load(connection, event_id)
        before = asdict(record)
        for field, value in values.items():
            await save_correction(connection, event_id, field, value, before[field], by, reason)
        restored = {field: await _undo(connection, event_id, field) for field in undo}
        coding = {name: how for name, how in record.coding.items() if name not in restored}
        corrected = record.with_changes({**values, **_checked(restored), "coding": coding})
        _check_whole(corrected)
        await write_events(connection, {event_id: corrected}, by)


async def _undo(connection: asyncpg.Connection, event_id: int, field: str) -> Any:
    if not (replaced := await remove_correction(connection, event_id, field)):
        raise CommandError(f"{field} of event {event_id} was not corrected")
    return replaced[0]


async def _load(connection: asyncpg.Connection, event_id: int) -> EventRecord:
    records = await load_records(connection, [event_id])
    if event_id not in records:
        raise CommandError(f"there is no event {event_id}")
    return records[event_id]


def _checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    try:
        fields = CorrectableFields.model_validate(dict(changes))
    except ValidationError as error:
        fault = error.errors()[0]
        name = ".".join(map(str, fault["loc"]))
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            message = f"no such field; choose from {', '.join(CorrectableFields.model_fields)}"
        raise CommandError(f"{name}: {message}" if name else message) from None
    return fields.model_dump(include=fields.model_fields_set)


def _check_whole(record: EventRecord) -> None:
    if record.published_on is None:
        raise CommandError("published_on cannot be empty")
    if (record.lon is None) != (record.lat is None):
        raise CommandError("lon and lat go together")
    if record.lon is not None and record.precision == "country":
        raise CommandError("an event known only to its country has no point; set precision as well")
    if record.occurred_until and (
        record.occurred_on is None or record.occurred_until < record.occurred_on
    ):
        raise CommandError("occurred_until is before occurred_on")


def parse_assignment(text: str) -> tuple[str, Any]:
    """`field=value` from a command line; lists by commas, nothing for null.

    Raises:
        CommandError: no `=` in it.
    """
    field, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"{text!r}: write field=value")
    if field in _LISTS:
        return field, [part.strip() for part in value.split(",") if part.strip()]
    return field, value or None
