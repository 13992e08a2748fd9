"""Packages: the same bytes every time, and any other byte found."""

import hashlib
import io
import json
import random
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.forensics.evidence.keys import PublicKey, SigningKey
from app.forensics.evidence.package import NAMES, InputChangedError, PackageWriter
from app.forensics.evidence.posts import UsedPost
from app.forensics.evidence.verify import PackageError, verify
from tests.forensics.evidence import making

GOOD = making.package()
OTHER = SigningKey(b"x" * 32)
TRUSTED = [making.KEY.public]


def _verify(body: bytes, path: Path, trusted: list[PublicKey] | None = None) -> None:
    path.write_bytes(body)
    verify(path, TRUSTED if trusted is None else trusted)


def test_a_package_tells_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(GOOD)
    checked = verify(path, TRUSTED)
    used = making.posts()
    assert (checked.posts, checked.kind, checked.outcome) == (5, "coordination", "found")
    assert checked.finding_sha256 == hashlib.sha256(making.finding(used).to_bytes()).hexdigest()
    assert checked.key == making.KEY.public and checked.is_known_key
    assert not verify(path).is_known_key


@pytest.mark.parametrize("count", [0, 1, 2, 7, 300])
def test_any_number_of_posts(tmp_path: Path, count: int) -> None:
    _verify(making.package(count), tmp_path / "p.zip")


def test_the_same_input_gives_the_same_bytes() -> None:
    assert making.package() == GOOD
    # A change of this digest is a change of the format: give it another name.
    assert hashlib.sha256(GOOD).hexdigest() == _DIGEST_OF_FORMAT_1


def test_other_posts_than_the_findings_are_refused() -> None:
    with PackageWriter(
        io.BytesIO(), making.finding(making.posts()).to_bytes(), making.KEY
    ) as writer:
        writer.add(making.posts(4))
        with pytest.raises(InputChangedError):
            writer.seal()


def test_every_changed_byte_is_found(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    chance = random.Random(4)
    for position in range(len(GOOD)):
        changed = bytearray(GOOD)
        changed[position] ^= 1 << chance.randrange(8)
        with pytest.raises(PackageError):
            _verify(bytes(changed), path)


def test_every_changed_bit_of_the_signature_and_the_headers_is_found(tmp_path: Path) -> None:
    """Where nothing but the form guards: upper-case digits, spare bits of base64, header fields."""
    path = tmp_path / "p.zip"
    start = GOOD.index(b'{"key"')
    end = GOOD.index(b"PK", start)
    directory = GOOD.index(b"PK\1\2")
    for position in [*range(start - 48, end), *range(directory, len(GOOD))]:
        for bit in range(8):
            changed = bytearray(GOOD)
            changed[position] ^= 1 << bit
            with pytest.raises(PackageError):
                _verify(bytes(changed), path)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, len(GOOD)), st.integers(0, 40), st.binary(max_size=40), st.booleans())
def test_what_is_cut_put_in_or_written_over_is_found(
    tmp_path: Path, at: int, length: int, put: bytes, without_key: bool
) -> None:
    changed = GOOD[:at] + put + GOOD[at + length :]
    if changed != GOOD:
        with pytest.raises(PackageError):
            _verify(changed, tmp_path / "p.zip", [] if without_key else None)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=400))
def test_what_is_no_package_is_one_clear_error(tmp_path: Path, body: bytes) -> None:
    for given_ in (body, b"PK\3\4" + body, body + GOOD[-22:]):
        with pytest.raises(PackageError) as error:
            _verify(given_, tmp_path / "p.zip")
        assert "\n" not in str(error.value)


def test_another_key_is_told(tmp_path: Path) -> None:
    forged = making.package(key=OTHER)
    _verify(forged, tmp_path / "p.zip", [])
    with pytest.raises(PackageError, match="not the one given"):
        _verify(forged, tmp_path / "p.zip")


def _rewritten(**entries: bytes) -> bytes:
    """The good package with other entries, well formed as a ZIP."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(held, "w") as made:
        for name in NAMES:
            info = good.getinfo(name)
            made.writestr(info, entries.get(name.partition(".")[0], good.read(name)))
    return held.getvalue()


def test_rewriting_alone_changes_nothing(tmp_path: Path) -> None:
    _verify(_rewritten(), tmp_path / "p.zip")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("finding", making.finding(making.posts(), summary="Another.").to_bytes()),
        ("posts", b"".join(post.line() + b"\n" for post in making.posts(4))),
        ("posts", b"x" * 200_000),
        ("tree", b""),
        ("README", b"Trust me."),
        ("statement", b"[" * 100_000),
        ("statement", b"{}"),
        ("statement", b"NaN"),
        ("signature", b'{"key":[],"signature":"00"}'),
        ("signature", b'{"key":{"x":1},"signature":7}'),
        ("signature", b"[" * 100_000),
        ("signature", b'{"a":' + b"9" * 10_000 + b"}"),
        ("signature", b"\xff\xfe"),
    ],
)
@pytest.mark.parametrize("trusted", [[], TRUSTED], ids=["no key", "key"])
def test_well_formed_forgeries_are_found(
    tmp_path: Path, name: str, body: bytes, trusted: list[PublicKey]
) -> None:
    with pytest.raises(PackageError) as error:
        _verify(_rewritten(**{name: body}), tmp_path / "p.zip", trusted)
    assert "\n" not in str(error.value)


def test_a_signed_lie_is_found(tmp_path: Path) -> None:
    """Even the publisher cannot sign a statement that does not fit the files."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good:
        statement = json.loads(good.read("statement.json"))
    statement["merkle_root"] = "00" * 32
    body = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
    signed = {"key": making.KEY.public.jwk(), "signature": making.KEY.sign(body).hex()}
    signature = json.dumps(signed, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(PackageError, match=r"statement\.json does not say"):
        _verify(_rewritten(statement=body, signature=signature), tmp_path / "p.zip")


def test_bombs_are_refused_unread(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in NAMES:
            bomb.writestr(name, b"0" * 50_000_000)
    with pytest.raises(PackageError, match="without compression"):
        _verify(held.getvalue(), tmp_path / "p.zip")


def test_entries_that_overlap_are_refused(tmp_path: Path) -> None:
    """Each entry of the directory points to the same bytes, as in bombs that need no nesting."""
    changed = bytearray(GOOD)
    directory = changed.index(b"PK\1\2")
    for _ in NAMES:
        struct.pack_into("<I", changed, directory + 42, 0)
        directory = changed.find(b"PK\1\2", directory + 4)
    with pytest.raises(PackageError):
        _verify(bytes(changed), tmp_path / "p.zip")


def test_a_crowd_of_entries_is_refused_unread(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as crowd:
        for number in range(5_000):
            crowd.writestr(str(number), b"")
    with pytest.raises(PackageError, match="nothing else"):
        _verify(held.getvalue(), tmp_path / "p.zip")


@given(st.text(), st.text(), st.none() | st.text(), st.booleans())
def test_a_line_is_canonical_json(
    platform: str, id_: str, url: str | None, synthetic: bool
) -> None:
    post = replace(making.posts(1)[0], platform=platform, post_id=id_, url=url, synthetic=synthetic)
    assert post.line() == rfc8785.dumps(json.loads(post.line()))


def test_hostile_ids_stay_within_their_lines(tmp_path: Path) -> None:
    hostile = UsedPost(
        platform="p\u2028\n", post_id='"\n\x00</script>\ud7ff', url="javascript:alert(1)", at=None,
        clock="none", captured_at=None, raw_sha256=bytes(32), text="x" * 1_000_000, synthetic=True,
    )  # fmt: skip
    held = io.BytesIO()
    with PackageWriter(held, making.finding([hostile]).to_bytes(), making.KEY) as writer:
        writer.add([hostile])
        writer.seal()
    assert hostile.line().count(b"\n") == 0
    _verify(held.getvalue(), tmp_path / "p.zip")


_DIGEST_OF_FORMAT_1 = "47591777d51fe001a674906bf781e2cd2632cb09891cbb4ffb43a9db0ebe9f2f"
