"""Signing in: by password, with a one-time code where it is on, or by API key."""

from app.access.keys import KeyKind, digest_of, is_well_formed
from app.access.models import Account
from app.access.rate_limits import Guard
from app.access.repository import find_by_key
from app.access.tokens import issue_access_token
from app.access.writer import Audit, audit
from app.accounts import repository
from app.accounts.context import Context, Tokens
from app.accounts.errors import OAuthError, WrongPasswordError
from app.accounts.passwords import MAX_LENGTH
from app.accounts.sessions import open_session
from app.accounts.totp import accept_code

_REFUSED = "the address or the password is wrong, or the address is not verified"


async def sign_in(
    context: Context, email: str, password: str, otp: str | None, address: str
) -> Tokens:
    """Tokens for the owner of an account.

    Raises:
        OAuthError: invalid_grant, the same for all reasons; `otp_required` when the password was
            right and a code is missing.
        RateLimitedError: after failed tries, before the pause is over.
    """
    async with context.database.session() as session:
        known = await repository.find_for_sign_in(session, email, address)
    account = known.account
    await context.attempts.begin(email, address, known.is_familiar)
    stored = account.password_hash if account is not None and account.verified_at else None
    is_right = await context.passwords.verify(stored, password[: MAX_LENGTH + 1])
    async with context.database.session() as session:
        if is_right and account is not None and account.id is not None:
            if account.totp_since is None or await accept_code(session, context, account, otp):
                if context.passwords.is_outdated(account.password_hash or ""):
                    account.password_hash = await context.passwords.hash(password)
                    session.add(account)
                audit(session, account.id, Audit.SIGNED_IN, address=address)
                await context.attempts.succeed(email, address)
                return open_session(session, context, account.id)
            if not otp:
                raise OAuthError(
                    "invalid_grant", "send the code of your authenticator too", otp_required=True
                )
        audit(session, account.id if account else None, Audit.SIGN_IN_FAILED, address=address)
    raise OAuthError("invalid_grant", _REFUSED)


async def token_for_key(context: Context, key: str, address: str) -> Tokens:
    """An access token worth no more than the secret key it is had for.

    Raises:
        OAuthError: invalid_client, or unauthorized_client for a browser key.
        RateLimitedError: too many wrong keys from this address.
    """
    holder = None
    if is_well_formed(key):
        digests = [digest_of(key, secret) for secret in context.secrets]
        holder = await find_by_key(context.database, digests)
    if holder is None or holder.key_id is None:
        await context.limits.check_guard(Guard.BAD_CREDENTIAL, address)
        raise OAuthError("invalid_client", "the key is not valid")
    if holder.kind == KeyKind.BROWSER:
        raise OAuthError("unauthorized_client", "a browser key gets no token; use it as it is")
    return Tokens(issue_access_token(holder.account_id, context.secret, holder.key_id))


async def confirm_password(
    context: Context, account: Account, password: str, otp: str | None, address: str
) -> None:
    """Ask the owner once more, before what cannot be taken back.

    Raises:
        WrongPasswordError: the password is wrong, or the code is wrong or missing.
        RateLimitedError: after failed tries, before the pause is over.
    """
    await context.attempts.begin(account.email, address, is_familiar=True)
    is_right = await context.passwords.verify(account.password_hash, password[: MAX_LENGTH + 1])
    if is_right and account.totp_since is not None:
        async with context.database.session() as session:
            is_right = await accept_code(session, context, account, otp)
    if not is_right:
        needs = "the password or the code" if account.totp_since else "the password"
        raise WrongPasswordError(f"{needs} is wrong")
    await context.attempts.succeed(account.email, address)
