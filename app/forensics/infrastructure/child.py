"""The process of one comparison: bounded in memory and time, apart from the server.

Captures are hostile: what they do to a parser happens here. Standard output holds the answer or,
with an exit code of its own, the reason why there is none.
"""

import os
import resource
import sys
from pathlib import Path

import orjson

from app.forensics.infrastructure.analysis.shared import SharedListError
from app.forensics.infrastructure.document import analyse
from app.forensics.infrastructure.process import REFUSED
from app.forensics.infrastructure.sources.files import CaptureError


def main(path: str, min_score: str, memory_bytes: str, seconds: str) -> int:
    """Compare the captures at `path`; the exit code."""
    os.nice(10)  # others of this machine go first
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory_bytes), int(memory_bytes)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Ends it where the server that would have done so is gone.
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    try:
        answer = orjson.dumps(analyse(Path(path), float(min_score)))
    except (CaptureError, SharedListError) as error:
        sys.stdout.write(str(error))
        return REFUSED
    except MemoryError:
        sys.stdout.write("the captures need more memory than a comparison may take")
        return REFUSED
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
