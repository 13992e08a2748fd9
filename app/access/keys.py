"""API keys: a typed prefix, 32 random bytes and a checksum; stored as a keyed hash."""

import hashlib
import hmac
import secrets
import zlib
from enum import StrEnum


class KeyKind(StrEnum):
    """What a key is for: a server that keeps it secret, or a page that shows it to its readers."""

    SECRET = "secret"  # noqa: S105 - the name of a kind
    BROWSER = "browser"


SECRET_PREFIX, BROWSER_PREFIX = "vric_sk_", "vric_pk_"
_PREFIXES = {KeyKind.SECRET: SECRET_PREFIX, KeyKind.BROWSER: BROWSER_PREFIX}
_PREFIX_LENGTH = len(SECRET_PREFIX)
HINT_LENGTH = _PREFIX_LENGTH + 4


def make_key(kind: KeyKind = KeyKind.SECRET) -> str:
    """A new key, to be shown once."""
    start = _PREFIXES[kind] + secrets.token_hex(32)
    return start + _checksum(start)


def is_well_formed(key: str) -> bool:
    """Whether the prefix and the checksum are right, so that a typing slip costs no query."""
    return (
        key.startswith((SECRET_PREFIX, BROWSER_PREFIX))
        and len(key) == _PREFIX_LENGTH + 72
        and key.isascii()
        and hmac.compare_digest(key[-8:], _checksum(key[:-8]))
    )


def digest_of(key: str, secret: bytes) -> str:
    """The hash under which a key is stored and found."""
    return hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()


def _checksum(start: str) -> str:
    return f"{zlib.crc32(start.encode()):08x}"
