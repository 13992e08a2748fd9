"""The list of events over the demo data."""

import httpx


async def test_newest_first(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/events", params={"limit": 100})
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert len(items) == 91
    keys = [(item["published_on"], item["id"]) for item in items]
    assert keys == sorted(keys, reverse=True)


async def test_unknown_parameter_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/events", params={"contry": "VE"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["name"] == "contry"
