"""`python -m benchmarks.limits`: what counting requests costs, and what a Redis far away does to it."""

import argparse
import asyncio
import os
import platform

from benchmarks.events.database import DATA, bundled_server, prepare
from benchmarks.events.measure import measure
from benchmarks.limits.report import render
from benchmarks.limits.stores import at_a_distance, ping_ms, redis_server
from benchmarks.limits.variants import PATHS, open_variants

ROWS = 20_000


def main() -> None:
    """Start every variant, let them take turns, print the table and keep it beside the data."""
    options = _options()
    with (
        bundled_server() as database,
        redis_server() as near,
        at_a_distance(near, options.round_trip_ms) as far,
        open_variants(
            asyncio.run(prepare(database, ROWS)), near, far, options.connections
        ) as variants,
    ):
        pings = ping_ms(near), ping_ms(far)
        chosen = [one for one in variants if not options.only or one.name in options.only]
        results, failed = measure(chosen, list(PATHS), options.rounds, options.seconds)
    if failed:
        raise SystemExit(f"not timed: {failed}")
    text = render(results, _facts(options), pings)
    (DATA / "report_limits.md").write_text(text, encoding="utf-8")
    print(f"\n{text}")


def _facts(options: argparse.Namespace) -> str:
    return (
        f"{options.connections} connections, {options.rounds} interleaved turns of"
        f" {options.seconds:g} s for each, medians; {os.cpu_count()} cores,"
        f" Python {platform.python_version()}."
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.limits", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="turns of each variant")
    parser.add_argument("--seconds", type=float, default=1.0, help="length of one turn")
    parser.add_argument("--connections", type=int, default=128)
    parser.add_argument("--round-trip-ms", type=float, default=2.0, help="how far Redis far is")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these variants")
    return parser.parse_args()


if __name__ == "__main__":
    main()
