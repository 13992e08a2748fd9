"""`vric forensics verify`, and the check that docs/evidence.md gives to others."""

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner

from app.cli import app
from app.core.errors import CommandError
from app.forensics.evidence.keys import SigningKey
from tests.forensics.evidence import making

DOCS = Path(__file__).parents[3] / "docs" / "evidence.md"
KEY = making.KEY.public


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "package.zip"
    path.write_bytes(making.package())
    return path


def _run(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["forensics", "verify", *map(str, arguments)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def _key_forms(folder: Path) -> list[str]:
    """The same key in every form that is taken."""
    jwks, pem, text = folder / "keys.json", folder / "key.pem", folder / "key.txt"
    other = SigningKey(b"y" * 32).public.jwk()
    jwks.write_text(json.dumps({"keys": [other, KEY.jwk()]}))
    public = Ed25519PublicKey.from_public_bytes(KEY.raw)
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    text.write_text(KEY.text + "\n")
    return [KEY.text, str(jwks), str(pem), str(text)]


def test_a_good_package_is_told_good_with_the_key_in_any_form(
    package: Path, tmp_path: Path
) -> None:
    for form in _key_forms(tmp_path):
        output = _run(package, "--public-key", form)
        assert "good: every byte is as it was signed" in output
        assert KEY.id in output and "No key was given" not in output
    facts = json.loads(_run(package, "--public-key", KEY.text, "--json"))
    assert facts["good"] is True and facts["posts"] == 5 and facts["key_was_given"] is True


def test_without_a_key_the_doubt_is_told(package: Path) -> None:
    assert "No key was given" in _run(package)
    assert json.loads(_run(package, "--json"))["key_was_given"] is False


def test_a_changed_package_is_one_line(package: Path) -> None:
    body = bytearray(package.read_bytes())
    body[len(body) // 2] ^= 1
    package.write_bytes(body)
    with pytest.raises(CommandError, match="NOT GOOD") as error:
        _run(package, "--public-key", KEY.text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("given", ["", "key", "{}", "{", "-----BEGIN", "AAAA", "x" * 5_000, "\0"])
def test_what_is_no_key_is_told(package: Path, given: str) -> None:
    with pytest.raises(CommandError, match="--public-key"):
        _run(package, "--public-key", given)


def _documented_check() -> Callable[[bytes, str], dict[str, Any]]:
    found = re.search(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    space: dict[str, Any] = {"__name__": "documented"}
    exec(compile(found[1], str(DOCS), "exec"), space)  # noqa: S102 - our own page
    check: Callable[[bytes, str], dict[str, Any]] = space["check"]
    return check


@pytest.mark.parametrize("count", [0, 1, 6, 33])
def test_the_documented_check_takes_what_is_good(count: int) -> None:
    document = _documented_check()(making.package(count), KEY.text)
    assert document["input"]["posts_used"] == count


def test_the_documented_check_finds_every_changed_byte() -> None:
    check, good, chance = _documented_check(), making.package(), random.Random(5)
    for position in range(len(good)):
        changed = bytearray(good)
        changed[position] ^= 1 << chance.randrange(8)
        with pytest.raises(Exception):  # noqa: B017, PT011 - it raises whatever comes first
            check(bytes(changed), KEY.text)
