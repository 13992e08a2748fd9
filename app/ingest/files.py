"""Reading a user's file, whatever it turns out to be."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from app.core.errors import CommandError


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The bytes of one file with their name and hash."""

    name: str
    content: bytes
    sha256: str

    @classmethod
    def of(cls, name: str, content: bytes) -> "SourceFile":
        return cls(name, content, hashlib.sha256(content).hexdigest())

    @classmethod
    def read(cls, path: Path, max_bytes: int) -> "SourceFile":
        """The file at `path`.

        Raises:
            CommandError: it is missing, no regular file, or larger than `max_bytes`.
        """
        try:
            if not path.is_file():
                raise CommandError(f"{path}: there is no such file")
            with path.open("rb") as file:
                content = file.read(max_bytes + 1)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        if len(content) > max_bytes:
            raise CommandError(f"{path}: larger than {max_bytes // 1_000_000} MB")
        return cls.of(path.name, content)

    def text(self) -> str:
        """The content as text, from UTF-8, UTF-16 with its mark, or Windows-1252.

        Raises:
            CommandError: it is no text.
        """
        if self.content.startswith((b"\xff\xfe", b"\xfe\xff")):
            encodings = ["utf-16"]
        elif b"\0" in self.content:
            encodings = []
        else:
            encodings = ["utf-8-sig", "cp1252"]
        for encoding in encodings:
            try:
                text = self.content.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text
        raise CommandError(f"{self.name}: a binary file, no text")


@dataclass(frozen=True, slots=True)
class LargeFile:
    """A file of any size, known by name and hash and read in parts."""

    path: Path
    sha256: str
    size_bytes: int

    @classmethod
    def hashed(cls, path: Path) -> "LargeFile":
        """The file at `path`, read once through for its hash.

        Raises:
            CommandError: it is missing, no regular file, or cannot be read.
        """
        try:
            if not path.is_file():
                raise CommandError(f"{path}: there is no such file")
            with path.open("rb") as file:
                return cls(path, hashlib.file_digest(file, "sha256").hexdigest(), file.tell())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error

    @property
    def name(self) -> str:
        return self.path.name
