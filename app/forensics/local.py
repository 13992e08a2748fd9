"""Analyses of a file, without a database: what `vric forensics …` prints, record by record."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from app.core.errors import CommandError
from app.forensics.analysis import coordination, coortweet
from app.forensics.analysis.coordination import Coordination, Descriptions
from app.forensics.analysis.coshares import TooManyPairsError
from app.forensics.analysis.edges import Edges
from app.forensics.analysis.shares import Integers, Shares
from app.forensics.analysis.windows import estimate_window
from app.forensics.sources.posts import ALIASES
from app.forensics.sources.shares import ShareColumns, read_shares
from app.forensics.sources.tables import TableError
from app.ingest.rejects import Reject

SHOWN_REJECTS = 100
BLOCK_EDGES = 100_000

Record = dict[str, Any]


@dataclass(slots=True)
class Rejects:
    """Tells on stderr which rows are left out: the first hundred, and how many in all."""

    count: int = 0
    shown: list[str] = field(default_factory=list)

    def __call__(self, rejected: Reject) -> None:
        self.count += 1
        if self.count <= SHOWN_REJECTS:
            tell(f"line {rejected.line}: {rejected.reason}")

    def summary(self) -> str:
        """How many rows were left out, in words; empty where none was."""
        return f"; {self.count:,} rows left out" if self.count else ""


def tell(message: str) -> None:
    """A line on stderr, apart from the answer."""
    sys.stderr.write(f"{message}\n")


@dataclass(frozen=True, slots=True)
class CoordinationOptions:
    """What `vric forensics coordination` is asked."""

    method: str
    window_s: float | None
    min_participation: int
    quantile: float | None
    every_edge: bool


def coordination_records(
    file: Path,
    columns: Mapping[str, str],
    described_by: Mapping[str, str],
    options: CoordinationOptions,
) -> Iterator[Record]:
    """The edges of a file of shares; a summary goes to stderr.

    Raises:
        CommandError: the file is no table, or makes too many pairs.
    """
    rejects = Rejects()
    try:
        read = read_shares(file, columns, _with_aliases(described_by, columns), rejects)
    except TableError as error:
        raise CommandError(str(error)) from None
    shares = _shares(read)
    window_s = options.window_s
    if window_s is None:
        window_s = estimate_window(shares)
        tell(f"window: {window_s:g} s, estimated from the data")
    counted = f"{len(shares):,} shares of {len(shares.accounts):,} accounts{rejects.summary()}"
    try:
        if options.method == coortweet.METHOD:
            yield from _coortweet_records(shares, window_s, options, counted)
        else:
            yield from _tested_records(shares, window_s, options, read.extra, counted)
    except TooManyPairsError as error:
        raise CommandError(f"{file}: {error}") from None


def _with_aliases(described_by: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    """The columns that describe shares, then the usual other names of each ("text body": body)."""
    wanted = dict(described_by)
    for name in described_by:
        for alias in ALIASES.get(name, ()):
            if alias not in {*columns.values(), *described_by.values()}:
                wanted[f"{name} {alias}"] = alias
    return wanted


def _shares(read: ShareColumns) -> Shares:
    account, object_, content = (
        pa.chunked_array(column, pa.string())
        for column in (read.account, read.object, read.content)
    )
    at_us = np.concatenate([np.zeros(0, np.int64), *read.at_us])
    return Shares.of(account, object_, content, at_us)


def _coortweet_records(
    shares: Shares, window_s: float, options: CoordinationOptions, counted: str
) -> Iterator[Record]:
    edges = coortweet.detect(shares, window_s, options.min_participation)
    if options.quantile is not None:
        edges = coortweet.above_quantile(edges, options.quantile)
    tell(f"{counted}; {len(edges):,} edges")
    for rows in _blocks(np.arange(len(edges))):
        yield from _edge_records(shares, edges.where(rows), "pairs")


def _tested_records(
    shares: Shares, window_s: float, options: CoordinationOptions,
    extra: Mapping[str, list[Any]], counted: str,
) -> Iterator[Record]:  # fmt: skip
    # A column that is missing, or empty throughout, counts as not given.
    given: dict[str, list[str | None]] = {}
    for name, values in extra.items():
        if any(values):
            given.setdefault(name.partition(" ")[0], [_text(value) for value in values])
    known = Descriptions(**given)
    found = coordination.analyse(shares, window_s, options.min_participation, known)
    _tell_outcome(found, counted)
    told = np.arange(len(found.edges)) if options.every_edge else np.flatnonzero(found.significant)
    for rows in _blocks(told):
        records = _edge_records(shares, found.edges.where(rows), "objects")
        for row, record in zip(rows.tolist(), records, strict=True):
            record["expected"] = float(found.expected[row])
            record["p"], record["q"] = float(found.p[row]), float(found.q[row])
            record["benign"] = found.benign[row]
            yield record


def _blocks(rows: Integers) -> Iterator[Integers]:
    """The rows some at a time, so that many edges are never all in memory as objects."""
    for start in range(0, len(rows), BLOCK_EDGES):
        yield rows[start : start + BLOCK_EDGES]


def _edge_records(shares: Shares, edges: Edges, weight: str) -> Iterator[Record]:
    columns = zip(
        shares.accounts.take(edges.a).to_pylist(), shares.accounts.take(edges.b).to_pylist(),
        getattr(edges, weight).tolist(), edges.mean_delta_s.tolist(), strict=True,
    )  # fmt: skip
    return (
        {"account_a": a, "account_b": b, "weight": weight, "avg_time_delta_s": delta_s}
        for a, b, weight, delta_s in columns
    )


def _tell_outcome(found: Coordination, counted: str) -> None:
    findings, explained = (
        int(found.findings.sum()),
        int((found.significant & ~found.findings).sum()),
    )
    tell(
        f"{counted}; {len(found.edges):,} pairs met, {findings:,} more often than by chance"
        f" (q <= 0.01, k >= 3), {explained:,} with a benign explanation"
    )
    if slow := found.slow_findings:
        tell(f"{slow:,} of them hold only within more than a minute: fans may do the same")
    if popular := len(found.tested.too_popular):
        tell(f"{popular:,} objects left out: so many share them at once that they tell nothing")
    checks = ", ".join(f"{check.explanation} {check.outcome}" for check in found.checks)
    tell(f"checks: {checks}")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
