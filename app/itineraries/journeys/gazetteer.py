"""What is known of places that are named by a code, or of ports by name: points, and other names."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import airportsdata

from app.events.outlets import fold_name
from app.itineraries.airfields import load_airports
from app.itineraries.journeys.claims import Claim, Place
from app.itineraries.sea_data import load_places


def located(claim: Claim) -> Claim:
    """The claim with points for its places, where a code or a port's name tells just one.

    A name alone is never looked up for journeys by air or land: cities share names.
    """
    changes: dict[str, object] = {}
    for field in ("origin", "to"):
        place = getattr(claim, field)
        if place is not None and (found := _locate(place, claim.mode)) is not None:
            changes[field] = found
    via = tuple(_locate(place, claim.mode) or place for place in claim.via)
    if via != claim.via:
        changes["via"] = via
    return claim.model_copy(update=changes) if changes else claim


def _locate(place: Place, mode: str) -> Place | None:
    if place.lat is not None:
        return None
    if place.code is not None:
        airport = load_airports().find(place.code)
        if airport is not None and place.country in (None, airport.country):
            return place.model_copy(
                update={
                    "name": place.name or airport.name,
                    "country": airport.country,
                    "lat": round(airport.lat, 5),
                    "lon": round(airport.lon, 5),
                }
            )
    if mode == "sea" and place.name is not None:
        found = [p for p in _ports().get(fold_name(place.name), ())
                 if place.country in (None, p[0])]  # fmt: skip
        if len(found) == 1:
            country, lat, lon = found[0]
            return place.model_copy(update={"country": country, "lat": lat, "lon": lon})
    return None


def other_names(country: str | None, name: str | None, code: str | None) -> list[str]:
    """The codes, name and city of an airport; of a port, the names that reports use."""
    airport = _airports().get(code) if code else None
    if airport is not None and country in (None, airport["country"]):
        return [airport["icao"], airport["iata"], airport["name"], *airport["city"].split("/")]
    return [also for own, port, also in _port_names() if (own, port) == (country, name)]


@cache
def _airports() -> Mapping[str, airportsdata.Airport]:
    known = airportsdata.load("ICAO").values()
    return {code: airport for airport in known for code in (airport["icao"], airport["iata"])}


@cache
def _port_names() -> list[tuple[str, str, str]]:
    """Country and name of ports in the World Port Index, and a name that reports use."""
    text = (files("app.itineraries.data") / "port_names.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return [(row["country"], row["name"], row["also"]) for row in rows]


@cache
def _ports() -> Mapping[str, list[tuple[str, float, float]]]:
    """Ports by their name in the World Port Index, and by those that reports use."""
    places = load_places()
    found: dict[str, list[tuple[str, float, float]]] = {}
    columns = (places.names, places.countries, places.lat.tolist(), places.lon.tolist())
    for name, country, lat, lon in zip(*columns, strict=True):
        found.setdefault(fold_name(name), []).append((country, round(lat, 5), round(lon, 5)))
    for country, name, also in _port_names():
        meant = [port for port in found[fold_name(name)] if port[0] == country]
        found.setdefault(fold_name(also), []).extend(meant)
    return found
