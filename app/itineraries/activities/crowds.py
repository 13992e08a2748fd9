"""When craft lay in crowds: in runs of steps of a grid, each step of a craft being one number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
Mask = NDArray[np.bool_]
_STEPS = 2**40


@dataclass(frozen=True, slots=True)
class CrowdTime:
    """A craft that lay in a crowd by the rule of a method, from one instant of its grid to another."""

    craft_id: int
    method: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Runs:
    """Stretches of keys in order, which do not overlap."""

    first: Keys
    last: Keys

    @classmethod
    def of(
        cls, craft: NDArray[np.intp], first: NDArray[np.float64], last: NDArray[np.float64]
    ) -> "Runs":
        """Those of craft codes, from one step to another."""
        order = np.lexsort((first, craft))
        return cls(
            *(keys_of(craft, np.rint(steps).astype(np.int64))[order] for steps in (first, last))
        )

    def holds(self, keys: Keys) -> Mask:
        """Whether each key lies in one."""
        if len(self.first) == 0:
            return np.zeros(len(keys), dtype=np.bool_)
        run = np.searchsorted(self.first, keys, side="right") - 1
        return np.asarray((run >= 0) & (keys <= self.last[run]))


def keys_of(craft: NDArray[np.integer], step: NDArray[np.int64]) -> Keys:
    """One number for a craft's code and a step, in the order of both; successive for successive steps."""
    return np.asarray(craft.astype(np.int64) * _STEPS + step + _STEPS // 2)


def runs_of(parts: Sequence[Keys]) -> Iterator[tuple[int, int, int]]:
    """Keys as runs: a craft's code, its first and its last step."""
    keys = np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)
    for run in np.split(keys, np.flatnonzero(np.diff(keys) != 1) + 1) if len(keys) else ():
        code, first = divmod(int(run[0]), _STEPS)
        yield code, first - _STEPS // 2, first - _STEPS // 2 + len(run) - 1
