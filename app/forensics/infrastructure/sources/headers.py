"""Response headers: as `curl -D` writes them, or as JSON."""

import re
from typing import Any

import orjson

Header = tuple[str, str]
_MAX_HEADERS = 500
_MAX_VALUE = 4_096
_TOKEN = re.compile(r"[a-z0-9_-]{1,100}")


def read_headers(data: bytes) -> list[Header]:
    """Names in lower case with their values, in the order of the file.

    Raises:
        ValueError: it is neither.
    """
    if data.lstrip()[:1] in (b"{", b"["):
        try:
            return headers_of(orjson.loads(data))
        except orjson.JSONDecodeError:
            raise ValueError("no valid JSON") from None
    pairs = (line.partition(":") for line in data.decode("latin-1").splitlines())
    return _clean([(name, value) for name, colon, value in pairs if colon])


def headers_of(value: Any) -> list[Header]:
    """Headers from JSON: an object, a list of pairs, or HAR's list of name and value.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(value, dict):
        return _clean(
            [(name, one) for name, given in value.items()
             for one in (given if isinstance(given, list) else [given])]
        )  # fmt: skip
    if not isinstance(value, list):
        raise ValueError("headers are an object, or a list")
    pairs = []
    for item in value:
        if isinstance(item, dict):
            pairs.append((item.get("name"), item.get("value")))
        elif isinstance(item, list) and len(item) == 2:
            pairs.append((item[0], item[1]))
    return _clean(pairs)


def _clean(pairs: list[tuple[Any, Any]]) -> list[Header]:
    kept = []
    for given, value in pairs[:_MAX_HEADERS]:
        if not isinstance(given, str) or not isinstance(value, str | int | float):
            continue
        name = given.strip().lower()
        # A name of HTTP is a token; anything else is no header, whatever a file calls it.
        if _TOKEN.fullmatch(name):
            text = " ".join(str(value).split())
            kept.append((name, "".join(c for c in text if c.isprintable())[:_MAX_VALUE]))
    return kept
