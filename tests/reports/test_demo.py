"""The demo edition: its counts, its measures, and its coming and going."""

import httpx

from app.core.db import Database
from app.reports.demo_edition import load_demo, load_demo_once, remove_demo
from app.reports.measure import DEFINITIONS
from tests.reports.conftest import edition_text, ids_by_summary, state_of, take_in

BLOCKS = {
    "Venezuela": 14, "Bolivarian Network": 14, "Iran": 21, "Hezbollah": 6, "Nisman/AMIA": 1,
    "Qatar": 1, "Russia": 14, "China": 14, "Illegal fishing": 2, "Medical diplomacy": 4,
}  # fmt: skip
MEASURES = {"printed": 23, "printed_network": 19, "printed_vric": 15, "printed_or_registry": 26}


async def test_the_items_of_each_block(client: httpx.AsyncClient) -> None:
    report = (await client.get("/v1/reports/demo-2020-11")).json()
    counted: dict[str, int] = {}
    for item in report["items"]:
        counted[item["block"]] = counted.get(item["block"], 0) + 1
    assert counted == BLOCKS
    assert list(counted) == list(BLOCKS)
    assert report["item_count"] == len(report["items"]) == 91
    assert report["must_read_count"] == len(report["must_reads"]) == 6
    assert report["restated"] is True


async def test_the_measures_of_the_whole(client: httpx.AsyncClient) -> None:
    editorial = (await client.get("/v1/reports/demo-2020-11")).json()["editorial"]
    assert editorial["promised_share"] == 0.2
    definitions = {d["name"]: d for d in editorial["definitions"]}
    assert {name: d["counted"] for name, d in definitions.items()} == MEASURES
    assert {name: d["share"] for name, d in definitions.items()} == {
        "printed": 0.2527, "printed_network": 0.2088, "printed_vric": 0.1648,
        "printed_or_registry": 0.2857,
    }  # fmt: skip
    assert {name for name, d in definitions.items() if d["within_promise"]} == {"printed_vric"}
    warned = [warning.partition(":")[0] for warning in editorial["warnings"]]
    assert warned == ["printed", "printed_network", "printed_or_registry"]
    assert "23 of 91" in editorial["warnings"][0]
    assert all(d["description"] == DEFINITIONS[name].description for name, d in definitions.items())


async def test_the_measures_of_the_blocks_add_up(client: httpx.AsyncClient) -> None:
    editorial = (await client.get("/v1/reports/demo-2020-11")).json()["editorial"]
    for definition in editorial["definitions"]:
        assert {block["block"]: block["items"] for block in definition["blocks"]} == BLOCKS
        assert sum(block["counted"] for block in definition["blocks"]) == definition["counted"]


async def test_load_remove_load(database: Database) -> None:
    await take_in(database, edition_text(), "kept")
    kept = await ids_by_summary(database)
    assert (await load_demo(database)).counts["created"] == 91
    loaded = await state_of(database)
    await load_demo_once(database)
    assert (await load_demo(database)).unchanged
    assert await state_of(database) == loaded
    assert await remove_demo(database) == 91
    assert await ids_by_summary(database) == kept
    assert await database.fetch_value("SELECT count(*) FROM editions") == 1
    await load_demo_once(database)  # whoever removed it does not want it back at every start
    assert await ids_by_summary(database) == kept
    assert (await load_demo(database)).counts["created"] == 91
    assert await database.fetch_value("SELECT count(*) FROM events") == 97
    assert await remove_demo(database) == 91
    assert await remove_demo(database) == 0
