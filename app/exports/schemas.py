"""The wire: what an export is asked for with, and what is told of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.events.query import EventFilter
from app.events.schemas import Envelope, Link


class ExportFormat(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"
    GEOJSON = "geojson"
    GEOPARQUET = "geoparquet"


SUFFIXES = {
    ExportFormat.CSV: "csv",
    ExportFormat.NDJSON: "ndjson",
    ExportFormat.GEOJSON: "geojson",
    ExportFormat.GEOPARQUET: "parquet",
}
FILE_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.NDJSON: "application/x-ndjson",
    ExportFormat.GEOJSON: "application/geo+json",
    ExportFormat.GEOPARQUET: "application/vnd.apache.parquet",
}


class ExportRequest(EventFilter):
    """Which events, as the parameters of the list say it, and in which format."""

    model_config = ConfigDict(
        extra="forbid",
        coerce_numbers_to_str=True,
        json_schema_extra={"example": {"actor": ["IR"], "country": ["VE"], "format": "geoparquet"}},
    )

    format: ExportFormat = Field(description="What the file holds.")

    @field_validator("q")
    @classmethod
    def _without_nul(cls, q: str | None) -> str | None:
        if q is not None and "\0" in q:
            raise ValueError("holds a NUL character")
        return q

    def stored(self) -> dict[str, Any]:
        """The filter as it is kept and compared: what was not said is left out."""
        return self.model_dump(mode="json", exclude_defaults=True, exclude={"format"})


class Clipped(BaseModel):
    """That more events matched than the plan lets out."""

    parameter: str = "rows"
    asked: int
    given: int
    plan: str


class ExportView(BaseModel):
    """An export: how far it is, and what its file holds."""

    id: UUID
    status: str = Field(description="queued, running, done, failed, cancelled or expired")
    format: ExportFormat
    filter: dict[str, Any]
    progress: float = Field(ge=0, le=1, description="share of the rows that are written")
    rows: int
    rows_cap: int | None = Field(description="of the plan it was asked for with; null for no cap")
    matched: int | None = Field(description="events that match, known from the start of the work")
    clipped: Clipped | None
    data_version: int | None = Field(description="of the one state of the data that was read")
    size: int | None = Field(description="bytes of the file")
    sha256: str | None = Field(description="of the file, in hexadecimal digits")
    fault: str | None = Field(description="why it failed")
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None = Field(description="when the file is removed")
    links: list[Link]


class ExportPage(Envelope):
    items: list[ExportView]
