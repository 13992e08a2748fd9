"""What others say of whom a finding names: status from the registry, claims from takedowns.

Both are fixed when a finding is made, stored with its version, and never looked up again. Neither is
computed from what was measured, and neither says that anybody is behind anything.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.core.db import Database, Row
from app.events.outlets import OutletEntry, OutletNames
from app.events.vocabulary import labels
from app.forensics.lookalikes.domains import read_domain
from app.forensics.registry import repository
from app.forensics.registry.views import citations_of, domain_of
from app.forensics.registry.vocabulary import account_key

MAX_SUBJECTS = 10_000
MAX_LISTED = 1_000
# Articles: their accounts are the names of outlets. On any other platform anybody takes any name.
ARTICLE_PLATFORMS = frozenset({"", "web", "news", "article", "press", "rss"})

Context = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Subjects:
    """Whom a finding names: accounts as `platform:handle`, registrable domains, hashtags in lower
    case, and names of outlets."""

    accounts: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    hashtags: frozenset[str] = frozenset()
    outlets: frozenset[str] = frozenset()


def subjects_of(document: bytes) -> Subjects:
    """Whom the document of a finding (its bytes) names, in groups, edges and records."""
    behaviour = orjson.loads(document)["behaviour"]
    names = {one["account"] for one in behaviour["accounts"]}
    for edge in behaviour["edges"]:
        names |= {edge["account_a"], edge["account_b"]}
    names |= {one["account"] for one in behaviour["records"] if one.get("account")}
    accounts, domains, outlets = set(), set(), set()
    for name in sorted(names)[:MAX_SUBJECTS]:
        platform, colon, handle = name.partition(":")
        if colon:
            accounts.add(account_key(platform, handle))
        if not colon or platform.casefold() in ARTICLE_PLATFORMS:
            outlets.add(handle if colon else name)
            domains |= _domains([handle if colon else name])
    shared = {text.partition(":")[::2] for one in behaviour["groups"] for text in one["objects"]}
    shared |= {(one["trace"], one["object"]) for one in behaviour["objects"]}
    domains |= _domains(text for trace, text in shared if trace in ("url", "domain"))
    hashtags = {text.lstrip("#").casefold() for trace, text in shared if trace == "hashtag"}
    return Subjects(*map(frozenset, (accounts, domains, hashtags, outlets)))


async def context_of(database: Database, subjects: Subjects) -> Context:
    """What the registry and takedowns say of these subjects, in the order of their names.

    `source_status`: subject, status, citation, cited_on, disputed; one for each citation.
    `attribution`: who claims it, whom they name, when, how far that can be trusted, and where.
    """
    entries = await repository.fetch_named(
        database, sorted(subjects.accounts), sorted(subjects.domains)
    )
    outlets = await repository.fetch_outlets(database)
    takedowns = await repository.fetch_takedowns_naming(
        database, sorted(subjects.accounts), sorted(subjects.domains), sorted(subjects.hashtags)
    )
    statuses = [status for row in entries for status in _statuses(row["id"], row)]
    for subject, row in _outlets_of(subjects, outlets):
        statuses += _statuses(subject, row)
    claims = [claim for row in takedowns for claim in _claims(row, subjects)]
    return {
        "source_status": sorted(statuses, key=_in_order)[:MAX_LISTED],
        "attribution": sorted(claims, key=_in_order)[:MAX_LISTED],
    }


def _statuses(subject: str, row: Row) -> Iterator[dict[str, Any]]:
    status = row["status"] if row["state"] is None else f"{row['status']} ({row['state']})"
    for cited in citations_of(row):
        said = (cited["publisher"], cited["says"], cited["url"])
        day = cited["published_on"] or cited.get("noted_on")
        yield {
            "subject": subject,
            "status": status,
            "citation": ": ".join(part for part in said[:2] if part)
            + (f" <{said[2]}>" if said[2] else ""),
            "cited_on": "" if day is None else str(day),
            "disputed": row["open_disputes"] > 0,
        }


def _outlets_of(subjects: Subjects, rows: Iterable[Row]) -> Iterator[tuple[str, Row]]:
    """The outlets whose domain or name a finding has, under what it has."""
    by_id = {row["id"]: row for row in rows}
    known = OutletNames(
        OutletEntry(id=row["id"], name=row["name"], aliases=tuple(row["aliases"]))
        for row in by_id.values()
    )
    for row in by_id.values():
        domain = domain_of(row["url"])
        if domain in subjects.domains:
            yield f"{row['name']} ({domain})", row
    for name in sorted(subjects.outlets):
        found = known.find(name)
        if found is not None and domain_of(by_id[found.id]["url"]) not in subjects.domains:
            yield name, by_id[found.id]


def _claims(row: Row, subjects: Subjects) -> Iterator[dict[str, Any]]:
    """One claim for each state that a takedown is attributed to, with what it has in common."""
    record = orjson.loads(row["document"])
    common = [
        *(f"account {name}" for name in sorted(subjects.accounts.intersection(row["accounts"]))),
        *(f"domain {name}" for name in sorted(subjects.domains.intersection(row["domains"]))),
        *(f"hashtag #{name}" for name in sorted(subjects.hashtags.intersection(row["hashtags"]))),
    ]
    body, assessed = record["attributed_by"], record.get("assessment") or {}
    source = record["sources"][0]
    reported = ", ".join(part for part in (source["outlet"], source["published_on"]) if part)
    shown = ", ".join(common[:10]) + (f" and {len(common) - 10} more" if len(common) > 10 else "")
    for state in record["attributed_states"]:
        yield {
            "claimant": body["name"],
            "actor": labels("actor")[state]["en"],
            "claimed_on": record["taken_down_on"] or source["published_on"],
            "credibility": assessed.get("credibility"),
            "bias": assessed.get("bias"),
            "evidence": assessed.get("evidence") or record["confidence"]["basis"],
            "transparency": assessed.get("transparency"),
            "source": f"takedown {row['id']} ({reported}); names {shown}",
        }


def _domains(texts: Iterable[str]) -> set[str]:
    found = set()
    for text in texts:
        try:
            found.add(read_domain(text).registrable)
        except ValueError:
            continue
    return found


def _in_order(one: Mapping[str, Any]) -> list[str]:
    return [str(value) for value in one.values()]
