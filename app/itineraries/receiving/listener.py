"""A listener at work: lines come in, are committed in batches, and only then counted.

Acknowledged means committed: whatever is killed, what the counter told is there afterwards. A sender
learns nothing of it, because NMEA has no answer; what was not committed yet is at most a second or a
thousand lines.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

import asyncpg

from app.core.db import Database
from app.core.errors import ProblemError
from app.itineraries.activities.deriver import derive_activities
from app.itineraries.positions.importer import Bounds, Tally, within, write_part
from app.itineraries.receiving.pending import Line, Pending
from app.itineraries.receiving.sockets import listening
from app.itineraries.receiving.writer import count_lines
from app.itineraries.sources.ais_nmea import NmeaDecoder
from app.itineraries.sources.batch import Batch, join_positions

MAX_ORIGINS = 1_000
_RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)
_DERIVE_EVERY_S = 2.0
_LAST_COMMIT_S = 10.0
_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    ProblemError,
)
logger = logging.getLogger("vric.listener")


@dataclass(slots=True)
class Acknowledged:
    """What this listener has committed since it began."""

    lines: int = 0
    positions: int = 0
    rejects: int = 0
    pending: int = 0


class Listener:
    """Takes in what receivers send to one address."""

    def __init__(
        self,
        database: Database,
        name: str,
        keep_days: int | None,
        revive: Callable[[], None],
    ) -> None:
        """`revive` starts the bundled database again when it is away."""
        self._database = database
        self._name = name
        self._keep_days = keep_days
        self._revive = revive
        self._pending = Pending()
        self._decoders: OrderedDict[str, NmeaDecoder] = OrderedDict()
        self._new = asyncio.Event()
        self.acknowledged = Acknowledged()

    async def run(
        self, host: str, port: int, stop: asyncio.Event, ready: Callable[[int], None]
    ) -> None:
        """Listen until `stop` is set, then commit what is pending.

        Args:
            ready: told the port once lines can come.

        Raises:
            CommandError: nobody can listen there.
            TimeoutError: the database is away at the end, and lines were left.
        """
        committing = asyncio.create_task(self._commit_all())
        deriving = asyncio.create_task(self._derive())
        stopping = asyncio.create_task(stop.wait())
        try:
            async with listening(host, port, self._pending) as bound:
                ready(bound)
                await asyncio.wait({committing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            self._pending.close()
            await asyncio.wait_for(committing, _LAST_COMMIT_S)
        finally:
            for task in (committing, deriving, stopping):
                task.cancel()
            await asyncio.gather(committing, deriving, stopping, return_exceptions=True)

    async def _commit_all(self) -> None:
        while not (self._pending.closed and not len(self._pending)):
            lines = await self._pending.gather()
            if not lines:
                await asyncio.sleep(0.05)  # the rest of a message is still to come
                continue
            batches = self._decoded(lines)
            await self._commit(lines, batches)
            self._pending.release(len(lines))
            self._new.set()
            self.acknowledged.pending = len(self._pending)

    def _decoded(self, lines: Sequence[Line]) -> list[Batch]:
        """Each sender's lines by a decoder of their own: their messages may come in parts."""
        by_origin: dict[str, list[Line]] = {}
        for line in lines:
            by_origin.setdefault(line.origin, []).append(line)
        batches = []
        for origin, own in by_origin.items():
            decoder = self._decoders.pop(origin, None) or NmeaDecoder()
            self._decoders[origin] = decoder
            text = b"".join(line.stamped() for line in own)
            batches.append(decoder.decode(text, own[0].received_at))
        while len(self._decoders) > MAX_ORIGINS:
            self._decoders.popitem(last=False)
        return batches

    async def _commit(self, lines: Sequence[Line], batches: Sequence[Batch]) -> None:
        """Commit a batch, however long the database is away."""
        for attempt in count():
            try:
                tally = await self._write(lines, batches)
            except _AWAY as error:
                pause = _RETRY_S[min(attempt, len(_RETRY_S) - 1)]
                logger.warning("the database is away (%s); %d lines wait", error, len(lines))
                with suppress(Exception):
                    await asyncio.to_thread(self._revive)
                await asyncio.sleep(pause)
                continue
            self.acknowledged.lines += len(lines)
            self.acknowledged.positions += tally.counts["added"]
            self.acknowledged.rejects += tally.counts["rejected"]
            return

    async def _write(self, lines: Sequence[Line], batches: Sequence[Batch]) -> Tally:
        tally, bounds = Tally(), Bounds.of(self._keep_days)
        positions = join_positions([batch.positions for batch in batches])
        for batch in batches:
            tally.note(batch)
        said = [one for batch in batches for one in batch.statics]
        synthetic = frozenset[str]().union(*(batch.synthetic for batch in batches))
        async with self._database.transaction() as connection:
            part = within(positions, bounds, tally).in_order()
            tally.counts["added"] = await write_part(connection, part, said, "ais", synthetic)
            await count_lines(
                connection, self._name, len(lines), tally.counts["added"], tally.counts["rejected"]
            )
        return tally

    async def _derive(self) -> None:
        """Keep activities a few seconds behind what is committed."""
        while True:
            await self._new.wait()
            self._new.clear()
            try:
                await derive_activities(self._database)
            except _AWAY as error:
                logger.warning("activities wait: %s", error)
                self._new.set()
            await asyncio.sleep(_DERIVE_EVERY_S)
