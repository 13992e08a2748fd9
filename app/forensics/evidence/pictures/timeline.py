"""The timeline: when the accounts of each group posted, together and one by one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.drawing.text import cut
from app.forensics.evidence.pictures import style
from app.forensics.evidence.pictures.axis import TimeAxis
from app.forensics.evidence.pictures.page import INNER, TOP, Page, plain
from app.forensics.evidence.source import FindingVersion

BINS, MAX_LANES, MAX_TICKS = 120, 28, 6_000
BARS, LANE, LEFT = 170.0, 17.0, 200.0


@dataclass(frozen=True, slots=True)
class Posted:
    """That an account of a group posted."""

    account: str
    at: datetime


def draw_timeline(finding: FindingVersion, posted: Sequence[Posted]) -> bytes:
    """The picture as SVG; of many accounts the busiest are drawn one by one."""
    groups = {one.account: one.group for one in finding.document.behaviour.accounts}
    order = {group.id: i for i, group in enumerate(finding.document.behaviour.groups)}
    posted = [one for one in posted if one.account in groups]
    position = {one.account: order.get(groups[one.account], len(order)) for one in posted}
    counts = Counter(one.account for one in posted)
    lanes = sorted(counts, key=lambda name: (-counts[name], name))[:MAX_LANES]
    lanes.sort(key=lambda name: (position[name], -counts[name], name))
    page = Page(
        finding, "Timeline", f"{len(posted):,} posts of {len(counts):,} accounts over time."
    )
    height = BARS + 64 + LANE * len(lanes) + 56
    page.panel(TOP - 12, height)
    if not posted:
        page.write(INNER / 2, TOP + 110, "No account stands out.", 22, style.FAINT, anchor="middle")
        return page.finish(TOP - 12 + height)
    axis = TimeAxis.over([one.at for one in posted], LEFT, INNER - 24)
    bottom = TOP + BARS + 48 + LANE * len(lanes)
    axis.draw(page, TOP + 10, bottom)
    _draw_bars(page, axis, posted, position)
    _draw_lanes(page, axis, posted, position, lanes)
    if len(counts) > len(lanes):
        page.write(18, TOP + BARS + 18, f"busiest {len(lanes)} of {len(counts):,}", 12, style.FAINT)
    return page.finish(TOP - 12 + height)


def _draw_bars(
    page: Page, axis: TimeAxis, posted: Sequence[Posted], position: dict[str, int]
) -> None:
    """Posts in bins of equal time, groups on top of each other."""
    span = axis.last - axis.first
    bins = Counter(
        (min(int((one.at - axis.first) / span * BINS), BINS - 1), position[one.account])
        for one in posted
    )
    totals: Counter[int] = Counter()
    for (place, _), count in bins.items():
        totals[place] += count
    tallest, width = max(totals.values()), (axis.right - axis.left) / BINS
    heights: Counter[int] = Counter()
    for (place, group), count in sorted(bins.items()):
        tall = count / tallest * (BARS - 20)
        top = TOP + BARS + 10 - (heights[place] / tallest * (BARS - 20)) - tall
        page.draw("rect", {"x": axis.left + place * width, "y": top, "width": max(width - 1, 1),
                           "height": tall, "fill": style.group_colour(group)})  # fmt: skip
        heights[place] += count
    page.write(LEFT - 14, TOP + 34, f"{tallest:,} posts", 12, style.FAINT, anchor="end")
    seconds = span.total_seconds() / BINS
    each = f"in {seconds / 60:,.0f} min" if seconds >= 90 else f"in {seconds:,.0f} s"
    page.write(LEFT - 14, TOP + 50, each, 12, style.FAINT, anchor="end")
    base = {"x1": axis.left, "x2": axis.right, "y1": TOP + BARS + 10, "y2": TOP + BARS + 10}
    page.draw("line", {**base, "stroke": style.GREY})


def _draw_lanes(
    page: Page, axis: TimeAxis, posted: Sequence[Posted], position: dict[str, int], lanes: list[str]
) -> None:
    """A line for each account, a stroke for each post."""
    rows = {name: TOP + BARS + 44 + LANE * i for i, name in enumerate(lanes)}
    for name, y in rows.items():
        text = cut(plain(name, 80), 12, LEFT - 46)
        page.write(LEFT - 14, y + 4, text, 12, anchor="end")
        page.draw("circle", {"cx": 16, "cy": y, "r": 4, "fill": style.group_colour(position[name])})
    strokes: dict[int, list[str]] = {}
    for one in [one for one in posted if one.account in rows][:MAX_TICKS]:
        move = f"M{axis.x(one.at):.1f} {rows[one.account] - 5:.1f}v10"
        strokes.setdefault(position[one.account], []).append(move)
    for group, moves in strokes.items():
        page.draw("path", {"d": "".join(moves), "stroke": style.group_colour(group),
                           "stroke-width": 1.6, "stroke-opacity": "0.7"})  # fmt: skip
