"""Copies across languages: texts brought into one space, compared with those of other languages.

With a translating engine the space is Spanish: character n-grams of the translated texts, weighted
by how rare they are (TF-IDF), by their cosine. With an embedding it is the engine's own. A pair
counts where it is clearly alike, or alike enough and each the other's best in that language.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from app.forensics.analysis.near_duplicates import GRAM_MASK, HASH_BITS, gram_keys
from app.forensics.analysis.shares import Integers, Numbers
from app.forensics.analysis.text import plain_words

METHOD, VERSION = "pivot-tfidf", "1"
_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosines from which a pair is clearly alike, and from which mutual bests are."""

    clear: float
    mutual: float


PIVOT = Thresholds(clear=0.4, mutual=0.22)
EMBEDDING = Thresholds(clear=0.93, mutual=0.88)
"""Of multilingual-e5-small, whose cosines are compressed: unrelated texts score up to 0.88."""


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
    return _match(_tfidf([plain_words(text) for text in pivoted]), languages, thresholds)


def match_embedded(
    vectors: NDArray[np.float32], languages: Sequence[str], thresholds: Thresholds = EMBEDDING
) -> Translations:
    """Pairs among texts given as vectors of length one."""
    return _match(sparse.csr_matrix(vectors.astype(np.float64)), languages, thresholds)


def _tfidf(texts: Sequence[str]) -> sparse.csr_matrix:
    """Rows of length one over character 4-grams, spaces at the ends of words included."""
    keys = gram_keys([f" {text} " for text in texts], 4)
    rows, gram = (keys >> HASH_BITS).astype(np.int64), keys & GRAM_MASK
    _, column, document_counts = np.unique(gram, return_inverse=True, return_counts=True)
    weight = np.log((1 + len(texts)) / (1 + document_counts[column])) + 1
    lengths = np.sqrt(np.bincount(rows, weights=weight**2, minlength=len(texts)))
    shape = (len(texts), len(document_counts))
    return sparse.csr_matrix((weight / lengths[rows], (rows, column)), shape)


def _match(
    vectors: sparse.csr_matrix, languages: Sequence[str], thresholds: Thresholds
) -> Translations:
    language = np.array(languages)
    found: list[NDArray[np.float64]] = [np.zeros((0, 3))]
    names = sorted(set(languages))
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            rows, columns = np.flatnonzero(language == one), np.flatnonzero(language == other)
            found.append(_between(vectors, rows, columns, thresholds))
    pairs = np.concatenate(found)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    a, b = pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)
    return Translations(a, b, np.minimum(pairs[:, 2], 1.0))


def _between(
    vectors: sparse.csr_matrix, rows: Integers, columns: Integers, thresholds: Thresholds
) -> NDArray[np.float64]:
    """Rows of (position, position, cosine) between the texts of two languages."""
    other = vectors[columns].T.tocsc()
    parts = []
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        block = (vectors[rows[start : start + _ROWS_AT_ONCE]] @ other).tocoo()
        keep = block.data >= thresholds.mutual
        parts.append((block.row[keep] + start, block.col[keep], block.data[keep]))
    row, column, cosine = (np.concatenate(part) for part in zip(*parts, strict=True))
    best_of_row, best_of_column = np.zeros(len(rows)), np.zeros(len(columns))
    np.maximum.at(best_of_row, row, cosine)
    np.maximum.at(best_of_column, column, cosine)
    mutual = (cosine >= best_of_row[row]) & (cosine >= best_of_column[column])
    keep = mutual | (cosine >= thresholds.clear)
    a, b = rows[row[keep]], columns[column[keep]]
    return np.column_stack([np.minimum(a, b), np.maximum(a, b), cosine[keep]])
