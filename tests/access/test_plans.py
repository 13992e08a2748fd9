"""The price list stands in one place; what is printed elsewhere is the same."""

from pathlib import Path

import httpx
import pytest

from app.core.db import Database
from app.plans import COSTS, PLANS, Feature, Plan, cost_of
from tests.conftest import MakeKey, serving

ROOT = Path(__file__).parents[2]


def _row(plan: Plan) -> str:
    shown = "anonymous (by address)" if plan.key == "anonymous" else plan.key
    features = ", ".join(f.value for f in Feature if f in plan.features and f != Feature.ACCOUNT)
    rows = "unlimited" if plan.export_rows is None else f"{plan.export_rows:,}"
    numbers = (
        f"{plan.burst_per_minute:,}", f"{plan.daily:,}", f"{plan.page_cap:,}",
        rows if plan.export_rows != 0 else "-", f"{plan.api_keys}" if plan.api_keys else "-",
    )  # fmt: skip
    return f"| {shown} | {' | '.join(numbers)} | {features} |"


def test_the_table_of_the_readme_is_the_price_list() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for plan in PLANS.values():
        assert _row(plan) in readme
    for (method, path), units in COSTS.items():
        if units > 1:
            assert f"`{method} {path}` {units}" in readme


async def test_every_price_is_that_of_a_route(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    routes = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    # The webhook is Stripe's, and not described.
    assert set(COSTS) - routes <= {("POST", "/v1/billing/webhook")}


@pytest.mark.parametrize(
    ("method", "path", "units"),
    [
        ("POST", "/v1/forensics/corpora/spring/images", 10),
        ("GET", "/v1/forensics/corpora/spring/images", 5),
        ("DELETE", "/v1/forensics/corpora/spring/images", 1),
        ("GET", "/v1/forensics/corpora/spring", 1),
        ("GET", "/v1/forensics/corpora/spring/summer/images", 1),
        ("GET", "/v1/forensics/corpora//images", 1),
        ("GET", "/v1/forensics/findings/3f0c/network.svg", 2),
        ("GET", "/v1/forensics/findings/3f0c/evidence", 5),
        ("GET", "/v1/forensics/findings/3f0c/csv", 1),
        ("POST", "/v1/forensics/findings/3f0c/recompute", 10),
        ("GET", "/v1/forensics/findings/3f0c/recompute", 1),
        ("GET", "/v1/plans", 0),
    ],
)
def test_a_path_with_a_name_in_it_costs_what_its_route_does(
    method: str, path: str, units: int
) -> None:
    assert cost_of(method, path) == units


async def test_an_answer_tells_the_cost_of_its_route(
    database: Database, make_account_key: MakeKey
) -> None:
    headers = {"X-API-Key": await make_account_key(plan="premium")}
    path = f"/v1/forensics/corpora/nowhere/images?pdq={'0' * 64}"
    async with serving(database.url) as client:
        answer = await client.get(path, headers=headers)
    assert (answer.status_code, answer.headers["x-request-cost"]) == (404, "5")


async def test_the_route_shows_the_same(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/plans")
    assert answer.headers["x-request-cost"] == "0"
    shown = {plan["key"]: plan for plan in answer.json()["items"]}
    assert list(shown) == list(PLANS)
    for key, plan in PLANS.items():
        assert shown[key]["features"] == sorted(plan.features)
        assert shown[key]["export_rows"] == plan.export_rows
        assert shown[key]["api_keys"] == plan.api_keys
        assert shown[key]["prices"] == list(plan.lookup_keys)


async def test_a_cap_that_was_changed_is_that_of_an_export(
    database: Database, make_account_key: MakeKey
) -> None:
    headers = {"X-API-Key": await make_account_key()}
    async with serving(database.url, plan_overrides={"free": {"export_rows": 7}}) as client:
        made = await client.post("/v1/exports", json={"format": "csv"}, headers=headers)
        assert (made.status_code, made.json()["rows_cap"]) == (202, 7)
        shown = {plan["key"]: plan for plan in (await client.get("/v1/plans")).json()["items"]}
        assert shown["free"]["export_rows"] == 7


def test_every_named_plan_holds_the_account() -> None:
    assert {key for key, plan in PLANS.items() if Feature.ACCOUNT not in plan.features} == {
        "anonymous"
    }
