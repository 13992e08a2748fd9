"""The wire: what self-service takes and answers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from app.accounts.letters import Language
from app.core.mail import is_address
from app.events.schemas import Envelope


def _email(text: str) -> str:
    address = text.strip().lower()
    if not is_address(address):
        raise ValueError("this is no e-mail address")
    return address


Email = Annotated[
    str,
    AfterValidator(_email),
    Field(max_length=320, examples=["me@example.org"], json_schema_extra={"format": "email"}),
]
Password = Annotated[
    SecretStr, Field(min_length=1, max_length=4096, examples=["a long sentence that nobody says"])
]
Code = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["123456"])]


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


class Farewell(Confirmation):
    end_subscription: bool = Field(
        False, description="end a running subscription now; no money is returned"
    )


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

    limit: int = Field(100, ge=1, le=1000, description="How many at once.")
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
