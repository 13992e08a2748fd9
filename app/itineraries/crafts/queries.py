"""Query parameters over craft and their tracks."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from app.core.pagination import Cursor, Limit, PageQuery
from app.events.parameters import BoxText, Codes, one_of
from app.itineraries.parameters import CraftKeys, Values, WindowText

KINDS = ("vessel", "aircraft", "unknown")


class TrackFormat(StrEnum):
    """How a track is sent."""

    JSON = "json"
    GEOJSON = "geojson"
    MFJSON = "mfjson"
    GPX = "gpx"
    KML = "kml"
    CZML = "czml"
    CSV = "csv"


class CraftsQuery(PageQuery):
    """Which craft. Several values of one field are alternatives; fields narrow.

    Values are compared without case, accents, spaces and punctuation: `EPFAB` is `EP-FAB`.
    """

    q: str | None = Field(
        None, min_length=2, max_length=100, pattern=r"^[^\x00-\x1f]*[^\W_][^\x00-\x1f]*$",
        description="Part of a name, an identifier or a key.", examples=["borracha"],
    )  # fmt: skip
    craft: CraftKeys = Field(default_factory=list, description="Ids or keys of craft.")
    kind: one_of("CraftKind", KINDS) = Field([], description="vessel, aircraft or unknown.")  # type: ignore[valid-type]
    name: Values = Field(default_factory=list, description="A whole name, past ones too.")
    flag: Codes = Field(default_factory=list, description="Flag said or sent (ISO alpha-2).")
    mmsi: Values = Field(default_factory=list, description="Maritime identity.")
    imo: Values = Field(default_factory=list, description="IMO number.", examples=[["9187629"]])
    callsign: Values = Field(default_factory=list, description="Call sign or flight.")
    registration: Values = Field(
        default_factory=list, description="An aircraft's marks.", examples=[["EP-FAB"]]
    )
    icao24: Values = Field(default_factory=list, description="24-bit address of an aircraft.")
    msn: Values = Field(default_factory=list, description="Maker's serial number.")
    operator: Values = Field(default_factory=list, description="Operator, past ones too.")
    owner: Values = Field(default_factory=list, description="Owner, past ones too.")

    bbox: BoxText | None = Field(
        None,
        description="Was heard there, to half a degree: minLon,minLat,maxLon,maxLat; west > east "
        "crosses the antimeridian.",
    )
    datetime: WindowText | None = Field(
        None,
        description="Was heard then, to six hours: date, instant or interval `a/b`, `a/..`, `../b`.",
    )

    def fields(self) -> dict[str, list[str]]:
        """The identities asked for, by field."""
        return {name: values for name in IDENTITIES if (values := getattr(self, name))}


IDENTITIES = (
    "name", "flag", "mmsi", "imo", "callsign", "registration", "icao24", "msn", "operator", "owner",
)  # fmt: skip


class TrackQuery(BaseModel):
    """Which part of a track, and how it is sent."""

    model_config = ConfigDict(extra="forbid")

    datetime: WindowText | None = Field(
        None,
        description="Date, instant or interval `a/b`, `a/..`, `../b`; both ends included.",
        examples=["2020-11-01/2020-11-30"],
    )
    simplify_m: float | None = Field(
        None, gt=0, le=1_000_000, allow_inf_nan=False,
        description="Leave out fixes no farther than so many metres from the line that is left.",
    )  # fmt: skip
    limit: Limit = 10_000
    cursor: Cursor = None
    f: TrackFormat | None = Field(None, description="Format; wins over `Accept`.")


class IdentityQuery(BaseModel):
    """Over which time places are compared."""

    model_config = ConfigDict(extra="forbid")

    datetime: WindowText | None = Field(
        None,
        description="Fixes of this window serve the check of two places at once; by default the "
        "last 90 days that the craft was observed.",
    )
