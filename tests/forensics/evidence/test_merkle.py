"""Trees against the definition of RFC 6962 and its well-known roots."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forensics.evidence.merkle import (
    inclusion_proof,
    is_included,
    leaf_digest,
    levels_of,
    lines_of,
    node_digest,
)

# The entries of the test vectors of Certificate Transparency's reference code.
_ENTRIES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def _root_by_definition(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, as it is written there."""
    if len(entries) < 2:
        return leaf_digest(entries[0]) if entries else hashlib.sha256().digest()
    cut = 1 << ((len(entries) - 1).bit_length() - 1)
    return node_digest(_root_by_definition(entries[:cut]), _root_by_definition(entries[cut:]))


def _levels(entries: list[bytes]) -> list[bytes]:
    return levels_of(b"".join(leaf_digest(entry) for entry in entries))


@pytest.mark.parametrize(("count", "root"), _ROOTS.items())
def test_roots_are_those_of_certificate_transparency(count: int, root: str) -> None:
    assert _levels(_ENTRIES[:count])[-1].hex() == root


@given(st.lists(st.binary(max_size=3), max_size=40))
def test_roots_are_those_of_the_definition(entries: list[bytes]) -> None:
    assert _levels(entries)[-1] == _root_by_definition(entries)


@given(st.integers(1, 70), st.data())
def test_every_entry_can_be_proved_and_no_other(count: int, data: st.DataObject) -> None:
    entries = [b"%d" % number for number in range(count)]
    levels = _levels(entries)
    position = data.draw(st.integers(0, count - 1))
    proof, root = inclusion_proof(levels, position), levels[-1]
    leaf = leaf_digest(entries[position])
    assert is_included(leaf, position, count, proof, root)
    assert not is_included(leaf_digest(b"other"), position, count, proof, root)
    assert not is_included(leaf, position + count, count, proof, root)
    assert not is_included(leaf, position, count, [*proof, root], root)
    if proof:
        assert not is_included(leaf, position, count, proof[:-1], root)


def test_the_tree_is_written_level_by_level() -> None:
    text = b"".join(lines_of(_levels(_ENTRIES[:3]))).decode()
    assert [len(level.split("\n")) for level in text.strip().split("\n\n")] == [3, 2, 1]
