"""Drawing: the font that comes with the package, and pixels from SVG."""
