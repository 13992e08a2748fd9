"""Turns raw edition text into clean numbered lines, and says when a text is no text."""

from __future__ import annotations

import re
from collections import Counter

from app.reports.sources.edition_trailer import names_date

# NBSP, figure, narrow, ideographic, thin … spaces, and zero-width marks that PDF and web text carry
_SPACES = dict.fromkeys(
    [
        0x00A0,
        0x1680,
        *range(0x2000, 0x200B),
        0x202F,
        0x205F,
        0x3000,
        0x2028,
        0x2029,
        0x85,
    ],
    " ",
)
_CONTROLS = dict.fromkeys([9, 11, 12, 28, 29, 30, 31], " ")
_ZERO_WIDTH = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD], None)
_CLEAN: dict[int, str | None] = {**_SPACES, **_CONTROLS, **_ZERO_WIDTH}

_PAGE_NUMBER = re.compile(
    r"^(?:page|p[áa]gina|p\.|pg\.?)?\s*[-–—|•·]?\s*\d{1,3}\s*[-–—|]?"
    r"(?:\s*(?:of|de|/)\s*\d{1,3})?\s*(?:\|\s*page|\|\s*p\s*a\s*g\s*e)?$",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"^(?:https?://|www\.)\S+$|©|\ball rights reserved\b|\bis a product of sfs\b"
    r"|^(?:the\s+)?vric monitor\b(?=[^a-z]*$|\s*[|–—#:-])"
    r"|^center for a\b.{0,24}$|^secure free society\W*\d*$|^(?:page|p[áa]gina) \d+\b.{0,40}$"
    r"|^vric monitor\W+(?:no\W*)?\d+|\bsecurefreesociety\.org\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_REMAINDER = re.compile(
    r"^[^()\[\]]*[)\]]|\b(?:content|contenido|conte[úu]do|contenu)\b|(?:^|\s)(?:on|el|em|le)$",
    re.IGNORECASE,
)
BULLETS = "•·▪●◦‣⁃∙○■□➢►▶*"
BULLET = re.compile(rf"^\s*(?:[{re.escape(BULLETS)}\uf0b7\uf0a7]+\s*|[-–—]\s+|o\s{{2,}})(?=\S)")


def clean_lines(text: str) -> list[str]:
    """Physical lines in order (index + 1 is the line number), spaces made plain, ends stripped."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return [line.translate(_CLEAN).strip() for line in unified.split("\n")]


def find_refusal(text: str) -> str | None:
    """Why the text cannot be an edition at all (empty, binary, PDF, archive), or None."""
    if not text.strip("\ufeff \r\n\t\x00"):
        return "the file is empty"
    head = text[:1024].lstrip("\ufeff")
    if head.startswith("%PDF-"):
        return "the file is a PDF: give the text of the edition, not the PDF itself"
    sample = text[:200_000]
    odd = sum(1 for char in sample if char == "\ufffd" or (char < " " and char not in "\t\n\r\f\v"))
    if "\x00" in text or odd * 50 > len(sample):
        return "the file is binary, not the text of an edition"
    return None


def find_furniture(lines: list[str]) -> set[int]:
    """Indexes of page numbers, running heads and footers, which may cut an item in two.

    The wrapped rest of an item ("Spanish)", "Press on") may recur too and is none of them.
    """
    shapes: Counter[str] = Counter()
    for line in lines:
        if 0 < len(line) <= 90 and not BULLET.match(line):
            shapes[_DIGITS.sub("#", line.lower())] += 1
    found: set[int] = set()
    for index, line in enumerate(lines):
        if not line or len(line) > 120:
            continue
        repeated = len(line) <= 90 and shapes[_DIGITS.sub("#", line.lower())] >= 3
        rest = _REMAINDER.search(line) or names_date(line)
        foot = not BULLET.match(line) and _FOOTER.search(line)
        if _PAGE_NUMBER.match(line) or foot or (repeated and not rest):
            found.add(index)
    return found
