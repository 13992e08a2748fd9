"""What requests and answers about the reach of a silence look like."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from app.itineraries.silences.examples import REACHABILITY
from app.itineraries.tracks.sea_routes import PASSAGES

MAX_PLACES = 50
MAX_DAYS = 400
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]


class Moment(BaseModel):
    """Where a craft was, and when."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime
    lat: Lat
    lon: Lon


class AskedSilence(BaseModel):
    """A time without fixes: the last one before it, and the first after it; or, while it goes on,
    the moment that is asked about."""

    model_config = ConfigDict(extra="forbid")

    start: Moment
    end: Moment | None = None
    until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _one_end(self) -> "AskedSilence":
        if (self.end is None) == (self.until is None):
            raise ValueError("give end or until")
        over = self.end.at if self.end is not None else self.until
        assert over is not None
        if over <= self.start.at:
            raise ValueError("the silence ends before it begins")
        if (over - self.start.at).days > MAX_DAYS:
            raise ValueError(f"a silence of at most {MAX_DAYS} days")
        return self


class AskedPlace(BaseModel):
    """A place that may have been called at."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    lat: Lat
    lon: Lon
    radius_km: float = Field(0, ge=0, le=1_000, allow_inf_nan=False)


class ReachabilityWish(BaseModel):
    """Which silence, which places, how fast and by which way."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "silence": {
                        "start": {"at": "2020-11-01T00:00:00Z", "lat": 12.5, "lon": -61.8},
                        "end": {"at": "2020-11-05T06:00:00Z", "lat": 12.6, "lon": -61.5},
                    },
                    "places": [{"name": "Jose", "lat": 10.17, "lon": -64.86}],
                    "max_speed_kn": 12,
                }
            ]
        },
    )

    silence: AskedSilence | None = Field(None, description="The silence itself, or:")
    activity_id: int | None = Field(
        None, ge=1, le=2**62, description="a gap of /v1/routes/activities, which may still go on."
    )
    places: list[AskedPlace] = Field(
        default_factory=list, max_length=MAX_PLACES, description="Candidates of yours."
    )
    zones: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")]] = Field(
        default_factory=list, max_length=MAX_PLACES, description="Zones, by their middle and size."
    )
    ports: int = Field(
        20, ge=0, le=MAX_PLACES, description="So many ports nearest to the silence's ends as well."
    )
    others: int = Field(
        10, ge=0, le=20, description="So many other craft that were silent then and near enough."
    )
    mode: Literal["sea", "great_circle"] = Field("sea", description="By sea, or straight.")
    max_speed_kn: float = Field(15, gt=0, le=1_000, allow_inf_nan=False)
    stay_hours: float = Field(0, ge=0, le=10_000, allow_inf_nan=False, description="At the place.")
    closed: list[Literal[tuple(sorted(PASSAGES))]] = Field(  # type: ignore[valid-type]
        default_factory=lambda: ["northwest"], max_length=20,
        description="Straits and canals that may not be used.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _one_silence(self) -> "ReachabilityWish":
        if (self.silence is None) == (self.activity_id is None):
            raise ValueError("give silence or activity_id")
        return self


class Reach(BaseModel):
    """A place held against the silence; slack below zero: out of reach. Zones have their id as `code`."""

    code: str | None
    name: str
    reachable: bool
    there_km: float | None
    onward_km: float | None
    slack_hours: float | None
    passages: list[str]


class MeetingReach(BaseModel):
    """Another silent craft, and where and when both can have been at once the longest."""

    craft_id: str
    possible: bool
    lat: float | None
    lon: float | None
    start_at: datetime | None
    end_at: datetime | None
    slack_hours: float | None
    synthetic: bool


class ReachabilityAnswer(BaseModel):
    """What can have happened in a silence, not what did: distance and speed of the shortest way,
    places and craft by the hours left over."""

    model_config = ConfigDict(json_schema_extra={"examples": [REACHABILITY]})

    kind: str
    method: str
    method_version: str
    silence: dict[str, Any]
    distance_km: float | None
    implied_speed_kn: float | None
    slack_hours: float | None
    passages: list[str]
    places: list[Reach]
    meetings: list[MeetingReach]
    parameters: dict[str, Any]
    synthetic: bool
