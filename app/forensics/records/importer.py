"""Takes files of takedowns and claims in: read, check, write what changed, link to events."""

from collections.abc import Mapping, Sequence

import asyncpg
import orjson

from app.core import data_version
from app.core.db import Database
from app.core.errors import CommandError
from app.events.citations import Citation, find_cited_events
from app.events.outlets import fold_name
from app.events.vocabulary import names_in_all_languages
from app.events.writer import replace_event_links
from app.forensics.records import writer
from app.forensics.records.reading import read_records
from app.forensics.records.records import (
    ClaimRecord,
    Kind,
    TakedownRecord,
    attribution_of,
    dated_on,
    read_record,
)
from app.forensics.records.writer import RecordRow
from app.forensics.registry.vocabulary import account_key
from app.ingest.files import SourceFile
from app.ingest.rejects import Reject
from app.ingest.runner import Outcome, run_ingest
from app.plans import Feature

READER_VERSION = "1"
MAX_FILE_BYTES = 100_000_000
MAX_RECORDS = 200_000
FEATURE = Feature.FORENSICS.value
INGEST: Mapping[Kind, str] = {"takedown": "takedowns", "claim": "claims"}

Read = dict[str, tuple[int, TakedownRecord | ClaimRecord]]


def target_of(kind: Kind, record_id: str) -> str:
    """The path of a record below /v1/forensics/."""
    return f"{INGEST[kind]}/{record_id}"


def read_file(kind: Kind, file: SourceFile) -> tuple[Read, list[Reject]]:
    """The records of a file with their lines by id, and the lines that hold none.

    Raises:
        CommandError: it holds not one, or more than the service takes at once.
    """
    records: Read = {}
    rejects: list[Reject] = []
    for number, found in enumerate(read_records(file.text()), start=1):
        if number > MAX_RECORDS:
            raise CommandError(f"{file.name}: more than {MAX_RECORDS:,} records; split the file")
        if isinstance(found, Reject):
            rejects.append(found)
            continue
        try:
            record = read_record(kind, found.fields)
        except ValueError as error:
            rejects.append(Reject(found.line, str(error)[:300]))
            continue
        if record.id in records:
            first = records[record.id][0]
            rejects.append(Reject(found.line, f"id {record.id} was on line {first} already"))
        else:
            records[record.id] = (found.line, record)
    if not records:
        lines = "".join(f"\n  line {reject.line}: {reject.reason}" for reject in rejects[:20])
        raise CommandError(f"{file.name}: no {kind} in it; nothing was changed{lines}")
    return records, rejects


async def import_records(
    database: Database, kind: Kind, file: SourceFile, collection: str
) -> Outcome:
    """Make the file's records the collection's: new ones are added, changed ones get a revision,
    those that it lacks now are withdrawn. The same file twice is a no-op.

    Raises:
        CommandError: there is no record in the file.
    """

    async def work(connection: asyncpg.Connection) -> Outcome:
        read, rejects = read_file(kind, file)
        await data_version.bump(connection)
        counts, taken = await write_records(connection, kind, collection, read)
        rejects = sorted([*rejects, *taken], key=lambda reject: reject.line)
        return Outcome({**counts, "rejected": len(rejects)}, rejects)

    return await run_ingest(database, INGEST[kind], collection, file, READER_VERSION, work)


async def write_records(
    connection: asyncpg.Connection, kind: Kind, collection: str, read: Read
) -> tuple[dict[str, int], list[Reject]]:
    """Let a collection hold just these records; none take it away.

    Returns what changed, and the records whose id belongs to another collection.
    """
    held = await writer.load_held(connection, kind, collection, list(read))
    rows, changes, rejects = [], {}, []
    for id_, (line, record) in read.items():
        row, before = _row(kind, collection, record), held.get(id_)
        if before is not None and before.collection != collection and not before.withdrawn:
            rejects.append(Reject(line, f"id {id_} belongs to collection {before.collection}"))
        elif before is None or before.withdrawn or before.document != row.document:
            rows.append(row)
            changes[id_] = (
                "created" if before is None else "restored" if before.withdrawn else "updated"
            )
    gone = [
        id_
        for id_, before in held.items()
        if before.collection == collection and not before.withdrawn and id_ not in read
    ]
    await writer.save_records(connection, rows)
    await writer.withdraw_records(connection, kind, gone)
    changes.update(dict.fromkeys(gone, "withdrawn"))
    await writer.note_changes(connection, kind, changes, f"{INGEST[kind]} {collection}")
    refused = {reject.line for reject in rejects}
    records = [record for line, record in read.values() if line not in refused]
    await _link_to_events(connection, kind, records, gone)
    steps = list(changes.values())
    return {
        INGEST[kind]: len(records),
        "added": steps.count("created") + steps.count("restored"),
        "updated": steps.count("updated"),
        "withdrawn": len(gone),
        "unchanged": len(records) - len(rows),
    }, rejects


async def _link_to_events(
    connection: asyncpg.Connection,
    kind: Kind,
    records: Sequence[TakedownRecord | ClaimRecord],
    gone: Sequence[str],
) -> None:
    citations = [
        Citation(record.id, source.outlet, source.published_on, source.event)
        for record in records
        for source in record.sources
    ]
    events = await find_cited_events(connection, citations)
    targets: dict[str, dict[int, str]] = {
        target_of(kind, record.id): dict.fromkeys(events.get(record.id, ()), record.title)
        for record in records
    }
    targets.update({target_of(kind, id_): {} for id_ in gone})
    await replace_event_links(connection, FEATURE, targets)


def _row(kind: Kind, collection: str, record: TakedownRecord | ClaimRecord) -> RecordRow:
    claim = record if isinstance(record, ClaimRecord) else None
    takedown = record if isinstance(record, TakedownRecord) else None
    document = {**record.model_dump(mode="json"), "attribution": attribution_of(record)}
    return RecordRow(
        kind=kind,
        id=record.id,
        collection=collection,
        dated_on=dated_on(record),
        states=_states(record),
        platforms=[record.platform] if record.platform else [],
        hashtags=record.hashtags,
        accounts=[account_key(takedown.platform, one) for one in takedown.accounts]
        if takedown
        else [],
        domains=takedown.domains if takedown else [],
        subkind=claim.kind if claim else None,
        verdict=claim.verdict if claim else None,
        folded=_folded(record),
        document=orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode(),
    )


def _states(record: TakedownRecord | ClaimRecord) -> list[str]:
    """The states it is attributed to, and that of the claimant: what `state` searches."""
    claimant = record.claimant if isinstance(record, ClaimRecord) else None
    behind = [claimant.state] if claimant and claimant.state else []
    return list(dict.fromkeys([*record.attributed_states, *behind]))


def _folded(record: TakedownRecord | ClaimRecord) -> str:
    texts = [record.title, record.note, *record.hashtags]
    texts += [body.name for body in (record.attributed_by,) if body]
    if isinstance(record, ClaimRecord):
        texts += [record.claim, record.rating.label if record.rating else None]
        texts += [body.name for body in (record.claimant, record.verdict_by) if body]
    texts += [part for source in record.sources for part in (source.outlet, source.title)]
    texts.append(record.platform)
    texts.append(names_in_all_languages(tuple(_states(record)), tuple(record.targets)))
    return f" {fold_name('. '.join(text for text in texts if text))}"
