"""What callers used: kept in memory by day and key, written every few seconds and at the end."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from datetime import date, datetime

import asyncpg

from app.access import writer
from app.access.principal import Principal
from app.core.clock import now
from app.core.db import Database

FLUSH_SECONDS = 5.0
KEY_USE_SECONDS = 60.0
logger = logging.getLogger("vric.usage")


class UsageBook:
    """Counts in memory what was answered; never on a request's way to the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._days: defaultdict[tuple[int, date], list[int]] = defaultdict(lambda: [0, 0])
        self._keys: dict[int, datetime] = {}
        self._keys_written: dict[int, datetime] = {}
        self._digests: dict[int, str] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "UsageBook":
        self._task = asyncio.create_task(self._keep_flushing())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.flush(everything=True)

    def record(self, principal: Principal, units: int) -> None:
        """An answered request and what it cost."""
        if principal.account_id is None:
            return
        instant = now()
        counts = self._days[principal.account_id, instant.date()]
        counts[0] += 1
        counts[1] += units
        if principal.key_id is not None:
            self._keys[principal.key_id] = instant

    def note_digest(self, key_id: int, digest: str) -> None:
        """A key was found under a replaced secret; from now on under the one in use."""
        self._digests[key_id] = digest

    def pending(self, account_id: int) -> dict[date, tuple[int, int]]:
        """Requests and units of an account that are not written yet, by day."""
        return {
            day: (requests, units)
            for (account, day), (requests, units) in self._days.items()
            if account == account_id
        }

    async def flush(self, everything: bool = False) -> None:
        """Write what has gathered; what cannot be written now is kept for the next time."""
        days, self._days = self._days, defaultdict(lambda: [0, 0])
        keys = {id_: at for id_, at in self._keys.items() if everything or self._is_due(id_, at)}
        digests, self._digests = self._digests, {}
        if not (days or keys or digests):
            return
        try:
            async with self._database.transaction() as connection:
                await writer.add_usage(
                    connection,
                    [(account, day, n[0], n[1]) for (account, day), n in sorted(days.items())],
                )
                await writer.note_keys_used(connection, sorted(keys.items()))
                await writer.replace_digests(connection, sorted(digests.items()))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            logger.warning("usage could not be written yet: %s", type(error).__name__)
            for account_day, (requests, units) in days.items():
                self._days[account_day][0] += requests
                self._days[account_day][1] += units
            self._digests = {**digests, **self._digests}
            return
        for key_id, at in keys.items():
            self._keys_written[key_id] = at
            if self._keys.get(key_id) == at:
                del self._keys[key_id]

    def _is_due(self, key_id: int, at: datetime) -> bool:
        written = self._keys_written.get(key_id)
        return written is None or (at - written).total_seconds() >= KEY_USE_SECONDS

    async def _keep_flushing(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()
