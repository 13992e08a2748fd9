"""Premium callers of the whole service, and made-up pictures."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from benchmarks.forensics.pictures import picture
from tests.forensics.corpora.conftest import analyst, analysts, settings

__all__ = ["analyst", "analysts", "settings"]
Encode = Callable[..., bytes]


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """An image as a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.fixture(scope="session")
def scene() -> Image.Image:
    """A picture."""
    return picture(1)


@pytest.fixture(scope="session")
def other_scene() -> Image.Image:
    """A picture that has nothing to do with `scene`."""
    return picture(2)
