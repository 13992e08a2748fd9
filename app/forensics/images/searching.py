"""Finds the posts of a corpus whose pictures are near one, page by page of their hashes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.core.db import Database
from app.core.errors import UnavailableError
from app.forensics.images import repository
from app.forensics.images.comparing import CROP_DISTANCE, Known, turned_of
from app.forensics.images.hamming import Words, distances, words_of
from app.forensics.images.pdq import Turn
from app.forensics.images.repository import PageOfHashes
from app.forensics.images.schemas import NearPost

DEADLINE_S = 30.0
_CROPPED = "maybe_cropped"
_FAR = 1_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A post with a picture that is near: in how many bits it differs, and how it is seen."""

    distance: int
    post: int
    media_hash: str
    seen_as: str


class Wanted:
    """A picture that is sought: as it is, turned, and where it was read the usual crops of it."""

    def __init__(self, picture: Known, distance: int) -> None:
        assert picture.pdq is not None
        turned, _ = turned_of(picture)
        crops = [digits for _, digits in picture.crops]
        self._seen_as = [Turn.AS_IT_IS, *turned, *[_CROPPED] * len(crops)]
        self._hashes = words_of([picture.pdq, *turned.values(), *crops])
        at_most = [distance] * (1 + len(turned)) + [CROP_DISTANCE] * len(crops)
        self._at_most = np.array(at_most)[:, None]

    def among(self, page: PageOfHashes, limit: int) -> list[Hit]:
        """Of each post the nearest picture, of those the nearest `limit`."""
        found = distances(self._hashes, page.hashes)
        found[found > self._at_most] = _FAR
        near = np.flatnonzero(found.min(axis=0, initial=_FAR) < _FAR)
        numbers = found[:, near].argmin(axis=0)
        bits = found[numbers, near]
        order = np.lexsort((page.posts[near], bits))
        _, first = np.unique(page.posts[near][order], return_index=True)
        chosen = order[np.sort(first)][:limit]
        return [
            Hit(int(bits[at]), int(page.posts[near[at]]), _digits(page.hashes[near[at]]),
                self._seen_as[numbers[at]])
            for at in chosen
        ]  # fmt: skip


def _digits(words: Words) -> str:
    return words.astype(">u8").tobytes().hex()


async def find_near(
    database: Database, corpus_id: int, wanted: Wanted, limit: int
) -> tuple[list[NearPost], bool]:
    """At most `limit` posts, nearest first, and whether there are more.

    Raises:
        UnavailableError: there are so many that looking takes too long.
    """
    hits: list[Hit] = []
    try:
        async with asyncio.timeout(DEADLINE_S):
            after = 0
            while (page := await repository.find_hashes(database, corpus_id, after)) is not None:
                hits += await asyncio.to_thread(wanted.among, page, limit + 1)
                hits = sorted(hits, key=lambda hit: (hit.distance, hit.post))[: limit + 1]
                after = page.last
    except TimeoutError:
        raise UnavailableError("looking through the corpus takes too long; try again") from None
    return await _shown(database, corpus_id, hits[:limit]), len(hits) > limit


async def _shown(database: Database, corpus_id: int, hits: Sequence[Hit]) -> list[NearPost]:
    posts = await repository.fetch_posts(database, corpus_id, [hit.post for hit in hits])
    return [
        NearPost(
            **{**posts[hit.post], "id": posts[hit.post]["post_id"]},
            media_hash=f"pdq:{hit.media_hash}",
            distance=hit.distance,
            seen_as=hit.seen_as,
        )
        for hit in hits
        if hit.post in posts
    ]
