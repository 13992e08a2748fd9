"""The words of the registry, and one way to name a platform and an account."""

import unicodedata

from app.events.vocabulary import OWNERSHIPS

ENTRY_KINDS = ("outlet", "account", "domain")
# What an outlet may be, and what is said of accounts and domains besides.
STATUSES = (
    *OWNERSHIPS,
    "official",  # a body's or a person in office's own
    "independent",
    "labelled",  # by the platform, as affiliated with a state
    "taken_down",
    "seized",  # by an authority
    "lookalike",  # reported to imitate another
)
OUTCOMES = ("open", "upheld", "partly_upheld", "rejected", "withdrawn")
DECISIONS = OUTCOMES[1:4]
STANDINGS = ("holder", "third_party")
# Whose domains others may imitate: those that are somebody's, by what is cited.
OWNED_STATUSES = (*OWNERSHIPS[:-1], "official", "independent")
_OTHER_NAMES = {
    "x": "twitter", "x-com": "twitter", "twitter-com": "twitter", "fb": "facebook",
    "facebook-com": "facebook", "ig": "instagram", "yt": "youtube", "tg": "telegram",
    "t-me": "telegram", "vkontakte": "vk", "vk-com": "vk",
}  # fmt: skip


def platform_key(platform: str) -> str:
    """A platform under one name, whatever it is called: X and Twitter are one."""
    plain = "-".join(platform.casefold().replace(".", " ").replace("_", " ").split())
    return _OTHER_NAMES.get(plain, plain)


def handle_key(handle: str) -> str:
    """A handle as it is compared: without @, case and compatibility forms do not matter."""
    return unicodedata.normalize("NFKC", handle).strip().lstrip("@").casefold()


def account_key(platform: str, handle: str) -> str:
    """An account as findings name it: `platform:handle`."""
    return f"{platform_key(platform)}:{handle_key(handle)}"
