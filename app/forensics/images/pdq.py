"""PDQ, the perceptual hash of 256 bits for photographs, in numpy.

Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019. Two
passes of a Jarosz (tent) filter bring luminance to 64 x 64, a cosine transform keeps the 16 x 16
lowest frequencies but the constant ones, and each is one bit: above the median or not. Both filter
passes are linear, so per side they are one sparse matrix.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

SIDE, BITS = 64, 256
MIN_SIDE_PX = 5
MATCH_DISTANCE = 31
"""Two images are taken for the same up to this many different bits, as the publication has it."""
MIN_QUALITY = 50
"""Below it an image has too little detail for its hash to tell it from others, likewise."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_PASSES = 2


@dataclass(frozen=True, slots=True)
class Pdq:
    """A hash: its 256 bits, frequencies down then across, and quality from 0 to 100."""

    bits: NDArray[np.bool_]
    quality: int

    @property
    def hex(self) -> str:
        """64 hexadecimal digits, the last bit first, as hashes are exchanged."""
        return np.packbits(self.bits[::-1]).tobytes().hex()

    def distance(self, other: "Pdq") -> int:
        """The number of bits in which two hashes differ."""
        return int(np.count_nonzero(self.bits != other.bits))


def pdq_hash(rgb: NDArray[np.uint8]) -> Pdq:
    """The hash of an image of height x width x 3; one below 5 px a side has no bit and quality 0."""
    height, width = rgb.shape[:2]
    if min(height, width) < MIN_SIDE_PX:
        return Pdq(np.zeros(BITS, np.bool_), 0)
    luma = rgb.astype(np.float32) @ _LUMA
    if (height, width) != (SIDE, SIDE):
        luma = (_downscaling(width) @ (_downscaling(height) @ luma).T).T
    transform = _cosines()
    frequencies = (transform @ luma @ transform.T).ravel()
    # The lower of the two middle values, as the reference finds it.
    median = np.partition(frequencies, BITS // 2 - 1)[BITS // 2 - 1]
    return Pdq(frequencies > median, _quality(luma))


def _quality(luma: NDArray[np.float32]) -> int:
    """How much significant gradient there is; scaled as in the publication."""
    steps = [np.abs(np.trunc(np.diff(luma, axis=axis) * 100 / 255)).sum() for axis in (0, 1)]
    return min(100, int(sum(steps)) // 90)


@lru_cache(1)
def _cosines() -> NDArray[np.float32]:
    """Rows 1 to 16 of the cosine transform of 64 values."""
    row, column = np.arange(1, 17)[:, None], np.arange(SIDE)[None, :]
    scale = np.sqrt(2 / SIDE)
    whole: NDArray[Any] = scale * np.cos(np.pi / 2 / SIDE * row * (2 * column + 1))
    return whole.astype(np.float32)


@lru_cache(256)
def _downscaling(size_px: int) -> csr_array:
    """What brings a side to 64 values: box filters one after the other, then every 64th centre."""
    window = (size_px + 2 * SIDE - 1) // (2 * SIDE)
    half = (window + 2) // 2
    # Of an even window the longer part lies behind.
    at = np.arange(size_px)
    first = np.maximum(at - (window - half), 0)
    last = np.minimum(at + half - 1, size_px - 1)
    counts = last - first + 1
    starts = np.concatenate(([0], np.cumsum(counts)))
    columns = np.arange(starts[-1]) - np.repeat(starts[:-1], counts) + np.repeat(first, counts)
    box = csr_array((np.repeat(1 / counts, counts), columns, starts), shape=(size_px, size_px))
    centres = ((np.arange(SIDE) + 0.5) * size_px / SIDE).astype(np.int64)
    chosen = box[centres]
    for _ in range(_PASSES - 1):
        chosen = chosen @ box
    return csr_array(chosen, dtype=np.float32)
