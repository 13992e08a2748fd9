"""Answering with a file: ranges as RFC 9110 has them, refusals as problem documents, HEAD unread."""

from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from app.core.errors import ProblemError
from app.core.http import is_head


class RangeNotSatisfiableError(ProblemError):
    status = 416
    code = "range_not_satisfiable"

    def __init__(self, content_range: str) -> None:
        size = content_range.rpartition("/")[2]
        super().__init__(
            f"the file has {size} bytes; the range is beyond its end",
            headers={"Content-Range": content_range},
        )


class RangedFile(FileResponse):
    """A file or ranges of it; a range that cannot be read is left aside, as is one with HEAD."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        whole = [(name, value) for name, value in scope["headers"] if name != b"range"]
        if is_head(scope):
            scope = {**scope, "method": "HEAD", "headers": whole}
        refusal: Message | None = None

        async def send_unless_refused(message: Message) -> None:
            nonlocal refusal
            if message["type"] == "http.response.start" and message["status"] >= 400:
                refusal = message
            if refusal is None:
                await send(message)

        await super().__call__(scope, receive, send_unless_refused)
        if refusal is None:
            return
        if refusal["status"] == 416:
            raise RangeNotSatisfiableError(dict(refusal["headers"])[b"content-range"].decode())
        await super().__call__({**scope, "headers": whole}, receive, send)
