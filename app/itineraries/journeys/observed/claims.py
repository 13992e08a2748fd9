"""Claims out of what sensors observed: flights, and voyages between a vessel's calls at ports."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import ValidationError

from app.itineraries.airfields import load_airports
from app.itineraries.crafts.keys import scheme_of
from app.itineraries.findings import to_rfc3339
from app.itineraries.journeys.claims import Claim, Craft, Dark, Mover, Place, Source, Track, When
from app.itineraries.tracks.gaps import GapOptions
from app.itineraries.tracks.voyages import (
    CALL_CONFIDENCE,
    Call,
    Silence,
    Voyage,
    VoyageEnd,
    detect_voyages,
)

OUTLET = "positions received here"
MAX_SILENCES = 50
"""Of one leg; the longest are told."""
_OF_AIRCRAFT = ("registration", "icao24", "type")
# What AIS sends as the type of a ship is a number.
_OF_VESSELS = ("name", "imo", "mmsi", "flag", "owner")
Row = Mapping[str, Any]
Known = Mapping[str, str]


def observed_claims(
    craft_id: int, key: str, activities: Sequence[Row], known: Known
) -> list[Claim]:
    """The legs of one craft, flights first.

    Args:
        activities: its legs, visits and gaps by time, as they are stored.
        known: what is said of it last, by field.
    """
    scheme = scheme_of(key)
    said = {**known, **({scheme: key.partition(":")[2]} if scheme else {})}
    flights = [_flight(row, key, said) for row in activities if row["kind"] == "leg"]
    calls = [_call(row) for row in activities if row["kind"] == "visit"]
    silences = [_silence(row) for row in activities if row["kind"] == "gap"]
    voyages = detect_voyages([call for call in calls if call is not None], silences)
    return [
        *(claim for claim in flights if claim is not None),
        *(_voyage(voyage, craft_id, key, said) for voyage in voyages),
    ]


def _flight(row: Row, key: str, known: Known) -> Claim | None:
    """One flight; none where neither end was seen."""
    leg = orjson.loads(row["evidence"])
    origin, destination = _airport(leg["origin"]), _airport(leg["destination"])
    if origin is None and destination is None:
        return None
    departed = _instant(leg.get("off_at")) or row["start_at"]
    arrived = _instant(leg.get("on_at")) or row["end_at"]
    callsign = f"Call sign {leg['callsign']}. " if leg.get("callsign") else ""
    name = known.get("registration") or known.get("icao24") or known.get("callsign") or key
    return Claim.model_validate({
        "mover": Mover(kind="aircraft", name=name),
        "from": origin,
        "to": destination,
        "departed": (_at(departed),) if origin else (),
        "arrived": (_at(arrived),) if destination and arrived else (),
        "status": "observed",
        "mode": "air",
        "carrier": known.get("operator"),
        "craft": _craft(known, _OF_AIRCRAFT),
        "track": _track(row["craft_id"], row["start_at"], row["end_at"]),
        "note": f"{callsign}{leg.get('fixes', 0)} fixes.",
        "sources": (Source(outlet=OUTLET, published_on=(arrived or departed).date()),),
    })  # fmt: skip


def _voyage(voyage: Voyage, craft_id: int, key: str, known: Known) -> Claim:
    origin, destination = voyage.origin, voyage.destination
    ends = [end for end in (origin, destination) if end is not None]
    longest = sorted(voyage.silences, key=lambda s: s.start_at - s.end_at)[:MAX_SILENCES]
    known_s = max([*(end.latest_at for end in ends), *map(_known_at, longest)])
    return Claim.model_validate({
        "mover": Mover(kind="vessel", name=known.get("name") or known.get("imo") or key),
        "from": _port(voyage.origin),
        "to": _port(voyage.destination),
        "departed": _between(voyage.origin),
        "arrived": _between(voyage.destination),
        "status": "observed",
        "mode": "sea",
        "carrier": known.get("operator"),
        "craft": _craft(known, _OF_VESSELS),
        "dark": tuple(_dark(silence) for silence in sorted(longest, key=lambda s: s.start_at)),
        "track": _track(
            craft_id,
            _moment(origin.call.end_at) if origin else None,
            _moment(destination.call.start_at) if destination else None,
        ),
        "sources": (Source(outlet=OUTLET, published_on=_moment(known_s).date()),),
    })  # fmt: skip


def _craft(known: Known, fields: Sequence[str]) -> Craft | None:
    """What has the form of an identifier: a transponder may send anything."""
    valid: dict[str, str] = {}
    for field in fields:
        try:
            valid |= Craft.model_validate({field: known.get(field)}).model_dump(exclude_none=True)
        except ValidationError:
            continue
    return Craft(**valid) if valid else None


def _airport(end: Mapping[str, Any]) -> Place | None:
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


def _call(row: Row) -> Call | None:
    about = orjson.loads(row["evidence"])
    if about["confidence"] < CALL_CONFIDENCE:
        return None
    return Call(
        row["place"], about["country"], row["lat"], row["lon"],
        row["start_at"].timestamp(), row["end_at"].timestamp(),
        about.get("entered", False), about.get("left", False),
    )  # fmt: skip


def _silence(row: Row) -> Silence:
    about = orjson.loads(row["evidence"])
    measured = [about[name] for name in ("from_lat", "from_lon", "to_lat", "to_lon",
                                         "distance_km", "implied_speed_kn")]  # fmt: skip
    end_at = row["end_at"].timestamp() if row["end_at"] else math.inf
    return Silence(row["id"], row["start_at"].timestamp(), end_at, *measured)


def _port(end: VoyageEnd | None) -> Place | None:
    if end is None:
        return None
    call = end.call
    return Place(
        name=call.place, country=call.country or None, lat=call.lat, lon=call.lon,
        precision="exact", status=end.status,
    )  # fmt: skip


def _between(end: VoyageEnd | None) -> tuple[When, ...]:
    if end is None:
        return ()
    first, last = to_rfc3339(end.earliest_at), to_rfc3339(end.latest_at)
    return (When(at=first if first == last else f"{first}/{last}"),)


def _known_at(silence: Silence) -> float:
    """When a silence could be told of: one that goes on, once it was a gap."""
    if math.isinf(silence.end_at):
        return silence.start_at + GapOptions().min_hours * 3600
    return silence.end_at


def _dark(silence: Silence) -> Dark:
    end = ".." if math.isinf(silence.end_at) else to_rfc3339(silence.end_at)
    return Dark(
        at=f"{to_rfc3339(silence.start_at)}/{end}",
        activity_id=silence.activity_id,
        from_lat=silence.from_lat,
        from_lon=silence.from_lon,
        to_lat=silence.to_lat,
        to_lon=silence.to_lon,
        distance_km=silence.distance_km,
        implied_speed_kn=silence.implied_speed_kn,
    )


def _track(craft_id: int, start: datetime | None, end: datetime | None) -> Track:
    first, last = (to_rfc3339(at.timestamp()) if at else ".." for at in (start, end))
    return Track(craft_id=craft_id, datetime=f"{first}/{last}")


def _at(at: datetime) -> When:
    return When(at=at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _moment(time_s: float) -> datetime:
    return datetime.fromtimestamp(time_s, UTC)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
