"""What the API's document shows of itineraries."""

from typing import Any

ITINERARY_PAGE = {
    "items": [
        {
            "id": "ep-fab-2020-10",
            "title": "EP-FAB: Iran – Caracas",
            "mover": {
                "kind": "aircraft", "name": "EP-FAB", "role": None, "country": "IR", "members": []
            },
            "statuses": ["reported"],
            "period": {"earliest": "2020-10-26T00:00:00Z", "latest": "2020-10-27T23:59:59Z"},
            "route": ["Iran", "Caracas"],
            "leg_count": 1,
            "source_count": 1,
            "independent_sources": 1,
            "conflict_count": 1,
            "synthetic": False,
            "sanctioned": False,
            "links": [
                {
                    "rel": "self",
                    "href": "/v1/routes/itineraries/ep-fab-2020-10",
                    "type": "application/json",
                }
            ],
        }
    ],
    "links": [
        {"rel": "self", "href": "/v1/routes/itineraries?craft=EP-FAB", "type": "application/json"}
    ],
    "returned": 1,
    "meta": {},
}  # fmt: skip
ITINERARY: Any = {
    "id": "ep-fab-2020-10",
    "title": "EP-FAB: Iran – Caracas, October 2020",
    "mover": {"kind": "aircraft", "name": "EP-FAB", "role": None, "country": "IR", "members": []},
    "statuses": ["reported"],
    "period": {"earliest": "2020-10-26T00:00:00Z", "latest": "2020-10-27T23:59:59Z"},
    "legs": [
        {
            "position": 1,
            "status": "reported",
            "mode": "air",
            "from": {
                "place": {
                    "name": None,
                    "country": "IR",
                    "code": None,
                    "lat": None,
                    "lon": None,
                    "precision": "country",
                },
                "status": "inferred",
                "when": None,
                "sources": [0],
                "independent_sources": 1,
                "confidence": {
                    "score": 0.38,
                    "parts": {"status": 0.5, "sources": 0.5, "date": 0.2, "place": 0.4},
                },
                "conflicts": [],
            },
            "to": {
                "place": {
                    "name": "Caracas",
                    "country": "VE",
                    "code": None,
                    "lat": 10.6012,
                    "lon": -66.9913,
                    "precision": "city",
                },
                "status": "reported",
                "when": {
                    "earliest": "2020-10-26T00:00:00Z",
                    "latest": "2020-10-27T23:59:59Z",
                    "precision": "range",
                    "claims": [
                        {
                            "at": "2020-10-26",
                            "words": "Tuesday, October 26",
                            "part": "body",
                            "sources": [0],
                        },
                        {"at": "2020-10-26", "words": "Tuesday, October 26", "sources": [1]},
                    ],
                },
                "sources": [0, 1],
                "independent_sources": 1,
                "confidence": {
                    "score": 0.57,
                    "parts": {"status": 0.8, "sources": 0.5, "date": 0.3, "place": 0.9},
                },
                "conflicts": [
                    {
                        "field": "arrived",
                        "kind": "weekday",
                        "detail": "2020-10-26 was a Monday; the Tuesday was 2020-10-27",
                        "candidates": ["2020-10-26", "2020-10-27"],
                        "claims": [
                            {
                                "at": "2020-10-26",
                                "words": "Tuesday, October 26",
                                "part": "body",
                                "sources": [0],
                            },
                            {"at": "2020-10-26", "words": "Tuesday, October 26", "sources": [1]},
                        ],
                    }
                ],
            },
            "via": [],
            "carrier": "Qeshm Fars Air",
            "craft": {
                "type": "Boeing 747",
                "name": None,
                "registration": "EP-FAB",
                "icao24": None,
                "imo": None,
                "mmsi": None,
                "flag": None,
                "owner": "Qeshm Fars Air",
            },
            "false_identity": None,
            "count": None,
            "count_is_minimum": False,
            "cargo": [
                {"what": "not disclosed", "quantity": None, "unit": None, "certainty": "unknown"}
            ],
            "escort": [],
            "dark": [],
            "track": None,
            "note": "The owner is under United States sanctions over alleged arms flights to "
            "Syria. October 26 was a Monday.",
            "sources": [0, 1],
            "independent_sources": 1,
            "confidence": {
                "score": 0.57,
                "parts": {"status": 0.8, "sources": 0.5, "date": 0.3, "place": 0.9},
            },
            "conflicts": [
                {
                    "field": "arrived",
                    "kind": "weekday",
                    "detail": "2020-10-26 was a Monday; the Tuesday was 2020-10-27",
                    "candidates": ["2020-10-26", "2020-10-27"],
                    "claims": [
                        {
                            "at": "2020-10-26",
                            "words": "Tuesday, October 26",
                            "part": "body",
                            "sources": [0],
                        },
                        {"at": "2020-10-26", "words": "Tuesday, October 26", "sources": [1]},
                    ],
                }
            ],
        }
    ],
    "sources": [
        {
            "number": 0,
            "outlet": "Reuters",
            "published_on": "2020-10-27",
            "url": None,
            "language": "en",
            "cites": ["flight tracking data", "an opposition lawmaker"],
            "state": None,
        },
        {
            "number": 1,
            "outlet": "VRIC Monitor (edition narrative)",
            "published_on": "2020-11-18",
            "url": None,
            "language": "en",
            "cites": ["Reuters"],
            "state": None,
        },
    ],
    "independent_sources": 1,
    "source_groups": [[0, 1]],
    "conflict_count": 1,
    "synthetic": False,
    "method": "itinerary",
    "method_version": "1",
    "as_of": None,
    "recorded_by": None,
    "redacted": False,
    "sanctioned": False,
    "sanctions": {
        "matches": [],
        "leads": [],
        "basis": "matches share an IMO number, MMSI, registration or ICAO address; leads share a name",
    },
    "events": [
        {
            "id": 44,
            "published_on": "2020-10-27",
            "summary": "A Boeing 747, registration EP-FAB, of Iran’s Qeshm Fars Air, whose "
            "owner is under U.S. sanctions over alleged arms flights to Syria, "
            "reached Venezuela on Tuesday, October 26, a lawmaker and flight "
            "tracking data indicate. What it carried is not known; trade between "
            "the two oil producers has grown.",
            "href": "/v1/events/44",
        }
    ],
    "links": [
        {
            "rel": "self",
            "href": "/v1/routes/itineraries/ep-fab-2020-10",
            "type": "application/json",
        },
        {
            "rel": "history",
            "href": "/v1/routes/itineraries/ep-fab-2020-10/history",
            "type": "application/json",
        },
        {
            "rel": "map",
            "href": "/v1/routes/itineraries/ep-fab-2020-10/map.svg",
            "type": "image/svg+xml",
        },
    ],
}

ITINERARY_HISTORY: Any = {
    "items": [
        {
            "seq": 2,
            "kind": "created",
            "at": "2026-11-23T19:28:22.783509+00:00",
            "by": "legs demo-2020-11",
            "reason": None,
            "added": 2,
            "withdrawn": 0,
            "href": "/v1/routes/itineraries/ep-fab-2020-10?recorded_by=2026-11-23T19:28:22.783509Z",
        }
    ],
    "links": [
        {
            "rel": "self",
            "href": "/v1/routes/itineraries/ep-fab-2020-10/history",
            "type": "application/json",
        }
    ],
    "returned": 1,
    "meta": {
        "known_on": [
            {"day": "2020-10-27", "href": "/v1/routes/itineraries/ep-fab-2020-10?as_of=2020-10-27"},
            {"day": "2020-11-18", "href": "/v1/routes/itineraries/ep-fab-2020-10?as_of=2020-11-18"},
        ]
    },
}
