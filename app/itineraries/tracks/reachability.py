"""Where a craft can have been while it was not observed, and whom it can have met."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from typing import Literal, Protocol

import numpy as np

from app.itineraries.tracks.geometry import KM_PER_NM, haversine_km, unit_vectors
from app.itineraries.tracks.positions import Floats
from app.itineraries.tracks.sea_routes import SeaNetwork

METHOD = "reachability"
METHOD_VERSION = "1"

_SHARES = (0.25, 0.5, 0.75)
"""Where on the ways between the ends of two silences a meeting is tried."""

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
    """How fast and by which way. `closed` names passages of `sea_routes.PASSAGES`."""

    mode: Mode = "sea"
    max_speed_kn: float = 15.0
    stay_hours: float = 0.0
    closed: frozenset[str] = frozenset({"northwest"})


@dataclass(frozen=True, slots=True)
class PlaceReach:
    """A place held against the silence: the way there and on, and the hours left over.

    `slack_hours` is what remains of the silence after going there and on at the highest speed and
    staying; below zero the place was out of reach. Distances are None where no way is open;
    `onward_km` also of an open silence.
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
    """Another silent craft: where and when both can have been at once the longest.

    `slack_hours` is how long less the stay; where it is below zero they cannot have met at any of
    the places tried (nodes of the sea lanes, the ends of both silences and points between them).
    """

    craft_id: str
    possible: bool
    lat: float | None
    lon: float | None
    start_at: float | None
    end_at: float | None
    slack_hours: float | None


@dataclass(frozen=True, slots=True)
class Reachability:
    """What can have happened in a silence. Speed, slack and passages are for the shortest way."""

    silence: Silence
    distance_km: float | None
    implied_speed_kn: float | None
    slack_hours: float | None
    passages: tuple[str, ...]
    places: tuple[PlaceReach, ...]
    meetings: tuple[MeetingReach, ...]
    parameters: Mapping[str, object] = field(default_factory=dict)


class _Reach(Protocol):
    """Shortest ways from one place: to points asked for, and to nodes known beforehand."""

    def to_points(self, lat: Floats, lon: Floats) -> Floats: ...
    def to_nodes(self) -> tuple[Floats, Floats, Floats]: ...
    def passages_to(self, lat: float, lon: float) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class _Straight:
    """Ways along great circles, for what flies."""

    lat: float
    lon: float

    def to_points(self, lat: Floats, lon: Floats) -> Floats:
        return haversine_km(np.full(len(lat), self.lat), np.full(len(lat), self.lon), lat, lon)

    def to_nodes(self) -> tuple[Floats, Floats, Floats]:
        return np.empty(0), np.empty(0), np.empty(0)

    def passages_to(self, lat: float, lon: float) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class _Window:
    """A silence with the ways out of its first place and into its last."""

    silence: Silence
    out: _Reach
    back: _Reach | None
    km_per_hour: float

    def at_candidates(self, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
        """The earliest and latest epoch seconds at each point, and then at each node."""
        earliest = self.silence.start_at + self._seconds(self.out, lat, lon)
        latest = np.full(len(earliest), float(self.silence.end_at))
        if self.back is not None:
            latest -= self._seconds(self.back, lat, lon)
        return earliest, latest

    def _seconds(self, reach: _Reach, lat: Floats, lon: Floats) -> Floats:
        km = np.append(reach.to_points(lat, lon), reach.to_nodes()[2])
        return np.asarray(km / self.km_per_hour * 3600)


def analyse_reachability(
    silence: Silence,
    places: Sequence[Place] = (),
    others: Sequence[Silence] = (),
    options: ReachabilityOptions = ReachabilityOptions(),
    network: SeaNetwork | None = None,
) -> Reachability:
    """The silence, its places and meetings, those with most slack first.

    `network` is needed for ways by sea.

    Raises:
        ValueError: the silence ends before it starts, or a closed passage is not known.
    """
    if silence.end_at <= silence.start_at:
        raise ValueError("a silence ends after it starts")
    reach = _reach_by(options, network)
    window = _window(silence, reach, options)
    hours = (silence.end_at - silence.start_at) / 3600
    distance = speed = slack = None
    passages: tuple[str, ...] = ()
    if silence.to_lat is not None and silence.to_lon is not None:
        distance = _one(window.out.to_points(*_points([(silence.to_lat, silence.to_lon)])))
        if distance is not None:
            speed = distance / KM_PER_NM / hours
            slack = hours - distance / window.km_per_hour
            passages = window.out.passages_to(silence.to_lat, silence.to_lon)
    met = [_meeting(window, _window(other, reach, options), options) for other in others]
    return Reachability(
        silence,
        _rounded(distance),
        _rounded(speed),
        _rounded(slack),
        passages,
        tuple(sorted(_places(window, places, hours, options), key=_by_slack)),
        tuple(sorted(met, key=_by_slack)),
        asdict(options) | {"closed": sorted(options.closed)},
    )


def _reach_by(
    options: ReachabilityOptions, network: SeaNetwork | None
) -> Callable[[float, float], _Reach]:
    if options.mode == "great_circle":
        return _Straight
    if network is None:
        raise ValueError("ways by sea need a network of lanes")
    return lambda lat, lon: network.from_point(lat, lon, options.closed)


def _window(
    silence: Silence, reach: Callable[[float, float], _Reach], options: ReachabilityOptions
) -> _Window:
    back = None
    if silence.to_lat is not None and silence.to_lon is not None:
        back = reach(silence.to_lat, silence.to_lon)
    out = reach(silence.from_lat, silence.from_lon)
    return _Window(silence, out, back, options.max_speed_kn * KM_PER_NM)


def _places(
    window: _Window, places: Sequence[Place], hours: float, options: ReachabilityOptions
) -> list[PlaceReach]:
    if not places:
        return []
    lat, lon = _points([(place.lat, place.lon) for place in places])
    radius = np.array([place.radius_km for place in places])
    there = np.maximum(window.out.to_points(lat, lon) - radius, 0)
    onward = None
    total = there
    if window.back is not None:
        onward = np.maximum(window.back.to_points(lat, lon) - radius, 0)
        total = there + onward
    slack = hours - total / window.km_per_hour - options.stay_hours
    return [
        PlaceReach(
            place.code,
            place.name,
            bool(slack[row] >= 0),
            _rounded(_one(there[row : row + 1])),
            None if onward is None else _rounded(_one(onward[row : row + 1])),
            _rounded(_one(slack[row : row + 1])),
            window.out.passages_to(place.lat, place.lon),
        )
        for row, place in enumerate(places)
    ]


def _meeting(one: _Window, other: _Window, options: ReachabilityOptions) -> MeetingReach:
    lat, lon = _points(_between([*_ends(one.silence), *_ends(other.silence)]))
    nodes_lat, nodes_lon, _ = one.out.to_nodes()
    first, second = one.at_candidates(lat, lon), other.at_candidates(lat, lon)
    earliest, latest = np.maximum(first[0], second[0]), np.minimum(first[1], second[1])
    with np.errstate(invalid="ignore"):
        hours = (latest - earliest) / 3600 - options.stay_hours
    hours = np.where(np.isfinite(hours), hours, -np.inf)
    best = int(np.argmax(hours))
    craft_id, slack = other.silence.craft_id, _one(hours[best : best + 1])
    if slack is None or slack < 0:
        return MeetingReach(craft_id, False, None, None, None, None, _rounded(slack))
    return MeetingReach(
        craft_id,
        True,
        round(float(np.append(lat, nodes_lat)[best]), 5),
        round(float(np.append(lon, nodes_lon)[best]), 5),
        float(earliest[best]),
        float(latest[best]),
        _rounded(slack),
    )


def _ends(silence: Silence) -> list[tuple[float, float]]:
    ends = [(silence.from_lat, silence.from_lon)]
    if silence.to_lat is not None and silence.to_lon is not None:
        ends.append((silence.to_lat, silence.to_lon))
    return ends


def _between(ends: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The ends, and points on the great circles between each two of them."""
    found = list(ends)
    for here, there in combinations(ends, 2):
        a, b = unit_vectors(*_points([here]))[0], unit_vectors(*_points([there]))[0]
        for share in _SHARES:
            x, y, z = (1 - share) * a + share * b
            found.append(
                (math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x)))
            )
    return found


def _points(places: Sequence[tuple[float, float]]) -> tuple[Floats, Floats]:
    columns = np.array(places, dtype=np.float64).reshape(-1, 2)
    return columns[:, 0].copy(), columns[:, 1].copy()


def _by_slack(found: PlaceReach | MeetingReach) -> tuple[float, str]:
    name = found.code if isinstance(found, PlaceReach) else found.craft_id
    return (math.inf if found.slack_hours is None else -found.slack_hours, name)


def _one(values: Floats) -> float | None:
    return float(values[0]) if np.isfinite(values[0]) else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
