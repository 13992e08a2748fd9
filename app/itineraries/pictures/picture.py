"""The whole picture of an itinerary, as SVG and as PNG."""

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from app.core.drawing.png import png_of
from app.core.drawing.text import cut
from app.itineraries.formats.xml_text import without_controls
from app.itineraries.pictures import style
from app.itineraries.pictures.map import draw_map
from app.itineraries.pictures.notes import draw_legend, draw_legs, draw_sources, write
from app.itineraries.pictures.projection import Frame
from app.itineraries.pictures.routes import routes_of
from app.itineraries.tracks.positions import Positions

WIDTH = 1_200
MAP_HEIGHT = 560
MARGIN = 36
_INNER = WIDTH - 2 * MARGIN
SVG = "http://www.w3.org/2000/svg"


def draw_svg(itinerary: Mapping[str, Any], tracks: Mapping[int, Positions]) -> bytes:
    """A picture 1,200 units wide and as high as its notes need.

    Args:
        itinerary: as the service gives it.
        tracks: the fixes that show legs, by the legs' positions.
    """
    routes = routes_of(itinerary["legs"], tracks)
    root = Element("svg", {
        "xmlns": SVG, "role": "img", "aria-labelledby": "title desc", "font-family": style.FAMILY,
    })  # fmt: skip
    SubElement(root, "title", id="title").text = str(itinerary["title"])
    SubElement(root, "desc", id="desc").text = describe(itinerary)
    paper = SubElement(root, "rect", fill=style.PAPER, width="100%", height="100%")
    page = SubElement(root, "g", transform=f"translate({MARGIN} 0)")
    write(page, 0, 48, cut(itinerary["title"], 26, _INNER), 26, style.INK, bold=True)
    write(page, 0, 74, cut(_subtitle(itinerary), 15, _INNER), 15, style.FAINT)
    panel = SubElement(page, "g", transform="translate(0 92)")
    lines = [(route.lat, route.lon) for route in routes]
    draw_map(panel, routes, Frame.around(lines, _INNER, MAP_HEIGHT))
    y: float = 92 + MAP_HEIGHT + 34
    dark = any(leg["dark"] for leg in itinerary["legs"])
    y = draw_legend(page, itinerary["statuses"], dark, y, _INNER)
    y = _rule(page, y) + 14
    y = draw_legs(page, itinerary, y, _INNER)
    y = _rule(page, y) + 16
    y = draw_sources(page, itinerary, y, _INNER)
    y += 14
    foot = f"{'Observed legs follow positions; other l' if tracks else 'L'}{_FOOT}"
    write(page, 0, y, foot, 12, style.FAINT)
    height = round(y + 26)
    root.attrib.update(width=str(WIDTH), height=str(height), viewBox=f"0 0 {WIDTH} {height}")
    paper.attrib.update(width=str(WIDTH), height=str(height))
    body = without_controls(tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


_FOOT = (
    "ines are great circles between the stops that are told and where a craft was lost and seen again, "
    "not the way that was flown or sailed. Land: Natural Earth. VRIC Monitor."
)


def draw_png(
    itinerary: Mapping[str, Any], tracks: Mapping[int, Positions], width: int = WIDTH
) -> bytes:
    """The same picture in pixels, with the fonts that come with the package."""
    return png_of(draw_svg(itinerary, tracks), width)


def describe(itinerary: Mapping[str, Any]) -> str:
    """The picture in words, for those who do not see it."""
    legs = []
    for leg in itinerary["legs"][:30]:
        ends = [leg[side]["place"] for side in ("from", "to")]
        names = [(p["name"] or p["code"] or p["country"]) if p else "unknown" for p in ends]
        conflicts = f", {len(leg['conflicts'])} conflicts" if leg["conflicts"] else ""
        legs.append(f"{leg['position']}. {names[0]} to {names[1]}, {leg['status']}{conflicts}")
    return f"Map of {len(itinerary['legs'])} legs. {'; '.join(legs)}."


def _subtitle(itinerary: Mapping[str, Any]) -> str:
    mover = itinerary["mover"]
    role = f"{mover['kind']}, {mover['role']}" if mover["role"] else mover["kind"]
    as_of = f"as it was known on {itinerary['as_of']}" if itinerary.get("as_of") else None
    synthetic = "SYNTHETIC: made up, in whole or in part" if itinerary["synthetic"] else None
    return " · ".join(filter(None, (synthetic, role, as_of, itinerary["id"])))


def _rule(page: Element, y: float) -> float:
    across = {"x1": "0", "x2": str(_INNER), "y1": f"{y - 10:.0f}", "y2": f"{y - 10:.0f}"}
    SubElement(page, "line", {**across, "stroke": style.RULE, "stroke-width": "1"})
    return y + 10
