"""The sheet that every picture is drawn on: title, what it shows, a panel, and its foot."""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from app.core.drawing.text import cut
from app.forensics.evidence.pictures import style
from app.forensics.evidence.source import FindingVersion

WIDTH, MARGIN, TOP = 1_200, 36, 104
INNER = WIDTH - 2 * MARGIN
_LONGEST = 300
# What XML 1.0 cannot hold, and what turns the direction of what follows.
_UNDRAWABLE = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
_FOOT = "Behaviour was measured. It names nobody behind an account, and is no verdict on a person."


class Page:
    """An SVG document; what is drawn goes into `body`, whose origin is the inner left edge."""

    def __init__(self, finding: FindingVersion, what: str, description: str) -> None:
        self._root = Element("svg", {
            "xmlns": "http://www.w3.org/2000/svg", "role": "img",
            "aria-labelledby": "title desc", "font-family": style.FAMILY,
        })  # fmt: skip
        title = f"{what}: {finding.title}"
        SubElement(self._root, "title", id="title").text = plain(title)
        SubElement(self._root, "desc", id="desc").text = plain(description, 4_000)
        self._paper = SubElement(self._root, "rect", fill=style.PAPER)
        self.body = SubElement(self._root, "g", transform=f"translate({MARGIN} 0)")
        self.write(0, 46, cut(plain(title), 25, INNER), 25, bold=True)
        document = finding.document
        self.write(0, 72, cut(plain(document.summary), 15, INNER), 15, style.FAINT)
        method = f"{document.method.name} {document.method.version}"
        retracted = "RETRACTED · " if finding.retracted_at else ""
        self._foot = plain(
            f"{retracted}{_FOOT} Method {method}, version {finding.number}, finding {finding.id},"
            f" SHA-256 {finding.sha256[:16]}…"
        )

    def write(
        self, x: float, y: float, text: str, size: float, ink: str = style.INK, bold: bool = False,
        anchor: str = "start",
    ) -> Element:  # fmt: skip
        """A line of text on the base line y."""
        line = SubElement(self.body, "text", {
            "x": n(x), "y": n(y), "fill": ink, "font-size": n(size), "text-anchor": anchor,
            "font-weight": "600" if bold else "400",
        })  # fmt: skip
        line.text = text
        return line

    def draw(self, tag: str, attributes: Mapping[str, float | str]) -> Element:
        """Any other form; numbers are rounded to a tenth."""
        written = {k: v if isinstance(v, str) else n(v) for k, v in attributes.items()}
        return SubElement(self.body, tag, written)

    def panel(self, y: float, height: float) -> None:
        self.draw("rect", {"x": 0, "y": y, "width": INNER, "height": height, "rx": 8,
                           "fill": style.PANEL, "stroke": style.RULE})  # fmt: skip

    def finish(self, y: float) -> bytes:
        """The document, whose drawing ends at y."""
        self.write(0, y + 24, cut(self._foot, 12, INNER), 12, style.FAINT)
        height = round(y + 44)
        size = {"width": str(WIDTH), "height": str(height)}
        self._root.attrib.update(size, viewBox=f"0 0 {WIDTH} {height}")
        self._paper.attrib.update(size)
        body: bytes = tostring(self._root, encoding="utf-8", xml_declaration=True)
        return body


def plain(text: str, longest: int = _LONGEST) -> str:
    """A text that can be drawn: one line, of bounded length, without what XML cannot hold."""
    return " ".join(_UNDRAWABLE.sub("\ufffd", text[:longest]).split())


def n(value: float) -> str:
    """A number to a tenth, without needless zeros."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
