"""What the API's document shows of itineraries."""

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
