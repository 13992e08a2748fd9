"""A Redis of the benchmark's own, the same one at a distance, and how far that is."""

import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks.events.database import DATA, ROOT
from benchmarks.events.servers import free_port

PINGS = 200


@contextmanager
def redis_server() -> Iterator[int]:
    """The port of a Redis that stores nothing on disk.

    Raises:
        SystemExit: there is no redis-server.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("redis-server is needed: apt-get install redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(DATA)]
    with _listening([program, *options], port):
        yield port


@contextmanager
def at_a_distance(target: int, round_trip_ms: float) -> Iterator[int]:
    """A port through which `target` answers later by `round_trip_ms`, half on each way."""
    port = free_port()
    arguments = [str(port), str(target), str(round_trip_ms / 2)]
    with _listening([sys.executable, "-m", "benchmarks.limits.proxy", *arguments], port):
        yield port


def ping_ms(port: int) -> float:
    """The median time until Redis answers a PING, in milliseconds."""
    took = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(PINGS):
            began = time.perf_counter()
            connection.sendall(b"PING\r\n")
            assert connection.recv(64) == b"+PONG\r\n"
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e3


@contextmanager
def _listening(command: Sequence[str], port: int) -> Iterator[None]:
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 10
            while not _answers(port):
                assert process.poll() is None, command
                assert time.monotonic() < until, command
                time.sleep(0.05)
            yield
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
