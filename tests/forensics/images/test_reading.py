"""Files that are images, and files that are none: bombs, ruins, disguises, odd kinds of pixels."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin

from app.forensics.images.pdq import MATCH_DISTANCE, pdq_hash
from app.forensics.images.reading import (
    TooLargeError,
    UnknownKindError,
    UnreadableImageError,
    read_picture,
)
from tests.forensics.images.conftest import encoded


def png(width: int, height: int, *chunks: tuple[bytes, bytes], bits: int = 8) -> bytes:
    """A PNG that says it is so large, whatever is in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    rest = b"".join(chunk(*one) for one in (*chunks, (b"IEND", b"")))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rest


def tiff(width: int, height: int) -> bytes:
    """A TIFF of one directory that says it is so large."""
    tags = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
        (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, width * height % 2**32),
    ]  # fmt: skip
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<I", 8) + directory + b"\0\0\0\0"


def gif(frames: int) -> bytes:
    """A GIF of so many tiny frames."""
    frame = b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b";"


DEFLATED = zlib.compress(bytes(1_000_000))


@pytest.mark.parametrize(
    "data",
    [png(50_000, 50_000, (b"IDAT", DEFLATED)), png(2**31 - 1, 2**31 - 1), png(20_001, 1),
     png(1, 30_000), tiff(100_000, 100_000),
     b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;"],
    ids=["png", "largest png", "wide", "tall", "tiff", "gif"],
)  # fmt: skip
def test_bombs_are_refused_before_they_are_decoded(data: bytes) -> None:
    with pytest.raises(TooLargeError, match="pixels"):
        read_picture(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"<html><script>alert(1)</script></html>",
     b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', b"%PDF-1.7\n" * 100,
     b"PK\x03\x04" + bytes(100), b"8BPS\0\x01" + bytes(100), b"%!PS-Adobe-3.0 EPSF-3.0\n",
     b"MZ" + bytes(500), b"\xff\xd8", b"RIFF\0\0\0\0WAVE"],
)  # fmt: skip
def test_what_is_no_image_is_refused(data: bytes) -> None:
    with pytest.raises(UnknownKindError, match="kind"):
        read_picture(data)


def test_kinds_that_are_not_on_the_list_are_refused(scene: Image.Image) -> None:
    for kind in ("BMP", "TGA", "PPM", "ICO", "PDF", "EPS", "JPEG2000"):
        with pytest.raises(UnknownKindError):
            read_picture(encoded(scene.resize((64, 64)), kind))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_a_file_that_breaks_off_is_told_at_any_place(kind: str, scene: Image.Image) -> None:
    whole = encoded(scene.resize((160, 120)), kind)
    for share in (0.2, 0.5, 0.9):
        with pytest.raises(UnreadableImageError):
            read_picture(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_damage_never_raises_anything_else(kind: str, scene: Image.Image) -> None:
    whole = encoded(scene.resize((96, 64)), kind)
    rng = np.random.default_rng(7)
    refused = 0
    for _ in range(150):
        bad = bytearray(whole)
        for at in rng.integers(0, len(bad), 6):
            bad[at] = int(rng.integers(256))
        try:
            read_picture(bytes(bad))
        except UnreadableImageError:
            refused += 1
    assert refused


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_every_kind_is_read(kind: str, scene: Image.Image) -> None:
    read = read_picture(encoded(scene, kind))
    assert (read.format, read.image.mode, read.image.size) == (kind, "RGB", scene.size)
    hashed = pdq_hash(np.asarray(scene))
    assert pdq_hash(read.rgb).distance(hashed) <= MATCH_DISTANCE


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGBA", "PNG"), ("CMYK", "JPEG"),
     ("CMYK", "TIFF"), ("YCbCr", "JPEG"), ("LAB", "TIFF"), ("I;16", "PNG"), ("I;16", "TIFF"),
     ("I", "TIFF"), ("F", "TIFF")],
)  # fmt: skip
def test_every_mode_of_pixels_is_read(mode: str, kind: str, scene: Image.Image) -> None:
    grey = scene.convert("L")
    made = {
        "I;16": lambda: Image.fromarray(np.asarray(grey).astype(np.uint16) * 257),
        "I": lambda: Image.fromarray(np.asarray(grey).astype(np.int32) * 1_000 - 40_000),
        "F": lambda: Image.fromarray(np.asarray(grey).astype(np.float32) / 255),
        "LAB": lambda: Image.merge("LAB", [grey, *([Image.new("L", grey.size, 128)] * 2)]),
    }.get(mode, lambda: scene.convert(mode))()
    assert made.mode == mode
    read = read_picture(encoded(made, kind))
    assert read.image.mode == "RGB"
    if mode != "1":
        hashed = pdq_hash(np.asarray(grey.convert("RGB")))
        assert pdq_hash(read.rgb).distance(hashed) <= MATCH_DISTANCE


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "PA"])
def test_transparency_shows_white(mode: str) -> None:
    clear = Image.new("RGBA", (40, 30), (10, 20, 30, 0))
    kind = "TIFF" if mode == "PA" else "PNG"
    if mode == "P":
        data = encoded(Image.new("P", (40, 30), 0), kind, transparency=0)
    else:
        data = encoded(clear.convert(mode), kind)
    assert read_picture(data).image.getpixel((5, 5)) == (255, 255, 255)


def test_numbers_that_are_none_do_no_harm() -> None:
    values = np.linspace(0, 1, 1_200, dtype=np.float32).reshape(30, 40).copy()
    values[3, 3], values[4, 4] = np.nan, np.inf
    assert read_picture(encoded(Image.fromarray(values), "TIFF")).image.size == (40, 30)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_is_turned_upright(orientation: int, kind: str, scene: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(scene, kind, exif=exif)
    with Image.open(io.BytesIO(data)) as lying:
        upright = ImageOps.exif_transpose(lying.convert("RGB"))
    assert read_picture(data).image.tobytes() == upright.tobytes()


@pytest.mark.parametrize(
    "exif",
    [b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 400,
     b"Exif\0\0", b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\xff\xff\xff\x7f\0\0\0\0\0\0\0\0"],
)  # fmt: skip
def test_damaged_exif_hides_no_picture(exif: bytes, scene: Image.Image) -> None:
    assert read_picture(encoded(scene, "JPEG", exif=exif)).image.size == scene.size


def test_texts_that_unpack_to_much_are_refused() -> None:
    bomb = b"Comment\0\0" + zlib.compress(bytes(PngImagePlugin.MAX_TEXT_CHUNK * 4))
    with pytest.raises(UnreadableImageError):
        read_picture(png(8, 8, (b"zTXt", bomb), (b"IDAT", zlib.compress(bytes(9 * 8)))))


def test_of_many_frames_the_first_is_read() -> None:
    read = read_picture(gif(100_000))
    assert read.is_animated and read.image.size == (1, 1)
    first, second = Image.new("RGB", (50, 40), "red"), Image.new("RGB", (50, 40), "blue")
    for kind in ("GIF", "WEBP", "PNG", "TIFF", "AVIF"):
        read = read_picture(encoded(first, kind, save_all=True, append_images=[second]))
        red, _, blue = read.rgb[20, 20]
        assert read.is_animated and red > 200, kind
        assert blue < 60, kind


def test_what_follows_an_image_does_not_matter(scene: Image.Image) -> None:
    """A file that is an archive as well is read as the image that it is."""
    plain = encoded(scene, "JPEG")
    assert read_picture(plain + b"PK\x03\x04" + bytes(99)).image.size == scene.size


def test_one_pixel() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"):
        read = read_picture(encoded(Image.new("RGB", (1, 1)), kind))
        assert pdq_hash(read.rgb).quality == 0
