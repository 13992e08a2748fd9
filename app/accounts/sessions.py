"""Sessions: a sign-in's chain of refresh tokens. Each is used once; one that comes back ends the chain."""

import secrets as random
from datetime import timedelta
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.tokens import issue_access_token
from app.access.writer import Audit, audit
from app.accounts import repository, writer
from app.accounts.context import Context, Tokens
from app.accounts.errors import OAuthError
from app.accounts.models import RefreshToken
from app.core.clock import now
from app.core.sealing import keyed_digest, keyed_digests

LIFETIME = timedelta(days=30)
# Two tabs of one browser may use a token at once: the second is refused, and nothing more.
_AT_ONCE = timedelta(seconds=10)
_HASHED_AS = "refresh tokens"
_PREFIX = "vric_rt_"


def open_session(
    session: AsyncSession, context: Context, account_id: int, family: UUID | None = None
) -> Tokens:
    """New tokens of an account: a new chain, or the next link of `family`."""
    refresh_token = _PREFIX + random.token_urlsafe(32)
    expires_at = now() + LIFETIME
    session.add(
        RefreshToken(
            digest=keyed_digest(refresh_token, context.secret, _HASHED_AS),
            family=family or uuid4(),
            account_id=account_id,
            expires_at=expires_at,
        )
    )
    return Tokens(issue_access_token(account_id, context.secret), refresh_token, expires_at)


async def refresh(context: Context, token: str, address: str) -> Tokens:
    """Exchange a refresh token.

    Raises:
        OAuthError: invalid_grant; a token that was used before has ended its chain.
    """
    digests = keyed_digests(token, context.secrets, _HASHED_AS)
    async with context.database.session() as session:
        used = await writer.use_refresh_token(session, digests)
        if used is not None:
            return open_session(session, context, used.account_id, used.family)
        known = await repository.find_refresh_token(session, digests)
        if (
            known is not None
            and known.revoked_at is None
            and known.used_at is not None
            and now() - known.used_at > _AT_ONCE
        ):
            await writer.revoke_family(session, known.family)
            audit(session, known.account_id, Audit.REFRESH_REUSED, address=address)
    raise OAuthError("invalid_grant", "the refresh token is used, revoked or too old; sign in")


async def close_session(context: Context, token: str, address: str) -> None:
    """Log out: revoke the chain of a refresh token. An unknown one is no error (RFC 7009)."""
    digests = keyed_digests(token, context.secrets, _HASHED_AS)
    async with context.database.session() as session:
        known = await repository.find_refresh_token(session, digests)
        if known is not None and known.revoked_at is None:
            await writer.revoke_family(session, known.family)
            audit(session, known.account_id, Audit.SIGNED_OUT, address=address)
