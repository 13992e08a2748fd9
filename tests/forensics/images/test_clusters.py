"""Hashes that are near each other stand for one picture, also where accounts are compared."""

import random

import pyarrow as pa
import pytest

from app.forensics.findings.traces import Trace, shares_of
from app.forensics.images.clusters import leaders_of, pdq_in, same_pictures
from app.forensics.images.pdq import MATCH_DISTANCE

random.seed(4)
A, B = (f"{random.getrandbits(256):064x}" for _ in range(2))


def other_bits(digits: str, count: int, start: int = 0) -> str:
    """The hash with so many bits changed."""
    return f"{int(digits, 16) ^ (((1 << count) - 1) << start):064x}"


def test_near_ones_have_one_leader_others_their_own() -> None:
    near, far = other_bits(A, MATCH_DISTANCE), other_bits(A, MATCH_DISTANCE + 1, 100)
    assert leaders_of([A, A, near, far, B]) == {A: A, near: A, far: far, B: B}


def test_no_chain_joins_what_is_far_apart() -> None:
    middle, end = other_bits(A, 25), other_bits(A, 50)
    found = leaders_of([A, A, A, middle, middle, end])
    assert found[middle] == A and found[end] == end


def test_the_order_does_not_matter() -> None:
    hashes = [other_bits(one, random.randrange(40), random.randrange(200)) for one in [A, B] * 100]
    shuffled = random.sample(hashes, len(hashes))
    assert leaders_of(hashes) == leaders_of(shuffled)


def test_against_every_pair() -> None:
    """Each is near its leader, and a leader is near no other leader."""
    hashes = [other_bits(one, random.randrange(60), random.randrange(190)) for one in [A, B] * 150]
    found = leaders_of(hashes)
    distance = {(a, b): (int(a, 16) ^ int(b, 16)).bit_count() for a in found for b in found}
    assert all(distance[one, leader] <= MATCH_DISTANCE for one, leader in found.items())
    leaders = set(found.values())
    assert 2 < len(leaders) < len(found)
    assert all(a == b or distance[a, b] > MATCH_DISTANCE for a in leaders for b in leaders)


@pytest.mark.parametrize(
    ("media_hash", "digits"),
    [(A, A), (f" PDQ:{A.upper()} ", A), (f"phash:{A[:16]}", None), ("md5:0", None), ("", None)],
)
def test_what_is_a_pdq(media_hash: str, digits: str | None) -> None:
    assert pdq_in(media_hash) == digits


def test_other_hashes_stay_as_they_are() -> None:
    near = other_bits(A, 9)
    assert same_pictures([A, A, f"pdq:{near}", "c0ffee", " c0ffee "]) == {
        A: f"pdq:{A}", f"pdq:{near}": f"pdq:{A}", "c0ffee": "c0ffee", " c0ffee ": "c0ffee",
    }  # fmt: skip
    assert same_pictures([]) == {}


def test_accounts_share_a_picture_however_it_was_encoded() -> None:
    hashes = [[A], [other_bits(A, 20)], [B, f"pdq:{other_bits(B, 3)}"], None, ["", "c0ffee"]]
    names = [f"a{number}" for number in range(len(hashes))]
    text = pa.nulls(len(hashes), pa.string())
    posts = pa.table(
        {"platform": ["x"] * len(hashes), "name": names, "content": names,
         "at_us": range(len(hashes)), "text": text, "source": text, "owner": text,
         "urls": pa.nulls(len(hashes), pa.list_(pa.string())),
         "media_hashes": pa.array(hashes, pa.list_(pa.string()))}
    )  # fmt: skip
    found = shares_of(posts, Trace.MEDIA)
    assert (len(found.shares), found.posts) == (4, 4)
    assert len(found.shares.objects) == 3
