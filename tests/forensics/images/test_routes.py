"""Images over HTTP: hashes, pairs, posts of a corpus; and coordination by pictures that are near."""

import asyncio
import os
import random
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.core.errors import ConfigurationError
from app.forensics.images import process, repository
from app.forensics.images.child import MEMORY_BYTES
from app.forensics.images.pdq import Pdq
from app.forensics.images.process import ImageReader, ImageTooLargeError
from benchmarks.forensics.pictures import CHANGES, picture
from tests.forensics.corpora.conftest import Analyst, Analysts
from tests.forensics.images.conftest import encoded
from tests.forensics.images.signing import signed
from tests.forensics.images.test_reading import png

Record = dict[str, Any]
HTML = b"<html>no picture</html>"


async def send(analyst: Analyst, path: str, status: int = 200, **request: Any) -> Record:
    answer = await analyst.client.post(f"/v1/forensics/{path}", **request)
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
    found: Record = answer.json()
    return found


def form(*images: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    return [("image", (f"{number}.jpg", image)) for number, image in enumerate(images, 1)]


async def test_an_image_as_it_is_or_in_a_form(analyst: Analyst, scene: Image.Image) -> None:
    file = encoded(scene, "JPEG")
    plain = await send(analyst, "images/hash", content=file, headers={"Content-Type": "text/html"})
    assert (plain["name"], plain["media_type"], plain["width"]) == (None, "image/jpeg", scene.width)
    assert plain["size_bytes"] == len(file) and plain["has_detail"]
    assert plain["credentials"]["state"] == "none"
    assert "means nothing" in plain["credentials"]["note"]
    named = await send(analyst, "images/hash", files=form(file))
    assert named == {**plain, "name": "1.jpg"}


async def test_credentials_are_shown(analyst: Analyst, scene: Image.Image) -> None:
    shown = await send(analyst, "images/hash", content=signed(encoded(scene, "JPEG")))
    read = shown["credentials"]
    assert (read["state"], read["signer"], read["changed_since"]) == ("valid", "Test Camera", False)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"", 415, "unsupported_media_type"), (HTML, 415, "unsupported_media_type"),
     (png(50_000, 50_000), 413, "image_too_large"), (png(9, 9), 422, "invalid_body"),
     (bytes(3_000_000), 413, "body_too_large")],
)  # fmt: skip
async def test_bad_files_are_refused(
    analyst: Analyst, content: bytes, status: int, code: str
) -> None:
    for path in ("images/hash", "corpora/c/images"):
        await analyst.upload([{"id": "1", "account": "a", "text": "a"}])
        assert (await send(analyst, path, status, content=content))["code"] == code


@pytest.mark.parametrize(
    ("request_", "status"),
    [({"files": [("other", ("a.jpg", HTML))]}, 422), ({"files": [("image", (None, b"a field"))]}, 400),
     ({"files": [*form(HTML), *form(HTML)]}, 400), ({"data": {"image": "a"}}, 415),
     ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
     ({"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 400)],
)  # fmt: skip
async def test_bad_forms_are_refused(analyst: Analyst, request_: Record, status: int) -> None:
    await send(analyst, "images/hash", status, **request_)


async def test_files_and_hashes_are_compared(
    analyst: Analyst, scene: Image.Image, other_scene: Image.Image
) -> None:
    rng = np.random.default_rng(1)
    mirrored = encoded(CHANGES["mirrored"](rng, scene), "JPEG")
    cropped = encoded(CHANGES["cropped by 5 %"](rng, scene), "WEBP")
    pdq = (await send(analyst, "images/hash", content=mirrored))["pdq"]
    found = await send(
        analyst, "images/compare",
        files=form(encoded(scene), mirrored, cropped, encoded(other_scene)),
        data={"hash": [pdq, f"pdq:{pdq.upper()}, phash:{'0' * 16}"]},
    )  # fmt: skip
    assert [one["number"] for one in found["pictures"]] == [1, 2, 3, 4, 5, 6]
    assert [one["image"] is None for one in found["pictures"]] == [False] * 4 + [True] * 2
    assert found["pictures"][5]["given"]["phash"] == "0" * 16
    pairs = {(pair["a"], pair["b"]): pair for pair in found["pairs"]}
    assert len(pairs) == 15
    relations = {key: pair["relation"] for key, pair in pairs.items()}
    assert relations[1, 2] == "turned" and pairs[1, 2]["turned"]["turn"] == "mirrored"
    assert relations[1, 3] == "maybe_cropped" and pairs[1, 3]["cropped"]["smaller"] == 3
    assert relations[1, 5] == "turned" and relations[2, 5] == relations[5, 6] == "same_picture"
    assert relations[1, 4] == relations[3, 4] == "different"


@pytest.mark.parametrize("given", ["", "zz", "md5:0", "pdq:12", "phash:1,phash:1", ":", "é" * 99])
async def test_bad_hashes_are_refused(analyst: Analyst, given: str) -> None:
    body = {"hash": ["0" * 64, given]}
    answer = await send(analyst, "images/compare", 422, data=body)
    assert answer["errors"][0]["name"] == "hash"


async def test_a_bad_file_among_good_ones_is_named(analyst: Analyst, scene: Image.Image) -> None:
    file = encoded(scene, "JPEG")
    answer = await send(analyst, "images/compare", 415, files=form(file, HTML))
    assert answer["detail"].startswith("image 2 (2.jpg): ")
    answer = await send(analyst, "images/compare", 422, files=form(file))
    assert "two pictures" in answer["detail"]
    await send(analyst, "images/compare", 400, files=form(*[file] * 11))


async def test_posts_are_found_by_a_picture(
    analyst: Analyst, analysts: Analysts, scene: Image.Image, other_scene: Image.Image
) -> None:
    rng = np.random.default_rng(2)
    changes = ("JPEG, quality 30", "mirrored", "cropped by 5 %")
    made = [scene, *(CHANGES[name](rng, scene) for name in changes), other_scene]
    hashes = [(await send(analyst, "images/hash", content=encoded(image)))["pdq"] for image in made]
    listed = [[one] for one in hashes] + [[f" PDQ:{hashes[0].upper()} ", "c0ffee"], ["phash:0"], []]
    await analyst.upload(
        [{"id": str(n), "account": f"a{n}", "media_hashes": one} for n, one in enumerate(listed)]
    )
    found = await send(analyst, "corpora/c/images", content=encoded(scene))
    assert {post["id"]: post["seen_as"] for post in found["items"]} == {
        "0": "as_it_is", "1": "as_it_is", "5": "as_it_is", "2": "mirrored", "3": "maybe_cropped"
    }  # fmt: skip
    distances = [post["distance"] for post in found["items"]]
    assert distances == sorted(distances) and distances[0] == 0
    assert found["meta"]["image"]["pdq"] == hashes[0] and found["meta"]["clipped"] is False

    by_hash = await analyst.get(f"corpora/c/images?pdq={hashes[0]}&limit=2")
    assert [post["id"] for post in by_hash["items"]] == ["0", "5"]
    assert by_hash["meta"] == {"clipped": True, "image": None}
    exact = await analyst.get(f"corpora/c/images?pdq={hashes[0].upper()}&distance=0")
    assert {post["id"] for post in exact["items"]} == {"0", "5"}

    async with analysts("other@example.org") as other:
        await other.get(f"corpora/c/images?pdq={hashes[0]}", 404)
    for query in ("", "?pdq=12", f"?pdq={hashes[0]}&distance=65", f"?pdq={hashes[0]}&phash=1"):
        await analyst.get(f"corpora/c/images{query}", 400)
    await analyst.upload([{"id": "1", "account": "a", "media_hashes": ["g" * 64]}], corpus="none")
    nowhere = await analyst.get(f"corpora/none/images?pdq={hashes[0]}")
    assert nowhere["items"] == []
    blank = encoded(Image.new("RGB", (99, 99)))
    await send(analyst, "corpora/c/images", 422, content=blank)


async def test_every_page_of_hashes_is_looked_through(
    analyst: Analyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "PAGE_POSTS", 3)
    bits = [(1 << number) - 1 for number in range(40)]
    posts = [
        {"id": str(n), "account": "a", "media_hashes": [f"{one:064x}", f"{2**40 - 1:064x}"]}
        for n, one in enumerate(bits)
    ]
    random.Random(1).shuffle(posts)
    await analyst.upload([*posts, {"id": "none", "account": "a"}])
    found = await analyst.get(f"corpora/c/images?pdq={'0' * 64}&limit=20")
    assert [(post["id"], post["distance"]) for post in found["items"]] == [
        (str(n), n) for n in range(20)
    ]
    assert found["meta"]["clipped"]
    found = await analyst.get(f"corpora/c/images?pdq={'0' * 64}&distance=25")
    assert found["returned"] == 26 and not found["meta"]["clipped"]
    assert {post["seen_as"] for post in found["items"]} == {"as_it_is"}


async def test_free_accounts_are_told_which_plan_has_it(analysts: Analysts) -> None:
    async with analysts("free@example.org", "free") as free:
        for path in ("images/hash", "images/compare", "corpora/c/images"):
            assert (await send(free, path, 403, content=HTML))["code"] == "plan_required"


@pytest.fixture
async def reader() -> AsyncIterator[ImageReader]:
    async with ImageReader() as one:
        yield one


async def test_what_hangs_or_falls_takes_nobody_with_it(
    reader: ImageReader, monkeypatch: pytest.MonkeyPatch, scene: Image.Image
) -> None:
    file = encoded(scene, "JPEG")
    first = await reader.read(file)
    (resident,) = reader._idle
    assert await reader.read(file) == first and reader._idle == [resident]
    with monkeypatch.context() as patched:
        patched.setattr(process, "DEADLINE_S", 0.0)
        with pytest.raises(ImageTooLargeError, match="too long"):
            await reader.read(file)
    assert resident.returncode == -signal.SIGKILL and reader._idle == []
    assert await reader.read(file) == first
    (second,) = reader._idle
    os.kill(second.pid, signal.SIGKILL)
    await second.wait()
    with pytest.raises(ImageTooLargeError, match="memory"):
        await reader.read(file)
    assert await reader.read(file) == first


async def test_many_at_once_share_few_processes(reader: ImageReader) -> None:
    files = [encoded(picture(seed).resize((200, 150))) for seed in range(6)]
    together = await asyncio.gather(*(reader.read(file) for file in files))
    assert len(reader._idle) <= process.AT_ONCE
    assert [one.size_bytes for one in together] == [len(file) for file in files]
    alone = await reader.read(files[3])
    assert Pdq.of(alone.fingerprint.pdq).distance(Pdq.of(together[3].fingerprint.pdq)) == 0


async def test_decoding_has_little_memory(reader: ImageReader) -> None:
    await reader.read(encoded(Image.new("RGB", (9, 9))))
    (resident,) = reader._idle
    limits = await asyncio.to_thread(Path(f"/proc/{resident.pid}/limits").read_text)
    assert re.search(rf"Max data size +{MEMORY_BYTES} +{MEMORY_BYTES} ", limits)


def test_trust_anchors_must_be_certificates(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no certificate")
    for path in (tmp_path / "no.pem", tmp_path / "absent.pem"):
        with pytest.raises(ConfigurationError, match="certificates"):
            ImageReader(path)
