"""Routes for those who have no session yet: sign up, verify, reset; and the price list."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.access.gate import Caller
from app.access.idempotency import IdempotencyKey, once_of
from app.access.policy import PUBLIC, guarded
from app.access.rate_limits import Guard
from app.accounts.router_inputs import (
    PRIVATE,
    Nothing,
    Services,
    language_of,
    private_json,
)
from app.accounts.schemas import (
    Accepted,
    AskReset,
    ConfirmReset,
    LinkToken,
    Plans,
    SignUp,
    Verified,
)
from app.accounts.sign_up import ask_for_reset, confirm_reset, sign_up, verify
from app.events.links import Links
from app.events.responses import envelope, problems
from app.plans import COSTS, Plan

router = APIRouter(prefix="/v1", tags=["accounts"])
# The same answer for everybody: it tells nothing of who has an account.
_LOOK_INTO_MAIL = Accepted(detail="if the address can be used, a mail is on its way to it")


@router.post(
    "/accounts",
    operation_id="signUp",
    summary="Sign up",
    status_code=202,
    response_model=Accepted,
    responses=problems(409, 422),
    openapi_extra=PUBLIC,
    dependencies=[guarded(Guard.SIGN_UP)],
)
async def create_account(
    body: SignUp,
    request: Request,
    caller: Caller,
    context: Services,
    _: Nothing,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Ask for an account. A link to verify the address is mailed; an address that has an account is
    told so by mail, and the answer is the same."""
    await sign_up(
        context,
        body.email,
        body.password.get_secret_value(),
        language_of(request, body.language),
        caller.address,
        await once_of(request, context.secrets, caller.subject, idempotency_key),
    )
    return private_json(_LOOK_INTO_MAIL, 202)


@router.post(
    "/accounts/verify",
    operation_id="verifyAddress",
    summary="Verify an address",
    response_model=Verified,
    responses=problems(409, 422),
    openapi_extra=PUBLIC,
    dependencies=[guarded(Guard.RESET)],
)
async def verify_address(
    body: LinkToken, request: Request, caller: Caller, context: Services, _: Nothing
) -> Response:
    """Use the token of a mailed link, for a new account or a new address of an old one."""
    language = language_of(request, None)
    email = await verify(context, body.token.get_secret_value(), language, caller.address)
    return private_json(Verified(email=email))


@router.post(
    "/accounts/reset",
    operation_id="askForReset",
    summary="Ask for a new password",
    status_code=202,
    response_model=Accepted,
    responses=problems(422),
    openapi_extra=PUBLIC,
    dependencies=[guarded(Guard.RESET)],
)
async def ask_reset(
    body: AskReset,
    request: Request,
    caller: Caller,
    context: Services,
    _: Nothing,
) -> Response:
    """Mail a link for a new password, if the address has an account."""
    language = language_of(request, body.language)
    await ask_for_reset(context, body.email, language, caller.address)
    return private_json(_LOOK_INTO_MAIL, 202)


@router.post(
    "/accounts/reset/confirm",
    operation_id="confirmReset",
    summary="Set a new password",
    status_code=204,
    responses=problems(422),
    openapi_extra=PUBLIC,
    dependencies=[guarded(Guard.RESET)],
)
async def set_new_password(
    body: ConfirmReset, request: Request, caller: Caller, context: Services, _: Nothing
) -> Response:
    """Set a password by the token of a mailed link; every session ends."""
    await confirm_reset(
        context,
        body.token.get_secret_value(),
        body.password.get_secret_value(),
        language_of(request, None),
        caller.address,
    )
    return Response(status_code=204, headers=PRIVATE)


@router.get(
    "/plans",
    operation_id="listPlans",
    summary="Plans",
    response_model=Plans,
    responses=problems(),
    openapi_extra=PUBLIC,
)
async def list_plans(context: Services, _: Nothing) -> Response:
    """What each plan may do, how often, and what a request costs where it is not one unit."""
    costs = [{"method": m, "path": path, "units": units} for (m, path), units in COSTS.items()]
    links = Links("/v1/plans", "", "application/json").of(None)
    return envelope([_shown(plan) for plan in context.plans.values()], links, {"costs": costs})


def _shown(plan: Plan) -> dict[str, Any]:
    return {
        "key": plan.key,
        "burst_per_minute": plan.burst_per_minute,
        "daily": plan.daily,
        "page_cap": plan.page_cap,
        "export_rows": plan.export_rows,
        "api_keys": plan.api_keys,
        "saved_searches": plan.saved_searches,
        "corpora": plan.corpora,
        "posts_per_corpus": plan.posts_per_corpus,
        "features": sorted(feature.value for feature in plan.features),
        "prices": list(plan.lookup_keys),
    }
