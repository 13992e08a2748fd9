"""The parameters of the list of narratives."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.pagination import OwnPageQuery
from app.forensics.corpora.schemas import NAME_PATTERN


class NarrativeSort(StrEnum):
    """By size, or by when the collection first has them."""

    SIZE_DOWN = "-texts"
    FIRST = "first_at"
    FIRST_DOWN = "-first_at"


class NarrativesQuery(OwnPageQuery):
    """Narratives of a finding, or of the latest one of a corpus."""

    finding: UUID | None = Field(
        None,
        description="A finding of chains; this or `corpus`.",
        examples=["3f0c6f0e-6a39-4c55-9a1c-0d5c8f3e7b21"],
    )
    corpus: str | None = Field(
        None,
        pattern=NAME_PATTERN,
        description="The latest finding of chains in this corpus that you may see.",
        examples=["demo"],
    )
    language: Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")] | None = Field(
        None, description="Told in this language too.", examples=["en"]
    )
    min_texts: int = Field(2, ge=2, le=1_000_000, description="Told at least so often.")
    sortby: NarrativeSort = Field(
        NarrativeSort.SIZE_DOWN, description="The most told first, or by first text."
    )
