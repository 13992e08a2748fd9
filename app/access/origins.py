"""Origins of web pages, written as browsers send them."""

from urllib.parse import urlsplit

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_DEFAULT_PORTS = {"https": ":443", "http": ":80"}


def read_origin(text: str) -> str:
    """An origin in the form of the header `Origin`.

    Raises:
        ValueError: it is none, or one without TLS of another machine.
    """
    parts = urlsplit(text.strip().lower())
    without_port = parts.netloc.rsplit(":", 1)[0] if parts.port is not None else parts.netloc
    if (
        parts.scheme not in _DEFAULT_PORTS
        or not parts.hostname
        or not parts.netloc.isascii()
        or "*" in parts.netloc
        or parts.username is not None
        or (parts.path, parts.query, parts.fragment) not in (("", "", ""), ("/", "", ""))
        or (parts.scheme == "http" and without_port not in _LOCAL)
    ):
        raise ValueError("an origin is like https://example.org, or http://localhost:3000")
    return f"{parts.scheme}://{parts.netloc.removesuffix(_DEFAULT_PORTS[parts.scheme])}"
