"""Connections of clients: bounds on what one may hold before its request is whole.

The server's own protocol takes heads of any size, and waits for ever for the rest of a request.
"""

import asyncio
import uuid

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.core.errors import (
    HeadTooLargeError,
    MalformedRequestError,
    ProblemError,
    RequestTimeoutError,
)
from app.core.problems import problem_response

MAX_HEAD_BYTES = 65_536
PATIENCE_S = 30.0
MIN_BODY_BYTES = 1_024
"""What of a body must come within `PATIENCE_S`, as long as it is read."""


class BoundedProtocol(HttpToolsProtocol):
    """Refuses a head that does not end in size (431) or in time (408), and a body that stalls (408)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._unread = 0  # bytes that were no whole head yet, nor part of a body
        self._heard = 0  # bytes of a body since the client was last on time
        self._on_time = self.loop.time()
        self._watch = self.loop.call_later(PATIENCE_S, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(HeadTooLargeError(f"headers may have at most {MAX_HEAD_BYTES} bytes"))

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._unread = self._heard = 0
        self._on_time = self.loop.time()

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._unread = 0
        self._heard += len(body)
        if self._heard >= MIN_BODY_BYTES:
            self._heard = 0
            self._on_time = self.loop.time()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._on_time = self.loop.time()

    def send_400_response(self, msg: str) -> None:
        """What cannot be parsed is answered as every other error is."""
        self._refuse(MalformedRequestError(msg))

    def _look(self) -> None:
        if self._is_awaited() and self.loop.time() - self._on_time >= PATIENCE_S:
            self._refuse(RequestTimeoutError("the request did not come in time"))
        else:
            self._watch = self.loop.call_later(PATIENCE_S, self._look)

    def _is_awaited(self) -> bool:
        """Whether it is the client's turn; an idle connection between requests ends by itself."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return self.timeout_keep_alive_task is None
        paused = self.flow.read_paused or cycle.waiting_for_100_continue
        return cycle.more_body and not paused

    def _refuse(self, error: ProblemError) -> None:
        begun = self._unread > 0 or self.cycle is not None
        under_way = self.cycle is not None and self.cycle.response_started
        if begun and (not under_way or self.cycle.response_complete):
            request_id = uuid.uuid4().hex
            answer = problem_response(error, request_id)
            lines = [
                *answer.raw_headers, (b"x-request-id", request_id.encode()), (b"connection", b"close"),
            ]  # fmt: skip
            head = b"".join(b"%s: %s\r\n" % line for line in lines)
            self.transport.write(STATUS_LINE[error.status] + head + b"\r\n" + bytes(answer.body))
        self.transport.close()
