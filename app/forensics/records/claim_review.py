"""schema.org ClaimReview, in and out: what fact checkers publish about claims.

https://schema.org/ClaimReview; the names of properties are schema.org's.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from app.events.outlets import fold_name

# Words of fact checkers' labels in four languages, folded; the first that fits tells the verdict.
_LABELS = (
    ("mixture", ("half true", "mostly", "partly", "partially", "mixture", "verdad a medias",
                 "media verdad", "meia verdade", "parcialmente", "plutot", "partiellement")),
    ("unproven", ("unproven", "unsupported", "no evidence", "unverified", "sin pruebas",
                  "sin evidencia", "sem provas", "sem evidencia", "non prouve", "sans preuve")),
    ("misleading", ("misleading", "missing context", "out of context", "distorts", "enganoso",
                    "enganosa", "fuera de contexto", "fora de contexto", "trompeur", "hors contexte")),
    ("altered", ("altered", "doctored", "manipulated", "manipulado", "alterado", "montaje",
                 "montagem", "truque", "deepfake")),
    ("satire", ("satire", "satira", "parody", "parodia")),
    ("disputed", ("disputed", "discutible", "contestado", "conteste", "inexact")),
    ("false", ("false", "fake", "incorrect", "inaccurate", "pants on fire", "hoax", "not true",
               "untrue", "falso", "falsa", "bulo", "mentira", "faux", "infonde", "wrong")),
    ("true", ("true", "correct", "accurate", "verdadero", "cierto", "verdadeiro", "fato", "vrai")),
)  # fmt: skip


def reviews_in(value: object) -> Iterator[Mapping[str, Any]]:
    """Every ClaimReview in a schema.org document: itself, in `@graph`, or in a data feed."""
    waiting = deque([value])
    while waiting:
        part = waiting.popleft()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            if "ClaimReview" in _list(part.get("@type")):
                yield part
            else:
                waiting += [
                    part[name] for name in ("@graph", "dataFeedElement", "item") if name in part
                ]


def claim_of_review(review: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a claim record; what the review lacks is left out, for the record to refuse."""
    item = _first(review.get("itemReviewed"))
    rating = _first(review.get("reviewRating"))
    author = _first(review.get("author"))
    claim = review.get("claimReviewed")
    label = rating.get("alternateName") or rating.get("ratingExplanation")
    published = _day(review.get("datePublished"))
    name = author.get("name") or "unnamed reviewer"
    url = review.get("url")
    given = _first(review.get("author")).get("url")
    fields = {
        "id": review.get("identifier"),
        "title": str(review.get("name") or claim or "")[:300],
        "claim": claim,
        "claimant": _body(_first(item.get("author"))),
        "made_on": _day(item.get("datePublished")),
        "appearances": _addresses(item),
        "verdict": verdict_of(str(label)) if label else None,
        "verdict_by": {"name": name, "kind": "fact_checker", **({"url": given} if given else {})},
        "verdict_on": published,
        "rating": {
            "label": label, "value": rating.get("ratingValue"),
            "best": rating.get("bestRating"), "worst": rating.get("worstRating"),
        },
        "review_url": url,
        "sources": [{"outlet": name, "published_on": published, "url": url,
                     "language": _language(review.get("inLanguage"))}],
    }  # fmt: skip
    return {key: value for key, value in fields.items() if value not in (None, [], "")}


def review_of_claim(claim: Mapping[str, Any]) -> dict[str, Any]:
    """A claim, as it is served, as a ClaimReview."""
    by = claim.get("verdict_by") or {"name": claim["sources"][0]["outlet"]}
    rating = claim.get("rating") or {}
    review = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "identifier": claim["id"],
        "name": claim["title"],
        "url": claim.get("review_url"),
        "datePublished": claim.get("verdict_on"),
        "author": _without_nothing(
            {"@type": "Organization", "name": by["name"], "url": by.get("url")}
        ),
        "claimReviewed": claim["claim"],
        "inLanguage": claim["sources"][0].get("language"),
        "itemReviewed": _item(claim),
        "reviewRating": _without_nothing({
            "@type": "Rating", "alternateName": rating.get("label") or claim.get("verdict"),
            "ratingValue": rating.get("value"), "bestRating": rating.get("best"),
            "worstRating": rating.get("worst"),
        }),
    }  # fmt: skip
    return _without_nothing(review)


def verdict_of(label: str) -> str:
    """The verdict that a label stands for; `other` where no word of it is known."""
    folded = f" {fold_name(label)} "
    for verdict, words in _LABELS:
        if any(f" {word} " in folded for word in words):
            return verdict
    return "other"


def _item(claim: Mapping[str, Any]) -> dict[str, Any]:
    claimant = claim.get("claimant")
    appearances = [{"@type": "CreativeWork", "url": url} for url in claim.get("appearances", ())]
    return _without_nothing({
        "@type": "Claim",
        "datePublished": claim.get("made_on"),
        "author": {"@type": "Thing", "name": claimant["name"]} if claimant else None,
        "appearance": appearances or None,
    })  # fmt: skip


def _addresses(item: Mapping[str, Any]) -> list[str]:
    works = [*_list(item.get("firstAppearance")), *_list(item.get("appearance")), item]
    found = [work.get("url") if isinstance(work, dict) else work for work in works]
    return list(dict.fromkeys(str(url) for url in found if url))


def _body(author: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"name": author["name"]} if author.get("name") else None


def _first(value: object) -> Mapping[str, Any]:
    """The object, or the first of a list; a bare text is a name."""
    for part in _list(value):
        if isinstance(part, dict):
            return part
        if isinstance(part, str):
            return {"name": part}
    return {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _day(value: object) -> str | None:
    found = re.match(r"\d{4}-\d{2}-\d{2}", value) if isinstance(value, str) else None
    return found[0] if found else None


def _language(value: object) -> str | None:
    code = value[:2].lower() if isinstance(value, str) else ""
    return code if re.fullmatch("[a-z]{2}", code) else None


def _without_nothing(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
