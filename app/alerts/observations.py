"""What features observe, and which rules each observation meets; no I/O."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from app.alerts.rules import RouteRule


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that happened, as those who watch are told of it.

    `key` names it for good: a later import or recomputation that finds it again has the same key,
    and no one is told twice. `crafts` holds ids and identifiers of every craft that took part;
    `origins` and `destinations` hold codes of places and of their countries. `data` is what is
    sent: the evidence, the method and its version.

    What has `lasts_until` is told once for all of its `subject` that overlaps it in time: a new
    analysis may move its beginning, and another method may find it too.
    """

    kind: str
    key: str
    observed_at: datetime
    data: Mapping[str, Any]
    crafts: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    destinations: frozenset[str] = frozenset()
    score: float | None = None
    hours: float | None = None
    subject: str = ""
    lasts_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """The place of a rule: in whose watchlist, and its number there."""

    watchlist_id: UUID
    account_id: int
    number: int


_SETS = ("crafts", "zones", "origins", "destinations")


_Entry: TypeAlias = tuple[Watch, RouteRule]


class Matcher:
    """Finds the rules that observations meet, by what the rules name and not one by one."""

    def __init__(self, rules: Iterable[_Entry]) -> None:
        self._by_token: dict[tuple[str, str, str], list[_Entry]] = defaultdict(list)
        self._of_all: dict[str, list[_Entry]] = defaultdict(list)
        for watch, rule in rules:
            named = next((name for name in _SETS if getattr(rule, name)), None)
            if named is None:
                self._of_all[rule.on].append((watch, rule))
                continue
            for token in set(getattr(rule, named)):
                self._by_token[rule.on, named, token].append((watch, rule))

    def match(self, observation: Observation) -> list[Watch]:
        """Where an observation is to be told, with the first rule of each watchlist it meets."""
        first: dict[UUID, Watch] = {}
        for watch, rule in self._candidates(observation):
            known = first.get(watch.watchlist_id)
            if (known is None or watch.number < known.number) and _meets(observation, rule):
                first[watch.watchlist_id] = watch
        return sorted(first.values(), key=lambda watch: (watch.account_id, watch.watchlist_id))

    def _candidates(self, observation: Observation) -> Iterator[_Entry]:
        yield from self._of_all.get(observation.kind, ())
        for name in _SETS:
            for token in getattr(observation, name):
                yield from self._by_token.get((observation.kind, name, token), ())


def _meets(observation: Observation, rule: RouteRule) -> bool:
    for name in _SETS:
        wanted = getattr(rule, name)
        if wanted and getattr(observation, name).isdisjoint(wanted):
            return False
    if rule.min_score is not None and (
        observation.score is None or observation.score < rule.min_score
    ):
        return False
    return rule.min_hours is None or (
        observation.hours is not None and observation.hours >= rule.min_hours
    )
