"""What the API's document shows of shared infrastructure."""

from typing import Any

_PART: dict[str, Any] = {
    "kind": "google_analytics",
    "value": "UA-8812734",
    "tier": 1,
    "family": "google_analytics",
    "weight": 1.0,
    "holders": 2,
    "rarity": 1.0,
    "similarity": None,
    "score": 1.0,
}
ANSWER: Any = {
    "method": "shared_infrastructure",
    "method_version": "1",
    "parameters": {
        "min_score": 0.7,
        "rarity_others": 50,
        "tier_caps": {"2": 0.5, "3": 0.5},
        "shared_values_sha256": "5c1d3f0e7a9b2c4d6e8f0a1b3c5d7e9f1a2b4c6d8e0f2a4b6c8d0e2f4a6b8c0d",
    },
    "counts": {
        "sites": 2,
        "files": 2,
        "skipped": 1,
        "pairs_compared": 1,
        "pairs_below": 0,
        "pairs": 1,
    },
    "checks": [{"check": "cdn", "discounted": 1}],
    "sites": [
        {
            "site": "noticias-a.example",
            "files": [
                {
                    "path": "noticias-a.example/index.html",
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "bytes": 18211,
                    "role": "page",
                }
            ],
            "indicators": [
                {
                    "tier": 1,
                    "kind": "google_analytics",
                    "value": "UA-8812734",
                    "found_in": ["noticias-a.example/index.html"],
                }
            ],
            "certificates": [],
            "markup": {
                "names": 41,
                "names_digest": "46a5b93a719bb72e2f4769de08091292",
                "runs": 260,
                "runs_digest": "1b54c4ce4f8d6ae7306e252cdc8cf06e",
            },
            "cut": [],
        }
    ],
    "pairs": [
        {
            "site_a": "noticias-a.example",
            "site_b": "noticias-b.example",
            "score": 1.0,
            "tiers": {"1": 1.0, "2": 0.0, "3": 0.0},
            "shares": [_PART],
            "discounted": [
                {
                    "kind": "ip",
                    "value": "104.16.1.1",
                    "check": "cdn",
                    "explained_by": "Cloudflare",
                }
            ],
            "benign": None,
        }
    ],
    "groups": [
        {
            "sites": ["noticias-a.example", "noticias-b.example"],
            "shares": [{"tier": 1, "kind": "google_analytics", "value": "UA-8812734", "sites": 2}],
        }
    ],
    "skipped": [
        {
            "path": "noticias-a.example/logo.png",
            "reason": "not a kind of file that is read here",
        }
    ],
    "caveats": [
        "Sharing is measured, not ownership: an agency, a reseller or a copied page can be why."
    ],
}
