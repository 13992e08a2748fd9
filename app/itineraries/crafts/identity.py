"""What a craft says of itself, checked: every check with what was compared."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import asyncpg

from app.core.db import Database
from app.itineraries.crafts import repository
from app.itineraries.crafts.queries import IdentityQuery
from app.itineraries.crafts.service import get_craft_row
from app.itineraries.findings import as_record
from app.itineraries.parameters import InstantRange
from app.itineraries.positions.repository import fetch_track
from app.itineraries.register_data import load_registers
from app.itineraries.tracks import identity
from app.itineraries.tracks.identity import Statement
from app.itineraries.tracks.positions import Positions

MAX_FIXES = 100_000
MAX_OTHERS = 50
_SPAN = timedelta(days=90)
_LIKENED = ("name", "registration", "msn")
_OBSERVED = ("ais", "adsb", "file", "key")


async def check_identity(
    database: Database, reference: str, query: IdentityQuery
) -> dict[str, Any]:
    """The checks of one craft, held against craft that share something with it or are alike.

    Raises:
        NotFoundError: there is none.
    """
    row = await get_craft_row(database, reference)
    said = (await repository.fetch_identities(database, [row["id"]]))[row["id"]]
    others = await _others(database, row["id"], said)
    of_others = await repository.fetch_identities(database, list(others))
    statements = _statements(row["key"], said)
    for craft_id, key in others.items():
        statements += _statements(key, of_others[craft_id])
    names = [one["value"] for one in said if one["field"] == "name"]
    registered = await repository.fetch_registered(database, names, _OBSERVED)
    positions = await _positions(database, row, query)
    found = await asyncio.to_thread(
        identity.analyse_identity, statements, load_registers(), positions, registered
    )
    own = [one for one in found if one.craft_id == row["key"]]
    findings = [
        as_record(
            identity.METHOD, identity.METHOD_VERSION,
            {"check": one.check, "verdict": one.verdict, "evidence": one.evidence}, {},
        )
        for one in own
    ]  # fmt: skip
    return {
        "craft_id": row["id"],
        "key": row["key"],
        "synthetic": row["synthetic"],
        "findings": findings,
        "compared": {
            "statements": len(said),
            "fixes": len(positions),
            "craft": list(others.values()),
            "registry": registered is not None,
        },
    }


async def _others(database: Database, craft_id: int, said: list[asyncpg.Record]) -> dict[int, str]:
    """Craft that share an identifier, or of which something alike is said."""
    found = await repository.fetch_related(database, craft_id)
    for one in said:
        if one["field"] in _LIKENED:
            found += await repository.fetch_near(database, one["field"], one["value"])
    keys = {one["craft_id"]: one["key"] for one in found if one["craft_id"] != craft_id}
    return dict(sorted(keys.items())[:MAX_OTHERS])


async def _positions(database: Database, row: asyncpg.Record, query: IdentityQuery) -> Positions:
    last = row["last_at"] or datetime.now(UTC)
    window = (
        InstantRange.parse(query.datetime) if query.datetime else InstantRange(last - _SPAN, last)
    )
    found = await fetch_track(database, row["id"], window.start, window.end, MAX_FIXES)
    return replace(found, craft_ids=[row["key"]] if len(found) else [])


def _statements(key: str, said: list[asyncpg.Record]) -> list[Statement]:
    return [
        Statement(
            key, one["field"], one["value"],
            one["first_at"].timestamp() if one["first_at"] is not None else None,
        )
        for one in said
        if one["field"] in get_args(identity.Field)
    ]  # fmt: skip
