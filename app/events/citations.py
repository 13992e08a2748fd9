"""Which events a premium record's sources tell of, to link the two."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import asyncpg

from app.events.outlets import OutletNames, fold_name
from app.events.repository.items import load_reported_events
from app.events.writer import load_outlets


@dataclass(frozen=True, slots=True)
class Citation:
    """A source of record `key`; `event` is an event's id, or words of its summary."""

    key: str
    outlet: str
    published_on: date | None
    event: int | str | None


async def find_cited_events(
    connection: asyncpg.Connection, citations: Iterable[Citation]
) -> dict[str, set[int]]:
    """Ids of events by key: those named by id, and those that the outlet printed that day with
    these words in their summary; several can have them."""
    outlets = OutletNames((await load_outlets(connection)).values())
    found: dict[str, set[int]] = {}
    wanted: dict[tuple[str, date], list[tuple[str, str]]] = {}
    for cited in citations:
        entry = outlets.find(cited.outlet)
        if isinstance(cited.event, int):
            found.setdefault(cited.key, set()).add(cited.event)
        elif cited.event is not None and entry is not None and cited.published_on:
            words = fold_name(cited.event)
            wanted.setdefault((entry.id, cited.published_on), []).append((cited.key, words))
    days = sorted({day for _, day in wanted})
    names = sorted({name for name, _ in wanted})
    for event in await load_reported_events(connection, days, names):
        summary = f" {fold_name(event['summary'])} "
        for outlet in event["outlets"]:
            for key, words in wanted.get((outlet, event["published_on"]), ()):
                if f" {words} " in summary:
                    found.setdefault(key, set()).add(event["id"])
    return found
