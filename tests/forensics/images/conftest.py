"""Premium callers of the whole service, and made-up pictures."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.core.settings import Settings
from benchmarks.forensics.pictures import picture
from tests.conftest import make_settings
from tests.forensics.corpora.conftest import PLENTY, analyst, analysts, worker

__all__ = ["analyst", "analysts", "worker"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings under which little fits into a request."""
    return make_settings(
        upload_dir=tmp_path / "uploads", plan_overrides=PLENTY, max_image_bytes=2_500_000
    )


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
