"""Settings of one process, read from the environment (`VRIC_…`) when asked, never at import."""

import contextlib
import re
import secrets
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.core.errors import ConfigurationError

MIN_SECRET_BYTES = 32
MIN_SECRET_DIFFERENT = 10
_KEY_OF_32_BYTES = re.compile(r"[A-Za-z0-9+/_-]{43}=?$")
_STRIPE_KEY = re.compile(r"[sr]k_(test|live)_\S+$")


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


def _split(value: object) -> object:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


def _postgresql(url: SecretStr | None) -> SecretStr | None:
    if url is not None and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://")
    return url


def _redis(url: SecretStr | None) -> SecretStr | None:
    if url is not None and not url.get_secret_value().startswith(("redis://", "rediss://")):
        raise ValueError("must begin with redis:// or rediss://")
    return url


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in ("https", "http"):
        raise ValueError("must begin with https:// or http://")
    return url.rstrip("/")


DatabaseUrl = Annotated[SecretStr | None, AfterValidator(_postgresql)]
RedisUrl = Annotated[SecretStr | None, AfterValidator(_redis)]


class Settings(BaseSettings):
    """What an operator may set. Every field is `VRIC_` plus its name in capitals."""

    model_config = SettingsConfigDict(
        # A variable that is set to nothing, as compose files do, is not set.
        env_prefix="VRIC_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    environment: Environment = Environment.DEVELOPMENT
    database_url: DatabaseUrl = Field(
        None,
        description="PostgreSQL >= 15 with contrib; without it the bundled server starts",
    )
    database_replica_url: DatabaseUrl = Field(None, description="where GET requests read")
    database_pool_size: int = Field(8, ge=1, le=200, description="reading connections per worker")
    data_dir: Path = Field(Path(".vric"), description="bundled database, generated secret")
    redis_url: RedisUrl = Field(None, description="shares the limits between workers")
    secret_key: SecretStr | None = Field(
        None,
        description="keys the hashes of API keys; made in data_dir when absent in development",
    )
    secret_key_previous: Annotated[list[SecretStr], NoDecode] = Field(
        default_factory=list,
        description="replaced keys that still open tokens, API keys and what is sealed, by commas",
    )
    evidence_key: SecretStr | None = Field(
        None,
        description="32 bytes in base64 that sign evidence; derived from the secret key when absent",
    )
    evidence_keys_previous: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="replaced public keys of evidence, by commas"
    )
    smtp_url: SecretStr | None = Field(
        None, description="smtp://USER:PASSWORD@HOST:587 or smtps://; without it mails are files"
    )
    mail_from: str = Field("VRIC Monitor <noreply@localhost>", description="sender of mails")
    trusted_proxies: Annotated[list[IPv4Network | IPv6Network], NoDecode] = Field(
        default_factory=list, description="networks whose X-Forwarded-For is believed"
    )
    plan_overrides: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="numbers of plans changed for tests and benchmarks",
    )
    export_dir: Path | None = Field(
        None, description="files of exports, shared by all servers and workers; in data_dir"
    )
    positions_keep_days: int | None = Field(
        None,
        ge=31,
        description="older positions of craft are dropped by whole months; all by default",
    )
    private_names_keep_days: int | None = Field(
        None, ge=1, description="after a journey, names of persons without a public office go"
    )
    job_takeover_seconds: float = Field(
        30, ge=1, le=3_600, description="a worker silent for so long loses its jobs to others"
    )
    metrics_token: SecretStr | None = Field(None, description="opens /metrics beyond loopback")
    public_url: Annotated[str, AfterValidator(_web_address)] = Field(
        "http://127.0.0.1:8000",
        description="where people reach the service: links in mails, Stripe",
    )
    stripe_api_key: SecretStr | None = Field(None, description="switches billing on")
    stripe_webhook_secret: SecretStr | None = Field(None, description="whsec_…, with the key")
    stripe_api_base: Annotated[str, AfterValidator(_web_address)] = Field(
        "https://api.stripe.com", description="another one for a stand-in"
    )
    stripe_trial_days: int = Field(0, ge=0, le=730, description="of an account's first checkout")
    webhook_allowed_networks: Annotated[list[IPv4Network | IPv6Network], NoDecode] = Field(
        default_factory=list, description="networks webhooks may reach although not public"
    )
    max_body_bytes: int = Field(1_048_576, ge=1024)
    max_upload_bytes: int = Field(
        536_870_912, ge=1024, description="a file of posts as it is sent, gzip or not"
    )
    max_unpacked_bytes: int = Field(
        4_294_967_296, ge=1024, description="what such a file may hold once it is unpacked"
    )
    max_image_bytes: int = Field(
        33_554_432, ge=1024, description="images as they are sent, of one request"
    )
    c2pa_trust_anchors: Path | None = Field(
        None, description="certificates (PEM) that signers of content credentials must lead to"
    )
    upload_dir: Path | None = Field(
        None, description="where files of posts are while they are taken in; in data_dir"
    )
    analysis_memory_bytes: int = Field(
        6_442_450_944, ge=268_435_456, description="what the process of one analysis may take"
    )
    embeddings_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        None, description="what stands before /embeddings at an endpoint of OpenAI's kind"
    )
    embeddings_key: SecretStr | None = Field(None, description="its key, if it asks for one")
    embeddings_model: str = Field(
        "multilingual-e5-small", description="which model it is asked for"
    )
    index_by_meaning: bool = Field(
        True, description="new texts get vectors by themselves, where something makes them"
    )
    answer_cache_bytes: int = Field(33_554_432, ge=0, description="0 switches the cache off")
    log_level: Annotated[str, AfterValidator(str.upper)] = "INFO"

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in (
            "trusted_proxies", "secret_key_previous", "webhook_allowed_networks",
            "evidence_keys_previous",
        ):  # fmt: skip
            if name in values:
                values[name] = _split(values[name])
        return values

    @model_validator(mode="after")
    def _safe_in_production(self) -> "Settings":
        if self.environment is Environment.PRODUCTION:
            if self.plan_overrides:
                raise ValueError("VRIC_PLAN_OVERRIDES is refused in production")
            if self.smtp_url is not None and not self.public_url.startswith("https://"):
                raise ValueError("VRIC_PUBLIC_URL must begin with https:// in production")
            if self.secret_key is None:
                raise ValueError("VRIC_SECRET_KEY is required in production")
        self._check_billing()
        self._check_evidence_keys()
        if self.secret_key is not None and _is_weak(self.secret_key.get_secret_value().encode()):
            raise ValueError(
                f"VRIC_SECRET_KEY must have at least {MIN_SECRET_BYTES} bytes, made by chance"
            )
        if any(_is_weak(key.get_secret_value().encode()) for key in self.secret_key_previous):
            raise ValueError(f"VRIC_SECRET_KEY_PREVIOUS: each must have {MIN_SECRET_BYTES} bytes")
        if self.smtp_url and not self.smtp_url.get_secret_value().startswith(
            ("smtp://", "smtps://")
        ):
            raise ValueError("VRIC_SMTP_URL must begin with smtp:// or smtps://")
        return self

    def _check_billing(self) -> None:
        if self.stripe_api_key is None:
            return
        if not _STRIPE_KEY.match(self.stripe_api_key.get_secret_value()):
            raise ValueError("VRIC_STRIPE_API_KEY must begin with sk_ or rk_ and test_ or live_")
        secret = self.stripe_webhook_secret
        if secret is None or not secret.get_secret_value().strip():
            raise ValueError("VRIC_STRIPE_WEBHOOK_SECRET is required with VRIC_STRIPE_API_KEY")
        if self.environment is Environment.PRODUCTION:
            for name in ("stripe_api_base", "public_url"):
                if not getattr(self, name).startswith("https://"):
                    raise ValueError(f"VRIC_{name.upper()} must begin with https:// in production")

    def _check_evidence_keys(self) -> None:
        """Seen at the start, not when the first package is signed."""
        key = self.evidence_key
        for name, text in [
            *([("EVIDENCE_KEY", key.get_secret_value())] if key else []),
            *(("EVIDENCE_KEYS_PREVIOUS", text) for text in self.evidence_keys_previous),
        ]:
            if not _KEY_OF_32_BYTES.match(text):
                raise ValueError(f"VRIC_{name} must be 32 bytes in base64")

    @cached_property
    def secret(self) -> bytes:
        """The key of keyed hashes: `VRIC_SECRET_KEY`, or one made once in the data directory.

        Raises:
            ConfigurationError: the file in the data directory holds none.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        path = self.data_dir / "secret"
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(48))
        made = path.read_bytes().strip()
        if _is_weak(made):
            raise ConfigurationError(f"{path} must hold at least {MIN_SECRET_BYTES} bytes")
        return made

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The secret in use, then those it replaced."""
        return (self.secret, *(key.get_secret_value().encode() for key in self.secret_key_previous))


def _is_weak(secret: bytes) -> bool:
    # A word typed over and over is long, and guessed at once.
    return len(secret) < MIN_SECRET_BYTES or len(set(secret)) < MIN_SECRET_DIFFERENT


def _write_once(path: Path, text: str) -> None:
    """Make a file that is whole from the first moment; the first of several processes wins."""
    with NamedTemporaryFile("w", dir=path.parent, prefix=".secret-", encoding="ascii") as partial:
        partial.write(text)
        partial.flush()
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(partial.name)
