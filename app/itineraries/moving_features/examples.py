"""What the API's document shows of moving features."""

from typing import Any

from app.itineraries.moving_features.geometry import CRS, TRS

FEATURE: Any = {
    "type": "Feature",
    "id": "1",
    "geometry": None,
    "properties": {
        "key": "mmsi:422123456",
        "kind": "vessel",
        "positions": 102,
        "synthetic": False,
        "current": {"imo": "9074729", "mmsi": "422123456", "name": "EXAMPLE", "type": "80"},
    },
    "time": ["2020-11-11T12:00:00Z", "2020-11-12T14:50:00Z"],
    "crs": CRS,
    "trs": TRS,
    "links": [
        {
            "rel": "self",
            "href": "/v1/ogc/collections/crafts/items/1",
            "type": "application/geo+json",
        },
        {
            "rel": "tgsequence",
            "href": "/v1/ogc/collections/crafts/items/1/tgsequence",
            "type": "application/json",
        },
    ],
}
FEATURES: Any = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": "1",
            "geometry": None,
            "properties": {
                "key": "mmsi:422123456",
                "kind": "vessel",
                "positions": 102,
                "synthetic": False,
                "current": {
                    "imo": "9074729",
                    "mmsi": "422123456",
                    "name": "EXAMPLE",
                    "type": "80",
                },
            },
            "time": ["2020-11-11T12:00:00Z", "2020-11-12T14:50:00Z"],
            "crs": CRS,
            "trs": TRS,
        }
    ],
    "crs": CRS,
    "trs": TRS,
    "links": [
        {
            "rel": "self",
            "href": "/v1/ogc/collections/crafts/items?limit=10",
            "type": "application/geo+json",
        }
    ],
    "numberReturned": 1,
}
SEQUENCE: Any = {
    "type": "TemporalGeometrySequence",
    "geometrySequence": [
        {
            "id": "tg-1605100200",
            "type": "MovingPoint",
            "datetimes": ["2020-11-11T13:10:00Z", "2020-11-11T13:20:00Z"],
            "coordinates": [[-64.76, 11.032778], [-64.76, 11.008888]],
            "interpolation": "Linear",
            "crs": CRS,
            "trs": TRS,
        }
    ],
    "links": [
        {
            "rel": "self",
            "href": "/v1/ogc/collections/crafts/items/1/tgsequence?limit=2",
            "type": "application/json",
        }
    ],
    "numberReturned": 1,
}
