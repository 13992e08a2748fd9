"""Copies across languages: texts brought into one space, compared with those of other languages.

With a translating engine the space is Spanish: character n-grams of the translated texts, weighted
by how rare they are (TF-IDF), by their cosine. With an embedding it is the engine's own, and a cosine
counts from the level of its two texts: what each has with the middle one of the other language, as
some texts and languages are near to everything (hubness; a margin as of Artetxe and Schwenk 2019).
A pair counts where it is clearly alike, or alike enough and each the other's best in that language.
Where all texts are of one subject their level is high and little stands above it: with an embedding less is
enough if the second best of both is well behind.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.forensics.analysis.grams import GRAM_MASK, HASH_BITS, gram_keys
from app.forensics.analysis.shares import Integers, Numbers
from app.forensics.analysis.text import plain_words

METHOD, VERSION = "pivot-tfidf", "3"
MIN_TEXTS_FOR_LEVEL = 8
_TEXTS_FOR_LEVEL = 500
_ROWS_AT_ONCE = 2_000
_CELLS_AT_ONCE = 20_000_000

Cells = tuple[Integers, Integers, Numbers, Numbers]
"""Rows, columns, cosines, and what of them counts."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosines from which a pair is clearly alike, and from which mutual bests are."""

    clear: float
    mutual: float


PIVOT = Thresholds(clear=0.4, mutual=0.22)
ABOVE_LEVEL = Thresholds(clear=0.1, mutual=0.09)
WELL_AHEAD, AHEAD_FROM = 0.03, 0.06
"""How far before the second best of both, and how far above their level, mutual bests count as well."""
FEW_TEXTS = Thresholds(clear=0.92, mutual=0.86)
"""Plain cosines of multilingual-e5-small, where there are too few texts to know their level."""


@dataclass(frozen=True, slots=True)
class Translations:
    """Pairs of texts in different languages (positions, `a` < `b`) and their cosine."""

    a: Integers
    b: Integers
    similarity: Numbers


def match_pivoted(
    pivoted: Sequence[str], languages: Sequence[str], thresholds: Thresholds = PIVOT
) -> Translations:
    """Pairs among texts that were all translated into one language."""
    vectors = _tfidf([plain_words(text) for text in pivoted])
    return _match(
        languages,
        lambda one, other: _pairs(_sparse_cells(vectors, one, other, thresholds), thresholds),
    )


def match_embedded(vectors: NDArray[np.float32], languages: Sequence[str]) -> Translations:
    """Pairs among texts given as vectors of length one."""

    def pairs(one: Integers, other: Integers) -> Numbers:
        if min(len(one), len(other)) < MIN_TEXTS_FOR_LEVEL:
            levels = [np.zeros(len(rows)) for rows in (one, other)]
            cells = _dense_cells(vectors, one, other, levels, FEW_TEXTS.mutual)
            return _pairs(cells, FEW_TEXTS)
        levels = [_levels(vectors, one, other), _levels(vectors, other, one)]
        seconds = np.zeros(len(vectors))
        seconds[one] = _second_bests(vectors, one, other, levels)
        seconds[other] = _second_bests(vectors, other, one, levels[::-1])
        return _pairs(_dense_cells(vectors, one, other, levels, AHEAD_FROM), ABOVE_LEVEL, seconds)

    return _match(languages, pairs)


def _match(
    languages: Sequence[str], pairs: Callable[[Integers, Integers], Numbers]
) -> Translations:
    """What `pairs` finds between the texts of any two languages, sorted."""
    language = np.array(languages)
    found = [np.zeros((0, 3))]
    for one, other in combinations(sorted(set(languages)), 2):
        found.append(pairs(np.flatnonzero(language == one), np.flatnonzero(language == other)))
    rows = np.concatenate(found)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    a, b = rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64)
    return Translations(a, b, np.minimum(rows[:, 2], 1.0))


def _tfidf(texts: Sequence[str]) -> sparse.csr_matrix:
    """Rows of length one over character 4-grams, spaces at the ends of words included."""
    keys = gram_keys([f" {text} " for text in texts], 4)
    rows, gram = (keys >> HASH_BITS).astype(np.int64), keys & GRAM_MASK
    _, column, document_counts = np.unique(gram, return_inverse=True, return_counts=True)
    weight = np.log((1 + len(texts)) / (1 + document_counts[column])) + 1
    lengths = np.sqrt(np.bincount(rows, weights=weight**2, minlength=len(texts)))
    shape = (len(texts), len(document_counts))
    return sparse.csr_matrix((weight / lengths[rows], (rows, column)), shape)


def _levels(vectors: NDArray[np.float32], rows: Integers, columns: Integers) -> Numbers:
    """For each text its middle cosine with the texts of another language, or with some of them."""
    some = columns[:: max(len(columns) // _TEXTS_FOR_LEVEL, 1)]
    parts = [
        np.median(vectors[rows[start : start + _ROWS_AT_ONCE]] @ vectors[some].T, axis=1)
        for start in range(0, len(rows), _ROWS_AT_ONCE)
    ]
    return np.concatenate(parts)


def _blocks(
    vectors: NDArray[np.float32], rows: Integers, columns: Integers, levels: Sequence[Numbers]
) -> Iterator[tuple[int, NDArray[np.float32], Numbers]]:
    """From which row on, cosines with all columns, and how far these are above their level."""
    step = max(_CELLS_AT_ONCE // len(columns), 1)
    for start in range(0, len(rows), step):
        cosine = vectors[rows[start : start + step]] @ vectors[columns].T
        yield start, cosine, cosine - (levels[0][start : start + step, None] + levels[1]) / 2


def _dense_cells(
    vectors: NDArray[np.float32], rows: Integers, columns: Integers, levels: Sequence[Numbers],
    from_: float,
) -> Iterator[Cells]:  # fmt: skip
    for start, cosine, above in _blocks(vectors, rows, columns, levels):
        row, column = np.nonzero(above >= from_)
        yield (
            rows[row + start], columns[column], cosine[row, column].astype(np.float64),
            above[row, column],
        )  # fmt: skip


def _second_bests(
    vectors: NDArray[np.float32], rows: Integers, columns: Integers, levels: Sequence[Numbers]
) -> Numbers:
    """For each text of some how far its second best is above their level."""
    blocks = _blocks(vectors, rows, columns, levels)
    return np.concatenate([np.partition(above, -2, axis=1)[:, -2] for _, _, above in blocks])


def _sparse_cells(
    vectors: sparse.csr_matrix, rows: Integers, columns: Integers, thresholds: Thresholds
) -> Iterator[Cells]:
    other = vectors[columns].T.tocsc()
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        block = (vectors[rows[start : start + _ROWS_AT_ONCE]] @ other).tocoo()
        keep = block.data >= thresholds.mutual
        cosine = block.data[keep]
        yield rows[block.row[keep] + start], columns[block.col[keep]], cosine, cosine


def _pairs(
    cells: Iterator[Cells], thresholds: Thresholds, seconds: Numbers | None = None
) -> Numbers:
    """Rows of (position, position, cosine) of the cells that are clear, or best on both sides.

    With `seconds` the best may also be well ahead of them, whatever the threshold of mutual bests.
    """
    one, other, cosine, counts = (np.concatenate(part) for part in zip(*cells, strict=True))
    size = max(one.max(initial=0), other.max(initial=0)) + 1
    best = np.full(size, -np.inf)
    np.maximum.at(best, one, counts)
    np.maximum.at(best, other, counts)
    mutual = (counts >= best[one]) & (counts >= best[other])
    if seconds is not None:
        ahead = counts - np.maximum(seconds[one], seconds[other]) >= WELL_AHEAD
        mutual &= ahead | (counts >= thresholds.mutual)
    keep = mutual | (counts >= thresholds.clear)
    a, b = one[keep], other[keep]
    return np.column_stack([np.minimum(a, b), np.maximum(a, b), cosine[keep]])
