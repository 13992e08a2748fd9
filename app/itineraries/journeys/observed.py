"""Flights that sensors observed, as claims beside what is reported: one path to one itinerary."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson
from pydantic import ValidationError

from app.core import data_version
from app.core.db import Database
from app.itineraries.airfields import load_airports
from app.itineraries.journeys import writer
from app.itineraries.journeys.claims import Claim, Craft, Mover, Place, Source, When
from app.itineraries.journeys.importer import write_claims

COLLECTION = "observed"
OUTLET = "positions received here"
# Instants of changes are those of their transactions' beginnings, which may overlap.
_OVERLAP = timedelta(minutes=30)


async def record_observed_legs(database: Database) -> int:
    """Bring itineraries up to the flight legs that were derived from positions.

    Only craft whose legs changed since the last time are read; doing it twice is the same. Returns
    the number of itineraries that changed.
    """
    changed = 0
    async with database.transaction() as connection:
        since = await writer.load_last_observation(connection, COLLECTION)
        craft_ids = await writer.load_craft_with_new_legs(
            connection, since - _OVERLAP if since else None
        )
        if not craft_ids:
            return 0
        await data_version.bump(connection)
        redactor = await writer.load_redactor(connection, ())
        for craft_id in craft_ids:
            claims = await _claims_of(connection, craft_id)
            collection = f"{COLLECTION}:{craft_id}"
            counts = await write_claims(connection, collection, claims, redactor)
            changed += counts["itineraries"]
    return changed


async def _claims_of(connection: asyncpg.Connection, craft_id: int) -> list[Claim]:
    legs, said = await writer.load_observed(connection, craft_id)
    known: dict[str, str] = {}
    for row in said:
        known.setdefault(row["field"], row["value"])
    claims = (_claim(row, known) for row in legs)
    return [claim for claim in claims if claim is not None]


def _claim(row: Mapping[str, Any], known: Mapping[str, str]) -> Claim | None:
    """One leg; none where neither end was seen."""
    leg = orjson.loads(row["evidence"])
    origin, destination = _place(leg["origin"]), _place(leg["destination"])
    if origin is None and destination is None:
        return None
    departed = _instant(leg.get("off_at")) or row["start_at"]
    arrived = _instant(leg.get("on_at")) or row["end_at"]
    name = known.get("registration") or known.get("icao24") or known.get("callsign") or row["key"]
    callsign = f"Call sign {leg['callsign']}. " if leg.get("callsign") else ""
    return Claim.model_validate({
        "mover": Mover(kind="aircraft", name=name),
        "from": origin,
        "to": destination,
        "departed": (_when(departed),) if origin else (),
        "arrived": (_when(arrived),) if destination and arrived else (),
        "status": "observed",
        "mode": "air",
        "carrier": known.get("operator"),
        "craft": _craft(known),
        "note": f"{callsign}{leg.get('fixes', 0)} fixes.",
        "sources": (Source(outlet=OUTLET, published_on=(arrived or departed).date()),),
    })  # fmt: skip


def _craft(known: Mapping[str, str]) -> Craft | None:
    fields = {name: known[name] for name in ("registration", "icao24", "type") if known.get(name)}
    for left_out in ((), ("registration",), ("icao24",)):
        try:
            return Craft.model_validate({k: v for k, v in fields.items() if k not in left_out})
        except ValidationError:
            continue  # what a transponder sends need not have the form of an identifier
    return None


def _place(end: Mapping[str, Any]) -> Place | None:
    if end["status"] == "unknown" or not end["code"]:
        return None
    airport = load_airports().find(end["code"])
    return Place(
        name=end["name"] or None,
        country=airport.country if airport is not None else None,
        code=end["code"],
        lat=end["lat"],
        lon=end["lon"],
        precision="exact",
        status=end["status"],
    )


def _when(at: datetime) -> When:
    return When(at=at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
