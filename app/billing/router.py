"""Routes of billing: subscribe, the portal, what is known, and Stripe's webhook."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response

from app.access.gate import Caller
from app.access.idempotency import IdempotencyKey
from app.access.policy import PUBLIC, guarded, requires
from app.access.rate_limits import Guard
from app.billing import checkout, overview, webhook
from app.billing.schemas import (
    EVENT_EXAMPLE,
    BillingAnswer,
    CheckoutRequest,
    NoBody,
    RedirectAnswer,
    SyncAnswer,
    SyncRequest,
    WebhookAnswer,
)
from app.billing.service import Billing
from app.core.errors import BodyTooLargeError
from app.core.query_string import from_query
from app.events.responses import problems
from app.plans import Feature

MAX_EVENT_BYTES = 524_288
_PROBLEMS = {
    400: "A parameter or header cannot be read, or the event is forged, stale or none.",
    403: "The key was made without `account`.",
    404: "The checkout is not one of this account's.",
    409: "The Idempotency-Key came with another body before, or another checkout began meanwhile.",
    503: "Billing is off (`billing_not_configured`), or Stripe or the database is away.",
}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return problems(*statuses, said=_PROBLEMS)


async def get_billing(request: Request) -> Billing:
    """The billing that the application opened at its start."""
    billing: Billing = request.app.state.billing
    return billing


async def _uncached(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"


OpenBilling = Annotated[Billing, Depends(get_billing, scope="function")]
router = APIRouter(prefix="/v1/billing", tags=["billing"], dependencies=[Depends(_uncached)])
# They cost no quota: whoever used it up can still take a larger plan.
_account = [Depends(requires(Feature.ACCOUNT)), guarded(Guard.ACCOUNT)]


@router.get(
    "",
    operation_id="getBilling",
    summary="Plan, subscriptions and their history",
    dependencies=_account,
    responses=_problems(403, 404),
)
async def get_overview(
    _: Annotated[NoBody, from_query(NoBody)], caller: Caller, billing: OpenBilling
) -> BillingAnswer:
    """What is known here of the account's subscriptions, and every change of its plan with its
    cause. Known also while billing is off."""
    return await overview.describe(billing, _id_of(caller.account_id))


@router.post(
    "/checkout",
    operation_id="beginCheckout",
    summary="Subscribe",
    dependencies=_account,
    responses=_problems(403, 404, 409, 422),
)
async def begin_checkout(
    body: CheckoutRequest,
    caller: Caller,
    billing: OpenBilling,
    idempotency_key: IdempotencyKey = None,
) -> RedirectAnswer:
    """A page of Stripe's on which the account subscribes. An account that is subscribed gets its
    portal instead, where it changes the plan and pays nothing twice."""
    account_id = _id_of(caller.account_id)
    found = await checkout.begin_checkout(billing, account_id, body.lookup_key, idempotency_key)
    return RedirectAnswer(kind=found.kind, url=found.url)


@router.post(
    "/portal",
    operation_id="openPortal",
    summary="Change plan, card or mind",
    dependencies=_account,
    responses=_problems(403, 404),
)
async def open_portal(caller: Caller, billing: OpenBilling) -> RedirectAnswer:
    """A page of Stripe's with the account's subscriptions, cards and invoices; open for minutes."""
    found = await checkout.open_portal(billing, _id_of(caller.account_id))
    return RedirectAnswer(kind=found.kind, url=found.url)


@router.post(
    "/sync",
    operation_id="syncBilling",
    summary="Read the subscriptions from Stripe now",
    dependencies=_account,
    responses=_problems(403, 404, 422),
)
async def sync_billing(body: SyncRequest, caller: Caller, billing: OpenBilling) -> SyncAnswer:
    """For the page that Stripe returns to: it need not wait for the webhook. The plan acts from the
    next request on."""
    account_id = _id_of(caller.account_id)
    outcome = await checkout.sync_checkout(billing, account_id, body.session_id)
    plan = (await overview.describe(billing, account_id)).plan
    return SyncAnswer(outcome=outcome, plan=plan)


@router.post(
    "/webhook",
    operation_id="receiveStripeEvent",
    summary="For Stripe alone",
    openapi_extra={
        **PUBLIC,
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "object"}, "example": EVENT_EXAMPLE}
            },
        },
    },
    responses=_problems(413),
)
async def receive_event(
    request: Request,
    billing: OpenBilling,
    stripe_signature: Annotated[
        str | None, Header(max_length=2_000, description="Made by Stripe over the body.")
    ] = None,
) -> WebhookAnswer:
    """An event, signed by Stripe. Any answer but 2xx makes Stripe send it again."""
    _ = billing.stripe  # off is told before anything is read
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_EVENT_BYTES:
            raise BodyTooLargeError(f"an event may have at most {MAX_EVENT_BYTES} bytes")
    return WebhookAnswer(outcome=await webhook.receive(billing, bytes(body), stripe_signature))


def _id_of(account_id: int | None) -> int:
    assert account_id is not None
    return account_id
