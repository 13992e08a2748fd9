"""The seven formats: what each must hold, and how one is chosen."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import Database
from app.events.formats import MEDIA_TYPES, Format, negotiate
from app.events.schemas import EVENT_FIELDS, Event
from tests.conftest import serving
from tests.events.samples import EVENTS, event, items, refusal, write

ATOM = "{http://www.w3.org/2005/Atom}"
ODD = [
    '=HYPERLINK("http://example.org")', "+1", "-1+1", "@SUM(A1)", "\ttab", "\rreturn", "\nline",
    'comma, "quotes" and\r\nlines', "<b>&amp;</b> ]]> é ñ 漢字 \U0001f30e", "control \x01\x0b\x1f\x7f\ufffe!",
    "x" * 300,
]  # fmt: skip


@pytest.fixture(scope="module")
async def odd(module_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Events with texts that formats stumble over; the first has a point, the rest only a country."""
    async with Database(module_url, pool_size=1) as database:
        first = event(ODD[0], lon=-66.9, lat=10.5, precision="city", topics=("oil", "arms"))
        rest = [event(text, precision="country", countries=("VE",)) for text in ODD[1:]]
        await write(database, [first, *rest])
    async with serving(module_url) as client:
        yield client


async def fetch(client: httpx.AsyncClient, f: Format, **params: object) -> httpx.Response:
    answer = await client.get(EVENTS, params={"f": f, "sortby": "id", **params})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPES[f]
    return answer


async def test_json_documents_are_events(demo: httpx.AsyncClient) -> None:
    body = (await fetch(demo, Format.JSON, limit=100)).json()
    assert list(body) == ["items", "links", "returned", "meta"]
    assert body["returned"] == len(body["items"]) == 91
    for document in body["items"]:
        assert tuple(document) == EVENT_FIELDS
        Event.model_validate(document, extra="forbid")


async def test_geojson(odd: httpx.AsyncClient) -> None:
    body = (await fetch(odd, Format.GEOJSON)).json()
    assert body["type"] == "FeatureCollection"
    assert body["numberReturned"] == len(body["features"]) == len(ODD)
    assert body["links"][0]["type"] == "application/geo+json"
    first, *rest = body["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [-66.9, 10.5]}
    for number, feature in enumerate((first, *rest), start=1):
        assert set(feature) == {"type", "id", "geometry", "properties"}
        assert feature["type"] == "Feature" and feature["id"] == number
        assert feature["properties"]["summary"] == ODD[number - 1]
    assert all(feature["geometry"] is None for feature in rest)


async def test_geojson_keeps_the_point_of_chosen_fields(odd: httpx.AsyncClient) -> None:
    [feature] = (await fetch(odd, Format.GEOJSON, fields="topics", id="1")).json()["features"]
    assert feature["geometry"]["coordinates"] == [-66.9, 10.5]
    assert feature["properties"] == {"id": 1, "topics": ["oil", "arms"]}


async def test_geojson_sequence(odd: httpx.AsyncClient) -> None:
    text = (await fetch(odd, Format.GEOJSONSEQ)).content
    assert text.startswith(b"\x1e") and text.endswith(b"\n")
    collection = (await fetch(odd, Format.GEOJSON)).json()
    records = text.split(b"\x1e")[1:]
    assert [json.loads(record) for record in records] == collection["features"]
    assert all(record.count(b"\n") == 1 for record in records)


async def test_ndjson(odd: httpx.AsyncClient) -> None:
    lines = (await fetch(odd, Format.NDJSON)).content.split(b"\n")
    assert lines.pop() == b""
    assert [json.loads(line) for line in lines] == await items(odd, sortby="id")


async def test_csv_round_trip(odd: httpx.AsyncClient, demo: httpx.AsyncClient) -> None:
    for client in (odd, demo):
        text = (await fetch(client, Format.CSV, limit=100)).text
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        documents = await items(client, sortby="id", limit=100)
        assert len(rows) == len(documents)
        for row, document in zip(rows, documents, strict=True):
            assert list(row) == [n for n in EVENT_FIELDS if n not in ("sources", "links")]
            assert row["id"] == str(document["id"])
            assert row["summary"].removeprefix("'") == document["summary"]
            assert row["actors"] == ";".join(document["actors"])
            assert row["topics"] == ";".join(document["topics"])
            assert (float(row["lon"]) if row["lon"] else None) == document["lon"]
            assert row["synthetic"] == str(document["synthetic"]).lower()
            assert row["occurred_on"] == (document["occurred_on"] or "")


async def test_csv_runs_no_formula(odd: httpx.AsyncClient) -> None:
    text = (await fetch(odd, Format.CSV)).text
    for row in csv.DictReader(io.StringIO(text, newline="")):
        assert not row["summary"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert "\r\n1," in text and "-66.9" in text


async def test_csv_of_chosen_fields(odd: httpx.AsyncClient) -> None:
    text = (await fetch(odd, Format.CSV, fields="lon,sources", id="1")).text
    [header, row] = csv.reader(io.StringIO(text, newline=""))
    assert header == ["id", "lon", "sources"] and row[:2] == ["1", "-66.9"]
    assert json.loads(row[2])[0]["outlet"] == "Gazette"


async def test_atom(odd: httpx.AsyncClient) -> None:
    feed = ET.fromstring((await fetch(odd, Format.ATOM, limit=5)).content)  # noqa: S314
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 5
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            [child] = element.findall(f"{ATOM}{name}")
            assert child.text and child.text.strip()
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated", "")).tzinfo
    assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} == {"self", "next"}
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 5
    for entry in entries:
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Gazette"
        assert entry.find(f"{ATOM}link").get("rel") == "alternate"  # type: ignore[union-attr]
    assert entries[0].findtext("{http://www.georss.org/georss}point") == "10.5 -66.9"
    assert [c.get("term") for c in entries[0].findall(f"{ATOM}category")] == [
        "diplomatic",
        "oil",
        "arms",
    ]


async def test_atom_holds_any_text(odd: httpx.AsyncClient) -> None:
    feed = ET.fromstring((await fetch(odd, Format.ATOM)).content)  # noqa: S314
    texts = [entry.findtext(f"{ATOM}summary") for entry in feed.findall(f"{ATOM}entry")]
    assert texts[8] == ODD[8] and texts[9] == "control \x7f!"
    titles = [entry.findtext(f"{ATOM}title", "") for entry in feed.findall(f"{ATOM}entry")]
    assert all(0 < len(title) <= 120 for title in titles)


async def test_json_feed(odd: httpx.AsyncClient) -> None:
    feed = (await fetch(odd, Format.JSONFEED, limit=3)).json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1" and feed["title"]
    assert feed["next_url"].startswith(f"{EVENTS}?")
    assert [item["content_text"] for item in feed["items"]] == ODD[:3]
    for item in feed["items"]:
        assert isinstance(item["id"], str) and item["url"].startswith(f"{EVENTS}/")
        assert datetime.fromisoformat(item["date_published"]).tzinfo
    last = (await fetch(odd, Format.JSONFEED)).json()
    assert "next_url" not in last and len(last["items"]) == len(ODD)


@pytest.mark.parametrize("f", list(Format))
async def test_every_format_of_nothing_is_well_formed(demo: httpx.AsyncClient, f: Format) -> None:
    answer = await fetch(demo, f, actor="XX")
    match f:
        case Format.GEOJSONSEQ | Format.NDJSON:
            assert answer.content == b""
        case Format.CSV:
            assert len(list(csv.reader(io.StringIO(answer.text, newline="")))) == 1
        case Format.ATOM:
            assert ET.fromstring(answer.content).find(f"{ATOM}entry") is None  # noqa: S314
        case _:
            answer.json()


@pytest.mark.parametrize(
    ("f", "parameter"),
    [
        ("atom", "fields"),
        ("jsonfeed", "fields"),
        ("atom", "highlights"),
        ("csv", "highlights"),
        ("json", None),
    ],
)
async def test_what_a_format_has_no_place_for_is_refused(
    demo: httpx.AsyncClient, f: str, parameter: str | None
) -> None:
    params = {"fields": "summary"} if parameter == "fields" else {"highlights": "true", "q": "oil"}
    if parameter is None:
        assert await refusal(demo, f=f, highlights="true") == ("highlights", "needs a q")
        return
    assert (await refusal(demo, f=f, **params))[0] == parameter


@pytest.mark.parametrize(
    ("accept", "f"),
    [
        ("", Format.JSON),
        ("*/*", Format.JSON),
        ("application/json", Format.JSON),
        ("application/geo+json", Format.GEOJSON),
        ("application/geo+json-seq", Format.GEOJSONSEQ),
        ("application/x-ndjson", Format.NDJSON),
        ("text/csv", Format.CSV),
        ("text/*", Format.CSV),
        ("APPLICATION/ATOM+XML; charset=utf-8", Format.ATOM),
        ("application/feed+json", Format.JSONFEED),
        ("text/csv;q=0.5, application/geo+json;q=0.9", Format.GEOJSON),
        ("text/csv;q=0.5, application/geo+json; Q=0.4", Format.CSV),
        ("text/csv;q=0.5, */*", Format.JSON),
        ("text/csv, application/json", Format.CSV),
        ("application/json, text/csv", Format.JSON),
        ("text/csv;q=0, application/geo+json;q=0.1", Format.GEOJSON),
        ("text/csv;q=nan, text/csv;q=x", Format.JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Format.JSON),
        ("image/png", Format.JSON),
        (",;=,", Format.JSON),
    ],
)
async def test_negotiation(demo: httpx.AsyncClient, accept: str, f: Format) -> None:
    assert negotiate(None, accept) is f
    answer = await demo.get(EVENTS, params={"limit": 1}, headers={"Accept": accept})
    assert answer.headers["content-type"] == MEDIA_TYPES[f]
    assert "accept" in answer.headers["vary"].lower()


async def test_f_wins_over_accept(demo: httpx.AsyncClient) -> None:
    answer = await demo.get(EVENTS, params={"f": "csv"}, headers={"Accept": "application/geo+json"})
    assert answer.headers["content-type"] == MEDIA_TYPES[Format.CSV]


@given(accept=st.text())
def test_any_accept_is_answered(accept: str) -> None:
    assert negotiate(None, accept) in Format


@pytest.mark.parametrize("f", list(Format))
async def test_head_has_the_headers_of_get(demo: httpx.AsyncClient, f: Format) -> None:
    got = await demo.get(EVENTS, params={"f": f, "limit": 2})
    head = await demo.head(EVENTS, params={"f": f, "limit": 2})
    assert head.status_code == 200 and head.content == b""
    for name in ("content-type", "content-length", "etag", "link"):
        assert head.headers[name] == got.headers[name]


async def test_one_event_as_geojson(demo: httpx.AsyncClient) -> None:
    [place] = await items(demo, bbox="-180,-90,180,90", limit=1)
    path = f"{EVENTS}/{place['id']}"
    feature = (await demo.get(path, params={"f": "geojson"})).json()
    assert feature["geometry"]["coordinates"] == [place["lon"], place["lat"]]
    accepted = await demo.get(path, headers={"Accept": "application/geo+json"})
    assert accepted.headers["content-type"] == "application/geo+json"
    assert accepted.json() == feature
    assert (await demo.get(path)).json()["lon"] == place["lon"]
    assert (await refusal(demo, path, f="csv"))[0] == "f"
