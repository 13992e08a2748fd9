"""Compares pictures by their hashes: the same, turned, perhaps cropped, perhaps alike, or different.

A relation is what hashes show, no more: `maybe_…` is for a person to look at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.forensics.images.fingerprints import Cut, Fingerprint
from app.forensics.images.hamming import Words, distances, words_of
from app.forensics.images.pdq import MATCH_DISTANCE, MIN_QUALITY, Pdq, Turn, turned_bits

CROP_DISTANCE = 60
"""Of 256, from a usual crop of the other. Crops in between those lie so far off; of made-up
pictures that have nothing to do with each other the nearest lay at 88 (docs/performance.md)."""
ALIKE_DISTANCE = 10
"""Of 64, of pHash or dHash."""
WAYS = len(Turn)
_FAR, _NONE = 10_000, "0" * 64
_TURNS = [turn.value for turn in Turn if turn is not Turn.AS_IT_IS]
_BACK = {
    Turn.ROTATED_90.value: Turn.ROTATED_270.value,
    Turn.ROTATED_270.value: Turn.ROTATED_90.value,
}


class Relation(StrEnum):
    """What the hashes of two pictures show."""

    SAME_BYTES = "same_bytes"
    SAME_PICTURE = "same_picture"
    TURNED = "turned"
    MAYBE_CROPPED = "maybe_cropped"
    MAYBE_ALIKE = "maybe_alike"
    TOO_LITTLE_DETAIL = "too_little_detail"
    DIFFERENT = "different"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a picture; hashes as hexadecimal digits."""

    name: str
    sha256: str | None = None
    pdq: str | None = None
    pdq_quality: int | None = None
    phash: str | None = None
    dhash: str | None = None
    turned: dict[str, str] = field(default_factory=dict)
    crops: list[tuple[Cut, str]] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, sha256: str, hashes: Fingerprint) -> "Known":
        """A picture that was read."""
        return cls(
            name, sha256, hashes.pdq, hashes.pdq_quality, hashes.phash, hashes.dhash,
            hashes.turned, hashes.crops,
        )  # fmt: skip

    @property
    def has_detail(self) -> bool:
        """Whether its PDQ tells it from others; taken for granted where only a hash is given."""
        return self.pdq_quality is None or self.pdq_quality >= MIN_QUALITY


@dataclass(frozen=True, slots=True)
class Turned:
    """How the second picture lies, compared with the first."""

    turn: str
    distance: int
    approximate: bool


@dataclass(frozen=True, slots=True)
class Cropped:
    """Which of two is the smaller one, how it lies, and about what it lacks of the other.

    Shares of the other's width and height.
    """

    name: str
    turn: str
    left: float
    above: float
    right: float
    below: float
    distance: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures, and in how many bits their hashes differ (PDQ 256, the others 64)."""

    a: str
    b: str
    relation: Relation
    pdq_distance: int | None
    phash_distance: int | None
    dhash_distance: int | None
    turned: Turned | None = None
    cropped: Cropped | None = None


def compare(pictures: Sequence[Known]) -> Iterator[Pair]:
    """Every pair, in the order given."""
    matrix = _Variants(pictures)
    for i, a in enumerate(pictures):
        for j in range(i + 1, len(pictures)):
            yield _pair(a, pictures[j], i, j, matrix)


def _pair(a: Known, b: Known, i: int, j: int, variants: "_Variants") -> Pair:
    between = (
        _distance(a.pdq, b.pdq), _distance(a.phash, b.phash, 64), _distance(a.dhash, b.dhash, 64)
    )  # fmt: skip
    pdq, *others = between
    if a.sha256 is not None and a.sha256 == b.sha256:
        return Pair(a.name, b.name, Relation.SAME_BYTES, *between)
    if not (a.has_detail and b.has_detail):
        return Pair(a.name, b.name, Relation.TOO_LITTLE_DETAIL, *between)
    if pdq is not None and pdq <= MATCH_DISTANCE:
        return Pair(a.name, b.name, Relation.SAME_PICTURE, *between)
    if (turned := variants.turned(i, j)) is not None:
        return Pair(a.name, b.name, Relation.TURNED, *between, turned=turned)
    if (cropped := variants.cropped(i, j)) is not None:
        return Pair(a.name, b.name, Relation.MAYBE_CROPPED, *between, cropped=cropped)
    if any(one is not None and one <= ALIKE_DISTANCE for one in others):
        return Pair(a.name, b.name, Relation.MAYBE_ALIKE, *between)
    comparable = any(one is not None for one in between)
    relation = Relation.DIFFERENT if comparable else Relation.NOT_COMPARABLE
    return Pair(a.name, b.name, relation, *between)


def _distance(a: str | None, b: str | None, bits: int = 256) -> int | None:
    if a is None or b is None:
        return None
    return int(distances(words_of([a], bits), words_of([b], bits))[0, 0])


class _Variants:
    """The nearest turn and crop of each picture to each other, found row by row."""

    def __init__(self, pictures: Sequence[Known]) -> None:
        self._pictures = pictures
        self._turned = [turned_of(one) for one in pictures]
        known = np.array([one.pdq is not None and one.has_detail for one in pictures], np.bool_)
        lying = [
            [one.pdq or _NONE, *(turned.get(turn, _NONE) for turn in _TURNS)]
            for one, (turned, _) in zip(pictures, self._turned, strict=True)
        ]
        others = words_of([digits for ways in lying for digits in ways]).reshape(-1, WAYS, 4)
        self._turns = [_nearest(ways[1:], others[:, :1], known) for ways in lying]
        self._crops = [
            _nearest([digits for _, digits in one.crops], others, known) for one in pictures
        ]

    def turned(self, i: int, j: int) -> Turned | None:
        """How `j` lies compared with `i`; by the hashes of one that was read, if there is one."""
        approximate, names = self._turned[i][1], _TURNS
        at, near = self._turns[i]
        if approximate and not self._turned[j][1]:
            approximate, names = False, [_BACK.get(turn, turn) for turn in _TURNS]
            (at, near), j = self._turns[j], i
        if near[j] > MATCH_DISTANCE:
            return None
        return Turned(names[at[j]], int(near[j]), approximate)

    def cropped(self, i: int, j: int) -> Cropped | None:
        """Which of the two is a crop of the other."""
        whole, part = (i, j) if self._crops[i][1][j] <= self._crops[j][1][i] else (j, i)
        at, near = self._crops[whole]
        if near[part] > CROP_DISTANCE:
            return None
        crop, way = divmod(int(at[part]), WAYS)
        (left, above, right, below), _ = self._pictures[whole].crops[crop]
        # What turns the part back into the whole's crop is known; told is how the part lies.
        turn = [Turn.AS_IT_IS, *_TURNS][way]
        name, distance = self._pictures[part].name, int(near[part])
        return Cropped(name, _BACK.get(turn, turn), left, above, right, below, distance)


def turned_of(picture: Known) -> tuple[dict[str, str], bool]:
    """The PDQ of a picture by how it is turned, and whether that is worked out from a hash alone."""
    if picture.turned or picture.pdq is None:
        return picture.turned, False
    bits = turned_bits(Pdq.of(picture.pdq).bits)
    bits.pop(Turn.AS_IT_IS)
    return {turn.value: Pdq(one, 100).hex for turn, one in bits.items()}, True


def _nearest(
    rows: Sequence[str], others: Words, known: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each picture the nearest pair of a row and one of the picture's ways, and its distance.

    Pairs are counted row by row, way by way.
    """
    count, ways = others.shape[:2]
    if not rows:
        return np.zeros(count, np.int64), np.full(count, _FAR)
    found = distances(words_of(rows), others.reshape(-1, 4)).reshape(-1, count, ways)
    pairs = found.transpose(1, 0, 2).reshape(count, -1)
    at = pairs.argmin(axis=1)
    near = np.where(known, pairs[np.arange(count), at], _FAR)
    return at, near
