"""Which journey a leg belongs to, where the file does not say."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.events.outlets import fold_name
from app.itineraries.journeys.claims import Claim
from app.itineraries.journeys.records import mover_key
from app.itineraries.journeys.writer import Span

APART = timedelta(days=14)
"""Legs of one mover that are further apart belong to different journeys."""


def join_journeys(claims: Sequence[Claim], standing: Sequence[Span]) -> list[str]:
    """The journey of each claim: the one it names, else one of its mover within fourteen days.

    A journey that stands already is continued; another gets a key of the mover's name and the day
    on which it begins.
    """
    spans: dict[str, list[Span]] = {}
    for span in standing:
        spans.setdefault(span.mover_key, []).append(span)
    keys: list[str] = [claim.journey or "" for claim in claims]
    open_claims = [index for index, key in enumerate(keys) if not key]
    for index in sorted(open_claims, key=lambda i: (_start(claims[i]) is None, _start(claims[i]))):
        claim, key = claims[index], mover_key(claims[index])
        start, end = _start(claim), _end(claim)
        held = spans.setdefault(key, [])
        # The journeys of a mover come in order: only the last of a long list can be near.
        place = next((n for n in range(len(held) - 1, -1, -1) if _near(held[n], start, end)), None)
        if place is None:
            held.append(Span(_new_key(claim, start), key, start, end))
            place = len(held) - 1
        else:
            held[place] = _widened(held[place], start, end)
        keys[index] = held[place].id
    return keys


def _start(claim: Claim) -> datetime | None:
    return min((w.moment.earliest for w in (*claim.departed, *claim.arrived)), default=None)


def _end(claim: Claim) -> datetime | None:
    return max((w.moment.latest for w in (*claim.departed, *claim.arrived)), default=None)


def _near(span: Span, start: datetime | None, end: datetime | None) -> bool:
    if start is None or end is None or span.earliest is None or span.latest is None:
        return start is None and span.earliest is None
    return start - APART <= span.latest and span.earliest <= end + APART


def _widened(span: Span, start: datetime | None, end: datetime | None) -> Span:
    if start is None or end is None or span.earliest is None or span.latest is None:
        return span
    return replace(span, earliest=min(span.earliest, start), latest=max(span.latest, end))


def _new_key(claim: Claim, start: datetime | None) -> str:
    name = fold_name(claim.mover.name)
    slug = re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:60].strip("-")
    # Names in other scripts leave nothing of a slug, and two movers may share what is left.
    mark = hashlib.blake2b(mover_key(claim).encode(), digest_size=3).hexdigest()
    day = f"{start:%Y-%m-%d}" if start else "undated"
    return "-".join(part for part in (slug, day, mark) if part)
