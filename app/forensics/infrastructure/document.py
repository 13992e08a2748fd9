"""The whole answer over captures: sites and their indicators, pairs, groups, checks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.forensics.infrastructure.analysis.comparison import (
    METHOD,
    METHOD_VERSION,
    OWN_CHECKS,
    Comparison,
    Pair,
    compare,
)
from app.forensics.infrastructure.analysis.indicators import Site, extract
from app.forensics.infrastructure.analysis.kinds import CAPS, KINDS, OTHERS
from app.forensics.infrastructure.analysis.shared import CHECKS, with_own
from app.forensics.infrastructure.analysis.technologies import digest_of
from app.forensics.infrastructure.sources.captures import Capture, read_captures
from app.forensics.infrastructure.sources.files import Skipped, read_files

MAX_PAIRS = 10_000
MAX_SKIPPED = 1_000
CAVEATS = (
    "Sharing is measured, not ownership: an agency, a reseller or a copied page can be why.",
    "Only what was supplied was looked at; nothing was fetched, and captures are as old as they are.",
    "Rarity is that in this set; sites of one kind together make common things look rare.",
)
SAME_DOMAIN = "same_domain"


def analyse(source: Path, min_score: float) -> dict[str, Any]:
    """The answer over a ZIP, a folder or a HAR file; the same bytes give the same answer.

    Raises:
        CaptureError: nothing can be analysed.
        SharedListError: the list of shared values that came along cannot be read.
    """
    skipped: list[Skipped] = []
    captures, own_list = read_captures(read_files(source, skipped.append), skipped.append)
    known = with_own(own_list)
    sites = [extract(capture, skipped.append) for capture in captures]
    found = compare(sites, known)
    told = [pair for pair in found.pairs if pair.score >= min_score]
    benign = {(p.a, p.b) for p in told if _same_domain(sites[p.a], sites[p.b])}
    linked = [pair for pair in told if (pair.a, pair.b) not in benign]
    return {
        "method": METHOD,
        "method_version": METHOD_VERSION,
        "parameters": {
            "min_score": min_score,
            "rarity_others": OTHERS,
            "tier_caps": {str(tier): cap for tier, cap in CAPS.items() if tier > 1},
            "shared_values_sha256": known.sha256,
        },
        "counts": {
            "sites": len(sites),
            "files": sum(len(capture.sources) for capture in captures),
            "skipped": len(skipped),
            "pairs_compared": len(sites) * (len(sites) - 1) // 2,
            "pairs_below": len(found.pairs) - len(told),
            "pairs": len(told),
        },
        "checks": [
            {"check": check, "discounted": count} for check, count in sorted(_checks(found, len(benign)))
        ],
        "sites": [
            site_record(site, capture) for site, capture in zip(sites, captures, strict=True)
        ],
        "pairs": [
            pair_record(pair, sites, found, (pair.a, pair.b) in benign)
            for pair in told[:MAX_PAIRS]
        ],
        "groups": group_records(linked, sites),
        "skipped": [asdict(one) for one in skipped[:MAX_SKIPPED]],
        "caveats": list(CAVEATS),
    }  # fmt: skip


def site_record(site: Site, capture: Capture) -> dict[str, Any]:
    """One site: its files with their hashes, to be cited, and what was found in them."""
    return {
        "site": site.name,
        "files": [
            {"path": one.path, "sha256": one.sha256, "bytes": one.size_bytes, "role": one.role}
            for one in capture.sources
        ],
        "indicators": [
            {"tier": KINDS[kind].tier, "kind": kind, "value": value, "found_in": paths}
            for (kind, value), paths in sorted(
                site.indicators.items(), key=lambda item: (KINDS[item[0][0]].tier, item[0])
            )
        ],
        "certificates": [
            {"sha256": one.sha256, "serial": one.serial, "issuer": one.issuer,
             "names": len(one.names)}
            for one in site.certificates
        ],
        "markup": {
            "names": len(site.names), "names_digest": digest_of(site.names),
            "runs": len(site.shingles), "runs_digest": digest_of(map(str, site.shingles)),
        },
        "cut": site.cut,
    }  # fmt: skip


def pair_record(
    pair: Pair, sites: Sequence[Site], found: Comparison, same_domain: bool
) -> dict[str, Any]:
    """Two sites: the score by tiers and parts, and what they share that counts for nothing."""
    a, b = sites[pair.a], sites[pair.b]
    return {
        "site_a": a.name,
        "site_b": b.name,
        "score": pair.score,
        "tiers": {str(tier): round(pair.tier(tier), 4) for tier in CAPS},
        "shares": [asdict(part) for part in pair.parts],
        "discounted": [asdict(one) for one in found.discounted_of(pair, sites)],
        "benign": SAME_DOMAIN if same_domain else None,
    }


def group_records(pairs: Sequence[Pair], sites: Sequence[Site]) -> list[dict[str, Any]]:
    """Sites that pairs join, directly or through others, largest first; and the values they share."""
    group = list(range(len(sites)))

    def first(place: int) -> int:
        while group[place] != place:
            group[place] = group[group[place]]
            place = group[place]
        return place

    for pair in pairs:
        a, b = sorted((first(pair.a), first(pair.b)))
        group[b] = a
    members: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(len(sites)):
        members[first(place)].append(place)
    values: defaultdict[int, defaultdict[tuple[int, str, str], set[int]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for pair in pairs:
        for part in pair.parts:
            if part.value:
                values[first(pair.a)][part.tier, part.kind, part.value] |= {pair.a, pair.b}
    return [
        {
            "sites": [sites[place].name for place in places],
            "shares": [
                {"tier": tier, "kind": kind, "value": value, "sites": len(holders)}
                for (tier, kind, value), holders in sorted(values[root].items())
            ],
        }
        for root, places in sorted(members.items(), key=lambda item: (-len(item[1]), item[0]))
        if len(places) > 1
    ]


def _same_domain(a: Site, b: Site) -> bool:
    return bool(a.domain) and a.domain == b.domain


def _checks(found: Comparison, same_domain: int) -> list[tuple[str, int]]:
    counts = dict.fromkeys((*CHECKS, *OWN_CHECKS), 0)
    return [*(counts | found.checks).items(), (SAME_DOMAIN, same_domain)]
