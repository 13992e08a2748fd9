"""Tracks as CZML, for CesiumJS globes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from app.itineraries.formats.parts import known_times, placed, written_times
from app.itineraries.formats.shapes import Line, Point

_M_PER_FT = 0.3048


def encode_czml(title: str, lines: Sequence[Line], points: Sequence[Point]) -> bytes:
    """A packet a line and a point after the document's. A globe has no edge: nothing is cut.

    A line with two known times or more moves, in seconds after its first; any other is a polyline.
    """
    document = {"id": "document", "name": title, "version": "1.0"}
    packets = [document, *map(_line, lines), *map(_point, points)]
    return orjson.dumps(packets, option=orjson.OPT_SERIALIZE_NUMPY)


def _line(line: Line) -> dict[str, Any]:
    rows = placed(line)
    packet: dict[str, Any] = {
        "id": line.id,
        "name": line.name,
        "properties": dict(line.properties),
    }
    if not len(rows):
        return packet
    time_s = known_times(line.time_s[rows])
    lon = (line.lon[rows] + 180) % 360 - 180
    feet = line.altitude_ft[rows] if line.altitude_ft is not None else np.zeros(len(rows))
    height = np.where(np.isfinite(feet), feet, 0) * _M_PER_FT
    place = np.column_stack((np.round(lon, 6), np.round(line.lat[rows], 6), np.round(height, 1)))
    order = np.argsort(time_s, kind="stable")[: int((~np.isnan(time_s)).sum())]
    order = order[np.append(True, np.diff(np.round(time_s[order], 3)) > 0)] if len(order) else order
    if len(order) < 2:
        packet["polyline"] = {
            "positions": {"cartographicDegrees": place.ravel()},
            "material": _material(line),
            "width": 2,
            "clampToGround": line.altitude_ft is None,
        }
        return packet
    start, end = written_times(time_s[order[[0, -1]]])
    since = np.round(time_s[order] - time_s[order[0]], 3)
    packet["availability"] = f"{start}/{end}"
    packet["position"] = {
        "epoch": start,
        "interpolationAlgorithm": "LINEAR",
        "cartographicDegrees": np.column_stack((since, place[order])).ravel(),
    }
    packet["path"] = {"material": _material(line), "width": 2}
    packet["point"] = {"pixelSize": 8}
    return packet


def _material(line: Line) -> dict[str, Any]:
    colour = {"color": {"rgba": [*bytes.fromhex(line.colour[1:]), 255]}}
    return {"polylineDash": colour} if line.dashed else {"solidColor": colour}


def _point(point: Point) -> dict[str, Any]:
    packet: dict[str, Any] = {
        "id": point.id,
        "name": point.name,
        "properties": dict(point.properties),
    }
    if np.isfinite(point.lat) and np.isfinite(point.lon):
        packet["position"] = {"cartographicDegrees": [point.lon, point.lat, 0]}
        packet["point"] = {"pixelSize": 10}
        packet["label"] = {"text": point.name}
    return packet
