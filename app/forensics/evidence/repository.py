"""Reading when the accounts of a finding posted."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

MAX_POSTS = 20_000
# An account is named as findings name it: behind its platform where one is told. What may be its own
# name goes by the index, and is then compared in full.
_POSTED = """
SELECT account, at FROM (
    SELECT CASE WHEN platform = '' THEN account ELSE platform || ':' || account END AS account, at, id
    FROM posts
    WHERE corpus_id = $1 AND id <= $2 AND at IS NOT NULL AND NOT is_day_only
      AND account = ANY($7::text[])
      AND ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at <= $4)
) AS named WHERE account = ANY($5::text[]) ORDER BY at, id LIMIT $6
"""


async def fetch_posted(
    connection: asyncpg.Connection,
    corpus_id: int,
    until_post: int,
    since: datetime | None,
    until: datetime | None,
    accounts: Sequence[str],
) -> list[tuple[str, datetime]]:
    """Account and instant of each post that was used, at most 20,000, oldest first."""
    own = {name[place:] for name in accounts for place in _ends_of_platforms(name)}
    rows = await connection.fetch(
        _POSTED, corpus_id, until_post, since, until, list(accounts), MAX_POSTS, list(own)
    )
    return [(row["account"], row["at"]) for row in rows]


def _ends_of_platforms(name: str) -> list[int]:
    """Where the account's own name may begin: a platform may hold a colon itself."""
    return [0, *(place + 1 for place, sign in enumerate(name) if sign == ":")]
