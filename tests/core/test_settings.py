"""Settings: read from the environment, refused when they are not safe."""

import stat
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.core.errors import ConfigurationError
from app.core.settings import Environment, Settings
from app.plans import PLANS, with_overrides

STRONG = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"VRIC_{field.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def _refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(f"VRIC_{name.upper()}", value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    return str(caught.value.errors(include_input=False))


def test_everything_has_a_default() -> None:
    settings = Settings()
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.database_url is None
    assert settings.trusted_proxies == []


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VRIC_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::/32,192.0.2.1")
    monkeypatch.setenv("VRIC_PLAN_OVERRIDES", '{"free": {"daily": 7}}')
    monkeypatch.setenv("VRIC_LOG_LEVEL", "warning")
    monkeypatch.setenv("VRIC_SECRET_KEY", STRONG)
    monkeypatch.setenv("VRIC_SECRET_KEY_PREVIOUS", f"{STRONG[::-1]}, {STRONG.upper()}")
    monkeypatch.setenv("VRIC_DATABASE_URL", "postgresql://u:hidden@h/d")
    settings = Settings()
    assert settings.trusted_proxies == [
        ip_network(text) for text in ("10.0.0.0/8", "2001:db8::/32", "192.0.2.1/32")
    ]
    assert with_overrides(settings.plan_overrides)["free"].daily == 7
    assert settings.log_level == "WARNING"
    assert settings.secrets == (STRONG.encode(), STRONG[::-1].encode(), STRONG.upper().encode())
    assert "hidden" not in repr(settings)


def test_a_variable_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "METRICS_TOKEN", "TRUSTED_PROXIES"):
        monkeypatch.setenv(f"VRIC_{name}", "")
    settings = Settings()
    assert settings.database_url is settings.redis_url is settings.metrics_token is None
    assert len(settings.secret) >= 32


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"secret_key": STRONG[:-1]}, "at least 32 bytes"),
        ({"environment": "production"}, "VRIC_SECRET_KEY is required"),
        ({"environment": "production", "secret_key": ""}, "VRIC_SECRET_KEY is required"),
        ({"environment": "production", "secret_key": "short"}, "at least 32 bytes"),
        ({"environment": "production", "secret_key": "x" * 64}, "made by chance"),
        ({"environment": "production", "secret_key": "changeme" * 8}, "made by chance"),
        (
            {"environment": "production", "secret_key": STRONG, "plan_overrides": '{"free": {}}'},
            "VRIC_PLAN_OVERRIDES is refused in production",
        ),
        (
            {
                "environment": "production",
                "secret_key": STRONG,
                "smtp_url": "smtps://mail.example.org",
            },
            "VRIC_PUBLIC_URL must begin with https://",
        ),
        ({"smtp_url": "mail.example.org"}, "VRIC_SMTP_URL must begin with smtp://"),
        ({"secret_key_previous": f"{STRONG},short"}, "VRIC_SECRET_KEY_PREVIOUS"),
        ({"environment": "prod"}, "environment"),
        ({"trusted_proxies": "10.0.0.1/8"}, "trusted_proxies"),
        ({"trusted_proxies": "proxy.example.org"}, "trusted_proxies"),
        ({"database_pool_size": "0"}, "database_pool_size"),
        ({"max_body_bytes": "-1"}, "max_body_bytes"),
    ],
)
def test_unsafe_settings_are_refused(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    refusal = _refusal(monkeypatch, **variables)
    assert expected in refusal
    assert variables.get("secret_key", "nothing") not in refusal or variables["secret_key"] == ""


def test_production_with_a_strong_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VRIC_ENVIRONMENT", "production")
    monkeypatch.setenv("VRIC_SECRET_KEY", STRONG)
    assert Settings().secret == STRONG.encode()


def test_an_empty_secret_given_in_code_is_weak_too() -> None:
    with pytest.raises(ValidationError, match="at least 32 bytes"):
        Settings(secret_key="")


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: Settings(data_dir=tmp_path / "new").secret, range(32)))
    assert len(made) == 1
    assert len(made.pop()) >= 32
    files = list((tmp_path / "new").iterdir())
    assert [file.name for file in files] == ["secret"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "short\n"])
def test_a_spoilt_secret_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret").write_text(content)
    with pytest.raises(ConfigurationError, match="secret must hold at least 32 bytes"):
        _ = Settings(data_dir=tmp_path).secret


@pytest.mark.parametrize(
    "overrides",
    [
        {"gold": {"daily": 1}},
        {"free": {"daily": -1}},
        {"free": {"daily": 1.5}},
        {"free": {"daily": True}},
        {"free": {"daily": None}},
        {"free": {"features": 1}},
        {"free": {"no_such": 1}},
        {"free": {"key": "x"}},
        {"free": {"export_rows": "1"}},
        {"free": {"export_rows": -1}},
    ],
)
def test_overrides_that_fit_no_plan(overrides: dict[str, dict[str, object]]) -> None:
    with pytest.raises(ValueError, match="VRIC_PLAN_OVERRIDES"):
        with_overrides(overrides)


def test_every_number_of_a_plan_can_be_changed() -> None:
    numbers = {
        "burst_per_minute": 1, "daily": 2, "page_cap": 3, "export_rows": 4, "api_keys": 5,
        "saved_searches": 6,
    }  # fmt: skip
    changed = with_overrides({"free": numbers})["free"]
    assert {name: getattr(changed, name) for name in numbers} == numbers
    assert with_overrides({"free": {"export_rows": None}})["free"].export_rows is None


def test_overrides_change_nothing_else() -> None:
    changed = with_overrides({"free": {"daily": 7}})
    assert changed["premium"] == PLANS["premium"]
    assert changed["free"].burst_per_minute == PLANS["free"].burst_per_minute
    assert PLANS["free"].daily == 5_000
