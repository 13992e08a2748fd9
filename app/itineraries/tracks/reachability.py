"""Where a craft can have been while it was not observed, and whom it can have met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

METHOD = "reachability"
METHOD_VERSION = "1"

Mode = Literal["sea", "great_circle"]


@dataclass(frozen=True, slots=True)
class Silence:
    """A time without fixes: the last place before it and, unless it is open, the first after it.

    Times are epoch seconds UTC; of an open silence `end_at` is the moment asked about and
    `to_lat`, `to_lon` are None.
    """

    craft_id: str
    start_at: float
    end_at: float
    from_lat: float
    from_lon: float
    to_lat: float | None = None
    to_lon: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A port, terminal or zone (by its centre and radius) that may have been called at."""

    code: str
    name: str
    lat: float
    lon: float
    radius_km: float = 0.0


@dataclass(frozen=True, slots=True)
class ReachabilityOptions:
    """How fast and by which way. `closed` names straits and canals that may not be used:
    babalmandab, bosporus, gibraltar, suez, panama, ormuz, northwest, malacca, sunda and so on."""

    mode: Mode = "sea"
    max_speed_kn: float = 15.0
    stay_hours: float = 0.0
    closed: frozenset[str] = frozenset({"northwest"})


@dataclass(frozen=True, slots=True)
class PlaceReach:
    """A place held against the silence: the way there and on, and the hours left over.

    `slack_hours` is what remains of the silence after sailing there and on at the highest speed
    and staying; below zero the place was out of reach. Distances are None where no way exists.
    """

    code: str
    name: str
    reachable: bool
    there_km: float | None
    onward_km: float | None
    slack_hours: float | None
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeetingReach:
    """Another silent craft: the place with the longest time that both can have been there."""

    craft_id: str
    possible: bool
    lat: float | None
    lon: float | None
    start_at: float | None
    end_at: float | None
    slack_hours: float | None


@dataclass(frozen=True, slots=True)
class Reachability:
    """What can have happened in a silence. `implied_speed_kn` is for the shortest way."""

    silence: Silence
    distance_km: float | None
    implied_speed_kn: float | None
    slack_hours: float | None
    passages: tuple[str, ...]
    places: tuple[PlaceReach, ...]
    meetings: tuple[MeetingReach, ...]
    parameters: Mapping[str, object] = field(default_factory=dict)


def analyse_reachability(
    silence: Silence,
    places: Sequence[Place] = (),
    others: Sequence[Silence] = (),
    options: ReachabilityOptions = ReachabilityOptions(),
) -> Reachability:
    """Places and meetings of a silence, nearest to impossible last."""
    raise NotImplementedError
