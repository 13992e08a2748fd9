"""The stream of an account's alerts: what came after the last one seen, then what comes."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from app.alerts import repository
from app.alerts.schemas import AlertShown
from app.alerts.service import alert_shown
from app.core.db import Database
from app.core.errors import RateLimitedError

MAX_STREAMS = 5  # of one account, at each server process
POLL_S = 1.0
QUIET_S = 15.0
LASTS_S = 600.0
_PAGE = 100


class Streams:
    """Counts the streams that are open at this process."""

    def __init__(self) -> None:
        self._open: Counter[int] = Counter()

    def check(self, account_id: int) -> None:
        """See that an account has a place for one more.

        Raises:
            RateLimitedError: it has as many as it may.
        """
        if self._open[account_id] >= MAX_STREAMS:
            raise RateLimitedError(
                f"{MAX_STREAMS} streams are open; close one", headers={"Retry-After": "10"}
            )

    @contextmanager
    def one(self, account_id: int) -> Iterator[None]:
        """A stream of an account, counted while it is open."""
        self._open[account_id] += 1
        try:
            yield
        finally:
            self._open[account_id] -= 1


async def follow(
    database: Database, account_id: int, after: int | None
) -> AsyncIterator[AlertShown | None]:
    """An account's alerts in the order in which they came to be; `None` when it has been quiet.

    From after the alert `after`, or from now on: the first `None` comes at once, and what is
    observed after it is not missed. None is left out: ids rise in the order of commits. It ends
    after a while, so that whoever comes back is asked for its credential again.
    """
    if after is None:
        async with database.session() as session:
            after = await repository.newest_alert(session, account_id)
    began = time.monotonic()
    quiet_since = -math.inf
    while (at := time.monotonic()) - began < LASTS_S:
        async with database.session() as session:
            found = await repository.list_alerts_after(session, account_id, after, _PAGE)
        for alert in found:
            shown = alert_shown(alert)
            after, quiet_since = shown.id, at
            yield shown
        if at - quiet_since > QUIET_S:
            quiet_since = at
            yield None
        if len(found) < _PAGE:
            await asyncio.sleep(POLL_S)
