"""The document of a finding: what was measured, by which method, from which input, and its caveats.

Its bytes are canonical JSON (RFC 8785) and depend on nothing but the input, the parameters and the
method's version: no clock, no chance, no id of ours. Behaviour (measured), source status (a registry's,
cited) and attribution (a third party's claim) are kept apart, and none is computed from another.
"""

import hashlib
from typing import Any, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MethodUsed(_Part):
    """How it was found, so that it can be found again."""

    name: str = Field(examples=["null_model"])
    version: str
    parameters: dict[str, Any] = Field(description="all of them, those estimated too")


class Input(_Part):
    """Which posts were looked at."""

    corpus: str = Field(description="the name of the corpus")
    posts: int = Field(description="in the corpus when it was analysed")
    posts_used: int
    left_out: dict[str, int] = Field(description="posts by the reason why they were not used")
    synthetic_posts: int = Field(description="posts that are marked as made by a generator")
    sha256: str = Field(
        description="over the SHA-256 of each raw post used (32 bytes each), in the order of"
        " platform and post id"
    )
    first_at: str | None = Field(description="of the posts used, RFC 3339")
    last_at: str | None


class Check(_Part):
    """A benign explanation: whether it could be looked at, and what it explains."""

    explanation: str
    outcome: Literal["passed", "failed", "not_checked"]
    objects: int
    edges: int


class Edge(_Part):
    """Two accounts (`account_a` < `account_b`) that shared the same within the window."""

    trace: str = Field(description="what they shared: url, domain, hashtag, text, media, repost, …")
    account_a: str
    account_b: str
    weight: int = Field(description="different objects, with `coortweet` pairs of posts")
    avg_time_delta_s: float
    expected: float | None = Field(None, description="objects that chance would give")
    p: float | None = None
    q: float | None = Field(
        None, description="p after Benjamini-Hochberg, times the traces looked at (Bonferroni)"
    )
    benign: str | None = Field(None, description="what else explains it")


class Group(_Part):
    """A community (Leiden) of the network that unexplained edges make."""

    id: str = Field(description="from the names of its accounts: stable across re-runs")
    accounts: list[str]
    edges: int
    objects: list[str] = Field(
        description="what at least two of them shared within the window, most shared first, each as"
        " `trace:name`"
    )
    objects_total: int
    first_at: str | None
    last_at: str | None


class AccountActivity(_Part):
    """One account of a group: its part in it, and signals that are no verdict."""

    account: str
    group: str
    partners: int
    posts: int = Field(description="of the posts used")
    signals: dict[str, float] = Field(default_factory=dict)


class Behaviour(_Part):
    """What was measured."""

    windows_s: dict[str, float] = Field(default_factory=dict, description="seconds, by trace")
    groups: list[Group] = Field(default_factory=list)
    accounts: list[AccountActivity] = Field(default_factory=list)
    edges: list[Edge] = Field(default_factory=list)
    checks: list[Check] = Field(default_factory=list)
    records: list[dict[str, Any]] = Field(
        default_factory=list,
        description="near-duplicates or chains, as the local analysis has them",
    )


class SourceStatus(_Part):
    """What the registry says of an outlet, account or domain; it is no sign of guilt."""

    subject: str
    status: str
    citation: str
    cited_on: str
    disputed: bool = False


class ActorClaim(_Part):
    """Who a third party says is behind it, and how far that party can be trusted."""

    claimant: str
    actor: str
    claimed_on: str | None
    credibility: str | None
    bias: str | None
    evidence: str | None
    transparency: str | None
    source: str


class Technique(_Part):
    """A DISARM technique by its id, with the rule that named it and what met the rule."""

    id: str
    name: str
    rule: str
    evidence: list[str]


class FindingDocument(_Part):
    """One version of a finding. `nothing_found` is a result like any other."""

    schema_version: Literal["1"] = "1"
    kind: Literal["coordination", "near_duplicates", "chains"]
    outcome: Literal["found", "explained", "nothing_found"] = Field(
        description="`explained`: something was found, and all of it has a benign explanation"
    )
    summary: str
    method: MethodUsed
    input: Input
    counts: dict[str, int]
    behaviour: Behaviour
    source_status: list[SourceStatus] = Field(default_factory=list)
    attribution: list[ActorClaim] = Field(default_factory=list)
    techniques: list[Technique] = Field(default_factory=list)
    caveats: list[str]

    def to_bytes(self) -> bytes:
        """Canonical JSON (RFC 8785)."""
        return rfc8785.dumps(self.model_dump(mode="json"))


def digest_of(document: bytes) -> str:
    """The SHA-256 of a document's bytes, in hexadecimal digits."""
    return hashlib.sha256(document).hexdigest()
