"""HEAD and OPTIONS, and what pages of other origins may do and see."""

import httpx
import pytest

ROUTES = ["/v1/events", "/v1/events/1", "/v1/meta", "/v1/reports/demo-2020-11", "/healthz", "/"]
ORIGIN = {"Origin": "https://example.org"}


@pytest.mark.parametrize("path", ROUTES)
async def test_head_is_get_without_a_body(client: httpx.AsyncClient, path: str) -> None:
    cold = await client.head(path)
    full = await client.get(path)
    warm = await client.head(path)
    assert full.status_code == 200
    for head in (cold, warm):
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-type", "content-length", "etag", "cache-control", "vary"):
            assert head.headers.get(name) == full.headers.get(name), name
    assert len(full.content) == int(full.headers["content-length"])


async def test_head_of_what_is_not_there(client: httpx.AsyncClient) -> None:
    answer = await client.head("/v1/events/999999999")
    assert (answer.status_code, answer.content) == (404, b"")


async def test_head_can_be_conditional(client: httpx.AsyncClient) -> None:
    tag = (await client.head("/v1/meta")).headers["etag"]
    assert (await client.head("/v1/meta", headers={"If-None-Match": tag})).status_code == 304


async def test_preflight(client: httpx.AsyncClient) -> None:
    answer = await client.options(
        "/v1/events",
        headers={
            **ORIGIN,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "x-api-key, authorization, if-none-match",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert {"x-api-key", "authorization", "if-none-match"} <= {
        n.strip() for n in allowed.split(",")
    }
    assert int(answer.headers["access-control-max-age"]) > 0
    assert "x-ratelimit-limit" not in answer.headers  # a browser's own question costs nothing


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_preflight_of_a_write_is_refused(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.options(
        "/v1/events", headers={**ORIGIN, "Access-Control-Request-Method": method}
    )
    assert answer.status_code == 400
    assert method not in answer.headers["access-control-allow-methods"]


async def test_what_a_page_of_another_origin_sees(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/events?limit=1", headers=ORIGIN)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    exposed = {n.strip() for n in answer.headers["access-control-expose-headers"].split(",")}
    assert exposed >= {
        "Link", "ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id",
        "Deprecation", "Sunset",
    }  # fmt: skip
    assert {"Link", "ETag", "RateLimit", "X-Request-Id"} <= {
        name for name in exposed if name in answer.headers
    }


async def test_a_plain_options_is_no_success(client: httpx.AsyncClient) -> None:
    answer = await client.options("/v1/events")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


async def test_what_a_path_does_not_do_is_told_with_all_it_does(client: httpx.AsyncClient) -> None:
    for path, allowed in (("/v1/me", "DELETE, GET, HEAD, PATCH"), ("/v1/me/totp", "DELETE, PUT"),
                          ("/v1/keys/7", "DELETE, PATCH"), ("/v1/events", "GET, HEAD")):  # fmt: skip
        answer = await client.put(path) if "PUT" not in allowed else await client.get(path)
        assert answer.status_code == 405
        assert answer.headers["allow"] == allowed
