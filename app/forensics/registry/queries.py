"""The parameters of the routes over the registry."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.core.pagination import Cursor, Limit
from app.events.parameters import Codes, Slugs, Words, one_of
from app.forensics.registry.vocabulary import ENTRY_KINDS, STATUSES, platform_key


class RegistrySort(StrEnum):
    NAME = "name"
    NAME_DOWN = "-name"


class RegistryQuery(BaseModel):
    """A page of the registry; all that is given must hold."""

    model_config = ConfigDict(extra="forbid")

    q: Words | None = Field(
        None,
        description="Words, each the beginning of a word of the name, an alias, the domain or"
        " the handle; case and accents do not matter.",
        examples=["spiegel"],
    )
    kind: one_of("RegistryKind", ENTRY_KINDS) = Field(  # type: ignore[valid-type]
        [], description="What it is.", examples=[["domain"]]
    )
    status: one_of("RegistryStatus", STATUSES) = Field(  # type: ignore[valid-type]
        [], description="One of these."
    )
    state: Codes = Field([], description="Of one of these states.", examples=[["RU"]])
    platform: Annotated[Slugs, AfterValidator(lambda names: [platform_key(n) for n in names])] = (
        Field([], description="Accounts on one of these; X and Twitter are one.")
    )
    sortby: RegistrySort = Field(RegistrySort.NAME, description="By name.")
    limit: Limit = 100
    cursor: Cursor = None
