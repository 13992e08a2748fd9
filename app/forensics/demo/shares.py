"""Synthetic shares: organic life with bursts, interests and rhythms; campaigns; wire copy."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

DAY_S = 86_400
START_S = 1_735_689_600  # 2025-01-01T00:00:00Z
_COMMUNITIES = 12
_HOME_SHARE = 0.6
"""How much of what an account shares comes from its own community of interest."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A group that shares the same objects within seconds of each other."""

    accounts: int
    objects: int
    participation: float
    spread_s: int
    organic_shares: int = 30
    """What each of its accounts shares besides, as others do."""


STRONG = Campaign(accounts=12, objects=20, participation=0.8, spread_s=30)
WEAK = Campaign(accounts=8, objects=8, participation=0.6, spread_s=50)
SLOW = Campaign(accounts=12, objects=20, participation=0.8, spread_s=3_000)


@dataclass(slots=True)
class SyntheticShares:
    """Rows of shares, which accounts were planted, and a line of text where a share has one."""

    account: list[pa.Array] = field(default_factory=list)
    object: list[pa.Array] = field(default_factory=list)
    at_s: list[Numbers] = field(default_factory=list)
    text: list[pa.Array] = field(default_factory=list)
    planted: list[list[str]] = field(default_factory=list)

    def add(self, account: pa.Array, object_: pa.Array, at_s: Numbers, text: str = "") -> None:
        self.account.append(account)
        self.object.append(object_)
        self.at_s.append(at_s)
        self.text.append(pa.repeat(pa.scalar(text, pa.large_string()), len(account)))

    def table(self) -> pa.Table:
        """The columns that `vric forensics coordination` reads, in the order of time."""
        at = np.concatenate(self.at_s)
        order = pa.array(np.argsort(at, kind="stable"))
        columns = {
            "account_id": pa.concat_arrays(self.account).take(order),
            "object_id": pa.concat_arrays(self.object).take(order),
            "content_id": names_of("synthetic", np.arange(len(at))),
            "timestamp_share": pa.array(at).take(order),
        }
        if any(len(text) and text[0].as_py() for text in self.text):
            columns["text"] = pa.concat_arrays(self.text).take(order)
        return pa.table({**columns, "synthetic": pa.repeat(pa.scalar(True), len(at))})


def organic(
    seed: int, shares: int = 60_000, accounts: int = 3_000, objects: int = 6_000, days: int = 14
) -> SyntheticShares:
    """Accounts of unequal activity, in communities and time zones; objects that burst and fade."""
    made = SyntheticShares()
    _add_organic(made, np.random.default_rng(seed), shares, accounts, objects, days)
    return made


def planted(
    seed: int, campaigns: int = 4, kind: Campaign = STRONG, shares: int = 60_000, days: int = 14
) -> SyntheticShares:
    """Organic life with campaigns whose accounts share as others do besides."""
    rng = np.random.default_rng(seed)
    made = SyntheticShares()
    _add_organic(made, rng, shares, shares // 20, shares // 10, days)
    for number in range(campaigns):
        _add_campaign(made, rng, kind, number, days, shares // 10)
    return made


def wire(
    seed: int, outlets: int = 40, stories: int = 120, shares: int = 60_000, days: int = 14
) -> SyntheticShares:
    """Organic life with outlets that print one agency's stories by machine: syndication."""
    rng = np.random.default_rng(seed)
    made = SyntheticShares()
    _add_organic(made, rng, shares, shares // 20, shares // 10, days)
    names = names_of("outlet", np.arange(outlets))
    for story in range(stories):
        prints = names.filter(pa.array(rng.random(outlets) < 0.4))
        at = START_S + int(rng.integers(days * DAY_S)) + rng.integers(0, 45, len(prints))
        text = f"CARACAS (EFE). Synthetic wire story {story}."
        made.add(prints, repeated(f"story-{story}", len(prints)), at, text)
    return made


def _add_organic(
    made: SyntheticShares, rng: np.random.Generator, shares: int, accounts: int, objects: int,
    days: int,
) -> None:  # fmt: skip
    activity = rng.lognormal(0, 1.2, accounts)
    account = rng.choice(accounts, shares, p=activity / activity.sum())
    object_ = _chosen_objects(rng, account % _COMMUNITIES, objects)
    born_s = rng.integers(0, days * DAY_S, objects)
    at = born_s[object_] + rng.lognormal(np.log(3 * 3_600), 1.5, shares).astype(np.int64)
    at = _waking(rng, at % (days * DAY_S), zone_h=account % 5)
    made.add(names_of("person", account), names_of("link", object_), START_S + at)


def _chosen_objects(rng: np.random.Generator, community: Numbers, objects: int) -> Numbers:
    """Objects of Zipf-like popularity; object i belongs to community i mod `_COMMUNITIES`."""
    each = objects // _COMMUNITIES
    weights = 1 / (np.arange(each) + 8) ** 0.9
    rank = rng.choice(each, len(community), p=weights / weights.sum())
    away = rng.random(len(community)) > _HOME_SHARE
    home = np.where(away, rng.integers(0, _COMMUNITIES, len(community)), community)
    return np.asarray(rank * _COMMUNITIES + home, np.int64)


def _waking(rng: np.random.Generator, at: Numbers, zone_h: Numbers) -> Numbers:
    """Move most of what falls into an account's night to its next morning, spread over hours."""
    hour = (at // 3_600 - zone_h - 4) % 24
    asleep = (hour < 7) & (rng.random(len(at)) < 0.85)
    until = (7 - hour) * 3_600 + rng.exponential(2 * 3_600, len(at)).astype(np.int64)
    return np.where(asleep, at + until, at)


def _add_campaign(
    made: SyntheticShares, rng: np.random.Generator, kind: Campaign, number: int, days: int,
    objects: int,
) -> None:  # fmt: skip
    members = names_of(f"planted{number}", np.arange(kind.accounts))
    made.planted.append(members.to_pylist())
    for one in range(kind.objects):
        taking_part = members.filter(pa.array(rng.random(kind.accounts) < kind.participation))
        # Half of what a campaign pushes are links that others share as well.
        name = f"link-{rng.integers(objects)}" if one % 2 else f"pushed{number}-{one}"
        start = START_S + rng.integers(days * DAY_S)
        at = start + rng.integers(0, kind.spread_s, len(taking_part))
        made.add(taking_part, repeated(name, len(taking_part)), at)
    besides = kind.organic_shares * kind.accounts
    account = rng.integers(kind.accounts, size=besides)
    object_ = _chosen_objects(rng, account % _COMMUNITIES, objects)
    at = _waking(rng, rng.integers(0, days * DAY_S, besides), zone_h=account % 5)
    made.add(members.take(pa.array(account)), names_of("link", object_), START_S + at)


def names_of(kind: str, numbers: Numbers) -> pa.Array:
    """`person-0`, `person-7` and so on."""
    digits = pc.cast(pa.array(numbers), pa.large_string())
    prefix = pa.scalar(f"{kind}-", pa.large_string())
    return pc.binary_join_element_wise(prefix, digits, pa.scalar("", pa.large_string()))


def repeated(name: str, times: int) -> pa.Array:
    """One name so many times."""
    return pa.repeat(pa.scalar(name, pa.large_string()), times)
