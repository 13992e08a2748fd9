"""Tier 3: content management system, theme, plugins, files, names and structure of a page."""

import hashlib
import re
from collections.abc import Iterable, Iterator

from app.forensics.infrastructure.analysis.pages import Page

SHINGLE = 5
MIN_FILE_BYTES = 200
_THEME = re.compile(r"/(?:wp-content/themes|sites/[\w.-]+/themes|themes/custom)/([\w.-]{2,80})/")
_JOOMLA = re.compile(r"/templates/([\w.-]{2,80})/(?:css|js|images)/")
_PLUGIN = re.compile(r"/wp-content/plugins/([\w.-]{2,80})/")
_PLATFORMS = (
    ("WordPress", ("/wp-content/", "/wp-includes/")),
    ("Joomla", ("/media/jui/", "/media/system/js/")),
    ("Drupal", ("/sites/default/files/", "/core/misc/drupal.js")),
    ("Wix", ("static.wixstatic.com", "static.parastorage.com")),
    ("Squarespace", ("static1.squarespace.com",)),
    ("Shopify", ("cdn.shopify.com",)),
    ("Tilda", ("static.tildacdn.com", "tilda.ws")),
    ("Blogger", ("blogger.com/static", "resources.blogblog.com")),
    ("Ghost", ("/ghost/", "/public/ghost")),
    ("Bitrix", ("/bitrix/js/", "/bitrix/cache/")),
    ("DLE", ("/engine/classes/js/dle_js.js",)),
)
_STOCK_HTML = {"html", "head", "body", "meta", "script", "style", "br", "p"}


def software_of(page: Page) -> Iterator[tuple[str, str]]:
    """The system with its version where it says one, the platform, its theme and plugins."""
    for name, content in page.metas:
        if name == "generator":
            text = " ".join("".join(c if c.isprintable() else " " for c in content).split())
            yield "cms", text[:100]
    loaded = "\n".join(page.resources)
    for platform, marks in _PLATFORMS:
        if any(mark in loaded for mark in marks):
            yield "platform", platform
    for pattern, kind in ((_THEME, "theme"), (_JOOMLA, "theme"), (_PLUGIN, "plugin")):
        yield from ((kind, match[1].lower()) for match in pattern.finditer(loaded))


def shingles_of(tags: list[str]) -> frozenset[int]:
    """The runs of five elements that follow one another, as numbers; the usual frame left out."""
    telling = [tag[:20] for tag in tags if tag not in _STOCK_HTML]
    runs = {
        "/".join(telling[start : start + SHINGLE]) for start in range(len(telling) - SHINGLE + 1)
    }
    return frozenset(_number(run) for run in runs)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest())


def digest_of(names: Iterable[str]) -> str:
    """One value for a set of names, by which two sets can be told apart."""
    return hashlib.sha256("\n".join(sorted(names)).encode("utf-8", "replace")).hexdigest()[:32]
