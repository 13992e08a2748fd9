"""Ten-fold cross-validation of the weights: `python -m benchmarks.coding.cross [--errors]`."""

from __future__ import annotations

import sys
from unittest import mock

from app.reports.coding import Coder
from benchmarks.coding.fit import fit_all, read_fitted
from benchmarks.coding.items import Labelled
from benchmarks.coding.measures import Pair, score_category_f1, score_lists, score_value

FOLDS = 10


def cross_validate(items: list[Labelled]) -> list[Pair]:
    """Every item coded with weights fitted on the other nine tenths."""
    pairs: list[Pair] = []
    for fold in range(FOLDS):
        held = items[fold::FOLDS]
        rows = [
            {"decision": decision, "sign": sign, "weight": str(weight)}
            for decision, sign, weight in fit_all(i for i in items if i not in held)
        ]
        with mock.patch("app.reports.coding.weights.read_rows", lambda name, rows=rows: rows):
            coder = Coder()
        pairs += [(item, coder.code(item.text)) for item in held]
    return pairs


def main() -> None:
    """Prints the scores, and with `--errors` what was coded wrong."""
    pairs = cross_validate(read_fitted())
    print(f"{len(pairs)} items, {FOLDS} folds")
    for field in ("actors", "countries", "topics", "categories_also"):
        print(f"{field:24} F1 {score_lists(pairs, field).f1:.3f}")
    print(f"{'category, macro':24} F1 {score_category_f1(pairs):.3f}")
    for field in ("category", "status"):
        print(f"{field:24} accuracy {score_value(pairs, field):.3f}")
    if "--errors" in sys.argv:
        for item, event in pairs:
            for field in ("actors", "countries", "category", "topics", "status"):
                wanted, got = item.expected[field], getattr(event, field)
                if (set(wanted) != set(got)) if isinstance(wanted, list) else wanted != got:
                    words = event.coding[field].evidence
                    print(f"{field} {item.id}: {wanted} not {got} {words} | {item.text.summary}")


if __name__ == "__main__":
    main()
