"""Coordination with its benign explanations: what chance cannot explain, and what else may."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from app.forensics.analysis import benign, null_model
from app.forensics.analysis.benign import Explanation
from app.forensics.analysis.edges import Edges
from app.forensics.analysis.jitter import meet_closely
from app.forensics.analysis.null_model import Tested
from app.forensics.analysis.shares import Flags, Integers, Numbers, Shares
from app.forensics.analysis.timing import common_objects, hold_given_interests

CONTENTS_LOOKED_AT = 20
"""Texts of one object that are read for marks of an explanation."""
SHORTER_WINDOWS_S = (3_600.0, 600.0, 60.0)
"""In a wide window everybody meets; who acts within seconds stands out in a shorter one."""


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
    """Edges with their numbers; `benign` names what explains an edge, None makes it a finding.

    `within_s` is the shortest window looked at in which an edge holds, infinite where it does not:
    what holds within a minute is an act in step, what holds within an hour may be fans as well.
    """

    edges: Edges
    expected: Numbers
    p: Numbers
    q: Numbers
    benign: list[Explanation | None]
    significant: Flags
    within_s: Numbers
    tested: Tested
    checks: list[Check] = field(default_factory=list)

    @property
    def findings(self) -> Flags:
        """Significant edges that no benign explanation covers."""
        unexplained = np.array([one is None for one in self.benign], np.bool_)
        return self.significant & unexplained

    @property
    def slow_findings(self) -> int:
        """Findings that hold only within more than a minute."""
        return int((self.findings & (self.within_s > min(SHORTER_WINDOWS_S))).sum())


def analyse(
    shares: Shares,
    window_s: float,
    min_participation: int = 2,
    descriptions: Descriptions | None = None,
) -> Coordination:
    """Test every pair of accounts against chance, then what is significant against explanations.

    Where crowds make much of the chance level, all is tested again without their objects, so that
    breaking news does not hide a campaign; an edge is significant where either test has it.

    An edge is explained where it is no longer significant once the objects that are syndicated,
    released to the press, quoted and so on are left out; where its accounts have one owner; or
    where the interests, hours and reactions that both show make their meetings likely, within
    the window and within every shorter one.

    Raises:
        TooManyPairsError: see `null_model.detect`.
    """
    known = descriptions or Descriptions()
    tests = _tests(shares, window_s, min_participation)
    outcome = _Outcome.of(tests[0])
    for tested in tests:
        outcome.take(tested, np.flatnonzero(tested.significant))
    explained = _explained_objects(shares, outcome.full.edges.where(outcome.significant), known)
    outcome.labels = _labels_by_objects(outcome.full, outcome.significant, explained)
    for tested in tests:
        outcome.judge(tested.without(list(explained), min_participation) if explained else tested)
    left = shares.where(~np.isin(shares.object, list(explained)))
    for shorter_s in SHORTER_WINDOWS_S:
        if shorter_s < window_s and outcome.significant.any():
            for tested in _tests(left, shorter_s, min_participation):
                outcome.judge(tested)
    _label_owners(outcome, _owners(shares, known.owner))
    objects, expected, p, q = outcome.numbers
    return Coordination(
        replace(outcome.full.edges, objects=objects.astype(np.int64)), expected, p, q,
        outcome.labels, outcome.significant, outcome.within_s, outcome.full,
        _checks(outcome.labels, explained, known),
    )  # fmt: skip


def _tests(shares: Shares, window_s: float, min_participation: int) -> list[Tested]:
    """The test of all shares and, where crowds make much of the chance level, that without them."""
    full = null_model.detect(shares, window_s, min_participation)
    return [full, full.without(full.crowds, min_participation)] if len(full.crowds) else [full]


@dataclass(slots=True)
class _Outcome:
    """What is told of each edge of the full test; its numbers are of the test in which it holds."""

    full: Tested
    numbers: NDArray[np.float64]
    """Rows of objects, expected, p and q."""
    significant: Flags
    within_s: Numbers
    labels: list[Explanation | None]

    @classmethod
    def of(cls, full: Tested) -> "_Outcome":
        size = len(full.edges)
        nowhere = np.full(size, np.inf)
        return cls(full, _numbers(full), np.zeros(size, np.bool_), nowhere, [None] * size)

    def rows_of(self, edges: Edges) -> Integers:
        """The rows here of the same pairs of accounts; -1 where there is none."""
        accounts = len(self.full.window.shares.accounts)
        keys = self.full.edges.a * accounts + self.full.edges.b
        wanted = edges.a * accounts + edges.b
        rows = np.searchsorted(keys, wanted)
        return np.where(np.append(keys, -1)[rows] == wanted, rows, -1)

    def take(self, tested: Tested, which: Integers) -> None:
        """Let edges of a test be significant, with its numbers where they were not before."""
        rows = self.rows_of(tested.edges.where(which))
        new = ~self.significant[rows]
        self.numbers[:, rows[new]] = _numbers(tested)[:, which[new]]
        self.significant[rows] = True

    def judge(self, tested: Tested) -> None:
        """Clear the significant edges of a test that hold in the second and third look.

        Where they hold in no test before, they have the numbers of this one if its window is theirs.
        """
        which = np.flatnonzero(tested.significant)
        holds = hold_given_interests(tested, tested.edges.where(which)) & meet_closely(tested)
        which = which[holds]
        rows = self.rows_of(tested.edges.where(which))
        ours = (rows >= 0) & self.significant[rows]
        rows, which = rows[ours], which[ours]
        if tested.window.window_s == self.full.window.window_s:
            new = np.isinf(self.within_s[rows])
            self.numbers[:, rows[new]] = _numbers(tested)[:, which[new]]
        self.within_s[rows] = tested.window.window_s
        for row in rows.tolist():
            self.labels[row] = None


def _numbers(tested: Tested) -> NDArray[np.float64]:
    return np.stack([tested.edges.objects, tested.expected, tested.p, tested.q])


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
    full: Tested, significant: Flags, explained: dict[int, frozenset[Explanation]]
) -> list[Explanation | None]:
    """For each significant edge the explanation of most of the objects that both shared.

    Without one it is their interest, until they hold in the looks that follow.
    """
    labels: list[Explanation | None] = [
        Explanation.SHARED_INTEREST if one else None for one in significant.tolist()
    ]
    rows = np.flatnonzero(significant)
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


def _label_owners(outcome: _Outcome, owners: dict[int, str]) -> None:
    edges = outcome.full.edges
    for row in np.flatnonzero(outcome.significant).tolist() if owners else ():
        owner = owners.get(int(edges.a[row]))
        if owner is not None and owner == owners.get(int(edges.b[row])):
            outcome.labels[row] = Explanation.SAME_OWNER


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
