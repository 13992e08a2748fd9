"""Prints how well the coder codes: `python -m benchmarks.coding [--errors]`."""

from __future__ import annotations

import argparse
import time

from app.reports.coding import Coder
from benchmarks.coding.items import read_demo, read_labelled
from benchmarks.coding.measures import (
    Pair,
    score_category_f1,
    score_lists,
    score_main,
    score_place,
    score_value,
)

_LISTS = ("actors", "countries", "topics", "categories_also")
_VALUES = ("category", "status", "precision", "occurred_on", "occurred_until", "language", "outlet")
_COMPARED = ("actors", "countries", "category", "topics", "status", "precision", "occurred_on")


def main() -> None:
    """Codes every labelled item once and prints a table for each set and language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", action="store_true", help="list wrong fields of the dev split")
    arguments = parser.parse_args()
    started = time.perf_counter()
    coder = Coder()
    loaded = time.perf_counter()
    pairs: list[Pair] = [(i, coder.code(i.text)) for i in read_labelled() + read_demo()]
    done = time.perf_counter()
    sets = {
        name: [pair for pair in pairs if pair[0].split == name] for name in ("dev", "test", "demo")
    }
    for language in ("en", "es", "pt", "fr"):
        sets[f"test {language}"] = [p for p in sets["test"] if p[0].language == language]
    _print_table({name: found for name, found in sets.items() if found})
    print(f"\nlexicons {loaded - started:.2f} s, {len(pairs)} items {done - loaded:.2f} s")
    if arguments.errors:
        _print_errors(sets["dev"] + sets["demo"])


def _print_table(sets: dict[str, list[Pair]]) -> None:
    names = list(sets)
    print(f"{'':25}" + "".join(f"{name:>16}" for name in names))
    print(f"{'items':25}" + "".join(f"{len(sets[name]):>16}" for name in names))
    for field in _LISTS:
        scores = [score_lists(sets[name], field) for name in names]
        cells = (f"{s.precision:.2f} {s.recall:.2f} {s.f1:.3f}" for s in scores)
        print(f"{field + '  P R F1':25}" + "".join(f"{cell:>16}" for cell in cells))
    for field in ("actors", "countries"):
        _print_row(f"{field}, main first", [score_main(sets[name], field) for name in names])
    _print_row("category, macro F1", [score_category_f1(sets[name]) for name in names])
    for field in _VALUES:
        _print_row(f"{field}, accuracy", [score_value(sets[name], field) for name in names])
    places = [score_place(sets[name]) for name in names]
    _print_row("point within 50 km", [near for near, _ in places])
    _print_row("point or none, right", [agree for _, agree in places])


def _print_row(title: str, values: list[float]) -> None:
    print(f"{title:25}" + "".join(f"{value:>16.3f}" for value in values))


def _print_errors(pairs: list[Pair]) -> None:
    for item, event in pairs:
        for field in _COMPARED:
            got, want = getattr(event, field), item.expected[field]
            same = set(got) == set(want) if isinstance(want, list) else (
                (str(got) if got is not None else None) == want
            )  # fmt: skip
            if not same:
                evidence = event.coding[field].evidence if field in event.coding else ()
                print(f"{item.id} {field}: {got} for {want} {list(evidence)}")


if __name__ == "__main__":
    main()
