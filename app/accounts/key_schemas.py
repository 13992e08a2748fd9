"""The wire: what routes to API keys take and answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from app.access.keys import KeyKind
from app.access.origins import read_origin
from app.accounts.schemas import Body
from app.core.clock import now
from app.events.schemas import Envelope
from app.plans import Feature


def _not_past(instant: datetime) -> datetime:
    if instant <= now():
        raise ValueError("it is past already")
    return instant


Origin = Annotated[str, AfterValidator(read_origin), Field(max_length=300)]
Name = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Expiry = Annotated[AwareDatetime, AfterValidator(_not_past)]


class KeyWish(Body):
    """What a new key is to be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "laptop"},
                {"name": "map", "kind": "browser", "origins": ["https://example.org"]},
            ]
        }
    )

    name: Name = ""
    kind: KeyKind = KeyKind.SECRET
    scopes: list[Feature] | None = Field(None, description="features; null for all of the plan")
    origins: list[Origin] = Field(
        default_factory=list, max_length=20, description="of the pages that show a browser key"
    )
    expires_at: Expiry | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        fault = fault_of_kind(self.kind, self.origins, self.scopes)
        if fault is not None:
            raise ValueError(fault)
        return self


def fault_of_kind(kind: KeyKind, origins: list[str], scopes: Sequence[str] | None) -> str | None:
    """What does not go together in a key, if anything."""
    if kind is KeyKind.BROWSER and not origins:
        return "a browser key needs the origins of its pages"
    if kind is KeyKind.SECRET and origins:
        return "a secret key has no origins; it must not stand in a page"
    if kind is KeyKind.BROWSER and Feature.ACCOUNT in (scopes or ()):
        return "a browser key never opens the account"
    return None


class KeyChange(Body):
    """What is to change of a key; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "old laptop"}]})

    name: Name = ""
    scopes: list[Feature] | None = None
    origins: list[Origin] = Field(default_factory=list, max_length=20)
    expires_at: Expiry | None = None


class KeyRotation(Body):
    keep_old_hours: int = Field(
        0, ge=0, le=168, description="how long the old key still works", examples=[24]
    )


class KeyShown(BaseModel):
    id: int = Field(examples=[7])
    name: str = Field(examples=["laptop"])
    kind: str = Field(description="secret or browser", examples=["secret"])
    hint: str = Field(description="the key's first characters", examples=["vric_sk_Ab3d"])
    scopes: list[str] | None = Field(description="features; null for all of the plan")
    origins: list[str] = Field(description="of the pages that show a browser key")
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="to the minute or so")


class NewKey(KeyShown):
    key: str = Field(description="shown this once", examples=["vric_sk_Ab3d…"])


class Keys(Envelope):
    items: list[KeyShown]
