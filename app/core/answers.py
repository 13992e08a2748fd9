"""Entity tags, conditional requests and a bounded memory of answers, for reads of public data.

An answer is a function of the data version, the request line, the accepted formats and the plan;
its tag is made of these four, so a 304 needs no query.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.metrics import ANSWERS_FROM_MEMORY, NOT_MODIFIED

MAX_KEPT_ANSWER = 1_048_576
MAX_WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Answer:
    headers: list[tuple[bytes, bytes]]
    body: bytes


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
        if len(answer.body) > min(MAX_KEPT_ANSWER, self._max_bytes) or tag in self._answers:
            return
        self._answers[tag] = answer
        self._bytes += len(answer.body)
        while self._bytes > self._max_bytes:
            _, oldest = self._answers.popitem(last=False)
            self._bytes -= len(oldest.body)


class Answers:
    """Middleware that tags, revalidates and remembers GET answers under the given prefixes."""

    def __init__(
        self,
        app: ASGIApp,
        prefixes: Sequence[str],
        version: Callable[[Scope], int | None],
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
            or scope["method"] not in ("GET", "HEAD")
            or not scope["path"].startswith(self._prefixes)
            or (version := self._version(scope)) is None
        ):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        audience = self._audience(scope)
        tag = self._tag(scope, version, headers.get("accept", ""), audience)
        private = audience != "anonymous"
        if _matches(headers.get("if-none-match"), tag):
            NOT_MODIFIED.inc()
            await _send_not_modified(send, tag, private)
            return
        if await self._answer_from_memory(scope, send, tag):
            return
        recorder = _Recorder(send, tag, private)
        async with self._alone(scope, tag):
            await self._app(scope, receive, recorder)
            if (answer := recorder.answer()) is not None and scope["method"] == "GET":
                self._memory.keep(tag, answer)

    async def _answer_from_memory(self, scope: Scope, send: Send, tag: bytes) -> bool:
        if (computing := self._computing.get(tag)) is not None:
            # Not for ever: a stream lasts as long as its reader takes.
            with suppress(TimeoutError):
                await asyncio.wait_for(computing.wait(), MAX_WAIT_SECONDS)
        kept = self._memory.find(tag)
        if kept is None:
            return False
        ANSWERS_FROM_MEMORY.inc()
        await send({"type": "http.response.start", "status": 200, "headers": list(kept.headers)})
        body = b"" if scope["method"] == "HEAD" else kept.body
        await send({"type": "http.response.body", "body": body})
        return True

    @asynccontextmanager
    async def _alone(self, scope: Scope, tag: bytes) -> AsyncIterator[None]:
        """Let others who ask the same wait for this answer instead of computing it as well."""
        if not self._memory.is_on or scope["method"] != "GET" or tag in self._computing:
            yield
            return
        done = self._computing[tag] = asyncio.Event()
        try:
            yield
        finally:
            del self._computing[tag]
            done.set()

    @staticmethod
    def _tag(scope: Scope, version: int, accept: str, audience: str) -> bytes:
        line = b"\n".join(
            (
                scope["path"].encode(),
                scope["query_string"],
                accept.encode(),
                audience.encode(),
            )
        )
        return f'"{version}-{hashlib.blake2b(line, digest_size=9).hexdigest()}"'.encode()


class _Recorder:
    """Adds the caching headers to a success and keeps what was sent, unless it is a stream."""

    def __init__(self, send: Send, tag: bytes, private: bool) -> None:
        self._send = send
        self._tag = tag
        self._private = private
        self._headers: list[tuple[bytes, bytes]] | None = None
        self._body: bytes | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            headers = MutableHeaders(raw=message["headers"])
            headers["ETag"] = self._tag.decode()
            for name, value in _caching(self._private):
                headers[name.decode()] = value.decode()
            self._headers = list(message["headers"])
        elif message["type"] == "http.response.body" and self._headers is not None:
            first_and_last = self._body is None and not message.get("more_body", False)
            self._body = message.get("body", b"") if first_and_last else b""
            if not first_and_last:
                self._headers = None
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


def _matches(if_none_match: str | None, tag: bytes) -> bool:
    if if_none_match is None:
        return False
    wanted = tag.decode()
    return any(given.strip().removeprefix("W/") == wanted for given in if_none_match.split(","))


async def _send_not_modified(send: Send, tag: bytes, private: bool) -> None:
    headers = [(b"etag", tag), *_caching(private)]
    await send({"type": "http.response.start", "status": 304, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
