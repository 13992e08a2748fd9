"""Reads the name out of a domain, host or URL: what is registered, under which public suffix."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tldextract import TLDExtract

MAX_CHARACTERS = 2_048
_LABEL = re.compile(r"[\w-]{1,63}")
_DOTS = re.compile("[\u3002\uff0e\uff61]")  # IDNA 2003 reads these as full stops
_ADDRESS = re.compile(r"[\d.]+|\[?[0-9a-f:]*:[0-9a-f:.]*\]?")


@dataclass(frozen=True, slots=True)
class Domain:
    """A host taken apart: `www.example.co.uk` is `www`, `example`, `co.uk`; in Unicode, lower case."""

    subdomain: str
    label: str
    suffix: str

    @property
    def registrable(self) -> str:
        """What somebody registered, as DNS has it: ASCII, `xn--` where it is not."""
        return ".".join(map(_ascii, f"{self.label}.{self.suffix}".split(".")))

    @property
    def host(self) -> str:
        """All of it, in Unicode."""
        return ".".join(part for part in (self.subdomain, self.label, self.suffix) if part)


@lru_cache(10_000)
def read_domain(text: str) -> Domain:
    """The domain of a host or URL, `xn--` decoded.

    Suffixes that private hosts let to others (`blogspot.com`) count as public: what is below them is
    somebody else's.

    Raises:
        ValueError: there is no registrable domain in it; the message says why.
    """
    host = _host_of(text)
    labels = [_unicode(label) for label in host.split(".")]
    if not all(_LABEL.fullmatch(label) and len(_ascii(label)) <= 63 for label in labels):
        raise ValueError("no host name")
    found = _suffixes().extract_str(".".join(labels))
    if found.is_private and not found.domain:  # the host's own
        found = _suffixes().extract_str(".".join(labels), include_psl_private_domains=False)
    if not found.suffix:
        raise ValueError("ends in no public suffix")
    if not found.domain:
        raise ValueError("is a public suffix, nobody's domain")
    return Domain(found.subdomain, found.domain, found.suffix)


def _host_of(text: str) -> str:
    plain = text.strip()
    if not plain or len(plain) > MAX_CHARACTERS:
        raise ValueError("empty, or too long for a host or URL")
    try:
        host = urlsplit(plain if "://" in plain else f"//{plain}").hostname or ""
    except ValueError:
        raise ValueError("no host name") from None
    host = _DOTS.sub(".", unicodedata.normalize("NFKC", host)).casefold().rstrip(".")
    if not host or len(host) > 253 or _ADDRESS.fullmatch(host):
        raise ValueError("no host name")
    return host


def _unicode(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return unicodedata.normalize("NFKC", label[4:].encode("ascii").decode("punycode"))
    except UnicodeError:
        return label


def _ascii(label: str) -> str:
    return label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"


@cache
def _suffixes() -> "TLDExtract":
    from tldextract import TLDExtract  # noqa: PLC0415 - reads a list of ten thousand suffixes

    # The list that the package brings: nothing is fetched, so the same input gives the same answer.
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
