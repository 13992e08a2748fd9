"""All hashes of one picture: PDQ in eight turns and of usual crops, pHash, dHash."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from PIL import Image

from app.forensics.images.pdq import Turn, pdq_hash, pdq_turned
from app.forensics.images.reading import Picture

CUTS = (0.0, 0.05, 0.1)
"""What a crop takes from a side, as a share of width or height."""
_CROPPED_FROM_PX = 256
"""Crops are taken from a reduced picture: it changes few of the bits that they differ in anyway."""

Cut = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Hashes as hexadecimal digits; `crops` by what is cut off left, above, right and below."""

    pdq: str
    pdq_quality: int
    phash: str
    dhash: str
    turned: dict[str, str]
    crops: list[tuple[Cut, str]]


def fingerprint(picture: Picture) -> Fingerprint:
    """The hashes of a picture."""
    import imagehash  # noqa: PLC0415 - heavy, for the process that decodes alone

    turned = pdq_turned(picture.rgb)
    as_it_is = turned.pop(Turn.AS_IT_IS)
    return Fingerprint(
        pdq=as_it_is.hex,
        pdq_quality=as_it_is.quality,
        phash=str(imagehash.phash(picture.image)),
        dhash=str(imagehash.dhash(picture.image)),
        turned={turn.value: one.hex for turn, one in turned.items()},
        crops=_crops(picture.image),
    )


def _crops(image: Image.Image) -> list[tuple[Cut, str]]:
    scale = min(1.0, _CROPPED_FROM_PX / max(image.size))
    reduced = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    pixels = np.asarray(image.resize(reduced, reducing_gap=2.0))
    height, width = pixels.shape[:2]
    crops: list[tuple[Cut, str]] = []
    for left, above, right, below in product(CUTS, repeat=4):
        if left or above or right or below:
            part = pixels[
                round(height * above) : height - round(height * below),
                round(width * left) : width - round(width * right),
            ]
            crops.append(((left, above, right, below), pdq_hash(part).hex))
    return crops
