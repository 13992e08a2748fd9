"""The command `vric` as a user runs it, in a folder of its own: as a process, or within this one."""

import contextlib
import io
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest

from app import cli
from tests.conftest import free_port

VRIC = str(Path(sys.executable).with_name("vric"))


def environment(**variables: str) -> dict[str, str]:
    """The environment without this run's own settings, and with those given."""
    own = ("VRIC_", "XDG_RUNTIME_DIR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {**kept, **variables}


def run_vric(
    *arguments: str | Path, cwd: Path, **variables: str
) -> "subprocess.CompletedProcess[str]":
    """Run `vric` to its end; `variables` are settings."""
    return subprocess.run(
        [VRIC, *map(str, arguments)],
        cwd=cwd,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def call_vric(
    *arguments: str | Path, cwd: Path, **variables: str
) -> "subprocess.CompletedProcess[str]":
    """As `run_vric` without the start of Python and the imports, which take longer than most tests."""
    words = ["vric", *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        chdir(cwd),
        patch.dict(os.environ, environment(**variables), clear=True),
        patch("sys.argv", words),
        redirect_stdout(out),
        redirect_stderr(err),
        # In a thread, where no event loop runs, as in a process of its own.
        ThreadPoolExecutor(1) as thread,
    ):
        code = thread.submit(_main).result()
    texts = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(words, code, *texts)


def _main() -> int:
    logger = logging.getLogger()
    handlers, level = list(logger.handlers), logger.level
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        logger.handlers[:] = handlers
        logger.setLevel(level)
    return 0


def failure_of(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line by which a command failed."""
    assert done.returncode not in (0, -9), done.stdout
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


@contextmanager
def started(cwd: Path, **variables: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A serving process that has said it is ready, and its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (
        (cwd / "log").open("w+") as log,
        subprocess.Popen(
            [VRIC, "serve", "--port", str(port)],
            cwd=cwd, env=environment(**variables), stdout=log, stderr=log, text=True,
        ) as process,
    ):  # fmt: skip
        try:
            _wait_until_ready(url, process, cwd / "log")
            yield url, process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _wait_until_ready(url: str, process: "subprocess.Popen[str]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        time.sleep(0.05)
    pytest.fail(f"the service did not start: {log.read_text()[-2000:]}")


def postmaster_of(data_dir: Path) -> int | None:
    """The process of the bundled server, `None` when there is none."""
    try:
        pid = int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return pid


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold within twenty seconds."""
    deadline = time.monotonic() + 20
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
