"""Plans: the one place for what each plan may do, how often, and how much at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any


class Feature(StrEnum):
    """What a route may ask for."""

    EVENTS = "events"
    ACCOUNT = "account"
    EXPORT = "export"
    FORENSICS = "forensics"
    ROUTES = "routes"
    ALERTS = "alerts"


@dataclass(frozen=True, slots=True)
class Plan:
    """One row of the price list; `None` is unlimited."""

    key: str
    burst_per_minute: int
    daily: int
    page_cap: int
    export_rows: int | None
    api_keys: int
    saved_searches: int
    features: frozenset[Feature]
    lookup_keys: tuple[str, ...] = ()
    corpora: int = 0
    posts_per_corpus: int | None = 0


_FREE = frozenset({Feature.EVENTS, Feature.ACCOUNT, Feature.EXPORT})
_ALL = frozenset(Feature)

ANONYMOUS = Plan("anonymous", 30, 1_000, 100, 0, 0, 0, frozenset({Feature.EVENTS}))
FREE = Plan("free", 60, 5_000, 1_000, 10_000, 2, 1, _FREE)
PREMIUM = Plan(
    "premium",
    300,
    100_000,
    10_000,
    1_000_000,
    10,
    50,
    _ALL,
    ("premium_monthly", "premium_yearly"),
    corpora=50,
    posts_per_corpus=2_000_000,
)
ENTERPRISE = Plan(
    "enterprise", 1_200, 1_000_000, 10_000, None, 100, 1_000, _ALL,
    ("enterprise_monthly", "enterprise_yearly"), corpora=1_000, posts_per_corpus=None,
)  # fmt: skip
PLANS: Mapping[str, Plan] = {plan.key: plan for plan in (ANONYMOUS, FREE, PREMIUM, ENTERPRISE)}

# What a request costs in units of the plan's limits, where it is not one: by the route's path.
COSTS: Mapping[tuple[str, str], int] = {
    ("GET", "/v1/events/facets"): 2,
    ("GET", "/v1/events/timeline"): 2,
    ("GET", "/v1/events/correlations"): 5,
    ("POST", "/v1/exports"): 10,
    ("POST", "/v1/forensics/analyses"): 10,
    ("POST", "/v1/forensics/findings/{finding_id}/recompute"): 10,
    ("GET", "/v1/forensics/findings/{finding_id}/evidence"): 5,
    ("GET", "/v1/forensics/findings/{finding_id}/stix"): 2,
    ("GET", "/v1/forensics/findings/{finding_id}/report"): 2,
    ("GET", "/v1/forensics/findings/{finding_id}/{picture}.{format}"): 2,
    ("POST", "/v1/forensics/corpora/{name}/posts"): 2,
    ("GET", "/v1/forensics/corpora/{name}/images"): 5,
    ("POST", "/v1/forensics/corpora/{name}/images"): 10,
    ("POST", "/v1/forensics/images/hash"): 2,
    ("POST", "/v1/forensics/images/compare"): 10,
    ("POST", "/v1/forensics/infrastructure"): 10,
    ("POST", "/v1/forensics/lookalikes"): 5,
    ("GET", "/v1/forensics/search"): 5,
    ("GET", "/v1/routes/activities"): 2,
    ("GET", "/v1/routes/itineraries"): 2,
    ("GET", "/v1/routes/itineraries/{itinerary_id}/map.{format}"): 2,
    ("GET", "/v1/routes/crafts/{craft}/track"): 2,
    ("GET", "/v1/ogc/collections/{collection}/items"): 2,
    ("GET", "/v1/ogc/collections/{collection}/items/{craft}/tgsequence"): 2,
    ("POST", "/v1/routes/reachability"): 10,
    ("GET", "/v1/plans"): 0,
    ("GET", "/v1/usage"): 0,
    # Limited by address: whoever used up a quota can still sign in, and take a larger plan.
    ("POST", "/v1/accounts"): 0,
    ("POST", "/v1/accounts/verify"): 0,
    ("POST", "/v1/accounts/reset"): 0,
    ("POST", "/v1/accounts/reset/confirm"): 0,
    ("POST", "/v1/oauth/token"): 0,
    ("POST", "/v1/oauth/revoke"): 0,
    ("GET", "/v1/me"): 0,
    ("GET", "/v1/billing"): 0,
    ("POST", "/v1/billing/checkout"): 0,
    ("POST", "/v1/billing/portal"): 0,
    ("POST", "/v1/billing/sync"): 0,
    # Stripe delivers from few addresses, and signs.
    ("POST", "/v1/billing/webhook"): 0,
}


def _pattern(route: str) -> str:
    """A route with its parameters as a group of a regular expression."""
    parts = re.split(r"(\{\w+\})", route)
    return f"({''.join('[^/]+' if part[:1] == '{' else re.escape(part) for part in parts)})"


_TEMPLATES = {f"{method} {path}": units for (method, path), units in COSTS.items() if "{" in path}
_TEMPLATE_UNITS = tuple(_TEMPLATES.values())
_MATCHER = re.compile("|".join(map(_pattern, _TEMPLATES)))


def cost_of(method: str, path: str) -> int:
    """The units that a request costs; its path is matched here, since it is not routed yet."""
    units = COSTS.get((method, path))
    if units is None and (found := _MATCHER.fullmatch(f"{method} {path}")) and found.lastindex:
        units = _TEMPLATE_UNITS[found.lastindex - 1]
    return 1 if units is None else units


def with_overrides(overrides: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Plan]:
    """The plans with some numbers changed, for tests and benchmarks.

    Raises:
        ValueError: an unknown plan, an unknown number, or one that is no whole number from 0 on;
            null is a number where the plan may be unlimited.
    """
    numbers = {field.name: field.type for field in fields(Plan)}
    plans = dict(PLANS)
    for key, changes in overrides.items():
        if key not in plans:
            raise ValueError(f"VRIC_PLAN_OVERRIDES: there is no plan {key!r}")
        for name, value in changes.items():
            is_number = numbers.get(name) in (int, int | None) and type(value) is int and value >= 0
            if not is_number and not (numbers.get(name) == int | None and value is None):
                raise ValueError(f"VRIC_PLAN_OVERRIDES: {key}.{name} cannot be {value!r}")
        plans[key] = replace(plans[key], **changes)
    return plans
