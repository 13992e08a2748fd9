"""Listens for lines on a UDP and a TCP port of one number."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.core.errors import CommandError
from app.itineraries.receiving.pending import Pending

MAX_LINE_BYTES = 1_024
MAX_CONNECTIONS = 200
_DATAGRAM_BYTES = 65_535
_KERNEL_BUFFER_BYTES = 8 << 20


@asynccontextmanager
async def listening(host: str, port: int, pending: Pending) -> AsyncIterator[int]:
    """Take lines in until the end of the block; yields the port.

    Raises:
        CommandError: nobody can listen there.
    """
    try:
        server = await asyncio.start_server(
            _Connections(pending).serve, host, port, limit=MAX_LINE_BYTES
        )
        address = server.sockets[0].getsockname()
        datagrams = _datagram_socket(server.sockets[0].family, address)
    except (OSError, OverflowError) as error:
        raise CommandError(f"cannot listen on {host}:{port}: {error}") from None
    receiving = asyncio.create_task(_receive(datagrams, pending))
    try:
        yield int(address[1])
    finally:
        receiving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await receiving
        datagrams.close()
        server.close()


class _Connections:
    """TCP connections, a bounded number at a time."""

    def __init__(self, pending: Pending) -> None:
        self._pending = pending
        self._open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername") or ("?", 0)
        self._open += 1
        try:
            if self._open <= MAX_CONNECTIONS:
                await self._read(reader, f"tcp {peer[0]}:{peer[1]}")
        except OSError:
            pass  # the receiver will come back
        finally:
            self._open -= 1
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, origin: str) -> None:
        while True:
            try:
                line = await reader.readuntil(b"\n")
            except asyncio.LimitOverrunError:
                line = await reader.read(MAX_LINE_BYTES)  # told as no sentence
            except asyncio.IncompleteReadError as end:
                if end.partial.strip():
                    await self._pending.put(origin, end.partial)
                return
            if line.strip():
                await self._pending.put(origin, line)


def _datagram_socket(family: int, address: tuple[str, int]) -> socket.socket:
    datagrams = socket.socket(family, socket.SOCK_DGRAM)
    try:
        datagrams.setblocking(False)
        datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER_BYTES)
        datagrams.bind(address)
    except OSError:
        datagrams.close()
        raise
    return datagrams


async def _receive(datagrams: socket.socket, pending: Pending) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            content, peer = await loop.sock_recvfrom(datagrams, _DATAGRAM_BYTES)
        except OSError:
            continue  # an answer to nothing that we sent
        for line in content.split(b"\n"):
            if line.strip():
                await pending.put(f"udp {peer[0]}:{peer[1]}", line[:MAX_LINE_BYTES])
