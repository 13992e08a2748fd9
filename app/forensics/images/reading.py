"""Reads a file as an image, however hostile: known kinds, bounded size, upright, opaque."""

import io
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF")
MAX_PIXELS, MAX_SIDE_PX = 50_000_000, 20_000
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Bounded here, by what is said before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


class UnreadableImageError(Exception):
    """The file gives no image; the message says why."""


class UnknownKindError(UnreadableImageError):
    """It is no image, or of a kind that is not read."""


class TooLargeError(UnreadableImageError):
    """It has more pixels than are decoded."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as it is seen: upright by its EXIF orientation, RGB, on white where transparent."""

    image: Image.Image
    format: str
    is_animated: bool

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """Height x width x 3."""
        return np.asarray(self.image)


def read_picture(data: bytes) -> Picture:
    """The image in a file; of several frames or pages the first.

    Raises:
        UnknownKindError: it is none of the kinds that are read, whatever its name says.
        TooLargeError: it has too many pixels; nothing was decoded.
        UnreadableImageError: it breaks off or is damaged.
    """
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # of damaged metadata
            Image.open(io.BytesIO(data), formats=FORMATS) as image,
        ):
            _check_size(image)
            image.load()
            # MPO, of several views, is JPEG to all others.
            kind = "JPEG" if image.format == "MPO" else str(image.format)
            is_animated = bool(getattr(image, "is_animated", False))
            return Picture(_upright(image, _opaque(image)), kind, is_animated)
    except UnreadableImageError:
        raise
    except UnidentifiedImageError:
        raise UnknownKindError(
            f"no image of a kind that is read ({', '.join(FORMATS)}), whatever its name says"
        ) from None
    except MemoryError:
        raise TooLargeError("the image needs more memory than decoding may take") from None
    except Exception as error:
        # Decoders raise whatever the bytes make of them.
        raise UnreadableImageError("the image is damaged or breaks off") from error


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE_PX:
        raise TooLargeError(
            f"the image has {width:,} x {height:,} pixels; {MAX_PIXELS:,} are decoded, and"
            f" {MAX_SIDE_PX:,} a side"
        )


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    colours = image.convert("RGBA")
    ground = Image.new("RGB", image.size, "white")
    ground.paste(colours, mask=colours.getchannel("A"))
    return ground


def _eight_bits(image: Image.Image) -> Image.Image:
    """Of more than eight bits the upper ones; of other numbers, their whole range."""
    values = np.nan_to_num(np.asarray(image).astype(np.float32), posinf=0, neginf=0)
    if image.mode.startswith("I;16"):
        lowest, highest = 0.0, 65_535.0
    else:
        lowest, highest = float(values.min()), float(values.max())
    span = (highest - lowest) or 1.0
    grey = ((values - lowest) * (255 / span)).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def _upright(image: Image.Image, opaque: Image.Image) -> Image.Image:
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:
        orientation = None
    turn = _UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    return opaque if turn is None else opaque.transpose(turn)
