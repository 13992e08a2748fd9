"""The wire shapes of shared infrastructure."""

from pydantic import BaseModel, ConfigDict, Field

from app.forensics.infrastructure.examples import ANSWER

MIN_SCORE, MAX_SCORE = 0.7, 100.0


class InfrastructureQuery(BaseModel):
    """Which pairs are told."""

    model_config = ConfigDict(extra="forbid")

    min_score: float = Field(
        MIN_SCORE, ge=0, le=MAX_SCORE, allow_inf_nan=False,
        description="Pairs are told from this score on. Tiers 2 and 3 give at most 0.5 each.",
        examples=[MIN_SCORE],
    )  # fmt: skip


class InfrastructureParameters(BaseModel):
    min_score: float
    rarity_others: int = Field(
        description="Rarity is that in a set with so many more sites, none of which has the value."
    )
    tier_caps: dict[str, float] = Field(description="The most that a tier gives.")
    shared_values_sha256: str = Field(
        description="Of the list of values that sites of many owners share."
    )


class InfrastructureCounts(BaseModel):
    sites: int
    files: int
    skipped: int
    pairs_compared: int
    pairs_below: int = Field(description="Pairs that share something, below `min_score`.")
    pairs: int = Field(description="Pairs that are told; at most 10,000 are listed.")


class InfrastructureCheck(BaseModel):
    check: str
    discounted: int = Field(description="Shared values that it took out.")


class CaptureFile(BaseModel):
    path: str
    sha256: str
    bytes: int
    role: str


class Indicator(BaseModel):
    tier: int
    kind: str
    value: str
    found_in: list[str] = Field(description="Up to five of the files in which it stands.")


class CaptureCertificate(BaseModel):
    sha256: str
    serial: str
    issuer: str
    names: int


class Markup(BaseModel):
    names: int = Field(description="Class names and ids of the front page.")
    names_digest: str
    runs: int = Field(description="Runs of five elements of the front page.")
    runs_digest: str


class CapturedSite(BaseModel):
    site: str
    files: list[CaptureFile]
    indicators: list[Indicator]
    certificates: list[CaptureCertificate]
    markup: Markup
    cut: list[str] = Field(description="Kinds of which there are more than the 200 values kept.")


class SharedPart(BaseModel):
    kind: str
    value: str
    tier: int
    family: str = Field(description="Of one family the heaviest value alone counts.")
    weight: float
    holders: int = Field(description="How many sites of this set have it.")
    rarity: float
    similarity: float | None = Field(description="Of names and structure: Jaccard's, weighted.")
    score: float = Field(description="weight x rarity x similarity, 0 beside a heavier one.")


class DiscountedPart(BaseModel):
    kind: str
    value: str
    check: str
    explained_by: str


class SitePair(BaseModel):
    site_a: str
    site_b: str
    score: float = Field(description="The sum of `tiers`.")
    tiers: dict[str, float] = Field(description="The sum of each tier's parts, within its cap.")
    shares: list[SharedPart]
    discounted: list[DiscountedPart] = Field(description="Shared too, and counted for nothing.")
    benign: str | None = Field(description="`same_domain`: one registrable domain, no group.")


class GroupShare(BaseModel):
    tier: int
    kind: str
    value: str
    sites: int


class SiteGroup(BaseModel):
    sites: list[str] = Field(description="Joined by pairs, directly or through others.")
    shares: list[GroupShare]


class SkippedFile(BaseModel):
    path: str
    reason: str


class InfrastructureAnswer(BaseModel):
    """What sites share, measured on the captures that were sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWER]})

    method: str
    method_version: str
    parameters: InfrastructureParameters
    counts: InfrastructureCounts
    checks: list[InfrastructureCheck]
    sites: list[CapturedSite]
    pairs: list[SitePair]
    groups: list[SiteGroup]
    skipped: list[SkippedFile]
    caveats: list[str]
