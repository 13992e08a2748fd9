"""What moved on a leg besides its ends: carrier, craft, cargo, escort; and disputes on them."""

from collections.abc import Callable, Sequence
from typing import Any

from app.events.outlets import fold_name
from app.itineraries.journeys.claims import Claim, Dark, Track
from app.itineraries.journeys.ends import End

Told = Sequence[tuple[Claim, tuple[int, ...]]]


def facts_of(claims: Sequence[Claim]) -> dict[str, Any]:
    """The facts that the claims of one leg bring, each from the first that tells it."""
    return {
        "carrier": next((c.carrier for c in claims if c.carrier), None),
        "craft": _craft(claims),
        "false_identity": next(
            (c.false_identity.model_dump() for c in claims if c.false_identity), None
        ),
        "count": next((c.count for c in claims if c.count), None),
        "count_is_minimum": any(c.count_is_minimum for c in claims),
        "cargo": _cargo(claims),
        "escort": list(dict.fromkeys(name for c in claims for name in c.escort)),
        "dark": [_dark(when) for c in claims for when in c.dark],
        "track": next((_track(c.track) for c in claims if c.track), None),
        "note": " ".join(dict.fromkeys(c.note for c in claims if c.note)) or None,
    }


def leg_conflicts(told: Told, start: End, end: End) -> list[dict[str, Any]]:
    """Disputes about the leg as a whole: affirmed and denied, carrier, craft, mode, order of times."""
    found = []
    if any(c.status == "denied" for c, _ in told) and any(c.status != "denied" for c, _ in told):
        found.append(_conflict("status", "status", "reported and denied", told, lambda c: c.status))
    for field, detail, read in _FACTS:
        values = {fold_name(value): value for c, _ in told if (value := read(c))}
        if len(values) > 1 and not _same_words(list(values)):
            found.append(_conflict(field, field, detail, told, read))
    departures = [d.when.moment for d in start.dated]
    arrivals = [d.when.moment for d in end.dated]
    if departures and arrivals:
        first_away = min(m.earliest for m in departures)
        last_there = max(m.latest for m in arrivals)
        if last_there < first_away:
            found.append({
                "field": "arrived",
                "kind": "order",
                "detail": "arrives before it departs",
                "claims": [d.json() for d in (*start.dated, *end.dated)],
            })  # fmt: skip
    return found


_FACTS: tuple[tuple[str, str, Callable[[Claim], str | None]], ...] = (
    ("carrier", "reports name different carriers", lambda c: c.carrier),
    ("registration", "reports give different registrations",
     lambda c: c.craft.registration if c.craft else None),
    ("imo", "reports give different IMO numbers", lambda c: c.craft.imo if c.craft else None),
    ("mode", "reports name different ways of travel",
     lambda c: None if c.mode == "unknown" else c.mode),
)  # fmt: skip


def _same_words(names: list[str]) -> bool:
    """Whether names differ in the order of their words only: Fars Air Qeshm, Qeshm Fars Air."""
    return len({frozenset(name.split()) for name in names}) == 1


def _conflict(
    field: str, kind: str, detail: str, told: Told, read: Callable[[Claim], str | None]
) -> dict[str, Any]:
    sides: dict[str, set[int]] = {}
    for claim, numbers in told:
        if (value := read(claim)) is not None:
            sides.setdefault(value, set()).update(numbers)
    claims = [{"at": value, "sources": sorted(numbers)} for value, numbers in sides.items()]
    return {"field": field, "kind": kind, "detail": detail, "claims": claims}


def _dark(when: Dark) -> dict[str, Any]:
    where = when.model_dump(exclude={"at", "words", "part"})
    latest = None if when.goes_on else when.moment.latest
    return {"earliest": when.moment.earliest, "latest": latest, "words": when.words} | where


def _track(track: Track) -> dict[str, Any]:
    href = f"/v1/routes/crafts/{track.craft_id}/track?datetime={track.datetime}"
    return {**track.model_dump(), "href": href}


def _craft(claims: Sequence[Claim]) -> dict[str, Any] | None:
    told = [c.craft.model_dump() for c in claims if c.craft is not None]
    if not told:
        return None
    return {name: next((t[name] for t in told if t[name]), None) for name in told[0]}


def _cargo(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    items = {fold_name(item.what): item for c in reversed(claims) for item in reversed(c.cargo)}
    return [item.model_dump() for item in reversed(items.values())]
