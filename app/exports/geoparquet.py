"""GeoParquet 1.1: events as columns, points as WKB in longitude and latitude (OGC:CRS84)."""

import struct
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from app.exports.files import PartialFile

ROW_GROUP = 10_000
_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
_SOURCE = pa.struct(
    [
        ("outlet", _TEXT),
        ("outlet_id", _TEXT),
        ("published_on", pa.date32()),
        ("language", _TEXT),
        ("url", _TEXT),
        (
            "state_media",
            pa.struct(
                [
                    ("printed", pa.bool_()),
                    ("registry", pa.bool_()),
                    ("ownership", _TEXT),
                    ("state", _TEXT),
                ]
            ),
        ),
    ]
)
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("geometry", pa.binary()),
        ("published_on", pa.date32()),
        ("occurred_on", pa.date32()),
        ("occurred_until", pa.date32()),
        ("occurred_precision", _TEXT),
        ("summary", _TEXT),
        ("text_language", _TEXT),
        ("actors", _TEXTS),
        ("countries", _TEXTS),
        ("category", _TEXT),
        ("categories_also", _TEXTS),
        ("topics", _TEXTS),
        ("status", _TEXT),
        ("place", _TEXT),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("precision", _TEXT),
        ("radius_km", pa.float64()),
        ("outlet", _TEXT),
        ("language", _TEXT),
        ("state_media_marked", pa.bool_()),
        ("sources", pa.list_(_SOURCE)),
        ("edition", _TEXT),
        ("block", _TEXT),
        ("synthetic", pa.bool_()),
    ]
)
_DATES = ("published_on", "occurred_on", "occurred_until")
# The PROJJSON of OGC:CRS84 as the GeoParquet specification prints it.
_CRS84: dict[str, Any] = {
    "$schema": "https://proj.org/schemas/v0.5/projjson.schema.json",
    "type": "GeographicCRS",
    "name": "WGS 84 longitude-latitude",
    "datum": {
        "type": "GeodeticReferenceFrame",
        "name": "World Geodetic System 1984",
        "ellipsoid": {
            "name": "WGS 84",
            "semi_major_axis": 6378137,
            "inverse_flattening": 298.257223563,
        },
    },
    "coordinate_system": {
        "subtype": "ellipsoidal",
        "axis": [
            {
                "name": "Geodetic longitude",
                "abbreviation": "Lon",
                "direction": "east",
                "unit": "degree",
            },
            {
                "name": "Geodetic latitude",
                "abbreviation": "Lat",
                "direction": "north",
                "unit": "degree",
            },
        ],
    },
    "id": {"authority": "OGC", "code": "CRS84"},
}


class GeoParquetEncoder:
    """Gathers events to row groups and writes them; the bounds are known at the end."""

    def __init__(self, file: PartialFile) -> None:
        # Without the library's own copy of the schema, readers find `geo` at both of the usual places.
        self._writer = pq.ParquetWriter(file, SCHEMA, compression="zstd", store_schema=False)
        self._rows: list[dict[str, Any]] = []
        self._bounds: tuple[float, float, float, float] | None = None

    def write(self, documents: list[bytes]) -> None:
        self._rows.extend(self._row(orjson.loads(document)) for document in documents)
        if len(self._rows) >= ROW_GROUP:
            self._write_group()

    def close(self, meta: Mapping[str, Any]) -> None:
        if self._rows:
            self._write_group()
        column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"], "crs": _CRS84}
        if self._bounds is not None:
            column["bbox"] = list(self._bounds)
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
        self._writer.add_key_value_metadata(
            {"geo": orjson.dumps(geo), "vric": orjson.dumps(dict(meta))}
        )
        self._writer.close()

    def _write_group(self) -> None:
        self._writer.write_table(pa.Table.from_pylist(self._rows, schema=SCHEMA))
        self._rows = []

    def _row(self, event: dict[str, Any]) -> dict[str, Any]:
        for name in _DATES:
            event[name] = _date(event[name])
        for source in event["sources"]:
            source["published_on"] = _date(source["published_on"])
        lon, lat = event["lon"], event["lat"]
        event["geometry"] = None
        if lon is not None:
            event["geometry"] = struct.pack("<BIdd", 1, 1, lon, lat)
            west, south, east, north = self._bounds or (lon, lat, lon, lat)
            self._bounds = (min(west, lon), min(south, lat), max(east, lon), max(north, lat))
        return event


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
