"""Takes files of positions in: batches of a reader become parts, each committed as a whole."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import asyncpg
import numpy as np
from numpy.typing import NDArray

from app.core import data_version
from app.core.clock import now
from app.core.db import Database
from app.ingest.files import LargeFile
from app.ingest.read_ahead import read_ahead
from app.ingest.rejects import Reject
from app.ingest.runner import MAX_RECORDED_REJECTS, Outcome, run_in_parts
from app.itineraries.crafts.keys import as_key, kind_of
from app.itineraries.crafts.statements import as_said
from app.itineraries.crafts.writer import save_crafts, save_identities, set_kind
from app.itineraries.positions.writer import ALWAYS, mark_stale, mark_synthetic, write_positions
from app.itineraries.sources.batch import Batch, IdentityStatement
from app.itineraries.tracks.positions import Positions

READER_VERSION = "2"
# What is committed at once: half a second of work, for which a listener may have to wait.
PART = 50_000
# A receiver's clock may be wrong by its time zone, not by more.
_AHEAD = timedelta(days=1)

COUNTED = (
    "lines", "positions", "added", "known", "statements", "rejected", "unused", "ahead_of_time",
    "too_old",
)  # fmt: skip

Progress = Callable[[int], None]


@dataclass(slots=True)
class Tally:
    """What an import did so far."""

    counts: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)

    def note(self, batch: Batch) -> None:
        """Count what a reader says of a batch; of the rejects the first thousand are kept."""
        self.counts["lines"] += batch.lines
        self.counts["rejected"] += len(batch.rejects)
        self.counts["unused"] += sum(batch.unused.values())
        room = MAX_RECORDED_REJECTS - len(self.rejects)
        self.rejects += batch.rejects[:room]

    def outcome(self) -> Outcome:
        return Outcome({name: self.counts[name] for name in COUNTED}, self.rejects)


@dataclass(frozen=True, slots=True)
class Bounds:
    """From when to when fixes are kept, epoch seconds."""

    earliest_s: float
    latest_s: float

    @classmethod
    def of(cls, keep_days: int | None, at: datetime | None = None) -> "Bounds":
        """Those of now: what would be dropped at once is not taken in."""
        at = at or now()
        kept_from = (
            at - timedelta(days=keep_days) if keep_days else datetime.min.replace(tzinfo=UTC)
        )
        earliest = kept_from.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return cls(earliest.timestamp() if keep_days else -np.inf, (at + _AHEAD).timestamp())


async def import_positions(
    database: Database,
    file: LargeFile,
    kind: str,
    batches: Iterator[Batch],
    source: str,
    bounds: Bounds,
    version: str,
    progress: Progress | None = None,
) -> Outcome:
    """Write what a reader finds in a file. The same file twice is a no-op.

    Args:
        source: who says what craft say of themselves, such as `ais`.
        progress: told how many lines were taken in so far.
    """

    async def work() -> Outcome:
        tally = Tally()
        async with aclosing(read_ahead(batches)) as ahead:
            async for batch in ahead:
                await take_in(database, batch, source, bounds, tally)
                if progress is not None:
                    progress(tally.counts["lines"])
        return tally.outcome()

    return await run_in_parts(database, kind, file, version, work)


async def take_in(
    database: Database, batch: Batch, source: str, bounds: Bounds, tally: Tally
) -> None:
    """Commit one batch in parts, and count it."""
    tally.note(batch)
    positions = within(batch.positions, bounds, tally)
    tally.counts["positions"] += len(positions)
    statics: Sequence[IdentityStatement] = batch.statics
    for start in range(0, max(len(positions), 1), PART):
        part = positions.take(slice(start, start + PART)).in_order()
        if len(part) or statics:
            async with database.transaction() as connection:
                added = await write_part(connection, part, statics, source, batch.synthetic)
            tally.counts["added"] += added
            tally.counts["known"] += min(PART, len(positions) - start) - added
        tally.counts["statements"] += len(statics)
        statics = ()


async def write_part(
    connection: asyncpg.Connection,
    positions: Positions,
    statics: Sequence[IdentityStatement],
    source: str,
    synthetic: Collection[str] = (),
) -> int:
    """Write fixes in order and what craft say of themselves; returns how many fixes are new.

    Args:
        synthetic: craft of which anything is made up, by id.
    """
    seen = np.unique(positions.craft).tolist()
    keys = [as_key(positions.craft_ids[code]) for code in seen]
    ids = await save_crafts(connection, [*keys, *(as_key(one.craft_id) for one in statics)])
    retyped = await save_identities(connection, as_said(statics, ids, source))
    lookup = np.zeros(len(positions.craft_ids), dtype=np.int64)
    lookup[seen] = [ids[key] for key in keys]
    added = await write_positions(connection, positions, lookup[positions.craft])
    # Rows of craft are locked by one writer at a time: those of positions are so from here on.
    await _note_aircraft(connection, positions, lookup)
    made_up = [ids[key] for craft_id in synthetic if (key := as_key(craft_id)) in ids]
    marked = await mark_synthetic(connection, made_up)
    await mark_stale(connection, dict.fromkeys([*retyped, *marked], ALWAYS))
    if added or statics or marked:
        await data_version.bump(connection, data_version.ROUTES)
    return added


async def _note_aircraft(
    connection: asyncpg.Connection, positions: Positions, craft_ids: NDArray[np.int64]
) -> None:
    """Craft whose keys do not tell are aircraft where altitudes or the ground are sent of them."""
    aloft = np.isfinite(positions.altitude_ft) | (positions.on_ground >= 0)
    flying = np.unique(positions.craft[aloft]).tolist()
    unknown = [code for code in flying if kind_of(positions.craft_ids[code]) == "unknown"]
    if unknown:
        await set_kind(connection, craft_ids[unknown].tolist(), "aircraft")


def within(positions: Positions, bounds: Bounds, tally: Tally) -> Positions:
    """The fixes within the bounds; the others are counted."""
    ahead = positions.time_s > bounds.latest_s
    old = positions.time_s < bounds.earliest_s
    tally.counts["ahead_of_time"] += int(ahead.sum())
    tally.counts["too_old"] += int(old.sum())
    return positions.take(~(ahead | old)) if ahead.any() or old.any() else positions
