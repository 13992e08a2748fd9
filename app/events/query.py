"""The one query model: every filter of every surface over events."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from app.events.parameters import (
    BoxText,
    Categories,
    Codes,
    DatetimeText,
    Ids,
    PointText,
    Precisions,
    QText,
    Slugs,
    SourceLanguages,
    StateMedia,
    Statuses,
)


class DateBasis(StrEnum):
    """Which of the two dates `datetime` means."""

    PUBLISHED = "published"
    OCCURRED = "occurred"


class EventFilter(BaseModel):
    """Which events are meant. Several values of one field are alternatives; fields narrow."""

    model_config = ConfigDict(extra="forbid")

    q: QText | None = Field(
        None,
        description='Words, "phrases", -exclusions and OR, in English, Spanish, Portuguese or '
        "French; accents do not matter.",
        examples=["oil tanker"],
    )
    id: Ids = Field(default_factory=list, description="Ids of events.")
    actor: Codes = Field(
        default_factory=list, description="Who acts: ISO alpha-2 or HZB.", examples=[["IR"]]
    )
    country: Codes = Field(
        default_factory=list, description="Where it happens or what it is aimed at."
    )
    category: Categories = Field(
        default_factory=list,
        description="Main instrument: diplomatic, informational, military, economic.",
    )
    topic: Slugs = Field(default_factory=list, description="A topic of /v1/meta.")
    outlet: Slugs = Field(default_factory=list, description="Id of an outlet of /v1/sources.")
    language: SourceLanguages = Field(
        default_factory=list, description="Language of a source (ISO 639-1)."
    )
    state_media: StateMedia = Field(
        default_factory=list,
        description="`printed`: marked as state media in the edition; `registry`: the outlet "
        "registry says so; `any` of the two; `none`.",
    )
    status: Statuses = Field(
        default_factory=list, description="confirmed, claimed, planned, alleged, denied."
    )
    edition: Slugs = Field(default_factory=list, description="Id of a report.")
    precision: Precisions = Field(default_factory=list, description="How well the place is known.")
    datetime: DatetimeText | None = Field(
        None,
        description="Date, instant or interval `a/b`, `a/..`, `../b`; both ends included.",
        examples=["2020-10-01/2020-10-31"],
    )
    date_basis: DateBasis = Field(
        DateBasis.PUBLISHED, description="The date printed after the outlet, or the one of the act."
    )
    bbox: BoxText | None = Field(
        None,
        description="minLon,minLat,maxLon,maxLat; west > east crosses the antimeridian. Meets "
        "events with a point only.",
        examples=["-74,0,-59,13"],
    )
    near: PointText | None = Field(
        None, description="lon,lat; with radius_km.", examples=["-66.9,10.5"]
    )
    radius_km: float | None = Field(
        None,
        gt=0,
        le=20_000,
        allow_inf_nan=False,
        validate_default=True,
        description="How far from `near`, in kilometres.",
        examples=[150],
    )

    @field_validator("radius_km")
    @classmethod
    def _goes_with_near(cls, radius_km: float | None, info: ValidationInfo) -> float | None:
        if "near" in info.data and (info.data["near"] is None) != (radius_km is None):
            raise ValueError("near and radius_km go together")
        return radius_km

    def active(self) -> list[str]:
        """The parameters that narrow the result."""
        return [name for name in _NARROWING if getattr(self, name)]


_NARROWING = tuple(
    name for name in EventFilter.model_fields if name not in ("date_basis", "radius_km")
)
