"""What the analyses find, in one shape: the names on the wire, and what is filtered by."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from types import ModuleType
from typing import Any

from app.itineraries.findings import as_record
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

KINDS = tuple(
    sorted(
        method.METHOD
        for method in (
            gaps, legs, loitering, meetings, near_shore, segments, spoofing, stops, visits,
        )
    )
)  # fmt: skip
# What every activity has under these names, or in columns of its own.
_COMMON = frozenset({
    "kind", "method", "method_version", "craft_id", "craft_ids", "start_at", "end_at", "lat", "lon",
    "place", "score",
})  # fmt: skip


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

    def as_synthetic(self) -> "Finding":
        """The same, marked as derived from what is made up."""
        return replace(self, fields={**self.fields, "synthetic": True})


def of_stop(found: stops.Stop) -> Finding:
    """A stop."""
    return _finding(stops, found)


def of_gap(found: gaps.Gap) -> Finding:
    """A gap, without what was heard of others meanwhile: that changes with them."""
    whole = _finding(gaps, found, lat=found.from_lat, lon=found.from_lon)
    return replace(whole, fields=_without(whole.fields, "reception"))


def of_visit(found: visits.Visit, places: Places) -> Finding:
    """A port visit; its score is the confidence of the rule from 1 to 4, as a share."""
    row = found.place
    about = {"country": places.countries[row], "place_kind": places.kinds[row]}
    whole = _finding(visits, found, lat=float(places.lat[row]), lon=float(places.lon[row]),
        place=places.names[row], score=found.confidence / 4,
    )  # fmt: skip
    return replace(whole, fields={**_without(whole.fields, "place"), **about})


def of_loitering(found: loitering.Loitering) -> Finding:
    """Loitering."""
    return _finding(loitering, found)


def of_segment(found: segments.Segment) -> Finding:
    """A run of fixes of one hull of several that use one identity."""
    return _finding(segments, found, part=str(found.hull))


def of_leg(found: legs.Leg) -> Finding:
    """A flight, where it began on the map."""
    start = found.origin
    whole = _finding(legs, found, lat=start.lat, lon=start.lon, place=start.code or None)
    return replace(whole, fields=_without(whole.fields, "approaches"))


def of_spoofing(found: spoofing.Spoofing) -> Finding:
    """An interval in which the positions sent cannot all be true."""
    return _finding(spoofing, found, part=found.check)


def of_meeting(found: meetings.Meeting) -> Finding:
    """A meeting."""
    return _finding(meetings, found)


def of_transfer(found: near_shore.Transfer) -> Finding:
    """A candidate for a transfer near the shore."""
    return _finding(near_shore, found, part=found.zone_id, place=found.zone_id, score=found.score)


def _finding(method: ModuleType, found: Any, **changes: Any) -> Finding:
    """What an analysis found, of which the names that all kinds have are taken out."""
    record = as_record(method.METHOD, method.METHOD_VERSION, asdict(found), {})
    values = {
        "craft_ids": getattr(found, "craft_ids", None) or (found.craft_id,),
        "start_s": found.start_at,
        "end_s": found.end_at,
        "lat": record.get("lat"),
        "lon": record.get("lon"),
    }
    fields = {name: value for name, value in record.items() if name not in _COMMON}
    return Finding(
        method.METHOD, method=method.METHOD, method_version=method.METHOD_VERSION, fields=fields,
        **{**values, **changes},
    )  # fmt: skip


def _without(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != name}
