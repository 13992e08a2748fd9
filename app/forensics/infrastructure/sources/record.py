"""`capture.json`: what was noted beside a capture, such as addresses and name servers."""

import ipaddress
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.forensics.infrastructure.sources.headers import Header, headers_of

_MAX_VALUES = 100


@dataclass(frozen=True, slots=True)
class Network:
    """Addresses and DNS records of a site, sorted."""

    ips: list[str] = field(default_factory=list)
    name_servers: list[str] = field(default_factory=list)
    mail_servers: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Record:
    """The whole of a `capture.json`."""

    site: str | None
    network: Network
    headers: list[Header]


def read_record(data: bytes) -> Record:
    """`{"site", "ips", "name_servers", "mail_servers", "txt", "headers"}`, all optional.

    `dns` may hold the same by type of record (A, AAAA, NS, MX, TXT). Other fields are left alone.

    Raises:
        ValueError: it is no JSON object, or a field is of another kind.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise ValueError("no valid JSON") from None
    if not isinstance(value, dict):
        raise ValueError("a JSON object is needed")
    dns = value.get("dns") or {}
    if not isinstance(dns, dict):
        raise ValueError("dns: an object is needed")
    network = Network(
        addresses([*_texts(value, "ips"), *_texts(value, "ip"), *_texts(dns, "A"), *_texts(dns, "AAAA")]),
        _hosts([*_texts(value, "name_servers"), *_texts(dns, "NS")]),
        _hosts([*_texts(value, "mail_servers"), *_texts(dns, "MX")]),
        sorted({*_texts(value, "txt"), *_texts(dns, "TXT")}),
    )  # fmt: skip
    site = value.get("site")
    headers = headers_of(value["headers"]) if value.get("headers") else []
    return Record(_name(site), network, headers)


def addresses(given: list[str]) -> list[str]:
    """The IP addresses among texts, each in its one canonical form, sorted."""
    found = set()
    for text in given:
        try:
            found.add(str(ipaddress.ip_address(text.strip().strip("[]"))))
        except ValueError:
            continue
    return sorted(found)


def _texts(value: dict[str, Any], name: str) -> list[str]:
    given = value.get(name) or []
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise ValueError(f"{name}: a list of texts is needed")
    return [one[:500] for one in given[:_MAX_VALUES]]


def _hosts(given: list[str]) -> list[str]:
    """Names of hosts; of an MX record `10 mail.example.org.` the last word."""
    words = (one.split() for one in given)
    return sorted({found[-1].rstrip(".").lower() for found in words if found} - {""})


def _name(site: object) -> str | None:
    if site is None:
        return None
    if not isinstance(site, str) or not site.isprintable() or not 0 < len(site) <= 253:
        raise ValueError("site: a name of at most 253 characters is needed")
    return site
