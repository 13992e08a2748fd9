"""Where webhooks may go: to public addresses, as checked when they are connected to."""

import socket
from ipaddress import ip_network
from typing import Any

import httpx
import pytest

from app.alerts import outgoing
from app.alerts.outgoing import AddressRefusedError, fault_of_url
from tests.alerts.conftest import RULE, Receiver, make
from tests.problems import assert_problem

REFUSED = [
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f.1/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[::127.0.0.1]/",
    "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://10.1.2.3/",
    "https://192.168.1.1/", "https://172.16.0.1/", "https://100.64.0.1/", "https://0.0.0.0/",
    "https://224.0.0.1/", "https://[fe80::1]/", "https://[2002:7f00:1::]/", "http://example.org/",
    "ftp://example.org/", "https://user:secret@example.org/", "https:///path", "https://[::1/",
    "https://localhost/", "https://LOCALHOST.:8443/", "https://a.localhost/", "https://db:5432/",
    "https://metadata.google.internal/", "https://printer.local/",
    "https://example.org:99999/", "https://ex ample.org/", "javascript:alert(1)", "example.org",
    "https://a..example.org/", "https://.example.org/", f"https://{64 * 'a'}.example.org/",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_is_refused_by_its_text(url: str) -> None:
    assert fault_of_url(url, [])


async def test_an_address_is_refused_when_it_is_given(premium: httpx.AsyncClient) -> None:
    body = {"name": "a", "rules": [RULE], "webhook_url": "https://169.254.169.254/latest/"}
    assert_problem(await premium.post("/v1/watchlists", json=body), 422, "invalid_body")
    made = await make(premium)
    change = {"webhook_url": "https://10.0.0.1/"}
    answer = await premium.patch(f"/v1/watchlists/{made['id']}", json=change)
    assert_problem(answer, 422, "invalid_body")


@pytest.mark.parametrize(
    "url", ["https://example.org/hook?x=1", "https://local.example.org./", "https://8.8.8.8:8443/"]
)
def test_public_addresses_are_fine(url: str) -> None:
    assert fault_of_url(url, []) is None


async def test_a_name_that_leads_inside_is_refused_when_it_is_connected_to(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    port = int(receiver.url.rsplit(":", 1)[1].partition("/")[0])

    def lead_inside(host: str, *_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", lead_inside)
    with pytest.raises(AddressRefusedError, match="no public address"):
        await outgoing.post(f"https://inside.example.org:{port}/hook", {}, b"{}", [])
    assert not receiver.requests


async def test_what_an_operator_allows_is_reached(receiver: Receiver) -> None:
    allowed = [ip_network("127.0.0.0/8")]
    assert await outgoing.post(receiver.url, {"x-a": "b"}, b"{}", allowed) == 204
    headers, body = receiver.requests[0]
    assert (headers["x-a"], body) == ("b", "{}")
