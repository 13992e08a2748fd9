"""The parameters of the routes over takedowns and claims."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.core.pagination import Cursor, Limit
from app.events.parameters import Codes, DatetimeText, Slugs, Words, one_of, split_values
from app.forensics.records.records import CLAIM_KINDS, VERDICTS

Hashtags: Any = split_values(
    r"[#＃]?[^\s#,\x00-\x1f]{1,140}",
    "a hashtag such as #example",
    lambda text: text.lstrip("#＃").casefold(),
    document={"maxLength": 141},
)


class TakedownFormat(StrEnum):
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"


class ClaimFormat(StrEnum):
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    CLAIM_REVIEW = "claimreview"


class RecordSort(StrEnum):
    DATE_DOWN = "-date"
    DATE = "date"


class RecordsQuery(BaseModel):
    """A page of records; all that is given must hold."""

    model_config = ConfigDict(extra="forbid")

    q: Words | None = Field(
        None,
        description="Words, each the beginning of a word of the record; case and accents do "
        "not matter.",
        examples=["election"],
    )
    state: Codes = Field(
        [], description="Attributed to one of these, or said for one of them.", examples=[["RU"]]
    )
    platform: Slugs = Field([], description="On one of these.", examples=[["twitter"]])
    hashtag: Hashtags = Field([], description="With one of these, `#` or not.")
    datetime: DatetimeText | None = Field(
        None,
        description="Date or interval `a/b`, `a/..`, `../b`; of the takedown or claim, else of its "
        "first report.",
        examples=["2020-10-01/2020-10-31"],
    )
    sortby: RecordSort = Field(
        RecordSort.DATE_DOWN, description="By date; what has none counts as oldest."
    )
    limit: Limit = 100
    cursor: Cursor = None


class TakedownsQuery(RecordsQuery):
    """A page of takedowns."""

    f: TakedownFormat | None = Field(None, description="Format; wins over `Accept`.")


class ClaimsQuery(RecordsQuery):
    """A page of claims."""

    verdict: one_of("Verdict", VERDICTS) = Field(  # type: ignore[valid-type]
        [], description="A reviewer's verdict, one of these.", examples=[["unproven"]]
    )
    kind: one_of("ClaimKind", CLAIM_KINDS) = Field(  # type: ignore[valid-type]
        [], description="What it is."
    )
    f: ClaimFormat | None = Field(None, description="Format; wins over `Accept`.")


class ClaimItemFormat(StrEnum):
    JSON = "json"
    CLAIM_REVIEW = "claimreview"


class ClaimQuery(BaseModel):
    """How one claim is sent."""

    model_config = ConfigDict(extra="forbid")

    f: ClaimItemFormat | None = Field(None, description="Format; wins over `Accept`.")
