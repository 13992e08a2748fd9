"""Takes the text of an edition in: read, code, match with what stands, write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import asyncpg
import orjson

from app.core import data_version
from app.core.db import Database
from app.core.errors import CommandError
from app.events.outlets import OutletEntry, OutletNames
from app.events.records import EventRecord, SourceRecord
from app.events.writer import (
    delete_events,
    load_outlets,
    new_event_ids,
    note_replaced,
    save_outlets,
    write_events,
)
from app.ingest.files import SourceFile
from app.ingest.runner import Outcome, run_ingest
from app.reports import writer
from app.reports.coding.coder import Coder
from app.reports.coding.records import CodedEvent, Decision, ItemText
from app.reports.editions import CodedEdition, EditionKey
from app.reports.matching import KnownItem, ReadItem, match_items
from app.reports.sources.edition import EditionItem, read_edition

KIND = "edition"
CODER_VERSION = "1"
MAX_FILE_BYTES = 20_000_000
MAX_VANISHING = 0.5

Progress = Callable[[int, int], None]
HandCoding = Sequence[Mapping[str, Any]]


def read_and_code(
    file: SourceFile,
    published_on: date,
    hand_coding: HandCoding | None = None,
    progress: Progress | None = None,
) -> CodedEdition:
    """The edition in a file, every item coded; hand coding, one object an item, wins.

    Raises:
        CommandError: the file holds no edition; the message says what it looks like instead.
    """
    edition = read_edition(file.text(), published_on)
    if edition.refusal or not edition.items:
        lines = "".join(f"\n  line {r.line}: {r.reason}" for r in edition.rejects[:20])
        reason = edition.refusal or "no dated item in it"
        raise CommandError(f"{file.name}: {reason}; nothing was changed{lines}")
    if hand_coding is not None and len(hand_coding) != len(edition.items):
        raise CommandError(f"{len(hand_coding)} hand codings for {len(edition.items)} items")
    coder = Coder()
    events = []
    for index, item in enumerate(edition.items):
        event = coder.code(_item_text(item))
        if hand_coding is not None:
            event = _with_hand_coding(event, hand_coding[index])
        events.append(event)
        if progress is not None:
            progress(index + 1, len(edition.items))
    return CodedEdition(edition, tuple(events))


async def import_edition(
    database: Database,
    file: SourceFile,
    key: EditionKey,
    coded: CodedEdition,
    allow_removals: bool = False,
) -> Outcome:
    """Write a coded edition: new items become events, changed ones are updated, vanished ones are
    taken back. The same file twice is a no-op.

    Raises:
        CommandError: more than half of the standing items would vanish, and that was not allowed.
    """

    async def work(connection: asyncpg.Connection) -> Outcome:
        return await _write(connection, key, coded, allow_removals)

    # The same bytes under another date or title are another import.
    version = f"{CODER_VERSION};{coded.edition.published_on};{key.title}"
    return await run_ingest(database, KIND, key.slug, file, version, work)


async def _write(
    connection: asyncpg.Connection, key: EditionKey, coded: CodedEdition, allow_removals: bool
) -> Outcome:
    await data_version.bump(connection)
    outlets = await _outlets(connection, coded.events)
    known = await writer.load_items(connection, key.slug)
    read = [ReadItem(item.summary, item.outlet, item.published_on) for item in coded.edition.items]
    matched = match_items(known, read)
    vanished = _vanished(known, matched)
    standing = sum(not item.gone for item in known)
    if standing and len(vanished) > standing * MAX_VANISHING and not allow_removals:
        raise CommandError(
            f"{len(vanished)} of {standing} items of edition {key.slug} would vanish; "
            "nothing was changed. If that is meant, repeat with --allow-removals"
        )
    fresh = iter(await new_event_ids(connection, matched.count(None)))
    ids = [event_id if event_id is not None else next(fresh) for event_id in matched]
    records = {
        event_id: event_record(event, item, key.slug, outlets)
        for event_id, event, item in zip(ids, coded.events, coded.edition.items, strict=True)
    }
    by = f"edition {key.slug}"
    await note_replaced(connection, records)
    written = await write_events(connection, records, by)
    gone = await delete_events(connection, vanished, by) if vanished else written
    await writer.save_edition(connection, key, coded, ids, vanished)
    counts = {
        "items": len(records),
        "must_reads": len(coded.edition.must_reads),
        "created": written.created,
        "updated": written.updated,
        "unchanged": written.unchanged,
        "removed": gone.deleted if vanished else 0,
    }
    return Outcome(counts, coded.edition.rejects)


async def _outlets(connection: asyncpg.Connection, events: Sequence[CodedEvent]) -> OutletNames:
    """The registry with the bundled entries and those of outlets that were unknown so far."""
    await save_outlets(connection)
    names = OutletNames((await load_outlets(connection)).values())
    unknown = [event.outlet for event in events if names.find(event.outlet) is None]
    made: list[OutletEntry] = [names.find_or_make(name) for name in dict.fromkeys(unknown)]
    await save_outlets(connection, made)
    return names


def event_record(
    event: CodedEvent, item: EditionItem, slug: str, outlets: OutletNames
) -> EventRecord:
    """A coded item as an event."""
    source = SourceRecord(
        outlet=outlets.find_or_make(event.outlet).id,
        published_on=event.published_on,
        language=event.language,
        state_media_marked=event.state_media_marked,
    )
    return EventRecord(
        summary=event.summary,
        text_language=event.text_language,
        published_on=event.published_on,
        occurred_on=event.occurred_on,
        occurred_until=event.occurred_until,
        occurred_precision=event.occurred_precision,
        actors=event.actors,
        countries=event.countries,
        category=event.category,
        categories_also=event.categories_also,
        topics=event.topics,
        status=event.status,
        place=event.place,
        lon=event.lon,
        lat=event.lat,
        precision=event.precision,
        radius_km=event.radius_km,
        sources=(source,),
        edition=slug,
        block=item.block,
        position=item.position,
        coding={name: asdict(decision) for name, decision in event.coding.items()},
    )


def _item_text(item: EditionItem) -> ItemText:
    return ItemText(
        summary=item.summary,
        outlet=item.outlet,
        published_on=item.published_on,
        block=item.block,
        subheading=item.subheading,
        content_language=item.content_language,
        state_media_marked=item.state_media_marked,
    )


def _with_hand_coding(event: CodedEvent, coding: Mapping[str, Any]) -> CodedEvent:
    values: dict[str, Any] = {}
    for name, value in coding.items():
        if name == "n":
            continue
        if name.endswith(("_on", "_until")) and value is not None:
            values[name] = date.fromisoformat(value)
        else:
            values[name] = tuple(value) if isinstance(value, list) else value
    return replace(event, **values, coding={name: Decision(by="editor") for name in values})


def _vanished(known: Sequence[KnownItem], matched: Sequence[int | None]) -> list[int]:
    kept = set(matched)
    return [item.event_id for item in known if not item.gone and item.event_id not in kept]


def hand_coding_of(text: str) -> HandCoding:
    """Hand coding from JSON lines, in the order of the items."""
    return [orjson.loads(line) for line in text.splitlines() if line.strip()]
