"""The wire of lookalike domains: what is asked and what was found."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.events.schemas import Envelope
from app.forensics.lookalikes.domains import MAX_CHARACTERS
from app.forensics.lookalikes.matching import THRESHOLD

MAX_DOMAINS = 500
DomainText = Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)]
EXAMPLE: dict[str, Any] = {
    "items": [
        {
            "domain": "https://spiegel.ltd/artikel",
            "registrable": "spiegel.ltd",
            "fault": None,
            "known": None,
            "listed": {"status": "lookalike", "href": "/v1/forensics/registry/domain/spiegel.ltd"},
            "lookalike": True,
            "matches": [
                {
                    "imitates": "spiegel.de",
                    "source": "given",
                    "kinds": ["tld_swap"],
                    "score": 75,
                    "parts": [
                        {
                            "part": "same_name",
                            "points": 40,
                            "evidence": "spiegel stands in both",
                        },
                        {
                            "part": "open_suffix",
                            "points": 25,
                            "evidence": ".ltd is sold to anyone",
                        },
                        {"part": "length_of_name", "points": 10, "evidence": "7 letters"},
                    ],
                }
            ],
        }
    ],
    "links": [],
    "returned": 1,
    "meta": {"method": "lookalike-domains", "version": "1", "compared_with": 1, "min_score": 50},
}


class LookalikeWish(BaseModel):
    """Which domains to look at, and whom they may imitate."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"domains": ["https://spiegel.ltd/artikel"], "against": ["spiegel.de"]}
        },
    )

    domains: list[DomainText] = Field(
        min_length=1, max_length=MAX_DOMAINS, description="domains, hosts or URLs"
    )
    against: list[DomainText] = Field(
        default_factory=list, max_length=MAX_DOMAINS, description="domains that may be imitated"
    )
    registry: bool = Field(
        True,
        description="compare with the domains of the registry, of its outlets, and with well-known"
        " ones as well",
    )
    min_score: int = Field(THRESHOLD, ge=1, le=100, description="leave out matches below this")

    @model_validator(mode="after")
    def _has_something_to_compare_with(self) -> "LookalikeWish":
        if not self.registry and not self.against:
            raise ValueError("give `against`, or let `registry` be true")
        return self


class LookalikePart(BaseModel):
    """One ground for a score."""

    part: str
    points: int
    evidence: str


class LookalikeMatch(BaseModel):
    """Whom a domain may be taken for."""

    imitates: str
    source: str = Field(description="given, the entry of the registry, or well known")
    kinds: list[str] = Field(
        description="homoglyph, typo, hyphen, tld_swap, added_word, combosquatting or subdomain"
    )
    score: int = Field(description="the sum of its parts, 0 to 100")
    parts: list[LookalikePart]


class ListedDomain(BaseModel):
    """What the registry says of the domain itself; it is no part of a score."""

    status: str
    href: str


class LookalikeItem(BaseModel):
    """One of the domains asked for."""

    domain: str = Field(description="as it was given")
    registrable: str | None
    fault: str | None = Field(description="why it is no domain")
    known: str | None = Field(description="the protected domain that it is, or is below")
    listed: ListedDomain | None
    lookalike: bool = Field(description="whether there is a match of 50 or more")
    matches: list[LookalikeMatch] = Field(description="the likest first, five at most")


class LookalikePage(Envelope):
    """The domains in the order in which they were given."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    items: list[LookalikeItem]
