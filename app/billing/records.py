"""What is read from Stripe: small records, so that no object of its SDK goes further."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """A price; `plan` is what its metadata say it stands for, for prices that lost their lookup key."""

    id: str
    lookup_key: str | None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionRecord:
    """A subscription as Stripe has it now; `account` is the account that its metadata name."""

    id: str
    customer_id: str
    status: str
    prices: tuple[PriceRecord, ...]
    period_end: datetime | None
    cancel_at_period_end: bool
    account: str | None = None


@dataclass(frozen=True, slots=True)
class CheckoutRecord:
    """A checkout session; `status` is open, complete or expired."""

    id: str
    status: str
    url: str | None
    customer_id: str | None
