"""How well a leg or an end of it is supported, in named parts."""

from collections.abc import Mapping
from math import prod
from typing import Any

# Conventions of this product, version 1 of the method: they order legs, they are no probabilities.
STATUS = {
    "observed": 1.0, "reported": 0.8, "inferred": 0.5, "planned": 0.3, "unconfirmed": 0.3,
    "alleged": 0.3, "denied": 0.1, "unknown": 0.1,
}  # fmt: skip
DATE = {
    "minute": 1.0, "local": 0.9, "day": 0.9, "range": 0.6, "month": 0.5, "year": 0.3, None: 0.2
}  # fmt: skip
PLACE = {
    "exact": 1.0, "city": 0.9, "admin1": 0.7, "region": 0.5, "country": 0.4, None: 0.1
}  # fmt: skip
CONFLICTING = 0.5


def confidence(
    status: str,
    independent_sources: int,
    date_precision: str | None,
    place_precision: str | None,
    conflicting: frozenset[str],
) -> dict[str, Any]:
    """Parts between 0 and 1, and their geometric mean as `score`.

    `sources` is 1 - 0.5^n for n independent sources. A part whose field is in conflict (`date`,
    `place`, `status`) counts half.
    """
    parts: Mapping[str, float] = {
        "status": STATUS[status],
        "sources": 1 - 0.5**independent_sources if independent_sources else 0.1,
        "date": DATE[date_precision],
        "place": PLACE[place_precision],
    }
    weighed = {
        name: round(value * (CONFLICTING if name in conflicting else 1), 3)
        for name, value in parts.items()
    }
    return {"score": round(prod(weighed.values()) ** (1 / len(weighed)), 2), "parts": weighed}
