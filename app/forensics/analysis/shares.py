"""Shares as arrays: who put which object out, in which content, and when."""

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Texts: TypeAlias = Any
"""A sequence of str, or a pyarrow (chunked) array of them, which has no types."""
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Shares:
    """One row a share; the names of accounts are sorted, so codes compare as names do."""

    account: Codes
    object: Codes
    content: Codes
    at_us: Integers
    is_original: Flags
    """The content is the object itself: a post that others repost, not a share of it."""
    accounts: pa.Array
    objects: pa.Array

    @classmethod
    def of(cls, accounts: Texts, objects: Texts, contents: Texts, at_us: Integers) -> "Shares":
        """Shares from four columns of equal length; times are microseconds since 1970, UTC."""
        account, account_names = _encode(accounts)
        object_, object_names = _encode(objects)
        content, content_names = _encode(contents)
        same_name = pc.index_in(object_names, value_set=content_names)
        as_content = pc.fill_null(same_name, -1).to_numpy(zero_copy_only=False)
        return cls(
            account, object_, content, np.asarray(at_us, np.int64),
            as_content[object_] == content, account_names, object_names,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.account)

    def where(self, rows: Flags | Integers) -> "Shares":
        """The shares of some rows, in that order; codes and names stay."""
        return replace(
            self, account=self.account[rows], object=self.object[rows], content=self.content[rows],
            at_us=self.at_us[rows], is_original=self.is_original[rows],
        )  # fmt: skip

    def by_object(self) -> "Shares":
        """The same shares, those of one object together and in the order of time."""
        return self.where(np.lexsort((self.at_us, self.object)))

    def active(self, min_participation: int) -> "Shares":
        """The shares of accounts that have at least so many."""
        counts = np.bincount(self.account, minlength=len(self.accounts))
        return self.where(counts[self.account] >= min_participation)


def _encode(texts: Texts) -> tuple[Codes, pa.Array]:
    """Codes and sorted names; UTF-8 sorts by bytes as Python sorts by code points."""
    chunks = texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([_array(texts)])
    if not len(chunks):
        return np.zeros(0, np.int32), pa.array([], pa.large_string())
    encoded = chunks.dictionary_encode().unify_dictionaries()
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks])
    names = encoded.chunk(0).dictionary
    order = pc.array_sort_indices(names)
    rank = np.empty(len(names), np.int32)
    rank[order.to_numpy()] = np.arange(len(names), dtype=np.int32)
    return rank[codes], names.take(order)


def _array(texts: Texts) -> pa.Array:
    return texts if isinstance(texts, pa.Array) else pa.array(texts, pa.large_string())
