"""The pages as files: their headers, nothing inline, every text in both languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.access.keys import KeyKind
from app.access.writer import Audit
from app.billing.entitlement import KNOWN
from app.billing.writer import Audit as BillingAudit
from app.plans import PLANS, Feature

WEB = Path(__file__).parents[2] / "app" / "web"
PAGES = sorted((WEB / "pages").glob("*.html"))
SCRIPTS = sorted((WEB / "static").rglob("*.js"))
LANGUAGES = ("en", "es")
_VALUE = re.compile(r"\{\w+\}")
# Keys that scripts put together from what the API says.
_NAMED = {
    "audit": {*Audit, *BillingAudit},
    "feature": set(Feature),
    "kind": set(KeyKind),
    "plan": set(PLANS),
    "quota": {"burst", "daily"},
    "status": set(KNOWN),
}
_OPEN_ENDED = {"by", "error", "fault"}  # with a text for all others beside them


def texts(language: str) -> dict[str, str]:
    """The texts of a language; a key that stands twice is an error."""

    def unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    found: dict[str, str] = json.loads(
        (WEB / "static" / "texts" / f"{language}.json").read_text("utf-8"), object_pairs_hook=unique
    )
    return found


def keys_in_use() -> Iterator[str]:
    """The keys that pages and scripts name."""
    for page in PAGES:
        yield from re.findall(r'data-(?:text|label)="([^"]+)"', page.read_text("utf-8"))
    for script in SCRIPTS:
        source = script.read_text("utf-8")
        yield from re.findall(r'"([a-z]+\.[a-z_]+)"', source)
    for plan in PLANS.values():
        yield from (f"plans.by_{key.rpartition('_')[2]}" for key in plan.lookup_keys)


def test_the_languages_say_the_same() -> None:
    english, spanish = (texts(language) for language in LANGUAGES)
    assert list(english) == list(spanish)
    for key, text in english.items():
        assert text.strip()
        assert spanish[key].strip()
        assert sorted(_VALUE.findall(text)) == sorted(_VALUE.findall(spanish[key])), key
    same = {key for key in english if english[key] == spanish[key]}
    assert same <= {"account.plan", "by.stripe", "plan.premium"}


def test_every_text_is_used_and_every_use_has_one() -> None:
    known = set(texts("en"))
    assert set(keys_in_use()) <= known
    for group, names in _NAMED.items():
        assert {key for key in known if key.startswith(f"{group}.")} == {
            f"{group}.{name}" for name in names
        }
    elsewhere = {key for key in known if key.partition(".")[0] in {*_NAMED, *_OPEN_ENDED}}
    unused = known - set(keys_in_use()) - elsewhere
    assert unused <= {"allow.export_unlimited"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_nothing_is_inline(page: Path) -> None:
    source = page.read_text("utf-8")
    assert not re.findall(r"<script(?![^>]*\bsrc=)", source)
    assert not re.findall(r"<style|\sstyle=|\son\w+=|javascript:|https?://(?!example)", source)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: str(script.name))
def test_what_is_written_is_text(script: Path) -> None:
    source = script.read_text("utf-8")
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", source)


@pytest.mark.parametrize("path", ["/", "/account", "/plans"])
async def test_a_page_is_guarded_and_asked_for_anew(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    for name, value in {
        "cache-control": "no-cache",
        "cross-origin-opener-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }.items():
        assert answer.headers[name] == value
    again = await client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.head(path)).status_code == 200


async def test_scripts_are_asked_for_anew_and_pages_are_not_among_them(
    client: httpx.AsyncClient,
) -> None:
    for script in SCRIPTS:
        answer = await client.get(f"/static/{script.relative_to(WEB / 'static')}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    for page in PAGES:
        assert (await client.get(f"/static/{page.name}")).status_code == 404
