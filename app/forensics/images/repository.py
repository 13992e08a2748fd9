"""Finds posts by the hashes of their pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.db import Database, Row

# The last 64 letters of a media hash that is a PDQ are its digits (see `clusters.pdq_in`).
_NEAR = r"""
WITH wanted AS (
    SELECT ('x' || digits)::bit(256) AS hash, at_most, number
    FROM unnest($2::text[], $3::int[]) WITH ORDINALITY AS given(digits, at_most, number)
), hashes AS MATERIALIZED (
    SELECT p.id, media_hash,
           CASE WHEN media_hash ~* '^\s*(pdq:)?[0-9a-f]{64}\s*$'
                THEN ('x' || right(btrim(media_hash, E' \t\r\n\f\v'), 64))::bit(256) END AS hash
    FROM posts p, unnest(p.media_hashes) AS media_hash
    WHERE p.corpus_id = $1 AND p.media_hashes <> '{}'
), nearest AS (
    SELECT DISTINCT ON (h.id) h.id, h.media_hash, w.number, bit_count(h.hash # w.hash) AS distance
    FROM hashes h JOIN wanted w ON bit_count(h.hash # w.hash) <= w.at_most
    ORDER BY h.id, distance, w.number
)
SELECT p.post_id, p.platform, p.account, p.at, p.permalink, p.synthetic, n.media_hash,
       n.number::int AS number, n.distance::int AS distance
FROM nearest n JOIN posts p ON p.corpus_id = $1 AND p.id = n.id
ORDER BY n.distance, p.platform, p.post_id LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A PDQ that is sought, in how many bits another may differ, and what finding it means."""

    digits: str
    at_most: int
    seen_as: str


async def fetch_near(
    database: Database, corpus_id: int, wanted: Sequence[Wanted], limit: int
) -> list[Row]:
    """At most `limit` posts with a picture near one that is wanted, of each post the nearest.

    `number` counts what is wanted from 1 on.
    """
    digits, at_most = [one.digits for one in wanted], [one.at_most for one in wanted]
    return await database.fetch_all_over(_NEAR, [corpus_id, digits, at_most, limit])
