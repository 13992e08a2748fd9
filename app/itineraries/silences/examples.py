"""What the API's document shows of silences."""

from typing import Any

REACHABILITY: Any = {
    "kind": "reachability",
    "method": "reachability",
    "method_version": "1",
    "silence": {
        "craft_id": "mmsi:422123456",
        "start_at": "2020-11-11T22:50:00Z",
        "end_at": "2020-11-12T09:00:00Z",
        "from_lat": 10.340015,
        "from_lon": -64.76005,
        "to_lat": 10.6,
        "to_lon": -64.2,
    },
    "distance_km": 75.935,
    "implied_speed_kn": 4.033,
    "slack_hours": 7.433,
    "passages": [],
    "places": [
        {
            "code": None,
            "name": "Cumana (Puerto Sucre)",
            "reachable": True,
            "there_km": 64.631,
            "onward_km": 14.934,
            "slack_hours": 7.303,
            "passages": [],
        }
    ],
    "meetings": [
        {
            "craft_id": "mmsi:775123456",
            "possible": True,
            "lat": 10.53608,
            "lon": -64.19014,
            "start_at": "2020-11-12T01:12:39.391Z",
            "end_at": "2020-11-12T08:12:29.248Z",
            "slack_hours": 6.997,
            "synthetic": False,
        }
    ],
    "parameters": {"mode": "sea", "max_speed_kn": 15, "stay_hours": 0, "closed": ["northwest"]},
    "synthetic": False,
}
