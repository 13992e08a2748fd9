"""A reported leg: what one report, or several that agree, say of one movement."""

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

from app.itineraries.journeys.identifiers import (
    checked_hull,
    checked_icao24,
    checked_mmsi,
    checked_registration,
)
from app.itineraries.journeys.moments import Moment
from app.itineraries.parameters import WindowText

MoverKind = Literal["person", "delegation", "group", "aircraft", "vessel", "fleet", "cargo"]
Status = Literal["observed", "inferred", "reported", "unconfirmed", "planned", "alleged", "denied"]
Mode = Literal["air", "sea", "land", "unknown"]
Certainty = Literal["confirmed", "reported", "alleged", "unknown"]
Precision = Literal["exact", "city", "admin1", "country", "region"]
STATUSES: tuple[Status, ...] = get_args(Status)
MOVER_KINDS: tuple[MoverKind, ...] = get_args(MoverKind)
GOES_ON = "/.."
_SLUG = r"[a-z0-9][a-z0-9-]{0,99}"


def _tidy(text: object) -> object:
    return " ".join(text.split()) if isinstance(text, str) else text


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


def _parses(text: str) -> str:
    Moment.parse(text)
    return text


def _parses_or_goes_on(text: str) -> str:
    Moment.parse(text.removesuffix(GOES_ON))
    return text


def _web_address(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"']{1,2000}", url):
        raise ValueError("an address begins with http:// or https://")
    return url


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _shown(value: object) -> object:
    return {"shown": value} if isinstance(value, str) else value


def _what(value: object) -> object:
    return {"what": value} if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_tidy), Field(min_length=1, max_length=300)]
LongText = Annotated[str, BeforeValidator(_tidy), Field(min_length=1, max_length=2_000)]
Slug = Annotated[str, Field(pattern=f"^{_SLUG}$")]
Country = Annotated[
    str, BeforeValidator(lambda c: c.upper() if isinstance(c, str) else c),
    Field(pattern="^[A-Z]{2}$"),
]  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Place(_Part):
    """Where, as far as it is said: a name that no gazetteer knows is a place too."""

    name: Text | None = None
    country: Country | None = None
    code: Annotated[str, Field(pattern="^[A-Z0-9-]{2,10}$")] | None = None
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    precision: Precision | None = None
    status: Status | None = Field(None, description="of this end, where it is not the leg's")

    @model_validator(mode="after")
    def _is_somewhere(self) -> "Place":
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon go together")
        if self.name is None and self.country is None and self.code is None and self.lat is None:
            raise ValueError("give a name, a country, a code, or lat and lon")
        return self

    @property
    def label(self) -> str:
        """The place in words."""
        if self.name or self.code:
            return self.name or self.code or ""
        if self.lat is not None:
            return f"{self.lat:.2f}, {self.lon:.2f}"
        return self.country or ""


class When(_Part):
    """A time as a report gives it. `words` are the report's own, `part` where they stand."""

    at: Annotated[str, Field(max_length=60), AfterValidator(_parses)]
    words: Text | None = None
    part: Literal["headline", "body"] | None = None

    @property
    def moment(self) -> Moment:
        return Moment.parse(self.at)


class Dark(When):
    """A time when the craft was not re-observed, `a/..` while it goes on; from where to where, when
    sensors tell it.

    `activity_id` is the gap in /v1/routes/activities, by which its reach can be asked for.
    """

    at: Annotated[str, Field(max_length=60), AfterValidator(_parses_or_goes_on)]
    activity_id: int | None = None
    from_lat: float | None = Field(None, ge=-90, le=90)
    from_lon: float | None = Field(None, ge=-180, le=180)
    to_lat: float | None = Field(None, ge=-90, le=90)
    to_lon: float | None = Field(None, ge=-180, le=180)
    distance_km: float | None = Field(None, ge=0)
    implied_speed_kn: float | None = Field(None, ge=0)

    @property
    def moment(self) -> Moment:
        return Moment.parse(self.at.removesuffix(GOES_ON))

    @property
    def goes_on(self) -> bool:
        """Whether the craft has not been re-observed since."""
        return self.at.endswith(GOES_ON)


class Track(_Part):
    """The fixes that show a leg: those of a craft in an interval, as /v1/routes/crafts has them."""

    craft_id: int
    datetime: WindowText


class Source(_Part):
    """One publication. `cites` names what it rests on: a tracker, an official, another outlet."""

    outlet: Text
    published_on: date | None = None
    url: Annotated[str, AfterValidator(_web_address)] | None = None
    language: Annotated[str, Field(pattern="^[a-z]{2}$")] | None = None
    cites: Annotated[tuple[Text, ...], BeforeValidator(_as_list), Field(max_length=20)] = ()
    state: Country | None = Field(None, description="the state that owns or controls the outlet")
    event: Annotated[int, Field(ge=1, le=2**62)] | Text | None = Field(
        None, description="an event that it is a source of: its id, or words of its summary"
    )


class Mover(_Part):
    """Who or what moved. `role` is a public office; a person without one is private."""

    kind: MoverKind
    name: Text
    role: Text | None = None
    country: Country | None = None
    members: Annotated[tuple[Text, ...], BeforeValidator(_as_list), Field(max_length=100)] = ()


class Craft(_Part):
    """What carried them, or itself moved."""

    type: Text | None = None
    name: Text | None = None
    registration: Annotated[str, AfterValidator(checked_registration)] | None = None
    icao24: Annotated[str, AfterValidator(checked_icao24)] | None = None
    imo: Annotated[str, AfterValidator(checked_hull)] | None = None
    mmsi: Annotated[str, AfterValidator(checked_mmsi)] | None = None
    flag: Country | None = None
    owner: Text | None = None


class FalseIdentity(_Part):
    """An identity that was shown and is not the craft's own."""

    shown: Text
    why: LongText | None = None


class Cargo(_Part):
    """What was carried, and how sure that is."""

    what: Text
    quantity: float | None = Field(None, ge=0)
    unit: Text | None = None
    certainty: Certainty = "reported"


class Claim(_Part):
    """One leg as it is reported; several claims can be about one leg and disagree."""

    journey: Slug | None = Field(None, description="legs of one journey share this key")
    leg: int | None = Field(None, ge=1, le=100_000, description="its place in the journey")
    title: Text | None = None
    mover: Mover
    origin: Annotated[Place, BeforeValidator(_named)] | None = Field(None, alias="from")
    to: Annotated[Place, BeforeValidator(_named)] | None = None
    via: tuple[Annotated[Place, BeforeValidator(_named)], ...] = Field((), max_length=100)
    departed: tuple[When, ...] = Field((), max_length=20)
    arrived: tuple[When, ...] = Field((), max_length=20)
    status: Status = "reported"
    mode: Mode = "unknown"
    carrier: Text | None = None
    craft: Craft | None = None
    false_identity: Annotated[FalseIdentity, BeforeValidator(_shown)] | None = None
    cargo: tuple[Annotated[Cargo, BeforeValidator(_what)], ...] = Field((), max_length=50)
    escort: tuple[Text, ...] = Field((), max_length=20)
    count: int | None = Field(None, ge=1, le=1_000_000, description="how many of the kind moved")
    count_is_minimum: bool = False
    dark: tuple[Dark, ...] = Field((), max_length=50, description="when it was not re-observed")
    track: Track | None = Field(None, description="the positions that show it")
    note: LongText | None = None
    sources: tuple[Source, ...] = Field(min_length=1, max_length=50)
    synthetic: bool = False

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        """Lists may be given as their one member, and times as their text."""
        if not isinstance(value, dict):
            return value
        value = dict(value)
        for name in ("via", "departed", "arrived", "cargo", "escort", "dark", "sources"):
            if value.get(name) is not None:
                value[name] = _as_list(value[name])
        for name in ("departed", "arrived", "dark"):
            if isinstance(value.get(name), list):
                value[name] = [{"at": w} if isinstance(w, str) else w for w in value[name]]
        return value

    @property
    def known_on(self) -> date | None:
        """The day from which the public could know of it: of its earliest dated source."""
        return min((s.published_on for s in self.sources if s.published_on), default=None)


def read_claim(value: object) -> Claim:
    """A claim from JSON.

    Raises:
        ValueError: the first fault, with the field's name and never its content.
    """
    try:
        return Claim.model_validate(value)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        raise ValueError(f"{field}: {message}" if field else message) from None


def claim_json(claim: Claim) -> dict[str, Any]:
    """The claim as JSON, without what it leaves open; `read_claim` reads it back."""
    return claim.model_dump(mode="json", by_alias=True, exclude_defaults=True)
