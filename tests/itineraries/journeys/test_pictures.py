"""Pictures of itineraries: what is drawn, in words too, and that hostile journeys draw as well."""

from typing import Any
from xml.etree import ElementTree

import httpx
import orjson
import pytest

from app.core.drawing.text import cut, width_of, wrapped
from app.itineraries.journeys.assemble import assemble
from app.itineraries.journeys.claims import read_claim
from app.itineraries.journeys.records import dump
from app.itineraries.pictures.picture import draw_png, draw_svg
from app.itineraries.pictures.projection import Frame
from app.itineraries.pictures.style import DARK_DASHES, STROKES
from tests.itineraries.journeys.conftest import ROUTES, leg, source

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*legs: dict[str, Any]) -> ElementTree.Element:
    document = assemble([read_claim(item) for item in legs])
    assert document is not None
    itinerary = orjson.loads(dump({"id": "a-journey", **document, "as_of": None}))
    return ElementTree.fromstring(draw_svg(itinerary, {}))  # noqa: S314 - our own bytes


def texts(root: ElementTree.Element) -> str:
    return " ".join(item.text or "" for item in root.iter(f"{SVG}text"))


def place(name: str, lat: float, lon: float) -> dict[str, Any]:
    return {"name": name, "lat": lat, "lon": lon}


async def test_the_picture_says_what_it_shows(demo: httpx.AsyncClient) -> None:
    answer = await demo.get(f"{ROUTES}/zarif-2020-11/map.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own bytes
    assert root.get("role") == "img"
    assert "Zarif" in (root.findtext(f"{SVG}title") or "")
    description = root.findtext(f"{SVG}desc") or ""
    assert "3. Havana to El Alto International Airport, reported, 2 conflicts" in description
    words = texts(root)
    for expected in ("Havana", "the Saturday was 2020-11-07", "Sources (8, ",
                     "Radio Free Europe, 2020-11-04"):  # fmt: skip
        assert expected in words
    png = await demo.get(f"{ROUTES}/zarif-2020-11/map.png")
    assert png.content.startswith(b"\x89PNG") and len(png.content) > 20_000
    known = await demo.get(f"{ROUTES}/zarif-2020-11/map.svg", params={"as_of": "2020-11-04"})
    assert "as it was known on 2020-11-04" in known.text


async def test_dark_periods_are_dashed(demo: httpx.AsyncClient) -> None:
    text = (await demo.get(f"{ROUTES}/samah-2020-10/map.svg")).text
    assert text.count(f'stroke-dasharray="{DARK_DASHES}"') == 2  # on the map and in the legend
    assert "position not re-observed" in text


def test_each_status_has_a_line_of_its_own() -> None:
    assert len({(stroke.colour, stroke.dashes) for stroke in STROKES.values()}) == len(STROKES)
    legs = [
        leg(leg=n + 1, status=status, origin=place("A", 10 + n, -60), to=place("B", 20 + n, -80))
        for n, status in enumerate(STROKES)
    ]
    words = texts(drawn(*legs))
    assert all(stroke.word in words for stroke in STROKES.values())


@pytest.mark.parametrize(
    "legs",
    [
        [leg(to="Nowhere")],
        [leg(origin=place("A", 89.9, 0), to=place("B", -89.9, 180))],
        [leg(origin=place("Fiji", -18, 179), to=place("Samoa", -14, -171))],
        [leg(origin=place("A", 0, 0), to=place("Antipode", 0, 180))],
        [leg(origin=place("Home", 10, 10), to=place("Home", 10, 10))],
        [leg(leg=n + 1, to=place(f"P{n}", n % 90, n % 180)) for n in range(400)],
        [leg(to={"country": "VE"}), leg(to={"country": "XX"}, sources=source("<script>&\"'"))],
        [leg(mover={"kind": "vessel", "name": "<b>\u202e" + "W" * 290}, note="]]>" * 100)],
    ],
    ids=["nowhere", "poles", "dateline", "antipodes", "circular", "many", "countries", "markup"],
)
def test_hostile_journeys_are_drawn(legs: list[dict[str, Any]]) -> None:
    root = drawn(*legs)
    assert float(root.get("height", "0")) > 600
    for path in root.iter(f"{SVG}path"):
        assert "nan" not in (path.get("d") or "") and "inf" not in (path.get("d") or "")


def test_control_characters_are_not_drawn() -> None:
    named = leg(title="a\x01title", sources=source("the\x1b[31m outlet\ufffe"))
    assert "the[31m outlet" in texts(drawn(named))


def test_a_line_across_the_dateline_is_short() -> None:
    root = drawn(leg(origin=place("Fiji", -18, 179), to=place("Samoa", -14, -171)))
    line = next(p for p in root.iter(f"{SVG}path") if p.get("stroke") == STROKES["reported"].colour)
    numbers = [float(pair.split()[0]) for pair in (line.get("d") or "")[1:].split("L")]
    assert max(numbers) - min(numbers) < 900


def test_png_needs_no_font_of_the_system() -> None:
    document = assemble([read_claim(leg())])
    assert document is not None
    itinerary = orjson.loads(dump({"id": "a-journey", **document, "as_of": None}))
    with_text = draw_png(itinerary, {}, 800)
    bare = draw_png({**itinerary, "title": "", "sources": []}, {}, 800)
    assert with_text.startswith(b"\x89PNG") and with_text != bare


def test_text_is_cut_and_wrapped_to_its_width() -> None:
    assert cut("short", 14, 500) == "short"
    assert width_of(cut("W" * 5_000, 14, 100), 14) <= 100
    lines = wrapped("one two three four five six seven eight", 14, 80, 2)
    assert len(lines) == 2 and lines[-1].endswith("…")
    assert all(width_of(line, 14) <= 80 for line in lines)
    assert wrapped("", 14, 80, 2) == []


def test_an_empty_map_is_a_map() -> None:
    frame = Frame.around([], 1_000, 500)
    assert frame.east > frame.west and frame.north > frame.south
