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
    around = _folder_around([file.path for file in found])
    captures: dict[str, Capture] = {}
    shared: bytes | None = None
    named: dict[str, str] = {}
    for file in found:
        path = file.path.relative_to(around) if file.path.is_relative_to(around) else file.path
        alone = len(path.parts) <= 1  # none: a ZIP may hold a file and a folder of one name, or "."
        if alone and path.name == SHARED_LIST:
            shared = file.data
        elif path.suffix.lower() == ".har":
            _add_har(captures, file, path, skip)
        else:
            site = _stem(path) if alone else path.parts[0]
            capture = captures.setdefault(site, Capture(site))
            if name := _add(capture, file, skip):
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


def _folder_around(paths: Sequence[PurePosixPath]) -> PurePosixPath:
    """The folders that stand around all sites, as when a folder of captures was zipped."""
    around = PurePosixPath()
    while True:
        inside = [one.relative_to(around) for one in paths if one.is_relative_to(around)]
        folders = {one.parts[0] for one in inside if len(one.parts) > 1}
        loose = any(len(one.parts) == 1 and _role_of(one) for one in inside)
        if len(folders) != 1 or loose:
            return around
        below = PurePosixPath(folders.pop())
        if any(one.parent == below and _role_of(one) for one in inside):
            return around  # the folder is a site itself
        around /= below


def _role_of(path: PurePosixPath) -> str | None:
    """What a file of a site's capture is; a HAR is a capture by itself."""
    name, suffix = path.name.lower(), path.suffix.lower()
    if suffix in _PAGES:
        return "page"
    if name == "capture.json":
        return "record"
    if _HEADERS.fullmatch(name):
        return "headers"
    if suffix in _CERTIFICATES:
        return "certificate"
    if _FAVICON.fullmatch(name):
        return "favicon"
    if suffix in _ASSETS:
        return "asset"
    return "ads.txt" if name in ("ads.txt", "app-ads.txt") else None


def _stem(path: PurePosixPath) -> str:
    """`example.org` for the lone files example.org.html and example.org.pem."""
    name = path.name
    if match := _HEADERS.fullmatch(name.lower()):
        return re.sub(r"[._-]?headers?(?:\.(?:txt|json))?$", "", match[0]) or "headers"
    return path.stem


def _add(capture: Capture, file: CapturedFile, skip: Skip) -> str | None:
    """Put a file where it belongs; the name of the site, where it is a record that says one."""
    role, part = _role_of(file.path), Part(str(file.path), file.data)
    name = None
    try:
        match role:
            case None:
                raise ValueError("not a kind of file that is read here")
            case "record":
                record = read_record(file.data)
                name = record.site
                capture.networks.append((part.path, record.network))
                if record.headers:
                    capture.headers.append((part.path, record.headers))
            case "headers":
                capture.headers.append((part.path, read_headers(file.data)))
            case _:
                _parts_of(capture, role).append(part)
    except ValueError as error:
        skip(Skipped(part.path, str(error)))
        return None
    _note(capture, part, role)
    return name


def _parts_of(capture: Capture, role: str) -> list[Part]:
    return {
        "page": capture.pages, "asset": capture.assets, "favicon": capture.favicons,
        "certificate": capture.certificates, "ads.txt": capture.ads_txt,
    }[role]  # fmt: skip


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
