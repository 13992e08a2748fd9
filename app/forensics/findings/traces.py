"""Traces: what of a post others may have put out as well, as shares for the analysis."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import numpy as np
import pyarrow as pa

from app.forensics.analysis.coordination import Descriptions
from app.forensics.analysis.shares import Shares
from app.forensics.analysis.text import normalise
from app.forensics.analysis.text_clusters import leaders_of
from app.forensics.images.clusters import same_pictures

METHOD, VERSION = "traces", "3"
"""How an object is named; since version 3 all copies of a text are found in a crowd of them too."""
MIN_TEXT_CHARACTERS = 24
"""Shorter texts, such as a laugh or a greeting, are everybody's."""
_TRACKING = ("utm_", "mc_", "pk_", "at_")
_TRACKING_NAMES = frozenset(
    ("fbclid", "gclid", "dclid", "msclkid", "igshid", "twclid", "yclid", "ref_src", "ref_url",
     "spm", "_ga", "cmpid", "ocid")
)  # fmt: skip


class Trace(StrEnum):
    """What a post shares."""

    URL = "url"
    DOMAIN = "domain"
    HASHTAG = "hashtag"
    MENTION = "mention"
    TEXT = "text"
    TEXT_CLUSTER = "text_cluster"
    MEDIA = "media"
    REPOST = "repost"
    REPLY = "reply"


BY_DEFAULT = (Trace.URL, Trace.TEXT, Trace.MEDIA, Trace.REPOST)
"""Hashtags, domains, mentions and replies are shared by all who talk of one thing."""
_COLUMNS = {
    Trace.URL: "urls", Trace.DOMAIN: "urls", Trace.HASHTAG: "hashtags", Trace.MENTION: "mentions",
    Trace.TEXT: "text", Trace.TEXT_CLUSTER: "text", Trace.MEDIA: "media_hashes",
    Trace.REPOST: "repost_of", Trace.REPLY: "reply_to",
}  # fmt: skip
_POSTS = (Trace.REPOST, Trace.REPLY)
_ACCOUNTS, _CONTENTS = "name", "content"


@dataclass(slots=True)
class SharesOfTrace:
    """The shares of one trace, and what is known of each besides."""

    shares: Shares
    known: Descriptions
    posts: int


@dataclass(slots=True)
class _Rows:
    post: list[int] = field(default_factory=list)
    object: list[str] = field(default_factory=list)


def shares_of(posts: pa.Table, trace: Trace) -> SharesOfTrace:
    """Each object that a post shares, once a post.

    Args:
        posts: `name` and `content` (names of account and post), `at_us`, and the columns of traces.
    """
    rows = _Rows()
    column = posts.column(_COLUMNS[trace]).to_pylist()
    read = _reader(trace, column)
    platforms = posts.column("platform").to_pylist()
    for number, values in enumerate(column):
        given = [values] if isinstance(values, str) else values or ()
        objects = dict.fromkeys(found for value in given if (found := read(value)))
        if trace in _POSTS:
            # Under the same name as the post itself, which is no repost of itself.
            objects = dict.fromkeys(label(platforms[number], one) for one in objects)
        rows.post += [number] * len(objects)
        rows.object += objects
    at = pa.array(rows.post, pa.int64())
    taken = posts.take(at)
    shares = Shares.of(
        taken.column(_ACCOUNTS), pa.chunked_array([pa.array(rows.object, pa.string())]),
        taken.column(_CONTENTS), taken.column("at_us").to_numpy(),
    )  # fmt: skip
    texts: Sequence[str | None] = taken.column("text").to_pylist()
    known = Descriptions(
        text=texts,
        source=_column(taken, "source"),
        url=_first_urls(taken),
        owner=_column(taken, "owner"),
    )
    return SharesOfTrace(shares, known, len(np.unique(np.array(rows.post, np.int64))))


def _reader(trace: Trace, column: Sequence[Any]) -> Callable[[str], str | None]:
    """What makes an object's name of a value; copies are told by the values of all posts."""
    if trace is Trace.MEDIA:
        return same_pictures([one for values in column for one in values or ()]).get
    if trace is Trace.TEXT_CLUSTER:
        leaders = leaders_of(filter(None, map(_plain_text, column)))
        return lambda text: _text(leaders.get(_plain_text(text) or "", ""))
    return _READERS.get(trace, _as_it_is)


def label(platform: str, name: str) -> str:
    """The name of an account or post, behind its platform where one is told."""
    return f"{platform}:{name}" if platform else name


def _column(posts: pa.Table, name: str) -> Sequence[str | None]:
    """The values, none where no post has one: then it was not given."""
    column = posts.column(name)
    return column.to_pylist() if column.null_count < len(column) else ()


def _first_urls(posts: pa.Table) -> Sequence[str | None]:
    urls = posts.column("urls").to_pylist()
    return [one[0] if one else None for one in urls] if any(urls) else ()


def canonical_url(url: str) -> str | None:
    """A URL without what only tells where it was clicked; `None` where there is none."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return url.strip() or None if "." in url or ":" in url else None
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.lower().startswith(_TRACKING) and name.lower() not in _TRACKING_NAMES
    ]
    path = parts.path.rstrip("/")
    return urlunsplit(("https", host + port, path, urlencode(sorted(kept)), ""))


def _domain(url: str) -> str | None:
    try:
        return (urlsplit(url.strip()).hostname or "").removeprefix("www.") or None
    except ValueError:
        return None


def _text(text: str) -> str | None:
    plain = _plain_text(text)
    # A hash, so that a finding holds no text of a post.
    return None if plain is None else hashlib.sha256(plain.encode()).hexdigest()[:16]


def _plain_text(text: str | None) -> str | None:
    """A text as it is compared; `None` where it is too short for it."""
    plain = normalise(text or "").text
    return plain if len(plain) >= MIN_TEXT_CHARACTERS else None


def _hashtag(tag: str) -> str:
    return tag.casefold()


def _as_it_is(value: str) -> str:
    return value.strip()


_READERS: dict[Trace, Callable[[str], str | None]] = {
    Trace.URL: canonical_url,
    Trace.DOMAIN: _domain,
    Trace.TEXT: _text,
    Trace.HASHTAG: _hashtag,
    Trace.MENTION: _hashtag,
}


def traces_in(posts: pa.Table) -> Iterator[Trace]:
    """The default traces that any post has."""
    for trace in BY_DEFAULT:
        column = posts.column(_COLUMNS[trace])
        if any(column.to_pylist()):
            yield trace
