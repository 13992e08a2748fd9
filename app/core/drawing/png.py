"""SVG in pixels, with the fonts that come with the package and none of the system."""

import resvg_py

from app.core.drawing.text import font_files


def png_of(svg: bytes, width: int) -> bytes:
    """The picture `width` pixels wide."""
    png = resvg_py.svg_to_bytes(
        svg_string=svg.decode(),
        width=width,
        skip_system_fonts=True,
        font_files=[str(path) for path in font_files()],
        font_family="Source Sans Pro",
        sans_serif_family="Source Sans Pro",
    )
    return bytes(png)
