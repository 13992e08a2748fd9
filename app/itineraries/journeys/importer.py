"""Takes files of reported legs in: read, check, join into journeys, write what changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.core import data_version
from app.core.clock import now
from app.core.db import Database
from app.core.errors import CommandError
from app.events.outlets import OutletNames
from app.events.writer import load_outlets
from app.ingest.files import SourceFile
from app.ingest.rejects import Reject
from app.ingest.runner import Outcome, run_ingest
from app.itineraries.journeys import writer
from app.itineraries.journeys.claims import Claim, Source, read_claim
from app.itineraries.journeys.derive import derive_itineraries
from app.itineraries.journeys.gazetteer import located
from app.itineraries.journeys.joining import join_journeys
from app.itineraries.journeys.names import Redactor
from app.itineraries.journeys.records import identifiers_of, mover_key
from app.itineraries.journeys.redaction import is_over, private_names
from app.itineraries.sources.legs import read_legs

KIND = "legs"
READER_VERSION = "1"
MAX_FILE_BYTES = 100_000_000
MAX_LEGS = 200_000

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ReadClaims:
    """The claims of a file, and the lines that hold none."""

    claims: tuple[Claim, ...]
    rejects: tuple[Reject, ...]


def read_file(file: SourceFile, progress: Progress | None = None) -> ReadClaims:
    """The claims in a file.

    Raises:
        CommandError: it holds not one, or more than the service takes at once.
    """
    claims: list[Claim] = []
    rejects: list[Reject] = []
    for number, record in enumerate(read_legs(file.text()), start=1):
        if isinstance(record, Reject):
            rejects.append(record)
        else:
            try:
                claims.append(read_claim(record.fields))
            except ValueError as error:
                rejects.append(Reject(record.line, str(error)[:300]))
        if number > MAX_LEGS:
            raise CommandError(f"{file.name}: more than {MAX_LEGS:,} legs; split the file")
        if progress is not None and number % 500 == 0:
            progress(number)
    if not claims:
        lines = "".join(f"\n  line {reject.line}: {reject.reason}" for reject in rejects[:20])
        raise CommandError(f"{file.name}: no leg in it; nothing was changed{lines}")
    return ReadClaims(tuple(claims), tuple(rejects))


async def import_legs(
    database: Database,
    file: SourceFile,
    collection: str,
    secrets: Sequence[bytes],
    progress: Progress | None = None,
    keep_days: int | None = None,
) -> Outcome:
    """Make the file's legs the collection's: new ones are added, those that it lacks now are
    withdrawn, and the itineraries they touch are derived anew. The same file twice is a no-op.

    Args:
        secrets: keys of the hashes of redacted names.
        keep_days: how long the names of private persons stay after a journey; `None` for ever.

    Raises:
        CommandError: there is no leg in the file.
    """

    async def work(connection: asyncpg.Connection) -> Outcome:
        read = read_file(file, progress)
        await data_version.bump(connection)
        redactor = await writer.load_redactor(connection, secrets)
        claims = await _with_registry(connection, [located(claim) for claim in read.claims])
        cutoff = None if keep_days is None else now() - timedelta(days=keep_days)
        counts = await write_claims(connection, collection, claims, redactor, cutoff)
        return Outcome({**counts, "rejected": len(read.rejects)}, read.rejects)

    return await run_ingest(database, KIND, collection, file, READER_VERSION, work)


async def write_claims(
    connection: asyncpg.Connection,
    collection: str,
    claims: Sequence[Claim],
    redactor: Redactor,
    cutoff: datetime | None = None,
) -> dict[str, int]:
    """Let a collection hold just these claims; none take it away. Returns what changed.

    Args:
        cutoff: journeys that ended before it lose the names of private persons.
    """
    standing = await writer.load_standing(connection, collection)
    placed = _where_they_stand(claims, redactor, standing)
    given = await _new_claims(connection, placed, redactor, cutoff)
    new = [claim for digest, claim in given.items() if digest not in standing]
    gone = [held for digest, held in standing.items() if digest not in given]
    await writer.add_claims(connection, collection, new)
    await writer.supersede_claims(connection, [held.id for held in gone])
    added = Counter(claim.itinerary_id for claim in new)
    withdrawn = Counter(held.itinerary_id for held in gone)
    touched = {key: (added[key], withdrawn[key]) for key in added | withdrawn}
    await derive_itineraries(connection, touched, f"legs {collection}")
    return {
        "legs": len(given),
        "added": len(new),
        "withdrawn": len(gone),
        "unchanged": len(given) - len(new),
        "itineraries": len(touched),
    }


def _where_they_stand(
    claims: Sequence[Claim], redactor: Redactor, standing: Mapping[str, writer.Standing]
) -> list[Claim]:
    """The claims, of which those that stood before without a journey of their own stay in theirs.

    Joined anew beside the journeys that stand by now, they could come into another one.
    """
    held = {one.says: one.itinerary_id for one in standing.values()}
    return [
        claim.model_copy(update={"journey": journey})
        if held
        and claim.journey is None
        and (journey := held.get(writer.hash_of(writer.content_of(redactor.clean(claim)))))
        else claim
        for claim in claims
    ]


async def _new_claims(
    connection: asyncpg.Connection,
    claims: Sequence[Claim],
    redactor: Redactor,
    cutoff: datetime | None,
) -> dict[str, writer.NewClaim]:
    """The claims as they are stored, each once, by digest.

    Journeys are joined before names are taken out, so that two redacted movers stay two.
    """
    free = [claim for claim in claims if claim.journey is None]
    movers = sorted(map(mover_key, free))
    marks = sorted(mark for claim in free for mark in identifiers_of(claim))
    spans = await writer.load_spans(connection, movers, marks) if free else []
    keys = join_journeys(claims, spans)
    journeys: dict[str, list[Claim]] = {}
    for journey, claim in zip(keys, claims, strict=True):
        journeys.setdefault(journey, []).append(claim)
    made: dict[str, writer.NewClaim] = {}
    for journey, held in journeys.items():
        redactors = [redactor]
        if cutoff is not None and is_over(held, cutoff):
            redactors.append(Redactor.of_names(private_names(held), redactor.secrets))
        for claim in held:
            key, cleaned = journey, claim
            for one in redactors:
                key, cleaned = one.clean_key(key), one.clean(cleaned)
            stored = writer.NewClaim.of(key, cleaned)
            made.setdefault(stored.digest, stored)
    return made


async def _with_registry(connection: asyncpg.Connection, claims: Sequence[Claim]) -> list[Claim]:
    """The claims with outlets by the registry's names, and the states behind them."""
    outlets = OutletNames((await load_outlets(connection)).values())
    return [
        claim.model_copy(update={"sources": tuple(_known(s, outlets) for s in claim.sources)})
        for claim in claims
    ]


def _known(source: Source, outlets: OutletNames) -> Source:
    entry = outlets.find(source.outlet)
    if entry is None:
        return source
    state = source.state or (entry.state if entry.is_state_media else None)
    return source.model_copy(update={"outlet": entry.name, "state": state})
