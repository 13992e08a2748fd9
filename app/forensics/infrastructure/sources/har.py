"""HAR 1.2, the record of a page's loading that every browser can save."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from app.forensics.infrastructure.sources.headers import Header, headers_of
from app.forensics.infrastructure.sources.record import addresses

_MAX_ENTRIES = 5_000
_SCRIPTS = {"application/javascript", "text/javascript", "application/x-javascript", "text/css"}


@dataclass(slots=True)
class HarCapture:
    """What a HAR holds of its first party: the host of its first page."""

    host: str
    pages: list[tuple[str, bytes]] = field(default_factory=list)
    assets: list[tuple[str, bytes]] = field(default_factory=list)
    favicons: list[tuple[str, bytes]] = field(default_factory=list)
    headers: list[tuple[str, list[Header]]] = field(default_factory=list)
    ips: list[str] = field(default_factory=list)


def read_har(data: bytes) -> HarCapture:
    """The pages, files, headers and addresses of the host whose page comes first.

    Raises:
        ValueError: it is no HAR, or holds no page.
    """
    try:
        log = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
        entries = log["log"]["entries"][:_MAX_ENTRIES]
        exchanges = [_exchange(entry) for entry in entries]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, IndexError):
        raise ValueError("no HAR") from None
    first = next((one for one in exchanges if one.mime == "text/html" and one.host), None)
    if first is None:
        raise ValueError("a HAR without a page")
    capture = HarCapture(first.host)
    for one in exchanges:
        if one.host == first.host:
            _add(capture, one)
    capture.ips = addresses([one.ip for one in exchanges if one.host == first.host])
    return capture


@dataclass(frozen=True, slots=True)
class _Exchange:
    url: str
    host: str
    mime: str
    body: bytes
    headers: list[Header]
    ip: str


def _exchange(entry: dict[str, Any]) -> _Exchange:
    url = str(entry["request"]["url"])[:2_000]
    response = entry["response"]
    content = response.get("content") or {}
    try:
        host = urlsplit(url).hostname or ""
        body = _body(content)
        headers = headers_of(response.get("headers") or [])
    except ValueError:
        host, body, headers = "", b"", []
    mime = str(content.get("mimeType") or "").partition(";")[0].strip().lower()
    return _Exchange(url, host, mime, body, headers, str(entry.get("serverIPAddress") or ""))


def _body(content: dict[str, Any]) -> bytes:
    text = content.get("text")
    if not isinstance(text, str):
        return b""
    if content.get("encoding") != "base64":
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return b""


def _add(capture: HarCapture, one: _Exchange) -> None:
    if one.mime == "text/html":
        capture.pages.append((one.url, one.body))
        capture.headers.append((one.url, one.headers))
    elif not one.body:
        return
    elif one.mime in _SCRIPTS:
        capture.assets.append((one.url, one.body))
    elif "favicon" in one.url or urlsplit(one.url).path.endswith(".ico"):
        capture.favicons.append((one.url, one.body))
