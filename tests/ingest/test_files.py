"""Reading a user's file, whatever it turns out to be."""

import os
from pathlib import Path

import pytest

from app.core.errors import CommandError
from app.ingest.files import SourceFile


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Ñandú – “cita”".encode(), "Ñandú – “cita”"),
        ("Ñandú".encode("utf-8-sig"), "Ñandú"),
        ("Ñandú – “cita”".encode("cp1252"), "Ñandú – “cita”"),
        ("Ñandú".encode("utf-16"), "Ñandú"),
        (b"\xfe\xff" + "Ñandú".encode("utf-16-be"), "Ñandú"),
        (b"", ""),
    ],
)
def test_text_in_the_usual_encodings(content: bytes, expected: str) -> None:
    assert SourceFile.of("a.txt", content).text() == expected


@pytest.mark.parametrize(
    "content",
    [
        b"text\0with a NUL",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.7\n\x81\x8d\0\x01",
        "text".encode("utf-32"),
        b"\xff\xfea",
        b"no encoding knows \x81 and \x8d",
    ],
)
def test_what_is_no_text(content: bytes) -> None:
    with pytest.raises(CommandError, match=r"^a\.bin: a binary file, no text$"):
        SourceFile.of("a.bin", content).text()


def test_the_same_bytes_have_the_same_hash(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    read = SourceFile.read(tmp_path / "a", 10)
    assert (read.name, read.content) == ("a", b"one")
    assert read.sha256 == SourceFile.of("b", b"one").sha256 != SourceFile.of("b", b"two").sha256


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 11)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    missing = "there is no such file"
    for name, message in (
        ("none", missing),
        (".", missing),
        ("pipe", missing),
        ("loop", ""),
        ("large", "larger than"),
        ("x" * 300, ""),
        ("large/inside", ""),
    ):
        with pytest.raises(CommandError) as caught:
            SourceFile.read(tmp_path / name, 10)
        assert str(caught.value).startswith(f"{tmp_path / name}: {message}")
