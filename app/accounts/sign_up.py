"""Signing up, verifying an address, setting a new password by mail; nothing tells who has an account."""

import orjson

from app.access.idempotency import Once
from app.access.repository import lock_account
from app.access.writer import Audit, audit
from app.accounts import writer
from app.accounts.context import Context
from app.accounts.errors import InvalidLinkError
from app.accounts.jobs import queue_reset
from app.accounts.letters import Language, Letter
from app.accounts.links import make_link, use_link
from app.accounts.passwords import fault_of
from app.core.clock import now
from app.core.errors import InvalidBodyError


def check_password(password: str, email: str, field: str = "password") -> None:
    """Refuse a password that is easily guessed.

    Raises:
        InvalidBodyError: it says why.
    """
    fault = fault_of(password, email)
    if fault is not None:
        raise InvalidBodyError.of(field, fault)


async def sign_up(
    context: Context,
    email: str,
    password: str,
    language: Language,
    address: str,
    once: Once | None,
) -> None:
    """Make an account that its mailed link opens; an address that has one is told by mail.

    Both ways hash once and write once, so that neither the answer nor its time tells them apart.
    """
    check_password(password, email)
    password_hash = await context.passwords.hash(password)
    async with context.database.session() as session:
        if once is not None and await once.begin(session, None) is not None:
            return
        account = await writer.ensure_account(session, email)
        letter = Letter.KNOWN if account.verified_at else Letter.VERIFY
        if letter is Letter.KNOWN:
            link = make_link(session, context.secret, account, "reset", email)
        else:
            link = make_link(session, context.secret, account, "verify", email, password_hash)
        audit(session, account.id, Audit.SIGNED_UP, address=address, known=letter is Letter.KNOWN)
        if once is not None:
            await once.keep(session, 202, orjson.dumps({}).decode())
        if await context.attempts.may_mail(email):
            await context.post.send(session, letter, language, email, link)


async def verify(context: Context, token: str, language: Language, address: str) -> str:
    """Verify the address of a new account, or the new one of an old account; returns it.

    Raises:
        InvalidLinkError: the link is of no use.
        ConflictError: another account took the new address meanwhile.
    """
    async with context.database.session() as session:
        link = await use_link(session, context.secrets, token, "verify", "change")
        account = await lock_account(session, link.account_id)
        if account is None:
            raise InvalidLinkError
        before = account.email
        if link.purpose == "change":
            await writer.set_email(session, account, link.email)
            audit(session, account.id, Audit.EMAIL_CHANGED, address=address, before=before)
            await writer.void_links(session, link.account_id)
            await context.post.send(session, Letter.EMAIL_CHANGED, language, before)
        elif account.verified_at is None:
            account.verified_at, account.password_hash = now(), link.password_hash
            session.add(account)
            await writer.void_links(session, link.account_id)
            audit(session, account.id, Audit.VERIFIED, address=address)
    return account.email


async def ask_for_reset(context: Context, email: str, language: Language, address: str) -> None:
    """Have a link for a new password mailed, if there is an account: a worker looks it up."""
    if await context.attempts.may_mail(email):
        async with context.database.session() as session:
            await queue_reset(session, context.secret, email, language, address)


async def confirm_reset(
    context: Context, token: str, password: str, language: Language, address: str
) -> None:
    """Set a new password by a mailed link, end every session, and forget failed tries.

    Raises:
        InvalidLinkError: the link is of no use.
        InvalidBodyError: the password is easily guessed; the link stays good.
    """
    check_password(password, "")
    password_hash = await context.passwords.hash(password)
    async with context.database.session() as session:
        link = await use_link(session, context.secrets, token, "reset")
        account = await lock_account(session, link.account_id)
        if account is None or account.email != link.email:
            raise InvalidLinkError
        account.password_hash = password_hash
        await writer.end_sessions(session, account)
        await writer.void_links(session, link.account_id)
        audit(session, account.id, Audit.PASSWORD_RESET, address=address)
        await context.post.send(session, Letter.PASSWORD_CHANGED, language, account.email)
    await context.attempts.succeed(account.email, address)
