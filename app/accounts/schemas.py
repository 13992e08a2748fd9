"""The wire: what self-service takes and answers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from app.access.keys import KeyKind
from app.accounts.letters import Language
from app.core.clock import now
from app.core.mail import is_address
from app.events.schemas import Envelope
from app.plans import Feature

_LOCAL = ("localhost", "127.0.0.1", "[::1]")


def _email(text: str) -> str:
    address = text.strip().lower()
    if not is_address(address):
        raise ValueError("this is no e-mail address")
    return address


def _origin(text: str) -> str:
    parts = urlsplit(text.strip().lower())
    if (
        parts.scheme not in ("https", "http")
        or not parts.hostname
        or parts.path not in ("", "/")
        or parts.query or parts.fragment or parts.username
        or (parts.scheme == "http" and parts.netloc.rsplit(":", 1)[0] not in _LOCAL)
    ):  # fmt: skip
        raise ValueError("an origin is like https://example.org, or http://localhost:3000")
    default = {"https": ":443", "http": ":80"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.removesuffix(default)}"


def _not_past(instant: datetime) -> datetime:
    if instant <= now():
        raise ValueError("it is past already")
    return instant


Email = Annotated[str, AfterValidator(_email), Field(max_length=320, examples=["me@example.org"])]
Password = Annotated[
    SecretStr, Field(min_length=1, max_length=4096, examples=["a long sentence that nobody says"])
]
Origin = Annotated[str, AfterValidator(_origin), Field(max_length=300)]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["123456"])]
Name = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Expiry = Annotated[AwareDatetime, AfterValidator(_not_past)]


class Body(BaseModel):
    """A request body: nothing that is not understood passes."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class SignUp(Body):
    email: Email
    password: Password = Field(description="12 to 1024 characters, none of the commonest")
    language: Language | None = Field(None, description="of mails; else by Accept-Language")


class LinkToken(Body):
    token: SecretStr = Field(max_length=200, description="what follows = in the link's fragment")


class AskReset(Body):
    email: Email
    language: Language | None = None


class ConfirmReset(Body):
    token: SecretStr = Field(max_length=200)
    password: Password


class Confirmation(Body):
    password: Password = Field(description="the present one")
    otp: Code | None = Field(None, description="where codes are on")


class ChangePassword(Confirmation):
    new_password: Password


class ChangeMe(Confirmation):
    email: Email = Field(description="confirmed by a link that is mailed there")


class TotpWish(Body):
    """First the password, for a new secret; then a code of it."""

    password: Password | None = None
    code: Code | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.password is None) == (self.code is None):
            raise ValueError("send either the password or a code")
        return self


class TotpRemoval(Body):
    password: Password
    otp: Code


class Accepted(BaseModel):
    detail: str


class Verified(BaseModel):
    email: str


class TotpAnswer(BaseModel):
    on: bool
    secret: str | None = Field(None, description="for an authenticator; shown once")
    uri: str | None = Field(None, description="otpauth://…, for a QR code")


class TokenAnswer(BaseModel):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int = Field(description="seconds")
    refresh_token: str | None = Field(None, description="absent with cookie=true and for keys")


class Me(BaseModel):
    email: str
    verified: bool
    plan: str = Field(description="the plan in force")
    features: list[str] = Field(description="what this credential opens")
    totp: bool
    created_at: datetime


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

    name: Name = ""
    scopes: list[Feature] | None = None
    origins: list[Origin] = Field(default_factory=list, max_length=20)
    expires_at: Expiry | None = None


class KeyRotation(Body):
    keep_old_hours: int = Field(0, ge=0, le=168, description="how long the old key still works")


class KeyShown(BaseModel):
    id: int
    name: str
    kind: str
    hint: str = Field(description="the key's first characters")
    scopes: list[str] | None
    origins: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="to the minute or so")


class NewKey(KeyShown):
    key: str = Field(description="shown this once")


class Keys(Envelope):
    items: list[KeyShown]


class AuditEntry(BaseModel):
    id: int
    kind: str
    by: str
    address: str | None
    detail: dict[str, Any]
    at: datetime


class AuditLog(Envelope):
    items: list[AuditEntry]


class AuditQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(None, description="from `links[rel=next]`")


class QuotaShown(BaseModel):
    name: str
    limit: int
    window_s: int
    used: int
    remaining: int
    reset_at: datetime


class UsageOfDay(BaseModel):
    day: date
    requests: int
    units: int


class Usage(BaseModel):
    plan: str
    quotas: list[QuotaShown]
    days: list[UsageOfDay] = Field(description="the last 31, some seconds late")


class PlanShown(BaseModel):
    key: str
    burst_per_minute: int
    daily: int
    page_cap: int
    export_rows: int | None = Field(description="null for no cap")
    api_keys: int
    saved_searches: int
    features: list[str]
    prices: list[str] = Field(description="lookup keys of prices, for a checkout")


class Cost(BaseModel):
    method: str
    path: str
    units: int


class Plans(Envelope):
    items: list[PlanShown]


class OwnData(BaseModel):
    model_config = ConfigDict(extra="allow")
