"""What stands below the map: the legend, the legs with their conflicts, the sources."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from app.core.drawing.text import cut, width_of, wrapped
from app.itineraries.journeys.places import country_name
from app.itineraries.pictures import style
from app.itineraries.pictures.map import badge

MAX_LEGS = 12
MAX_SOURCES = 14
_LINE = 20


def draw_legend(
    parent: Element, statuses: Sequence[str], dark: bool, y: float, width: float
) -> float:
    """A sample of each line that is used; returns where the next part begins."""
    x = 0.0
    samples: list[tuple[str, str, float, str | None]] = [
        (stroke.word, stroke.colour, stroke.width, stroke.dashes)
        for status, stroke in style.STROKES.items()
        if status in statuses
    ]
    if dark:
        samples.append(("position not re-observed", style.DARK, 2.4, style.DARK_DASHES))
    for word, colour, thick, dashes in samples:
        taken = 52 + width_of(word, 14) + 26
        if x + taken > width and x:
            x, y = 0.0, y + 24
        line = {"x1": f"{x:.0f}", "x2": f"{x + 42:.0f}", "y1": f"{y - 5:.0f}", "y2": f"{y - 5:.0f}",
                "stroke": colour, "stroke-width": f"{thick:g}",
                "stroke-linecap": "round"}  # fmt: skip
        if dashes:
            line["stroke-dasharray"] = dashes
        if dashes == style.DARK_DASHES:
            line["stroke-linecap"] = "butt"
        SubElement(parent, "line", line)
        write(parent, x + 52, y, word, 14, style.INK)
        x += taken
    return y + 30


def draw_legs(parent: Element, itinerary: Mapping[str, Any], y: float, width: float) -> float:
    """Each leg with its ends, dates, sources and conflicts."""
    legs = itinerary["legs"]
    for leg in legs[:MAX_LEGS]:
        colour = style.STROKES[leg["status"]].colour
        badge(parent, 11, y - 5, str(leg["position"]), colour)
        ways = " → ".join((_end(leg["from"]), *map(_place, leg["via"]), _end(leg["to"])))
        write(parent, 34, y, cut(ways, 16, width * 0.5), 16, style.INK, bold=True)
        facts = " · ".join(filter(None, (leg["status"], _dates(leg), _support(leg))))
        right = cut(facts, 14, width * 0.5 - 50)
        write(parent, width - width_of(right, 14), y, right, 14, style.FAINT)
        y += _LINE + 2
        for text, ink in _remarks(leg):
            for line in wrapped(text, 14, width - 34, 2):
                write(parent, 34, y, line, 14, ink)
                y += _LINE - 1
        y += 8
    if len(legs) > MAX_LEGS:
        write(parent, 34, y, f"and {len(legs) - MAX_LEGS:,} more legs", 14, style.FAINT)
        y += _LINE
    return y


def draw_sources(parent: Element, itinerary: Mapping[str, Any], y: float, width: float) -> float:
    """The sources in two columns, with what they rest on."""
    sources = itinerary["sources"]
    count = itinerary["independent_sources"]
    write(parent, 0, y, f"Sources ({len(sources)}, {count} independent)", 15, style.INK, bold=True)
    y += _LINE + 4
    shown, column = sources[:MAX_SOURCES], width / 2
    half = (len(shown) + 1) // 2
    for index, source in enumerate(shown):
        x = 0.0 if index < half else column
        cites = f", citing {'; '.join(source['cites'])}" if source["cites"] else ""
        text = f"[{source['number'] + 1}] {source['outlet']}, {source['published_on'] or 'undated'}"
        place = y + (index % half if index >= half else index) * _LINE
        write(parent, x, place, cut(text + cites, 14, column - 24), 14, style.INK)
    y += half * _LINE
    if len(sources) > MAX_SOURCES:
        write(parent, 0, y, f"and {len(sources) - MAX_SOURCES:,} more", 14, style.FAINT)
        y += _LINE
    return y


def write(
    parent: Element, x: float, y: float, text: str, size: int, ink: str, bold: bool = False
) -> None:
    """One line of text that begins at x on the base line y."""
    line = SubElement(parent, "text", {
        "x": f"{x:.1f}", "y": f"{y:.1f}", "fill": ink, "font-size": str(size),
        "font-weight": "600" if bold else "400",
    })  # fmt: skip
    line.text = text


def _remarks(leg: Mapping[str, Any]) -> list[tuple[str, str]]:
    shown = leg["false_identity"]
    said = [
        f"Carrier {leg['carrier']}" if leg["carrier"] else "",
        f"false identity {shown['shown']}" if shown else "",
        "cargo: " + ", ".join(f"{c['what']} ({c['certainty']})" for c in leg["cargo"])
        if leg["cargo"]
        else "",
        f"escort: {', '.join(leg['escort'])}" if leg["escort"] else "",
        f"not re-observed: {', '.join(map(_silence, leg['dark'][:3]))}" if leg["dark"] else "",
    ]
    remarks = [("; ".join(filter(None, said)), style.FAINT)] if any(said) else []
    for conflict in leg["conflicts"][:3]:
        told = " | ".join(
            f"{claim.get('words') or claim['at']} [{', '.join(str(n + 1) for n in claim['sources'])}]"
            for claim in conflict["claims"][:4]
        )
        remarks.append(
            (f"Conflict ({conflict['field']}): {conflict['detail']}. {told}", style.AMBER)
        )
    return remarks


def _silence(dark: Mapping[str, Any]) -> str:
    far = dark["distance_km"]
    return _span(dark) if far is None else f"{_span(dark)} ({far:.0f} km)"


def _end(end: Mapping[str, Any]) -> str:
    return "unknown" if end["place"] is None else _place(end["place"])


def _place(place: Mapping[str, Any]) -> str:
    return str(place["name"] or place["code"] or country_name(place["country"]) or "unnamed")


def _dates(leg: Mapping[str, Any]) -> str:
    left, there = leg["from"]["when"], leg["to"]["when"]
    told = [f"left {_span(left)}" if left else "", f"there {_span(there)}" if there else ""]
    return ", ".join(filter(None, told)) or "no date"


def _span(when: Mapping[str, Any]) -> str:
    if when["latest"] is None:
        return f"since {_day(when['earliest']):%d %b %Y}"
    first, last = (_day(when[name]) for name in ("earliest", "latest"))
    if first == last:
        return f"{first:%d %b %Y}"
    if when.get("precision") == "month":
        return f"{first:%b %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%d}–{last:%d %b %Y}"
    return f"{first:%d %b %Y} – {last:%d %b %Y}"


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def _support(leg: Mapping[str, Any]) -> str:
    if not leg["sources"]:
        return "no source"
    numbers = ", ".join(str(number + 1) for number in leg["sources"][:6])
    return f"sources [{numbers}{', …' if len(leg['sources']) > 6 else ''}]"
