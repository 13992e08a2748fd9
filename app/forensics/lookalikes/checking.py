"""Checks a list of domains: each with whom it may be taken for, or why it is none."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain, repeat
from typing import Any

from app.forensics.lookalikes.domains import read_domain
from app.forensics.lookalikes.matching import THRESHOLD, Matcher, Protected
from app.forensics.lookalikes.words import well_known_domains


def protected_of(sources: Iterable[tuple[str, str]]) -> Iterator[Protected]:
    """The protected domains of pairs of domain (or URL) and source, and after them those that are
    well known; what is no domain is left out."""
    for text, source in chain(sources, zip(well_known_domains(), repeat("well known"))):
        try:
            yield Protected(read_domain(text), source)
        except ValueError:
            continue


def check_domains(
    texts: Iterable[str], matcher: Matcher, min_score: int = THRESHOLD
) -> Iterator[dict[str, Any]]:
    """Each domain as the API shows it, but for what the registry says of it."""
    for text in texts:
        item: dict[str, Any] = {
            "domain": text, "registrable": None, "fault": None, "known": None, "listed": None,
            "lookalike": False, "matches": [],
        }  # fmt: skip
        try:
            domain = read_domain(text)
        except ValueError as error:
            yield {**item, "fault": str(error)}
            continue
        known = matcher.find_known(domain)
        matches = [match for match in matcher.matches(domain) if match.score >= min_score]
        yield {
            **item,
            "registrable": domain.registrable,
            "known": None if known is None else known.source,
            "lookalike": any(match.score >= THRESHOLD for match in matches),
            "matches": [asdict(match) for match in matches],
        }
