"""Additive scores: a table of signs and weights, and what it says of a list of signs."""

from __future__ import annotations

import math
from collections.abc import Iterable

from app.reports.coding.lexicon import read_rows

_BIAS = "[bias]"


class WeightTable:
    """Weights of one decision, by sign; a sign the table does not know weighs nothing."""

    def __init__(self, decision: str) -> None:
        self._weights = {
            row["sign"]: float(row["weight"])
            for row in read_rows("weights.csv")
            if row["decision"] == decision
        }

    def score(self, signs: Iterable[str]) -> float:
        """The log-odds of the decision: above zero is yes."""
        return self._weights.get(_BIAS, 0.0) + sum(self._weights.get(sign, 0.0) for sign in signs)

    def power(self, signs: dict[str, float]) -> float:
        """The odds that graded signs give; only their ratio to another table's means anything."""
        total = self._weights.get(_BIAS, 0.0)
        total += sum(self._weights.get(sign, 0.0) * value for sign, value in signs.items())
        return math.exp(max(-30.0, min(30.0, total)))
