"""What owners do with their own account."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.access.models import Account, AuditEvent
from app.access.principal import Principal
from app.access.repository import find_account, lock_account
from app.access.writer import Audit, audit
from app.accounts import repository, writer
from app.accounts.context import Context
from app.accounts.errors import TotpStateError
from app.accounts.letters import Language, Letter
from app.accounts.links import make_link
from app.accounts.sign_in import confirm_password
from app.accounts.sign_up import check_password
from app.accounts.totp import accept_code, make_secret
from app.core.clock import now
from app.core.errors import ConflictError, InvalidBodyError, NotFoundError

_HISTORY = timedelta(days=30)


async def get_account(context: Context, owner: Principal) -> Account:
    """The caller's account.

    Raises:
        NotFoundError: it was deleted a moment ago.
    """
    async with context.database.session() as session:
        account = await session.get(Account, owner.account_id)
    if account is None:
        raise NotFoundError("the account was deleted")
    return account


async def confirmed(context: Context, owner: Principal, password: str, otp: str | None) -> Account:
    """The owner's account, after the password was given once more."""
    account = await get_account(context, owner)
    await confirm_password(context, account, password, otp, owner.address)
    return account


async def change_password(
    context: Context,
    owner: Principal,
    password: str,
    otp: str | None,
    new_password: str,
    language: Language,
) -> None:
    """Set another password and end every session."""
    account = await confirmed(context, owner, password, otp)
    check_password(new_password, account.email, "new_password")
    account.password_hash = await context.passwords.hash(new_password)
    async with context.database.session() as session:
        await writer.end_sessions(session, account)
        assert account.id is not None
        await writer.void_links(session, account.id)
        audit(session, account.id, Audit.PASSWORD_CHANGED, address=owner.address)
        await context.post.send(session, Letter.PASSWORD_CHANGED, language, account.email)


async def ask_to_change_email(
    context: Context,
    owner: Principal,
    password: str,
    otp: str | None,
    email: str,
    language: Language,
) -> None:
    """Mail a link to a new address. Whether another account has it shows only there."""
    account = await confirmed(context, owner, password, otp)
    async with context.database.session() as session:
        holder = await find_account(session, email)
        if holder is None or holder.verified_at is None:
            letter = Letter.CHANGE
            link = make_link(session, context.secret, account, "change", email)
        else:
            letter = Letter.KNOWN
            link = make_link(session, context.secret, holder, "reset", email)
        if await context.attempts.may_mail(email):
            await context.post.send(session, letter, language, email, link)


async def end_all_sessions(context: Context, owner: Principal) -> None:
    """Log out everywhere: refresh tokens are revoked and access tokens refused at once."""
    account = await get_account(context, owner)
    async with context.database.session() as session:
        await writer.end_sessions(session, account)
        audit(session, account.id, Audit.SIGNED_OUT_EVERYWHERE, address=owner.address)


async def own_data(context: Context, owner: Principal) -> dict[str, Any]:
    """Everything that is stored of an account."""
    async with context.database.session() as session:
        assert owner.account_id is not None
        data = await repository.read_own_data(session, owner.account_id)
        audit(session, owner.account_id, Audit.DATA_EXPORTED, address=owner.address)
    return data


async def audit_log(
    context: Context, owner: Principal, before: int | None, limit: int
) -> list[AuditEvent]:
    """What happened to the account, newest first."""
    assert owner.account_id is not None
    async with context.database.session() as session:
        return await repository.list_audit(session, owner.account_id, before, limit)


async def usage_by_day(
    context: Context, caller: Principal, pending: Mapping[date, tuple[int, int]]
) -> dict[date, tuple[int, int]]:
    """Requests and units of the last days; `pending` are those that are not written yet."""
    assert caller.account_id is not None
    async with context.database.session() as session:
        since = now().date() - _HISTORY
        stored = await repository.list_usage(session, caller.account_id, since)
    days = {row.day: (row.requests, row.units) for row in stored}
    for day, (requests, units) in pending.items():
        before = days.get(day, (0, 0))
        days[day] = (before[0] + requests, before[1] + units)
    return days


async def delete_own(
    context: Context,
    owner: Principal,
    password: str,
    otp: str | None,
    end_subscription: bool,
    language: Language,
) -> None:
    """Delete the account and everything that names it, after what it pays for has ended.

    Raises:
        ConflictError: a subscription is running, and its end was not asked for.
        UnavailableError: the provider of payments is away; nothing was deleted.
    """
    account = await confirmed(context, owner, password, otp)
    assert account.id is not None
    await context.end_billing(account.id, end_subscription)
    async with context.database.session() as session:
        locked = await lock_account(session, account.id, to_delete=True)
        if locked is None:
            return
        if locked.stripe_customer_id is not None:
            raise ConflictError("a checkout was begun meanwhile; try again")
        await context.delete_data(session, account.id)
        await writer.delete_account(session, account.id)
        await context.post.send(session, Letter.DELETED, language, account.email)


async def begin_totp(context: Context, owner: Principal, password: str) -> tuple[str, str]:
    """A new secret for an authenticator, in force once a code of it is confirmed.

    Raises:
        TotpStateError: codes are asked for already.
    """
    account = await confirmed(context, owner, password, None)
    if account.totp_since is not None:
        raise TotpStateError("codes are on already; switch them off first")
    secret, uri = make_secret(context, account)
    async with context.database.session() as session:
        session.add(account)
    return secret, uri


async def confirm_totp(context: Context, owner: Principal, code: str) -> None:
    """Ask for codes from now on.

    Raises:
        TotpStateError: there is no new secret.
        InvalidBodyError: the code is wrong.
    """
    account = await get_account(context, owner)
    if account.totp_since is not None or account.totp_secret is None:
        raise TotpStateError("there is no new secret to confirm")
    await context.attempts.begin(account.email, owner.address, is_familiar=True)
    async with context.database.session() as session:
        if not await accept_code(session, context, account, code):
            raise InvalidBodyError.of("code", "it is not the present code of the new secret")
        await writer.switch_totp_on(session, owner.account_id)
        audit(session, account.id, Audit.TOTP_ON, address=owner.address)
    await context.attempts.succeed(account.email, owner.address)


async def remove_totp(context: Context, owner: Principal, password: str, otp: str) -> None:
    """Ask for codes no longer."""
    account = await confirmed(context, owner, password, otp)
    async with context.database.session() as session:
        await writer.switch_totp_off(session, account.id)
        audit(session, account.id, Audit.TOTP_OFF, address=owner.address)
