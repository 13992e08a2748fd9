"""Refusals of billing, each with its status and code."""

from app.core.errors import ConflictError, ProblemError, UnavailableError


class BillingNotConfiguredError(UnavailableError):
    code = "billing_not_configured"

    def __init__(self) -> None:
        super().__init__("this service takes no payments: no Stripe key is set")


class StripeUnavailableError(UnavailableError):
    code = "payment_provider_unavailable"


class MissingError(StripeUnavailableError):
    """Stripe has no such object: it was deleted, or the key is that of another Stripe account."""


class PriceUnavailableError(UnavailableError):
    code = "price_unavailable"


class MalformedEventError(ProblemError):
    status = 400
    code = "invalid_event"


class ForgedEventError(ProblemError):
    status = 400
    code = "invalid_signature"


class WrongModeError(ProblemError):
    status = 400
    code = "wrong_mode"


class SubscriptionRunningError(ConflictError):
    code = "subscription_running"

    def __init__(self) -> None:
        super().__init__(
            "a subscription is running: end it on the portal and use what is paid, or repeat this"
            " with end_subscription: true, which ends it now and returns no money"
        )


class KeyReusedError(ProblemError):
    status = 409
    code = "idempotency_conflict"
