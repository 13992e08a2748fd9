"""PDQ against hashes that the reference implementation gives for the same pixels."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.forensics.images.pdq import MATCH_DISTANCE, MIN_QUALITY, Pdq, pdq_hash


def plaid(height: int, width: int) -> NDArray[np.uint8]:
    """A made-up image with structure in all directions."""
    y, x = np.mgrid[0:height, 0:width]
    channels = [
        90 * np.sin(2 + 9 * y / height + 5 * x / width)
        + 60 * np.cos(7 * x / width - 11 * y / height + k)
        for k in range(3)
    ]
    return np.clip(np.stack(channels, -1) + 128, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("height", "width", "digits", "quality"),
    [
        (64, 64, "cd7520650ccd38a988c5ccc946e52aa804cd59a9444deaa95555aaaffffe5756", 100),
        (65, 64, "6d71a0670ccd28a188c5cccb46650aa804cd5ba9544deaa95555aaaffffe5756", 100),
        (5, 5, "4e5b31c891a4ce376e5b9b266e5b64d991a421c84e5b31c8b1a4ce376e5b9b26", 100),
        (100, 333, "4d55206508cd38ab88c5ccc906e508a844dd7ba9044deaa9557daaaffffe5756", 100),
        (512, 512, "0c75206508cd39a980c54cc906a50088559dfb29045deaa9777dabaffffe7756", 100),
        (601, 403, "0d55206508cd39a980c54cc906e50888559dfb29045deaa9577daaaffffe7756", 100),
        (1500, 2000, "0d75206508cd39a980c54cc906a50888559dfb29045deaa9777daaaffffe5756", 100),
    ],
)
def test_bit_for_bit(height: int, width: int, digits: str, quality: int) -> None:
    found = pdq_hash(plaid(height, width))
    assert (found.hex, found.quality) == (digits, quality)


def test_brightness_and_size_do_not_matter_a_mirror_does() -> None:
    image = plaid(512, 512)
    hashed = pdq_hash(image)
    assert hashed.distance(pdq_hash((image * 0.8 + 20).astype(np.uint8))) <= MATCH_DISTANCE
    assert hashed.distance(pdq_hash(image[::2, ::2])) <= MATCH_DISTANCE
    assert hashed.distance(pdq_hash(image[:, ::-1])) > MATCH_DISTANCE


def test_an_image_without_detail_says_so() -> None:
    assert pdq_hash(np.full((200, 300, 3), 77, np.uint8)).quality < MIN_QUALITY
    tiny = pdq_hash(plaid(4, 900))
    assert tiny.quality == 0 and tiny.hex == "0" * 64


def test_distance_counts_bits() -> None:
    none, all_ = (Pdq(np.full(256, bit), 100) for bit in (False, True))
    assert none.distance(all_) == 256 and none.distance(none) == 0
    assert all_.hex == "f" * 64
