"""API keys: a typed prefix, 32 random bytes and a checksum; stored as a keyed hash."""

import hashlib
import hmac
import secrets
import zlib

SECRET_PREFIX = "vric_sk_"  # noqa: S105 - the public prefix of a kind, no secret
HINT_LENGTH = len(SECRET_PREFIX) + 4


def make_key() -> str:
    """A new secret key, to be shown once."""
    body = secrets.token_hex(32)
    return f"{SECRET_PREFIX}{body}{_checksum(body)}"


def is_well_formed(key: str) -> bool:
    """Whether the prefix and the checksum are right, so that a typing slip costs no query."""
    body, checksum = key[len(SECRET_PREFIX) : -8], key[-8:]
    return (
        key.startswith(SECRET_PREFIX)
        and len(key) == len(SECRET_PREFIX) + 72
        and key.isascii()
        and hmac.compare_digest(checksum, _checksum(body))
    )


def digest_of(key: str, secret: bytes) -> str:
    """The hash under which a key is stored and found."""
    return hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
