"""The routes over craft, tracks, activities, zones, silences and moving features."""

from typing import Any

import httpx
import numpy as np
import pytest
import shapely.geometry

from app.core.db import Database
from app.itineraries.activities.deriver import bundled_world, derive_activities
from app.itineraries.crafts.writer import Said, save_crafts, save_identities
from tests.conftest import MakeKey, serving
from tests.itineraries.store.conftest import Take
from tests.itineraries.store.tracks import START_S, fixes, journey, together
from tests.problems import assert_problem

WORLD = bundled_world()
ROUTES = "/v1/routes"
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-65, 13], [-63, 13], [-63, 14], [-65, 14], [-65, 13]]],
}
ONE = journey("mmsi:422000001", [("move", 3), ("spot", 6), ("silent", 4), ("stay", 3)], 1)
OTHER = journey("mmsi:422000002", [("move", 3), ("spot", 6), ("move", 9)], 400)


@pytest.fixture
async def observed(database: Database, take: Take) -> Database:
    """Two vessels that met, their activities, and two aircraft that are nearly the same."""
    await take(together([ONE, OTHER]))
    await derive_activities(database, WORLD)
    async with database.transaction() as connection:
        ids = await save_crafts(connection, ["msn:25171", "msn:23413", "imo:9187629"])
        said = [
            ("msn:25171", "registration", "EP-FAB"), ("msn:23413", "registration", "EP-FAC"),
            ("msn:25171", "operator", "Fars Air Qeshm"), ("imo:9187629", "name", "Otomán"),
            ("imo:9187629", "mmsi", "422000001"),
        ]  # fmt: skip
        await save_identities(
            connection, [Said(ids[key], field, value, "test") for key, field, value in said]
        )
    return database


async def _items(client: httpx.AsyncClient, path: str, **query: Any) -> list[Any]:
    answer = await client.get(f"{ROUTES}{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["items"]
    assert answer.json()["returned"] == len(found)
    return found


async def _all_pages(client: httpx.AsyncClient, path: str) -> list[Any]:
    found, href = [], path
    while href:
        answer = (await client.get(href)).json()
        found += answer["items"]
        href = next((link["href"] for link in answer["links"] if link["rel"] == "next"), "")
    return found


@pytest.mark.parametrize(
    "path",
    ["/crafts", "/crafts/1", "/crafts/1/track", "/crafts/1/identity", "/activities", "/zones"],
)
async def test_routes_are_for_those_who_have_them(
    database_url: str, make_account_key: MakeKey, path: str
) -> None:
    free = await make_account_key(plan="free")
    async with serving(database_url) as client:
        assert_problem(await client.get(ROUTES + path), 401, "unauthorized")
        refused = await client.get(ROUTES + path, headers={"X-API-Key": free})
        assert assert_problem(refused, 403, "plan_required")["plan"] == "premium"


async def test_craft_are_found_by_whatever_is_said_of_them(
    observed: Database, premium: httpx.AsyncClient
) -> None:
    async def keys(**query: Any) -> list[str]:
        return [craft["key"] for craft in await _items(premium, "/crafts", **query)]

    assert await keys(registration="epfab") == ["msn:25171"]
    assert await keys(name="OTOMAN") == ["imo:9187629"]
    assert await keys(q="toma") == ["imo:9187629"]
    assert await keys(operator="fars air qeshm", msn="25171") == ["msn:25171"]
    assert await keys(operator="fars air qeshm", msn="23413") == []
    assert await keys(mmsi="422000001") == ["imo:9187629", "mmsi:422000001"]
    assert await keys(kind="aircraft") == ["msn:25171", "msn:23413"]
    assert await keys(craft="mmsi:422000002,1") == ["mmsi:422000002", "mmsi:422000001"]
    assert await keys(bbox="-66,10,-60,15") == ["mmsi:422000002", "mmsi:422000001"]
    assert await keys(bbox="170,10,-170,15") == []
    assert await keys(datetime="2020-11-01") == ["mmsi:422000002", "mmsi:422000001"]
    assert await keys(datetime="../2020-10-31") == []
    for path, things in (("crafts", "craft"), ("activities", "activities")):
        empty = (await premium.get(f"{ROUTES}/{path}?bbox=170,10,-170,15&limit=5")).json()
        reason = f"no {things} meet all of these together"
        assert empty["meta"]["hints"] == [{"parameters": ["bbox"], "reason": reason}]


async def test_what_is_alike_stands_apart(observed: Database, premium: httpx.AsyncClient) -> None:
    answer = (await premium.get(f"{ROUTES}/crafts?registration=EP-FAB")).json()
    assert [craft["key"] for craft in answer["items"]] == ["msn:25171"]
    assert [near["value"] for near in answer["meta"]["near"]] == ["EP-FAC"]
    craft = (await premium.get(f"{ROUTES}/crafts/mmsi:422000001")).json()
    assert [one["key"] for one in craft["related"]] == ["imo:9187629"]
    assert craft["current"] == {"mmsi": "422000001"}
    assert craft["positions"] == len(ONE)


async def test_a_track_comes_in_pages_as_it_was_taken_in(
    observed: Database, premium: httpx.AsyncClient
) -> None:
    found = await _all_pages(premium, f"{ROUTES}/crafts/mmsi:422000001/track?limit=7")
    assert [fix["lat"] for fix in found] == ONE.lat.tolist()
    assert found[0]["at"] == "2020-11-01T00:00:01Z"
    assert found[0]["speed_kn"] is None
    part = await _items(
        premium, "/crafts/1/track", datetime="2020-11-01T01:00:01Z/2020-11-01T02:00:01Z"
    )
    assert [fix["lat"] for fix in part] == ONE.lat[3:7].tolist()
    thin = await _items(premium, "/crafts/1/track", simplify_m=100_000)
    assert 2 <= len(thin) < len(ONE)


@pytest.mark.parametrize(
    ("f", "media", "start"),
    [
        ("geojson", "application/geo+json", b'{"type":"FeatureCollection"'),
        ("mfjson", "application/geo+json", b'{"type":"FeatureCollection"'),
        ("gpx", "application/gpx+xml", b"<?xml"),
        ("kml", "application/vnd.google-earth.kml+xml", b"<?xml"),
        ("czml", "application/json", b"["),
        ("csv", "text/csv; charset=utf-8", b"kind,"),
    ],
)
async def test_a_track_has_seven_formats(
    observed: Database, premium: httpx.AsyncClient, f: str, media: str, start: bytes
) -> None:
    answer = await premium.get(f"{ROUTES}/crafts/1/track", params={"f": f, "limit": 9})
    assert answer.headers["content-type"] == media
    assert answer.content.startswith(start)
    assert 'rel="next"' in answer.headers["link"]


async def test_tags_change_with_what_comes_in(
    observed: Database, premium: httpx.AsyncClient, take: Take
) -> None:
    path = f"{ROUTES}/crafts/1/track"
    first = await premium.get(path)
    assert first.headers["cache-control"] == "private, max-age=60"
    again = await premium.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    await take(fixes("mmsi:422000001", [START_S - 60], [12], [-64]))
    changed = await premium.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.json()["returned"] == len(ONE) + 1


async def test_activities_are_filtered(observed: Database, premium: httpx.AsyncClient) -> None:
    everything = await _all_pages(premium, f"{ROUTES}/activities?limit=2")
    assert [one["start_at"] for one in everything] == sorted(
        (one["start_at"] for one in everything), reverse=True
    )
    assert len({one["id"] for one in everything}) == len(everything) >= 5

    async def ids(**query: Any) -> set[int]:
        return {one["id"] for one in await _items(premium, "/activities", **query)}

    def those(holds: Any) -> set[int]:
        return {one["id"] for one in everything if holds(one)}

    assert await ids(type="meeting,gap") == those(lambda one: one["kind"] in ("meeting", "gap"))
    assert await ids(craft="mmsi:422000002") == those(
        lambda one: "mmsi:422000002" in [craft["key"] for craft in one["crafts"]]
    )
    assert await ids(bbox="-64.5,13.1,-63,13.3") == those(
        lambda one: one["lat"] is not None and 13.1 <= one["lat"] <= 13.3
    )
    assert await ids(datetime="2020-11-01T12:00:00Z/..") == those(
        lambda one: (one["end_at"] or "9") >= "2020-11-01T12:00:00Z"
    )
    assert await ids(min_hours=5) == those(
        lambda one: (
            one["end_at"] is None
            or np.datetime64(one["end_at"][:-1]) - np.datetime64(one["start_at"][:-1])
            >= np.timedelta64(5, "h")
        )
    )
    assert await ids(min_score=0.1) == those(lambda one: (one["score"] or 0) >= 0.1)
    (meeting,) = await _items(premium, "/activities", type="meeting")
    assert meeting["craft_ids"] == ["mmsi:422000001", "mmsi:422000002"]
    assert (await premium.get(f"{ROUTES}/activities/{meeting['id']}")).json() == meeting
    shown = await premium.get(f"{ROUTES}/activities", params={"type": "meeting", "f": "geojson"})
    assert shown.json()["features"][0]["geometry"]["coordinates"] == [
        meeting["lon"],
        meeting["lat"],
    ]


async def test_a_gap_tells_who_else_was_heard_there(
    observed: Database, premium: httpx.AsyncClient, take: Take
) -> None:
    (gap,) = [
        one for one in await _items(premium, "/activities", type="gap", craft="1") if one["end_at"]
    ]
    assert gap["reception"]["craft"] == 1  # the other one sailed on from there
    assert 0 < gap["reception"]["heard_share"] <= 1
    silent_since = [START_S + 86_400 * 2]
    await take(fixes("mmsi:422000009", silent_since, [13.2], [-63.5]))
    await derive_activities(observed, WORLD)
    # Only now do the first two count as silent until the end of the data.
    still = await _items(premium, "/activities", type="gap", min_hours=6)
    assert [one["craft_id"] for one in still if one["end_at"] is None] == [
        "mmsi:422000001", "mmsi:422000002",
    ]  # fmt: skip


async def test_zones_are_kept_by_account(
    observed: Database, database_url: str, premium: httpx.AsyncClient, make_account_key: MakeKey
) -> None:
    bundled = await _items(premium, "/zones")
    assert "la-borracha" in [zone["id"] for zone in bundled]
    wish = {"name": "Spot", "geometry": SQUARE}
    once = {"Idempotency-Key": "k1"}
    made = await premium.post(f"{ROUTES}/zones", json=wish, headers=once)
    assert made.status_code == 201, made.text
    again = await premium.post(f"{ROUTES}/zones", json=wish, headers=once)
    assert again.json() == made.json()
    other = await premium.post(f"{ROUTES}/zones", json={**wish, "name": "x"}, headers=once)
    assert_problem(other, 409, "idempotency_conflict")
    nameless = await premium.post(f"{ROUTES}/zones", json={**wish, "name": "\0"})
    assert_problem(nameless, 422, "invalid_body")
    own = f"{ROUTES}/zones/{made.json()['id']}"
    assert made.headers["location"] == own
    inside = await _items(premium, "/activities", zone=made.json()["id"], type="stop,meeting")
    assert {one["kind"] for one in inside} == {"stop", "meeting"}
    backwards = {**SQUARE, "coordinates": [SQUARE["coordinates"][0][::-1]]}
    wound = (await premium.patch(own, json={"geometry": backwards})).json()["geometry"]
    assert shapely.geometry.shape(wound).exterior.is_ccw  # RFC 7946, 3.1.6
    changed = await premium.patch(own, json={"note": "of interest"})
    assert (changed.json()["name"], changed.json()["note"]) == ("Spot", "of interest")
    bundled_path = f"{ROUTES}/zones/la-borracha"
    assert_problem(await premium.patch(bundled_path, json={"name": "y"}), 409, "zone_bundled")
    assert_problem(await premium.delete(bundled_path), 409, "zone_bundled")
    stranger = await make_account_key(email="b@example.org", plan="premium")
    async with serving(database_url) as client:
        client.headers["X-API-Key"] = stranger
        assert_problem(await client.get(own), 404, "not_found")
        assert_problem(await client.delete(own), 404, "not_found")
        refused = await client.get(f"{ROUTES}/activities?zone={made.json()['id']}")
        assert_problem(refused, 400, "invalid_parameter")
        assert len(await _items(client, "/zones")) == len(bundled)
    assert (await premium.delete(own)).status_code == 204
    assert_problem(await premium.get(own), 404, "not_found")


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 95], [1, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 10**400], [1, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1, 10**400], [1, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], ["1", 1], [1, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[-170, 0], [170, 0], [170, 5], [-170, 0]]]},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "MultiPolygon", "coordinates": 7},
        {"type": "Polygon", "coordinates": [[[i % 3, i / 400] for i in range(1_200)]]},
        {"type": "Polygon"},
        None,
    ],
)
async def test_areas_that_are_none_are_refused(premium: httpx.AsyncClient, geometry: Any) -> None:
    answer = await premium.post(f"{ROUTES}/zones", json={"name": "x", "geometry": geometry})
    assert_problem(answer, 422, "invalid_body")


async def test_reach_of_a_silence(observed: Database, premium: httpx.AsyncClient) -> None:
    wish = {
        "silence": {
            "start": {"at": "2020-11-01T00:00:00Z", "lat": 12.5, "lon": -61.8},
            "end": {"at": "2020-11-02T00:00:00Z", "lat": 12.6, "lon": -61.5},
        },
        "places": [{"name": "near", "lat": 12.4, "lon": -61.6}],
        "zones": ["la-borracha"],
        "ports": 0,
        "max_speed_kn": 10,
    }
    answer = await premium.post(f"{ROUTES}/reachability", json=wish)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-request-cost"] == "10"
    reach = {place["name"]: place["reachable"] for place in answer.json()["places"]}
    assert reach == {"near": True, "La Borracha": False}
    (gap,) = [
        one for one in await _items(premium, "/activities", type="gap", craft="1") if one["end_at"]
    ]
    stored = await premium.post(f"{ROUTES}/reachability", json={"activity_id": gap["id"]})
    assert stored.json()["silence"]["craft_id"] == "mmsi:422000001"
    assert len(stored.json()["places"]) == 20


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"activity_id": 1, "silence": {"start": {"at": "2020-11-01T00:00:00Z", "lat": 0, "lon": 0},
                                       "until": "2020-11-02T00:00:00Z"}},
        {"silence": {"start": {"at": "2020-11-01T00:00:00Z", "lat": 0, "lon": 0}}},
        {"silence": {"start": {"at": "2020-11-01T00:00:00Z", "lat": 0, "lon": 0},
                     "until": "2020-10-01T00:00:00Z"}},
        {"silence": {"start": {"at": "2020-11-01T00:00:00", "lat": 0, "lon": 0},
                     "until": "2020-12-01T00:00:00Z"}},
        {"silence": {"start": {"at": "1000-11-01T00:00:00Z", "lat": 0, "lon": 0},
                     "until": "2020-12-01T00:00:00Z"}},
        {"activity_id": 1, "max_speed_kn": 0},
        {"activity_id": 1, "closed": ["nowhere"]},
    ],
)  # fmt: skip
async def test_silences_that_are_none_are_refused(premium: httpx.AsyncClient, wish: Any) -> None:
    answer = await premium.post(f"{ROUTES}/reachability", json=wish)
    assert_problem(answer, 422, "invalid_body")


async def test_identity_is_checked(observed: Database, premium: httpx.AsyncClient) -> None:
    report = (await premium.get(f"{ROUTES}/crafts/mmsi:422000001/identity")).json()
    checks = {finding["check"]: finding["verdict"] for finding in report["findings"]}
    assert checks["mmsi_flag"] == "unknown"  # none is claimed
    assert "mmsi_in_two_places" in checks
    assert report["compared"]["fixes"] == len(ONE)
    assert report["compared"]["craft"] == ["imo:9187629"]


async def test_moving_features(observed: Database, premium: httpx.AsyncClient) -> None:
    root = "/v1/ogc"
    for path in ("", "/conformance", "/collections", "/collections/crafts"):
        assert (await premium.get(root + path)).status_code == 200
    items = (await premium.get(f"{root}/collections/crafts/items?bbox=-66,10,-60,15")).json()
    assert [feature["properties"]["key"] for feature in items["features"]] == [
        "mmsi:422000002", "mmsi:422000001",
    ]  # fmt: skip
    own = f"{root}/collections/crafts/items/1"
    assert (await premium.get(own)).json()["time"][0] == "2020-11-01T00:00:01Z"
    whole = (await premium.get(f"{own}/tgsequence")).json()["geometrySequence"]
    assert [len(part["datetimes"]) for part in whole] == [28, 10]  # on both sides of a silence
    leaf = "2020-11-01T00:10:01Z,2020-11-01T12:00:00Z"
    found = (await premium.get(f"{own}/tgsequence", params={"leaf": leaf})).json()
    (part,) = found["geometrySequence"]
    assert part["interpolation"] == "Discrete"
    assert part["datetimes"] == ["2020-11-01T00:10:01Z"]  # the other one falls into the silence
    np.testing.assert_allclose(part["coordinates"][0][1], (ONE.lat[0] + ONE.lat[1]) / 2, atol=1e-6)
    cut = {"subTrajectory": "true", "datetime": "2020-11-01T00:10:01Z/2020-11-01T00:50:01Z"}
    (part,) = (await premium.get(f"{own}/tgsequence", params=cut)).json()["geometrySequence"]
    assert [at[11:19] for at in part["datetimes"]] == [
        "00:10:01", "00:20:01", "00:40:01", "00:50:01",
    ]  # fmt: skip
    assert_problem(await premium.get(f"{root}/collections/ships/items"), 404, "not_found")
    for query in ("leaf=2020", "subTrajectory=true", f"leaf={leaf}&subTrajectory=true", "x=1"):
        refused = await premium.get(f"{own}/tgsequence?{query}")
        assert_problem(refused, 400, "invalid_parameter")


@pytest.mark.parametrize(
    "path",
    [
        "/crafts?x=1", "/crafts?bbox=1,2,3", "/crafts?datetime=2020-13-01", "/crafts?cursor=!!",
        "/crafts?cursor=WyItaWQiLCJ4Il0", "/crafts?limit=0", "/crafts?limit=10001", "/crafts?q=%00",
        "/crafts?q=--", "/crafts?craft=", "/crafts/1/track?datetime=x", "/crafts/1/track?f=pdf",
        "/crafts/1/track?simplify_m=nan", "/crafts/1/track?simplify_m=-1",
        "/crafts/1/track?cursor=WyJhdCIsNDYxMTY4NjAxODQyNzM4NzkwM10", "/activities?type=party",
        "/activities?zone=nowhere", "/activities?min_score=2", "/activities?min_hours=nan",
        "/activities?cursor=WyItc3RhcnRfYXQiLCJ4IiwxXQ", "/activities?bbox=0,0,0",
        "/activities/0", "/crafts/1/identity?datetime=2021/2020", "/zones?limit=1",
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_named(
    observed: Database, premium: httpx.AsyncClient, path: str
) -> None:
    answer = await premium.get(ROUTES + path)
    assert_problem(answer, 400, "invalid_parameter")


@pytest.mark.parametrize(
    "path",
    ["/crafts/99", "/crafts/mmsi:1", "/crafts/x/track", "/crafts/9999999999999999999",
     "/crafts/5/identity/x", "/activities/999", "/zones/nowhere", "/zones/%F0%9F%9B%B3"],
)  # fmt: skip
async def test_what_is_not_there_is_not_found(
    observed: Database, premium: httpx.AsyncClient, path: str
) -> None:
    answer = await premium.get(ROUTES + path)
    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_extreme_windows_are_no_fault(observed: Database, premium: httpx.AsyncClient) -> None:
    for window in ("0001-01-01/9999-12-31", "../9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z/.."):
        for path in ("/crafts", "/crafts/1/track", "/activities", "/crafts/1/identity"):
            answer = await premium.get(ROUTES + path, params={"datetime": window})
            assert answer.status_code == 200, (path, window, answer.text)
        sequence = "/v1/ogc/collections/crafts/items/1/tgsequence"
        answer = await premium.get(sequence, params={"datetime": window, "subTrajectory": "true"})
        assert answer.status_code == 200, answer.text
