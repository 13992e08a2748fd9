"""The vocabulary, the coverage and the outlets."""

import httpx
import pytest

from app.events.schemas import MetaAnswer, Outlet
from app.events.vocabulary import OWNERSHIPS
from tests.events.samples import EVENTS, ids, items, refusal

SOURCES = "/v1/sources"


async def test_meta(demo: httpx.AsyncClient) -> None:
    meta = (await demo.get("/v1/meta")).json()
    MetaAnswer.model_validate(meta, extra="forbid")
    assert meta["coverage"] == {
        "events": 91, "with_point": 20, "editions": 1,
        "first_published_on": "2020-09-24", "last_published_on": "2020-11-17",
    }  # fmt: skip
    for field, terms in meta["taxonomy"].items():
        assert len({term["id"] for term in terms}) == len(terms) > 0, field
        for term in terms:
            assert set(term["labels"]) == {"en", "es", "pt", "fr"} and all(term["labels"].values())


async def test_the_vocabulary_covers_what_is_used(demo: httpx.AsyncClient) -> None:
    taxonomy = (await demo.get("/v1/meta")).json()["taxonomy"]
    known = {field: {term["id"] for term in terms} for field, terms in taxonomy.items()}
    for facet in await items(demo, f"{EVENTS}/facets", values=500):
        if facet["facet"] in known:
            for value in facet["values"]:
                assert value["value"] in known[facet["facet"]] and value["label"]
        if facet["facet"] == "outlet":
            assert all(value["label"] for value in facet["values"])


async def test_the_version_is_that_of_the_entity_tags(demo: httpx.AsyncClient) -> None:
    answer = await demo.get("/v1/meta")
    assert answer.headers["etag"].strip('"').split("-")[0] == str(answer.json()["data_version"])
    again = await demo.get("/v1/meta", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and again.content == b""


async def test_outlets(demo: httpx.AsyncClient) -> None:
    outlets = await items(demo, SOURCES)
    assert [outlet["id"] for outlet in outlets] == sorted(outlet["id"] for outlet in outlets)
    for outlet in outlets:
        Outlet.model_validate(outlet, extra="forbid")
    used = [outlet for outlet in outlets if outlet["events"]]
    assert sum(outlet["events"] for outlet in used) == 91
    for outlet in used[:5]:
        assert len(await ids(demo, outlet=outlet["id"])) == outlet["events"]
        assert (await demo.get(f"{SOURCES}/{outlet['id']}")).json() == outlet


@pytest.mark.parametrize("ownership", OWNERSHIPS)
async def test_outlets_by_ownership(demo: httpx.AsyncClient, ownership: str) -> None:
    outlets = await items(demo, SOURCES)
    found = await items(demo, SOURCES, ownership=ownership)
    assert found == [outlet for outlet in outlets if outlet["ownership"] == ownership]


async def test_outlets_by_several_filters(demo: httpx.AsyncClient) -> None:
    found = await items(demo, SOURCES, ownership="state,state_controlled", state=["ve", "RU"])
    assert found
    assert all(outlet["state"] in ("VE", "RU") and outlet["state_media"] for outlet in found)
    assert [o["id"] for o in await items(demo, SOURCES, id="tass,reuters")] == ["reuters", "tass"]
    assert await items(demo, SOURCES, state="XX") == []


async def test_refusals(demo: httpx.AsyncClient) -> None:
    assert (await refusal(demo, SOURCES, ownership="church"))[0] == "ownership"
    assert (await refusal(demo, SOURCES, owner="state"))[0] == "owner"
    assert (await refusal(demo, "/v1/meta", lang="es"))[0] == "lang"
    assert (await refusal(demo, f"{SOURCES}/a b"))[0] == "outlet_id"
    assert (await demo.get(f"{SOURCES}/none-such")).status_code == 404
