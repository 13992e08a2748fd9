"""The wire of corpora: what is asked for and what is shown."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.core.pagination import OwnPageQuery
from app.events.schemas import Envelope, Link

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
PATH = "/v1/forensics/corpora"


def _without_nul(text: str | None) -> str | None:
    if text is not None and "\0" in text:
        raise ValueError("holds a NUL character")
    return text


Plain = Annotated[str, AfterValidator(_without_nul)]

UPLOAD_EXAMPLE: dict[str, Any] = {
    "id": "0b3d9f0e-55a5-4f0a-b7f6-6f4fb4a39f6a",
    "status": "done",
    "fault": None,
    "file_name": None,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size_bytes": 1204,
    "counts": {
        "rows": 3, "added": 1, "known": 1, "conflicts": 0, "deleted": 0, "rejected": 1,
        "over_cap": 0,
    },
    "rejects": [{"line": 3, "reason": "no id"}],
    "unused_columns": ["retweet_count"],
    "started_at": "2026-11-23T14:22:00Z",
    "finished_at": "2026-11-23T14:22:01Z",
}  # fmt: skip


CORPUS_EXAMPLE: dict[str, Any] = {
    "name": "demo", "posts": 1204, "posts_cap": 2_000_000, "published": False,
    "created_at": "2026-11-23T14:22:00Z", "updated_at": "2026-11-23T14:22:01Z",
    "links": [
        {"rel": "self", "href": f"{PATH}/demo", "type": "application/json"},
        {"rel": "items", "href": f"{PATH}/demo/posts", "type": "application/json"},
    ],
}  # fmt: skip
POST_EXAMPLE: dict[str, Any] = {
    "id": "77", "platform": "synthetic", "account": "planted0-3", "at": "2026-01-05T12:00:00Z",
    "clock": "published", "is_day_only": False, "captured_at": None,
    "text": "Warships off Havana again", "language": "en", "urls": ["https://example.org/1"],
    "hashtags": [], "mentions": [], "media_hashes": [], "repost_of": None, "reply_to": None,
    "permalink": None, "source": None, "owner": None, "synthetic": True,
    "raw_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "links": [{"kind": "event", "target": "1204", "note": None}],
}  # fmt: skip


class RejectedLine(BaseModel):
    line: int
    reason: str


class UploadShown(BaseModel):
    """One upload: how far it is, and what became of each row."""

    model_config = ConfigDict(json_schema_extra={"example": UPLOAD_EXAMPLE})

    id: str
    status: Literal["running", "done", "failed"]
    fault: str | None = Field(description="why not all of it was taken in; what was, stays")
    file_name: str | None
    sha256: str = Field(description="of the file as it was sent")
    size_bytes: int
    counts: dict[str, int] = Field(
        description="rows; of these: added, known (there already), conflicts (there with another"
        " body, the first one stays), deleted (before, and kept away), rejected, over_cap"
    )
    rejects: list[RejectedLine] = Field(description="rejected lines and conflicts, the first 1,000")
    unused_columns: list[str] = Field(description="columns that nothing was taken from")
    started_at: datetime
    finished_at: datetime | None


class UploadPage(Envelope):
    items: list[UploadShown]


class CorpusShown(BaseModel):
    """A corpus: one's own, or a published one."""

    model_config = ConfigDict(json_schema_extra={"example": CORPUS_EXAMPLE})

    name: str
    posts: int
    posts_cap: int | None = Field(description="of the plan; null for no cap")
    published: bool
    created_at: datetime
    updated_at: datetime
    links: list[Link]


class CorpusPage(Envelope):
    items: list[CorpusShown]


class LinkShown(BaseModel):
    kind: Literal["event", "outlet", "report"]
    target: str
    note: str | None


class PostShown(BaseModel):
    """A post as it is kept."""

    model_config = ConfigDict(json_schema_extra={"example": POST_EXAMPLE})

    id: str = Field(description="the platform's")
    platform: str
    account: str
    at: datetime | None
    clock: Literal["published", "modified", "captured", "none"] = Field(
        description="whose time it is"
    )
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
    raw_sha256: str
    links: list[LinkShown] = Field(description="events, outlets and reports it is linked to")


class PostPage(Envelope):
    items: list[PostShown]


class Deleted(BaseModel):
    deleted: int = Field(description="posts that are gone for good", examples=[8])
    left: int = Field(description="posts that go within minutes, in steps", examples=[0])


class PostKey(BaseModel):
    """Names one post of a corpus."""

    model_config = ConfigDict(extra="forbid")

    id: Plain = Field(min_length=1, max_length=1_024, description="the platform's", examples=["1"])
    platform: Plain = Field("", max_length=256, description="empty where none was told")


class LinkKey(PostKey):
    """Names one link of a post."""

    kind: Literal["event", "outlet", "report"] = Field(description="what it is linked to")
    target: Plain = Field(min_length=1, max_length=256, description="its id")


class LinkWish(LinkKey):
    """What a post is linked to."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"id": "1", "platform": "x", "kind": "event", "target": "1204"}
        },
    )

    note: Plain | None = Field(None, max_length=1_000)


class PostsQuery(OwnPageQuery):
    """Which posts."""

    account: Plain | None = Field(None, max_length=1_024, description="Of one account.")
    id: Plain | None = Field(None, max_length=1_024, description="By the platform's id.")
    event: int | None = Field(None, ge=1, lt=2**63, description="Linked to this event.")
    outlet: Plain | None = Field(None, max_length=256, description="Linked to this outlet.")
    report: Plain | None = Field(None, max_length=256, description="Linked to this report.")

    @property
    def linked_to(self) -> tuple[str, str] | None:
        """Kind and id of what the posts are linked to."""
        given = {"event": self.event, "outlet": self.outlet, "report": self.report}
        return next(((kind, str(id_)) for kind, id_ in given.items() if id_ is not None), None)

    @model_validator(mode="after")
    def _one_link(self) -> "PostsQuery":
        if sum(one is not None for one in (self.event, self.outlet, self.report)) > 1:
            raise ValueError("give one of event, outlet and report")
        return self


class DeletionQuery(BaseModel):
    """Which posts go."""

    model_config = ConfigDict(extra="forbid")

    id: Plain | None = Field(None, min_length=1, max_length=1_024, description="The platform's id.")
    platform: Plain = Field("", max_length=256, description="With `id`.")
    account: Plain | None = Field(
        None, min_length=1, max_length=1_024, description="All posts of an account."
    )


class UploadQuery(BaseModel):
    """How to read a file."""

    model_config = ConfigDict(extra="forbid")

    column: list[str] = Field(
        default_factory=list,
        max_length=30,
        description="`field=column`, where a field stands in a column of no usual name, such as"
        " `text=body`.",
    )
    file_name: Plain | None = Field(None, max_length=255, description="For the record of the run.")
