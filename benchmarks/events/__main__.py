"""`python -m benchmarks.events`: the events API beside a bare handler and other servers."""

import argparse
import asyncio
import os
import platform
from contextlib import ExitStack

import asyncpg

from benchmarks.events.contenders import open_bench
from benchmarks.events.database import DATA, bundled_server, prepare
from benchmarks.events.measure import measure
from benchmarks.events.report import Facts, render

SMALL_ROWS = 200_000


def main() -> None:
    """Load what is missing, measure, print the tables and keep them beside the data."""
    options = _options()
    with bundled_server() as server, ExitStack() as stack:
        url = asyncio.run(prepare(server, options.rows))
        small = asyncio.run(prepare(server, SMALL_ROWS)) if options.rows > SMALL_ROWS else None
        bench = stack.enter_context(open_bench(url, small, options.rows, options.peers))
        names = [name for name in bench.names if not options.only or name in options.only]
        results, failed = measure(bench.contenders, names, options.rounds, options.seconds)
        text = render(results, bench, failed, _facts(options, url))
    (DATA / f"report_{options.rows}.md").write_text(text, encoding="utf-8")
    print(f"\n{text}")


def _facts(options: argparse.Namespace, url: str) -> Facts:
    return Facts(
        options.rows, options.rounds, options.seconds, os.cpu_count() or 0,
        platform.python_version(), asyncio.run(_server_version(url)),
    )  # fmt: skip


async def _server_version(url: str) -> str:
    connection = await asyncpg.connect(url)
    version = connection.get_server_version()
    await connection.close()
    return f"{version.major}.{version.minor}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events", description=__doc__)
    parser.add_argument("--rows", type=int, default=SMALL_ROWS, help="events in the table")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each server")
    parser.add_argument("--seconds", type=float, default=1.5, help="length of one turn")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these workloads")
    parser.add_argument(
        "--no-peers", dest="peers", action="store_false", help="without tipg, pygeoapi, Datasette"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
