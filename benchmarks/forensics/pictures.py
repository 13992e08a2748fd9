"""Made-up pictures, and what people do to pictures: seeded, so that a figure can be had again."""

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

SIZES = ((1024, 768), (1200, 1200), (1280, 720), (768, 1024), (1080, 1350))


def picture(seed: int) -> Image.Image:
    """A scene: a cloudy ground, a horizon, shapes before it; no two seeds have a part in common."""
    rng = np.random.default_rng(seed)
    width, height = SIZES[rng.integers(len(SIZES))]
    image = Image.fromarray(_clouds(rng, height, width))
    draw = ImageDraw.Draw(image)
    if rng.random() < 0.7:
        horizon = int(height * rng.uniform(0.3, 0.8))
        draw.rectangle((0, horizon, width, height), fill=_colour(rng))
    for _ in range(rng.integers(4, 25)):
        x, y = rng.uniform(-0.1, 1, 2) * (width, height)
        w, h = rng.uniform(0.03, 0.4, 2) * (width, height)
        shape = (draw.ellipse, draw.rectangle)[rng.integers(2)]
        shape((x, y, x + w, y + h), fill=_colour(rng))
    for _ in range(rng.integers(0, 12)):
        corners = rng.uniform(0, 1, (3, 2)) * (width, height)
        draw.polygon([tuple(corner) for corner in corners], fill=_colour(rng))
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 2))))


def _clouds(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    """Noise whose strength falls with frequency, as that of photographs does."""
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    strength = 1 / np.maximum(np.hypot(down, across), 1 / max(height, width))
    shape = strength.shape
    base = np.fft.irfft2(strength * np.exp(2j * np.pi * rng.random(shape)), (height, width))
    layers = [
        base
        + 0.4 * np.fft.irfft2(strength * np.exp(2j * np.pi * rng.random(shape)), (height, width))
        for _ in range(3)
    ]
    values = np.stack(layers, -1)
    pixels: NDArray[np.uint8] = np.clip(
        128 + 55 * (values - values.mean()) / values.std(), 0, 255
    ).astype(np.uint8)
    return pixels


def _colour(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(int(value) for value in rng.integers(0, 256, 3))


def _encoded(image: Image.Image, kind: str, **options: object) -> Image.Image:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return Image.open(data).convert("RGB")


def _cropped(rng: np.random.Generator, image: Image.Image, share: float) -> Image.Image:
    """Without this share of its width and height, taken from the sides as it falls."""
    width, height = image.size
    cut_x, cut_y = int(width * share), int(height * share)
    left, top = int(rng.integers(cut_x + 1)), int(rng.integers(cut_y + 1))
    return image.crop((left, top, left + width - cut_x, top + height - cut_y))


def _captioned(image: Image.Image) -> Image.Image:
    image = image.copy()
    width, height = image.size
    ImageDraw.Draw(image).rectangle((0, int(height * 0.9), width, height), fill=(0, 0, 0))
    return image


def _one_side(rng: np.random.Generator, image: Image.Image, share: float) -> Image.Image:
    width, height = image.size
    x, y = int(width * share), int(height * share)
    boxes = ((x, 0, width, height), (0, y, width, height), (0, 0, width - x, height),
             (0, 0, width, height - y))  # fmt: skip
    return image.crop(boxes[rng.integers(4)])


Change = Callable[[np.random.Generator, Image.Image], Image.Image]
CHANGES: Mapping[str, Change] = {
    "JPEG, quality 30": lambda _, image: _encoded(image, "JPEG", quality=30),
    "WebP, quality 40": lambda _, image: _encoded(image, "WEBP", quality=40),
    "AVIF, quality 40": lambda _, image: _encoded(image, "AVIF", quality=40),
    "a third of the size": lambda _, image: image.resize([side // 3 for side in image.size]),
    "brighter by 30 %": lambda _, image: ImageEnhance.Brightness(image).enhance(1.3),
    "grey": lambda _, image: image.convert("L").convert("RGB"),
    "mirrored": lambda _, image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "rotated by 90 degrees": lambda _, image: image.transpose(Image.Transpose.ROTATE_90),
    "a caption over a tenth": lambda _, image: _captioned(image),
    "cropped by 2 %": lambda rng, image: _cropped(rng, image, 0.02),
    "cropped by 5 %": lambda rng, image: _cropped(rng, image, 0.05),
    "cropped by 10 %": lambda rng, image: _cropped(rng, image, 0.1),
    "cropped by 20 %": lambda rng, image: _cropped(rng, image, 0.2),
    "mirrored and cropped by 5 %": lambda rng, image: _cropped(
        rng, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 0.05
    ),
    "cropped by 50 %": lambda rng, image: _cropped(rng, image, 0.5),
    "one side cropped by 5 %": lambda rng, image: _one_side(rng, image, 0.05),
    "one side cropped by 10 %": lambda rng, image: _one_side(rng, image, 0.1),
}
