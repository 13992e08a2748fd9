"""Billing on or off is said by the settings, and a half is refused."""

import pytest
from pydantic import ValidationError

from tests.billing.conftest import API_KEY
from tests.billing.fake_stripe import SECRET
from tests.conftest import make_settings

LIVE = {
    "environment": "production", "stripe_api_key": "sk_live_1", "stripe_webhook_secret": SECRET,
    "plan_overrides": {}, "public_url": "https://vric.example",
}  # fmt: skip


@pytest.mark.parametrize("secret", [None, "", "  "])
def test_a_key_without_a_webhook_secret_does_not_start(secret: str | None) -> None:
    with pytest.raises(ValidationError, match="VRIC_STRIPE_WEBHOOK_SECRET is required"):
        make_settings(stripe_api_key=API_KEY, stripe_webhook_secret=secret)


@pytest.mark.parametrize("key", ["pk_test_1", "whsec_1", "sk_test_", "sk_test_a b"])
def test_what_is_no_secret_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="VRIC_STRIPE_API_KEY must begin with"):
        make_settings(stripe_api_key=key, stripe_webhook_secret=SECRET)


def test_addresses_are_addresses() -> None:
    assert make_settings(public_url="https://a.example/").public_url == "https://a.example"
    for bad in ("a.example", "ftp://a.example", "https://"):
        with pytest.raises(ValidationError, match="public_url"):
            make_settings(public_url=bad)


def test_production_speaks_https_alone() -> None:
    make_settings(**LIVE)
    for name in ("public_url", "stripe_api_base"):
        with pytest.raises(ValidationError, match="must begin with https"):
            make_settings(**{**LIVE, name: "http://a.example"})


def test_secrets_do_not_show() -> None:
    shown = repr(make_settings(stripe_api_key=API_KEY, stripe_webhook_secret=SECRET))
    assert API_KEY not in shown
    assert SECRET not in shown
