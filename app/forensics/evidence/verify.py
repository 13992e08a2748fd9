"""Checking a package: offline, from its bytes and a public key alone; any changed byte is found."""

import hashlib
import json
import os
import shutil
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import rfc8785

from app.forensics.evidence.keys import KeyFormatError, PublicKey, read_public_keys
from app.forensics.evidence.merkle import leaf_digest, levels_of, lines_of
from app.forensics.evidence.package import (
    FINDING,
    FORMAT,
    MAX_POSTS,
    NAMES,
    POSTS,
    SIGNATURE,
    STATEMENT,
    TREE,
    entry_info,
    statement_of,
)

MAX_BYTES = 4 << 30
MAX_JSON_BYTES = 256 << 20
MAX_SMALL_BYTES = 1 << 20
MAX_LINE_BYTES = 1 << 16
_BLOCK = 1 << 20
_END = struct.Struct("<4s4H2IH")
_DIRECTORY_ENTRY_BYTES = 46
# What reading a damaged ZIP, or JSON of another shape, may raise.
_NOT_A_PACKAGE = (
    BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError, KeyError, TypeError,
    AttributeError, IndexError, OverflowError, OSError, struct.error,
)  # fmt: skip


class PackageError(Exception):
    """The package is not what the publisher signed; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A package in which every byte is as it was signed."""

    finding_sha256: str
    kind: str
    outcome: str
    method: str
    posts: int
    merkle_root: str
    key: PublicKey
    is_known_key: bool
    """The key was given by the caller; otherwise the package itself names it."""


def verify(path: Path, trusted: Sequence[PublicKey] = ()) -> Checked:
    """Check a package.

    Args:
        trusted: keys of the publisher; without any, the key in the package is taken, which shows
            that nothing was changed by accident, and not who signed.

    Raises:
        PackageError: something is wrong with it.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > MAX_BYTES:
            raise PackageError("it is larger than any evidence package")
        try:
            return _check(file, trusted)
        except _NOT_A_PACKAGE as error:
            raise PackageError("it is no evidence package, or a damaged one") from error


def _check(file: BinaryIO, trusted: Sequence[PublicKey]) -> Checked:
    _check_end(file)
    archive = ZipFile(file)
    _check_entries(archive, os.fstat(file.fileno()).st_size)
    checked = _check_contents(archive, trusted)
    _check_container(archive, file)
    return checked


def _check_end(file: BinaryIO) -> None:
    """The end record, before any list is read: six entries, no comment, no second ZIP within."""
    file.seek(-min(_END.size, file.seek(0, os.SEEK_END)), os.SEEK_END)
    mark, *disks, entries, directory, _, comment = _END.unpack(file.read())
    expected = sum(_DIRECTORY_ENTRY_BYTES + len(name) for name in NAMES)
    if (mark, disks, entries) != (b"PK\5\6", [0, 0, len(NAMES)], len(NAMES)) or comment:
        raise PackageError(f"it must be a ZIP of {', '.join(NAMES)}, and nothing else")
    if directory != expected:
        raise PackageError("the ZIP's own headers were changed")


def _check_entries(archive: ZipFile, size: int) -> None:
    """The names and sizes, before anything is read: nothing here can unfold into more than it is."""
    entries = archive.infolist()
    if tuple(entry.filename for entry in entries) != NAMES:
        raise PackageError(f"it must hold {', '.join(NAMES)}, and nothing else")
    stored = all(e.compress_type == ZIP_STORED and not e.flag_bits for e in entries)
    if not stored or sum(entry.file_size for entry in entries) > size:
        raise PackageError("its entries must be stored without compression")


def _check_contents(archive: ZipFile, trusted: Sequence[PublicKey]) -> Checked:
    statement_bytes = _read(archive, STATEMENT, MAX_SMALL_BYTES)
    key = _signer(_read(archive, SIGNATURE, MAX_SMALL_BYTES), statement_bytes, trusted)
    statement = _json(STATEMENT, statement_bytes)
    if statement["format"] != FORMAT:
        raise PackageError(f"its format is not {FORMAT}")
    for name in NAMES:
        if name not in (SIGNATURE, STATEMENT) and statement["files"][name] != _digest(
            archive, name
        ):
            raise PackageError(f"{name} was changed: its SHA-256 is not the one that was signed")
    document = _json(FINDING, _read(archive, FINDING, MAX_JSON_BYTES))
    leaves, raw = _read_posts(archive)
    levels = levels_of(leaves)
    if raw != document["input"]["sha256"]:
        raise PackageError("the posts are not those that the finding was made from")
    with archive.open(TREE) as tree:
        if any(tree.read(len(line)) != line for line in lines_of(levels)) or tree.read(1):
            raise PackageError("tree.txt is not the tree of posts.ndjson")
    expected = statement_of(document, statement["files"], len(leaves) // 32, levels[-1])
    if statement != expected:
        raise PackageError("statement.json does not say what finding.json and posts.ndjson hold")
    return Checked(
        finding_sha256=statement["finding_sha256"],
        kind=str(document["kind"]),
        outcome=str(document["outcome"]),
        method=f"{document['method']['name']} {document['method']['version']}",
        posts=statement["posts"],
        merkle_root=statement["merkle_root"],
        key=key,
        is_known_key=bool(trusted),
    )


def _signer(body: bytes, statement: bytes, trusted: Sequence[PublicKey]) -> PublicKey:
    """The key that signed the statement.

    Raises:
        PackageError: the signature is not good, or by a key that is not trusted.
    """
    signed = _json(SIGNATURE, body)
    try:
        key = read_public_keys(json.dumps(signed["key"]))[0]
    except KeyFormatError as error:
        raise PackageError(f"{SIGNATURE} holds no Ed25519 key") from error
    signature = bytes.fromhex(signed["signature"])
    if signed != {"key": key.jwk(), "signature": signature.hex()}:
        raise PackageError(f"{SIGNATURE} was changed")
    if trusted and key not in trusted:
        raise PackageError(f"it was signed by the key {key.id}, which is not the one given")
    if not key.has_signed(statement, signature):
        raise PackageError("the signature is not good: statement.json or the signature was changed")
    return key


def _read_posts(archive: ZipFile) -> tuple[bytes, str]:
    """The leaves of the tree, and the SHA-256 over the hashes of the raw posts."""
    leaves, raw, before = bytearray(), hashlib.sha256(), None
    for line in _lines(archive):
        post = _json(POSTS, line)
        key = (post["platform"], post["post_id"])
        if before is not None and key <= before:
            raise PackageError("posts.ndjson is not sorted by platform and post_id")
        before = key
        leaves += leaf_digest(line)
        raw.update(bytes.fromhex(post["raw_sha256"]))
    return bytes(leaves), raw.hexdigest()


def _lines(archive: ZipFile) -> Iterator[bytes]:
    with archive.open(POSTS) as posts:
        for number in range(MAX_POSTS + 1):
            line = posts.readline(MAX_LINE_BYTES)
            if not line:
                return
            if not line.endswith(b"\n") or number == MAX_POSTS:
                raise PackageError("posts.ndjson has too long a line, or too many")
            yield line[:-1]


def _check_container(archive: ZipFile, file: BinaryIO) -> None:
    """Write the ZIP again from its parts: headers, gaps and comments hide nothing else."""
    with TemporaryFile() as again:
        with ZipFile(again, "w", ZIP_STORED) as copy:
            for name in NAMES:
                with archive.open(name) as part, copy.open(entry_info(name), "w") as entry:
                    shutil.copyfileobj(part, entry, _BLOCK)
        again.seek(0)
        file.seek(0)
        while block := again.read(_BLOCK):
            if file.read(len(block)) != block:
                raise PackageError("the ZIP's own headers were changed")
        if file.tell() != os.fstat(file.fileno()).st_size:
            raise PackageError("something follows the end of the ZIP")


def _digest(archive: ZipFile, name: str) -> str:
    with archive.open(name) as part:
        return hashlib.file_digest(part, "sha256").hexdigest()  # type: ignore[arg-type]


def _read(archive: ZipFile, name: str, most: int) -> bytes:
    if archive.getinfo(name).file_size > most:
        raise PackageError(f"{name} is larger than it can be")
    return archive.read(name)


def _json(name: str, body: bytes) -> dict[str, Any]:
    """An object whose bytes are canonical (RFC 8785): it can be written in no other way."""
    try:
        value = json.loads(body)
        canonical = rfc8785.dumps(value)
    except (ValueError, RecursionError) as error:
        raise PackageError(f"{name} is no canonical JSON") from error
    if not isinstance(value, dict) or canonical != body:
        raise PackageError(f"{name} is no canonical JSON")
    return value
