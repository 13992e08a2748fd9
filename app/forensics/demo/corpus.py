"""The demo corpus: a planted campaign, a burst that nobody planned, and wire copy, all synthetic."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np

from app.forensics.demo.shares import DAY_S, START_S, Campaign, organic, planted, wire

SEED = 2020
_CAMPAIGN = Campaign(accounts=10, objects=16, participation=0.85, spread_s=30, organic_shares=12)
_SHARES = 3_000
_BURST_ACCOUNTS = 160
_BURST_S = 1_200
_BURST_AT_S = START_S + 5 * DAY_S + 50_000
_PLATFORM = "synthetic"
_SLOGANS = (
    "Synthetic slogan: they hide the truth about {}, pass it on before it is gone",
    "Synthetic claim: what nobody tells you about {}, read it and share it now",
)

Post = dict[str, Any]


def demo_posts(*, campaign: bool = True, seed: int = SEED) -> Iterator[Post]:
    """The posts in the order of time, each marked `synthetic`; without a campaign only organic life.

    Objects are pages of example.org; accounts are numbered, so that none is anybody's.
    """
    if campaign:
        tables = [
            planted(seed, campaigns=1, kind=_CAMPAIGN, shares=_SHARES).table(),
            wire(seed + 1, outlets=12, stories=30, shares=_SHARES // 2).table(),
        ]
    else:
        tables = [organic(seed, shares=_SHARES, accounts=300, objects=900).table()]
    rows = [
        (row["timestamp_share"], row["account_id"], row["object_id"], row.get("text") or "")
        for number, table in enumerate(tables)
        for row in (_renamed(row, number) for row in table.to_pylist())
    ]
    rows += _burst(np.random.default_rng(seed + 2))
    for number, (at_s, account, page, text) in enumerate(sorted(rows)):
        yield {
            "id": f"demo-{number:05}",
            "platform": _PLATFORM,
            "account": account,
            "published_at": datetime.fromtimestamp(at_s, UTC).isoformat().replace("+00:00", "Z"),
            "text": text or _text(account, page, number),
            "language": "en",
            "urls": [f"https://example.org/{page}"],
            "synthetic": True,
        }


def _renamed(row: dict[str, Any], table: int) -> dict[str, Any]:
    """Persons and their pages of two tables are others."""
    if row["account_id"].startswith("person") and table:
        return {**row, "account_id": f"{row['account_id']}-b", "object_id": f"{row['object_id']}-b"}
    return row


def _burst(chance: np.random.Generator) -> list[tuple[int, str, str, str]]:
    """Many who share one piece of news within minutes, once: news, and no campaign."""
    at = _BURST_AT_S + chance.integers(0, _BURST_S, _BURST_ACCOUNTS)
    return [
        (int(at_s), f"reader-{number}", "burst/earthquake", "")
        for number, at_s in enumerate(at.tolist())
    ]


def _text(account: str, page: str, number: int) -> str:
    if account.startswith("planted") and page.startswith("pushed"):
        return _SLOGANS[sum(page.encode()) % len(_SLOGANS)].format(page)
    return f"Synthetic post {number}: {account} has read {page}"
