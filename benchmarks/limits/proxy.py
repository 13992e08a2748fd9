"""A TCP proxy on loopback that holds everything back for a while, in both directions."""

import asyncio
import sys
from typing import cast

import uvloop


class _Side(asyncio.Protocol):
    """One end of a connection: what it receives is written to the other end after the delay."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self.transport: asyncio.Transport | None = None
        self.other: _Side | None = None
        self._early: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclasses of asyncio's, and send without delay by themselves.
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        asyncio.get_running_loop().call_later(self._delay_s, self._pass_on, data)

    def connection_lost(self, error: Exception | None) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()

    def _pass_on(self, data: bytes) -> None:
        if self.other is None or self.other.transport is None:
            self._early.append(data)
        else:
            self.other.transport.write(data)

    def join(self, other: "_Side") -> None:
        """Pass on to `other`, first what came before there was one."""
        self.other = other
        for data in self._early:
            self._pass_on(data)
        self._early.clear()


async def _serve(port: int, target: int, delay_s: float) -> None:
    loop = asyncio.get_running_loop()
    joining: set[asyncio.Task[None]] = set()

    def accept() -> _Side:
        near = _Side(delay_s)

        async def join() -> None:
            _, far = await loop.create_connection(lambda: _Side(delay_s), "127.0.0.1", target)
            far.join(near)
            near.join(far)

        task = asyncio.create_task(join())
        joining.add(task)
        task.add_done_callback(joining.discard)
        return near

    server = await loop.create_server(accept, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000))
