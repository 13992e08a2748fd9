"""Chains: a story from where our collection first has it, through copies, into other languages.

Texts that repeat each other make a cluster. In the order of time the first is its origin; every
later one repeats the earlier text that it is most like, in its own language where there is one.
Stages are those of information laundering: placement (the origin and what its own outlet adds),
layering (copies, rewordings, translations by others), integration (a mainstream outlet takes it).
First means first in this collection, never first in the world.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.forensics.analysis.near_duplicates import CopyClass, NearDuplicates
from app.forensics.analysis.translations import Translations

METHOD, VERSION = "chains", "4"
"""Since version 3 crowds of copies are compared as near-duplicates of version 3 are."""
MAX_COPIES = 1_000_000
"""Pairs within a language that chains are drawn from; of more the largest crowds are thinned."""


class Kind(StrEnum):
    """How a text comes to be in a chain."""

    ORIGIN = "origin"
    COPYPASTA = "copypasta"
    REWORDING = "rewording"
    TRANSLATION = "translation"


class Stage(StrEnum):
    """How far a story has come."""

    PLACEMENT = "placement"
    LAYERING = "layering"
    INTEGRATION = "integration"


@dataclass(frozen=True, slots=True)
class Post:
    """What a chain needs to know of a text: when, in what language, by whom and how large that is."""

    id: str
    at_us: int
    language: str
    account: str | None = None
    mainstream: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One text of a chain: how it repeats an earlier one (`similarity` to it), and the time since."""

    chain_id: str
    position: int
    post: int
    kind: Kind
    repeats: int | None
    lag_us: int
    similarity: float
    stage: Stage


@dataclass(frozen=True, slots=True)
class _Tie:
    earlier: int
    similarity: float
    kind: Kind


def find_chains(
    posts: Sequence[Post], copies: NearDuplicates, translations: Translations
) -> Iterator[Link]:
    """The links of every chain of two texts or more, chains by their origin's time."""
    order = sorted(range(len(posts)), key=lambda i: (posts[i].at_us, i))
    rank = np.empty(len(posts), np.int64)
    rank[order] = np.arange(len(posts))
    ties = _ties(posts, rank.tolist(), copies, translations)
    members: dict[int, list[int]] = {}
    roots = _components(len(posts), ties)
    for post in order:
        members.setdefault(roots[post], []).append(post)
    for chain in members.values():
        if len(chain) > 1:
            yield from _links(chain, posts, ties)


def _ties(
    posts: Sequence[Post],
    rank: Sequence[int],
    copies: NearDuplicates,
    translations: Translations,
) -> dict[int, list[_Tie]]:
    """For each text its ties to earlier ones."""
    ties: dict[int, list[_Tie]] = {}
    across = zip(
        translations.a.tolist(), translations.b.tolist(), translations.similarity.tolist(),
        strict=True,
    )  # fmt: skip
    named = [
        (a, b, similarity, _kind_of(copy_class, posts[a].language == posts[b].language))
        for a, b, similarity, copy_class in copies.rows()
    ]
    named += [(a, b, similarity, Kind.TRANSLATION) for a, b, similarity in across]
    for a, b, similarity, kind in named:
        earlier, later = (a, b) if rank[a] < rank[b] else (b, a)
        ties.setdefault(later, []).append(_Tie(earlier, similarity, kind))
    return ties


def _kind_of(copy_class: CopyClass, one_language: bool) -> Kind:
    """Neighbouring languages share so many letters that a translation can look like a copy."""
    if not one_language:
        return Kind.TRANSLATION
    return Kind.COPYPASTA if copy_class is CopyClass.COPYPASTA else Kind.REWORDING


def _components(count: int, ties: dict[int, list[_Tie]]) -> list[int]:
    """For each text the smallest text that it hangs together with (union-find)."""
    parent = list(range(count))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for later, earlier_ones in ties.items():
        for tie in earlier_ones:
            one, other = root(later), root(tie.earlier)
            parent[max(one, other)] = min(one, other)
    return [root(one) for one in range(count)]


def _links(
    chain: Sequence[int], posts: Sequence[Post], ties: dict[int, list[_Tie]]
) -> Iterator[Link]:
    origin = posts[chain[0]]
    chain_id = chain_id_of(origin.id)
    for position, post in enumerate(chain):
        tie = _closest(ties.get(post, ()))
        yield Link(
            chain_id, position, post,
            Kind.ORIGIN if position == 0 else tie.kind if tie else Kind.REWORDING,
            tie.earlier if tie else None,
            posts[post].at_us - origin.at_us,
            round(tie.similarity, 6) if tie else 1.0 if position == 0 else 0.0,
            _stage(position, posts[post], origin),
        )  # fmt: skip


def chain_id_of(origin_id: str) -> str:
    """The name of a chain, from that of its origin: later texts do not change it."""
    return hashlib.sha256(origin_id.encode("utf-8", "replace")).hexdigest()[:16]


def _closest(ties: Sequence[_Tie]) -> _Tie | None:
    """The tie within the language before one across, then the most alike, then the first."""
    within = [tie for tie in ties if tie.kind is not Kind.TRANSLATION]
    return max(within or ties, key=lambda tie: tie.similarity, default=None)


def _stage(position: int, post: Post, origin: Post) -> Stage:
    if position == 0:
        return Stage.PLACEMENT
    if post.mainstream:
        return Stage.INTEGRATION
    if post.account is not None and post.account == origin.account:
        return Stage.PLACEMENT
    return Stage.LAYERING
