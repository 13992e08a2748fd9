"""Hashes as numbers, and in how many bits they differ."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Words: TypeAlias = NDArray[np.uint64]
"""Rows of one word for each 64 bits of a hash."""


def words_of(digits: Sequence[str], bits: int = 256) -> Words:
    """Hashes of hexadecimal digits as rows of words."""
    packed = np.frombuffer(bytes.fromhex("".join(digits)), ">u8").astype(np.uint64)
    return packed.reshape(len(digits), bits // 64)


def distances(a: Words, b: Words) -> NDArray[np.int64]:
    """The bits in which each of `a` differs from each of `b`, as a matrix."""
    found = np.zeros((len(a), len(b)), np.int64)
    for word in range(a.shape[1]):
        found += np.bitwise_count(a[:, None, word] ^ b[None, :, word])
    return found
