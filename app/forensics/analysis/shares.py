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
    """One row a share, names as codes; accounts are sorted, so their codes compare as names do."""

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
        account, account_names = _sorted(*_encode(accounts))
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

    def incidence(self) -> Integers:
        """Who shared what at least once, as sorted keys `account * len(objects) + object`."""
        keys: Integers = np.sort(self.account.astype(np.int64) * len(self.objects) + self.object)
        return np.asarray(keys[np.diff(keys, prepend=-1) != 0], np.int64)


def _encode(texts: Texts) -> tuple[Codes, pa.Array]:
    """Codes, and the names that they stand for in the order of their first row."""
    if isinstance(texts, pa.ChunkedArray):
        # In one piece: chunks of their own dictionaries take ten times the time and memory.
        texts = texts.cast(pa.large_string()).combine_chunks()
    elif not isinstance(texts, pa.Array):
        texts = pa.array(texts, pa.large_string())
    encoded = texts.dictionary_encode()
    return encoded.indices.to_numpy(), encoded.dictionary


def _sorted(codes: Codes, names: pa.Array) -> tuple[Codes, pa.Array]:
    """The same with the names in order; UTF-8 sorts by bytes as Python sorts by code points."""
    order = pc.array_sort_indices(names)
    rank = np.empty(len(names), np.int32)
    rank[order.to_numpy()] = np.arange(len(names), dtype=np.int32)
    return rank[codes], names.take(order)
