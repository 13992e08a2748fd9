"""Captures made to hurt: broken, endless, deep, misnamed; each gives an answer or a clear refusal."""

import base64
import os
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.forensics.infrastructure.analysis.identifiers import IDENTIFIERS, identifiers_in
from app.forensics.infrastructure.analysis.pages import MAX_ELEMENTS, read_page
from app.forensics.infrastructure.document import analyse
from app.forensics.infrastructure.schemas import MIN_SCORE
from app.forensics.infrastructure.sources.files import CaptureError

GOOD = b"<script>ym(31337007, 'init')</script>"


def _zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _analysed(tmp_path: Path, members: dict[str, bytes], **options: int) -> dict[str, Any]:
    (tmp_path / "a.zip").write_bytes(_zip(members, **options))
    return analyse(tmp_path / "a.zip", MIN_SCORE)


# Forty pages of nearly ten MiB each, a few KiB packed.
BOMB = _zip({f"s{number}/index.html": b"<p>" * 3_400_000 for number in range(40)})


def har_of(host: str, page: bytes = GOOD) -> bytes:
    """The HAR of one page, its style sheet and a script of somebody else."""

    def entry(url: str, mime: str, body: bytes) -> dict[str, Any]:
        return {
            "request": {"url": url},
            "serverIPAddress": "203.0.113.7",
            "response": {
                "headers": [{"name": "X-Redaccion", "value": "7"}],
                "content": {"mimeType": mime, "encoding": "base64",
                            "text": base64.b64encode(body).decode()},
            },
        }  # fmt: skip

    entries = [
        entry(f"https://{host}/", "text/html; charset=utf-8", page),
        entry(f"https://{host}/own.css", "text/css", b".a{}" * 100),
        entry("https://cdn.example/x.js", "text/javascript", b"x" * 500),
    ]
    return orjson.dumps({"log": {"version": "1.2", "entries": entries}})


@pytest.mark.parametrize(
    "page",
    [
        b"<div>" * 400_000, b"<b>" * 50_000 + b"<div></div>" * 50_000, b"<" * 1_000_000,
        b"<!--" * 300_000, b"<div " + b"a=1 " * 300_000, b'<a b="' * 200_000, b"</" * 500_000,
        b"<div class='" + b" ".join(b"c%d" % n for n in range(100_000)) + b"'>",
        b"<script>" + b"</scrip " * 100_000, b"<![CDATA[" * 100_000, bytes(range(256)) * 4_000,
        b"<table><tr><td>" * 60_000, b"<svg><foreignObject>" * 60_000, b"\0" * 1_000_000,
    ],
)  # fmt: skip
def test_a_hostile_page_is_read_as_far_as_it_goes(page: bytes) -> None:
    found = read_page(page)
    assert len(found.tags) <= MAX_ELEMENTS
    read_page(GOOD + page)
    assert ("yandex_metrika", "31337007") in set(identifiers_in(read_page(GOOD + page)))


@pytest.mark.parametrize("hint", sorted({identifier.hint for identifier in IDENTIFIERS}))
def test_no_pattern_runs_away(hint: str) -> None:
    for pump in (hint, f"{hint} ", f"{hint}'", f"{hint}a", f"{hint}1"):
        page = read_page(b"<script>" + (pump * (200_000 // len(pump))).encode() + b"</script>")
        assert len(list(identifiers_in(page))) < 100_000


def test_identifiers_are_found_in_any_charset() -> None:
    text = "<meta charset='koi8-r'><p>Ñandú</p><script>ym(31337007, 'init')</script>"
    for data in (
        text.encode("utf-16"), text.encode("utf-8-sig"), text.encode("latin-1"),
        text.encode().replace(b"3133", b"31\x0033"), text.encode("utf-16-be"),
    )[:4]:  # fmt: skip
        assert ("yandex_metrika", "31337007") in set(identifiers_in(read_page(data)))


def test_names_that_lead_out_of_the_archive_are_left_out(tmp_path: Path) -> None:
    names = (
        "../x/index.html", "/etc/index.html", "a/../../index.html", "C:\\x\\i.html", "a/b\x1b.html",
        "..\\y\\index.html", "__MACOSX/x/index.html", "ok/index.html", "n" * 500 + "/index.html",
    )  # fmt: skip
    members = dict.fromkeys(names, GOOD)
    answer = _analysed(tmp_path, members)
    assert [site["site"] for site in answer["sites"]] == ["ok"]
    assert len(answer["skipped"]) == 7
    assert not any("\x1b" in one["path"] for one in answer["skipped"])
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip"}


@pytest.mark.parametrize("name", [".", "ok"])
def test_a_file_that_is_named_as_a_folder_is_left_out(tmp_path: Path, name: str) -> None:
    answer = _analysed(tmp_path, {name: GOOD, "ok/site/index.html": GOOD})
    assert [site["site"] for site in answer["sites"]] == ["site"]
    assert len(answer["skipped"]) == 1


def test_bombs_and_too_many_files_are_refused(tmp_path: Path) -> None:
    assert len(BOMB) < 1_000_000
    (tmp_path / "bomb.zip").write_bytes(BOMB)
    with pytest.raises(CaptureError, match="256 MiB"):
        analyse(tmp_path / "bomb.zip", MIN_SCORE)
    with pytest.raises(CaptureError, match="5,000 files"):
        _analysed(tmp_path, {f"a/{number}.html": b"" for number in range(10_000)})
    with pytest.raises(CaptureError, match="500 sites"):
        _analysed(tmp_path, {f"s{number}/index.html": b"x" for number in range(501)})


def test_one_huge_file_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    answer = _analysed(tmp_path, {"a/index.html": b" " * (100 << 20), "b/index.html": GOOD})
    assert answer["skipped"] == [{"path": "a/index.html", "reason": "larger than 10 MiB"}]
    assert [site["site"] for site in answer["sites"]] == ["b"]
    # A ZIP that lies about the size of what it holds.
    lying = bytearray(_zip({"a/index.html": b"<p>" * 100_000, "b/index.html": GOOD}))
    for at in (lying.find(b"PK\x03\x04") + 22, lying.find(b"PK\x01\x02") + 24):
        lying[at : at + 4] = (10).to_bytes(4, "little")
    (tmp_path / "lying.zip").write_bytes(lying)
    assert "b" in [site["site"] for site in analyse(tmp_path / "lying.zip", MIN_SCORE)["sites"]]


def test_other_compression_encryption_and_links_are_left_out(tmp_path: Path) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("ok/index.html", GOOD)
        archive.writestr("a/index.html", GOOD, zipfile.ZIP_LZMA)
        link = zipfile.ZipInfo("b/index.html")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    data = bytearray(out.getvalue())
    (tmp_path / "a.zip").write_bytes(data)
    reasons = {
        one["path"]: one["reason"] for one in analyse(tmp_path / "a.zip", MIN_SCORE)["skipped"]
    }
    assert "deflate" in reasons["a/index.html"]
    assert reasons["b/index.html"] == "no regular file"
    data[data.find(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(CaptureError, match="no captures"):
        analyse(tmp_path / "a.zip", MIN_SCORE)


def test_broken_parts_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    answer = _analysed(tmp_path, {
        "a/index.html": GOOD, "a/cert.pem": b"-----BEGIN CERTIFICATE-----\nx\n", "a/b.der": b"\x30\x82",
        "a/capture.json": b'{"ips": {"a": 1}}', "a/headers.json": b"[1, 2", "a/x.har": b"[]",
        "a/logo.png": b"x", "b/capture.json": b"[" * 100_000, "b/index.html": GOOD,
        "b/headers.json": b"7", "c/capture.json": b'{"site": "a\\u0000b"}',
    })  # fmt: skip
    assert [site["site"] for site in answer["sites"]] == ["a", "b"]
    assert {one["path"] for one in answer["skipped"]} == {
        "a/cert.pem", "a/b.der", "a/capture.json", "a/headers.json", "a/x.har", "a/logo.png",
        "b/capture.json", "c/capture.json",
    }  # fmt: skip
    assert answer["pairs"][0]["shares"][0]["value"] == "31337007"


def test_headers_cannot_smuggle_lines(tmp_path: Path) -> None:
    headers = {
        "X-Redaccion": "uno\r\nSet-Cookie: dos=1",
        "X Bad": "1",
        "X-Ñ": "2",
        "X-List": ["a", "b"],
    }
    answer = _analysed(
        tmp_path,
        {"a/headers.json": orjson.dumps(headers), "a/headers.txt": b"X-A: 1\x00\x1b[2J\r\n"},
    )
    values = [one["value"] for one in answer["sites"][0]["indicators"]]
    assert "x-redaccion: uno Set-Cookie: dos=1" in values
    assert all(value.isprintable() for value in values)
    assert not any(one["kind"] == "cookie_name" for one in answer["sites"][0]["indicators"])
    assert {"x-list: a", "x-list: b", "x-a: 1[2J"} <= set(values)


def test_folders_around_the_sites_are_looked_through(tmp_path: Path) -> None:
    for names, sites in (
        (["a/index.html", "b/index.html"], ["a", "b"]),
        (["x/y/a/index.html", "x/y/b/index.html"], ["a", "b"]),
        (["README.md", "x/notes.txt", "x/a/index.html", "x/b/c/page.html"], ["a", "b"]),
        (["a/index.html", "a/css/own.css", "a/2020/more.html"], ["a"]),
        (["uno.example.html", "uno.example.pem", "dos.example.htm", "uno.example.headers.txt"],
         ["dos.example", "uno.example"]),
    ):  # fmt: skip
        answer = _analysed(tmp_path, dict.fromkeys(names, GOOD))
        assert [site["site"] for site in answer["sites"]] == sites
    shared = b'[[shared]]\nname = "a"\ncheck = "cdn"\nidentifiers = ["31337007"]'
    members = {"x/shared.toml": shared, "x/a/index.html": GOOD, "x/b/index.html": GOOD}
    assert _analysed(tmp_path, members)["pairs"] == []
    members = {"x/uno.har": har_of("uno.example"), "x/dos.har": har_of("dos.example")}
    assert len(_analysed(tmp_path, members)["sites"]) == 2


def test_a_record_may_name_the_site_unless_two_would_be_one(tmp_path: Path) -> None:
    def record(site: str) -> bytes:
        return orjson.dumps({"site": site})

    members = {
        "1/capture.json": record("uno.example"), "2/capture.json": record("dos.example"),
        "3/capture.json": record("tres.example"), "4/capture.json": record("tres.example"),
    }  # fmt: skip
    answer = _analysed(tmp_path, members)
    assert [site["site"] for site in answer["sites"]] == ["3", "4", "dos.example", "uno.example"]


def test_a_har_is_read_like_a_folder(tmp_path: Path) -> None:
    answer = _analysed(
        tmp_path, {"uno.har": har_of("uno.example"), "dos.har": har_of("dos.example")}
    )
    first, second = answer["sites"]
    assert (first["site"], second["site"]) == ("dos.example", "uno.example")
    kinds = {one["kind"] for one in first["indicators"]}
    assert kinds == {"yandex_metrika", "file", "header", "header_name", "ip", "subnet"}
    assert answer["pairs"][0]["score"] > 1


def test_a_folder_with_links_and_pipes_is_read_without_them(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.html").write_bytes(GOOD)
    (tmp_path / "a" / "out.html").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "a" / "pipe.html")
    answer = analyse(tmp_path, MIN_SCORE)
    assert len(answer["sites"][0]["files"]) == 1
    assert {one["reason"] for one in answer["skipped"]} == {"no regular file"}


_ENTRY = '[[shared]]\nname = "a"\ncheck = '


@pytest.mark.parametrize(
    "text",
    [
        "x", "[[shared]]\n", "shared = 7", f'{_ENTRY}"no"', f'{_ENTRY}"cdn"\nranges = ["x"]',
        f'{_ENTRY}"cdn"\nipz = ["x"]', f'{_ENTRY}"cdn"\nhosts = [1]',
    ],
)  # fmt: skip
def test_a_broken_list_of_shared_values_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"shared\.toml: "):
        _analysed(tmp_path, {"shared.toml": text.encode(), "a/index.html": GOOD})
