"""What the API's document shows of the registry."""

from typing import Any

_SELF = "/v1/forensics/registry/domain/spiegel.ltd"
ENTRY: dict[str, Any] = {
    "kind": "domain",
    "id": "spiegel.ltd",
    "name": "spiegel.ltd",
    "aliases": [],
    "platform": None,
    "handle": None,
    "domain": "spiegel.ltd",
    "status": "lookalike",
    "state": None,
    "outlet": None,
    "imitates": "spiegel.de",
    "citations": [
        {
            "publisher": "Qurium",
            "url": "https://www.qurium.org/alerts/under-the-hood-of-a-doppelganger/",
            "published_on": "2022-09-27",
            "noted_on": None,
            "says": "Listed as a clone of the site of Der Spiegel.",
        }
    ],
    "open_disputes": 1,
    "synthetic": False,
    "listed_on": "2026-11-23",
    "updated_at": "2026-11-23T12:00:00Z",
    "withdrawn_at": None,
    "links": [
        {"rel": "self", "href": _SELF, "type": "application/json"},
        {"rel": "disputes", "href": f"{_SELF}/disputes", "type": "application/json"},
    ],
}
DISPUTE: dict[str, Any] = {
    "id": "3f0c6f0e-6a39-4c55-9a1c-0d5c8f3e7b21",
    "standing": "holder",
    "filed_at": "2026-11-23T12:00:00Z",
    "outcome": "open",
    "statement": "The domain has been ours since May; it was another's before.",
    "evidence_url": "https://example.org/contract",
    "decision": None,
    "decided_at": None,
    "own": True,
}
ENTRY_DETAIL: dict[str, Any] = {**ENTRY, "disputes": [DISPUTE], "history": []}
ENTRY_PAGE: dict[str, Any] = {
    "items": [ENTRY],
    "links": [
        {"rel": "self", "href": "/v1/forensics/registry?q=spiegel", "type": "application/json"}
    ],
    "returned": 1,
    "meta": {},
}
DISPUTES: dict[str, Any] = {
    "items": [DISPUTE],
    "links": [{"rel": "self", "href": f"{_SELF}/disputes", "type": "application/json"}],
    "returned": 1,
    "meta": {},
}
