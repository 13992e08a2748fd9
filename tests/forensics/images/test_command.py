"""`vric forensics images`: files on the command line."""

import json
from pathlib import Path
from typing import Any

from PIL import Image

from tests.command import failure_of, run_vric
from tests.forensics.images.conftest import encoded
from tests.forensics.images.signing import authority_pem, signed


def _records(tmp_path: Path, *arguments: str) -> list[dict[str, Any]]:
    done = run_vric("forensics", "images", *arguments, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_files_and_pairs(tmp_path: Path, scene: Image.Image, other_scene: Image.Image) -> None:
    whole = encoded(scene, "JPEG", quality=90)
    (tmp_path / "a.jpg").write_bytes(whole)
    (tmp_path / "b.webp").write_bytes(encoded(scene, "WEBP", quality=40))
    (tmp_path / "c.png").write_bytes(encoded(other_scene))
    (tmp_path / "signed.jpg").write_bytes(signed(whole))
    (tmp_path / "page.jpg").write_text("<html>")
    (tmp_path / "anchors.pem").write_bytes(authority_pem())
    files = ("a.jpg", "b.webp", "c.png", "signed.jpg", "page.jpg", "absent.png", ".")
    found = _records(tmp_path, *files, "--trust", "anchors.pem")
    images = [one for one in found if one["record"] == "image"]
    assert [one["file"] for one in images] == ["a.jpg", "b.webp", "c.png", "signed.jpg"]
    assert [one["credentials"]["state"] for one in images] == ["none", "none", "none", "trusted"]
    assert len(images[0]["pdq"]) == 64 and len(images[0]["turned"]) == 7
    faults = {one["file"]: one["code"] for one in found if one["record"] == "fault"}
    assert faults == {
        "page.jpg": "unsupported_media_type", "absent.png": "unreadable_file",
        ".": "unreadable_file",
    }  # fmt: skip
    pairs = [(one["a"], one["b"], one["relation"]) for one in found if one["record"] == "pair"]
    assert pairs == [
        ("a.jpg", "b.webp", "same_picture"), ("a.jpg", "signed.jpg", "same_picture"),
        ("b.webp", "signed.jpg", "same_picture"),
    ]  # fmt: skip
    every = _records(tmp_path, "a.jpg", "c.png", "--all")
    assert every[-1]["relation"] == "different" and every[-1]["pdq_distance"] > 60
    plain = run_vric("forensics", "images", "a.jpg", "b.webp", "page.jpg", cwd=tmp_path)
    assert plain.stdout.splitlines()[-1].startswith("a.jpg\tb.webp\tsame_picture\tpdq ")
    assert plain.stderr.startswith("page.jpg: no image")


def test_nothing_to_read_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    done = run_vric("forensics", "images", "empty.png", "--json", cwd=tmp_path)
    assert "none of the files" in failure_of(done)
    assert json.loads(done.stdout)["record"] == "fault"
    done = run_vric("forensics", "images", "empty.png", "--trust", "empty.png", cwd=tmp_path)
    assert "holds no certificates" in failure_of(done)
