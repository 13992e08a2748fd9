"""A child process that lives as long as its parent, and is started again when it dies early."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType

PAUSE_S = 5.0
END_S = 30.0
logger = logging.getLogger("vric.jobs")


class ChildProcess:
    """Runs `python -m module` while the context is open.

    The child's standard input is a pipe that closes with this process, however it ends: that is
    how the child knows. It is in a session of its own, so that Ctrl-C reaches it in this way only.
    """

    def __init__(self, module: str, variables: Mapping[str, str]) -> None:
        # -P: the current directory may hold another package of the same name.
        self._command: Sequence[str] = (sys.executable, "-P", "-m", module)
        self._variables = variables
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="vric-worker", daemon=True)

    def __enter__(self) -> "ChildProcess":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        with self._lock:
            self._over.set()
            child = self._child
        if child is not None and child.stdin is not None:
            child.stdin.close()
            try:
                child.wait(END_S)
            except subprocess.TimeoutExpired:
                child.kill()
        self._thread.join(END_S)

    def _keep(self) -> None:
        while not self._over.is_set():
            with self._lock:
                if self._over.is_set():
                    return
                self._child = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
                    self._command,
                    stdin=subprocess.PIPE,
                    env={**os.environ, **self._variables},
                    start_new_session=True,
                )
            code = self._child.wait()
            if not self._over.is_set():
                logger.warning("the worker ended with %d; starting another", code)
                self._over.wait(PAUSE_S)
