"""Signing keys: given or derived, replaced ones still published, none of them told."""

import base64

import pytest
from pydantic import ValidationError

from app.forensics.evidence.keys import SigningKey, public_keys, signing_key
from tests.conftest import make_settings

SEED = bytes(range(1, 33))
OLD = SigningKey(b"o" * 32).public
SECRET, REPLACED = "a" * 10 + "bcdefghijklmnopqrstuvwxyz", "z" * 10 + "abcdefghijklmnopqrstuvwxy"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_given_key_signs(encode: object) -> None:
    text = encode(SEED).decode()  # type: ignore[operator]
    settings = make_settings(evidence_key=text)
    assert signing_key(settings).public == SigningKey(SEED).public
    assert text not in repr(settings) and text not in repr(signing_key(settings))


def test_without_one_a_key_is_derived_from_the_secret() -> None:
    one, same, other = (
        signing_key(make_settings(secret_key=secret)) for secret in (SECRET, SECRET, REPLACED)
    )
    assert one.public == same.public != other.public


def test_replaced_keys_stay_published() -> None:
    settings = make_settings(
        secret_key=SECRET, secret_key_previous=[REPLACED], evidence_keys_previous=[OLD.text],
        evidence_key=base64.b64encode(SEED).decode(),
    )  # fmt: skip
    published = public_keys(settings)
    assert published[0] == SigningKey(SEED).public
    derived = [signing_key(make_settings(secret_key=one)).public for one in (SECRET, REPLACED)]
    assert published[1:] == [*derived, OLD]


@pytest.mark.parametrize("setting", ["evidence_key", "evidence_keys_previous"])
@pytest.mark.parametrize("text", ["short", "A" * 44, "%" * 43])
def test_what_is_no_key_is_told_at_the_start(setting: str, text: str) -> None:
    with pytest.raises(ValidationError, match="32 bytes in base64"):
        make_settings(**{setting: text if setting == "evidence_key" else [text]})
