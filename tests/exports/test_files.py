"""What a file holds: the rows of the list, counted, hashed, and cut to the plan."""

import hashlib
import io
import struct
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from app.core.db import Database
from app.exports.router_files import RangedFile
from app.reports.demo_edition import load_demo
from benchmarks.exports.synthetic import add_events
from tests.exports.conftest import Caller, Service
from tests.problems import assert_problem

pytestmark = pytest.mark.usefixtures("worker")


async def _list(caller: Caller, f: str, **filters: str) -> bytes:
    params = {**filters, "f": f, "limit": "1000"}
    answer = await caller.client.get("/v1/events", params=params)
    assert answer.status_code == 200, answer.text
    return answer.content


async def _export(caller: Caller, **body: Any) -> tuple[dict[str, Any], bytes]:
    done = await caller.until_ended(await caller.ask(**body))
    assert done["status"] == "done", done
    answer = await caller.file(done)
    assert answer.status_code == 200
    assert done["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert done["size"] == len(answer.content)
    return done, answer.content


def _rows(content: bytes) -> list[dict[str, Any]]:
    """The events of a GeoParquet file in the shape of the list, dates as text."""
    rows = pq.read_table(io.BytesIO(content)).to_pylist()
    for row in rows:
        point = row.pop("geometry")
        if point is not None:
            assert struct.unpack("<BIdd", point) == (1, 1, row["lon"], row["lat"])
        else:
            assert row["lon"] is row["lat"] is None
        for place in (row, *row["sources"]):
            for name in ("published_on", "occurred_on", "occurred_until"):
                if place.get(name) is not None:
                    place[name] = place[name].isoformat()
    return rows


@pytest.mark.parametrize("format_", ["csv", "ndjson"])
async def test_lines_are_those_of_the_list(
    database: Database, caller: Caller, format_: str
) -> None:
    await load_demo(database)
    done, content = await _export(caller, format=format_)
    assert content == await _list(caller, format_)
    assert done["rows"] == done["matched"] == 91
    assert done["progress"] == 1.0 and done["clipped"] is None
    assert done["data_version"] == await database.fetch_value("SELECT version FROM data_version")


async def test_features_are_those_of_the_list(database: Database, caller: Caller) -> None:
    await load_demo(database)
    done, content = await _export(caller, format="geojson")
    made, listed = orjson.loads(content), orjson.loads(await _list(caller, "geojson"))
    assert made["features"] == listed["features"]
    assert made["numberReturned"] == 91
    assert made["meta"] == {"data_version": done["data_version"], "matched": 91}


async def test_columns_are_those_of_the_list(database: Database, caller: Caller) -> None:
    await load_demo(database)
    _, content = await _export(caller, format="geoparquet")
    listed = orjson.loads(await _list(caller, "json"))["items"]
    for event in listed:
        del event["links"]
    assert _rows(content) == listed


async def test_geoparquet_says_what_its_points_are(database: Database, caller: Caller) -> None:
    await add_events(database, 12_000)
    _, content = await _export(caller, format="geoparquet", bbox="-180,-90,180,90")
    file = pq.ParquetFile(io.BytesIO(content))
    geo = orjson.loads(file.schema_arrow.metadata[b"geo"])
    assert file.metadata.metadata[b"geo"] == file.schema_arrow.metadata[b"geo"]
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    column = geo["columns"]["geometry"]
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["Point"])
    assert column["crs"]["id"] == {"authority": "OGC", "code": "CRS84"}
    lon, lat = (file.read([name])[name].to_pylist() for name in ("lon", "lat"))
    assert column["bbox"] == [min(lon), min(lat), max(lon), max(lat)]
    assert file.metadata.num_rows == 8_000


async def test_an_empty_file_is_a_file(caller: Caller) -> None:
    files = {
        name: await _export(caller, format=name, actor=["IR"])
        for name in ("csv", "ndjson", "geojson", "geoparquet")
    }
    assert all(done["rows"] == done["matched"] == 0 for done, _ in files.values())
    assert files["csv"][1].startswith(b"id,") and files["csv"][1].count(b"\r\n") == 1
    assert files["ndjson"][1] == b""
    assert orjson.loads(files["geojson"][1])["features"] == []
    assert _rows(files["geoparquet"][1]) == []


@pytest.mark.parametrize(
    "filters",
    [
        {"actor": "IR,RU", "country": "VE"},
        {"q": "petroleros OR tanker"},
        {"datetime": "2020-10-01/2020-11-15", "category": "economic"},
        {"bbox": "-74,0,-59,13"},
        {"near": "-66.9,10.5", "radius_km": "500"},
        {"state_media": "any", "language": "es"},
    ],
)
async def test_filters_mean_what_they_mean_in_the_list(
    database: Database, caller: Caller, filters: dict[str, str]
) -> None:
    await load_demo(database)
    several = ("actor", "country", "category", "state_media", "language")
    body: dict[str, Any] = {
        name: value.split(",") if name in several else value for name, value in filters.items()
    }
    if "radius_km" in body:
        body["radius_km"] = float(body["radius_km"])
    done, content = await _export(caller, format="ndjson", **body)
    assert content == await _list(caller, "ndjson", **filters)
    assert 0 < done["rows"] < 91
    assert done["filter"] == body


@pytest.mark.parametrize(("plan", "cap"), [("free", 10_000), ("premium", 1_000_000)])
async def test_a_plan_clips_and_says_so(
    database: Database, service: Service, plan: str, cap: int
) -> None:
    await add_events(database, 10_003)
    async with service.caller(plan) as caller:
        done, content = await _export(caller, format="ndjson")
    assert done["rows_cap"] == cap
    given = min(cap, 10_003)
    assert done["rows"] == given == content.count(b"\n")
    assert done["matched"] == 10_003 and done["progress"] == 1.0
    expected = {"parameter": "rows", "asked": 10_003, "given": given, "plan": plan}
    assert done["clipped"] == (expected if given < 10_003 else None)


async def test_an_unlimited_plan_has_no_cap(database: Database, service: Service) -> None:
    await add_events(database, 10)
    async with service.caller("enterprise") as caller:
        done, _ = await _export(caller, format="csv")
    assert done["rows_cap"] is None and done["rows"] == 10


async def test_the_file_comes_with_its_name_hash_and_ranges(
    database: Database, caller: Caller
) -> None:
    await add_events(database, 50)
    done, content = await _export(caller, format="csv")
    whole = await caller.file(done)
    assert whole.headers["content-type"] == "text/csv; charset=utf-8"
    assert whole.headers["content-disposition"].startswith('attachment; filename="vric-events-')
    assert whole.headers["content-disposition"].endswith('.csv"')
    assert whole.headers["etag"] == f'"{done["sha256"]}"'
    assert whole.headers["repr-digest"].startswith("sha-256=:")
    assert whole.headers["accept-ranges"] == "bytes"
    part = await caller.file(done, Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(content)}"
    stale = await caller.file(done, Range="bytes=100-199", **{"If-Range": '"other"'})
    assert (stale.status_code, stale.content) == (200, content)
    known = await caller.file(done, **{"If-None-Match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert (await caller.file(done, **{"If-None-Match": "*"})).status_code == 304


async def test_ranges(database: Database, caller: Caller) -> None:
    await add_events(database, 50)
    done, content = await _export(caller, format="csv")
    size = len(content)
    for given, expected in (
        ("bytes=0-0", content[:1]),
        ("bytes=-10", content[-10:]),
        (f"bytes=-{size * 2}", content),
        (f"bytes={size - 5}-{size * 2}", content[-5:]),
    ):
        part = await caller.file(done, Range=given)
        assert (part.status_code, part.content) == (206, expected), given
        assert int(part.headers["content-length"]) == len(expected)
    two = await caller.file(done, Range="bytes=0-1,5-6")
    assert two.status_code == 206
    assert two.headers["content-type"].startswith("multipart/byteranges; boundary=")
    assert content[:2] in two.content and content[5:7] in two.content
    # What is no range of bytes is left aside, as RFC 9110 wants it.
    for given in ("lines=0-1", "bytes", "bytes=", "bytes=a-b", "bytes=5-2"):
        whole = await caller.file(done, Range=given)
        assert (whole.status_code, whole.content) == (200, content), given


async def test_a_range_beyond_the_end_is_a_problem(database: Database, caller: Caller) -> None:
    await add_events(database, 5)
    done, content = await _export(caller, format="csv")
    answer = await caller.file(done, Range=f"bytes={len(content)}-")
    assert_problem(answer, 416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(content)}"


async def test_head_tells_all_and_reads_nothing(
    database: Database, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_events(database, 50)
    done, content = await _export(caller, format="csv")
    whole = await caller.file(done)

    def refuse(_: object) -> None:
        raise AssertionError("the file was opened")

    monkeypatch.setattr(RangedFile, "_open_file", refuse)
    path = f"/v1/exports/{done['id']}/file"
    for headers in ({}, {"Range": "bytes=0-9"}, {"Range": "bytes=999999999-"}):
        head = await caller.client.head(path, headers=headers)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) == len(content)
        for name in ("etag", "content-type", "content-disposition", "accept-ranges"):
            assert head.headers[name] == whole.headers[name]
