"""What an entry of the registry says: an account or a domain, its status, and who is cited for it."""

import hashlib
import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from app.forensics.lookalikes.domains import read_domain
from app.forensics.records.records import Id, Platform, State, Text, Url, Words
from app.forensics.registry.vocabulary import STATUSES, account_key, handle_key, platform_key

MAX_CITATIONS = 20


def _status(text: str) -> str:
    if text not in STATUSES:
        raise ValueError(f"choose one of {', '.join(STATUSES)}")
    return text


def _handle(text: str) -> str:
    key = handle_key(text)
    if not re.fullmatch(r"[^\s\x00-\x1f\x7f/?#]{1,200}", key):
        raise ValueError("a handle such as @somebody, without spaces")
    return key


def _domain(text: str) -> str:
    return read_domain(text).registrable


class EntryCitation(BaseModel):
    """Who said it, where and when, in a few words of ours."""

    model_config = ConfigDict(extra="forbid")

    publisher: Words
    url: Url | None = None
    published_on: date
    says: Text


class EntryRecord(BaseModel):
    """An account on a platform, or a domain."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["account", "domain"]
    platform: Annotated[Platform, AfterValidator(platform_key)] | None = None
    account: Annotated[str, AfterValidator(_handle)] | None = None
    domain: Annotated[str, AfterValidator(_domain)] | None = None
    name: Words | None = None
    status: Annotated[str, AfterValidator(_status)]
    state: State | None = None
    outlet: Id | None = None
    imitates: Annotated[str, AfterValidator(_domain)] | None = None
    citations: Annotated[
        list[EntryCitation],
        BeforeValidator(lambda v: [v] if isinstance(v, dict) else v),
        Field(min_length=1, max_length=MAX_CITATIONS),
    ]
    synthetic: bool = False

    @model_validator(mode="after")
    def _names_one_thing(self) -> "EntryRecord":
        account = self.kind == "account"
        if account and (not self.platform or not self.account or self.domain):
            raise ValueError("an account has a platform and an account, and no domain")
        if not account and (not self.domain or self.platform or self.account):
            raise ValueError("a domain has a domain, and neither platform nor account")
        return self

    @property
    def key(self) -> str:
        """What it is found by: the registrable domain, or the handle."""
        key = self.domain if self.kind == "domain" else self.account
        assert key is not None
        return key

    @property
    def id(self) -> str:
        """The domain, or platform and handle; what is no plain letter is put as a mark."""
        if self.kind == "domain":
            return self.key
        name = account_key(self.platform or "", self.key)
        plain = re.sub(r"[^a-z0-9.:_-]+", "-", name)
        if plain == name:
            return name
        return f"{plain}-{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"


def read_entry(fields: dict[str, Any]) -> EntryRecord:
    """An entry of its fields.

    Raises:
        ValueError: they are none; the message names the field and the fault.
    """
    try:
        return EntryRecord.model_validate(fields)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or "entry"
        raise ValueError(f"{where}: {fault['msg'].removeprefix('Value error, ')}") from None
