"""The load: a number of kept-alive connections that ask for one address as fast as it is answered.

It runs as a process of its own, parses no more of an answer than where it ends, and prints one line
of JSON: requests, seconds, and latencies in milliseconds.
"""

import argparse
import asyncio
import json
import statistics
import time
from dataclasses import asdict, dataclass
from typing import cast

import uvloop


@dataclass(frozen=True, slots=True)
class Sample:
    """What one round of load measured."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    bytes_each: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


class _Connection(asyncio.Protocol):
    """Sends the request again whenever its answer is complete."""

    def __init__(self, request: bytes, status: bytes, until: float) -> None:
        self._request, self._status, self._until = request, status, until
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._left = -1
        self._chunked = False
        self._began = 0.0
        self.bytes_each = 0
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        assert self._transport is not None
        self._head, self._left, self._chunked = b"", -1, False
        self._began = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self._left >= 0:
            self._left -= len(data)
        elif self._chunked:
            self._head = (self._head + data)[-5:]
        else:
            data = self._head + data
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._head = data
                return
            self._read_head(data, end)
        if self._left == 0 or (self._chunked and self._head == b"0\r\n\r\n"):
            self._answered()

    def _read_head(self, data: bytes, end: int) -> None:
        lines = data[:end].lower().split(b"\r\n")
        if lines[0].split(b" ")[1] != self._status:
            raise RuntimeError(f"answered {data[:200]!r}")
        fields = dict(line.split(b": ", 1) for line in lines[1:] if b": " in line)
        if b"chunked" in fields.get(b"transfer-encoding", b""):
            self._chunked, self._head = True, data[-5:]
            return
        length = 0 if self._status == b"304" else int(fields[b"content-length"])
        self.bytes_each, self._left = length, length - (len(data) - end - 4)

    def _answered(self) -> None:
        now = time.perf_counter()
        self.latencies.append(now - self._began)
        if now < self._until:
            self._ask()
        elif self._transport is not None:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def _run(arguments: argparse.Namespace) -> Sample:
    lines = [f"GET {arguments.path} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*"]
    lines += arguments.header
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    loop = asyncio.get_running_loop()
    faults: list[str] = []
    loop.set_exception_handler(lambda _, context: faults.append(str(context.get("exception"))))
    started = time.perf_counter()
    until = started + arguments.seconds
    connections = []
    for _ in range(arguments.connections):
        _, connection = await loop.create_connection(
            lambda: _Connection(request, str(arguments.status).encode(), until),
            "127.0.0.1",
            arguments.port,
        )
        connections.append(connection)
    await asyncio.wait([c.done for c in connections], timeout=arguments.seconds + 60)
    seconds = time.perf_counter() - started
    latencies = sorted(spent for c in connections for spent in c.latencies)
    if faults or not latencies:
        raise SystemExit(f"{arguments.path}: {faults[:1] or 'no answer in time'}")
    p99 = latencies[int(len(latencies) * 0.99)]
    return Sample(
        len(latencies), seconds, statistics.median(latencies) * 1e3, p99 * 1e3,
        max(c.bytes_each for c in connections),
    )  # fmt: skip


def main() -> None:
    """Load one address."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--status", type=int, default=200)
    parser.add_argument("--header", action="append", default=[])
    print(json.dumps(asdict(uvloop.run(_run(parser.parse_args())))))


if __name__ == "__main__":
    main()
