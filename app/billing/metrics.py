"""Counters of billing."""

from prometheus_client import Counter

EVENTS = Counter("vric_stripe_events_total", "Events of Stripe by what became of them", ["outcome"])
UNKNOWN_PRICES = Counter(
    "vric_stripe_unknown_prices_total", "Readings of a subscription whose price has no plan"
)
DISPUTES = Counter("vric_stripe_disputes_total", "Disputes opened by customers")
