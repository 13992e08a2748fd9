"""Coordination with its benign explanations: what chance cannot explain, and what else may."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from app.forensics.analysis import benign, null_model
from app.forensics.analysis.benign import Explanation
from app.forensics.analysis.edges import Edges
from app.forensics.analysis.null_model import Tested
from app.forensics.analysis.shares import Flags, Integers, Numbers, Shares
from app.forensics.analysis.timing import common_objects, hold_given_interests

CONTENTS_LOOKED_AT = 20
"""Texts of one object that are read for marks of an explanation."""


@dataclass(frozen=True, slots=True)
class Descriptions:
    """What is known of each share besides; a list is empty where the column was not given."""

    text: Sequence[str | None] = ()
    source: Sequence[str | None] = ()
    url: Sequence[str | None] = ()
    owner: Sequence[str | None] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One benign explanation: whether it could be looked at, and what it explains."""

    explanation: Explanation
    looked_at: bool
    objects: int
    edges: int

    @property
    def outcome(self) -> str:
        """`passed`: it explains nothing here; `failed`: it explains something."""
        if not self.looked_at:
            return "not_checked"
        return "failed" if self.edges or self.objects else "passed"


@dataclass(frozen=True, slots=True)
class Coordination:
    """Edges with their numbers; `benign` names what explains an edge, None makes it a finding."""

    edges: Edges
    expected: Numbers
    p: Numbers
    q: Numbers
    benign: list[Explanation | None]
    significant: Flags
    tested: Tested
    checks: list[Check] = field(default_factory=list)

    @property
    def findings(self) -> Flags:
        """Significant edges that no benign explanation covers."""
        unexplained = np.array([one is None for one in self.benign], np.bool_)
        return self.significant & unexplained


def analyse(
    shares: Shares,
    window_s: float,
    min_participation: int = 2,
    descriptions: Descriptions | None = None,
) -> Coordination:
    """Test every pair of accounts against chance, then what is significant against explanations.

    An edge is explained where it is no longer significant once the objects that are syndicated,
    released to the press, quoted and so on are left out; where its accounts have one owner; or
    where the interests and hours that both show at any time make their meetings likely.

    Raises:
        TooManyPairsError: see `null_model.detect`.
    """
    known = descriptions or Descriptions()
    full = null_model.detect(shares, window_s, min_participation)
    explained = _explained_objects(shares, full.edges.where(full.significant), known)
    rest = full
    if explained:
        left = ~np.isin(shares.object, list(explained))
        rest = null_model.detect(shares.where(left), window_s, min_participation)
    unexplained = rest.edges.where(rest.significant)
    holds = hold_given_interests(rest, unexplained)

    numbers = _Numbers.of(full)
    rows = _rows_among(unexplained, full.edges, len(shares.accounts))
    numbers.overwrite(rows, rest)
    labels = _labels_by_objects(full, explained)
    for row, holds_too in zip(rows.tolist(), holds.tolist(), strict=True):
        labels[row] = None if holds_too else Explanation.SHARED_INTEREST
    significant = full.significant
    significant[rows] = True
    _label_owners(labels, full.edges, np.flatnonzero(significant), _owners(shares, known.owner))
    edges = replace(full.edges, objects=numbers.objects)
    checks = _checks(labels, explained, known)
    return Coordination(
        edges, numbers.expected, numbers.p, numbers.q, labels, significant, full, checks
    )


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What is told of each edge: of what is left without explained objects where that holds."""

    objects: Integers
    expected: Numbers
    p: Numbers
    q: Numbers

    @classmethod
    def of(cls, tested: Tested) -> "_Numbers":
        return cls(
            tested.edges.objects.copy(), tested.expected.copy(), tested.p.copy(), tested.q.copy()
        )

    def overwrite(self, rows: Integers, tested: Tested) -> None:
        """Take the numbers of the significant edges of `tested`, whose rows here are `rows`."""
        self.objects[rows] = tested.edges.objects[tested.significant]
        self.expected[rows] = tested.expected[tested.significant]
        self.p[rows] = tested.p[tested.significant]
        self.q[rows] = tested.q[tested.significant]


def _rows_among(some: Edges, all_edges: Edges, accounts: int) -> Integers:
    """The rows of edges that are among others; both are sorted by their accounts."""
    keys = all_edges.a * accounts + all_edges.b
    return np.searchsorted(keys, some.a * accounts + some.b)


def _explained_objects(
    shares: Shares, candidates: Edges, known: Descriptions
) -> dict[int, frozenset[Explanation]]:
    """The objects of candidate edges that explain themselves, with how."""
    if not len(candidates):
        return {}
    rows = np.flatnonzero(
        np.isin(shares.account, np.union1d(candidates.a, candidates.b)) & ~shares.is_original
    )
    rows = rows[np.lexsort((shares.at_us[rows], shares.object[rows]))]
    explained = {}
    for group in np.split(rows, np.flatnonzero(np.diff(shares.object[rows])) + 1):
        object_ = int(shares.object[group[0]])
        found = _explanations(shares.objects[object_].as_py(), group.tolist(), known)
        if found:
            explained[object_] = found
    return explained


def _explanations(name: str, rows: Sequence[int], known: Descriptions) -> frozenset[Explanation]:
    """What the name of an object, or half of the contents that carry it, say it is."""
    if found := benign.of_object(name):
        return found
    readers = (
        (known.text, benign.of_text), (known.source, benign.of_source),
        (known.url, benign.of_object),
    )  # fmt: skip
    for column, read in readers:
        values = [value for row in rows if column and (value := column[row])]
        values = values[:CONTENTS_LOOKED_AT]
        if found := benign.of_majority(map(read, values), len(values)):
            return found
    return frozenset()


def _labels_by_objects(
    full: Tested, explained: dict[int, frozenset[Explanation]]
) -> list[Explanation | None]:
    """For each significant edge the explanation of most of the objects that both shared."""
    labels: list[Explanation | None] = [None] * len(full.edges)
    rows = np.flatnonzero(full.significant)
    best = np.zeros(len(rows))
    for one in benign.OF_CONTENT:
        marked = [object_ for object_, found in explained.items() if one in found]
        if not marked:
            continue
        shared = common_objects(full.window.shares, full.edges.where(rows), marked)
        for i in np.flatnonzero(shared > best):
            labels[rows[i]] = one
        best = np.maximum(best, shared)
    return labels


def _owners(shares: Shares, owner: Sequence[str | None]) -> dict[int, str]:
    """The owner that the first share of each account names."""
    owners: dict[int, str] = {}
    if owner:
        for account, name in zip(shares.account.tolist(), owner, strict=True):
            if name and account not in owners:
                owners[account] = name.strip().casefold()
    return owners


def _label_owners(
    labels: list[Explanation | None], edges: Edges, rows: Integers, owners: dict[int, str]
) -> None:
    for row in rows.tolist() if owners else ():
        owner = owners.get(int(edges.a[row]))
        if owner is not None and owner == owners.get(int(edges.b[row])):
            labels[row] = Explanation.SAME_OWNER


def _checks(
    labels: Sequence[Explanation | None],
    explained: dict[int, frozenset[Explanation]],
    known: Descriptions,
) -> list[Check]:
    edges = Counter(labels)
    objects = Counter(one for found in explained.values() for one in found)
    read = {
        **dict.fromkeys(benign.OF_CONTENT, bool(known.text)),
        # The name of an object may tell these two without any text.
        Explanation.SYNDICATION: True,
        Explanation.PRESS_RELEASE: True,
        Explanation.SAME_OWNER: bool(known.owner),
        Explanation.SHARED_INTEREST: True,
    }
    return [Check(one, read[one], objects[one], edges[one]) for one in Explanation]
