"""Pictures and report: what is drawn, the same every time, and that hostile names draw as well."""

import io
import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image

from app.core.drawing.png import png_of
from app.forensics.evidence.pictures.axis import TimeAxis
from app.forensics.evidence.pictures.chains import draw_chains
from app.forensics.evidence.pictures.layout import place
from app.forensics.evidence.pictures.network import MAX_NODES, draw_network, network_of
from app.forensics.evidence.pictures.timeline import MAX_LANES, Posted, draw_timeline
from app.forensics.evidence.pictures.vega import vega_chains, vega_network, vega_timeline
from app.forensics.evidence.report.page import report
from app.forensics.evidence.source import Event, FindingVersion, Reply
from app.forensics.findings.document import Behaviour
from tests.forensics.evidence import making

SVG = "{http://www.w3.org/2000/svg}"
EMPTY = making.version(making.finding(outcome="nothing_found", behaviour=Behaviour()))
NAMES = [f"account {number:02}" for number in range(12)]


def _version(names: list[str] = NAMES) -> FindingVersion:
    return making.version(making.finding(making.posts(), names=names))


def _posted(names: list[str] = NAMES) -> list[Posted]:
    return [
        Posted(name, making.START + timedelta(minutes=7 * number, seconds=3 * place_))
        for number in range(9)
        for place_, name in enumerate(names)
    ]


def _chain(count: int = 5) -> FindingVersion:
    kinds = ["origin", "copypasta", "rewording", "translation", "translation"]
    records = [
        {
            "chain_id": "c1", "position": n, "id": f"post {n}", "kind": kinds[min(n, 4)],
            "published_at": (making.START + timedelta(hours=n)).isoformat(), "lag_s": 3_600.0 * n,
            "similarity": 0.5, "stage": "placement" if n == 0 else "layering",
            "language": "ru" if n == 0 else "es", "repeats": None if n == 0 else f"post {n - 1}",
        }
        for n in range(count)
    ]  # fmt: skip
    return making.version(making.finding(kind="chains", behaviour=Behaviour(records=records)))


def _read(svg: bytes) -> Element:
    root: Element = fromstring(svg)
    return root


def _texts(root: Element) -> str:
    return " ".join(text.text or "" for text in root.iter(f"{SVG}text"))


def test_the_network_has_each_account_and_tie() -> None:
    root = _read(draw_network(_version()))
    titles = {one.text for one in root.iter(f"{SVG}title")}
    assert set(NAMES) <= titles
    assert len(list(root.iter(f"{SVG}line"))) == 66 + 2  # the ties, and two of the legend
    assert "12 nodes in 1 groups with 66 ties" in (root.findtext(f"{SVG}desc") or "")
    assert "12 accounts" in _texts(root)


def test_explained_ties_are_dashed_and_grey() -> None:
    document = making.finding()
    edges = [edge.model_copy(update={"benign": "syndication"}) for edge in document.behaviour.edges]
    behaviour = document.behaviour.model_copy(update={"edges": edges, "groups": []})
    root = _read(draw_network(making.version(document.model_copy(update={"behaviour": behaviour}))))
    assert "3 accounts in none" in _texts(root)
    assert sum(line.get("stroke-dasharray") == "4 4" for line in root.iter(f"{SVG}line")) == 4


def test_a_large_network_is_bounded_and_says_so() -> None:
    document = making.finding()
    edges = [
        document.behaviour.edges[0].model_copy(update={"account_a": f"a{n}", "account_b": f"b{n}"})
        for n in range(2_000)
    ]
    behaviour = document.behaviour.model_copy(update={"edges": edges})
    version = making.version(document.model_copy(update={"behaviour": behaviour}))
    network = network_of(version.document, 800, 600)
    assert len(network.nodes) == MAX_NODES and network.left_out == 4_000 - MAX_NODES
    assert "more accounts are not drawn" in _texts(_read(draw_network(version)))


def test_places_are_within_the_box_and_apart() -> None:
    clique = [(a, b) for a in range(9) for b in range(a)]
    placed = place([clique, [(0, 1)], [(0, 1)]], [9, 2, 2], 600, 300)
    points = np.concatenate(placed)
    assert points.min() >= 0 and points[:, 0].max() <= 600 and points[:, 1].max() <= 300
    gaps = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) + np.eye(len(points)) * 99
    assert gaps.min() > 15
    assert all(
        (a == b).all()
        for a, b in zip(
            placed, place([clique, [(0, 1)], [(0, 1)]], [9, 2, 2], 600, 300), strict=True
        )
    )


def test_the_timeline_has_a_lane_for_each_account_and_a_stroke_for_each_post() -> None:
    root = _read(draw_timeline(_version(), _posted()))
    assert all(name in _texts(root) for name in NAMES)
    strokes = "".join(path.get("d", "") for path in root.iter(f"{SVG}path"))
    assert strokes.count("M") == 9 * 12


def test_a_timeline_of_many_accounts_draws_the_busiest() -> None:
    names = [f"account {number:03}" for number in range(90)]
    assert f"busiest {MAX_LANES} of 90" in _texts(
        _read(draw_timeline(_version(names), _posted(names)))
    )


@pytest.mark.parametrize("span_s", [0, 1, 50, 3_000, 90_000, 5_000_000, 4e8])
def test_a_time_axis_has_some_marks_and_never_a_crowd(span_s: float) -> None:
    axis = TimeAxis.over([making.START, making.START + timedelta(seconds=span_s)], 100, 900)
    assert 100 < axis.x(making.START) <= axis.x(making.START + timedelta(seconds=span_s)) < 900
    assert 1 <= len(axis._marks()) <= 20


def test_chains_show_kinds_stages_and_where_they_began() -> None:
    root = _read(draw_chains(_chain()))
    assert "first seen in our collection: post 0" in _texts(root)
    marks = {one.text for one in root.iter(f"{SVG}title")}
    assert "post 3: translation, layering, similarity 0.50" in marks


def test_what_crosses_languages_is_drawn_before_what_is_longer() -> None:
    records = [
        {
            "chain_id": chain, "position": n, "id": f"{chain}-{n}", "kind": "copypasta",
            "published_at": (making.START + timedelta(seconds=n)).isoformat(), "stage": "layering",
            "language": language,
        }
        for chain, languages in (("a", "es es es es"), ("b", "es pt"))
        for n, language in enumerate(languages.split())
    ]  # fmt: skip
    behaviour = Behaviour(records=records)
    said = _texts(
        _read(draw_chains(making.version(making.finding(kind="chains", behaviour=behaviour))))
    )
    first, second = said.index("Chain b: 2 texts in 1.0 s"), said.index("Chain a: 4 texts in 3.0 s")
    assert first < second


@pytest.mark.parametrize(
    "svg",
    [draw_network(EMPTY), draw_timeline(EMPTY, []), draw_chains(EMPTY), draw_chains(_chain(2)),
     draw_timeline(_version(), _posted()[:1]), draw_network(_version())],
)  # fmt: skip
def test_every_picture_becomes_pixels(svg: bytes) -> None:
    image = Image.open(io.BytesIO(png_of(svg, 600)))
    assert image.width == 600 and len(image.convert("L").getcolors() or []) > 3


def test_the_same_finding_is_the_same_picture() -> None:
    assert draw_network(_version()) == draw_network(_version())
    assert vega_network(_version()) == vega_network(_version())


def test_hostile_names_are_drawn_as_text() -> None:
    version = making.version(making.hostile())
    posted = [Posted(name, making.START) for name in making.HOSTILE]
    for svg in (draw_network(version), draw_timeline(version, posted), draw_chains(version)):
        root = _read(svg)
        assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
            "svg", "title", "desc", "rect", "g", "text", "line", "circle", "path",
        }  # fmt: skip
        assert not any(name.startswith("on") for one in root.iter() for name in one.keys())  # noqa: SIM118
        assert len(svg) < 200_000
        png_of(svg, 300)


@pytest.mark.parametrize(
    ("made", "values"),
    [(vega_timeline(_version(), _posted()), 108), (vega_chains(_chain()), 5)],
)
def test_vega_lite_has_its_data_inside(made: bytes, values: int) -> None:
    specification = json.loads(made)
    assert specification["$schema"].endswith("/vega-lite/v5.json")
    assert len(specification["data"]["values"]) == values


def test_vega_lite_of_a_network_has_ties_and_nodes() -> None:
    ties, nodes = json.loads(vega_network(_version()))["layer"]
    assert (len(ties["data"]["values"]), len(nodes["data"]["values"])) == (66, 12)


class _Tags(HTMLParser):
    """The tags and attributes of a page, as a browser sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


def test_the_report_holds_what_a_reader_needs() -> None:
    version = making.version(
        making.finding(making.posts(), names=NAMES),
        replies=[Reply("account 01", "We are a choir.", making.START)],
        events=[
            Event("correction", making.START, "The count was 5."),
            Event("created", making.START, None),
        ],
        retracted_at=making.START,
    )
    page = report(version, _posted(), making.KEY.public).decode()
    for said in ("We are a choir.", "The count was 5.", "This finding was retracted", "Synthetic data",
                 version.sha256, making.KEY.public.text, "vric forensics verify", "Syndication",
                 "null_model", "not say who is behind"):  # fmt: skip
        assert said in page, said
    assert page.count("data:image/svg+xml;base64,") == 2


@pytest.mark.parametrize("version", [EMPTY, _chain()], ids=["empty", "chains"])
def test_the_report_of_other_findings(version: FindingVersion) -> None:
    page = report(version, [], making.KEY.public).decode()
    assert version.document.summary in page


def test_hostile_texts_are_text_in_the_report() -> None:
    replies = [Reply(making.HOSTILE[0], making.HOSTILE[3], making.START)]
    version = making.version(making.hostile(), replies=replies)
    posted = [Posted(name, making.START) for name in making.HOSTILE]
    page = report(version, posted, making.KEY.public)
    seen = _Tags()
    seen.feed(page.decode())
    assert "script" not in seen.tags and "a" not in seen.tags
    assert not any(name.startswith("on") for name, _ in seen.attributes)
    outside = [value for name, value in seen.attributes if name in ("src", "href") and value
               and not value.startswith("data:image/svg+xml;base64,")]  # fmt: skip
    assert outside == [] and len(page) < 400_000
    assert not re.search(rb"[\x00-\x08\x0b-\x1f]", page)
