"""Text as wide as it will be drawn: measured in the font that comes with the package."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from PIL import ImageFont

_FONTS = files("app.core.drawing") / "fonts"
_FILES = {False: "SourceSansPro-Regular.ttf", True: "SourceSansPro-Semibold.ttf"}
_MEASURED_AT = 100


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    with as_file(_FONTS / _FILES[bold]) as path:
        return ImageFont.truetype(str(path), _MEASURED_AT)


def font_files() -> Iterator[Path]:
    """The font files, for drawing without any font of the system."""
    for name in _FILES.values():
        with as_file(_FONTS / name) as path:
            yield path


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Pixels that a line of text takes."""
    return _font(bold).getlength(text) * size / _MEASURED_AT


def wrapped(text: str, size: float, width: float, max_lines: int) -> list[str]:
    """The text in lines no wider than `width`; what does not fit ends in an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(cut(word, size, width))
    if len(lines) > max_lines:
        rest = " ".join(lines[max_lines - 1 :])
        lines = [*lines[: max_lines - 1], cut(rest, size, width)]
    return lines


def cut(text: str, size: float, width: float) -> str:
    """The text, or as much of its beginning as fits with an ellipsis."""
    if width_of(text, size) <= width:
        return text
    low, high = 0, min(len(text), 1_000)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if width_of(text[:middle] + "…", size) <= width else (low, middle - 1)
        )
    return text[:low].rstrip() + "…"
