"""One end of a leg: where and when, by whom, and what is disputed about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.itineraries.journeys.claims import Place
from app.itineraries.journeys.confidence import confidence
from app.itineraries.journeys.dates import Dated, date_conflicts, span_of
from app.itineraries.journeys.places import agree, best_known, precision_of


@dataclass(frozen=True, slots=True)
class Located:
    """A place as given, with the status of that claim and its sources."""

    place: Place
    status: str
    sources: tuple[int, ...]


@dataclass(slots=True)
class End:
    """What is said of one end. `name` is from or to; `time_name` departed or arrived."""

    name: str
    time_name: str
    located: list[Located] = field(default_factory=list)
    dated: list[Dated] = field(default_factory=list)
    inferred: Place | None = None

    @property
    def told(self) -> Place | None:
        """The place that is told of this very end: the most precise, of equals the best supported."""
        known = sorted(self.located, key=lambda located: _STRENGTH.index(located.status))
        return best_known([located.place for located in known])

    @property
    def place(self) -> Place | None:
        """What is told, or what a neighbour leg adds to it."""
        return self.inferred if self._is_inferred else self.told

    @property
    def status(self) -> str:
        """That of the best-supported claim; inferred where a neighbour leg tells the place."""
        if self._is_inferred:
            return "inferred"
        return strongest([located.status for located in self.located])

    @property
    def _is_inferred(self) -> bool:
        told = self.told
        if self.inferred is None or told is None:
            return self.inferred is not None
        return told.lat is None and self.inferred.lat is not None and agree(told, self.inferred)

    def conflicts(self) -> list[dict[str, Any]]:
        """What is disputed: the place first, then the time."""
        found = []
        known = self.told
        differing = [] if known is None else [g for g in self.located if not agree(known, g.place)]
        if differing:
            agreeing = [g for g in self.located if agree(known, g.place)] if known else []
            found.append({
                "field": self.name,
                "kind": "place",
                "detail": "reports name different places",
                "claims": [
                    {"at": located.place.label, "sources": list(located.sources)}
                    for located in (*agreeing[:1], *differing)
                ],
            })  # fmt: skip
        return found + date_conflicts(self.time_name, self.dated)

    def sources(self) -> list[int]:
        """The sources that tell of this end, by their place in the itinerary's list."""
        told = [located.sources for located in self.located]
        told += [dated.sources for dated in self.dated]
        return sorted({index for numbers in told for index in numbers})

    def json(self, independent: int) -> dict[str, Any]:
        """The end as it is sent; `independent` counts its independent sources."""
        place, conflicts = self.place, self.conflicts()
        when = span_of(self.dated)
        kinds = {"place" if c["kind"] == "place" else "date" for c in conflicts}
        return {
            "place": None if place is None else place_json(place),
            "status": self.status,
            "when": when,
            "sources": self.sources(),
            "independent_sources": independent,
            "confidence": confidence(
                self.status,
                independent,
                when["precision"] if when else None,
                precision_of(place),
                frozenset(kinds),
            ),
            "conflicts": conflicts,
        }


def place_json(place: Place) -> dict[str, Any]:
    """A place as it is sent."""
    return {
        "name": place.name,
        "country": place.country,
        "code": place.code,
        "lat": place.lat,
        "lon": place.lon,
        "precision": precision_of(place),
    }


_STRENGTH = ("observed", "reported", "inferred", "planned", "unconfirmed", "alleged", "denied")


def strongest(statuses: Sequence[str]) -> str:
    """The best-supported status; `unknown` for none."""
    return min(statuses, key=_STRENGTH.index) if statuses else "unknown"
