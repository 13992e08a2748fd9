"""The map panel: sea, land, graticule, legs by status, stops with their names."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from app.core.drawing.text import width_of
from app.itineraries.pictures import style
from app.itineraries.pictures.land import land_path
from app.itineraries.pictures.projection import Frame
from app.itineraries.pictures.routes import Mark, Route, bowed
from app.itineraries.tracks.positions import Floats

LABEL_SIZE = 15
BOW_PX = 16.0
MAX_LABELS = 40
_STEPS = (1, 2, 5, 10, 20, 30)
Box = tuple[float, float, float, float]


def draw_map(parent: Element, routes: Sequence[Route], frame: Frame) -> None:
    """Add the panel to an SVG element whose origin is its upper left corner."""
    size = {"width": _n(frame.width), "height": _n(frame.height)}
    clip = SubElement(SubElement(parent, "defs"), "clipPath", id="panel")
    SubElement(clip, "rect", size, rx="8")
    panel = SubElement(parent, "g", {"clip-path": "url(#panel)"})
    SubElement(panel, "rect", size, fill=style.SEA)
    _draw_grid(panel, frame)
    SubElement(panel, "path", {
        "d": land_path(frame), "fill": style.LAND, "fill-rule": "evenodd", "stroke": style.SHORE,
        "stroke-width": "0.8", "stroke-linejoin": "round",
    })  # fmt: skip
    lines = _lines(routes, frame)
    for route, pixels in lines:
        _draw_leg(panel, route, pixels)
    for route, pixels in lines:
        _draw_arrow(panel, route, pixels)
    marks = _marks(routes, frame)
    taken = [box for _, pixels in lines for box in _boxes_along(pixels)]
    for mark, at in marks:
        _draw_stop(panel, mark, at)
    taken += [(x - 12, y - 12, x + 12, y + 12) for x, y in _draw_numbers(panel, lines)]
    _draw_labels(panel, marks, taken, frame)
    SubElement(panel, "rect", {
        **size, "rx": "8", "fill": "none", "stroke": style.SHORE, "stroke-width": "1.5",
    })  # fmt: skip


def _lines(routes: Sequence[Route], frame: Frame) -> list[tuple[Route, Floats]]:
    """Each leg in pixels; those between the same two stops are bent apart."""
    seen: Counter[frozenset[tuple[float, float]]] = Counter()
    found = []
    for route in routes:
        if len(route.lat) < 2:
            continue
        pixels = frame.project(route.lat, frame.unwrap(route.lon))
        if route.is_seen:
            found.append((route, pixels))
            continue
        ends = frozenset((round(m.lat, 2), round(m.lon, 2)) for m in route.marks)
        turn = seen[ends]
        seen[ends] += 1
        side = 1 if pixels[-1, 0] >= pixels[0, 0] else -1
        found.append((route, bowed(pixels, side * BOW_PX * ((turn + 1) // 2) * (-1) ** turn)))
    return found


def _draw_leg(panel: Element, route: Route, pixels: Floats) -> None:
    """The whole line in the status's stroke, faint and dashed over where nothing was heard."""
    stroke = style.STROKES[route.status]
    base = {"fill": "none", "stroke-linecap": "round", "stroke-linejoin": "round"}
    SubElement(panel, "path", {
        **base, "d": _path(pixels), "stroke": "#ffffff", "stroke-width": _n(stroke.width + 3),
        "stroke-opacity": "0.75",
    })  # fmt: skip
    last = len(route.lat) - 1
    bounds = [0, *(end for part in route.dark for end in part), last]
    for n, (start, end) in enumerate(pairwise(bounds)):
        if start == end:
            continue
        # A bent line has points of its own, evenly spread over those of the route.
        rows = np.array([start, end]) * (len(pixels) - 1) / last
        data, dark = _path(_between(pixels, *rows.tolist())), n % 2 == 1
        line = {**base, "d": data, "stroke": stroke.colour, "stroke-width": _n(stroke.width)}
        if dark:
            line["stroke-opacity"] = "0.35"
        elif stroke.dashes:
            line["stroke-dasharray"] = stroke.dashes
        SubElement(panel, "path", line)
        if dark:
            SubElement(panel, "path", {
                **base, "d": data, "stroke": style.DARK, "stroke-width": "2.4",
                "stroke-linecap": "butt", "stroke-dasharray": style.DARK_DASHES,
            })  # fmt: skip


def _path(pixels: Floats) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in pixels.tolist())


def _between(pixels: Floats, start: float, end: float) -> Floats:
    """The part of a line from one row to another, which may lie between its points."""
    inner = np.arange(np.floor(start) + 1, np.ceil(end))
    rows = np.concatenate(([start], inner, [end]))
    every = np.arange(len(pixels))
    return np.column_stack([np.interp(rows, every, pixels[:, axis]) for axis in (0, 1)])


def _draw_arrow(panel: Element, route: Route, pixels: Floats) -> None:
    """A head a little after the middle; lines of a few pixels have none."""
    length = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(pixels, axis=0), axis=1))))
    if length[-1] < 40:
        return
    places = [np.interp(share * length[-1], length, pixels[:, axis])
              for share in (0.60, 0.62) for axis in (0, 1)]  # fmt: skip
    ahead = np.degrees(np.arctan2(places[3] - places[1], places[2] - places[0]))
    SubElement(panel, "path", {
        "d": "M-7 -6L8 0L-7 6L-3.5 0Z", "fill": style.STROKES[route.status].colour,
        "stroke": "#ffffff", "stroke-width": "1",
        "transform": f"translate({places[0]:.1f} {places[1]:.1f}) rotate({ahead:.1f})",
    })  # fmt: skip


def _draw_numbers(
    panel: Element, lines: Sequence[tuple[Route, Floats]]
) -> list[tuple[float, float]]:
    """The number of each leg on its line, where there is room for it; returns where."""
    placed: list[tuple[float, float]] = []
    for route, pixels in lines:
        length = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(pixels, axis=0), axis=1))))
        if length[-1] < 60:
            continue
        for share in (0.45, 0.35, 0.75, 0.25):
            x, y = (float(np.interp(share * length[-1], length, pixels[:, a])) for a in (0, 1))
            if all(abs(x - a) > 24 or abs(y - b) > 24 for a, b in placed):
                break
        placed.append((x, y))
        badge(panel, x, y, str(route.position), style.STROKES[route.status].colour)
    return placed


def badge(parent: Element, x: float, y: float, text: str, colour: str) -> None:
    """A leg's number in a disc of its status' colour."""
    SubElement(parent, "circle", {
        "cx": _n(x), "cy": _n(y), "r": "11", "fill": colour, "stroke": "#ffffff",
        "stroke-width": "1.5",
    })  # fmt: skip
    label = SubElement(parent, "text", {
        "x": _n(x), "y": _n(y + 4.5), "fill": "#ffffff", "font-weight": "600",
        "font-size": "13" if len(text) < 3 else "10", "text-anchor": "middle",
    })  # fmt: skip
    label.text = text


def _marks(routes: Sequence[Route], frame: Frame) -> list[tuple[Mark, tuple[float, float]]]:
    """Each stop once, in pixels; stops of nearly one place are one."""
    found: list[tuple[Mark, tuple[float, float]]] = []
    for mark in (mark for route in routes for mark in route.marks):
        lon = frame.unwrap(np.array([mark.lon]))
        x, y = frame.project(np.array([mark.lat]), lon)[0].tolist()
        near = [i for i, (_, at) in enumerate(found) if abs(at[0] - x) + abs(at[1] - y) < 9]
        if not near:
            found.append((mark, (x, y)))
        elif mark.label not in found[near[0]][0].label:
            held, at = found[near[0]]
            label = f"{held.label} / {mark.label}"
            found[near[0]] = (Mark(held.lat, held.lon, label, held.exact and mark.exact), at)
    return found


def _draw_stop(panel: Element, mark: Mark, at: tuple[float, float]) -> None:
    look = {"cx": _n(at[0]), "cy": _n(at[1]), "fill": "#ffffff", "stroke": style.INK}
    if mark.exact:
        SubElement(panel, "circle", {**look, "r": "5.5", "stroke-width": "2.4"})
    else:
        SubElement(panel, "circle", {
            **look, "r": "10", "fill-opacity": "0.7", "stroke-width": "1.6",
            "stroke-dasharray": "2.5 3",
        })  # fmt: skip


def _draw_labels(
    panel: Element,
    marks: Sequence[tuple[Mark, tuple[float, float]]],
    taken: Sequence[Box],
    frame: Frame,
) -> None:
    """Names beside their stops, on the side where they cover least."""
    blocked = list(taken)
    blocked += [(x - 8, y - 8, x + 8, y + 8) for _, (x, y) in marks]
    for mark, (x, y) in marks[:MAX_LABELS]:
        text = mark.label if mark.exact else f"{mark.label} (no exact place)"
        width, height = width_of(text, LABEL_SIZE, bold=True), LABEL_SIZE
        off = 11 if mark.exact else 15
        boxes = [
            (x + off, y - height / 2, x + off + width, y + height / 2),
            (x - off - width, y - height / 2, x - off, y + height / 2),
            (x - width / 2, y - off - height, x + width / 2, y - off),
            (x - width / 2, y + off, x + width / 2, y + off + height),
        ]
        best = min(boxes, key=lambda box: _cost(box, blocked, frame))
        blocked.append(best)
        name = SubElement(panel, "text", {
            "x": _n(best[0]), "y": _n(best[3] - 3), "fill": style.INK,
            "font-size": str(LABEL_SIZE), "font-weight": "600", "paint-order": "stroke",
            "stroke": "#ffffff", "stroke-width": "3.5", "stroke-linejoin": "round",
        })  # fmt: skip
        name.text = text


def _cost(box: Box, blocked: Sequence[Box], frame: Frame) -> float:
    over = sum(
        max(0.0, min(box[2], b[2]) - max(box[0], b[0]))
        * max(0.0, min(box[3], b[3]) - max(box[1], b[1]))
        for b in blocked
    )
    outside = max(0.0, 6 - box[0]) + max(0.0, box[2] - frame.width + 6)
    outside += max(0.0, 6 - box[1]) + max(0.0, box[3] - frame.height + 6)
    return over + 1_000 * outside


def _boxes_along(pixels: Floats) -> list[Box]:
    every = pixels[:: max(1, len(pixels) // 60)]
    return [(x - 5, y - 5, x + 5, y + 5) for x, y in every.tolist()]


def _draw_grid(panel: Element, frame: Frame) -> None:
    span = frame.east - frame.west
    step = next((s for s in _STEPS if span / s <= 10), 30)
    data = []
    for lon in np.arange(np.ceil(frame.west / step) * step, frame.east, step).tolist():
        data.append(f"M{(lon - frame.west) * frame.scale:.1f} 0V{frame.height:.1f}")
    for lat in range(-80, 81, step if step < 20 else 20):
        y = float(frame.project(np.array([lat]), np.array([0.0]))[0, 1])
        if 0 < y < frame.height:
            data.append(f"M0 {y:.1f}H{frame.width:.1f}")
    SubElement(panel, "path", {
        "d": "".join(data), "stroke": style.GRID, "stroke-width": "0.8", "fill": "none",
    })  # fmt: skip


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
