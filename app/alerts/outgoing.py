"""Requests to addresses that users name: to public ones only, checked as they are connected to."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

import httpcore

TIMEOUT_S = 15.0
_TIMEOUTS = {"connect": 10.0, "read": TIMEOUT_S, "write": TIMEOUT_S, "pool": TIMEOUT_S}

# Names that lead nowhere outside: RFC 6761 and 6762, ICANN's .internal, and those without a dot.
_INSIDE = re.compile(r"^\.[^.]+$|\.(localhost|local|internal|home\.arpa)$")

Network = IPv4Network | IPv6Network


class AddressRefusedError(Exception):
    """The address is none that requests are sent to; the message says why."""


def fault_of_url(url: str, allowed: Sequence[Network]) -> str | None:
    """What is wrong with an address that requests are to be sent to, as far as its text shows."""
    try:
        parts = urlsplit(url)
        port = parts.port
        # As whoever looks it up does: no label may be empty or longer than 63 characters.
        (parts.hostname or "").encode("idna")
    except ValueError:
        return "this is no address"
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return "must begin with https://"
    if parts.username is not None or parts.password is not None:
        return "must not carry a password"
    if port == 0 or not url.isascii() or any(char <= " " for char in url):
        return "this is no address"
    address = _literal(parts.hostname)
    if address is not None and not _is_allowed(address, allowed):
        return "is no public address"
    if address is None and not allowed and _INSIDE.search(f".{parts.hostname.rstrip('.')}"):
        return "is no public address"
    if parts.scheme == "http" and not (address is not None and _is_in(address, allowed)):
        return "must begin with https://"
    return None


class _PublicOnly(httpcore.AsyncNetworkBackend):
    """Looks a name up itself and connects to what it has checked: no second look-up can differ."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        found = await _look_up(host, port)
        if not found or not all(_is_allowed(address, self._allowed) for address in found):
            raise AddressRefusedError(f"{host} has no public address")
        return await self._inner.connect_tcp(
            str(found[0]), port, timeout, local_address, socket_options
        )


async def post(
    url: str, headers: Mapping[str, str], body: bytes, allowed: Sequence[Network]
) -> int:
    """Send a request and give the status of its answer; redirects are not followed.

    Raises:
        AddressRefusedError: the name leads to an address that is not public.
        OSError, TimeoutError, httpcore exceptions: there was no answer.
    """
    fault = fault_of_url(url, allowed)
    if fault is not None:
        raise AddressRefusedError(fault)
    async with (
        httpcore.AsyncConnectionPool(network_backend=_PublicOnly(allowed)) as pool,
        asyncio.timeout(2 * TIMEOUT_S),
        # The body of the answer is nobody's business, and may never end.
        pool.stream(
            "POST", url, headers=list(headers.items()), content=body,
            extensions={"timeout": _TIMEOUTS},
        ) as answer,
    ):  # fmt: skip
        return answer.status


async def _look_up(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    literal = _literal(host)
    if literal is not None:
        return [literal]
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        # 127.1, 0x7f000001 and 2130706433 are loopback too, to those who connect.
        return ipaddress.ip_address(socket.inet_aton(host))
    except OSError:
        return None


def _is_allowed(address: IPv4Address | IPv6Address, allowed: Sequence[Network]) -> bool:
    if _is_in(address, allowed):
        return True
    embedded = _embedded(address)
    if embedded is not None:
        return _is_allowed(embedded, allowed)
    return address.is_global and not address.is_multicast


def _is_in(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The address of the old protocol that one of the new protocol stands for."""
    if isinstance(address, IPv4Address):
        return None
    if any(address in IPv6Network(prefix) for prefix in ("64:ff9b::/96", "::/96")):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
