"""Processes that decode images for this one: few, started when asked for, ended when they hang."""

import asyncio
import hashlib
import logging
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from cryptography.x509 import load_pem_x509_certificates

from app.core.errors import (
    BodyTooLargeError,
    ConfigurationError,
    InvalidBodyError,
    ProblemError,
    UnavailableError,
)
from app.forensics.images.fingerprints import Fingerprint

AT_ONCE = max(1, min(4, os.cpu_count() or 1))
DEADLINE_S, WAIT_S = 20.0, 20.0
_LINE_BYTES = 1 << 20
_FEW_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


class UnsupportedMediaError(ProblemError):
    status = 415
    code = "unsupported_media_type"


class ImageTooLargeError(BodyTooLargeError):
    code = "image_too_large"


logger = logging.getLogger("vric.images")
_FAULTS: dict[str, type[ProblemError]] = {
    "unknown_kind": UnsupportedMediaError,
    "too_large": ImageTooLargeError,
    "damaged": InvalidBodyError,
}


@dataclass(frozen=True, slots=True)
class ImageRead:
    """What is told of a file that holds an image."""

    sha256: str
    size_bytes: int
    media_type: str
    width: int
    height: int
    is_animated: bool
    fingerprint: Fingerprint
    credentials: dict[str, Any]


class ImageReader:
    """Reads images in other processes, which stay for the next one."""

    def __init__(self, trust_anchors: Path | None = None) -> None:
        """Args: trust_anchors: a file of certificates (PEM) that signers must lead to.

        Raises:
            ConfigurationError: it is none.
        """
        if trust_anchors is not None:
            _check_certificates(trust_anchors)
        self._anchors = str(trust_anchors or "")
        self._places = asyncio.Semaphore(AT_ONCE)
        self._idle: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> "ImageReader":
        return self

    async def __aexit__(self, *_: object) -> None:
        while self._idle:
            await _end(self._idle.pop())

    async def read(self, data: bytes) -> ImageRead:
        """The image in a file.

        Raises:
            UnsupportedMediaError: there is none, or one of a kind that is not read.
            ImageTooLargeError: it has too many pixels, or takes too long or too much memory.
            InvalidBodyError: it breaks off or is damaged.
            UnavailableError: many others are being read.
        """
        try:
            await asyncio.wait_for(self._places.acquire(), WAIT_S)
        except TimeoutError:
            raise UnavailableError("many images are being read; try again") from None
        try:
            told = await self._ask(data)
        finally:
            self._places.release()
        if "fault" in told:
            raise _FAULTS[told["fault"]](told["reason"])
        sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
        hashes = Fingerprint(**told.pop("fingerprint"))
        return ImageRead(sha256=sha256, size_bytes=len(data), fingerprint=hashes, **told)

    async def _ask(self, data: bytes) -> dict[str, Any]:
        process = self._idle.pop() if self._idle else await self._start()
        answered = False
        try:
            async with asyncio.timeout(DEADLINE_S):
                line = await _exchange(process, data)
            answered = line.endswith(b"\n")
        except TimeoutError:
            raise ImageTooLargeError("the image takes too long to decode") from None
        except (BrokenPipeError, ConnectionResetError):
            line = b""
        finally:
            if answered:
                self._idle.append(process)
            else:
                await asyncio.shield(_end(process))
        if not answered:
            logger.warning("the process that decodes images ended with %s", process.returncode)
            raise ImageTooLargeError("the image cannot be decoded within the memory for it")
        told: dict[str, Any] = orjson.loads(line)
        return told

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "app.forensics.images.child", self._anchors,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_LINE_BYTES,
            # Decoders say what they like there, in the words of whoever made the file.
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, **_FEW_THREADS}, start_new_session=True,
        )  # fmt: skip


def _check_certificates(path: Path) -> None:
    try:
        load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        raise ConfigurationError(
            f"trust anchors of content credentials: {path} holds no certificates (PEM)"
        ) from None


async def _exchange(process: asyncio.subprocess.Process, data: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"%d\n" % len(data))
    process.stdin.write(data)
    await process.stdin.drain()
    return await process.stdout.readline()


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    if process.stdin is not None:
        process.stdin.close()
    await process.wait()
