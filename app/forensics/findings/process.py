"""Runs one analysis in a process of its own, which ends with the attempt that asked for it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import orjson
import pyarrow as pa

from app.core.jobs.kinds import JobFailedError

_LINE_BYTES = 1 << 20
_KILLED = "the process of the analysis ended early; it may have needed too much memory"
Stage = Callable[[str], Awaitable[None]]


async def run_analysis(
    request: Mapping[str, Any],
    schema: pa.Schema,
    batches: AsyncIterator[pa.RecordBatch],
    stage: Stage,
) -> bytes:
    """The document that `app.forensics.findings.child` makes of a request and its posts.

    Raises:
        JobFailedError: it cannot be made; the message says why.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "app.forensics.findings.child",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_LINE_BYTES,
        # No thread pool takes all of the machine's processors.
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        await _send(process.stdin, request, schema, batches)
        return await _receive(process.stdout, stage)
    except (BrokenPipeError, ConnectionResetError, asyncio.IncompleteReadError):
        raise JobFailedError(_KILLED) from None
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.stdin.close()
        await asyncio.shield(process.wait())


class _Pipe:
    """The writable file that Arrow's writer asks for, over a stream."""

    closed = False

    def __init__(self, stream: asyncio.StreamWriter) -> None:
        self._stream = stream

    def write(self, data: bytes | memoryview) -> int:
        self._stream.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing: `drain` does it."""


async def _send(
    stdin: asyncio.StreamWriter,
    request: Mapping[str, Any],
    schema: pa.Schema,
    batches: AsyncIterator[pa.RecordBatch],
) -> None:
    stdin.write(orjson.dumps(request) + b"\n")
    writer = pa.ipc.new_stream(_Pipe(stdin), schema)
    async for batch in batches:
        writer.write_batch(batch)
        await stdin.drain()
    writer.close()
    await stdin.drain()


async def _receive(stdout: asyncio.StreamReader, stage: Stage) -> bytes:
    while line := await stdout.readline():
        said = orjson.loads(line)
        if "stage" in said:
            await stage(said["stage"])
        elif "fault" in said:
            raise JobFailedError(said["fault"])
        else:
            return await stdout.readexactly(said["bytes"])
    raise JobFailedError(_KILLED)
