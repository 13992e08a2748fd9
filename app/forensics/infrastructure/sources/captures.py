"""Captures of sites from files: one folder for each site, or HAR files, which browsers write."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from app.forensics.infrastructure.sources.files import CapturedFile, CaptureError, Skip, Skipped
from app.forensics.infrastructure.sources.har import read_har
from app.forensics.infrastructure.sources.headers import Header, read_headers
from app.forensics.infrastructure.sources.record import Network, read_record

MAX_SITES = 500
SHARED_LIST = "shared.toml"
_PAGES = {".html", ".htm", ".xhtml"}
_CERTIFICATES = {".pem", ".crt", ".cer", ".der"}
_ASSETS = {".css", ".js", ".mjs"}
_FAVICON = re.compile(r"favicon[^/]*\.(?:ico|png|svg|gif|jpe?g|webp)|[^/]+\.ico")
_HEADERS = re.compile(r"(?:[^/]*[._-])?headers?\.(?:txt|json)|[^/]+\.headers?")


@dataclass(frozen=True, slots=True)
class Source:
    """A file as the answer cites it."""

    path: str
    sha256: str
    size_bytes: int
    role: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a capture, and the path it came from."""

    path: str
    data: bytes


@dataclass(slots=True)
class Capture:
    """What was captured of one site."""

    site: str
    sources: list[Source] = field(default_factory=list)
    pages: list[Part] = field(default_factory=list)
    assets: list[Part] = field(default_factory=list)
    favicons: list[Part] = field(default_factory=list)
    certificates: list[Part] = field(default_factory=list)
    ads_txt: list[Part] = field(default_factory=list)
    headers: list[tuple[str, list[Header]]] = field(default_factory=list)
    networks: list[tuple[str, Network]] = field(default_factory=list)


def read_captures(files: Iterable[CapturedFile], skip: Skip) -> tuple[list[Capture], bytes | None]:
    """The captures, sorted by site, and the file of shared values that came with them, if one did.

    Raises:
        CaptureError: nothing of a site is there, or there are too many sites.
    """
    found = list(files)
    around = _folder_around(found)
    captures: dict[str, Capture] = {}
    shared: bytes | None = None
    named: dict[str, str] = {}
    for file in found:
        path = PurePosixPath(*file.path.parts[len(around) :])
        if len(path.parts) == 1 and path.name == SHARED_LIST:
            shared = file.data
            continue
        if path.suffix.lower() == ".har":
            _add_har(captures, file, path, skip)
            continue
        site = path.parts[0] if len(path.parts) > 1 else _stem(path)
        capture = captures.setdefault(site, Capture(site))
        if name := _add(capture, file, path, skip):
            named[site] = name
    kept = _named([capture for capture in captures.values() if capture.sources], named)
    if not kept:
        raise CaptureError(
            "no captures: a folder for each site, with .html, headers.txt, .pem, capture.json,"
            " or HAR files"
        )
    if len(kept) > MAX_SITES:
        raise CaptureError(f"more than {MAX_SITES} sites at once")
    return sorted(kept, key=lambda capture: capture.site), shared


def _folder_around(files: Sequence[CapturedFile]) -> tuple[str, ...]:
    """The folders that stand around all sites, as when a folder of captures was zipped."""
    around: tuple[str, ...] = ()
    while True:
        rests = [file.path.parts[len(around) :] for file in files]
        tops = {rest[0] for rest in rests if len(rest) > 1}
        if len(tops) != 1 or any(len(rest) < 3 for rest in rests):
            return around
        around = (*around, tops.pop())


def _stem(path: PurePosixPath) -> str:
    """`example.org` for the lone files example.org.html and example.org.pem."""
    name = path.name
    if match := _HEADERS.fullmatch(name.lower()):
        return re.sub(r"[._-]?headers?(?:\.(?:txt|json))?$", "", match[0]) or "headers"
    return path.stem


def _add(capture: Capture, file: CapturedFile, path: PurePosixPath, skip: Skip) -> str | None:
    """Put a file where it belongs; the name of the site, where it is a record that says one."""
    name, shown = path.name.lower(), str(file.path)
    part = Part(shown, file.data)
    try:
        if path.suffix.lower() in _PAGES:
            role = "page"
            capture.pages.append(part)
        elif name == "capture.json":
            role = "record"
            record = read_record(file.data)
            capture.networks.append((shown, record.network))
            if record.headers:
                capture.headers.append((shown, record.headers))
            _note(capture, part, role)
            return record.site
        elif _HEADERS.fullmatch(name):
            role = "headers"
            capture.headers.append((shown, read_headers(file.data)))
        elif path.suffix.lower() in _CERTIFICATES:
            role = "certificate"
            capture.certificates.append(part)
        elif _FAVICON.fullmatch(name):
            role = "favicon"
            capture.favicons.append(part)
        elif path.suffix.lower() in _ASSETS:
            role = "asset"
            capture.assets.append(part)
        elif name in ("ads.txt", "app-ads.txt"):
            role = "ads.txt"
            capture.ads_txt.append(part)
        else:
            skip(Skipped(shown, "not a kind of file that is read here"))
            return None
    except ValueError as error:
        skip(Skipped(shown, str(error)))
        return None
    _note(capture, part, role)
    return None


def _add_har(
    captures: dict[str, Capture], file: CapturedFile, path: PurePosixPath, skip: Skip
) -> None:
    try:
        read = read_har(file.data)
    except ValueError as error:
        skip(Skipped(str(file.path), str(error)))
        return
    site = path.parts[0] if len(path.parts) > 1 else read.host
    capture = captures.setdefault(site, Capture(site))
    shown = str(file.path)
    for kind, bodies in (
        (capture.pages, read.pages), (capture.assets, read.assets), (capture.favicons, read.favicons),
    ):  # fmt: skip
        kind.extend(Part(f"{shown}#{url}", data) for url, data in bodies)
    capture.headers.extend((f"{shown}#{url}", headers) for url, headers in read.headers)
    capture.networks.append((shown, Network(ips=read.ips)))
    _note(capture, Part(shown, file.data), "har")


def _note(capture: Capture, part: Part, role: str) -> None:
    digest = hashlib.sha256(part.data).hexdigest()
    capture.sources.append(Source(part.path, digest, len(part.data), role))


def _named(captures: list[Capture], named: dict[str, str]) -> list[Capture]:
    """The captures under the names that their records give, unless two would have the same."""
    wanted: defaultdict[str, int] = defaultdict(int)
    for capture in captures:
        wanted[named.get(capture.site, capture.site)] += 1
    for capture in captures:
        name = named.get(capture.site, capture.site)
        if wanted[name] == 1:
            capture.site = name
    return captures
