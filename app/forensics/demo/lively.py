"""Synthetic shares where organic life is loud: fans, breaking news, viral links, one who never rests."""

import numpy as np
from numpy.typing import NDArray

from app.forensics.demo.shares import (
    DAY_S,
    START_S,
    STRONG,
    Campaign,
    Numbers,
    SyntheticShares,
    names_of,
    organic,
    planted,
    repeated,
)

_ACCOUNTS = 3_000
_DAYS = 14
_CLUBS, _FANS, _ARTICLES = 6, 30, 100

Delays = NDArray[np.float64]


def lively(seed: int, campaigns: int = 0, kind: Campaign = STRONG) -> SyntheticShares:
    """About 80,000 shares over two weeks, with campaigns or without."""
    made = planted(seed, campaigns, kind) if campaigns else organic(seed)
    rng = np.random.default_rng([seed, 1])
    activity = rng.pareto(1.3, _ACCOUNTS) + 0.2
    _add_fans(made, rng)
    _add_news(made, rng, activity / activity.sum())
    _add_restless(made, rng)
    return made


def _add_fans(made: SyntheticShares, rng: np.random.Generator) -> None:
    """Clubs of accounts that share half of what one outlet prints, most within ten minutes."""
    for club in range(_CLUBS):
        fans = rng.choice(_ACCOUNTS, _FANS, replace=False)
        for article in range(_ARTICLES):
            who = fans[rng.random(_FANS) < 0.5]
            _add(
                made, who, f"outlet{club}-{article}", _moment(rng), rng.lognormal(6.4, 1, len(who))
            )


def _add_news(made: SyntheticShares, rng: np.random.Generator, chance: Delays) -> None:
    """Events on which several links spread in minutes, and links that spread in hours."""
    sizes = [(f"event{n // 6}-{n}", 0.08, 600) for n in range(30)] + [
        (f"viral-{n}", 0.15, 7_200) for n in range(5)
    ]
    moment = _moment(rng)
    for number, (name, part, delay_s) in enumerate(sizes):
        moment = moment if number % 6 and number < 30 else _moment(rng)
        who = rng.choice(_ACCOUNTS, int(part * _ACCOUNTS), replace=False, p=chance)
        _add(made, who, name, moment, rng.lognormal(np.log(delay_s), 1, len(who)))


def _add_restless(made: SyntheticShares, rng: np.random.Generator) -> None:
    """One account that shares two thousand links of others, at any hour."""
    links = rng.integers(0, 6_000, 2_000)
    for link, moment in zip(links.tolist(), rng.uniform(0, _DAYS * DAY_S, 2_000), strict=True):
        _add(made, np.array([0]), f"link-{link}", moment, np.zeros(1))


def _moment(rng: np.random.Generator) -> float:
    return float(rng.uniform(0, _DAYS * DAY_S) // 1_800 * 1_800)


def _add(made: SyntheticShares, who: Numbers, name: str, moment: float, delays_s: Delays) -> None:
    at_s = (START_S + moment + delays_s).astype(np.int64)
    made.add(names_of("person", who), repeated(name, len(who)), at_s)
