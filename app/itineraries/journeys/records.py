"""An itinerary as it is stored: its document, its summary, and what it is searched by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from app.events.outlets import fold_name
from app.itineraries.journeys.claims import Claim
from app.itineraries.journeys.gazetteer import other_names
from app.itineraries.journeys.identifiers import identifier_key
from app.itineraries.journeys.names import REDACTED
from app.itineraries.journeys.places import country_name

_PEOPLE = ("person", "delegation", "group")
CRAFT_KINDS = ("aircraft", "vessel")
# What is reported of a craft most often comes first: by it legs are joined.
_IDENTIFIERS = ("imo", "mmsi", "registration", "icao24")
ROUTE_STOPS = 12


@dataclass(frozen=True, slots=True)
class LegRow:
    """One leg as it is searched."""

    position: int
    status: str
    from_country: str | None
    to_country: str | None
    from_names: list[str]
    to_names: list[str]
    via_names: list[str]
    via_countries: list[str]
    lats: list[float]
    lons: list[float]


@dataclass(frozen=True, slots=True)
class ItineraryRow:
    """One itinerary as it is stored, with its legs."""

    id: str
    mover_kind: str
    mover_key: str
    people: str
    operators: str
    craft: str
    identifiers: list[str]
    statuses: list[str]
    earliest: datetime | None
    latest: datetime | None
    has_private_person: bool
    redacted: bool
    document: str
    summary: str
    legs: tuple[LegRow, ...]


def mover_key(claim: Claim) -> str:
    """By what legs of one mover are joined when no journey is named."""
    known = identifiers_of(claim)
    return f"{claim.mover.kind}:{known[0] if known else fold_name(claim.mover.name)}"


def identifiers_of(claim: Claim) -> list[str]:
    """The numbers and marks of a craft that moved, the strongest first; none for other movers."""
    craft = claim.craft if claim.mover.kind in CRAFT_KINDS else None
    return [
        identifier_key(name, value)
        for name in _IDENTIFIERS
        if (value := getattr(craft, name, None))
    ]


def is_private(claim: Claim) -> bool:
    """Whether a person without a public office is named."""
    mover = claim.mover
    named = mover.name != REDACTED or any(name != REDACTED for name in mover.members)
    return mover.kind in _PEOPLE and mover.role is None and named


def row_of(itinerary_id: str, document: Mapping[str, Any], claims: Sequence[Claim]) -> ItineraryRow:
    """What is stored of an assembled itinerary.

    Args:
        document: as `assemble` gives it.
        claims: those it was made of, first to last.
    """
    people = [
        name
        for claim in claims
        if claim.mover.kind in _PEOPLE
        for name in (claim.mover.name, *claim.mover.members)
    ]
    crafts = [claim.craft for claim in claims if claim.craft is not None]
    names = [claim.mover.name for claim in claims if claim.mover.kind not in _PEOPLE]
    names += [value for craft in crafts for value in (craft.name, craft.type) if value]
    names += [claim.false_identity.shown for claim in claims if claim.false_identity]
    operators = [c.carrier for c in claims if c.carrier] + [c.owner for c in crafts if c.owner]
    identifiers = {
        identifier_key(name, value)
        for craft in crafts
        for name in _IDENTIFIERS
        if (value := getattr(craft, name))
    }
    period = document["period"] or {"earliest": None, "latest": None}
    whole = {"id": itinerary_id, **document}
    return ItineraryRow(
        id=itinerary_id,
        mover_kind=document["mover"]["kind"],
        mover_key=mover_key(claims[0]),
        people=_searchable(people),
        operators=_searchable(operators),
        craft=_searchable(names),
        identifiers=sorted(identifiers),
        statuses=list(document["statuses"]),
        earliest=period["earliest"],
        latest=period["latest"],
        has_private_person=any(is_private(claim) for claim in claims),
        redacted=REDACTED in (text := dump(whole)),
        document=text,
        summary=dump(summary_of(whole)),
        legs=tuple(_leg_row(leg) for leg in document["legs"]),
    )


def summary_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """An itinerary as lists show it."""
    stops = [leg[end]["place"] for leg in document["legs"] for end in ("from", "to")]
    labels = [place["name"] or place["code"] or country_name(place["country"])
              for place in stops if place is not None]  # fmt: skip
    route = [label for i, label in enumerate(labels) if i == 0 or label != labels[i - 1]]
    return {
        "id": document["id"],
        "title": document["title"],
        "mover": document["mover"],
        "statuses": document["statuses"],
        "period": document["period"],
        "route": route[:ROUTE_STOPS],
        "leg_count": len(document["legs"]),
        "source_count": len(document["sources"]),
        "independent_sources": document["independent_sources"],
        "conflict_count": document["conflict_count"],
        "synthetic": document["synthetic"],
    }


def dump(value: Any) -> str:
    """JSON text, instants with a Z."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()


def _searchable(names: Sequence[str]) -> str:
    return " | ".join(dict.fromkeys(filter(None, map(fold_name, names))))


def _leg_row(leg: Mapping[str, Any]) -> LegRow:
    start, end, via = leg["from"]["place"], leg["to"]["place"], leg["via"]
    stops = [p for p in (start, *via, end) if p is not None and p["lat"] is not None]
    return LegRow(
        position=leg["position"],
        status=leg["status"],
        from_country=start and start["country"],
        to_country=end and end["country"],
        from_names=_names(start),
        to_names=_names(end),
        via_names=[name for place in via for name in _names(place)],
        via_countries=[place["country"] for place in via if place["country"]],
        lats=[place["lat"] for place in stops],
        lons=[place["lon"] for place in stops],
    )


def _names(place: Mapping[str, Any] | None) -> list[str]:
    if place is None:
        return []
    name, code = place["name"], place["code"]
    given = (name, code, *other_names(place["country"], name, code))
    return list(dict.fromkeys(filter(None, (fold_name(one or "") for one in given))))
