"""The picture of chains: how a story went on, by time and language, from where we first have it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.drawing.text import cut, width_of
from app.forensics.evidence.pictures import style
from app.forensics.evidence.pictures.axis import TimeAxis
from app.forensics.evidence.pictures.page import INNER, TOP, Page, plain
from app.forensics.evidence.source import FindingVersion

MAX_CHAINS, MAX_LINKS, MAX_LANES = 4, 80, 6
LANE, LEFT = 58.0, 110.0
_FORMS = {
    "origin": "M0-9L9 0L0 9L-9 0Z",
    "rewording": "M0-8L8 6L-8 6Z",
    "translation": "M-6-6H6V6H-6Z",
}
_CIRCLE = "M-6 0A6 6 0 1 0 6 0A6 6 0 1 0 -6 0Z"


@dataclass(frozen=True, slots=True)
class Link:
    """One text of a chain."""

    id: str
    at: datetime
    kind: str
    stage: str
    lane: str
    repeats: str | None
    similarity: float


def chains_of(finding: FindingVersion) -> Mapping[str, Sequence[Link]]:
    """The links of each chain in the order of time; chains of most languages first, then the longest."""
    chains: dict[str, list[Link]] = defaultdict(list)
    for record in finding.document.behaviour.records:
        if "chain_id" in record and record.get("published_at"):
            chains[str(record["chain_id"])].append(
                Link(
                    id=str(record["id"]),
                    at=datetime.fromisoformat(str(record["published_at"])),
                    kind=str(record["kind"]),
                    stage=str(record["stage"]),
                    lane=str(record.get("language") or record["kind"]),
                    repeats=None if record.get("repeats") is None else str(record["repeats"]),
                    similarity=float(record.get("similarity") or 0),
                )
            )
    for links in chains.values():
        links.sort(key=lambda link: link.at)

    def rank(item: tuple[str, Sequence[Link]]) -> tuple[int, int, str]:
        name, links = item
        return -len({link.lane for link in links}), -len(links), name

    return dict(sorted(chains.items(), key=rank))


def draw_chains(finding: FindingVersion) -> bytes:
    """The picture as SVG: the four chains that come first."""
    chains = chains_of(finding)
    shown = dict(list(chains.items())[:MAX_CHAINS])
    page = Page(finding, "Chains", _described(shown))
    y: float = TOP + 6
    if not shown:
        page.panel(TOP - 12, 220)
        page.write(INNER / 2, TOP + 100, "No chain was found.", 22, style.FAINT, anchor="middle")
        return page.finish(TOP + 208)
    _draw_legend(page, y)
    y += 26
    for chain, links in shown.items():
        y = _draw_chain(page, chain, links[:MAX_LINKS], len(links), y) + 22
    if len(chains) > len(shown):
        page.write(
            0, y + 6, f"{len(chains) - len(shown):,} more chains are not drawn.", 13, style.FAINT
        )
        y += 20
    return page.finish(y)


def _draw_legend(page: Page, y: float) -> None:
    x = 0.0
    for kind, said in style.SIGNS.items():
        page.draw("path", {"d": _FORMS.get(kind, _CIRCLE), "fill": style.INK,
                           "transform": f"translate({x + 8:.1f} {y - 4:.1f})"})  # fmt: skip
        word = said[2:]
        page.write(x + 24, y, word, 14)
        x += 24 + width_of(word, 14) + 28
    x += 20
    for stage, colour in style.STAGES.items():
        page.draw("rect", {"x": x, "y": y - 12, "width": 14, "height": 14, "rx": 3, "fill": colour})
        page.write(x + 22, y, stage, 14)
        x += 22 + width_of(stage, 14) + 28


def _draw_chain(page: Page, chain: str, links: Sequence[Link], count: int, y: float) -> float:
    lanes = list(dict.fromkeys(link.lane for link in links))[:MAX_LANES]
    height = 40 + LANE * len(lanes) + 50
    page.panel(y, height)
    first = links[0]
    span = (links[-1].at - first.at).total_seconds()
    lasted = _duration(span)
    said = (
        f"Chain {chain[:12]}: {count:,} texts in {lasted}, first seen in our collection: {first.id}"
    )
    page.write(18, y + 26, cut(plain(said), 15, INNER - 36), 15, bold=True)
    axis = TimeAxis.over([link.at for link in links], LEFT, INNER - 40)
    rows = {lane: y + 40 + LANE * (i + 0.5) for i, lane in enumerate(lanes)}
    axis.draw(page, y + 40, y + height - 46)
    for lane, row in rows.items():
        page.write(LEFT - 24, row + 5, cut(plain(lane), 14, LEFT - 42), 14, bold=True, anchor="end")
        page.draw(
            "line", {"x1": LEFT, "x2": INNER - 18, "y1": row, "y2": row, "stroke": style.RULE}
        )
    places = {link.id: (axis.x(link.at), rows.get(link.lane, y + height - 60)) for link in links}
    for link in links:
        if link.repeats in places:
            (ax, ay), (bx, by) = places[link.repeats], places[link.id]
            bend = 24.0 if ay == by else 0.0
            way = f"M{ax:.1f} {ay:.1f}Q{(ax + bx) / 2:.1f} {(ay + by) / 2 - bend:.1f} {bx:.1f} {by:.1f}"
            page.draw("path", {"d": way, "fill": "none", "stroke": style.GREY, "stroke-opacity": "0.7",
                               "stroke-width": 0.8 + 2 * max(0.0, min(link.similarity, 1.0))})  # fmt: skip
    for link in reversed(links):  # of texts at one moment the first lies on top
        x, row = places[link.id]
        mark = page.draw("path", {
            "d": _FORMS.get(link.kind, _CIRCLE), "transform": f"translate({x:.1f} {row:.1f})",
            "fill": style.STAGES.get(link.stage, style.GREY), "stroke": "#ffffff",
            "stroke-width": 1.4,
        })  # fmt: skip
        title = mark.makeelement("title", {})
        title.text = plain(
            f"{link.id}: {link.kind}, {link.stage}, similarity {link.similarity:.2f}"
        )
        mark.append(title)
    return y + height


def _described(chains: Mapping[str, Sequence[Link]]) -> str:
    told = []
    for chain, links in chains.items():
        ways = ", ".join(f"{link.kind} ({link.lane}, {link.stage})" for link in links[:12])
        told.append(f"Chain {chain}: {ways}")
    return ". ".join(told) or "No chain."


def _duration(seconds: float) -> str:
    for unit, name, at_most in ((1, "s", 120), (60, "min", 7_200), (3_600, "h", 172_800)):
        if seconds < at_most:
            return f"{seconds / unit:,.1f} {name}"
    return f"{seconds / 86_400:,.1f} days"
