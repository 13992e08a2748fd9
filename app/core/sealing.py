"""Keyed hashes and sealed texts: what is stored of secrets, under keys derived by purpose."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class UnsealError(Exception):
    """The text was sealed under another key, for another purpose, or was changed."""


def derive(secret: bytes, purpose: str) -> bytes:
    """A key of 32 bytes that serves one purpose."""
    return hmac.new(secret, f"vric {purpose}".encode(), hashlib.sha256).digest()


def keyed_digest(text: str, secret: bytes, purpose: str) -> str:
    """The hash under which a secret text is stored and found."""
    return hmac.new(derive(secret, purpose), text.encode(), hashlib.sha256).hexdigest()


def keyed_digests(text: str, secrets: Sequence[bytes], purpose: str) -> list[str]:
    """The hashes of a text under the secret in use and those it replaced."""
    return [keyed_digest(text, secret, purpose) for secret in secrets]


def seal(text: str, secret: bytes, purpose: str) -> str:
    """A text that only `unseal` with the same secret and purpose can read (AES-256-GCM)."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(derive(secret, purpose)).encrypt(nonce, text.encode(), purpose.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, secrets: Sequence[bytes], purpose: str) -> str:
    """The text that was sealed under one of the secrets.

    Raises:
        UnsealError: none of them opens it.
    """
    raw = base64.b64decode(sealed)
    nonce, body = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
    for secret in secrets:
        try:
            return AESGCM(derive(secret, purpose)).decrypt(nonce, body, purpose.encode()).decode()
        except InvalidTag:
            continue
    raise UnsealError
