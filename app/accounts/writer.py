"""Writes accounts, mailed links and refresh tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account, ApiKey, AuditEvent, IdempotentAnswer
from app.access.writer import Audit
from app.accounts.models import MailedLink, RefreshToken
from app.core.clock import now
from app.core.errors import ConflictError


@dataclass(frozen=True, slots=True)
class UsedToken:
    """A refresh token that was valid until it was used just now."""

    account_id: int
    family: UUID


async def ensure_account(session: AsyncSession, email: str) -> Account:
    """The account of an e-mail address, made when there is none; one however many ask at once."""
    await session.exec(
        insert(Account).values(email=email, plan="free", created_at=now()).on_conflict_do_nothing()
    )
    return (await session.exec(select(Account).where(Account.email == email))).one()


async def set_email(session: AsyncSession, account: Account, email: str) -> None:
    """Give an account another address.

    Raises:
        ConflictError: another account has it.
    """
    account.email = email
    session.add(account)
    try:
        await session.flush()
    except IntegrityError:
        raise ConflictError("another account has this address") from None


async def use_link(
    session: AsyncSession, digests: Sequence[str], purposes: Sequence[str]
) -> MailedLink | None:
    """Use a mailed link up; nothing when it is unknown, used or too old."""
    used = (
        update(MailedLink)
        .where(
            col(MailedLink.digest).in_(digests),
            col(MailedLink.purpose).in_(purposes),
            col(MailedLink.used_at).is_(None),
            col(MailedLink.expires_at) > now(),
        )
        .values(used_at=now())
        .returning(MailedLink)
    )
    return (await session.exec(used)).scalars().first()


async def void_links(session: AsyncSession, account_id: int) -> None:
    """Make every open link of an account useless."""
    await session.exec(
        update(MailedLink)
        .where(col(MailedLink.account_id) == account_id, col(MailedLink.used_at).is_(None))
        .values(used_at=now())
    )


async def use_refresh_token(session: AsyncSession, digests: Sequence[str]) -> UsedToken | None:
    """Use a refresh token up. Of several at once exactly one succeeds."""
    used = (
        update(RefreshToken)
        .where(
            col(RefreshToken.digest).in_(digests),
            col(RefreshToken.used_at).is_(None),
            col(RefreshToken.revoked_at).is_(None),
            col(RefreshToken.expires_at) > now(),
        )
        .values(used_at=now())
        .returning(col(RefreshToken.account_id), col(RefreshToken.family))
    )
    row = (await session.exec(used)).first()
    return None if row is None else UsedToken(row[0], row[1])


async def revoke_family(session: AsyncSession, family: UUID) -> None:
    """Revoke every refresh token of one sign-in."""
    await session.exec(
        update(RefreshToken)
        .where(col(RefreshToken.family) == family, col(RefreshToken.revoked_at).is_(None))
        .values(revoked_at=now())
    )


async def end_sessions(session: AsyncSession, account: Account) -> None:
    """Revoke every refresh token of an account, and refuse its access tokens from now on."""
    await session.exec(
        update(RefreshToken)
        .where(col(RefreshToken.account_id) == account.id, col(RefreshToken.revoked_at).is_(None))
        .values(revoked_at=now())
    )
    account.sessions_from = now()
    session.add(account)


async def accept_totp_step(session: AsyncSession, account_id: int, step: int) -> bool:
    """Note that the code of a 30-second step was used; false when it or a later one was before."""
    accepted = (
        update(Account)
        .where(
            col(Account.id) == account_id,
            or_(col(Account.totp_last_step).is_(None), col(Account.totp_last_step) < step),
        )
        .values(totp_last_step=step)
        .returning(col(Account.id))
    )
    return (await session.exec(accepted)).first() is not None


async def switch_totp_on(session: AsyncSession, account_id: int | None) -> None:
    """Ask for codes from now on."""
    await session.exec(
        update(Account).where(col(Account.id) == account_id).values(totp_since=now())
    )


async def switch_totp_off(session: AsyncSession, account_id: int | None) -> None:
    """Forget the secret of an authenticator."""
    await session.exec(
        update(Account)
        .where(col(Account.id) == account_id)
        .values(totp_since=None, totp_secret=None, totp_last_step=None)
    )


async def delete_account(session: AsyncSession, account_id: int) -> None:
    """Delete an account with everything that names it."""
    await session.exec(delete(Account).where(col(Account.id) == account_id))


async def sweep(session: AsyncSession) -> None:
    """Delete what nobody can use any more."""
    instant = now()

    def ago(days: int) -> datetime:
        return instant - timedelta(days=days)

    await session.exec(delete(MailedLink).where(col(MailedLink.expires_at) < ago(7)))
    await session.exec(delete(RefreshToken).where(col(RefreshToken.expires_at) < ago(7)))
    await session.exec(delete(IdempotentAnswer).where(col(IdempotentAnswer.created_at) < ago(1)))
    await session.exec(
        delete(AuditEvent).where(col(AuditEvent.account_id).is_(None), col(AuditEvent.at) < ago(30))
    )
    await session.exec(
        delete(AuditEvent).where(
            col(AuditEvent.kind).in_([Audit.SIGN_IN_FAILED, Audit.KEY_USED, Audit.SIGNED_IN]),
            col(AuditEvent.at) < ago(365),
        )
    )
    has_keys = select(ApiKey.id).where(ApiKey.account_id == Account.id).exists()
    await session.exec(
        delete(Account).where(
            col(Account.verified_at).is_(None),
            col(Account.created_at) < ago(7),
            col(Account.plan) == "free",
            col(Account.stripe_customer_id).is_(None),
            ~has_keys,
        )
    )
