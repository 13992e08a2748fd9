"""Reads the hashes of pictures that posts hold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.db import Database, Row
from app.forensics.images.clusters import pdq_in
from app.forensics.images.hamming import Words, words_of

PAGE_POSTS = 5_000
# Which of them are PDQ is told here: the server's regular expressions take ten times as long.
_HASHES = """
WITH page AS (
    SELECT id, media_hashes FROM posts
    WHERE corpus_id = $1 AND id > $2 AND media_hashes <> '{}' ORDER BY id LIMIT $3
)
SELECT (SELECT max(id) FROM page) AS last, string_agg(int8send(id), '') AS ids,
       array_agg(media_hash) AS hashes
FROM page, unnest(media_hashes) AS media_hash WHERE length(media_hash) BETWEEN 64 AND 100
"""
_POSTS = """
SELECT id, post_id, platform, account, at, permalink, synthetic FROM posts
WHERE corpus_id = $1 AND id = ANY($2::bigint[])
"""


@dataclass(frozen=True, slots=True)
class PageOfHashes:
    """The PDQ hashes of some posts, and of which post each is; `last` is the last post looked at."""

    last: int
    posts: NDArray[np.int64]
    hashes: Words


async def find_hashes(database: Database, corpus_id: int, after: int) -> PageOfHashes | None:
    """The hashes of the posts that follow one, in the order of ids; `None` where none follow."""
    row = await database.fetch_row(_HASHES, [corpus_id, after, PAGE_POSTS])
    if row is None or row["last"] is None:
        return None
    digits = [pdq_in(media_hash) for media_hash in row["hashes"] or ()]
    is_pdq = np.array([one is not None for one in digits], np.bool_)
    posts = np.frombuffer(row["ids"] or b"", ">i8").astype(np.int64)[is_pdq]
    return PageOfHashes(row["last"], posts, words_of([one for one in digits if one is not None]))


async def fetch_posts(database: Database, corpus_id: int, ids: Sequence[int]) -> dict[int, Row]:
    """Posts by their ids; those that were deleted meanwhile are not there."""
    rows = await database.fetch(_POSTS, [corpus_id, list(ids)])
    return {row["id"]: row for row in rows}
