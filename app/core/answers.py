"""Entity tags, conditional requests and a bounded memory of answers, for reads of public data.

An answer is a function of the data version, the request line, the accepted formats and the plan;
its tag is made of these four, so a 304 needs no query.
"""

import asyncio
import hashlib
import importlib.metadata
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.metrics import ANSWERS_FROM_MEMORY, NOT_MODIFIED

# Another release may say the same in another way.
RELEASE = importlib.metadata.version("vric-monitor").encode()
MAX_KEPT_ANSWER = 1_048_576
MAX_WAIT_SECONDS = 5.0
OVERHEAD = 1_024  # of one kept answer besides its body: tag, headers, the objects that hold them


@dataclass(frozen=True, slots=True)
class _Answer:
    headers: list[tuple[bytes, bytes]]
    body: bytes

    @property
    def size(self) -> int:
        return len(self.body) + OVERHEAD


class AnswerMemory:
    """Least recently used answers up to a number of bytes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._answers: OrderedDict[bytes, _Answer] = OrderedDict()

    @property
    def is_on(self) -> bool:
        return self._max_bytes > 0

    def find(self, tag: bytes) -> _Answer | None:
        answer = self._answers.get(tag)
        if answer is not None:
            self._answers.move_to_end(tag)
        return answer

    def keep(self, tag: bytes, answer: _Answer) -> None:
        if answer.size > min(MAX_KEPT_ANSWER, self._max_bytes) or tag in self._answers:
            return
        self._answers[tag] = answer
        self._bytes += answer.size
        while self._bytes > self._max_bytes:
            _, oldest = self._answers.popitem(last=False)
            self._bytes -= oldest.size


class Answers:
    """Middleware that tags, revalidates and remembers GET answers under the given prefixes."""

    def __init__(
        self,
        app: ASGIApp,
        prefixes: Sequence[str],
        version: Callable[[Scope], int | str | None],
        audience: Callable[[Scope], str],
        memory_bytes: int,
    ) -> None:
        self._app = app
        self._prefixes = tuple(prefixes)
        self._version = version
        self._audience = audience
        self._memory = AnswerMemory(memory_bytes)
        self._computing: dict[bytes, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or not scope["path"].startswith(self._prefixes)
            or (version := self._version(scope)) is None
        ):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        audience = self._audience(scope)
        accept = headers.get("accept", "")
        tag = self._tag(scope, version, "" if accept == "*/*" else accept, audience)
        private = audience != "anonymous"
        known = _tags_known_to_the_client(headers)
        if tag.decode() in known:
            await _send_not_modified(send, tag, private)
            return
        recorder = _Recorder(send, tag, private, withhold="*" in known)
        if await self._answer_from_memory(recorder, tag):
            return
        async with self._alone(tag) as let_others_go:
            recorder.on_stream = let_others_go
            await self._app(scope, receive, recorder)
            if (answer := recorder.answer()) is not None:
                self._memory.keep(tag, answer)

    async def _answer_from_memory(self, send: Send, tag: bytes) -> bool:
        if (computing := self._computing.get(tag)) is not None:
            # Not for ever: an answer can take as long as the database allows.
            with suppress(TimeoutError):
                await asyncio.wait_for(computing.wait(), MAX_WAIT_SECONDS)
        kept = self._memory.find(tag)
        if kept is None:
            return False
        ANSWERS_FROM_MEMORY.inc()
        await send({"type": "http.response.start", "status": 200, "headers": list(kept.headers)})
        await send({"type": "http.response.body", "body": kept.body})
        return True

    @asynccontextmanager
    async def _alone(self, tag: bytes) -> AsyncIterator[Callable[[], None]]:
        """Let others who ask the same wait for this answer instead of computing it as well.

        Yields what ends their waiting early: a stream is not kept, and lasts as long as its reader
        takes.
        """
        done = asyncio.Event()
        if self._memory.is_on:
            self._computing.setdefault(tag, done)

        def let_others_go() -> None:
            if self._computing.get(tag) is done:
                del self._computing[tag]
            done.set()

        try:
            yield let_others_go
        finally:
            let_others_go()

    @staticmethod
    def _tag(scope: Scope, version: int | str, accept: str, audience: str) -> bytes:
        line = b"\n".join(
            (
                scope["path"].encode(),
                scope["query_string"],
                accept.encode(),
                audience.encode(),
                RELEASE,
            )
        )
        return f'"{version}-{hashlib.blake2b(line, digest_size=9).hexdigest()}"'.encode()


class _Recorder:
    """Adds the caching headers to a success and keeps what was sent, unless it is a stream.

    `withhold` is for `If-None-Match: *`: only the answer tells whether there is anything, so it is
    made, and a 304 goes out in its place.
    """

    def __init__(self, send: Send, tag: bytes, private: bool, withhold: bool) -> None:
        self._send = send
        self._tag = tag
        self._private = private
        self._withhold = withhold
        self._withheld = False
        self.on_stream: Callable[[], None] = lambda: None
        self._headers: list[tuple[bytes, bytes]] | None = None
        self._body: bytes | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            self._headers = list(message["headers"])
            message["headers"].extend([(b"etag", self._tag), *_caching(self._private)])
            if self._withhold:
                self._withheld = True
                await _send_not_modified(self._send, self._tag, self._private)
        elif message["type"] == "http.response.body" and self._headers is not None:
            first_and_last = self._body is None and not message.get("more_body", False)
            self._body = message.get("body", b"") if first_and_last else b""
            if not first_and_last:
                self._headers = None
                self.on_stream()
        if not self._withheld:
            await self._send(message)

    def answer(self) -> _Answer | None:
        if self._headers is None or self._body is None:
            return None
        return _Answer(self._headers, self._body)


def _caching(private: bool) -> list[tuple[bytes, bytes]]:
    control = (
        b"private, max-age=60" if private else b"public, max-age=60, stale-while-revalidate=300"
    )
    return [(b"cache-control", control), (b"vary", b"Accept, Authorization, X-API-Key")]


def _tags_known_to_the_client(headers: Headers) -> set[str]:
    """The entity tags of `If-None-Match`, which compares weakly; `*` stands for any."""
    lines = headers.getlist("if-none-match")
    return {given.strip().removeprefix("W/") for line in lines for given in line.split(",")}


async def _send_not_modified(send: Send, tag: bytes, private: bool) -> None:
    NOT_MODIFIED.inc()
    headers = [(b"etag", tag), *_caching(private)]
    await send({"type": "http.response.start", "status": 304, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
