"""The client's address as limits see it: through trusted proxies only, IPv6 by its /64."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope


def address_of(scope: Scope, headers: Headers, trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """The address that nobody can choose: the last hop that is none of our own proxies."""
    client = scope.get("client")
    address = str(client[0]) if client else "unknown"
    if trusted and _is_within(address, trusted):
        forwarded = ",".join(headers.getlist("x-forwarded-for")).split(",")
        for hop in reversed([hop.strip() for hop in forwarded if hop.strip()]):
            if _parse(hop) is None:
                break
            address = hop
            if not _is_within(hop, trusted):
                break
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), 64), strict=False))
    return address if parsed is None else str(parsed)


def _is_within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in networks)


@lru_cache(4096)
def _parse(address: str) -> IPv4Address | IPv6Address | None:
    """An address; IPv4 as an IPv6 socket shows it is IPv4."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed
