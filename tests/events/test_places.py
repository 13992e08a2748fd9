"""Boxes and circles where the sphere is awkward: poles, antimeridian, rim."""

from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import Database
from tests.conftest import serving
from tests.events.oracle import distance_km
from tests.events.samples import event, ids, refusal, write

PLACES = {
    1: (179.9, 0.0), 2: (-179.9, 0.0), 3: (180.0, -10.0), 4: (-180.0, -10.0), 5: (0.0, 89.9),
    6: (180.0, 89.9), 7: (0.0, -90.0), 8: (90.0, -89.0), 9: (0.0, 0.0), 10: (1.0, 0.0),
    11: (0.0, 1.0), 12: (-66.9, 10.5),
}  # fmt: skip
ONE_DEGREE_KM = distance_km(0, 0, 1, 0)


@pytest.fixture(scope="module")
async def globe(module_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A service with an event at each place, and one known only to its country."""
    async with Database(module_url, pool_size=1) as database:
        placed = {
            number: event(lon=lon, lat=lat, precision="exact")
            for number, (lon, lat) in PLACES.items()
        }
        await write(database, {**placed, 99: event(precision="country", countries=("VE",))})
    async with serving(module_url) as client:
        yield client


@pytest.mark.parametrize(
    ("bbox", "found"),
    [
        ("-180,-90,180,90", set(PLACES)),
        ("170,-20,-170,20", {1, 2, 3, 4}),
        ("170,-20,180,20", {1, 3}),
        ("180,-10,-180,-10", {3, 4}),
        ("0,0,1,1", {9, 10, 11}),
        ("0,0,0,0", {9}),
        ("-180,-90,180,-90", {7}),
        ("-66.9,10.5,-66.9,10.5", {12}),
        (" -67 , 10 , -66 , 11 ", {12}),
        ("+0,+0,1.,.5", {9, 10}),
    ],
)
async def test_boxes(globe: httpx.AsyncClient, bbox: str, found: set[int]) -> None:
    assert await ids(globe, bbox=bbox) == found


@pytest.mark.parametrize(
    ("near", "radius_km", "found"),
    [
        ("180,0", 12, {1, 2}),
        ("-180,0", 12, {1, 2}),
        ("180,-10", 1, {3, 4}),
        ("-180,-10", 1, {3, 4}),
        ("0,90", 12, {5, 6}),
        ("123,90", 12, {5, 6}),
        ("90,89.9", 23, {5, 6}),
        ("-77,-90", 0.001, {7}),
        ("-77,-90", 112, {7, 8}),
        ("0,0", ONE_DEGREE_KM, {9, 10, 11}),
        ("0,0", ONE_DEGREE_KM - 0.001, {9}),
        ("0,0", 0.001, {9}),
        ("0,0", 20_000, set(PLACES) - {1, 2}),
    ],
)
async def test_circles(
    globe: httpx.AsyncClient, near: str, radius_km: float, found: set[int]
) -> None:
    assert await ids(globe, near=near, radius_km=radius_km) == found


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lon=st.integers(-180, 180), lat=st.integers(-90, 90), radius_km=st.integers(1, 20_000))
async def test_a_circle_holds_what_is_within_its_radius(
    globe: httpx.AsyncClient, lon: int, lat: int, radius_km: int
) -> None:
    away = {number: distance_km(lon, lat, *place) for number, place in PLACES.items()}
    found = await ids(globe, near=f"{lon},{lat}", radius_km=radius_km)
    assert found >= {number for number, km in away.items() if km < radius_km - 1e-6}
    assert found <= {number for number, km in away.items() if km < radius_km + 1e-6}


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        *(("bbox", value) for value in (
            "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6", "a,b,c,d", "nan,0,1,1", "0,0,inf,1", "0,10,1,5",
            "181,0,182,1", "0,-91,1,0", "1e2,0,1,1", "", ",,,", "0,0,1,1,", "0x1,0,1,1",
        )),
        *(("near", value) for value in ("1", "1,2,3", "200,0", "0,91", "nan,nan", "x,y", "")),
        *(("radius_km", value) for value in ("0", "-1", "nan", "inf", "20001", "x", "")),
    ],
)  # fmt: skip
async def test_what_is_no_place_is_refused_by_name(
    globe: httpx.AsyncClient, parameter: str, value: str
) -> None:
    others = {"near": {"radius_km": "5"}, "radius_km": {"near": "0,0"}}.get(parameter, {})
    name, _ = await refusal(globe, **{**others, parameter: value})
    assert name == parameter


async def test_near_and_radius_go_together(globe: httpx.AsyncClient) -> None:
    refused = ("radius_km", "near and radius_km go together")
    assert await refusal(globe, near="0,0") == refused
    assert await refusal(globe, radius_km="5") == refused


async def test_country_level_events_are_no_points(globe: httpx.AsyncClient) -> None:
    assert 99 not in await ids(globe, bbox="-180,-90,180,90")
    assert await ids(globe, precision="country") == {99}
    answer = (await globe.get("/v1/events", params={"bbox": "30,30,31,31"})).json()
    [hint] = answer["meta"]["hints"]
    assert hint["parameter"] == "bbox" and "only to their country" in hint["reason"]
