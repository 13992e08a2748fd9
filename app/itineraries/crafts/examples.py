"""What the API's document shows of craft."""

from typing import Any

CRAFT: Any = {
    "id": 1,
    "key": "mmsi:422123456",
    "kind": "vessel",
    "first_at": "2020-11-11T12:00:00Z",
    "last_at": "2020-11-12T14:50:00Z",
    "positions": 102,
    "synthetic": False,
    "current": {"imo": "9074729", "mmsi": "422123456", "name": "EXAMPLE", "type": "80"},
}
CRAFT_DETAIL: Any = {
    **CRAFT,
    "identities": [
        {
            "field": "imo",
            "value": "9074729",
            "source": "ais",
            "first_at": "2020-11-11T12:00:00Z",
            "last_at": "2020-11-11T12:00:00Z",
            "detail": None,
        },
        {
            "field": "mmsi",
            "value": "422123456",
            "source": "key",
            "first_at": None,
            "last_at": None,
            "detail": None,
        },
    ],
    "related": [],
    "links": [
        {"rel": "self", "href": "/v1/routes/crafts/1", "type": "application/json"},
        {"rel": "track", "href": "/v1/routes/crafts/1/track", "type": "application/json"},
        {"rel": "identity", "href": "/v1/routes/crafts/1/identity", "type": "application/json"},
        {"rel": "activities", "href": "/v1/routes/activities?craft=1", "type": "application/json"},
    ],
}
TRACK: Any = {
    "items": [
        {
            "at": "2020-11-11T12:00:00Z",
            "lat": 11.2,
            "lon": -64.76,
            "speed_kn": 9.0,
            "course_deg": 90.0,
            "altitude_ft": None,
            "on_ground": None,
            "callsign": None,
        }
    ],
    "links": [
        {"rel": "self", "href": "/v1/routes/crafts/1/track?limit=1", "type": "application/json"}
    ],
    "returned": 1,
    "meta": {"craft_id": 1, "key": "mmsi:422123456", "synthetic": False},
}
IDENTITY: Any = {
    "craft_id": 1,
    "key": "mmsi:422123456",
    "synthetic": False,
    "findings": [
        {
            "kind": "identity",
            "method": "identity",
            "method_version": "1",
            "check": "imo_check_digit",
            "verdict": "consistent",
            "evidence": {"imo": "9074729", "check_digit": "9", "expected": "9"},
        },
        {
            "kind": "identity",
            "method": "identity",
            "method_version": "1",
            "check": "mmsi_flag",
            "verdict": "unknown",
            "evidence": {
                "mmsi": "422123456",
                "flags": [],
                "mid": "422",
                "mid_country": "IR",
                "mid_country_name": "Iran",
                "reason": "no flag is claimed",
            },
        },
        {
            "kind": "identity",
            "method": "identity",
            "method_version": "1",
            "check": "mmsi_in_two_places",
            "verdict": "consistent",
            "evidence": {"fixes": 102, "max_speed_kn": 60.0, "jumps": 0},
        },
    ],
    "compared": {"statements": 4, "fixes": 102, "craft": [], "registry": False},
}
