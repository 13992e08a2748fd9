"""Evidence packages: a finding, the posts it rests on and a signature, in a ZIP of one exact form."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from types import TracebackType
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import rfc8785

from app.forensics.evidence.keys import SigningKey
from app.forensics.evidence.merkle import leaf_digest, levels_of, lines_of
from app.forensics.evidence.posts import NORMALISATION, UsedPost

FORMAT = "vric-evidence/1"
README, FINDING, POSTS = "README.txt", "finding.json", "posts.ndjson"
SIGNATURE, STATEMENT, TREE = "signature.json", "statement.json", "tree.txt"
NAMES = (README, FINDING, POSTS, SIGNATURE, STATEMENT, TREE)
MAX_POSTS = 1_000_000


class InputChangedError(Exception):
    """The posts are no longer those that the finding was made from."""


class PackageWriter:
    """Writes a package to a seekable file; the posts come in the order of platform and post id."""

    def __init__(self, file: BinaryIO, finding: bytes, key: SigningKey) -> None:
        """
        Args:
            finding: the document's bytes, canonical JSON.
        """
        self._zip = ZipFile(file, "w", ZIP_STORED, strict_timestamps=True)
        self._key = key
        self._finding = finding
        self._digests: dict[str, str] = {}
        self._leaves = bytearray()
        self._raw = hashlib.sha256()
        self._lines = hashlib.sha256()
        self._write(README, [readme()])
        self._write(FINDING, [finding])
        self._posts = self._zip.open(entry_info(POSTS), "w")

    def __enter__(self) -> "PackageWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._posts.close()
        self._zip.close()

    def add(self, posts: Iterable[UsedPost]) -> None:
        """The next posts."""
        for post in posts:
            line = post.line()
            self._leaves += leaf_digest(line)
            self._raw.update(post.raw_sha256)
            self._lines.update(line + b"\n")
            self._posts.write(line + b"\n")

    def seal(self) -> None:
        """End the package: tree, statement, signature.

        Raises:
            InputChangedError: the posts are not those of the finding.
        """
        self._posts.close()
        document = json.loads(self._finding)
        if self._raw.hexdigest() != document["input"]["sha256"]:
            raise InputChangedError
        levels = levels_of(bytes(self._leaves))
        tree = hashlib.sha256()
        for line in lines_of(levels):
            tree.update(line)
        digests = {**self._digests, POSTS: self._lines.hexdigest(), TREE: tree.hexdigest()}
        posts = len(levels[0]) // 32 if self._leaves else 0
        statement = rfc8785.dumps(statement_of(document, digests, posts, levels[-1]))
        self._write(SIGNATURE, [signature_of(statement, self._key)])
        self._write(STATEMENT, [statement])
        self._write(TREE, lines_of(levels))

    def _write(self, name: str, chunks: Iterable[bytes]) -> None:
        self._digests[name] = write_entry(self._zip, name, chunks)


def statement_of(
    document: dict[str, Any], digests: dict[str, str], posts: int, root: bytes
) -> dict[str, Any]:
    """What is signed: the hash of every file, and what a reader wants to know first."""
    return {
        "format": FORMAT,
        "files": digests,
        "finding_sha256": digests[FINDING],
        "kind": document["kind"],
        "method": document["method"],
        "windows_s": document["behaviour"]["windows_s"],
        "counts": document["counts"],
        "posts": posts,
        "merkle_root": root.hex(),
        "text_normalisation": NORMALISATION,
    }


def signature_of(statement: bytes, key: SigningKey) -> bytes:
    """The signature and by whom, as canonical JSON."""
    return rfc8785.dumps({"key": key.public.jwk(), "signature": key.sign(statement).hex()})


def readme() -> bytes:
    """The text for those who open a package; part of the format, so that it never varies."""
    return (files("app.forensics.evidence") / "readme.txt").read_bytes()


def entry_info(name: str) -> ZipInfo:
    """An entry of which nothing depends on the time or the system."""
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr = 3, 0o100644 << 16
    return info


def write_entry(archive: ZipFile, name: str, chunks: Iterable[bytes]) -> str:
    """Add an entry; gives its SHA-256."""
    digest = hashlib.sha256()
    with archive.open(entry_info(name), "w") as entry:
        for chunk in _joined(chunks):
            digest.update(chunk)
            entry.write(chunk)
    return digest.hexdigest()


def _joined(chunks: Iterable[bytes], size: int = 65_536) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        if len(held) >= size:
            yield bytes(held)
            held.clear()
    yield bytes(held)
