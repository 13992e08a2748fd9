"""The table of the limits: rates, processor times, and what of them the limiter is."""

import statistics

from benchmarks.events.measure import Result, Results
from benchmarks.events.report import table
from benchmarks.limits.variants import EVENTS, FAR, MEMORY, NEAR, TRIVIAL, WITHOUT

ADDED_US = {MEMORY: 60, NEAR: 180}
KEPT = 0.9


def render(results: Results, facts: str, pings: tuple[float, float]) -> str:
    """The whole report; `pings` are how long Redis takes to answer, near and far, in ms."""
    near, far = pings
    variants = list(results[TRIVIAL])
    rows = [
        (name, *_cells(results, EVENTS, name), *_cells(results, TRIVIAL, name)) for name in variants
    ]
    head = ("", "events: req/s", "CPU µs", "added µs", "gated: req/s", "CPU µs", "added µs")
    distance = f"Redis answers a PING in {near:.2g} ms, far in {far:.2g} ms (medians)."
    goals = table(("goal", "wanted", "measured", "met"), _goals(results))
    return "\n\n".join([f"{facts} {distance}", table(head, rows), goals]) + "\n"


def _cells(results: Results, route: str, variant: str) -> tuple[str, str, str]:
    row = results[route]
    if variant not in row:
        return ("", "", "")
    one, base = row[variant], row[WITHOUT]
    rate = f"{one.rate:,.0f} ({one.rate / base.rate:.2f})"
    return (rate, f"{one.cpu_us:,.0f}", "" if one is base else f"{_added(one, base):,.0f}")


def _added(one: Result, base: Result) -> float:
    return one.cpu_us - base.cpu_us


def _goals(results: Results) -> list[tuple[str, str, str, str]]:
    rows = []
    for route in (EVENTS, TRIVIAL):
        row = results[route]
        for variant in (name for name in ADDED_US if name in row):
            added, most = _added(row[variant], row[WITHOUT]), ADDED_US[variant]
            what = f"{route}, {variant}: added CPU µs"
            rows.append(_goal(what, f"<= {most}", f"{added:.0f}", added <= most))
        if {NEAR, FAR} <= row.keys():
            # Turn by turn, so that what else the machine does meets both.
            pairs = zip(row[FAR].rates, row[NEAR].rates, strict=True)
            kept = statistics.median(far / near for far, near in pairs)
            what = f"{route}: rate with Redis far, of loopback's"
            rows.append(_goal(what, f">= {KEPT}", f"{kept:.2f}", kept >= KEPT))
    return rows


def _goal(what: str, wanted: str, measured: str, met: bool) -> tuple[str, str, str, str]:
    return (what, wanted, measured, "yes" if met else "**no**")
