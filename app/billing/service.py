"""Billing of one process: open or off, and how many webhooks it works on at once."""

import asyncio
from typing import TYPE_CHECKING

from app.billing.errors import BillingNotConfiguredError
from app.core.db import Database
from app.core.settings import Settings

if TYPE_CHECKING:
    from app.billing.stripe_client import StripeClient

# Each holds a writing connection while Stripe is asked; the others are for the rest of the service.
MAX_AT_ONCE = 4


class Billing:
    """Stripe and the database, for whoever handles payments."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.public_url = settings.public_url
        self.trial_days = settings.stripe_trial_days
        self.slots = asyncio.Semaphore(MAX_AT_ONCE)
        self._settings = settings
        self._stripe: StripeClient | None = None

    @property
    def is_on(self) -> bool:
        """Whether a key is set."""
        return self._settings.stripe_api_key is not None

    @property
    def stripe(self) -> "StripeClient":
        """The client.

        Raises:
            BillingNotConfiguredError: billing is off.
        """
        if not self.is_on:
            raise BillingNotConfiguredError
        if self._stripe is None:
            # Here and not above: the SDK takes 30 MiB, which a service without billing can spare.
            from app.billing.stripe_client import StripeClient  # noqa: PLC0415

            self._stripe = StripeClient(self._settings)
        return self._stripe

    async def __aenter__(self) -> "Billing":
        if self.is_on:
            _ = self.stripe
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._stripe is not None:
            await self._stripe.close()
            self._stripe = None
