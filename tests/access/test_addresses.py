"""Which address anonymous limits count by, and that nobody can choose it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.datastructures import Headers

from app.access.addresses import address_of
from app.main import create_app
from tests.conftest import make_settings, opened

PROXIES = "10.0.0.0/8, 2001:db8:1::/48"


def _address(client: str | None, *forwarded: str, trusted: str = PROXIES) -> str:
    settings = make_settings(trusted_proxies=trusted)
    headers = Headers(raw=[(b"x-forwarded-for", line.encode()) for line in forwarded])
    scope = {"client": (client, 1) if client else None}
    return address_of(scope, headers, settings.trusted_proxies)


@pytest.mark.parametrize(
    ("client", "forwarded", "expected"),
    [
        ("198.51.100.9", (), "198.51.100.9"),
        ("198.51.100.9", ("203.0.113.1",), "198.51.100.9"),  # it is no proxy of ours
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.1",), "203.0.113.1"),
        ("10.0.0.1", ("192.0.2.66, 203.0.113.1",), "203.0.113.1"),  # the left is the client's word
        ("10.0.0.1", ("192.0.2.66", "203.0.113.1"), "203.0.113.1"),
        ("10.0.0.1", ("203.0.113.1, 10.0.0.7",), "203.0.113.1"),
        ("10.0.0.1", ("192.0.2.66, 203.0.113.1, 10.0.0.7, 10.1.2.3",), "203.0.113.1"),
        ("10.0.0.1", ("10.0.0.7, 10.0.0.8",), "10.0.0.7"),
        ("10.0.0.1", ("203.0.113.1, unknown",), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.1, nonsense, 10.0.0.7",), "10.0.0.7"),
        ("10.0.0.1", ("",), "10.0.0.1"),
        ("2001:db8:1::5", ("203.0.113.1",), "203.0.113.1"),
        ("::ffff:10.0.0.1", ("203.0.113.1",), "203.0.113.1"),
        ("10.0.0.1", ("::ffff:203.0.113.1",), "203.0.113.1"),
        ("::ffff:198.51.100.9", ("203.0.113.1",), "198.51.100.9"),
        ("2001:db8:7:7::1", (), "2001:db8:7:7::/64"),
        ("2001:db8:7:7:ffff:ffff:ffff:ffff", (), "2001:db8:7:7::/64"),
        ("2001:DB8:7:8::1", (), "2001:db8:7:8::/64"),
        ("10.0.0.1", ("2001:db8:7:7::1",), "2001:db8:7:7::/64"),
        ("fe80::1%eth0", (), "fe80::/64"),
        (None, ("203.0.113.1",), "unknown"),
    ],
)
def test_the_address_counted_by(
    client: str | None, forwarded: tuple[str, ...], expected: str
) -> None:
    assert _address(client, *forwarded) == expected


def test_without_trusted_proxies_the_header_is_not_read() -> None:
    assert _address("10.0.0.1", "203.0.113.1", trusted="") == "10.0.0.1"


@asynccontextmanager
async def _clients(
    url: str, *addresses: str, **settings: object
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Clients of one service, each from an address of its own."""
    app = create_app(
        make_settings(plan_overrides={"anonymous": {"burst_per_minute": 2}}, **settings), url
    )
    async with opened(app):
        yield [
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app, client=(address, 1)),
                base_url="http://testserver",
            )
            for address in addresses
        ]


async def test_each_address_has_its_own_quota_and_none_can_invent_more(demo_url: str) -> None:
    async with _clients(demo_url, "198.51.100.1", "198.51.100.2") as (one, two):
        spoofed = [
            (await one.get("/v1/meta", headers={name: f"203.0.113.{n}"})).status_code
            for n, name in enumerate(
                ("X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP")
            )
        ]
        assert spoofed == [200, 200, 429, 429, 429]
        assert (await two.get("/v1/meta")).status_code == 200


async def test_behind_a_trusted_proxy_the_left_of_the_header_changes_nothing(demo_url: str) -> None:
    async with _clients(demo_url, "10.0.0.1", trusted_proxies=PROXIES) as (proxy,):
        for expected, invented in ((200, "192.0.2.1"), (200, "192.0.2.2"), (429, "192.0.2.3")):
            headers = {"X-Forwarded-For": f"{invented}, 203.0.113.5"}
            assert (await proxy.get("/v1/meta", headers=headers)).status_code == expected
        other = await proxy.get("/v1/meta", headers={"X-Forwarded-For": "203.0.113.6"})
        assert other.status_code == 200


async def test_a_whole_ipv6_network_is_one_caller(demo_url: str) -> None:
    addresses = ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:0:1::9", "2001:db8:0:1::1")
    async with _clients(demo_url, *addresses) as clients:
        statuses = [(await client.get("/v1/meta")).status_code for client in clients]
    assert statuses == [200, 200, 429, 200]
