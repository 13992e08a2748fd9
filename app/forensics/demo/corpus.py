"""The demo corpus: daily life, a campaign, a burst of news, wire copy, a laundered story; all synthetic."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import numpy as np

from app.forensics.demo.grammar import TOPICS, write
from app.forensics.demo.shares import (
    DAY_S,
    START_S,
    Campaign,
    SyntheticShares,
    organic,
    planted,
    wire,
)
from app.forensics.demo.texts import chains, hidden, reworded

SEED = 2020
MAINSTREAM = "mainstream-5"
"""The account of the outlet that takes the laundered story up."""
_CAMPAIGN = Campaign(accounts=10, objects=16, participation=0.85, spread_s=8, organic_shares=12)
_SHARES = 3_000
_BURST_ACCOUNTS = 160
_BURST_S = 1_200
_BURST_AT_S = START_S + 5 * DAY_S + 50_000
_PLATFORM = "synthetic"
_LANGUAGES = {"es": 6, "en": 6, "pt": 4, "fr": 4}

Post = dict[str, Any]


def demo_posts(*, campaign: bool = True, seed: int = SEED) -> Iterator[Post]:
    """The posts in the order of time, each marked `synthetic`; without a campaign only organic life.

    Objects are pages of example.org; accounts are numbered, so that none is anybody's.
    """
    posts = list(_burst(seed))
    if campaign:
        posts += _shared(planted(seed, campaigns=1, kind=_CAMPAIGN, shares=_SHARES), seed)
        posts += _shared(
            wire(seed + 1, outlets=12, stories=30, shares=_SHARES // 2), seed + 1, "-b"
        )
        posts += _laundered(seed)
    else:
        posts += _shared(organic(seed, shares=_SHARES, accounts=300, objects=900), seed)
    posts.sort(key=lambda post: (post["published_at"], post["account"], post["urls"]))
    for number, post in enumerate(posts):
        yield {"id": f"demo-{number:05}", "platform": _PLATFORM, **post, "synthetic": True}


def _shared(made: SyntheticShares, seed: int, others: str = "") -> Iterator[Post]:
    """The shares with texts: own words, what a campaign repeats, what an agency wrote.

    Args:
        others: is added to the names of persons and their pages, which another table has too.
    """
    chance = Random(seed)  # noqa: S311 - the same from the same seed
    told: dict[str, str] = {}
    for row in made.table().to_pylist():
        at_s, account, page = (row[name] for name in ("timestamp_share", "account_id", "object_id"))
        kind = page.partition("-")[0].rstrip("0123456789")
        if kind == "link":
            mark = others if account.startswith("person") else ""
            text = _own_words(chance, account + mark, page)
            yield _post(at_s, account + mark, page + mark, *text)
            continue
        form = {"pushed": "slogan", "story": "wire"}[kind]
        if page not in told:
            told[page] = write(chance, "es", form, _topic_of(page))
        change = chance.choice((None, hidden, reworded)) if form == "slogan" else None
        yield _post(at_s, account, page, "es", change(chance, told[page]) if change else told[page])


def _burst(seed: int) -> Iterator[Post]:
    """Many who share one piece of news within minutes, once: news, and no campaign."""
    chance, page = Random(seed + 2), "burst/earthquake"  # noqa: S311 - the same from the same seed
    at = np.random.default_rng(seed + 2).integers(0, _BURST_S, _BURST_ACCOUNTS)
    for number, at_s in enumerate((_BURST_AT_S + at).tolist()):
        account = f"reader-{number}"
        yield _post(at_s, account, page, *_own_words(chance, account, page, "quake"))


def _laundered(seed: int) -> Iterator[Post]:
    """One story that is placed, copied, reworded, translated twice and printed by an outlet."""
    for one in sorted(chains(seed, stories=1), key=lambda one: one.published_at):
        place = one.id.partition("-")[2]
        post = _post(one.published_at, f"{one.outlet_type}-{place}", f"tale/{place}",
                     one.language, one.text)  # fmt: skip
        yield {**post, "outlet_type": one.outlet_type}


def _own_words(chance: Random, account: str, page: str, form: str = "post") -> tuple[str, str]:
    """The language of an account, always the same, and what it says of a page."""
    (language,) = Random(account).choices([*_LANGUAGES], [*_LANGUAGES.values()])  # noqa: S311
    return language, write(chance, language, form, _topic_of(page))


def _topic_of(page: str) -> str:
    return Random(page).choice(TOPICS)  # noqa: S311


def _post(at_s: int, account: str, page: str, language: str, text: str) -> Post:
    return {
        "account": account,
        "published_at": datetime.fromtimestamp(at_s, UTC).isoformat().replace("+00:00", "Z"),
        "text": text,
        "language": language,
        "urls": [f"https://example.org/{page}"],
    }
