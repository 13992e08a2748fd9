"""Names of states, of those who act for them, and of places, as one lexicon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from app.reports.coding.lexicon import Lexicon, read_rows
from app.reports.coding.records import Precision

Kind = Literal[
    "country",
    "demonym",
    "person",
    "body",
    "company",
    "product",
    "media",
    "platform",
    "place",
    "none",
]
StateClass = Literal["core", "network", "us", "outside", "americas", "world"]
HEZBOLLAH = "HZB"


@dataclass(frozen=True, slots=True)
class Place:
    """A named place; without a point it is a region, a sea or a border."""

    name: str
    country: str
    lat: float | None
    lon: float | None
    precision: Precision
    kind: str
    radius_km: float | None
    guard: str
    population: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase stands for; several places may share a name."""

    kind: Kind
    state: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """A state with its class and the radius of a circle of its area."""

    iso: str
    label: str
    state_class: StateClass
    radius_km: float


class Gazetteer:
    """The lexicon of names and the table of states."""

    def __init__(self) -> None:
        self.states: dict[str, State] = {}
        self.capitals: dict[str, Place] = {}
        self._entries: dict[str, Entry] = {}
        for row in read_rows("false_friends.csv"):
            self._put(row["term"], Entry("none", ""))
        self._load_landmarks()
        for row in read_rows("entities.csv"):
            for term in row["terms"].split("|"):
                self._put(term, Entry(row["kind"], row["state"]))  # type: ignore[arg-type]
        self._load_countries()
        self._load_cities()
        self._load_regions()
        self.names: Lexicon[Entry] = Lexicon(self._entries.items())

    def class_of(self, state: str) -> StateClass:
        """The class of a state; Hezbollah counts as a core actor."""
        if state == HEZBOLLAH:
            return "core"
        known = self.states.get(state)
        return known.state_class if known else "world"

    def _put(self, term: str, entry: Entry) -> None:
        """First come, first served, but places of one name are kept together."""
        known = self._entries.get(term)
        if known is None:
            self._entries[term] = entry
        elif known.kind == entry.kind == "place":
            self._entries[term] = replace(known, places=known.places + entry.places)

    def _put_place(self, place: Place, aliases: str) -> None:
        entry = Entry("place", place.country, (place,))
        if place.kind == "capital":
            self.capitals.setdefault(place.country, place)
        for term in dict.fromkeys((place.name, *aliases.split("|"))):
            if term:
                self._put(term, entry)

    def _load_countries(self) -> None:
        for row in read_rows("countries.csv"):
            iso = row["iso"]
            state_class: StateClass = row["class"]  # type: ignore[assignment]
            self.states[iso] = State(iso, row["label"], state_class, float(row["radius_km"]))
            for term in filter(None, row["names"].split("|")):
                self._put(term, Entry("country", iso))
            for term in filter(None, row["demonyms"].split("|")):
                self._put(term, Entry("demonym", iso))

    def _load_landmarks(self) -> None:
        for row in read_rows("landmarks.csv"):
            self._put_place(_read_place(row), row["aliases"])

    def _load_cities(self) -> None:
        for row in read_rows("cities.csv"):
            self._put_place(_read_place(row), row["aliases"])

    def _load_regions(self) -> None:
        for row in read_rows("regions.csv"):
            self._put_place(_read_place(row), row["aliases"])


def _read_place(row: dict[str, str]) -> Place:
    lat, lon, radius = row.get("lat"), row.get("lon"), row.get("radius_km")
    return Place(
        name=row["name"],
        country=row["country"],
        lat=float(lat) if lat else None,
        lon=float(lon) if lon else None,
        precision=row["precision"],  # type: ignore[arg-type]
        kind=row["kind"],
        radius_km=float(radius) if radius else None,
        guard=row["guard"],
        population=int(row.get("population") or 0),
    )
