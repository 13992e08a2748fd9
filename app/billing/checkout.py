"""Subscribing: a customer per account, one open checkout at a time, the portal for those subscribed."""

import logging
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.access.models import Account
from app.billing import repository, writer
from app.billing.errors import KeyReusedError, MissingError, PriceUnavailableError
from app.billing.models import CheckoutAttempt
from app.billing.service import Billing
from app.billing.sync import sync_account
from app.core.clock import now
from app.core.errors import ConflictError, NotFoundError

# Stripe forgets idempotency keys, and closes an unpaid session, after 24 hours.
ATTEMPT_LIFETIME = timedelta(hours=23)
SUCCESS_PATH = "/plans?checkout={CHECKOUT_SESSION_ID}"
CANCEL_PATH = "/plans?checkout=cancelled"
PORTAL_RETURN_PATH = "/plans?portal=closed"
logger = logging.getLogger("vric.billing")


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where to send the customer: `kind` is checkout or portal."""

    kind: str
    url: str


async def begin_checkout(
    billing: Billing, account_id: int, lookup_key: str, idempotency_key: str | None
) -> Redirect:
    """The page on which the account subscribes, or its portal when it is subscribed already.

    Repeated, it gives the same page as long as that is open: two pages could be paid twice.

    Raises:
        KeyReusedError: the idempotency key came with another price before.
        ConflictError: a checkout for another price was begun at the same time.
        PriceUnavailableError: Stripe has no price under that lookup key.
    """
    price = await billing.stripe.find_price(lookup_key)
    if price is None:
        logger.error("Stripe has no active price %s; run `vric billing setup`", lookup_key)
        raise PriceUnavailableError(f"{lookup_key} cannot be bought here now")
    async with billing.slots, billing.database.session() as session:
        await _ensure_customer(session, billing, await _lock(session, account_id))
    async with billing.slots, billing.database.session() as session:
        account = await _lock(session, account_id)
        decided = await _decide(session, billing, account, lookup_key, idempotency_key)
    if isinstance(decided, Redirect):
        return decided
    # The attempt is stored: whatever happens from here, its number gives the same session again.
    async with billing.slots, billing.database.session() as session:
        account = await _lock(session, account_id)
        return await _open(session, billing, account, decided, price.id)


async def open_portal(billing: Billing, account_id: int) -> Redirect:
    """The page on which the account changes plan, card or mind, and finds its invoices."""
    async with billing.slots, billing.database.session() as session:
        account = await _lock(session, account_id)
        customer = await _ensure_customer(session, billing, account)
        try:
            return await _portal(billing, customer)
        except MissingError:
            await sync_account(session, billing.stripe, account, "portal")
            return await _portal(billing, await _ensure_customer(session, billing, account))


async def sync_checkout(billing: Billing, account_id: int, session_id: str | None) -> str:
    """Read the account's subscriptions now, for the page that Stripe returns to.

    Raises:
        NotFoundError: the session is not one of this account's.
    """
    found = await billing.stripe.find_checkout(session_id) if session_id else None
    async with billing.slots, billing.database.session() as session:
        account = await _lock(session, account_id)
        if session_id and (found is None or found.customer_id != account.stripe_customer_id):
            raise NotFoundError("there is no such checkout of this account")
        if found is not None and found.status != "open":
            await writer.close_attempt(session, found.id)
        return (await sync_account(session, billing.stripe, account, "owner's return")).outcome


async def close_open_page(session: AsyncSession, billing: Billing, account_id: int) -> None:
    """Close the checkout that a locked account has open, if any: it can no longer be paid."""
    attempt = await repository.find_open_attempt(session, account_id)
    if attempt is not None:
        await _page_of(billing, attempt, wanted=None)


async def _ensure_customer(session: AsyncSession, billing: Billing, account: Account) -> str:
    """The customer of a locked account, made once: its key outlives a failure."""
    if account.stripe_customer_id is None:
        assert account.id is not None
        past = await repository.count_past_customers(session, account.id)
        key = f"customer:{account.id}" + (f":{past}" if past else "")
        made = await billing.stripe.create_customer(account.id, account.email, key)
        account.stripe_customer_id = made
        session.add(account)
    return account.stripe_customer_id


async def _lock(session: AsyncSession, account_id: int) -> Account:
    account = await repository.lock_account(session, account_id)
    if account is None:
        raise NotFoundError("the account is gone")
    return account


async def _portal(billing: Billing, customer: str) -> Redirect:
    url = await billing.stripe.create_portal(customer, billing.public_url + PORTAL_RETURN_PATH)
    return Redirect("portal", url)


async def _decide(
    session: AsyncSession, billing: Billing, account: Account, lookup_key: str, key: str | None
) -> Redirect | int:
    """An answer that can be given at once, or the number of the attempt to open a page for."""
    account_id = account.id
    assert account_id is not None
    if key and (answered := await _first_answer(session, account_id, lookup_key, key)):
        return answered
    synced = await sync_account(session, billing.stripe, account, "checkout")
    # The reading may have shown that the customer was deleted.
    customer = await _ensure_customer(session, billing, account)
    if synced.is_subscribed:
        redirect = await _portal(billing, customer)
        return await _answer(session, account_id, lookup_key, key, redirect)
    attempt = await repository.find_open_attempt(session, account_id)
    if attempt is not None and (page := await _page_of(billing, attempt, lookup_key)):
        return await _answer(session, account_id, lookup_key, key, Redirect("checkout", page))
    if attempt is None or attempt.done_at is not None:
        attempt = CheckoutAttempt(
            account_id=account_id,
            lookup_key=lookup_key,
            trial_days=0 if synced.had_subscriptions else billing.trial_days,
        )
    attempt.idempotency_key = attempt.idempotency_key or key
    session.add(attempt)
    await session.flush()
    assert attempt.id is not None
    return attempt.id


async def _page_of(billing: Billing, attempt: CheckoutAttempt, wanted: str | None) -> str | None:
    """The page of an open attempt; one for another price than is wanted, or too old, is closed."""
    if attempt.session_id is None:
        if attempt.lookup_key != wanted or attempt.begun_at < now() - ATTEMPT_LIFETIME:
            attempt.done_at = now()
        return None
    found = await billing.stripe.find_checkout(attempt.session_id)
    if found is not None and found.status == "open":
        if attempt.lookup_key == wanted:
            return found.url
        await billing.stripe.expire_checkout(attempt.session_id)
    attempt.done_at = now()
    return None


async def _open(
    session: AsyncSession, billing: Billing, account: Account, attempt_id: int, price_id: str
) -> Redirect:
    assert account.stripe_customer_id is not None
    attempt = await repository.get_attempt(session, attempt_id)
    if attempt.done_at is not None:
        # A page for it would be a second one that can be paid.
        raise ConflictError("another checkout was begun meanwhile")
    if attempt.session_id is None:
        made = await billing.stripe.create_checkout(
            account_id=attempt.account_id,
            customer_id=account.stripe_customer_id,
            price_id=price_id,
            trial_days=attempt.trial_days,
            success_url=billing.public_url + SUCCESS_PATH,
            cancel_url=billing.public_url + CANCEL_PATH,
            key=f"checkout:{attempt.account_id}:{attempt.lookup_key}:{attempt_id}",
        )
        attempt.session_id = made.id
        attempt.answer = asdict(Redirect("checkout", made.url or ""))
        session.add(attempt)
    assert attempt.answer is not None
    return Redirect(**attempt.answer)


async def _first_answer(
    session: AsyncSession, account_id: int, lookup_key: str, key: str
) -> Redirect | None:
    attempt = await repository.find_attempt_of_key(session, account_id, key)
    if attempt is None:
        return None
    if attempt.lookup_key != lookup_key:
        raise KeyReusedError("this Idempotency-Key came with another lookup_key before")
    if attempt.answer is None:
        if attempt.done_at is not None:
            attempt.idempotency_key = None
            session.add(attempt)
            await session.flush()
        return None
    return Redirect(**attempt.answer)


async def _answer(
    session: AsyncSession, account_id: int, lookup_key: str, key: str | None, redirect: Redirect
) -> Redirect:
    """Remember an answer under the caller's key."""
    if key and await repository.find_attempt_of_key(session, account_id, key) is None:
        session.add(
            CheckoutAttempt(
                account_id=account_id,
                lookup_key=lookup_key,
                done_at=now(),
                idempotency_key=key,
                answer=asdict(redirect),
            )
        )
    return redirect
