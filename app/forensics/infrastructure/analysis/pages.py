"""What stands in the HTML of a page: scripts, resources, links, metas, names, order of elements."""

import codecs
from dataclasses import dataclass, field

from lxml import etree

MAX_ELEMENTS = 100_000
_MAX_TEXT = 2 << 20
_BLOCK = 1 << 16
_RESOURCES = {"src", "data-src", "srcset", "action", "data", "poster"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip


@dataclass(slots=True)
class Page:
    """The parts of a page that tell of who set it up; visible text apart from the rest."""

    scripts: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    """Addresses of what the page loads, and values of `data-` attributes."""
    links: list[str] = field(default_factory=list)
    metas: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    """Class names, and ids with a `#` before them."""
    tags: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    complete: bool = True

    @property
    def code(self) -> str:
        """Where identifiers stand that work, not those that a text merely quotes."""
        return "\n".join([*self.scripts, *self.resources])


def read_page(data: bytes) -> Page:
    """The page as far as a hundred thousand elements; no bytes are too broken to be read.

    libxml2's push parser reports elements as they come and builds no tree, so that the time grows
    with the length alone, however deep or broken the page is.
    """
    page = Page()
    parser = etree.HTMLParser(target=_Target(page), encoding="utf-8", recover=True)
    text = _utf8(data)
    try:
        for start in range(0, len(text), _BLOCK):
            parser.feed(text[start : start + _BLOCK])
            if not page.complete:
                break
        parser.close()
    except etree.LxmlError:
        page.complete = False
    return page


def _utf8(data: bytes) -> bytes:
    """The page as valid UTF-8: identifiers are ASCII, whatever its charset is or claims to be."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text = data[len(bom) :].decode(encoding, "replace")
            break
    else:
        text = data.decode("utf-8", "replace")
    return text.replace("\0", "").encode("utf-8", "replace")


class _Target:
    """Collects what the parser reports, until there is too much of it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._inside = ""
        self._room = _MAX_TEXT

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        page = self._page
        if len(page.tags) >= MAX_ELEMENTS:
            page.complete = False
            return
        page.tags.append(tag)
        self._inside = tag if tag in ("script", "style") else ""
        if self._inside == "script":
            page.scripts.append("\n")
        for name, value in attributes.items():
            self._take(tag, name, value)
        if tag == "meta":
            self._take_meta(attributes)

    def _take(self, tag: str, name: str, value: str) -> None:
        page = self._page
        if name == "class":
            page.names.update(value.split())
        elif name == "id":
            page.names.add(f"#{value}")
        elif name in _RESOURCES or name.startswith("data-") or (name == "href" and tag == "link"):
            page.resources.append(value)
        elif name == "href":
            page.links.append(value)
        elif name.startswith("on"):
            page.scripts.append(value)

    def _take_meta(self, attributes: dict[str, str]) -> None:
        name = attributes.get("name") or attributes.get("property") or ""
        content = attributes.get("content") or ""
        if name and content:
            self._page.metas.append((name.strip().lower(), content.strip()[:500]))

    def end(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def data(self, text: str) -> None:
        if self._inside == "script":
            self._page.scripts.append(text)
        elif self._inside != "style" and self._room > 0:
            self._page.text.append(text)
            self._room -= len(text)

    def comment(self, text: str) -> None:
        """Comments run nothing."""

    def close(self) -> None:
        """There is no tree to give."""
