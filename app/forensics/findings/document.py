"""The document of a finding: what was measured, by which method, from which input, and its caveats.

Its bytes are canonical JSON (RFC 8785) and depend on nothing but the input, the parameters and the
method's version: no clock, no chance, no id of ours. Behaviour (measured), source status (a registry's,
cited) and attribution (a third party's claim) are kept apart, and none is computed from another.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import orjson
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
    fast_objects: int = Field(0, description="objects that they shared within the fast window")
    expected: float | None = Field(None, description="objects that chance would give")
    p: float | None = None
    q: float | None = Field(
        None, description="p after Benjamini-Hochberg, times the traces looked at (Bonferroni)"
    )
    benign: str | None = Field(None, description="what else explains it")


class Tie(_Part):
    """A pair of accounts over all traces together; groups are made of these."""

    account_a: str
    account_b: str
    traces: list[str] = Field(description="on which the pair has an unexplained edge")
    weight: int = Field(description="the sum over these")
    q: float | None = Field(description="the smallest of its edges; null with `coortweet`")
    fast: bool = Field(description="whether it is of the fast sub-network; else of the slow one")


class SharedObject(_Part):
    """Something that accounts of groups shared."""

    trace: str
    object: str
    accounts: int = Field(description="of groups")
    shares: int = Field(description="by them")
    first_at: str
    spread_s: float = Field(description="from the first of these shares to the last")


class Group(_Part):
    """A community (Leiden) of the network that unexplained ties make."""

    id: str = Field(description="from the names of its accounts: stable across re-runs")
    accounts: list[str]
    edges: int = Field(description="ties among them")
    fast_edges: int = Field(0, description="of these, ties of the fast sub-network")
    core: int = Field(0, description="the largest k for which it has a k-core")
    traces: list[str] = Field(default_factory=list)
    median_delta_s: float | None = Field(None, description="between shares of one object")
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
    strength: int = Field(0, description="the sum of the weights of its ties")
    core: int = Field(0, description="the largest k for which it is in the k-core of the network")
    posts: int = Field(description="of the posts used")
    signals: dict[str, float] = Field(
        default_factory=dict,
        description="synchrony (`in_step`) and rhythm; of few shares some cannot be told",
    )


class FirstSeen(_Part):
    """The first text in this collection; elsewhere there may have been an earlier one."""

    id: str = Field(description="the post, as the finding names it")
    account: str | None
    at: datetime
    language: str


class LanguageShare(_Part):
    language: str
    texts: int
    first_at: datetime


class BurstOfTexts(_Part):
    """Hours with more texts than the day before leads to expect."""

    start_at: datetime
    end_at: datetime
    posts: int
    expected: float
    p: float = Field(description="of its least likely hour, times the hours looked at")


class Story(_Part):
    """One story that was told again: where it began, who took it up, how far it came."""

    first_seen: FirstSeen
    last_at: datetime
    texts: int
    accounts: int
    languages: list[LanguageShare] = Field(description="the first one first")
    kinds: dict[str, int] = Field(description="texts by how they came to be in it")
    stage: Literal["placement", "layering", "integration"] = Field(description="how far it came")
    bursts: list[BurstOfTexts]


class Chain(Story):
    """A story by the id of its chain, which its origin gives."""

    chain_id: str


class Behaviour(_Part):
    """What was measured."""

    windows_s: dict[str, float] = Field(default_factory=dict, description="seconds, by trace")
    fast_windows_s: dict[str, float] = Field(
        default_factory=dict, description="within which a tie is of the fast sub-network, by trace"
    )
    groups: list[Group] = Field(default_factory=list)
    accounts: list[AccountActivity] = Field(default_factory=list)
    edges: list[Edge] = Field(default_factory=list)
    ties: list[Tie] = Field(default_factory=list)
    objects: list[SharedObject] = Field(default_factory=list)
    checks: list[Check] = Field(default_factory=list)
    chains: list[Chain] = Field(default_factory=list, description="the stories that records make")
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


def with_context(document: bytes, context: Mapping[str, list[dict[str, Any]]]) -> bytes:
    """A document's bytes with what others say of whom it names."""
    return rfc8785.dumps({**orjson.loads(document), **context})


def digest_of(document: bytes) -> str:
    """The SHA-256 of a document's bytes, in hexadecimal digits."""
    return hashlib.sha256(document).hexdigest()
