"""docs/billing.md tells what is so."""

import re
from fnmatch import fnmatch
from pathlib import Path

from app.billing.entitlement import GRACE, KNOWN
from app.billing.incoming import HANDLED
from app.billing.router import MAX_EVENT_BYTES, router
from app.core.settings import Settings

TEXT = (Path(__file__).parents[2] / "docs/billing.md").read_text()


def test_the_endpoint_gets_all_events_that_are_handled() -> None:
    (listed,) = re.findall(r"with the events\n(.*?); its secret", TEXT, re.DOTALL)
    patterns = re.findall(r"`([a-z_.*]+)`", listed)
    assert {type_ for type_ in HANDLED if not any(fnmatch(type_, p) for p in patterns)} == set()
    assert {p for p in patterns if not any(fnmatch(type_, p) for type_ in HANDLED)} == set()


def test_routes_statuses_and_settings_are_all_there() -> None:
    for route in router.routes:
        assert f" {route.path}`" in TEXT  # type: ignore[attr-defined]
    for status in KNOWN:
        assert f"`{status}`" in TEXT
    for name in Settings.model_fields:
        if name.startswith("stripe_"):
            assert f"`VRIC_{name.upper()}`" in TEXT
    assert f"{GRACE.days} days" in TEXT
    assert f"{MAX_EVENT_BYTES // 1024} KiB" in TEXT
