"""Clusters of the texts of one story, out of the links of chains, with ids that outlive re-runs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.forensics.findings.stories import Link


@dataclass(frozen=True, slots=True)
class Cluster:
    """One story: its links in the order of time, the first one its origin."""

    id: str
    links: Sequence[Link]

    @property
    def first_at(self) -> str:
        """When our collection first has it."""
        return str(self.links[0]["published_at"])


def clusters_of(versions: Iterable[Sequence[Link]]) -> list[Cluster]:
    """The clusters of the last of some versions, in the order of their first text.

    A chain has its id from its origin, so an earlier text that turns up later would give it another
    one. Here a cluster keeps the id of the version before that has most texts in common with it.

    Args:
        versions: the records of each version of one finding, oldest first.
    """
    ids: dict[str, str] = {}  # of each text its cluster, in the version before
    clusters: list[Cluster] = []
    for records in versions:
        chains = _by_chain(records)
        kept = _kept_ids(chains, ids)
        clusters = [Cluster(kept[chain], links) for chain, links in chains.items()]
        ids = {str(link["id"]): one.id for one in clusters for link in one.links}
    return clusters


def _by_chain(records: Sequence[Link]) -> dict[str, list[Link]]:
    chains: dict[str, list[Link]] = defaultdict(list)
    for record in records:
        chains[str(record["chain_id"])].append(record)
    return chains


def _kept_ids(chains: Mapping[str, Sequence[Link]], ids: Mapping[str, str]) -> dict[str, str]:
    """For each chain its id: each earlier id goes once, to where most of its texts are."""
    shared = [
        (-count, chain != before, chain, before)
        for chain, links in chains.items()
        for before, count in Counter(
            ids[str(link["id"])] for link in links if str(link["id"]) in ids
        ).items()
    ]
    kept: dict[str, str] = {}
    given: set[str] = set()
    for _, _, chain, before in sorted(shared):
        if chain not in kept and before not in given:
            kept[chain] = before
            given.add(before)
    for chain in chains:
        if chain not in kept:
            # An origin that was of another story before: the old story keeps its id.
            kept[chain] = chain if chain not in given else f"{chain}-2"
            given.add(kept[chain])
    return kept
