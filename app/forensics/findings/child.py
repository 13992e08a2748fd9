"""The process of one analysis: posts come in by its standard input, the document goes out.

Standard input holds a line of JSON, then the posts as an Arrow stream; it stays open while whoever
started the process lives, and the process ends with it. Standard output holds lines of JSON: stages,
at last the length of the document, then the document.
"""

import os
import resource
import sys
import threading
from collections.abc import Callable
from typing import Any

import orjson
import pyarrow as pa

from app.core.errors import CommandError
from app.forensics.analysis.coshares import TooManyPairsError
from app.forensics.evidence.disarm import techniques_of
from app.forensics.findings.coordination import find_coordination
from app.forensics.findings.document import ActorClaim, FindingDocument, SourceStatus
from app.forensics.findings.material import Material, material_of
from app.forensics.findings.texts import find_chains_of, find_duplicates

_FINDERS: dict[str, Callable[..., FindingDocument]] = {
    "coordination": find_coordination,
    "near_duplicates": find_duplicates,
    "chains": find_chains_of,
}
OVER_MEMORY = "it needs more memory than an analysis may take; narrow it by time or trace"


def main() -> None:
    """Do what standard input asks for."""
    request = orjson.loads(sys.stdin.buffer.readline())
    os.nice(10)  # others of this machine go first
    limit = request["memory_bytes"]
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    try:
        table = pa.ipc.open_stream(sys.stdin.buffer).read_all()
    except pa.ArrowInvalid:
        sys.exit("the posts broke off")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _answer({"stage": "posts"})
        document = _document(request, table).to_bytes()
    except (MemoryError, pa.ArrowMemoryError):
        _answer({"fault": OVER_MEMORY})
    except (TooManyPairsError, CommandError) as error:
        _answer({"fault": str(error)})
    else:
        _answer({"bytes": len(document)})
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()


def _document(request: dict[str, Any], table: pa.Table) -> FindingDocument:
    parameters, context = request["parameters"], request["context"]
    material = material_of(table, request["corpus"], parameters["since_us"], parameters["until_us"])
    more = {"endpoint": request["endpoint"]} if request.get("endpoint") else {}
    document = _FINDERS[request["kind"]](
        material, parameters, lambda stage: _answer({"stage": stage}), **more
    )
    return document.model_copy(
        update={
            "source_status": [SourceStatus(**one) for one in context["source_status"]],
            "attribution": [ActorClaim(**one) for one in context["attribution"]],
            "techniques": techniques_of(document.behaviour, _platforms(material)),
        }
    )


def _platforms(material: Material) -> dict[str, set[str]]:
    """The platforms on which each account was seen."""
    seen = material.posts.select(["name", "platform"]).group_by(["name", "platform"]).aggregate([])
    platforms: dict[str, set[str]] = {}
    for row in seen.to_pylist():
        platforms.setdefault(row["name"], set()).add(row["platform"])
    return platforms


def _answer(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()


def _end_with_parent() -> None:
    # Not through the buffer: its lock, held by a thread that waits, aborts the interpreter's end.
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    main()
