"""What is known of names: words that impostors add, names that many bear, suffixes, known domains."""

from functools import cache
from importlib.resources import files

OLD_SUFFIXES = frozenset({"com", "net", "org", "info", "biz"})
CLOSED_SUFFIXES = frozenset({"edu", "gov", "mil", "int", "aero", "coop", "museum", "post"})
RELAYS = ("translate.goog", "ampproject.org", "archive.org", "archive.today")
"""Hosts below which others' addresses stand on purpose: translations, caches, archives."""


def added_words() -> frozenset[str]:
    """What is put beside a name to make it look like its site."""
    return _read("added_words.txt")


def shared_names() -> frozenset[str]:
    """Words of a language, and names that unrelated papers of several countries bear."""
    return _read("shared_names.txt")


def open_country_suffixes() -> frozenset[str]:
    """Country suffixes sold to anyone, and mostly bought for what their letters look like."""
    return _read("open_country_suffixes.txt")


def well_known_domains() -> list[str]:
    """Domains of news sites and public bodies that are often imitated, besides those of outlets."""
    return sorted(_read("well_known.txt"))


@cache
def _read(name: str) -> frozenset[str]:
    text = (files("app.forensics.lookalikes") / "data" / name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())
