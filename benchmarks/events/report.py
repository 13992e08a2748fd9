"""Tables in Markdown: rates and ratios, the goals, and what failed."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.events.contenders import CACHED, CEILING, CEILING_BYTES, COLD, SMALL, Bench
from benchmarks.events.measure import Result, Results

PEERS = ("tipg", "pygeoapi", "datasette")
LISTS = ("W1", "W2", "W3", "W4a", "W4b")
COLUMNS = (COLD, CACHED, CEILING, CEILING_BYTES, SMALL, *PEERS)


@dataclass(frozen=True, slots=True)
class Facts:
    """Under what a table was made."""

    rows: int
    rounds: int
    seconds: float
    cores: int
    python: str
    postgresql: str

    def text(self) -> str:
        return (
            f"{self.rows:,} events, {self.rounds} interleaved turns of {self.seconds:g} s for each"
            f" server, medians; {self.cores} cores, Python {self.python},"
            f" PostgreSQL {self.postgresql}."
        )


def render(results: Results, bench: Bench, failed: dict[str, str], facts: Facts) -> str:
    """The whole report."""
    parts = [
        facts.text(),
        "### Requests per second",
        _rates(results),
        "### Time of a request: median and 99th percentile in ms, processor time of the server in µs",
        _times(results),
        "### Goals",
        _goals(results, bench),
    ]
    notes = [f"{c.name}: {c.note}" for c in bench.contenders if c.note]
    if notes:
        parts.insert(1, "; ".join(notes) + ".")
    troubles = {**bench.failed, **failed}
    if troubles:
        parts += ["### Not timed", table(("what", "why"), troubles.items())]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: object) -> str:
    lines = [head, ["---"] * len(head), *rows]  # type: ignore[misc]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _shown(results: Results) -> list[str]:
    return [column for column in COLUMNS if any(column in row for row in results.values())]


def _rates(results: Results) -> str:
    columns = _shown(results)
    rows = []
    for name, row in results.items():
        cells = [_number(row[column].rate) if column in row else "" for column in columns]
        rows.append((name, *cells))
    return table(("", *columns), rows)


def _times(results: Results) -> str:
    columns = [column for column in _shown(results) if column != SMALL]
    rows = []
    for name, row in results.items():
        cells = [_time(row[column]) if column in row else "" for column in columns]
        rows.append((name, *cells))
    return table(("", *columns), rows)


def _time(result: Result) -> str:
    return f"{_number(result.p50_ms)} / {_number(result.p99_ms)}; {result.cpu_us:,.0f}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _goals(results: Results, bench: Bench) -> str:
    rows: list[tuple[str, str, str, str]] = []

    def goal(what: str, wanted: str, value: float, met: bool) -> None:
        rows.append((what, wanted, _number(value), "yes" if met else "**no**"))

    for name in LISTS:
        row = results.get(name, {})
        if COLD not in row:
            continue
        mine = row[COLD].rate
        for ceiling in (CEILING, CEILING_BYTES):
            if ceiling in row:
                share = mine / row[ceiling].rate
                goal(f"{name} cold, share of the {ceiling}", ">= 0.6", share, share >= 0.6)
        for peer in PEERS:
            if peer in row:
                times = mine / row[peer].rate
                goal(f"{name} cold, times {peer}", ">= 3", times, times >= 3)
        if SMALL in row and name in ("W2", "W3"):
            growth = row[SMALL].rate / mine
            goal(f"{name} cold, growth from 200k", "<= 1.3", growth, growth <= 1.3)
    if COLD in results.get("W2", {}) and COLD in results.get("W3", {}):
        depth = results["W2"][COLD].rate / results["W3"][COLD].rate
        goal("W3 against W2, cold", "<= 1.5", depth, depth <= 1.5)
    if COLD in results.get("W7 alone", {}):
        p50 = results["W7 alone"][COLD].p50_ms
        goal("304, median ms", "<= 2", p50, p50 <= 2)
    for name in (COLD, CACHED):
        peak = bench.server(name).peak_mib()
        goal(f"peak resident memory, {name}, MiB", "< 300", peak, peak < 300)
    return table(("goal", "wanted", "measured", "met"), rows)
