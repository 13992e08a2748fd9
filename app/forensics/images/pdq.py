"""PDQ, the perceptual hash of 256 bits for photographs, in numpy.

Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019. Two
passes of a Jarosz (tent) filter bring luminance to 64 x 64, a cosine transform keeps the 16 x 16
lowest frequencies but the constant ones, and each is one bit: above the median or not. Both filter
passes are linear, so per side they are one sparse matrix.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats: TypeAlias = NDArray[np.floating[Any]]

SIDE, KEPT, BITS = 64, 16, 256
MIN_SIDE_PX = 5
MATCH_DISTANCE = 31
"""Two images are taken for the same up to this many different bits, as the publication has it."""
MIN_QUALITY = 50
"""Below it an image has too little detail for its hash to tell it from others, likewise."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_PASSES = 2
_SIGNS = np.where(np.arange(1, KEPT + 1) % 2, -1, 1).astype(np.float32)


class Turn(StrEnum):
    """The eight ways in which an image can lie; rotations are clockwise."""

    AS_IT_IS = "as_it_is"
    MIRRORED = "mirrored"
    UPSIDE_DOWN_MIRRORED = "upside_down_mirrored"
    ROTATED_90 = "rotated_90"
    ROTATED_180 = "rotated_180"
    ROTATED_270 = "rotated_270"
    TRANSPOSED = "transposed"
    TRANSVERSED = "transversed"


_TURNS = {  # swap down and across first, then mirror down, then across
    Turn.AS_IT_IS: (False, False, False),
    Turn.MIRRORED: (False, False, True),
    Turn.UPSIDE_DOWN_MIRRORED: (False, True, False),
    Turn.ROTATED_90: (True, False, True),
    Turn.ROTATED_180: (False, True, True),
    Turn.ROTATED_270: (True, True, False),
    Turn.TRANSPOSED: (True, False, False),
    Turn.TRANSVERSED: (True, True, True),
}


@dataclass(frozen=True, slots=True)
class Pdq:
    """A hash: its 256 bits, frequencies down then across, and quality from 0 to 100."""

    bits: NDArray[np.bool_]
    quality: int

    @property
    def hex(self) -> str:
        """64 hexadecimal digits, the last bit first, as hashes are exchanged."""
        return np.packbits(self.bits[::-1]).tobytes().hex()

    @classmethod
    def of(cls, digits: str, quality: int = 100) -> "Pdq":
        """The hash of 64 hexadecimal digits."""
        packed = np.frombuffer(bytes.fromhex(digits), np.uint8)
        return cls(np.unpackbits(packed)[::-1].astype(np.bool_), quality)

    def distance(self, other: "Pdq") -> int:
        """The number of bits in which two hashes differ."""
        return int(np.count_nonzero(self.bits != other.bits))


def pdq_hash(rgb: NDArray[np.uint8]) -> Pdq:
    """The hash of an image of height x width x 3; one below 5 px a side has no bit and quality 0."""
    frequencies, quality = _frequencies(rgb)
    return Pdq(_bits(frequencies), quality)


def pdq_turned(rgb: NDArray[np.uint8]) -> dict[Turn, Pdq]:
    """The hashes of an image turned in each of the eight ways, for the price of one.

    A mirror changes the sign of every second frequency, and a diagonal swaps down and across.
    """
    frequencies, quality = _frequencies(rgb)
    return {turn: Pdq(_bits(turned), quality) for turn, turned in _turned(frequencies)}


def turned_bits(bits: NDArray[np.bool_]) -> dict[Turn, NDArray[np.bool_]]:
    """About the bits that the turned image would have, where only a hash is known.

    The median that divides the bits is taken to stand at zero: some bits differ from `pdq_turned`.
    """
    turned = _turned(np.where(bits, 1, -1).reshape(KEPT, KEPT))
    return {turn: values.ravel() > 0 for turn, values in turned}


def _turned(values: Floats) -> Iterator[tuple[Turn, Floats]]:
    for turn, (swap, down, across) in _TURNS.items():
        turned = values.T if swap else values
        turned = turned * _SIGNS[:, None] if down else turned
        yield turn, turned * _SIGNS if across else turned


def _frequencies(rgb: NDArray[np.uint8]) -> tuple[Floats, int]:
    """The 16 x 16 lowest frequencies, down then across, and the quality."""
    height, width = rgb.shape[:2]
    if min(height, width) < MIN_SIDE_PX:
        return np.zeros((KEPT, KEPT), np.float32), 0
    if (height, width) == (SIDE, SIDE):
        luma = rgb.astype(np.float32) @ _LUMA
    else:
        luma = (_downscaling(width) @ _fewer_rows(rgb).T).T
    transform = _cosines()
    return transform @ luma @ transform.T, _quality(luma)


def _fewer_rows(rgb: NDArray[np.uint8]) -> Floats:
    """The luminance of 64 rows. Filtered first, as colours of few rows are soon made luminance."""
    height, width = rgb.shape[:2]
    flat = rgb.reshape(height, width * 3)
    rows = np.empty((SIDE, width * 3), np.float32)
    for row, (part, weights) in enumerate(_row_weights(height)):
        np.matmul(weights, flat[part].astype(np.float32), out=rows[row])
    luma: Floats = rows.reshape(SIDE, width, 3) @ _LUMA
    return luma


def _bits(frequencies: Floats) -> NDArray[np.bool_]:
    values = frequencies.ravel()
    # The lower of the two middle values, as the reference finds it.
    above: NDArray[np.bool_] = values > np.partition(values, BITS // 2 - 1)[BITS // 2 - 1]
    return above


def _quality(luma: Floats) -> int:
    """How much significant gradient there is; scaled as in the publication."""
    steps = [np.abs(np.trunc(np.diff(luma, axis=axis) * 100 / 255)).sum() for axis in (0, 1)]
    return min(100, int(sum(steps)) // 90)


@lru_cache(1)
def _cosines() -> Floats:
    """Rows 1 to 16 of the cosine transform of 64 values."""
    row, column = np.arange(1, 17)[:, None], np.arange(SIDE)[None, :]
    scale = np.sqrt(2 / SIDE)
    whole: NDArray[Any] = scale * np.cos(np.pi / 2 / SIDE * row * (2 * column + 1))
    return whole.astype(np.float32)


@lru_cache(256)
def _downscaling(size_px: int) -> "csr_array":
    """What brings a side to 64 values: box filters one after the other, then every 64th centre."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - heavy, for those who hash alone

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
    filters = csr_array(chosen, dtype=np.float32)
    filters.sort_indices()
    return filters


@lru_cache(256)
def _row_weights(size_px: int) -> list[tuple[slice, Floats]]:
    """Of each row of `_downscaling`: from where to where it takes values, and with which weights."""
    filters = _downscaling(size_px)
    spans = zip(filters.indptr, filters.indptr[1:], strict=False)
    return [
        (slice(filters.indices[start], filters.indices[end - 1] + 1), filters.data[start:end])
        for start, end in spans
    ]
