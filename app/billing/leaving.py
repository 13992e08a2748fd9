"""Leaving: what an account has at Stripe ends before the account itself is deleted."""

from app.billing import repository, writer
from app.billing.checkout import close_open_page
from app.billing.entitlement import is_subscribed
from app.billing.errors import SubscriptionRunningError
from app.billing.service import Billing
from app.billing.sync import sync_account
from app.plans import FREE


async def end_billing(billing: Billing, account_id: int, end_subscription: bool) -> None:
    """Delete the customer of an account: at Stripe that ends all its subscriptions at once.

    Done before the account goes and in a transaction of its own: whatever fails, nobody pays for
    an account that is gone. Repeated, it does nothing more.

    Raises:
        SubscriptionRunningError: one is running, and its end was not asked for.
        StripeUnavailableError: Stripe is away; nothing was changed.
        BillingNotConfiguredError: one was running when billing was switched off.
    """
    async with billing.slots, billing.database.session() as session:
        account = await repository.lock_account(session, account_id)
        if account is None or account.stripe_customer_id is None:
            return
        if billing.is_on:
            await close_open_page(session, billing, account_id)
            await sync_account(session, billing.stripe, account, "deletion")
        rows = await repository.list_subscriptions(session, account_id)
        is_running = is_subscribed(rows)
        if is_running and not end_subscription:
            raise SubscriptionRunningError
        # The reading may have shown that the customer was deleted already.
        if account.stripe_customer_id is not None:
            if billing.is_on or is_running:
                await billing.stripe.delete_customer(account.stripe_customer_id)
            await writer.unlink_customer(session, account, rows, "owner")
            writer.set_paid_plan(session, account, FREE.key, "deletion", "owner")
