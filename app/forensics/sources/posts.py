"""Posts and articles from a user's table: columns found by their usual names, rejects by line."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from app.forensics.sources.post_times import parse_post_time
from app.forensics.sources.tables import Batch, TableError, read_batches
from app.ingest.rejects import Reject

MAX_TEXT_CHARACTERS = 1_048_576
MAX_ID_CHARACTERS = 1_024
MAX_LIST = 1_000
MAX_ITEM_CHARACTERS = 4_096
MAX_SHOWN_COLUMNS = 100

# The names that exports of platforms, archives and common tools give to each field, first one first.
ALIASES: Mapping[str, Sequence[str]] = {
    "post_id": ("id", "post_id", "content_id", "tweet_id", "tweetid", "id_str", "status_id",
                "message_id"),
    "account": ("account", "account_id", "user_id", "userid", "author_id", "screen_name",
                "username", "author", "domain_name"),
    "platform": ("platform", "network", "site"),
    "published_at": ("published_at", "created_at", "timestamp", "timestamp_share", "published",
                     "time", "date", "datetime", "tweet_time"),
    "modified_at": ("modified_at", "updated_at", "modified"),
    "captured_at": ("captured_at", "collected_at", "scraped_at", "retrieved_at"),
    "text": ("text", "tweet_text", "full_text", "body", "message", "content", "title"),
    "language": ("language", "lang", "tweet_language"),
    "urls": ("urls", "url_shared", "links", "link", "expanded_url", "shared_url", "url"),
    "hashtags": ("hashtags", "hashtag", "tags"),
    "mentions": ("mentions", "user_mentions"),
    "media_hashes": ("media_hashes", "media_hash", "image_hashes", "image_hash", "pdq"),
    "repost_of": ("repost_of", "retweet_of", "retweet_tweetid", "retweeted_status_id",
                  "reposted_id"),
    "reply_to": ("reply_to", "in_reply_to", "in_reply_to_tweetid", "in_reply_to_status_id"),
    "permalink": ("permalink", "post_url", "url"),
    "source": ("source", "credit", "agency"),
    "owner": ("owner",),
    "synthetic": ("synthetic",),
}  # fmt: skip
_TEXTS = {"text": MAX_TEXT_CHARACTERS, "platform": 256, "language": 35,
          "repost_of": MAX_ID_CHARACTERS, "reply_to": MAX_ID_CHARACTERS,
          "permalink": MAX_ITEM_CHARACTERS, "source": 1_024, "owner": 1_024}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PostRecord:
    """One post. `clock` says whose time `at` is: `published`, `modified`, `captured` or `none`."""

    line: int
    platform: str
    post_id: str
    account: str
    at: datetime | None
    clock: str
    is_day_only: bool
    captured_at: datetime | None
    text: str | None
    language: str | None
    urls: list[str]
    hashtags: list[str]
    mentions: list[str]
    media_hashes: list[str]
    repost_of: str | None
    reply_to: str | None
    permalink: str | None
    source: str | None
    owner: str | None
    synthetic: bool
    raw_sha256: bytes


@dataclass(frozen=True, slots=True)
class PostBatch:
    """Some posts, the lines that are no posts, and the columns that nothing was taken from."""

    posts: list[PostRecord]
    rejects: list[Reject]
    unused_columns: list[str] = field(default_factory=list)


def read_posts(
    path: Path, columns: Mapping[str, str], max_characters: int | None = None
) -> Iterator[PostBatch]:
    """The posts of a file of CSV, NDJSON or Parquet.

    Args:
        columns: the column of a field, where it has none of the usual names (`ALIASES`).

    Raises:
        TableError: the file is no table, has no column of ids or accounts, or holds too much.
    """
    names = {
        name: (columns[name],) if name in columns else found for name, found in ALIASES.items()
    }
    wanted = {column: column for found in names.values() for column in found}
    given = {column: column for column in columns.values()}
    optional = {column: column for column in wanted if column not in given}
    for batch in read_batches(path, given, optional, raw=True, max_characters=max_characters):
        fields = _fields(batch, names)
        rejects, posts = list(batch.rejects), list[PostRecord]()
        _read_rows(batch, fields, posts.append, rejects.append)
        used = {column for there in names.values() for column in there}
        unused = sorted(batch.columns - used)[:MAX_SHOWN_COLUMNS]
        yield PostBatch(posts, rejects, [name[:100] for name in unused])


def _fields(batch: Batch, names: Mapping[str, Sequence[str]]) -> dict[str, list[Sequence[Any]]]:
    """The columns of each field, the first of which that has a value counts."""
    fields = {
        name: [batch.values[column] for column in columns if column in batch.values]
        for name, columns in names.items()
    }
    if batch.columns:
        for name in ("post_id", "account"):
            if not fields[name]:
                wanted = " or ".join(map(repr, names[name][:3]))
                there = ", ".join(repr(column[:40]) for column in sorted(batch.columns)[:20])
                raise TableError(f"no column for {name}, such as {wanted}; there are {there}")
    return fields


def _read_rows(
    batch: Batch,
    fields: Mapping[str, list[Sequence[Any]]],
    keep: Callable[[PostRecord], None],
    reject: Callable[[Reject], None],
) -> None:
    for i, line in enumerate(batch.lines):
        row = {name: _first([column[i] for column in columns]) for name, columns in fields.items()}
        try:
            keep(_post(line, row, _raw(batch, i)))
        except ValueError as error:
            reject(Reject(line, str(error)))


def _first(values: Sequence[Any]) -> Any:
    return next((value for value in values if value is not None and value != ""), None)


def _raw(batch: Batch, i: int) -> bytes:
    """The row's bytes as they came; of a file that is no text, its values as sorted JSON."""
    if batch.raw:
        return batch.raw[i].encode("utf-8", "surrogateescape")
    row = {name: values[i] for name, values in batch.values.items()}
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS, default=str)


def _post(line: int, row: Mapping[str, Any], raw: bytes) -> PostRecord:
    def plain(name: str) -> str | None:
        return _text(name, row[name], _TEXTS[name])

    def items(name: str) -> list[str]:
        return _list(name, row[name])

    at, clock, is_day_only = _time(row)
    captured = row["captured_at"]
    return PostRecord(
        line=line,
        platform=(plain("platform") or "").strip().casefold(),
        post_id=_required("id", row["post_id"]),
        account=_required("account", row["account"]),
        at=at,
        clock=clock,
        is_day_only=is_day_only,
        captured_at=None if captured is None else parse_post_time(captured)[0],
        text=plain("text"),
        language=plain("language"),
        urls=items("urls"),
        hashtags=items("hashtags"),
        mentions=items("mentions"),
        media_hashes=items("media_hashes"),
        repost_of=plain("repost_of"),
        reply_to=plain("reply_to"),
        permalink=plain("permalink"),
        source=plain("source"),
        owner=plain("owner"),
        synthetic=_flag(row["synthetic"]),
        raw_sha256=hashlib.sha256(raw).digest(),
    )


def _time(row: Mapping[str, Any]) -> tuple[datetime | None, str, bool]:
    for clock in ("published", "modified", "captured"):
        value = row[f"{clock}_at"]
        if value is not None:
            at, is_day_only = parse_post_time(value)
            return at, clock, is_day_only
    return None, "none", False


def _required(name: str, value: Any) -> str:
    text = _text(name, value, MAX_ID_CHARACTERS)
    if text is None or not text.strip():
        raise ValueError(f"no {name}")
    return text.strip()


def _text(name: str, value: Any, cap: int) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError(f"{name}: text or a whole number is needed")
    text = str(value)
    if len(text) > cap:
        raise ValueError(f"{name}: longer than {cap:,} characters")
    _check_characters(name, text)
    return text


def _check_characters(name: str, text: str) -> None:
    if "\0" in text:
        raise ValueError(f"{name}: holds a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name}: no UTF-8") from None


def _list(name: str, value: Any) -> list[str]:
    """A list as JSON has it, or text with commas, semicolons, bars or spaces between."""
    if value is None:
        return []
    if isinstance(value, str):
        value = _split(value)
    elif not isinstance(value, (list, tuple)):
        value = [value]
    if len(value) > MAX_LIST:
        raise ValueError(f"{name}: {len(value):,} of them, {MAX_LIST:,} are the most")
    items = (_text(name, _value_of(item), MAX_ITEM_CHARACTERS) for item in value)
    stripped = (item.strip().lstrip("#@" if name in ("hashtags", "mentions") else "")
                for item in items if item)  # fmt: skip
    return list(dict.fromkeys(item for item in stripped if item))


def _split(text: str) -> list[Any]:
    if text.lstrip().startswith("["):
        try:
            listed = orjson.loads(text)
        except ValueError:
            # As Python and some archives write a list: [a, 'b'].
            listed = [part.strip().strip("'\"") for part in text.strip().strip("[]").split(",")]
        return listed if isinstance(listed, list) else [listed]
    # A URL may hold commas and semicolons.
    parts: list[Any] = text.split() if "://" in text else _separated(text)
    return parts


def _separated(text: str) -> list[str]:
    for separator in ",;|":
        text = text.replace(separator, " ")
    return text.split()


def _value_of(item: Any) -> Any:
    """The value of an entry that is an object, as platforms' own JSON has them."""
    if isinstance(item, dict):
        named = (item.get(key) for key in ("expanded_url", "url", "text", "tag", "screen_name"))
        return _first(list(named))
    return item


def _flag(value: Any) -> bool:
    return value is True or str(value).strip().casefold() in ("true", "1", "yes", "t")
