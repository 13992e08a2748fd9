"""The ports, zones and shores that come with the product, read once and only when they are needed."""

import csv
from functools import cache
from importlib.resources import files
from io import BytesIO, StringIO
from typing import Any

import numpy as np
import orjson

from app.itineraries.tracks.near_shore import Zone
from app.itineraries.tracks.ports import Places
from app.itineraries.tracks.shore import Shore

_DATA = files("app.itineraries.data")


@cache
def load_places() -> Places:
    """Ports of the World Port Index, and the terminals and anchorages kept by hand."""
    rows = [
        row
        for name in ("ports.csv", "places.csv")
        for row in csv.DictReader(StringIO(_DATA.joinpath(name).read_text(encoding="utf-8")))
    ]
    return Places(
        [row["name"] for row in rows],
        [row["country"] for row in rows],
        [row["kind"] for row in rows],
        np.array([float(row["lat"]) for row in rows]),
        np.array([float(row["lon"]) for row in rows]),
    )


@cache
def load_zones() -> tuple[Zone, ...]:
    """The zones of zones.geojson, with the rule of each."""
    collection = orjson.loads(_DATA.joinpath("zones.geojson").read_bytes())
    return tuple(zone_from_feature(feature) for feature in collection["features"])


def zone_from_feature(feature: dict[str, Any]) -> Zone:
    """A zone of a GeoJSON feature with one outer ring; what is beside it is as by default."""
    about = feature["properties"]
    ring = np.array(feature["geometry"]["coordinates"][0][:-1], dtype=np.float64)
    rule = {
        name: about[name] for name in ("max_km", "min_minutes", "max_speed_kn") if name in about
    }
    return Zone(feature["id"], about["name"], ring[:, 1], ring[:, 0], **rule)


@cache
def load_shore() -> Shore:
    """Natural Earth's land at 1:10,000,000."""
    with np.load(BytesIO(_DATA.joinpath("shore.npz").read_bytes())) as data:
        lengths = data["lengths"]
        ring = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        steps = data["steps"].astype(np.int64)
        total = np.cumsum(steps, axis=1)
        first = np.cumsum(lengths) - lengths
        # Each ring begins with its own first point, so what lies before it is taken off.
        before = np.where(first > 0, total[:, first - 1], 0)
        x, y = total - np.repeat(before, lengths, axis=1)
        scale, translate = data["scale"], data["translate"]
        return Shore(y * scale[1] + translate[1], x * scale[0] + translate[0], ring, data["outer"])
