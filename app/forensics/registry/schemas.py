"""The wire of the registry, for the API's document."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.events.schemas import Envelope, Link
from app.forensics.corpora.schemas import Plain
from app.forensics.records.records import Url
from app.forensics.registry.examples import DISPUTE, DISPUTES, ENTRY, ENTRY_DETAIL, ENTRY_PAGE

MIN_STATEMENT, MAX_STATEMENT = 10, 4_000


class RegistryCitation(BaseModel):
    """Who said it, where and when. An outlet's ground has the day on which it was noted."""

    publisher: str | None
    url: str | None
    published_on: date | None
    noted_on: date | None = None
    says: str


class RegistryEntryShown(BaseModel):
    """What cited publications say of an outlet, an account or a domain. It is no sign of guilt."""

    model_config = ConfigDict(json_schema_extra={"example": ENTRY})

    kind: Literal["outlet", "account", "domain"]
    id: str
    name: str
    aliases: list[str]
    platform: str | None
    handle: str | None
    domain: str | None
    status: str = Field(
        description="of outlets and others: state, state_controlled, government, party,"
        " public_broadcaster, us_public_broadcaster, private, unknown; besides: official,"
        " independent, labelled (by a platform), taken_down, seized (by an authority), lookalike"
        " (reported to imitate another)"
    )
    state: str | None
    outlet: str | None = Field(description="the outlet that it belongs to")
    imitates: str | None = Field(description="the domain that it is reported to imitate")
    citations: list[RegistryCitation]
    open_disputes: int
    synthetic: bool
    listed_on: date | None
    updated_at: datetime | None
    withdrawn_at: datetime | None
    links: list[Link]


class FormerStatus(BaseModel):
    """What an entry said until then, and who or what put it otherwise."""

    status: str
    state: str | None
    citations: list[RegistryCitation]
    until: datetime
    by: str


class DisputeShown(BaseModel):
    """A dispute. Its statement is shown to all once an operator has decided."""

    model_config = ConfigDict(json_schema_extra={"example": DISPUTE})

    id: UUID
    standing: Literal["holder", "third_party"] = Field(description="by its own word")
    filed_at: datetime
    outcome: Literal["open", "upheld", "partly_upheld", "rejected", "withdrawn"]
    statement: str | None
    evidence_url: str | None
    decision: str | None
    decided_at: datetime | None
    own: bool = Field(description="filed by the caller")


class RegistryEntryDetail(RegistryEntryShown):
    model_config = ConfigDict(json_schema_extra={"example": ENTRY_DETAIL})

    disputes: list[DisputeShown]
    history: list[FormerStatus] = Field(description="oldest first")


class RegistryPage(Envelope):
    model_config = ConfigDict(json_schema_extra={"example": ENTRY_PAGE})

    items: list[RegistryEntryShown]


class DisputePage(Envelope):
    model_config = ConfigDict(json_schema_extra={"example": DISPUTES})

    items: list[DisputeShown]


class DisputeWish(BaseModel):
    """What is said against an entry."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "standing": "holder",
                "statement": "The domain has been ours since May; it was another's before.",
                "evidence_url": "https://example.org/contract",
            }
        },
    )

    standing: Literal["holder", "third_party"]
    statement: Annotated[
        Plain, BeforeValidator(lambda v: v.strip() if isinstance(v, str) else v)
    ] = Field(min_length=MIN_STATEMENT, max_length=MAX_STATEMENT)
    evidence_url: Url | None = Field(None, description="where an operator can see it")
