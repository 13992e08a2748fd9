"""The process that decodes images: files come in by its standard input, what is told of each goes out.

A file is a line with its length, then its bytes; the answer is a line of JSON. Decoders of hostile
files run here alone, within bounded memory; whoever started the process ends it when it takes long,
and it ends with whoever started it.
"""

import resource
import signal
import sys
from dataclasses import asdict
from typing import Any

import orjson

from app.forensics.images.credentials import CredentialsReader
from app.forensics.images.fingerprints import fingerprint
from app.forensics.images.reading import (
    TooLargeError,
    UnknownKindError,
    UnreadableImageError,
    read_picture,
)

MEMORY_BYTES, ALONE_S = 1 << 30, 60
FAULTS = {UnknownKindError: "unknown_kind", TooLargeError: "too_large"}


def main() -> None:
    """Answer until standard input ends; the argument is a file of trust anchors, or empty."""
    anchors = sys.argv[1]
    trusted = None
    if anchors:
        with open(anchors, encoding="ascii") as file:
            trusted = file.read()
    credentials = CredentialsReader(trusted)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, out = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        # Nobody else ends it in time once whoever started it is gone.
        signal.alarm(ALONE_S)
        out.write(orjson.dumps(_told(source.read(int(line)), credentials)) + b"\n")
        out.flush()
        signal.alarm(0)


def _told(data: bytes, credentials: CredentialsReader) -> dict[str, Any]:
    try:
        picture = read_picture(data)
        hashes = fingerprint(picture)
        media_type = f"image/{picture.format.lower()}"
        read = credentials.read(data, media_type)
    except MemoryError:
        return {"fault": "too_large", "reason": "the image needs more memory than it may take"}
    except UnreadableImageError as error:
        return {"fault": FAULTS.get(type(error), "damaged"), "reason": str(error)}
    return {
        "media_type": media_type,
        "width": picture.image.width,
        "height": picture.image.height,
        "is_animated": picture.is_animated,
        "fingerprint": asdict(hashes),
        "credentials": asdict(read),
    }


if __name__ == "__main__":
    main()
