"""One-time codes by time (RFC 6238): each is accepted once; the secret is stored sealed."""

import hmac
import time

import pyotp
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account
from app.accounts import writer
from app.accounts.context import Context
from app.core.sealing import seal, unseal

ISSUER = "VRIC Monitor"
STEP_S = 30
_CLOCKS_DIFFER_BY = 1  # steps, to either side


def make_secret(context: Context, account: Account) -> tuple[str, str]:
    """A new secret for an authenticator: the secret, and the address that a QR code shows.

    It is stored with the account, sealed, and in force once a code of it was seen.
    """
    secret = pyotp.random_base32()
    account.totp_secret = seal(secret, context.secret, _purpose(account))
    account.totp_since = account.totp_last_step = None
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=ISSUER)
    return secret, uri


async def accept_code(
    session: AsyncSession, context: Context, account: Account, code: str | None
) -> bool:
    """Whether a code is right and was not used before; it is used up by this."""
    if account.totp_secret is None or account.id is None or not code:
        return False
    totp = pyotp.TOTP(unseal(account.totp_secret, context.secrets, _purpose(account)))
    current = int(time.time()) // STEP_S
    for step in range(current - _CLOCKS_DIFFER_BY, current + _CLOCKS_DIFFER_BY + 1):
        if hmac.compare_digest(totp.at(step * STEP_S).encode(), code.encode()):
            return await writer.accept_totp_step(session, account.id, step)
    return False


def _purpose(account: Account) -> str:
    return f"totp secret of account {account.id}"
