"""The stream of one analysis: how far it is, whenever that changes, until it has ended."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

from app.access.principal import Principal
from app.core.db import Database
from app.core.errors import NotFoundError
from app.forensics.findings.analyses import get_analysis
from app.forensics.findings.schemas import AnalysisShown

POLL_S = 0.5
QUIET_S = 15.0
LASTS_S = 600.0
_ENDED = ("done", "failed", "cancelled")


async def follow(
    database: Database, caller: Principal, analysis_id: UUID
) -> AsyncIterator[AnalysisShown | None]:
    """Each new state of an analysis; `None` when it has been quiet.

    It ends with the analysis, when that is deleted, or after a while.
    """
    last: AnalysisShown | None = None
    quiet_since = began = time.monotonic()
    while (at := time.monotonic()) - began < LASTS_S:
        try:
            shown = await get_analysis(database, caller, analysis_id)
        except NotFoundError:
            return
        if shown != last:
            last, quiet_since = shown, at
            yield shown
        elif at - quiet_since > QUIET_S:
            quiet_since = at
            yield None
        if shown.status in _ENDED:
            return
        await asyncio.sleep(POLL_S)
