"""Which claims are about one leg, and in what order the legs were."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.events.outlets import fold_name
from app.itineraries.journeys.claims import Claim
from app.itineraries.journeys.moments import Moment
from app.itineraries.journeys.places import agree, place_key

TOLERANCE = timedelta(days=1)
"""Reports of one leg by different outlets may differ by a day: print days and time zones do."""
_RECENT = 3
_COMPARED = 50  # of the reports of one leg, the last ones: a crowd of them says the same
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class ClaimedLeg:
    """Claims that are about one leg, in the order they came."""

    claims: list[Claim] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    outlets: set[str] = field(default_factory=set)

    @property
    def number(self) -> int | None:
        return self.claims[0].leg

    def add(self, claim: Claim) -> None:
        self.claims.append(claim)
        self.moments += [when.moment for when in (*claim.departed, *claim.arrived)]
        self.outlets.update(fold_name(source.outlet) for source in claim.sources)


def group_legs(claims: Sequence[Claim]) -> list[ClaimedLeg]:
    """The legs of one journey in order.

    Claims with the same number are about one leg. Another claim is about a leg when it brings other
    outlets, agrees on both ends as far as these are told, at least on one, and on time within a day;
    where sensors saw the craft under way at the time of a report, one end that agrees is enough.
    Numbers decide the order where all legs have one, else the earliest time does.
    """
    numbered: dict[int, ClaimedLeg] = {}
    for claim in claims:
        if claim.leg is not None:
            numbered.setdefault(claim.leg, ClaimedLeg()).add(claim)
    legs = list(numbered.values())
    by_end: dict[str, list[ClaimedLeg]] = {}
    for leg in legs:
        for key in dict.fromkeys(key for claim in leg.claims for key in _keys(claim)):
            by_end.setdefault(key, []).append(leg)
    for claim in claims:
        if claim.leg is not None:
            continue
        candidates = [leg for key in _keys(claim) for leg in by_end.get(key, [])[-_RECENT:]]
        found = next((leg for leg in candidates if _is_about(claim, leg)), None)
        if found is None:
            found = ClaimedLeg()
            legs.append(found)
            for key in _keys(claim):
                by_end.setdefault(key, []).append(found)
        found.add(claim)
    return sorted(legs, key=_order(all(leg.number is not None for leg in legs)))


def _keys(claim: Claim) -> list[str]:
    ends = (("from", claim.origin), ("to", claim.to))
    keys = [f"{end}:{place_key(place)}" for end, place in ends if place is not None]
    return [*keys, *(f"{end}:{p.country}" for end, p in ends if p is not None and p.country)]


def _is_about(claim: Claim, leg: ClaimedLeg) -> bool:
    if leg.outlets & {fold_name(source.outlet) for source in claim.sources}:
        return False
    for held in leg.claims[-_COMPARED:]:
        ends = ((claim.origin, held.origin), (claim.to, held.to))
        told = [(a, b) for a, b in ends if a is not None and b is not None]
        agreeing = [(a, b) for a, b in told if agree(a, b)]
        # An end that is only inferred proves nothing against another.
        disputed = any(
            pair not in agreeing and "inferred" not in (pair[0].status, pair[1].status)
            for pair in told
        )
        if not agreeing or (disputed and not _at_once(claim, held)):
            return False
    moments = [when.moment for when in (*claim.departed, *claim.arrived)]
    return any(
        a.earliest <= b.latest + TOLERANCE and b.earliest <= a.latest + TOLERANCE
        for a in moments
        for b in leg.moments
    )


def _at_once(claim: Claim, other: Claim) -> bool:
    """Whether sensors saw the craft under way while it is reported to be: that is one leg, disputed."""
    spans = [
        (min(w.moment.earliest for w in c.departed), max(w.moment.latest for w in c.arrived))
        for c in (claim, other)
        if c.departed and c.arrived
    ]
    if len(spans) < 2 or (claim.status == "observed") == (other.status == "observed"):
        return False
    return spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1]


def _order(by_number: bool) -> Callable[[ClaimedLeg], tuple[int, datetime]]:
    def key(leg: ClaimedLeg) -> tuple[int, datetime]:
        earliest = min((m.earliest for m in leg.moments), default=_NEVER)
        return (leg.number or 0) if by_number else 0, earliest

    return key
