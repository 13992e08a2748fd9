"""What a takedown and a claim say: third parties' attributions and verdicts, with their sources."""

import hashlib
import re
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from app.events.outlets import fold_name
from app.events.vocabulary import labels
from app.forensics.lookalikes.domains import read_domain
from app.forensics.registry.vocabulary import handle_key

Kind = Literal["takedown", "claim"]
Status = Literal["confirmed", "claimed", "planned", "alleged", "denied"]
ClaimKind = Literal["claim", "official_statement", "law", "propaganda"]
Verdict = Literal[
    "false", "misleading", "altered", "satire", "mixture", "unproven", "disputed", "true", "other"
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
CLAIM_KINDS: tuple[ClaimKind, ...] = get_args(ClaimKind)
MAX_LISTED = 500
MAX_NAMED = 10_000


def _tidy(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _state(code: str) -> str:
    if code not in labels("actor"):
        raise ValueError("a state is an ISO 3166-1 alpha-2 code, or HZB")
    return code


def _address(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"']{1,2000}", url):
        raise ValueError("an address begins with http:// or https://")
    return url


def _no_control(text: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise ValueError("holds control characters")
    return text


_Tidy = BeforeValidator(_tidy)
Words = Annotated[str, _Tidy, AfterValidator(_no_control), Field(min_length=1, max_length=300)]
Text = Annotated[str, _Tidy, AfterValidator(_no_control), Field(min_length=1, max_length=5_000)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")]
State = Annotated[
    str, BeforeValidator(lambda v: v.upper() if isinstance(v, str) else v), AfterValidator(_state)
]
Url = Annotated[str, AfterValidator(_address)]
Platform = Annotated[
    str,
    BeforeValidator(
        lambda v: re.sub(r"[\s_.]+", "-", v.strip().lower()) if isinstance(v, str) else v
    ),
    Field(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$"),
]
Hashtag = Annotated[
    str,
    BeforeValidator(lambda v: v.strip().lstrip("#＃").casefold() if isinstance(v, str) else v),
    Field(pattern=r"^[^\s#,;\x00-\x1f]{1,140}$"),
]
Handle = Annotated[
    str,
    BeforeValidator(lambda v: handle_key(v) if isinstance(v, str) else v),
    Field(pattern=r"^[^\s/?#\x00-\x1f\x7f]{1,200}$"),
]
Registrable = Annotated[str, AfterValidator(lambda v: read_domain(v).registrable)]
_Listed = BeforeValidator(_as_list)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Body(_Part):
    """Who attributes, claims or reviews: a platform, an authority, a newsroom, a person in office."""

    name: Words
    kind: Literal[
        "platform", "government", "researchers", "media", "fact_checker", "organisation",
        "official", "editor", "other",
    ] = "other"  # fmt: skip
    state: State | None = None
    url: Url | None = None


class RecordSource(_Part):
    """Where it was reported. `event` names the event of this service that tells of it, by its id or
    by words of its summary."""

    outlet: Words
    published_on: date | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    url: Url | None = None
    title: Words | None = None
    event: Annotated[int, Field(ge=1, le=2**62)] | Words | None = None


class RecordConfidence(_Part):
    """How sure those who say it are, in their words or by what they show; no number of ours."""

    level: Literal["low", "medium", "high", "unstated"] = "unstated"
    basis: Words | None = None


class AttributionAssessment(_Part):
    """How far whoever attributes can be trusted, in the words of whoever entered the record; each
    apart, none a number of ours."""

    credibility: Words | None = None
    bias: Words | None = None
    evidence: Words | None = None
    transparency: Words | None = None


class Rating(_Part):
    """A fact checker's rating in its own terms, as schema.org/Rating has it."""

    label: Words | None = None
    value: float | None = Field(None, allow_inf_nan=False)
    best: float | None = Field(None, allow_inf_nan=False)
    worst: float | None = Field(None, allow_inf_nan=False)


Named = Annotated[Body, BeforeValidator(_named)]
Sources = Annotated[list[RecordSource], _Listed, Field(min_length=1, max_length=50)]
States = Annotated[list[State], _Listed, Field(max_length=50)]
Hashtags = Annotated[list[Hashtag], _Listed, Field(max_length=MAX_LISTED)]


class _Record(_Part):
    """What both kinds have."""

    id: Id = ""
    title: Words
    attributed_states: States = Field([], description="whom `attributed_by` names; its word alone")
    attributed_by: Named | None = None
    hashtags: Hashtags = []
    targets: States = Field([], description="countries it is aimed at")
    status: Status = "claimed"
    confidence: RecordConfidence = RecordConfidence()
    assessment: AttributionAssessment = AttributionAssessment()
    note: Text | None = None
    sources: Sources
    synthetic: bool = False

    @model_validator(mode="before")
    @classmethod
    def _give_an_id(cls, fields: Any) -> Any:
        """A record without an id gets one of its title and first source."""
        if isinstance(fields, dict) and not fields.get("id"):
            title = str(fields.get("title", ""))
            slug = re.sub(r"[^a-z0-9]+", "-", fold_name(title)).strip("-")[:60]
            mark = hashlib.blake2b(title.encode(errors="replace"), digest_size=4).hexdigest()
            return {**fields, "id": f"{slug or 'record'}-{mark}"}
        return fields

    @model_validator(mode="after")
    def _attribution_has_an_author(self) -> "_Record":
        if self.attributed_states and self.attributed_by is None:
            raise ValueError("attributed_states need attributed_by: who says so")
        return self


class TakedownRecord(_Record):
    """Accounts that a platform acted on, and to whom it or others attribute them."""

    platform: Platform
    taken_down_on: date | None = Field(None, description="when the platform acted or announced it")
    account_count: int | None = Field(None, ge=0, le=10**12)
    count_is_minimum: bool = False
    network_count: int | None = Field(None, ge=0, le=10**6)
    action: Literal["removed", "suspended", "labelled", "limited", "action_taken"] = "action_taken"
    claims: Annotated[list[Id], _Listed, Field(max_length=MAX_LISTED)] = []
    accounts: Annotated[list[Handle], _Listed, Field(max_length=MAX_NAMED)] = Field(
        [], description="the handles that it names, on that platform"
    )
    domains: Annotated[list[Registrable], _Listed, Field(max_length=MAX_NAMED)] = Field(
        [], description="the domains that it names"
    )


class ClaimRecord(_Record):
    """A claim, statement, law or propaganda piece, and what reviewers say of it."""

    kind: ClaimKind = "claim"
    claim: Text
    claimant: Named | None = None
    made_on: date | None = None
    platform: Platform | None = None
    appearances: Annotated[list[Url], _Listed, Field(max_length=MAX_LISTED)] = []
    verdict: Verdict | None = None
    verdict_by: Named | None = None
    verdict_on: date | None = None
    rating: Rating | None = None
    review_url: Url | None = None

    @model_validator(mode="after")
    def _verdict_has_an_author(self) -> "ClaimRecord":
        if self.verdict is not None and self.verdict_by is None:
            raise ValueError("verdict needs verdict_by: who says so")
        return self


def read_record(kind: Kind, fields: dict[str, Any]) -> TakedownRecord | ClaimRecord:
    """A record of its fields.

    Raises:
        ValueError: they are none; the message names the field and the fault.
    """
    try:
        return (TakedownRecord if kind == "takedown" else ClaimRecord).model_validate(fields)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or kind
        raise ValueError(f"{where}: {fault['msg'].removeprefix('Value error, ')}") from None


def attribution_of(record: TakedownRecord | ClaimRecord) -> str | None:
    """Who attributes it to whom, in one sentence; the service itself attributes nothing."""
    if not record.attributed_states or record.attributed_by is None:
        return None
    names = [labels("actor")[code]["en"] for code in record.attributed_states]
    whole = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{record.attributed_by.name} attributes this to {whole}."


def dated_on(record: TakedownRecord | ClaimRecord) -> date | None:
    """The day it is listed under: its own, else that of its first report."""
    own = record.taken_down_on if isinstance(record, TakedownRecord) else record.made_on
    published = [source.published_on for source in record.sources if source.published_on]
    return own or (min(published) if published else None)
