"""What the analyses find, in one shape: the names on the wire, and what is filtered by."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from app.itineraries.tracks import (
    gaps,
    legs,
    loitering,
    meetings,
    near_shore,
    segments,
    spoofing,
    stops,
    visits,
)
from app.itineraries.tracks.ports import Places

KINDS = (
    "gap", "leg", "loitering", "meeting", "segment", "spoofing", "stop", "transfer", "visit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One activity. `fields` are its own names on the wire; `part` tells apart what is of one kind,
    of the same craft and begins at the same moment."""

    kind: str
    craft_ids: tuple[str, ...]
    start_s: float
    end_s: float | None
    method: str
    method_version: str
    lat: float | None = None
    lon: float | None = None
    place: str | None = None
    score: float | None = None
    part: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


def of_stop(found: stops.Stop) -> Finding:
    """A stop."""
    return _finding("stop", stops, found)


def of_gap(found: gaps.Gap) -> Finding:
    """A gap. What was heard of others meanwhile is told when it is read: it changes with them."""
    whole = _finding("gap", gaps, found, lat=found.from_lat, lon=found.from_lon)
    return replace(whole, fields=_without(whole.fields, "reception"))


def of_visit(found: visits.Visit, places: Places) -> Finding:
    """A port visit; its score is the confidence of the rule from 1 to 4, as a share."""
    row = found.place
    about = {"country": places.countries[row], "place_kind": places.kinds[row]}
    whole = _finding(
        "visit", visits, found, lat=float(places.lat[row]), lon=float(places.lon[row]),
        place=places.names[row], score=found.confidence / 4,
    )  # fmt: skip
    return replace(whole, fields={**_without(whole.fields, "place"), **about})


def of_loitering(found: loitering.Loitering) -> Finding:
    """Loitering."""
    return _finding("loitering", loitering, found)


def of_segment(found: segments.Segment) -> Finding:
    """A run of fixes of one hull of several that use one identity."""
    return _finding("segment", segments, found, part=str(found.hull))


def of_leg(found: legs.Leg) -> Finding:
    """A flight, where it began on the map."""
    start = found.origin
    whole = _finding("leg", legs, found, lat=start.lat, lon=start.lon, place=start.code or None)
    moments = {"off_at": _instant(found.off_at), "on_at": _instant(found.on_at)}
    return replace(whole, fields={**_without(whole.fields, "approaches"), **moments})


def of_spoofing(found: spoofing.Spoofing) -> Finding:
    """An interval in which the positions sent cannot all be true."""
    return _finding("spoofing", spoofing, found, part=found.check)


def of_meeting(found: meetings.Meeting) -> Finding:
    """A meeting."""
    return _finding("meeting", meetings, found)


def of_transfer(found: near_shore.Transfer) -> Finding:
    """A candidate for a transfer near the shore."""
    return _finding(
        "transfer", near_shore, found, part=found.zone_id, place=found.zone_id, score=found.score
    )


def _finding(kind: str, method: ModuleType, found: Any, **changes: Any) -> Finding:
    """What an analysis found, of which the names that all kinds have are taken out."""
    given = {one.name: getattr(found, one.name) for one in fields(found)}
    craft_ids = given.pop("craft_ids", None) or (given.pop("craft_id"),)
    values = {
        "craft_ids": craft_ids,
        "start_s": given.pop("start_at"),
        "end_s": given.pop("end_at"),
        "lat": given.pop("lat", None),
        "lon": given.pop("lon", None),
    }
    return Finding(
        kind, method=method.METHOD, method_version=method.METHOD_VERSION, fields=given,
        **{**values, **changes},
    )  # fmt: skip


def _without(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != name}


def _instant(time_s: float | None) -> str | None:
    if time_s is None:
        return None
    return datetime.fromtimestamp(time_s, UTC).isoformat().replace("+00:00", "Z")
