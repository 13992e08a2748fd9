"""How much a campaign must share to be found, by its size, its pace and the window."""

from collections.abc import Iterator, Sequence

import numpy as np

from app.forensics.demo.shares import Campaign, planted
from benchmarks.forensics.quality import coordination_scores

_OBJECTS = (4, 6, 8, 12, 20)
_PACES = {"30 s": (30, (60, 3_600)), "40 min": (2_400, (600, 3_600, 21_600))}

HEAD = ("accounts", "spread over", "window", *(f"{one} objects" for one in _OBJECTS))


def power_rows(seeds: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """The part of accounts that is found of four campaigns that share each object with 0.8."""
    for accounts in (6, 12):
        for pace, (spread_s, windows_s) in _PACES.items():
            for window_s in windows_s:
                recalls = [
                    np.mean([_recall(accounts, objects, spread_s, window_s, one) for one in seeds])
                    for objects in _OBJECTS
                ]
                yield str(accounts), pace, f"{window_s:,} s", *map("{:.2f}".format, recalls)


def _recall(accounts: int, objects: int, spread_s: int, window_s: float, seed: int) -> float:
    kind = Campaign(accounts, objects, 0.8, spread_s)
    return coordination_scores(planted(seed, kind=kind), window_s)[2]
