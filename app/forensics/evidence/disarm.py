"""DISARM techniques: those that our rules can name, and which of them a behaviour meets.

Ids and names are those of the DISARM Red Framework 1.6 (`disarm.csv`); names are not unique there and
change, so everything is keyed on ids. A rule looks at behaviour alone and tells what met it. A
technique says how something was done, never by whom or with what intent.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid5

from app.forensics.findings.document import Behaviour, Technique

VERSION = "1.6"
ATTRIBUTION = (
    f"Technique ids and names: DISARM Red Framework {VERSION}, DISARM Foundation, CC BY-SA 4.0"
)
MIN_FLOODING_ACCOUNTS, MIN_FLOODING_OBJECTS = 5, 10
MIN_COPIES = 3
MIN_RETELLINGS = 2
_SHOWN = 5
_PAGES = "https://github.com/DISARMFoundation/DISARMframeworks/blob/main/generated_pages/techniques"
# MISP's galaxy makes the UUID of a technique from this and its id.
_MISP = UUID("9d6bd9d2-2cd3-4900-b61a-06cd64df3996")


@dataclass(frozen=True, slots=True)
class DisarmTechnique:
    """One row of the framework's table."""

    id: str
    name: str
    tactic: str

    @property
    def url(self) -> str:
        return f"{_PAGES}/{self.id}.md"

    @property
    def misp_uuid(self) -> UUID:
        """Of the technique's cluster in MISP's galaxy `disarm-techniques`."""
        return uuid5(_MISP, self.id)


@cache
def disarm_techniques() -> Mapping[str, DisarmTechnique]:
    """The techniques by their ids."""
    text = (files("app.forensics.evidence") / "disarm.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["id"]: DisarmTechnique(row["id"], row["name"], row["tactic"]) for row in rows}


Platforms = Mapping[str, AbstractSet[str]]
"""The platforms on which each account was seen."""


def techniques_of(behaviour: Behaviour, platforms: Platforms | None = None) -> list[Technique]:
    """The techniques whose rules a behaviour meets, by id; often there is none."""
    found = []
    for id_, rule, read in _RULES:
        if evidence := read(behaviour, platforms or {}):
            shown = evidence[:_SHOWN]
            if len(evidence) > _SHOWN:
                shown.append(f"and {len(evidence) - _SHOWN:,} more")
            name = disarm_techniques()[id_].name
            found.append(Technique(id=id_, name=name, rule=rule, evidence=shown))
    return found


def _flooding(behaviour: Behaviour, _: Platforms) -> list[str]:
    # CooRTweet's definition tests nothing against chance, so that its groups meet no such rule.
    if all(edge.q is None for edge in behaviour.edges):
        return []
    return [
        f"group {group.id}: {len(group.accounts):,} accounts, {group.objects_total:,} objects"
        for group in behaviour.groups
        if len(group.accounts) >= MIN_FLOODING_ACCOUNTS
        and group.objects_total >= MIN_FLOODING_OBJECTS
    ]


def _copypasta(behaviour: Behaviour, _: Platforms) -> list[str]:
    copies = [r for r in behaviour.records if r.get("class") == "copypasta"]
    if len(copies) < MIN_COPIES:
        return []
    return [f"{r['id_a']} and {r['id_b']}: similarity {r['similarity']:.2f}" for r in copies]


def _reuse(behaviour: Behaviour, _: Platforms) -> list[str]:
    return [
        f"chain {chain}: {', '.join(f'{count:,} {kind}' for kind, count in sorted(kinds.items()))}"
        for chain, links in _chains(behaviour).items()
        if (kinds := Counter(link["kind"] for link in links if link["kind"] != "origin"))
        and kinds.total() >= MIN_RETELLINGS
    ]


def _traditional_media(behaviour: Behaviour, _: Platforms) -> list[str]:
    return [
        f"chain {chain}: {link['id']} after {link['lag_s']:,.0f} s"
        for chain, links in _chains(behaviour).items()
        for link in links
        if link["stage"] == "integration"
    ]


def _across_platforms(behaviour: Behaviour, platforms: Platforms) -> list[str]:
    found = []
    for group in behaviour.groups:
        seen = sorted(set().union(*(platforms.get(name, set()) for name in group.accounts)) - {""})
        if len(seen) > 1:
            found.append(f"group {group.id}: {', '.join(seen)}")
    return found


def _chains(behaviour: Behaviour) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    chains: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for record in behaviour.records:
        if "chain_id" in record:
            chains[record["chain_id"]].append(record)
    return chains


_RULES: Sequence[tuple[str, str, Callable[[Behaviour, Platforms], list[str]]]] = (
    (
        "T0049",
        f"a group of {MIN_FLOODING_ACCOUNTS} accounts or more shared {MIN_FLOODING_OBJECTS} objects or"
        " more within the window, beyond chance and without a benign explanation",
        _flooding,
    ),
    (
        "T0084",
        f"a text was told again at least {MIN_RETELLINGS} times, copied, reworded or translated",
        _reuse,
    ),
    ("T0084.001", f"{MIN_COPIES} pairs of texts or more are copies of each other", _copypasta),
    ("T0117", "a chain reaches an outlet that is listed as mainstream", _traditional_media),
    ("T0119.002", "the accounts of one group are on two platforms or more", _across_platforms),
)
