"""The indicators of one site: kind and value, and the files in which each was found."""

import hashlib
import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tldextract import TLDExtract

from app.forensics.infrastructure.analysis.certificates import Certificate, read_certificate
from app.forensics.infrastructure.analysis.identifiers import (
    identifiers_in,
    identifiers_in_ads_txt,
    identifiers_in_dns,
)
from app.forensics.infrastructure.analysis.pages import Page, read_page
from app.forensics.infrastructure.analysis.responses import response_indicators
from app.forensics.infrastructure.analysis.technologies import (
    MIN_FILE_BYTES,
    shingles_of,
    software_of,
)
from app.forensics.infrastructure.sources.captures import Capture, Part
from app.forensics.infrastructure.sources.files import Skip, Skipped

MAX_VALUES = 200
MAX_PATHS = 5
_SOCIAL = re.compile(
    r"https?://(?:[\w-]+\.)?(?P<host>t\.me|telegram\.me|facebook\.com|twitter\.com|x\.com|vk\.com"
    r"|ok\.ru|instagram\.com|tiktok\.com|youtube\.com|rumble\.com|odysee\.com|gab\.com|truthsocial\.com"
    r"|bitchute\.com|patreon\.com|rutube\.ru|dzen\.ru|weibo\.com)"
    r"/(?P<name>(?:(?:channel|user|c|s|groups|@\w+)/)?@?[\w.-]{3,80})"
)  # fmt: skip
_NO_ACCOUNTS = {
    "share", "sharer", "sharer.php", "intent", "home", "hashtag", "search", "watch", "embed", "login",
    "dialog", "plugins", "policies", "privacy", "terms", "about", "explore", "legal", "share.php",
    "profile.php", "tr", "pages", "joinchat", "iv", "help", "results", "feed", "i", "p", "reel",
}  # fmt: skip
_HOST = re.compile(r"(?=.{4,253}$)(?:[\w-]{1,63}\.)+[a-z][\w-]{1,62}")
# No list is fetched: the one that comes with the library is used.
_domains = TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


@dataclass(slots=True)
class Site:
    """What was found of one site."""

    name: str
    domain: str
    """The registrable domain, where the site's name is one of a host."""
    indicators: dict[tuple[str, str], list[str]]
    names: frozenset[str]
    """Class names and ids of its front page."""
    shingles: frozenset[int]
    certificates: list[Certificate] = field(default_factory=list)
    md5s: dict[str, str] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)
    """Kinds of which it has more values than are kept."""


def extract(capture: Capture, skip: Skip) -> Site:
    """The indicators of a capture; what cannot be read is told to `skip`."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    def note(path: str, pairs: Iterable[tuple[str, str]]) -> None:
        for kind, value in pairs:
            found[kind, value].add(path)

    front = Page()
    for position, part in enumerate(sorted(capture.pages, key=_front_first)):
        page = read_page(part.data)
        if not page.complete:
            skip(Skipped(part.path, "read in part: it has more elements than are looked at"))
        note(part.path, identifiers_in(page))
        note(part.path, software_of(page))
        note(part.path, _accounts_in(page))
        front = page if position == 0 else front
    for path, headers in capture.headers:
        note(path, response_indicators(headers, capture.site))
    for path, network in capture.networks:
        note(path, (("ip", ip) for ip in network.ips))
        note(path, (("subnet", subnet_of(ip)) for ip in network.ips))
        note(path, (("name_server", host) for host in network.name_servers))
        note(path, (("mail_server", host) for host in network.mail_servers))
        note(path, identifiers_in_dns(network.texts))
    for part in capture.ads_txt:
        note(part.path, identifiers_in_ads_txt(part.data))
    for part in capture.assets:
        if len(part.data) >= MIN_FILE_BYTES:
            note(part.path, [("file", hashlib.sha256(part.data).hexdigest())])
    md5s = {}
    for part in capture.favicons:
        digest = hashlib.sha256(part.data).hexdigest()
        md5s[digest] = hashlib.md5(part.data, usedforsecurity=False).hexdigest()
        note(part.path, [("favicon", digest)])
    domain = domain_of(capture.site)
    certificates = []
    for part in capture.certificates:
        if (certificate := _certificate(part, skip)) is not None:
            certificates.append(certificate)
            note(part.path, _of_certificate(certificate, domain))
    kept, cut = _bounded(found)
    return Site(
        capture.site, domain, kept, frozenset(front.names), shingles_of(front.tags), certificates,
        md5s, cut,
    )  # fmt: skip


def domain_of(name: str) -> str:
    """The registrable domain of a host by the Public Suffix List; empty for other names."""
    host = name.lower().rstrip(".")
    if not _HOST.fullmatch(host):
        return ""
    # Of a suffix that the list does not have, the last label is one: its own rule for such.
    known = _domains(host)
    return known.top_domain_under_public_suffix or (
        "" if known.suffix else ".".join(host.split(".")[-2:])
    )


def subnet_of(ip: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 one."""
    address = ipaddress.ip_address(ip)
    length = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False))


def _front_first(part: Part) -> tuple[int, bool, str]:
    path = part.path.lower().rstrip("/")
    return path.count("/"), "index." not in path, path


def _accounts_in(page: Page) -> Iterable[tuple[str, str]]:
    for link in page.links:
        match = _SOCIAL.match(link[:500])
        if match and match["name"].split("/")[0].lower() not in _NO_ACCOUNTS:
            yield "social_account", f"{match['host']}/{match['name']}".lower()


def _certificate(part: Part, skip: Skip) -> Certificate | None:
    try:
        return read_certificate(part.data)
    except ValueError as error:
        skip(Skipped(part.path, str(error)))
        return None


def _of_certificate(certificate: Certificate, domain: str) -> Iterable[tuple[str, str]]:
    yield "certificate", certificate.sha256
    yield "certificate_key", certificate.key_sha256
    yield "certificate_serial", f"{certificate.serial} {certificate.issuer}"
    for name in {domain_of(name.removeprefix("*.")) for name in certificate.names} - {"", domain}:
        yield "certificate_name", name


def _bounded(
    found: dict[tuple[str, str], set[str]],
) -> tuple[dict[tuple[str, str], list[str]], list[str]]:
    """At most two hundred values of a kind, sorted, so that an answer stays an answer."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for kind, value in sorted(found):
        kinds[kind].append(value)
    kept = {
        (kind, value): sorted(found[kind, value])[:MAX_PATHS]
        for kind, values in sorted(kinds.items())
        for value in values[:MAX_VALUES]
    }
    return kept, sorted(kind for kind, values in kinds.items() if len(values) > MAX_VALUES)
