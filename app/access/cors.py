"""What pages of other origins may do: read everything, and write where a browser key may.

Nothing here is opened by a cookie, so any origin may ask; which pages may use a key is the key's.
"""

from collections.abc import Sequence
from typing import Any

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

# Where a page may write with a browser key; the account itself is changed by our own pages alone.
WRITABLE = ("/v1/exports", "/v1/watchlists")
_READ = ["GET", "HEAD", "OPTIONS"]
_WRITE = [*_READ, "POST", "PATCH", "DELETE"]
_HEADERS = ["Authorization", "X-API-Key", "If-None-Match"]


class Cors:
    """CORS by path: two policies, each of them the framework's."""

    def __init__(self, app: ASGIApp, exposed: Sequence[str]) -> None:
        common: dict[str, Any] = {
            "allow_origins": ["*"],
            "expose_headers": exposed,
            "max_age": 86_400,
        }
        self._reading = CORSMiddleware(app, allow_methods=_READ, allow_headers=_HEADERS, **common)
        self._writing = CORSMiddleware(
            app,
            allow_methods=_WRITE,
            allow_headers=[*_HEADERS, "Content-Type", "Idempotency-Key"],
            **common,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        policy = self._writing if path.startswith(WRITABLE) else self._reading
        await policy(scope, receive, send)
