"""Values that unrelated sites share: those of CDNs, hosts, platforms, parking and stock designs."""

import hashlib
import ipaddress
import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

BUNDLED = "shared.toml"
MAX_LIST_BYTES = 262_144
MANY_NAMES = 20  # a certificate for more names than this is mostly that of a host or a CDN
_FIRST_WORD = re.compile(r"[#_-]*([A-Za-z]+)")
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SharedListError(ValueError):
    """A list of shared values cannot be read; the message names the place."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One service or design, and the values by which it is seen on sites of many owners."""

    name: str
    check: str
    ranges: tuple[str, ...] = ()
    """Addresses that many customers share."""
    subnets: tuple[str, ...] = ()
    """Addresses of one customer each, in networks of many: only the network is shared."""
    hosts: tuple[str, ...] = ()
    """Domains of name servers, mail servers and certificates."""
    headers: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """First words of class names and ids."""
    files: tuple[str, ...] = ()
    """How names of CSS and JavaScript files begin, or folders they are in, with a slash."""
    favicons: tuple[str, ...] = ()
    """MD5 or SHA-256."""
    platforms: tuple[str, ...] = ()
    """Whose pages look alike because the platform makes them."""


CHECKS = ("cdn", "hosting", "platform", "parking", "stock", "private")
_KEYS = {one.name for one in fields(Entry)}


@dataclass(slots=True)
class SharedValues:
    """The list, ready to be asked."""

    sha256: str
    entries: tuple[Entry, ...]
    _exact: dict[tuple[str, str], Entry] = field(default_factory=dict)
    _ranges: list[tuple[_Network, Entry]] = field(default_factory=list)
    _subnets: list[tuple[_Network, Entry]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for entry in self.entries:
            self._ranges += ((ipaddress.ip_network(one), entry) for one in entry.ranges)
            self._subnets += ((ipaddress.ip_network(one), entry) for one in entry.subnets)
            for name in ("hosts", "identifiers", "themes", "plugins", "favicons", "platforms"):
                for value in getattr(entry, name):
                    self._exact.setdefault((name, value), entry)

    def find(self, kind: str, value: str, paths: Sequence[str] = ()) -> Entry | None:
        """The entry that explains why sites of different owners have this value."""
        match kind:
            case "ip":
                return self._covering(ipaddress.ip_network(value), self._ranges)
            case "subnet":
                network = ipaddress.ip_network(value)
                return self._covering(network, [*self._ranges, *self._subnets])
            case "name_server" | "mail_server" | "certificate_name" | "matomo_host" | "matomo":
                return self.find_host(value.partition("#")[0])
            case "header" | "header_name":
                name = value.partition(":")[0]
                return self._beginning("headers", name)
            case "cookie_name":
                return self._beginning("cookies", value)
            case "theme" | "plugin" | "favicon" | "platform":
                return self._exact.get((f"{kind}s", value.lower()))
            case "file":
                return self._stock_file(paths)
            case _:
                return self._exact.get(("identifiers", value.lower()))

    def find_host(self, host: str) -> Entry | None:
        """The entry to which a host belongs, by any domain above it."""
        labels = host.lower().removeprefix("*.").split(".")
        above = (".".join(labels[start:]) for start in range(len(labels)))
        return next(
            (self._exact[key] for one in above if (key := ("hosts", one)) in self._exact), None
        )

    def own_names(self, names: Iterable[str]) -> frozenset[str]:
        """Class names and ids without those of frameworks and systems."""
        stock = {one for entry in self.entries for one in entry.names}
        return frozenset(
            name
            for name in names
            if (word := _FIRST_WORD.match(name)) and word[1].lower() not in stock
        )

    def _beginning(self, field_name: str, value: str) -> Entry | None:
        lower = value.lower()
        return next(
            (one for one in self.entries if lower.startswith(getattr(one, field_name))), None
        )

    def _covering(
        self, network: _Network, known: Collection[tuple[_Network, Entry]]
    ) -> Entry | None:
        for one, entry in known:
            if one.version == network.version and one.overlaps(network):
                return entry
        return None

    def _stock_file(self, paths: Sequence[str]) -> Entry | None:
        for path in paths:
            plain = path.lower().partition("?")[0]
            parts = PurePosixPath(plain)
            for entry in self.entries:
                if any(
                    f"/{one}" in plain if one.endswith("/") else parts.name.startswith(one)
                    for one in entry.files
                ):
                    return entry
                if entry.themes and any(f"/themes/{one}/" in plain for one in entry.themes):
                    return entry
        return None


@lru_cache(maxsize=1)
def bundled_values() -> SharedValues:
    """The list that comes with the service."""
    return _read([(files("app.forensics.infrastructure") / "data" / BUNDLED).read_bytes()])


def with_own(own: bytes | None) -> SharedValues:
    """The bundled list with one's own entries after it.

    Raises:
        SharedListError: one's own cannot be read.
    """
    if own is None:
        return bundled_values()
    bundled = (files("app.forensics.infrastructure") / "data" / BUNDLED).read_bytes()
    if len(own) > MAX_LIST_BYTES:
        raise SharedListError(f"{BUNDLED}: more than {MAX_LIST_BYTES >> 10} KiB")
    try:
        return _read([bundled, own])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise SharedListError(f"{BUNDLED}: {error}") from None


def _read(documents: Sequence[bytes]) -> SharedValues:
    digest = hashlib.sha256(b"\n".join(documents)).hexdigest()
    entries = []
    for document in documents:
        listed = tomllib.loads(document.decode()).get("shared", [])
        if not isinstance(listed, list):
            raise ValueError("[[shared]] is a list of tables")
        entries += [_entry(number, value) for number, value in enumerate(listed, 1)]
    return SharedValues(digest, tuple(entries))


def _entry(number: int, value: Any) -> Entry:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise ValueError(f"entry {number}: a name is needed")
    name = value["name"]
    if unknown := sorted(set(value) - _KEYS):
        raise ValueError(f"{name}: unknown {', '.join(unknown)}")
    if value.get("check") not in CHECKS:
        raise ValueError(f"{name}: check is one of {', '.join(CHECKS)}")
    lists = {key: given for key, given in value.items() if key not in ("name", "check")}
    for key, given in lists.items():
        if not isinstance(given, list) or not all(isinstance(one, str) and one for one in given):
            raise ValueError(f"{name}: {key} is a list of texts")
    return Entry(
        name, value["check"], **{key: tuple(map(str.lower, given)) for key, given in lists.items()}
    )
