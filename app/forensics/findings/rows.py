"""Posts on their way from the database to the process of an analysis, as columns."""

from collections.abc import Sequence

import asyncpg
import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("platform", pa.string()),
        ("post_id", pa.string()),
        ("account", pa.string()),
        ("at_us", pa.int64()),
        ("is_day_only", pa.bool_()),
        ("text", pa.string()),
        ("language", pa.string()),
        ("urls", pa.list_(pa.string())),
        ("hashtags", pa.list_(pa.string())),
        ("mentions", pa.list_(pa.string())),
        ("media_hashes", pa.list_(pa.string())),
        ("repost_of", pa.string()),
        ("reply_to", pa.string()),
        ("source", pa.string()),
        ("owner", pa.string()),
        ("synthetic", pa.bool_()),
        ("raw_sha256", pa.binary()),
    ]
)


def batch_of(rows: Sequence[asyncpg.Record]) -> pa.RecordBatch:
    """Rows of `repository.stream_posts` as one batch."""
    columns = zip(*(tuple(row) for row in rows), strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)
