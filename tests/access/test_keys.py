"""The form of keys: prefix, checksum, keyed hash."""

import re
import string

from hypothesis import given
from hypothesis import strategies as st

from app.access.keys import HINT_LENGTH, SECRET_PREFIX, digest_of, is_well_formed, make_key


def test_a_new_key() -> None:
    key = make_key()
    assert re.fullmatch(r"vric_sk_[0-9a-f]{72}", key)
    assert is_well_formed(key)
    assert len({make_key() for _ in range(100)}) == 100
    assert len(key[:HINT_LENGTH]) == 12


@given(position=st.integers(0, 79), other=st.sampled_from(string.ascii_letters + string.digits))
def test_one_wrong_character_is_noticed(position: int, other: str) -> None:
    key = make_key()
    changed = key[:position] + other + key[position + 1 :]
    assert is_well_formed(changed) == (changed == key)


@given(st.text(max_size=100))
def test_any_text_is_judged(text: str) -> None:
    assert not is_well_formed(text)
    assert not is_well_formed(SECRET_PREFIX + text)


def test_swapped_and_cut_keys() -> None:
    key = make_key()
    body = key.removeprefix(SECRET_PREFIX)
    for wrong in (key[:-1], key + "0", body, f"vric_pk_{body}", key.upper(), f" {key}", f"{key}\n"):
        assert not is_well_formed(wrong)


def test_the_hash_needs_the_secret() -> None:
    key = make_key()
    assert digest_of(key, b"a" * 32) == digest_of(key, b"a" * 32)
    assert digest_of(key, b"a" * 32) != digest_of(key, b"b" * 32)
    assert key not in digest_of(key, b"a" * 32)
