"""Keeps activities right: what new positions touched is analysed again, and nothing else."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import asyncpg
import numpy as np
from numpy.typing import NDArray

from app.core.db import Database
from app.itineraries.activities.analysis import (
    World,
    analyse_craft,
    analyse_silences,
)
from app.itineraries.activities.company import Company, slices
from app.itineraries.activities.findings import Finding
from app.itineraries.activities.repository.stale import (
    About,
    fetch_about,
    fetch_company,
    fetch_crowd_times,
    fetch_round,
    fetch_scoped,
    fetch_scopes,
    fetch_slice,
    fetch_stale,
)
from app.itineraries.activities.spans import Scope
from app.itineraries.activities.writer import (
    note_analysed,
    replace_activities,
    replace_crowd_times,
)
from app.itineraries.airfields import load_airports
from app.itineraries.crafts.keys import kind_of
from app.itineraries.positions.writer import mark_stale
from app.itineraries.sea_data import load_places, load_shore, load_zones
from app.itineraries.tracks.contacts import TooMuchError
from app.itineraries.tracks.positions import Positions
from app.itineraries.watching.telling import tell_watchers

LOCK = "vric.activities"
# So many craft, or so many of their fixes, at once: about 100 MB.
CRAFT_AT_ONCE = 20_000
_FIXES_AT_ONCE = 300_000
Progress = Callable[[int], None]
logger = logging.getLogger("vric.activities")


def bundled_world() -> World:
    """The places and zones that come with the product."""
    return World(load_places(), load_zones(), load_shore, load_airports)


async def derive_activities(
    database: Database, world: World | None = None, progress: Progress | None = None
) -> int:
    """Analyse all craft that have new positions; returns how many that are shown changed.

    It may be stopped at any moment: a craft stays on the list until its activities are committed.

    Args:
        progress: told how many craft were analysed so far.
    """
    if world is None:
        world = await asyncio.to_thread(bundled_world)
    changed = done = 0
    async with database.locked(LOCK):
        while craft_ids := await _round(database):
            while craft_ids:
                stale, craft_ids = await _next(database, craft_ids)
                changed += await _derive(database, stale, world)
                done += len(stale)
                if progress is not None:
                    progress(done)
    return changed


async def _round(database: Database) -> list[int]:
    async with database.transaction() as connection:
        return await fetch_round(connection)


async def _next(
    database: Database, craft_ids: Sequence[int]
) -> tuple[Sequence[asyncpg.Record], list[int]]:
    """The craft that are analysed next, and those left for later."""
    async with database.transaction() as connection:
        stale = await fetch_stale(connection, craft_ids[:CRAFT_AT_ONCE])
    fixes = np.cumsum([row["position_count"] for row in stale])
    taken = max(1, int(np.searchsorted(fixes, _FIXES_AT_ONCE)))
    left = [row["id"] for row in stale[taken:]]
    return stale[:taken], [*left, *craft_ids[CRAFT_AT_ONCE:]]


async def _derive(database: Database, stale: Sequence[asyncpg.Record], world: World) -> int:
    if not stale:
        return 0
    async with database.transaction() as connection:
        scopes = await fetch_scopes(connection, stale, world.places)
        own = await fetch_scoped(connection, scopes)
    inside = own.take(_within(own, scopes))
    # What only later turns out to fly may have been part of a crowd.
    vessels = {
        row["id"] for row in stale if row["kind"] != "aircraft" or kind_of(row["key"]) == "unknown"
    }
    afloat = [scope for scope in scopes if scope.craft_id in vessels]
    try:
        company = await _accompany(database, afloat, inside, world)
    except TooMuchError:
        if len(stale) > 1:
            middle = len(stale) // 2
            return await _derive(database, stale[:middle], world) + await _derive(
                database, stale[middle:], world
            )
        logger.warning("meetings of craft %s are too many to be told", stale[0]["key"])
        company = Company([], (), inside, ())
    async with database.transaction() as connection:
        met = {int(craft_id) for craft_id in own.craft_ids}.union(company.met())
        about = await fetch_about(connection, sorted(met))
    found = await asyncio.to_thread(analyse, scopes, own, inside, company, about, world)
    async with database.transaction() as connection:
        await mark_stale(connection, company.unsettled())
    async with database.transaction() as connection:
        await replace_crowd_times(connection, scopes, company.crowd_times())
        ids = {one.key: craft_id for craft_id, one in about.items()}
        changes = await replace_activities(connection, scopes, found, ids)
        await note_analysed(connection, stale)
        await tell_watchers(connection, stale, own, changes.merged)
    return changes.shown


async def _accompany(
    database: Database, afloat: Sequence[Scope], own: Positions, world: World
) -> Company:
    """Contacts of vessels, slice by slice of their time."""
    async with database.transaction() as connection:
        windows = await fetch_company(connection, afloat)
    company = Company(
        sorted({window.craft_id for window in windows}),
        afloat,
        own,
        world.zones,
        world.max_crowd,
    )
    for start_s, until_s in slices(windows):
        async with database.transaction() as connection:
            positions = await fetch_slice(connection, windows, start_s, until_s)
            told = await fetch_crowd_times(connection, windows, start_s, until_s)
        await asyncio.to_thread(company.look, positions, start_s, until_s, told)
    return company


def analyse(
    scopes: Sequence[Scope],
    own: Positions,
    inside: Positions,
    company: Company,
    about: Mapping[int, About],
    world: World,
) -> list[Finding]:
    """All activities within the scopes, and meetings of their craft with others.

    Args:
        own: the fixes of the scopes, with the one before and the one after each.
        inside: those without these.
    """
    kinds = {one.key: one.kind for one in about.values()}
    types = {one.key: one.type for one in about.values() if one.type is not None}
    ships = {key: int(text) for key, text in types.items() if text.isdecimal()}
    open_ended = {about[scope.craft_id].key for scope in scopes if scope.after_s is None}
    keys = {craft_id: one.key for craft_id, one in about.items()}
    found = chain(
        analyse_craft(_named(inside, about), kinds, types, world),
        analyse_silences(_named(own, about), open_ended),
        company.findings(keys, ships, world.places),
    )
    made_up = {one.key for one in about.values() if one.synthetic}
    return [one if made_up.isdisjoint(one.craft_ids) else one.as_synthetic() for one in found]


def _within(positions: Positions, scopes: Sequence[Scope]) -> NDArray[np.bool_]:
    """Which fixes belong to the spans, and not to the silence before or after."""
    by_craft = {str(scope.craft_id): scope for scope in scopes}
    first = np.array([by_craft[craft_id].start_s for craft_id in positions.craft_ids])
    last = np.array([by_craft[craft_id].until_s for craft_id in positions.craft_ids])
    time_s = positions.time_s
    if len(positions) == 0:
        return np.zeros(0, dtype=np.bool_)
    kept: NDArray[np.bool_] = time_s >= first[positions.craft]
    return kept & (time_s <= last[positions.craft])


def _named(positions: Positions, about: Mapping[int, About]) -> Positions:
    """The same fixes under the keys of their craft."""
    return replace(positions, craft_ids=[about[int(text)].key for text in positions.craft_ids])
