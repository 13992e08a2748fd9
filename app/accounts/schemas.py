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


Token = Annotated[
    SecretStr,
    Field(
        max_length=200,
        description="what follows = in the link's fragment",
        examples=["xFm0S2c5n9…"],
    ),
]


class LinkToken(Body):
    token: Token


class AskReset(Body):
    email: Email
    language: Language | None = None


class ConfirmReset(Body):
    token: Token
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
    detail: str = Field(examples=["if the address can be used, a mail is on its way to it"])


class Verified(BaseModel):
    email: str = Field(examples=["me@example.org"])


class TotpAnswer(BaseModel):
    on: bool
    secret: str | None = Field(
        None, description="for an authenticator; shown once", examples=["JBSWY3DPEHPK3PXP"]
    )
    uri: str | None = Field(None, description="otpauth://…, for a QR code")


class TokenAnswer(BaseModel):
    access_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIs…"])
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int = Field(description="seconds", examples=[900])
    refresh_token: str | None = Field(None, description="absent with cookie=true and for keys")


class Me(BaseModel):
    email: str = Field(examples=["me@example.org"])
    verified: bool
    plan: str = Field(description="the plan in force", examples=["free"])
    features: list[str] = Field(
        description="what this credential opens", examples=[["account", "events", "export"]]
    )
    totp: bool
    created_at: datetime


class AuditEntry(BaseModel):
    id: int
    kind: str = Field(examples=["signed_in"])
    by: str = Field(description="owner, operator, stripe or system", examples=["owner"])
    address: str | None = Field(examples=["203.0.113.7"])
    detail: dict[str, Any]
    at: datetime


class AuditLog(Envelope):
    items: list[AuditEntry]


class QuotaShown(BaseModel):
    name: str = Field(description="burst or daily", examples=["burst"])
    limit: int = Field(description="units", examples=[60])
    window_s: int = Field(description="seconds", examples=[60])
    used: int = Field(examples=[3])
    remaining: int = Field(examples=[57])
    reset_at: datetime


class UsageOfDay(BaseModel):
    day: date = Field(description="in UTC", examples=["2026-11-23"])
    requests: int = Field(examples=[12])
    units: int = Field(description="what they cost", examples=[20])


class Usage(BaseModel):
    plan: str = Field(examples=["free"])
    quotas: list[QuotaShown]
    days: list[UsageOfDay] = Field(description="the last 31, some seconds late")


class PlanShown(BaseModel):
    key: str = Field(examples=["premium"])
    burst_per_minute: int = Field(description="units", examples=[300])
    daily: int = Field(description="units", examples=[100_000])
    page_cap: int = Field(description="items of one page", examples=[10_000])
    export_rows: int | None = Field(description="null for no cap", examples=[1_000_000])
    api_keys: int = Field(examples=[10])
    saved_searches: int = Field(description="with watchlists", examples=[50])
    corpora: int = Field(examples=[50])
    posts_per_corpus: int | None = Field(description="null for no cap", examples=[2_000_000])
    features: list[str] = Field(examples=[["events", "export", "forensics"]])
    prices: list[str] = Field(
        description="lookup keys of prices, for a checkout", examples=[["premium_monthly"]]
    )


class Plans(Envelope):
    items: list[PlanShown]


class OwnData(BaseModel):
    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"examples": [{"accounts": [{"id": 7, "email": "me@example.org"}]}]},
    )
