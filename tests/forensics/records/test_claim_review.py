"""ClaimReview in and out: schema.org documents in the shapes that fact checkers publish."""

import json
from typing import Any

import httpx
import pytest

from app.core.db import Database
from app.forensics.records.claim_review import (
    claim_of_review,
    review_of_claim,
    reviews_in,
    verdict_of,
)
from tests.forensics.records.conftest import claim, take_in

REVIEW: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "name": "No, the dam did not break",
    "url": "https://checkers.example/dam",
    "datePublished": "2021-05-04T10:00:00+02:00",
    "inLanguage": "es-AR",
    "author": {"@type": "Organization", "name": "Checkers", "url": "https://checkers.example"},
    "claimReviewed": "The dam broke.",
    "itemReviewed": {
        "@type": "Claim",
        "datePublished": "2021-05-01",
        "author": {"@type": "Person", "name": "A made-up page"},
        "appearance": [
            {"@type": "OpinionNewsArticle", "url": "https://a.example/1"},
            "https://a.example/2",
        ],
    },
    "reviewRating": {
        "@type": "Rating", "ratingValue": "1", "bestRating": 5, "worstRating": 1,
        "alternateName": "Falso",
    },
}  # fmt: skip
FEED = {"@type": "DataFeed", "dataFeedElement": [{"item": [REVIEW, {"@type": "Thing"}]}]}
GRAPH = {"@context": "https://schema.org", "@graph": [{"@type": ["Thing", "ClaimReview"], **{
    name: value for name, value in REVIEW.items() if name != "@type"}}]}  # fmt: skip


@pytest.mark.parametrize("document", [REVIEW, FEED, GRAPH, [REVIEW]])
async def test_a_review_is_taken_in(
    database: Database, premium: httpx.AsyncClient, document: Any
) -> None:
    await take_in(database, "claim", json.dumps(document))
    [item] = (await premium.get("/v1/forensics/claims?verdict=false")).json()["items"]
    assert item["claim"] == "The dam broke." and item["claimant"]["name"] == "A made-up page"
    assert item["made_on"] == "2021-05-01" and item["verdict_on"] == "2021-05-04"
    assert item["verdict_by"]["name"] == "Checkers"
    assert item["rating"] == {"label": "Falso", "value": 1.0, "best": 5.0, "worst": 1.0}
    assert item["appearances"] == ["https://a.example/1", "https://a.example/2"]
    assert item["sources"][0]["language"] == "es"


async def test_what_goes_out_comes_in_as_the_same(
    database: Database, premium: httpx.AsyncClient
) -> None:
    await take_in(database, "claim", [REVIEW, claim(7)])
    graph = (await premium.get("/v1/forensics/claims?f=claimreview")).json()
    [review] = graph["@graph"]  # a claim without a verdict is no review
    for name in ("name", "url", "claimReviewed", "author"):
        assert review[name] == REVIEW[name]
    assert claim_of_review(review)["rating"]["label"] == "Falso"
    answer = await premium.get(
        f"/v1/forensics/claims/{review['identifier']}", headers={"Accept": "application/ld+json"}
    )
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.json() == review
    assert review_of_claim({**claim(1), "sources": [{"outlet": "x"}]})["@type"] == "ClaimReview"


@pytest.mark.parametrize(
    ("label", "verdict"),
    [
        ("Falso", "false"), ("FALSE", "false"), ("Pants on Fire!", "false"), ("Faux", "false"),
        ("Not true", "false"), ("Engañoso", "misleading"), ("Trompeur", "misleading"),
        ("Missing context", "misleading"), ("Mostly false", "mixture"), ("Half True", "mixture"),
        ("Sin pruebas", "unproven"), ("Verdadero", "true"), ("Sátira", "satire"),
        ("Four Pinocchios", "other"), ("", "other"), ("truely", "other"),
    ],
)  # fmt: skip
def test_labels(label: str, verdict: str) -> None:
    assert verdict_of(label) == verdict


async def test_reviews_of_odd_shape_are_refused_or_read(database: Database) -> None:
    odd: list[Any] = [
        {**REVIEW, "claimReviewed": None},
        {**REVIEW, "author": "Only a name", "itemReviewed": "text", "reviewRating": []},
        {**REVIEW, "url": 5},
        {**REVIEW, "claimReviewed": {"@value": "x"}},
        {**REVIEW, "name": "Other", "reviewRating": {"ratingValue": "many"}},
    ]
    outcome = await take_in(database, "claim", odd)
    assert outcome.counts["claims"] == 1
    assert [reject.line for reject in outcome.rejects] == [1, 3, 4, 5]


def test_a_review_is_found_in_a_long_feed() -> None:
    feed = {"@graph": [*([] for _ in range(500_000)), {"item": [REVIEW]}]}
    assert list(reviews_in(feed)) == [REVIEW]
