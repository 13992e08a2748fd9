"""Natural Earth's land as one SVG path, as fine as the picture can show."""

from functools import cache

import numpy as np
import shapely

from app.itineraries.pictures.projection import Frame
from app.itineraries.sea_data import load_shore
from app.itineraries.tracks.positions import Floats

_TURNS = (-360.0, 0.0, 360.0)


@cache
def _rings() -> tuple[list[shapely.LinearRing], shapely.STRtree]:
    """Each ring unbroken across 180°, and an index of where they are."""
    shore = load_shore()
    ends = np.flatnonzero(np.diff(shore.ring)) + 1
    rings = [
        shapely.LinearRing(np.column_stack((_unbroken(lon), lat)))
        for lat, lon in zip(np.split(shore.lat, ends), np.split(shore.lon, ends), strict=True)
    ]
    return rings, shapely.STRtree(rings)


def _unbroken(lon: Floats) -> Floats:
    """Longitudes without a jump at 180°; those of a ring around a pole stay as they are."""
    steps = np.diff(lon, prepend=lon[:1])
    line = lon[0] + np.cumsum((steps + 180) % 360 - 180)
    return np.asarray(line if abs(line[-1] - line[0]) < 1 else lon)


def land_path(frame: Frame) -> str:
    """The path data of all land in the frame, to be filled by the even-odd rule."""
    rings, tree = _rings()
    parts = []
    for turn in _TURNS:
        view = shapely.box(frame.west - turn - 1, -90, frame.east - turn + 1, 90)
        for index in sorted(tree.query(view).tolist()):
            if (part := _path(rings[index], turn, frame)) is not None:
                parts.append(part)
    return "".join(parts)


def _path(ring: shapely.LinearRing, turn: float, frame: Frame) -> str | None:
    """One ring in pixels; none for what is outside or less than a pixel."""
    points = shapely.get_coordinates(ring)
    pixels = frame.project(points[:, 1], points[:, 0] + turn)
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    outside = high[0] < 0 or high[1] < 0 or low[0] > frame.width or low[1] > frame.height
    if outside or (high - low).max() < 0.8:
        return None
    drawn = shapely.make_valid(shapely.polygons(pixels).simplify(0.4, preserve_topology=False))
    # What is cut off lies outside the panel, and so do the edges of the cut.
    drawn = shapely.clip_by_rect(drawn, -9, -9, frame.width + 9, frame.height + 9)
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(part).tolist()) + "Z"
        for polygon in shapely.get_parts(drawn)
        for part in (shapely.get_rings(polygon) if polygon.geom_type == "Polygon" else ())
    )
