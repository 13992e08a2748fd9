"""Lines that came in and are not committed yet: few, and for a short time."""

import asyncio
import re
import time
from dataclasses import dataclass

MAX_LINES = 1_000
MAX_WAIT_S = 1.0
_BARE = re.compile(rb"![^*]*\*[0-9A-Fa-f]{2}")
_PART = re.compile(rb"![A-Za-z]{2}VD[MO],([1-9]),([1-9]),")


@dataclass(frozen=True, slots=True)
class Line:
    """One line with who sent it and when it came (UTC, seconds since 1970)."""

    origin: str
    text: bytes
    received_at: float

    def stamped(self) -> bytes:
        """The line with when it came, as loggers write it, unless it tells the time itself."""
        text = self.text.strip()
        stamp = b"\\c:%.6f\\" % self.received_at if _BARE.fullmatch(text) else b""
        return stamp + text + b"\n"


class Pending:
    """Holds at most `MAX_LINES`; who brings more waits, which a TCP sender and the kernel's buffer
    of datagrams bear."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._room = asyncio.Semaphore(MAX_LINES)
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()
        self._held: Line | None = None
        self.closed = False

    def close(self) -> None:
        """Nothing comes any more: whoever gathers need not wait."""
        self.closed = True
        self._arrived.set()
        self._full.set()

    def __len__(self) -> int:
        return len(self._lines)

    async def put(self, origin: str, text: bytes) -> None:
        """Take a line in, as soon as there is room for it."""
        await self._room.acquire()
        self._lines.append(Line(origin, text, time.time()))
        self._arrived.set()
        if len(self._lines) >= MAX_LINES:
            self._full.set()

    async def gather(self) -> list[Line]:
        """What is to be committed now: all that came within a second, or as many lines as may wait.

        They stay here until `release`. Parts of a message whose rest is still to come wait once.
        """
        await self._arrived.wait()
        try:
            async with asyncio.timeout(MAX_WAIT_S):
                await self._full.wait()
        except TimeoutError:
            pass
        ready = len(self._lines) - _unfinished([line.text for line in self._lines[-9:]])
        begun = self._lines[ready] if ready < len(self._lines) else None
        if self.closed or begun is self._held:
            begun, ready = None, len(self._lines)
        self._held = begun
        return self._lines[:ready]

    def release(self, count: int) -> None:
        """Forget the first lines: they are committed."""
        del self._lines[:count]
        for _ in range(count):
            self._room.release()
        if not self.closed:
            self._full.clear()
            if not self._lines:
                self._arrived.clear()


def _unfinished(last: list[bytes]) -> int:
    """How many of the last lines begin a message whose end is not among them."""
    for place in range(len(last) - 1, -1, -1):
        part = _PART.search(last[place])
        if part is None or part[1] == b"1" or part[1] == part[2]:
            return 0
        if part[2] == b"1":
            return len(last) - place
    return 0
