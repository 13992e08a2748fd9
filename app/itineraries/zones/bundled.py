"""The zones that come with the product, read-only."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@cache
def bundled_zones() -> Mapping[str, dict[str, Any]]:
    """Each zone's GeoJSON feature by its id."""
    content = files("app.itineraries.data").joinpath("zones.geojson").read_bytes()
    return {feature["id"]: feature for feature in orjson.loads(content)["features"]}
