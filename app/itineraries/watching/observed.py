"""Observations out of activities, entries of zones, identities and lists; no I/O."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
import shapely

from app.alerts.observations import Observation
from app.itineraries.activities.service import activity_document
from app.itineraries.crafts.service import instant
from app.itineraries.tracks import zone_entries
from app.itineraries.tracks.zone_entries import ZoneEntry
from app.itineraries.watching.repository import MEETINGS

_UPPER = ("registration", "msn")


class Crafts:
    """Names under which rules can ask for craft: ids, keys, identifiers."""

    def __init__(
        self, rows: Mapping[int, asyncpg.Record], identifiers: Mapping[int, set[tuple[str, str]]]
    ) -> None:
        self.keys = {craft_id: row["key"] for craft_id, row in rows.items()}
        self._rows = rows
        self._identifiers = identifiers

    def tokens(self, craft_ids: Iterable[int]) -> frozenset[str]:
        """Every name of some craft, as a rule may write it."""
        found = set()
        for craft_id in craft_ids:
            found |= {str(craft_id), self.keys[craft_id]}
            for field, value in self._identifiers[craft_id]:
                found.add(f"{field}:{value.upper() if field in _UPPER else value.lower()}")
        return frozenset(found)

    def shown(self, craft_id: int) -> dict[str, Any]:
        """A craft as alerts name it."""
        return dict(self._rows[craft_id])


Zones = Mapping[str, shapely.Geometry]


def zones_at(zones: Zones, lat: float | None, lon: float | None) -> frozenset[str]:
    """The zones that hold a point."""
    if lat is None or lon is None:
        return frozenset()
    return frozenset(
        zone_id for zone_id, zone in zones.items() if shapely.contains_xy(zone, lon, lat)
    )


def of_activity(row: asyncpg.Record, crafts: Crafts, zones: Zones) -> Observation:
    """A gap or a flight leg."""
    document = activity_document(row, crafts.keys)
    origin, destination = document.get("origin") or {}, document.get("destination") or {}
    end_at = row["end_at"]
    return Observation(
        kind=row["kind"],
        key=_key(row),
        observed_at=row["start_at"],
        data={"activity": document},
        crafts=crafts.tokens(row["craft_ids"]),
        zones=zones_at(zones, row["lat"], row["lon"]),
        origins=_codes(origin.get("code"), origin.get("country")),
        destinations=_codes(destination.get("code"), destination.get("country")),
        hours=None if end_at is None else (end_at - row["start_at"]).total_seconds() / 3600,
    )


def of_meeting(rows: Sequence[asyncpg.Record], crafts: Crafts, zones: Zones) -> Observation:
    """One meeting of two craft, by each method that found it, that of the open sea first."""
    first, *others = sorted(rows, key=lambda row: (MEETINGS.index(row["kind"]), row["start_at"]))
    places = [zones_at(zones, row["lat"], row["lon"]) for row in rows]
    places += [frozenset([row["place"]]) for row in rows if row["place"] is not None]
    subject = f"meeting:{','.join(map(str, first['craft_ids']))}:"
    start_at, end_at = min(r["start_at"] for r in rows), max(r["end_at"] for r in rows)
    return Observation(
        kind="meeting",
        key=f"{subject}{start_at.isoformat()}",
        observed_at=start_at,
        data={
            "activity": activity_document(first, crafts.keys),
            "also_found_as": [activity_document(row, crafts.keys) for row in others],
            "lasts_until": instant(end_at),
        },
        crafts=crafts.tokens(first["craft_ids"]),
        zones=frozenset().union(*places),
        score=max((row["score"] for row in rows if row["score"] is not None), default=None),
        subject=subject,
        lasts_until=end_at,
    )


def of_open_gap(
    row: asyncpg.Record, crafts: Crafts, zones: Zones, heard_until: datetime
) -> Observation:
    """A silence that goes on; it lasts from its beginning to the newest position of all."""
    hours = (heard_until - row["start_at"]).total_seconds() / 3600
    return replace(of_activity(row, crafts, zones), hours=hours)


def of_voyage(
    visit: asyncpg.Record, before: asyncpg.Record, crafts: Crafts, zones: Zones
) -> Observation:
    """A vessel that calls at another place than before: a leg from there to here."""
    document = activity_document(visit, crafts.keys)
    here = orjson.loads(visit["evidence"]).get("country")
    origin = {"name": before["place"], "country": before["country"]}
    return Observation(
        kind="leg",
        key=_key(visit),
        observed_at=visit["start_at"],
        data={"activity": document, "origin": {**origin, "left_at": instant(before["end_at"])}},
        crafts=crafts.tokens(visit["craft_ids"]),
        zones=zones_at(zones, visit["lat"], visit["lon"]),
        origins=_codes(before["place"], before["country"]),
        destinations=_codes(visit["place"], here),
        score=visit["score"],
    )


def of_entry(entry: ZoneEntry, crafts: Crafts) -> Observation:
    """A craft that came into a zone."""
    craft_id = int(entry.craft_id)
    at = datetime.fromtimestamp(entry.at_s, UTC)
    outside = None if entry.outside_s is None else datetime.fromtimestamp(entry.outside_s, UTC)
    return Observation(
        kind="zone_entry",
        key=f"zone_entry:{entry.zone_id}:{craft_id}:{at.isoformat()}",
        observed_at=at,
        data={
            "craft": crafts.shown(craft_id),
            "zone": entry.zone_id,
            "lat": entry.lat,
            "lon": entry.lon,
            "entered_at": instant(at),
            "last_outside_at": instant(outside),
            "method": zone_entries.METHOD,
            "method_version": zone_entries.METHOD_VERSION,
        },
        crafts=crafts.tokens([craft_id]),
        zones=frozenset([entry.zone_id]),
    )


def of_rename(row: asyncpg.Record, crafts: Crafts) -> Observation:
    """A craft that states another name, flag or number than before."""
    return Observation(
        kind="identity_change",
        key=f"identity_change:{row['id']}",
        observed_at=row["first_at"],
        data={
            "craft": crafts.shown(row["craft_id"]),
            "field": row["field"],
            "was": row["was"],
            "is": row["value"],
            "source": row["source"],
            "first_stated_at": instant(row["first_at"]),
            "method": "identity_change",
            "method_version": "1",
        },
        crafts=crafts.tokens([row["craft_id"]]),
    )


def of_listed(
    seen: asyncpg.Record, entry: asyncpg.Record, place: tuple[float, float], crafts: Crafts,
    zones: Zones,
) -> Observation:  # fmt: skip
    """A craft on a sanctions list that was heard, told once for each day."""
    at = seen["stale_until"]
    return Observation(
        kind="sanctioned_craft",
        key=f"sanctioned:{entry['list_id']}:{entry['entry_id']}:{seen['id']}:{at:%Y-%m-%d}",
        observed_at=at,
        data={
            "craft": crafts.shown(seen["id"]),
            "lat": place[0],
            "lon": place[1],
            "heard_at": instant(at),
            "list": entry["list_id"],
            "entry": entry["entry_id"],
            "name": entry["name"],
            "programs": entry["programs"],
            "identifier": entry["identifier"],
            "method": "identifier_match",
            "method_version": "1",
        },
        crafts=crafts.tokens([seen["id"]]),
        zones=zones_at(zones, *place),
    )


def _codes(*given: str | None) -> frozenset[str]:
    return frozenset(code for code in given if code)


def _key(row: asyncpg.Record) -> str:
    craft = ",".join(map(str, row["craft_ids"]))
    return f"{row['kind']}:{craft}:{row['start_at'].isoformat()}"
