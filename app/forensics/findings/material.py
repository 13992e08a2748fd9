"""The posts of an analysis as columns, and which of them can be used."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from app.forensics.findings.document import Input
from app.forensics.findings.traces import label

NO_TIME, DAY_ONLY, OUTSIDE = "no_time", "day_only", "outside_of_the_window"


@dataclass(frozen=True, slots=True)
class Material:
    """Posts in the order of platform and id, and what is told of them."""

    posts: pa.Table
    input: Input

    @property
    def caveats(self) -> list[str]:
        """What is to be said of these posts, whatever was found in them."""
        said = []
        if self.input.left_out:
            left = ", ".join(f"{reason} {n}" for reason, n in self.input.left_out.items())
            said.append(f"Posts were left out: {left}.")
        if self.input.synthetic_posts:
            said.append(f"{self.input.synthetic_posts} posts are synthetic, made by a generator.")
        return said


def material_of(
    table: pa.Table, corpus: str, since_us: int | None, until_us: int | None
) -> Material:
    """The posts with an instant within the bounds, both included; `name` and `content` are added."""
    instants = table.column("at_us")
    no_time = pc.is_null(instants)
    day_only = pc.and_(pc.invert(no_time), table.column("is_day_only"))
    inside = pc.fill_null(
        pc.and_(
            pc.greater_equal(instants, -(2**62) if since_us is None else since_us),
            pc.less_equal(instants, 2**62 if until_us is None else until_us),
        ),
        False,
    )
    exact = pc.invert(pc.or_(no_time, day_only))
    used = table.filter(pc.and_(exact, inside))
    used = used.sort_by([("platform", "ascending"), ("post_id", "ascending")])
    left_out = {
        NO_TIME: _count(no_time),
        DAY_ONLY: _count(day_only),
        OUTSIDE: _count(pc.and_(exact, pc.invert(inside))),
    }
    bounds = pc.min_max(used.column("at_us")).as_py()
    described = Input(
        corpus=corpus,
        posts=len(table),
        posts_used=len(used),
        left_out={reason: count for reason, count in left_out.items() if count},
        synthetic_posts=_count(table.column("synthetic")),
        sha256=_digest(used),
        first_at=rfc3339(bounds["min"]),
        last_at=rfc3339(bounds["max"]),
    )
    return Material(_named(used), described)


def _named(posts: pa.Table) -> pa.Table:
    platforms = posts.column("platform").to_pylist()
    for column, source in (("name", "account"), ("content", "post_id")):
        names = [
            label(platform, name)
            for platform, name in zip(platforms, posts.column(source).to_pylist(), strict=True)
        ]
        posts = posts.append_column(column, pa.chunked_array([pa.array(names, pa.string())]))
    return posts


def _count(flags: pa.ChunkedArray) -> int:
    return int(pc.sum(flags).as_py() or 0)


def _digest(posts: pa.Table) -> str:
    digest = hashlib.sha256()
    for raw in posts.column("raw_sha256").to_pylist():
        digest.update(raw)
    return digest.hexdigest()


def rfc3339(at_us: int | None) -> str | None:
    """An instant in UTC, with a fraction only where there is one."""
    if at_us is None:
        return None
    instant = datetime.fromtimestamp(at_us // 1_000_000, UTC).replace(microsecond=at_us % 1_000_000)
    return instant.isoformat().removesuffix("+00:00") + "Z"
