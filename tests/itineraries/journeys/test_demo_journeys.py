"""The journeys of the demo edition, as a premium caller sees them; and who else sees what."""

import json

import httpx
import pytest

from app.core.db import Database
from app.demo import load_once
from app.itineraries.journeys.demo_journeys import load_demo_journeys, remove_demo_journeys
from tests.conftest import serving
from tests.itineraries.journeys.conftest import ROUTES, SECRETS, fetch, make_account_key
from tests.problems import assert_problem

JOURNEYS = {
    "ep-fab-2020-10", "fars-air-qeshm-2020-11", "morales-2020-10", "zarif-2020-11",
    "rodriguez-russia-2020-11", "obrien-brazil-2020-10", "otoman-2020-08", "samah-2020-10",
    "tankers-to-load-2020-11", "la-borracha-transfers-2020-10", "seized-fuel-2020",
    "galapagos-fleet-2020", "ammonium-nitrate-2020-11", "syrian-recruits-2020",
    "russian-observers-2020-12", "nicaragua-buses-2020",
}  # fmt: skip
# What is told by the narrative alone has no event.
WITHOUT_EVENT = {"fars-air-qeshm-2020-11", "obrien-brazil-2020-10"}


async def ids(client: httpx.AsyncClient, **params: object) -> set[str]:
    return {item["id"] for item in (await fetch(client, ROUTES, **params))["items"]}


async def test_every_journey_is_there_and_leads_to_its_events(demo: httpx.AsyncClient) -> None:
    assert await ids(demo, limit=100) == JOURNEYS
    for key in sorted(JOURNEYS):
        found = await fetch(demo, f"{ROUTES}/{key}")
        assert found["synthetic"] is False
        assert bool(found["events"]) == (key not in WITHOUT_EVENT), key
        for event in found["events"]:
            links = (await fetch(demo, event["href"]))["links"]
            assert f"{ROUTES}/{key}" in {link["href"] for link in links}, key


async def test_ep_fab_shows_that_the_weekday_does_not_fit(demo: httpx.AsyncClient) -> None:
    found = await fetch(demo, f"{ROUTES}/ep-fab-2020-10")
    [leg] = found["legs"]
    assert leg["craft"]["registration"] == "EP-FAB"
    assert leg["from"]["status"] == "inferred" and leg["to"]["status"] == "reported"
    [conflict] = leg["conflicts"]
    assert conflict["kind"] == "weekday"
    assert conflict["candidates"] == ["2020-10-26", "2020-10-27"]
    assert "Monday" in conflict["detail"]
    assert leg["independent_sources"] == 1  # the edition's narrative cites Reuters
    assert found["sources"][0]["cites"] == ["flight tracking data", "an opposition lawmaker"]


async def test_the_tour_shows_its_two_dates(demo: httpx.AsyncClient) -> None:
    found = await fetch(demo, f"{ROUTES}/zarif-2020-11")
    assert [leg["to"]["place"]["name"] for leg in found["legs"]] == [
        "Caracas", "Havana", "El Alto International Airport",
    ]  # fmt: skip
    landing = found["legs"][2]["to"]
    assert {conflict["kind"] for conflict in landing["conflicts"]} == {"weekday", "printed_before"}
    assert landing["conflicts"][0]["candidates"] == ["2020-11-07", "2020-11-08"]
    # Three of its sources are media of the Iranian state, and count once.
    iranian = [s["number"] for s in found["sources"] if s["state"] == "IR"]
    assert len(iranian) >= 3
    assert any(set(iranian) <= set(group) for group in found["source_groups"])


async def test_as_of_tells_what_was_known_on_a_day(demo: httpx.AsyncClient) -> None:
    path = f"{ROUTES}/zarif-2020-11"
    first = await fetch(demo, path, as_of="2020-11-04")
    assert [leg["status"] for leg in first["legs"]] == ["reported", "planned", "planned"]
    assert {event["published_on"] for event in first["events"]} == {"2020-11-04"}
    later = await fetch(demo, path, as_of="2020-11-07")
    assert {leg["status"] for leg in later["legs"]} == {"reported"}
    body = assert_problem(await demo.get(path, params={"as_of": "2020-11-03"}), 404, "not_found")
    assert body["known_from"] == "2020-11-04"
    history = await fetch(demo, f"{path}/history")
    assert [step["kind"] for step in history["items"]] == ["created"]
    days = [day["day"] for day in history["meta"]["known_on"]]
    assert days == sorted(days) and "2020-11-18" in days
    then = await fetch(demo, history["items"][0]["href"])
    assert then["legs"] == (await fetch(demo, path))["legs"]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"craft": "epfab"}, {"ep-fab-2020-10"}),
        ({"craft": "Otoman"}, {"otoman-2020-08"}),
        ({"person": "delcy"}, {"rodriguez-russia-2020-11"}),
        ({"craft": "registration:ep-fab"}, {"ep-fab-2020-10"}),
        ({"operator": "conviasa"}, {"morales-2020-10"}),
        ({"from": "IR", "to": "VE"},
         {"ep-fab-2020-10", "fars-air-qeshm-2020-11", "seized-fuel-2020"}),
        ({"from": "Cuba", "to": "Bolivia"}, {"zarif-2020-11"}),
        ({"from": "Havana", "to": "caracas"}, set()),
        ({"via": "Suez Canal"}, {"samah-2020-10"}),
        ({"status": "alleged"}, {"syrian-recruits-2020"}),
        ({"kind": "person"}, {"morales-2020-10", "obrien-brazil-2020-10"}),
        ({"datetime": "2020-08-21"}, {"otoman-2020-08", "galapagos-fleet-2020"}),
        ({"bbox": "-83,22,-82,24"}, {"zarif-2020-11"}),
        ({"bbox": "170,-20,-90,10"}, {"galapagos-fleet-2020"}),
        ({"corridor": "-66.99,10.6,-82.4,23", "corridor_km": 20, "kind": "delegation"},
         {"zarif-2020-11"}),
        ({"person": "zarif", "craft": "EP-FAB"}, set()),
    ],
)  # fmt: skip
async def test_search(demo: httpx.AsyncClient, params: dict[str, object], found: set[str]) -> None:
    assert await ids(demo, **params) == found


@pytest.mark.parametrize("sortby", ["-latest", "latest", "id", "-id"])
async def test_pages_hold_each_itinerary_once(demo: httpx.AsyncClient, sortby: str) -> None:
    whole = [i["id"] for i in (await fetch(demo, ROUTES, sortby=sortby, limit=100))["items"]]
    near = f"{ROUTES}?sortby={sortby}&limit=3&corridor=-180,0,0,0,180,0&corridor_km=2000"
    wide = f"{ROUTES}?sortby={sortby}&limit=3"
    for start in (wide, near):
        paged: list[str] = []
        following = start
        while following:
            page = await fetch(demo, following)
            paged += [item["id"] for item in page["items"]]
            following = next((k["href"] for k in page["links"] if k["rel"] == "next"), "")
        assert len(paged) == len(set(paged))
        assert paged == [key for key in whole if key in paged]
        if start == wide:
            assert paged == whole


@pytest.mark.parametrize(
    ("query", "name"),
    [("as_of=2020-13-01", "as_of"), ("as_of=soon", "as_of"), ("recorded_by=7", "recorded_by"),
     ("f=docx", "f"), ("nonsense=1", "nonsense")],
)  # fmt: skip
async def test_unreadable_parameters_of_one(demo: httpx.AsyncClient, query: str, name: str) -> None:
    body = assert_problem(
        await demo.get(f"{ROUTES}/zarif-2020-11?{query}"), 400, "invalid_parameter"
    )
    assert body["errors"][0]["name"] == name  # type: ignore[index]


@pytest.mark.parametrize(
    "query",
    ["bbox=1,2,3", "corridor=1,2", "corridor=1,2,3,400", "corridor_km=0", "cursor=abc", "limit=0",
     "status=sure", "datetime=never", "origin=IR", "craft=", "person=...", "kind=ghost",
     "cursor=WyItbGF0ZXN0IiwibmV2ZXIiLCJ4Il0"],
)  # fmt: skip
async def test_unreadable_parameters_of_the_list(demo: httpx.AsyncClient, query: str) -> None:
    assert_problem(await demo.get(f"{ROUTES}?{query}"), 400, "invalid_parameter")


async def test_words_that_sql_would_read(demo: httpx.AsyncClient) -> None:
    for text in ("%", "_", "' OR 1=1 --", "\\", "a" * 200):
        assert (await demo.get(ROUTES, params={"to": text})).status_code == 200
        assert (await demo.get(ROUTES, params={"craft": text})).status_code == 200
    assert await ids(demo, person="z_rif") == set()


async def test_the_list_in_every_format(demo: httpx.AsyncClient) -> None:
    lines = (await demo.get(ROUTES, params={"f": "ndjson"})).text.splitlines()
    assert {json.loads(line)["id"] for line in lines} == JOURNEYS
    table = (await demo.get(ROUTES, params={"f": "csv"})).text.splitlines()
    assert table[0].startswith("itinerary,title,mover_kind")
    features = (await fetch(demo, ROUTES, f="geojson"))["features"]
    assert len(features) == len(table) - 1
    assert any(feature["geometry"] is None for feature in features)
    hints = (await fetch(demo, ROUTES, person="nobody"))["meta"]["hints"]
    assert hints[0]["parameters"] == ["person"]


@pytest.mark.parametrize("query", ["", "as_of=2020-11-08&", "recorded_by=2100-01-01T00:00:00Z&"])
async def test_one_in_every_format(demo: httpx.AsyncClient, query: str) -> None:
    for format_, begins in (
        ("json", b"{"), ("geojson", b"{"), ("mfjson", b"{"), ("gpx", b"<?xml"), ("kml", b"<?xml"),
        ("czml", b"["), ("csv", b"itinerary,"), ("svg", b"<?xml"), ("png", b"\x89PNG"),
    ):  # fmt: skip
        answer = await demo.get(f"{ROUTES}/samah-2020-10?{query}f={format_}")
        assert answer.status_code == 200, (format_, answer.text[:300])
        assert answer.content.startswith(begins)


async def test_features_of_reported_legs(demo: httpx.AsyncClient) -> None:
    features = (await fetch(demo, f"{ROUTES}/zarif-2020-11", f="geojson"))["features"]
    kinds = [feature["properties"]["kind"] for feature in features]
    assert kinds == ["leg"] * 3 + ["stop"] * 3
    arrival, onward = features[0], features[1]
    assert arrival["geometry"]["type"] == "Point" and arrival["properties"]["line"] is None
    assert onward["geometry"]["type"] == "LineString"
    assert (onward["properties"]["line"], onward["properties"]["status"]) == (
        "great_circle",
        "reported",
    )
    havana = features[4]["properties"]
    assert [(end["position"], end["end"], end["status"]) for end in havana["legs"]] == [
        (2, "to", "reported"), (3, "from", "inferred")
    ]  # fmt: skip
    # Samah's silence is told without a place: all of its line stands for the leg.
    dark = (await fetch(demo, f"{ROUTES}/samah-2020-10", f="geojson"))["features"][2]
    assert dark["properties"]["kind"] == "dark" and dark["geometry"] is None


async def test_who_may_see_what(own_demo_url: str) -> None:
    """Links of events are shown to those whose plan and key have routes, from the cache as well."""
    async with Database(own_demo_url, pool_size=1) as database:
        keys = {
            "premium": await make_account_key(database, "premium"),
            "scoped": await make_account_key(database, "premium", ["events", "routes"]),
            "without": await make_account_key(database, "premium", ["events"]),
            "free": await make_account_key(database, "free"),
            "nobody": {},
        }
    async with serving(own_demo_url) as client:
        event = (await fetch(client, "/v1/events", q="EP-FAB"))["items"][0]["id"]
        tags = {}
        for _ in range(2):  # made, then remembered
            for name, headers in keys.items():
                answer = await client.get(f"/v1/events/{event}", headers=headers)
                shown = ROUTES in answer.text
                assert shown == (name in ("premium", "scoped")), name
                tags[name] = answer.headers["etag"]
        assert tags["premium"] not in (tags["without"], tags["free"], tags["nobody"])
        refusals = {
            "without": (403, "insufficient_scope"),
            "free": (403, "plan_required"),
            "nobody": (401, "unauthorized"),
        }
        for name, (status, code) in refusals.items():
            for path in (ROUTES, f"{ROUTES}/zarif-2020-11", f"{ROUTES}/zarif-2020-11/map.png"):
                assert_problem(await client.get(path, headers=keys[name]), status, code)


async def test_the_demo_comes_and_goes(database: Database) -> None:
    await load_once(database, SECRETS)
    headers = await make_account_key(database, "premium")
    async with serving(database.url) as client:
        client.headers.update(headers)
        assert await ids(client, limit=100) == JOURNEYS
        assert await remove_demo_journeys(database) == len(JOURNEYS)
        await load_once(database, SECRETS)  # who removed it does not want it back
    async with serving(database.url) as client:
        client.headers.update(headers)
        assert await ids(client, limit=100) == set()
        assert_problem(await client.get(f"{ROUTES}/zarif-2020-11"), 410, "gone")
        event = (await fetch(client, "/v1/events", q="EP-FAB"))["items"][0]["id"]
        assert ROUTES not in (await client.get(f"/v1/events/{event}")).text
        assert not (await load_demo_journeys(database, SECRETS)).unchanged
    async with serving(database.url) as client:
        client.headers.update(headers)
        assert await ids(client, limit=100) == JOURNEYS
