"""The kinds of indicators: tier, family, and what one that two sites share counts for."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from app.forensics.infrastructure.analysis.identifiers import IDENTIFIERS, OWNERS

# Tiers 2 and 3 give at most half a point each, and a pair is told from 0.7 on (`MIN_SCORE` of the
# schemas): signs of one host alone never suffice, nor does the look of pages; an account does.
CAPS: Mapping[int, float] = {1: math.inf, 2: 0.5, 3: 0.5}
# A small set says little about how rare a value is: rarity is that in a set with fifty more sites,
# none of which has it. What is an account's stays telling however many sites of the set carry it.
OTHERS = 50
FLOORS: Mapping[int, float] = {1: 0.75, 2: 0.0, 3: 0.0}


@dataclass(frozen=True, slots=True)
class Kind:
    """Of the values of one family that two sites share, the heaviest alone counts."""

    tier: int
    family: str
    weight: float


_ACCOUNTS = (
    *(identifier.kind for identifier in IDENTIFIERS), *OWNERS.values(),
    "verification", "matomo", "matomo_host", "ad_seller", "bitcoin_wallet", "ethereum_wallet",
)  # fmt: skip
KINDS: Mapping[str, Kind] = {
    **{kind: Kind(1, kind, 1.0) for kind in _ACCOUNTS},
    "matomo_host": Kind(1, "matomo", 0.8),
    "google_ad_manager": Kind(
        1, "google_ad_manager", 0.5
    ),  # of whoever sells the space, often many
    "certificate": Kind(1, "certificate", 1.0),
    "certificate_key": Kind(1, "certificate", 1.0),
    "certificate_serial": Kind(1, "certificate", 1.0),
    "certificate_name": Kind(1, "certificate", 1.0),
    "favicon": Kind(1, "favicon", 0.4),
    "ip": Kind(2, "hosting", 0.5),
    "subnet": Kind(2, "hosting", 0.25),
    "name_server": Kind(2, "hosting", 0.2),
    "mail_server": Kind(2, "hosting", 0.15),
    "server_software": Kind(2, "hosting", 0.05),
    "header": Kind(2, "headers", 0.3),
    "header_name": Kind(2, "headers", 0.1),
    "cookie_name": Kind(2, "cookies", 0.1),
    "etag": Kind(2, "etag", 0.3),
    "cms": Kind(3, "software", 0.05),
    "platform": Kind(3, "software", 0.02),
    "powered_by": Kind(3, "software", 0.05),
    "theme": Kind(3, "theme", 0.15),
    "plugin": Kind(3, "plugin", 0.1),
    "file": Kind(3, "files", 0.25),
    "social_account": Kind(3, "social", 0.2),
    "names": Kind(3, "markup", 0.25),
    "structure": Kind(3, "markup", 0.2),
}


def rarity(sites: int, holders: int, tier: int) -> float:
    """How telling it is that these hold a value: 1 for two of them, less the more there are."""
    total = sites + OTHERS
    return max(FLOORS[tier], math.log(total / holders) / math.log(total / 2))
