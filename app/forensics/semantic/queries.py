"""The parameters of search by meaning."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.events.parameters import one_of
from app.forensics.corpora.schemas import NAME_PATTERN, Plain

EVENTS, POSTS = "events", "posts"


def _has_a_letter(text: str) -> str:
    if not any(map(str.isalnum, text)):
        raise ValueError("has no word in it")
    return text


class SemanticQuery(BaseModel):
    """What is looked for, and where."""

    model_config = ConfigDict(extra="forbid")

    semantic: Annotated[Plain, AfterValidator(_has_a_letter)] = Field(
        min_length=1,
        max_length=1_000,
        description="What the texts should tell of, in any language; a sentence finds more than a"
        " word.",
        examples=["maniobras navales rusas en el Caribe"],
    )
    where: one_of("SearchedIn", (EVENTS, POSTS)) = Field(  # type: ignore[valid-type]
        [EVENTS, POSTS],
        alias="in",
        description="What is searched: `events`, `posts` or both.",
        examples=[[EVENTS]],
    )
    corpus: str | None = Field(
        None,
        pattern=NAME_PATTERN,
        description="Only posts of this corpus; by default of all that you may see.",
        examples=["demo"],
    )
    min_similarity: float = Field(
        0, ge=0, le=1, description="Leave out what is less alike; `meta.calibration` helps choose."
    )
    limit: int = Field(20, ge=1, le=100, description="How many at most; there is no next page.")
