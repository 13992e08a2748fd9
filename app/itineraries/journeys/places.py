"""Whether two reports mean the same place, and which of them says it best."""

import math
from collections.abc import Mapping, Sequence
from functools import cache

from app.events.outlets import fold_name
from app.events.vocabulary import labels
from app.itineraries.journeys.claims import Place

SAME_PLACE_KM = 60.0
"""A city and its airport are one place: Caracas and Maiquetía, Tehran and Imam Khomeini."""
_EARTH_RADIUS_KM = 6371.0
_ORDER = {"exact": 0, "city": 1, "admin1": 2, "region": 3, "country": 4}


def place_key(place: Place | None) -> str:
    """Places of one key are the same: the folded name or code, else the point, else the country."""
    if place is None:
        return ""
    if place.name or place.code:
        return fold_name(place.name or place.code or "")
    return place.label


def country_name(code: str | None) -> str:
    """A country's English name, the code where it is unknown."""
    return labels("country").get(code or "", {}).get("en") or code or ""


def country_code(text: str) -> str:
    """The code of a country by its name in English, Spanish, Portuguese or French, else the text."""
    return _codes_by_name().get(fold_name(text), text.strip().upper())


@cache
def _codes_by_name() -> Mapping[str, str]:
    names = labels("country")
    return {fold_name(name): code for code, given in names.items() for name in given.values()}


def precision_of(place: Place | None) -> str | None:
    """How well a place is known, where the report does not say."""
    if place is None:
        return None
    if place.precision is not None:
        return place.precision
    if place.code is not None or place.lat is not None:
        return "exact"
    return "city" if place.name else "country"


def distance_km(a: Place, b: Place) -> float | None:
    """Great-circle kilometres between two places, `None` when one has no point."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    phi_a, phi_b = math.radians(a.lat), math.radians(b.lat)
    half = (
        math.sin((phi_b - phi_a) / 2) ** 2
        + math.cos(phi_a) * math.cos(phi_b) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


def agree(a: Place, b: Place) -> bool:
    """Whether both can be true of one end: equal, near, or one the country of the other."""
    if place_key(a) == place_key(b) and (a.country or b.country) == (b.country or a.country):
        return True
    apart = distance_km(a, b)
    if apart is not None:
        wide = "country" in (precision_of(a), precision_of(b)) and a.country == b.country
        return wide or apart <= SAME_PLACE_KM
    if a.country is None or a.country != b.country:
        return False
    return any(_is_whole_country(place) for place in (a, b))


def _is_whole_country(place: Place) -> bool:
    return precision_of(place) == "country" or (place.name is None and place.lat is None)


def best_known(places: Sequence[Place]) -> Place | None:
    """The most precise one; the first of equals. It borrows a country from those that agree."""
    if not places:
        return None
    best = min(places, key=lambda p: (_ORDER[precision_of(p) or "country"], p.lat is None))
    if best.country is None:
        for other in places:
            if other.country is not None and agree(best, other):
                return best.model_copy(update={"country": other.country})
    return best
