"""Calls to Stripe, the only place that knows its SDK: small records come out, one error for all failures."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import stripe
from stripe import StripeClient as Sdk
from stripe.params.checkout import SessionCreateParamsSubscriptionData

from app.billing.errors import ForgedEventError, MissingError, StripeUnavailableError
from app.billing.records import CheckoutRecord, PriceRecord, SubscriptionRecord
from app.core.settings import Settings

TIMEOUT_S, RETRIES = 10.0, 1
SIGNATURE_TOLERANCE_S = 300
PAGE = 100
logger = logging.getLogger("vric.billing")


class StripeClient:
    """One Stripe account.

    Every call may raise `StripeUnavailableError`: it did not answer in time, or refused.
    """

    def __init__(self, settings: Settings) -> None:
        assert settings.stripe_api_key and settings.stripe_webhook_secret
        key = settings.stripe_api_key.get_secret_value()
        self._webhook_secret = settings.stripe_webhook_secret.get_secret_value()
        self.is_live = "_live_" in key[:8]
        # At DEBUG the SDK writes whole answers, with links that open a customer's portal; httpx
        # writes a line a call with the customer in it.
        for name in ("stripe", "httpx"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._http = _HttpClient(timeout=TIMEOUT_S)
        self._api = Sdk(
            key,
            base_addresses={"api": settings.stripe_api_base},
            max_network_retries=RETRIES,
            http_client=self._http,
        ).v1

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call]

    def verify(self, body: bytes, signature: str | None) -> None:
        """Check who signed a webhook, and when.

        Raises:
            ForgedEventError: it was not Stripe, or too long ago.
        """
        try:
            stripe.WebhookSignature.verify_header(
                body, signature, self._webhook_secret, SIGNATURE_TOLERANCE_S
            )
        except (stripe.SignatureVerificationError, UnicodeError):
            raise ForgedEventError("the signature of the event is wrong or too old") from None

    async def create_customer(self, account_id: int, email: str, key: str) -> str:
        """The customer of an account; the same `key` gives the same customer."""
        with _calling("customers.create"):
            made = await self._api.customers.create_async(
                {"email": email, "metadata": {"account": str(account_id)}},
                {"idempotency_key": key},
            )
        return made.id

    async def is_customer_deleted(self, customer_id: str) -> bool:
        """Whether Stripe itself says that the customer was deleted."""
        with _calling("customers.retrieve"):
            found = await self._api.customers.retrieve_async(customer_id)
        return bool(getattr(found, "deleted", False))

    async def delete_customer(self, customer_id: str) -> None:
        """Delete a customer, which ends all its subscriptions now; its invoices stay."""
        with _calling("customers.delete"):
            await self._api.customers.delete_async(customer_id)

    async def list_subscriptions(self, customer_id: str | None = None) -> list[SubscriptionRecord]:
        """A customer's subscriptions, ended ones too; without a customer all that have not ended."""
        with _calling("subscriptions.list"):
            page = await self._api.subscriptions.list_async(
                {"limit": PAGE}
                if customer_id is None
                else {"customer": customer_id, "status": "all", "limit": PAGE}
            )
            return [_subscription(found) async for found in page.auto_paging_iter()]

    async def find_price(self, lookup_key: str) -> PriceRecord | None:
        """The price that customers pay under a lookup key."""
        with _calling("prices.list"):
            page = await self._api.prices.list_async({"lookup_keys": [lookup_key], "active": True})
        return _price(page.data[0]) if page.data else None

    async def create_checkout(
        self,
        *,
        account_id: int,
        customer_id: str,
        price_id: str,
        trial_days: int,
        success_url: str,
        cancel_url: str,
        key: str,
    ) -> CheckoutRecord:
        """A page on which a customer subscribes; the same `key` gives the same page."""
        metadata = {"account": str(account_id)}
        subscription: SessionCreateParamsSubscriptionData = {"metadata": metadata}
        if trial_days:
            subscription["trial_period_days"] = trial_days
        with _calling("checkout.sessions.create"):
            made = await self._api.checkout.sessions.create_async(
                {
                    "mode": "subscription",
                    "customer": customer_id,
                    "client_reference_id": str(account_id),
                    "line_items": [{"price": price_id, "quantity": 1}],
                    "allow_promotion_codes": True,
                    "subscription_data": subscription,
                    "metadata": metadata,
                    "success_url": success_url,
                    "cancel_url": cancel_url,
                },
                {"idempotency_key": key},
            )
        return _checkout(made)

    async def find_checkout(self, session_id: str) -> CheckoutRecord | None:
        """A checkout session, if there is such a one."""
        try:
            with _calling("checkout.sessions.retrieve"):
                return _checkout(await self._api.checkout.sessions.retrieve_async(session_id))
        except MissingError:
            return None

    async def expire_checkout(self, session_id: str) -> None:
        """Close a checkout session, so that it can no longer be paid."""
        with _calling("checkout.sessions.expire"):
            await self._api.checkout.sessions.expire_async(session_id)

    async def create_portal(self, customer_id: str, return_url: str) -> str:
        """The address of a page on which a customer changes plan, card or mind."""
        with _calling("billing_portal.sessions.create"):
            made = await self._api.billing_portal.sessions.create_async(
                {"customer": customer_id, "return_url": return_url}
            )
        return made.url

    async def find_customer_of_charge(self, charge_id: str) -> str | None:
        """Who paid a charge: a dispute does not name its customer."""
        with _calling("charges.retrieve"):
            return _id((await self._api.charges.retrieve_async(charge_id)).customer)

    async def list_undelivered_events(self) -> list[dict[str, Any]]:
        """Events of the last 30 days whose delivery failed or is pending, as webhooks hold them."""
        with _calling("events.list"):
            page = await self._api.events.list_async({"delivery_success": False, "limit": PAGE})
            return [found.to_dict() async for found in page.auto_paging_iter()]

    async def create_product(self, product_id: str, name: str) -> None:
        """Make a product unless there is one of that id."""
        try:
            with _calling("products.retrieve"):
                await self._api.products.retrieve_async(product_id)
        except MissingError:
            with _calling("products.create"):
                await self._api.products.create_async({"id": product_id, "name": name})

    async def create_price(
        self, product_id: str, lookup_key: str, plan: str, amount: int, currency: str
    ) -> None:
        """Make a recurring price, `amount` in the smallest unit of the currency."""
        with _calling("prices.create"):
            await self._api.prices.create_async(
                {
                    "product": product_id,
                    "lookup_key": lookup_key,
                    "unit_amount": amount,
                    "currency": currency,
                    "recurring": {"interval": "year" if lookup_key.endswith("yearly") else "month"},
                    "metadata": {"plan": plan},
                },
                {"idempotency_key": f"price:{lookup_key}:{amount}:{currency}"},
            )


class _HttpClient(stripe.HTTPXClient):
    """The SDK's, which hands bodies over in a way that httpx is about to drop."""

    def _get_request_args_kwargs(self, *given: Any) -> Any:
        position, named = super()._get_request_args_kwargs(*given)
        return position, {**named, "data": None, "content": named["data"] or None}


@contextmanager
def _calling(what: str) -> Iterator[None]:
    """Tell a failure by its kind: the messages of the SDK may hold what is nobody's business."""
    try:
        yield
    except stripe.StripeError as error:
        described = f"{type(error).__name__} {error.http_status} {error.code} {error.request_id}"
        if error.code == "resource_missing":
            raise MissingError("Stripe has no such object") from None
        logger.warning("Stripe, %s: %s", what, described)
        raise StripeUnavailableError("Stripe does not answer as it should; try again") from None


def _id(value: Any) -> str | None:
    """The id of what is given as an id or expanded."""
    return value if value is None or isinstance(value, str) else str(value.id)


def _price(price: stripe.Price) -> PriceRecord:
    return PriceRecord(price.id, price.lookup_key, price.metadata.to_dict().get("plan"))


def _subscription(found: stripe.Subscription) -> SubscriptionRecord:
    # Since 2025-03-31 the period stands on the items.
    items = found.items.data
    ends = [item.current_period_end for item in items]
    return SubscriptionRecord(
        id=found.id,
        customer_id=str(_id(found.customer)),
        status=found.status,
        prices=tuple(_price(item.price) for item in items),
        period_end=datetime.fromtimestamp(max(ends), UTC) if ends else None,
        cancel_at_period_end=found.cancel_at_period_end or found.cancel_at is not None,
        account=found.metadata.to_dict().get("account"),
    )


def _checkout(session: stripe.checkout.Session) -> CheckoutRecord:
    return CheckoutRecord(session.id, session.status or "open", session.url, _id(session.customer))
