"""Which journey a leg belongs to, where the file does not say."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.events.outlets import fold_name
from app.itineraries.journeys.claims import Claim
from app.itineraries.journeys.records import CRAFT_KINDS, identifiers_of, mover_key
from app.itineraries.journeys.writer import Span

APART = timedelta(days=14)
"""Legs of one mover that are further apart belong to different journeys."""
LONGEST = timedelta(days=180)
"""A journey goes on no longer by itself: a ferry would never end one."""
_STRENGTH = ("imo", "mmsi", "reg", "icao24")


@dataclass(slots=True, eq=False)
class _Journey:
    """One that grows as legs join it. `marks` are the numbers and marks of its craft."""

    id: str
    marks: set[str]
    earliest: datetime | None
    latest: datetime | None

    def takes(self, marks: Iterable[str], start: datetime | None, end: datetime | None) -> bool:
        """Whether a leg is near in time and of the same craft, as far as both are known."""
        if not _same_craft(self.marks, marks):
            return False
        if start is None or end is None or self.earliest is None or self.latest is None:
            return start is None and self.earliest is None
        if max(end, self.latest) - min(start, self.earliest) > LONGEST and not (
            self.earliest <= start and end <= self.latest
        ):
            return False
        return start - APART <= self.latest and self.earliest <= end + APART

    def add(self, marks: Iterable[str], start: datetime | None, end: datetime | None) -> None:
        self.marks.update(marks)
        if start is not None and end is not None and self.earliest and self.latest:
            self.earliest, self.latest = min(self.earliest, start), max(self.latest, end)


def join_journeys(claims: Sequence[Claim], standing: Sequence[Span]) -> list[str]:
    """The journey of each claim: the one it names, else one of its mover within fourteen days.

    Craft are the same by the strongest number or mark that is known of both: IMO number, MMSI,
    registration, ICAO address; by name only where neither has any. A journey that stands already is
    continued; another gets a key of the mover's name and the day on which it begins.
    """
    journeys: dict[str, list[_Journey]] = {}
    for span in standing:
        held = _Journey(span.id, set(), span.earliest, span.latest)
        if span.mover_kind in CRAFT_KINDS:
            held.marks.update(span.identifiers)
        for key in {span.mover_key, *(f"{span.mover_kind}:{mark}" for mark in held.marks)}:
            journeys.setdefault(key, []).append(held)
    keys: list[str] = [claim.journey or "" for claim in claims]
    open_claims = [index for index, key in enumerate(keys) if not key]
    for index in sorted(open_claims, key=lambda i: (_start(claims[i]) is None, _start(claims[i]))):
        claim = claims[index]
        start, end, marks = _start(claim), _end(claim), identifiers_of(claim)
        known_by = [f"{claim.mover.kind}:{mark}" for mark in marks] or [mover_key(claim)]
        # The journeys of a mover come in order: only the last of a long list can be near.
        candidates = (one for key in known_by for one in reversed(journeys.get(key, [])))
        found = next((one for one in candidates if one.takes(marks, start, end)), None)
        if found is None:
            found = _Journey(_new_key(claim, start), set(), start, end)
        found.add(marks, start, end)
        for key in known_by:
            if found not in (listed := journeys.setdefault(key, [])):
                listed.append(found)
        keys[index] = found.id
    return keys


def _same_craft(marks: Iterable[str], others: Iterable[str]) -> bool:
    """Whether the strongest identifier that both have is the same; where both have none, yes."""
    known, told = _by_kind(marks), _by_kind(others)
    shared = [kind for kind in _STRENGTH if kind in known and kind in told]
    return bool(known[shared[0]] & told[shared[0]]) if shared else not known and not told


def _by_kind(marks: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for mark in marks:
        found.setdefault(mark.partition(":")[0], set()).add(mark)
    return found


def _start(claim: Claim) -> datetime | None:
    return min((w.moment.earliest for w in (*claim.departed, *claim.arrived)), default=None)


def _end(claim: Claim) -> datetime | None:
    return max((w.moment.latest for w in (*claim.departed, *claim.arrived)), default=None)


def _new_key(claim: Claim, start: datetime | None) -> str:
    name = fold_name(claim.mover.name)
    slug = re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:60].strip("-")
    # Names in other scripts leave nothing of a slug, and two movers may share what is left.
    mark = hashlib.blake2b(mover_key(claim).encode(), digest_size=3).hexdigest()
    day = f"{start:%Y-%m-%d}" if start else "undated"
    return "-".join(part for part in (slug, day, mark) if part)
