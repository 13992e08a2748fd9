"""What a route asks of its caller: nothing, or a feature of the plan."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.routing import RouteContext

from app.access.gate import Caller
from app.access.principal import CHALLENGE, Principal
from app.access.rate_limits import Guard, RateLimits
from app.core.errors import InsufficientScopeError, PlanRequiredError, UnauthorizedError
from app.plans import PLANS, Feature

# The `openapi_extra` of a route that is open to all. It is data and no dependency, because the
# busiest routes are public.
PUBLIC: dict[str, Any] = {"x-access": "public"}


def requires(feature: Feature) -> Callable[..., Awaitable[None]]:
    """A dependency that lets in those whose plan has `feature`.

    Others get 401 without a credential, 403 `plan_required` with the plan's name and where to get
    it, or 403 `insufficient_scope` for a key that was made without the feature.
    """

    async def check(caller: Caller) -> None:
        if feature in caller.features:
            return
        if caller.account_id is None:
            raise UnauthorizedError("this needs an account; send a key or token", headers=CHALLENGE)
        if feature in caller.plan.features:
            raise InsufficientScopeError(f"this key was made without the scope {feature}")
        needed = next(key for key, plan in PLANS.items() if feature in plan.features)
        raise PlanRequiredError(
            f"{feature} needs the plan {needed}",
            extra={"feature": feature, "plan": needed, "upgrade_url": "/plans"},
        )

    check.feature = feature  # type: ignore[attr-defined]
    return check


def access_of(route: RouteContext) -> str | None:
    """What a route declares: `public`, a feature, or nothing, which is a fault."""
    for dependency in route.dependant.dependencies:
        feature: Feature | None = getattr(dependency.call, "feature", None)
        if feature is not None:
            return feature.value
    declared: str | None = (route.openapi_extra or {}).get("x-access")
    return declared


async def get_owner(caller: Caller) -> Principal:
    """The owner of an account who signed in: no key may change what lets callers in.

    Raises:
        UnauthorizedError: nobody signed in.
        InsufficientScopeError: a key, or a token that was had for one.
    """
    if caller.account_id is None:
        raise UnauthorizedError("this needs a signed-in owner", headers=CHALLENGE)
    if not caller.is_owner:
        raise InsufficientScopeError("this needs its owner to sign in; a key is not enough")
    return caller


Owner = Annotated[Principal, Depends(get_owner)]


def guarded(guard: Guard) -> Any:
    """A dependency that limits calls for each address, whatever the plan."""

    async def check(request: Request, caller: Caller) -> None:
        limits: RateLimits = request.app.state.limits
        await limits.check_guard(guard, caller.address)

    return Depends(check)
