"""Which words of a text a query met, as HTML."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from app.core.db import Database
from app.events.repository.pages import fetch_marked_words

# A word keeps what joins its parts: U.S., C-802A, Nisman/AMIA, Iran's.
_WORD = re.compile(r"\w+(?:[-./'’]\w+)*")


async def add_highlights(database: Database, q: str, events: Sequence[dict[str, Any]]) -> None:
    """Give each event a `highlight`: its summary as escaped HTML with <mark> around words of `q`."""
    words = {
        (event["text_language"], word)
        for event in events
        for word in _WORD.findall(event["summary"])
    }
    marked = await fetch_marked_words(database, q, words)
    for event in events:
        event["highlight"] = mark_html(
            event["summary"],
            {word for language, word in marked if language == event["text_language"]},
        )


def mark_html(text: str, words: set[str]) -> str:
    """Escaped HTML in which some of the words stand in <mark>."""
    parts, end = [], 0
    for match in _WORD.finditer(text):
        word = escape(match[0], quote=False)
        parts.append(escape(text[end : match.start()], quote=False))
        parts.append(f"<mark>{word}</mark>" if match[0] in words else word)
        end = match.end()
    return "".join((*parts, escape(text[end:], quote=False)))
