"""All servers of one run, over the same rows, each checked to give the same answers."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from benchmarks.events.database import ROOT
from benchmarks.events.measure import Ask, Contender
from benchmarks.events.peers import started_peers
from benchmarks.events.servers import (
    Server,
    free_port,
    product_environment,
    running,
    vric,
)
from benchmarks.events.workload import DEPTH, Place, Workload, workloads

CACHE_BYTES = 33_554_432
STRIDE = 10_000
COLD, CACHED, SMALL = "cold", "cached", "cold, 200k"
CEILING, CEILING_BYTES = "ceiling", "ceiling, bytes"


@dataclass(slots=True)
class Bench:
    """Running servers, and what kept others from running or from being timed."""

    contenders: list[Contender] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def server(self, name: str) -> Server:
        """The process behind a contender."""
        return next(c.server for c in self.contenders if c.name == name)


@contextmanager
def open_bench(url: str, small_url: str | None, rows: int, with_peers: bool) -> Iterator[Bench]:
    """Start every server and compare what they answer.

    Args:
        small_url: a smaller database to measure growth against, in the same run.
    """
    with ExitStack() as stack:
        cold = stack.enter_context(_product(COLD, url, 0))
        cached = stack.enter_context(_product(CACHED, url, CACHE_BYTES))
        place = _walk(cold)
        asked = workloads(place)
        bench = Bench(names=[workload.name for workload in asked])
        ours = _asks(cold, asked, _make_key(url))
        bench.names = list(ours)
        bench.contenders = [Contender(COLD, cold, ours), Contender(CACHED, cached, ours)]
        for name, kind in ((CEILING, "text"), (CEILING_BYTES, "bytes")):
            server = stack.enter_context(_ceiling(name, kind, url, place))
            asks = {w.name: Ask(f"/{w.name}") for w in asked if w.sql}
            bench.contenders.append(Contender(name, server, asks))
        if small_url is not None:
            small = stack.enter_context(_product(SMALL, small_url, 0))
            paths = {w.name: w.path for w in workloads(_walk(small))}
            asks = {name: Ask(paths[name]) for name in ("W1", "W2", "W3", "W4a", "W4b")}
            bench.contenders.append(Contender(SMALL, small, asks))
        if with_peers:
            found, bench.failed = stack.enter_context(started_peers(url, rows, place))
            bench.contenders += found
        _check(bench, cold, asked)
        yield bench


@contextmanager
def _product(name: str, url: str, cache_bytes: int) -> Iterator[Server]:
    port = free_port()
    command = vric("serve", "--port", str(port))
    environment = product_environment(url, cache_bytes)
    with running(name.replace(", ", "-"), command, port, "/healthz", environment) as server:
        yield server


@contextmanager
def _ceiling(name: str, kind: str, url: str, place: Place) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.events.ceiling", kind, url, str(port),
               place.day.isoformat(), str(place.event_id)]  # fmt: skip
    with running(name.replace(", ", "-"), command, port, "/W2") as server:
        yield server


def _walk(server: Server) -> Place:
    """Follow the product's own links to the end of row 150,000, in pages of ten thousand."""
    path = f"/v1/events?limit={STRIDE}"
    for _ in range(DEPTH // STRIDE):
        page = _get(server, path).json()
        path = next(link["href"] for link in page["links"] if link["rel"] == "next")
    last = page["items"][-1]
    cursor = path.partition("cursor=")[2].partition("&")[0]
    return Place(cursor, date.fromisoformat(last["published_on"]), last["id"])


def _asks(server: Server, asked: list[Workload], key: str) -> dict[str, Ask]:
    asks = {w.name: Ask(w.path, connections=8 if w.sql else 1) for w in asked}
    newest = asks["W2"].path
    tag = _get(server, newest).headers["ETag"]
    asks["W2 key"] = Ask(newest, (f"X-API-Key: {key}",))
    asks["W7"] = Ask(newest, (f"If-None-Match: {tag}",), 304)
    asks["W7 alone"] = Ask(newest, (f"If-None-Match: {tag}",), 304, connections=1)
    return asks


def _make_key(url: str) -> str:
    """An account and its key, by the product's own commands."""
    email = f"bench-{time.time_ns()}@example.org"
    environment = product_environment(url, 0)
    for arguments in (("account", "create", email), ("key", "create", email)):
        done = subprocess.run(
            vric(*arguments), capture_output=True, text=True, check=True, cwd=ROOT, env=environment
        )
    return done.stdout.strip()


def _check(bench: Bench, cold: Server, asked: list[Workload]) -> None:
    """Keep from timing what does not give the product's rows, and say so."""
    wanted = {w.name: _ids(_get(cold, w.path)) for w in asked if w.sql}
    for place, contender in enumerate(bench.contenders):
        if contender.name == SMALL:
            continue
        same = dict(contender.asks)
        for name in set(same) & set(wanted):
            try:
                given = _ids(_get(contender.server, same[name].path))
            except httpx.HTTPError as error:
                given, reason = [], str(error)
            else:
                reason = f"{len(set(given) & set(wanted[name]))} of {len(wanted[name])} ids agree"
            if given != wanted[name]:
                bench.failed[f"{name} {contender.name}"] = reason
                del same[name]
        bench.contenders[place] = Contender(contender.name, contender.server, same, contender.note)


def _ids(response: httpx.Response) -> list[int]:
    answer: Mapping[str, Any] = response.json()
    members = next(answer[name] for name in ("items", "features", "rows") if name in answer)
    return [int(member["id"]) for member in members]


def _get(server: Server, path: str) -> httpx.Response:
    answer = httpx.get(f"http://127.0.0.1:{server.port}{path}", timeout=120, follow_redirects=True)
    return answer.raise_for_status()
