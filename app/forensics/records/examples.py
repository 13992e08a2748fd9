"""What the API's document shows of takedowns and claims."""

from typing import Any

_SELF = "/v1/forensics/takedowns/twitter-2020-10-five-networks"
TAKEDOWN: dict[str, Any] = {
    "id": "twitter-2020-10-five-networks",
    "title": "Twitter acts on 1,594 accounts of five networks",
    "attributed_states": ["RU", "IR", "SA", "CU", "TH"],
    "attributed_by": {"name": "Twitter", "kind": "platform", "state": None, "url": None},
    "attribution": "Twitter attributes this to Russia, Iran, Saudi Arabia, Cuba and Thailand.",
    "platform": "twitter",
    "taken_down_on": None,
    "account_count": 1594,
    "count_is_minimum": False,
    "network_count": 5,
    "action": "action_taken",
    "claims": [],
    "accounts": [],
    "domains": [],
    "hashtags": [],
    "targets": [],
    "status": "claimed",
    "confidence": {"level": "unstated", "basis": None},
    "assessment": {"credibility": None, "bias": None, "evidence": None, "transparency": None},
    "note": None,
    "sources": [
        {
            "outlet": "American Military News",
            "published_on": "2020-10-09",
            "language": "en",
            "url": None,
            "title": None,
            "event": "1,594 accounts",
        }
    ],
    "synthetic": False,
    "revision": 1,
    "updated_at": "2026-11-23T12:00:00Z",
    "links": [{"rel": "self", "href": _SELF, "type": "application/json"}],
}
_CLAIM_SELF = "/v1/forensics/claims/refinery-blast-2020-10"
CLAIM: dict[str, Any] = {
    "id": "refinery-blast-2020-10",
    "title": "A refinery blast is called an attack",
    "kind": "claim",
    "claim": "The blast at a refinery in northern Venezuela was a terrorist attack.",
    "claimant": {"name": "Nicolás Maduro", "kind": "official", "state": "VE", "url": None},
    "made_on": None,
    "attributed_states": [],
    "attributed_by": None,
    "attribution": None,
    "platform": None,
    "appearances": [],
    "hashtags": [],
    "targets": [],
    "status": "claimed",
    "verdict": "unproven",
    "verdict_by": {"name": "VRIC Monitor", "kind": "editor", "state": None, "url": None},
    "verdict_on": "2020-11-18",
    "rating": None,
    "review_url": None,
    "confidence": {"level": "unstated", "basis": "An investigation had been opened."},
    "assessment": {"credibility": None, "bias": None, "evidence": None, "transparency": None},
    "note": None,
    "sources": [
        {
            "outlet": "Oil Price",
            "published_on": "2020-10-29",
            "language": "en",
            "url": None,
            "title": None,
            "event": "refinery",
        }
    ],
    "synthetic": False,
    "revision": 1,
    "updated_at": "2026-11-23T12:00:00Z",
    "links": [{"rel": "self", "href": _CLAIM_SELF, "type": "application/json"}],
}


def _page(path: str, item: dict[str, Any]) -> dict[str, Any]:
    links = [{"rel": "self", "href": path, "type": "application/json"}]
    return {"items": [item], "links": links, "returned": 1, "meta": {}}


TAKEDOWN_PAGE = _page("/v1/forensics/takedowns?state=RU", TAKEDOWN)
CLAIM_PAGE = _page("/v1/forensics/claims?verdict=unproven", CLAIM)
