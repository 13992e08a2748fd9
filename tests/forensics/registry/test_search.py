"""The registry as it is searched: outlets, accounts and domains in one list."""

import httpx
import pytest

from app.core.db import Database
from app.forensics.registry.examples import DISPUTES, ENTRY_DETAIL, ENTRY_PAGE
from app.forensics.registry.schemas import DisputePage, RegistryEntryDetail, RegistryPage
from tests.forensics.registry.conftest import REGISTRY, account, domain, take_in


async def _ids(client: httpx.AsyncClient, path: str) -> list[str]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return [f"{item['kind']}/{item['id']}" for item in answer.json()["items"]]


@pytest.mark.usefixtures("outlets")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=tass", ["outlet/tass", "account/telegram:tass_agency"]),
        ("q=people%27s", ["outlet/peoples-daily"]),
        ("q=peoples%20DAILY&kind=outlet", ["outlet/peoples-daily"]),
        ("q=ultimas&kind=outlet", ["outlet/ultimas-noticias"]),
        ("q=spiegel", ["domain/spiegel.ltd"]),
        ("q=spiegel.ltd", ["domain/spiegel.ltd"]),
        ("q=100%25_x", []),
        ("kind=account", ["account/twitter:some", "account/telegram:tass_agency"]),
        ("platform=twitter", ["account/twitter:some"]),
        ("platform=X,telegram&state=ru", ["account/twitter:some", "account/telegram:tass_agency"]),
        ("status=lookalike,labelled&kind=domain", ["domain/spiegel.ltd"]),
        (
            "status=party",
            ["outlet/al-manar", "outlet/canal-4-ni", "outlet/la-voz-del-sandinismo", "outlet/tn8"],
        ),
        ("state=NI&status=government", ["outlet/el-19-digital"]),
    ],
)
async def test_filters(
    database: Database, premium: httpx.AsyncClient, query: str, found: list[str]
) -> None:
    entries = [
        account("@Some", name="Some"),
        account("tass_agency", platform="TG", name="TASS on Telegram", outlet="tass"),
        domain("spiegel.ltd", imitates="spiegel.de"),
    ]
    await take_in(database, entries)
    assert await _ids(premium, f"{REGISTRY}?{query}") == found


@pytest.mark.usefixtures("outlets")
@pytest.mark.parametrize("sort", ["name", "-name"])
async def test_pages_join_without_gap(
    database: Database, premium: httpx.AsyncClient, sort: str
) -> None:
    # Three of one name; outlets and domains interleave.
    await take_in(database, [domain(f"site{n}.net", name="Granma") for n in range(3)])
    path, seen = f"{REGISTRY}?sortby={sort}&limit=50", []
    while path:
        answer = await premium.get(path)
        body = answer.json()
        assert answer.status_code == 200 and body["returned"] == len(body["items"]) <= 50
        seen += [(i["name"].lower(), i["kind"], i["id"]) for i in body["items"]]
        following = [link["href"] for link in body["links"] if link["rel"] == "next"]
        path = following[0] if following else ""
        assert (f'<{path}>; rel="next"' == answer.headers.get("link")) == bool(path)
    count = await database.fetch_value("SELECT count(*) FROM outlets")
    assert len(seen) == len(set(seen)) == count + 3
    assert sorted(seen, reverse=sort == "-name") == seen


@pytest.mark.usefixtures("outlets")
async def test_an_outlet_is_shown_like_the_others(premium: httpx.AsyncClient) -> None:
    entry = (await premium.get(f"{REGISTRY}/outlet/rt")).json()
    assert (entry["status"], entry["state"], entry["domain"]) == ("state", "RU", "rt.com")
    [citation] = entry["citations"]
    assert citation["says"] and citation["noted_on"] == "2026-11-23"
    assert entry["disputes"] == entry["history"] == []
    RegistryEntryDetail.model_validate(entry)


async def test_who_may(premium: httpx.AsyncClient, as_free: dict[str, str]) -> None:
    for path in (REGISTRY, f"{REGISTRY}/domain/example.org"):
        assert (await premium.get(path, headers={"Authorization": ""})).status_code == 401
        refused = await premium.get(path, headers=as_free)
        assert refused.status_code == 403 and refused.json()["code"] == "plan_required"


@pytest.mark.parametrize(
    "query",
    ["cursor=abc", "limit=0", "q=%2A", "state=RUSSIA", "x=1", "kind=person", "status=guilty",
     "platform=a%20b", "sortby=date"],
)  # fmt: skip
async def test_what_cannot_be_read_is_named(premium: httpx.AsyncClient, query: str) -> None:
    answer = await premium.get(f"{REGISTRY}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["name"] == query.partition("=")[0]


async def test_what_is_not_there(premium: httpx.AsyncClient) -> None:
    for path in ("outlet/none", "domain/none.example", "account/x:none"):
        answer = await premium.get(f"{REGISTRY}/{path}")
        assert answer.status_code == 404 and answer.json()["code"] == "not_found"
    assert (await premium.get(f"{REGISTRY}/person/none")).status_code == 400
    meta = (await premium.get(f"{REGISTRY}?state=RU")).json()["meta"]
    assert meta["hints"][0]["parameters"] == ["state"]
    assert (
        (await premium.get(REGISTRY)).json()["meta"]["hints"][0]["reason"].startswith("there are")
    )


async def test_a_known_answer_is_not_sent_again(
    database: Database, premium: httpx.AsyncClient
) -> None:
    await take_in(database, [domain("a.example.org")])
    first = await premium.get(REGISTRY)
    assert first.status_code == 200, first.text
    tag = first.headers["etag"]
    assert (await premium.get(REGISTRY, headers={"If-None-Match": tag})).status_code == 304
    await take_in(database, [domain("a.example.org"), domain("b.example.com")])
    fresh = await premium.get(REGISTRY, headers={"If-None-Match": tag})
    assert fresh.status_code == 200 and fresh.json()["returned"] == 2


def test_examples_are_what_they_show() -> None:
    RegistryPage.model_validate(ENTRY_PAGE)
    RegistryEntryDetail.model_validate(ENTRY_DETAIL)
    DisputePage.model_validate(DISPUTES)
