"""From claims to one itinerary: legs with both ends, sources, confidence and conflicts. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from app.events.outlets import fold_name
from app.itineraries.journeys.claims import Claim, Place, Source
from app.itineraries.journeys.confidence import confidence
from app.itineraries.journeys.dates import Dated
from app.itineraries.journeys.ends import End, Located, place_json, strongest
from app.itineraries.journeys.grouping import ClaimedLeg, group_legs
from app.itineraries.journeys.independence import count_independent, independent_groups
from app.itineraries.journeys.leg_facts import facts_of, leg_conflicts
from app.itineraries.journeys.places import agree, country_name

METHOD = "itinerary"
METHOD_VERSION = "1"
NOT_YET_PAST = ("planned",)


class SourceList:
    """Every source of an itinerary once, numbered in the order they come."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self._numbers: dict[tuple[str, date | None, str | None], int] = {}

    def numbers_of(self, claim: Claim) -> tuple[int, ...]:
        """The numbers of a claim's sources."""
        return tuple(self._number(source) for source in claim.sources)

    def count_independent(self, numbers: Sequence[int]) -> int:
        """How many of these sources are independent."""
        return count_independent([self.sources[number] for number in numbers])

    def _number(self, source: Source) -> int:
        key = (fold_name(source.outlet), source.published_on, source.url)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.sources)
            self.sources.append(source)
        elif missing := set(source.cites) - set(self.sources[number].cites):
            held = self.sources[number]
            cites = (*held.cites, *sorted(missing))
            self.sources[number] = held.model_copy(update={"cites": cites})
        return number


def known_by(claims: Sequence[Claim], as_of: date | None) -> list[Claim]:
    """The claims that were public on a day; all for None.

    Of a claim's sources only those that were out by then remain; those without a date go with the
    others. A claim with no dated source at all counts as always known.
    """
    if as_of is None:
        return list(claims)
    known = []
    for claim in claims:
        if claim.known_on is None or claim.known_on <= as_of:
            out = tuple(
                s for s in claim.sources if s.published_on is None or s.published_on <= as_of
            )
            same = len(out) == len(claim.sources)
            known.append(claim if same else claim.model_copy(update={"sources": out}))
    return known


def assemble(claims: Sequence[Claim], as_of: date | None = None) -> dict[str, Any] | None:
    """The itinerary that the claims of one journey make, as it was known on a day.

    `None` when nothing was known by then. The same claims in the same order give the same answer.
    Sources of legs and ends are numbers into `sources`.
    """
    known = known_by(claims, as_of)
    if not known:
        return None
    listed = SourceList()
    grouped = [(group, _ends_of(group, listed)) for group in group_legs(known)]
    _infer_ends([ends for _, ends in grouped])
    legs: list[dict[str, Any]] = []
    previous: End | None = None
    for group, (start, end) in grouped:
        if previous is not None and (between := _link(previous, start)) is not None:
            legs.append(between)
        legs.append(_leg(group, start, end, listed))
        previous = end
    for position, leg in enumerate(legs, start=1):
        leg["position"] = position
    numbers = range(len(listed.sources))
    return {
        "title": next((c.title for c in known if c.title), None) or _title(known[0], legs),
        "mover": _mover(known),
        "statuses": sorted({leg["status"] for leg in legs}),
        "period": _period(legs),
        "legs": legs,
        "sources": [_source_json(n, source) for n, source in enumerate(listed.sources)],
        "independent_sources": listed.count_independent(numbers),
        "source_groups": independent_groups(listed.sources),
        "conflict_count": sum(len(leg["conflicts"]) for leg in legs),
        "synthetic": any(claim.synthetic for claim in known),
        "method": METHOD,
        "method_version": METHOD_VERSION,
    }


def _ends_of(group: ClaimedLeg, listed: SourceList) -> tuple[End, End]:
    start, end = End("from", "departed"), End("to", "arrived")
    for claim in group.claims:
        numbers = listed.numbers_of(claim)
        printed_on = claim.known_on
        future = claim.status in NOT_YET_PAST
        for side, place, times in (
            (start, claim.origin, claim.departed),
            (end, claim.to, claim.arrived),
        ):
            if place is not None:
                side.located.append(Located(place, place.status or claim.status, numbers))
            side.dated.extend(Dated(when, numbers, printed_on, future) for when in times)
    return start, end


def _infer_ends(ends: Sequence[tuple[End, End]]) -> None:
    """Let each end have what the neighbouring leg tells of the same stop."""
    for (_, before), (after, _) in pairwise(ends):
        told_before, told_after = before.told, after.told
        if told_before is None or told_after is None or agree(told_before, told_after):
            after.inferred, before.inferred = told_before, told_after


def _link(before: End, after: End) -> dict[str, Any] | None:
    """The leg that nobody reported, between two known places that differ."""
    if before.place is None or after.place is None or agree(before.place, after.place):
        return None
    start, end = End("from", "departed"), End("to", "arrived")
    start.inferred, end.inferred = before.place, after.place
    return {
        "position": 0,
        "status": "inferred",
        "mode": "unknown",
        "from": start.json(0),
        "to": end.json(0),
        "via": [],
        **facts_of([]),
        "note": "no report tells of this leg; it follows from those before and after",
        "sources": [],
        "independent_sources": 0,
        "confidence": confidence("inferred", 0, None, None, frozenset()),
        "conflicts": [],
    }


def _leg(group: ClaimedLeg, start: End, end: End, listed: SourceList) -> dict[str, Any]:
    claims = group.claims
    numbers = sorted({n for claim in claims for n in listed.numbers_of(claim)})
    independent = listed.count_independent(numbers)
    sides = [side.json(listed.count_independent(side.sources())) for side in (start, end)]
    own = leg_conflicts([(claim, listed.numbers_of(claim)) for claim in claims], start, end)
    conflicts = [*sides[0]["conflicts"], *sides[1]["conflicts"], *own]
    status = strongest([claim.status for claim in claims])
    main = sides[1] if end.place is not None else sides[0]
    fields = {"place": "place", "status": "status"}
    touched = frozenset(fields.get(conflict["kind"], "date") for conflict in conflicts
                        if conflict["field"] not in ("carrier", "registration", "imo", "mode"))  # fmt: skip
    when = sides[1]["when"] or sides[0]["when"]
    return {
        "position": 0,
        "status": status,
        "mode": next((claim.mode for claim in claims if claim.mode != "unknown"), "unknown"),
        "from": sides[0],
        "to": sides[1],
        "via": [place_json(place) for place in _via(claims)],
        **facts_of(claims),
        "sources": numbers,
        "independent_sources": independent,
        "confidence": confidence(
            status,
            independent,
            when["precision"] if when else None,
            main["place"]["precision"] if main["place"] else None,
            touched,
        ),
        "conflicts": conflicts,
    }


def _via(claims: Sequence[Claim]) -> tuple[Place, ...]:
    return max((claim.via for claim in claims), key=len, default=())


def _mover(claims: Sequence[Claim]) -> dict[str, Any]:
    """Who or what moved, each field from the first claim that tells it."""
    first = claims[0].mover
    members = dict.fromkeys(name for claim in claims for name in claim.mover.members)
    return {
        "kind": first.kind,
        "name": first.name,
        "role": next((c.mover.role for c in claims if c.mover.role), None),
        "country": next((c.mover.country for c in claims if c.mover.country), None),
        "members": list(members),
    }


def _title(first: Claim, legs: Sequence[dict[str, Any]]) -> str:
    stops = [leg[end]["place"] for leg in legs[:6] for end in ("from", "to")]
    named = [p["name"] or p["code"] or country_name(p["country"]) for p in stops if p is not None]
    path = [name for i, name in enumerate(named) if name and (i == 0 or name != named[i - 1])]
    return f"{first.mover.name}: {' – '.join(path)}" if path else first.mover.name


def _period(legs: Sequence[dict[str, Any]]) -> dict[str, datetime] | None:
    spans = [leg[end]["when"] for leg in legs for end in ("from", "to") if leg[end]["when"]]
    spans += [
        {**span, "latest": span["latest"] or span["earliest"]}
        for leg in legs
        for span in leg["dark"]
    ]
    if not spans:
        return None
    return {
        "earliest": min(span["earliest"] for span in spans),
        "latest": max(span["latest"] for span in spans),
    }


def _source_json(number: int, source: Source) -> dict[str, Any]:
    return {"number": number, **source.model_dump(mode="json", exclude={"event"})}
