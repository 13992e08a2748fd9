"""The rules of images: how many are compared at once, how hashes are given, what is shown."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.core.errors import InvalidBodyError, ProblemError
from app.forensics.images.comparing import Known, Pair, compare
from app.forensics.images.pdq import Turn
from app.forensics.images.process import ImageRead, ImageReader
from app.forensics.images.schemas import (
    ComparedPicture,
    Comparison,
    CropShown,
    CutShown,
    GivenHashes,
    ImagePair,
    ImageShown,
    TurnShown,
)

MAX_FILES, MAX_GIVEN = 10, 100
CAVEATS = [
    "Hashes tell that pictures look alike, neither which came first nor what is true.",
    "Pictures of one template, such as screenshots or forms, can be near without being copies.",
]
_SHOWN_CHARACTERS = 200
_GIVEN = {
    "pdq": re.compile(r"[0-9a-f]{64}"),
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "phash": re.compile(r"[0-9a-f]{16}"),
    "dhash": re.compile(r"[0-9a-f]{16}"),
}
NamedFile = tuple[str | None, bytes]


def given_hashes(text: str) -> dict[str, str]:
    """Hashes of one picture by kind: `pdq:…,phash:…`, or the 64 digits of a PDQ alone.

    Raises:
        InvalidBodyError: it is no such text.
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        kind, colon, digits = part.strip().lower().rpartition(":")
        kind = kind if colon else "pdq"
        if kind not in _GIVEN or kind in found or not _GIVEN[kind].fullmatch(digits):
            raise InvalidBodyError.of(
                "hash",
                f"{part[:80]!r}: give pdq:, sha256:, phash: or dhash: and its digits, each once,"
                " with commas between",
            )
        found[kind] = digits
    return found


async def read_image(reader: ImageReader, file: NamedFile) -> ImageShown:
    """What is told of one file.

    Raises:
        ProblemError: as `ImageReader.read`.
    """
    name, data = file
    return image_shown(name, await reader.read(data))


async def compare_images(
    reader: ImageReader, files: Sequence[NamedFile], given: Sequence[str]
) -> Comparison:
    """Every pair of files and hashes.

    Raises:
        InvalidBodyError: a hash cannot be read.
        ProblemError: as `ImageReader.read`; it names the file.
    """
    hashes = [given_hashes(text) for text in given]
    read = [await _read_numbered(reader, number, file) for number, file in enumerate(files, 1)]
    pictures = [
        ComparedPicture(number=number, image=image_shown(name, image), given=None)
        for number, ((name, _), image) in enumerate(zip(files, read, strict=True), 1)
    ]
    known = [Known.of(str(i), one.sha256, one.fingerprint) for i, one in enumerate(read, 1)]
    for number, one in enumerate(hashes, len(files) + 1):
        shown = GivenHashes.model_validate(dict.fromkeys(_GIVEN) | one)
        pictures.append(ComparedPicture(number=number, image=None, given=shown))
        known.append(
            Known(
                str(number), one.get("sha256"), one.get("pdq"), None, one.get("phash"),
                one.get("dhash"),
            )
        )  # fmt: skip
    pairs = await asyncio.to_thread(lambda: [_pair_shown(pair) for pair in compare(known)])
    return Comparison(pictures=pictures, pairs=pairs, caveats=CAVEATS)


async def _read_numbered(reader: ImageReader, number: int, file: NamedFile) -> ImageRead:
    try:
        return await reader.read(file[1])
    except ProblemError as error:
        name = f" ({file[0][:_SHOWN_CHARACTERS]})" if file[0] else ""
        error.detail = f"image {number}{name}: {error.detail}"
        raise


def image_shown(name: str | None, image: ImageRead) -> ImageShown:
    """An image as it is shown."""
    facts: dict[str, Any] = asdict(image)
    hashes = facts.pop("fingerprint")
    return ImageShown.model_validate(
        facts
        | {key: hashes[key] for key in ("pdq", "pdq_quality", "phash", "dhash")}
        | {
            "name": name and name[:_SHOWN_CHARACTERS],
            "has_detail": Known.of("", image.sha256, image.fingerprint).has_detail,
        }
    )


def _pair_shown(pair: Pair) -> ImagePair:
    cropped = pair.cropped and CropShown(
        smaller=int(pair.cropped.name),
        turn=Turn(pair.cropped.turn),
        cut=CutShown.model_validate(pair.cropped, from_attributes=True),
        distance=pair.cropped.distance,
    )
    return ImagePair(
        a=int(pair.a),
        b=int(pair.b),
        relation=pair.relation,
        pdq_distance=pair.pdq_distance,
        phash_distance=pair.phash_distance,
        dhash_distance=pair.dhash_distance,
        turned=pair.turned and TurnShown.model_validate(pair.turned, from_attributes=True),
        cropped=cropped,
    )
