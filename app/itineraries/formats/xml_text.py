"""Text that may stand in XML, whatever a craft calls itself."""

import json
import re

# These only write: nothing is parsed here.
from xml.sax.saxutils import escape, quoteattr  # nosec B406

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def without_controls(text: str) -> str:
    """A text, or a whole document, without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def escaped(value: object) -> str:
    """A value as the text of an element; what is no text is written as JSON."""
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return escape(without_controls(written))


def attribute(value: str) -> str:
    """A value as a quoted attribute."""
    return quoteattr(without_controls(value))
