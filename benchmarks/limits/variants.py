"""The service with each limiter, and a check that all give the same answers and count right."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from app.worker import URL_VARIABLE
from benchmarks.events.contenders import CACHE_BYTES
from benchmarks.events.measure import Ask, Contender
from benchmarks.events.servers import Server, free_port, product_environment, running
from benchmarks.limits.server import GATED, NONE, PRODUCT, SLOWAPI

EVENTS, TRIVIAL = "events", "gated"
PATHS = {EVENTS: "/v1/events?limit=10", TRIVIAL: GATED}
WITHOUT, MEMORY, NEAR, FAR = "no limiter", "memory", "Redis", "Redis far"
SLOW_MEMORY, SLOW_NEAR, SLOW_FAR = "slowapi memory", "slowapi Redis", "slowapi Redis far"
CHECKED = 20


@contextmanager
def open_variants(url: str, near: int, far: int, connections: int) -> Iterator[list[Contender]]:
    """Every variant as a server, checked.

    Args:
        near: the port of Redis.
        far: the port through which it is at a distance.
    """
    # Each counts in a database of its own, so that the check can tell its counts.
    chosen = {
        WITHOUT: (NONE, None),
        MEMORY: (PRODUCT, None),
        NEAR: (PRODUCT, f"redis://127.0.0.1:{near}/0"),
        FAR: (PRODUCT, f"redis://127.0.0.1:{far}/1"),
        SLOW_MEMORY: (SLOWAPI, None),
        SLOW_NEAR: (SLOWAPI, f"redis://127.0.0.1:{near}/2"),
        SLOW_FAR: (SLOWAPI, f"redis://127.0.0.1:{far}/3"),
    }
    with ExitStack() as stack:
        variants = []
        for name, (limiter, redis_url) in chosen.items():
            server = stack.enter_context(_served(name, url, limiter, redis_url))
            names = (TRIVIAL,) if limiter == SLOWAPI else (EVENTS, TRIVIAL)
            asks = {one: Ask(PATHS[one], connections=connections) for one in names}
            variants.append(Contender(name, server, asks))
        _check(variants)
        yield variants


@contextmanager
def _served(name: str, url: str, limiter: str, redis_url: str | None) -> Iterator[Server]:
    port = free_port()
    environment = {**product_environment(url, CACHE_BYTES), URL_VARIABLE: url}
    if redis_url is not None:
        environment["VRIC_REDIS_URL"] = redis_url
    command = [sys.executable, "-m", "benchmarks.limits.server", limiter, str(port)]
    with running(name.replace(" ", "-"), command, port, "/healthz", environment) as server:
        yield server


def _check(variants: list[Contender]) -> None:
    """Refuse to time what answers differently, or does not count each request once."""
    bodies: dict[str, bytes] = {}
    for variant in variants:
        with httpx.Client(base_url=f"http://127.0.0.1:{variant.server.port}") as client:
            for name, ask in variant.asks.items():
                answers = [client.get(ask.path).raise_for_status() for _ in range(CHECKED)]
                for answer in answers:
                    assert answer.content == bodies.setdefault(name, answer.content), variant.name
                _check_headers(variant.name, answers)


def _check_headers(name: str, answers: list[httpx.Response]) -> None:
    left = [answer.headers.get("x-ratelimit-remaining") for answer in answers]
    if name == WITHOUT:
        assert left == [None] * CHECKED, name
        return
    counts = [int(one) for one in left if one is not None]
    assert counts == list(range(counts[0], counts[0] - CHECKED, -1)), (name, left)
    for header in ("x-ratelimit-limit", "x-ratelimit-reset"):
        assert all(header in answer.headers for answer in answers), (name, header)
    if "slowapi" not in name:
        for header in ("ratelimit", "ratelimit-policy"):
            assert all(header in answer.headers for answer in answers), (name, header)
