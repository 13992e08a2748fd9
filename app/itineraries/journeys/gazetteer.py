"""Gives places that a report names by a code, or ports by name, the point that is known of them."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

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


@cache
def _ports() -> Mapping[str, list[tuple[str, float, float]]]:
    """Ports by their name in the World Port Index, and by those that reports use."""
    places = load_places()
    found: dict[str, list[tuple[str, float, float]]] = {}
    columns = (places.names, places.countries, places.lat.tolist(), places.lon.tolist())
    for name, country, lat, lon in zip(*columns, strict=True):
        found.setdefault(fold_name(name), []).append((country, round(lat, 5), round(lon, 5)))
    text = (files("app.itineraries.data") / "port_names.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        meant = [port for port in found[fold_name(row["name"])] if port[0] == row["country"]]
        found.setdefault(fold_name(row["also"]), []).extend(meant)
    return found
