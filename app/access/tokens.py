"""Access tokens: short-lived JWTs that say who calls, never what they may do."""

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jose import JWTError, jwt

from app.core.clock import now

ISSUER, AUDIENCE, USE = "vric", "vric-api", "access"
LIFETIME = timedelta(minutes=15)
_ALGORITHM = "HS256"
_REQUIRED = {f"require_{claim}": True for claim in ("exp", "iat", "aud", "iss", "sub", "jti")}


class InvalidTokenError(Exception):
    """The token is forged, expired, or no access token of this service."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a valid token says."""

    account_id: int
    issued_at: float
    key_id: int | None = None


def issue_access_token(account_id: int, secret: bytes, api_key_id: int | None = None) -> str:
    """A token for an account, valid for 15 minutes.

    One that was had for an API key names the key: it is worth no more, and falls with it.
    """
    issued = now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(account_id),
        # With its fraction, so that a log-out tells tokens of the same second apart.
        "iat": issued.timestamp(),
        "exp": issued + LIFETIME,
        "jti": uuid.uuid4().hex,
        "use": USE,
        **({} if api_key_id is None else {"key": api_key_id}),
    }
    return str(jwt.encode(claims, _key(secret), _ALGORITHM, headers={"kid": key_id(secret)}))


def read_access_token(token: str, secrets: Sequence[bytes]) -> AccessToken:
    """What a token says; `secrets` are the current one and those it replaced.

    Raises:
        InvalidTokenError: it is not to be believed.
    """
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        secret = next(secret for secret in secrets if key_id(secret) == kid)
        claims = jwt.decode(
            token,
            _key(secret),
            algorithms=[_ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options=_REQUIRED,
        )
        if claims.get("use") != USE:
            raise InvalidTokenError
        key = claims.get("key")
        return AccessToken(
            int(claims["sub"]), float(claims["iat"]), None if key is None else int(key)
        )
    except (JWTError, StopIteration, ValueError, TypeError, KeyError, AttributeError):
        raise InvalidTokenError from None


def looks_like_token(credential: str) -> bool:
    """Whether a credential has the three parts of a JWT."""
    return credential.count(".") == 2


def key_id(secret: bytes) -> str:
    """The `kid` of a secret, which tells nothing of it."""
    return hashlib.sha256(b"kid:" + secret).hexdigest()[:16]


def was_issued_before(token: AccessToken, instant: datetime | None) -> bool:
    """Whether a token is older than the moment from which sessions count."""
    return instant is not None and token.issued_at < instant.timestamp()


def _key(secret: bytes) -> str:
    # A key of its own: the secret itself keys the hashes of API keys.
    return hmac.new(secret, b"access tokens", hashlib.sha256).hexdigest()
