"""Accounts that put the same pictures out at once are found, though each encodes them anew."""

import random

import pytest

from tests.forensics.corpora.conftest import Analyst

PICTURES, BITS = 60, 256


def _encoded_anew(rng: random.Random, picture: int) -> str:
    """The hash of the picture with up to 12 bits changed, as re-encoding and resizing change it."""
    for bit in rng.sample(range(BITS), rng.randrange(13)):
        picture ^= 1 << bit
    return f"{picture:064x}"


@pytest.mark.usefixtures("worker")
async def test_a_campaign_by_pictures(analyst: Analyst) -> None:
    rng = random.Random(5)
    pictures = [rng.getrandbits(BITS) for _ in range(PICTURES)]
    rows = [
        (f"campaign{account}", number * 9_000 + rng.randrange(30), pictures[number])
        for number in range(8)
        for account in range(6)
    ]
    rows += [
        (f"organic{rng.randrange(150)}", rng.randrange(90_000), rng.choice(pictures[8:]))
        for _ in range(600)
    ]
    posts = [
        {"id": str(n), "platform": "x", "account": account, "published_at": 1_790_000_000 + at,
         "media_hashes": [_encoded_anew(rng, picture)], "synthetic": True}
        for n, (account, at, picture) in enumerate(rows)
    ]  # fmt: skip
    assert len({post["media_hashes"][0] for post in posts[:48]}) > 40
    await analyst.upload(posts)
    finding = await analyst.finding(kind="coordination", traces=["media"], window_s=60)
    document = finding.get("document", finding)
    (group,) = document["behaviour"]["groups"]
    assert group["accounts"] == [f"x:campaign{account}" for account in range(6)]
    organic = await analyst.upload(posts[48:], corpus="organic")
    assert organic["counts"]["added"] == 600
    finding = await analyst.finding(corpus="organic", kind="coordination", traces=["media"])
    assert finding.get("document", finding)["outcome"] == "nothing_found"
