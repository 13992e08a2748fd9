"""The keys of evidence: the one that signs, and the public ones by which packages are checked.

Public keys are JSON Web Keys (RFC 8037); a key's id is its thumbprint (RFC 7638).
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from app.core.sealing import derive
from app.core.settings import Settings

KEY_BYTES = 32
_PURPOSE = "evidence signing key"


class KeyFormatError(ValueError):
    """The text holds no Ed25519 public key."""


@dataclass(frozen=True)
class PublicKey:
    """An Ed25519 public key."""

    raw: bytes

    @cached_property
    def id(self) -> str:
        """Its thumbprint: the same for everybody who has the key."""
        return _base64url(hashlib.sha256(rfc8785.dumps(self._members())).digest())

    @property
    def text(self) -> str:
        """The 32 bytes in base64url, as JSON Web Keys write them."""
        return _base64url(self.raw)

    def jwk(self) -> dict[str, str]:
        return {**self._members(), "kid": self.id, "alg": "Ed25519", "use": "sig"}

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def _members(self) -> dict[str, str]:
        return {"crv": "Ed25519", "kty": "OKP", "x": self.text}


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key that signs; made of 32 secret bytes."""

    seed: bytes

    @cached_property
    def public(self) -> PublicKey:
        return PublicKey(self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __repr__(self) -> str:
        return f"SigningKey({self.public.id})"


def signing_key(settings: Settings) -> SigningKey:
    """The key in use: `VRIC_EVIDENCE_KEY`, else one derived from the service's secret."""
    if settings.evidence_key is not None:
        return SigningKey(_unbase64(settings.evidence_key.get_secret_value()))
    return SigningKey(derive(settings.secret, _PURPOSE))


def public_keys(settings: Settings) -> list[PublicKey]:
    """The key in use, then all that it replaced: old packages stay good."""
    replaced = [PublicKey(_unbase64(text)) for text in settings.evidence_keys_previous]
    derived = [SigningKey(derive(secret, _PURPOSE)).public for secret in settings.secrets]
    return list(dict.fromkeys([signing_key(settings).public, *derived, *replaced]))


def read_public_keys(text: str) -> list[PublicKey]:
    """The keys in a JSON Web Key (Set), a PEM block, or 32 bytes in base64.

    Raises:
        KeyFormatError: there is none.
    """
    text = text.strip()
    try:
        if text.startswith("-----"):
            key = load_pem_public_key(text.encode())
            if not isinstance(key, Ed25519PublicKey):
                raise KeyFormatError
            return [PublicKey(key.public_bytes_raw())]
        if text.startswith("{"):
            document = json.loads(text)
            found = [PublicKey(_unbase64(key["x"])) for key in document.get("keys", [document])]
        else:
            found = [PublicKey(_unbase64(text))]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise KeyFormatError("there is no Ed25519 public key in it") from error
    if not found:
        raise KeyFormatError("there is no Ed25519 public key in it")
    return found


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4),
                               validate=True)  # fmt: skip
    except binascii.Error as error:
        raise KeyFormatError("a key is 32 bytes in base64") from error
    if len(raw) != KEY_BYTES:
        raise KeyFormatError("a key is 32 bytes in base64")
    return raw
