"""Apertium's translators as resident processes: one for each direction, kept from text to text.

A translator is a line of programs that read their dictionaries when they start. In null-flush mode
each answers a text that a NUL byte ends, and then waits for the next one.
"""

import atexit
import os
import re
import select
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from app.core.errors import CommandError

PROGRAM = "apertium-wblank-mode"
"""What turns a direction into the line of programs that runs it."""
MAX_CHARACTERS = 2_000
ANSWER_DEADLINE_S = 30.0
END_DEADLINE_S = 2.0
TURN_DEADLINE_S = 600.0
"""How long a caller waits until those before it are done."""
TEXTS_AHEAD = 32
"""Texts that are sent before their answers are read."""
_BLOCK_BYTES = 65_536
_RESERVED = re.compile(r"[\\^$\[\]{}/<>@]")
_ESCAPE = re.compile(r"\\(.)")
_MODES = Path(os.environ.get("APERTIUM_DATADIR", "/usr/share/apertium")) / "modes"


class _LostError(Exception):
    """The process ended, or did not answer in time."""


class Translator:
    """One direction, such as `eng-spa`; the process starts with the first text and may die."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    @staticmethod
    def is_installed(mode: str) -> bool:
        """Whether the program and the dictionaries of a direction are there."""
        return shutil.which(PROGRAM) is not None and _file_of(mode).exists()

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Each text in the other language, words that are not known as they are.

        A text that ends the process or keeps it busy twice stays as it is.

        Raises:
            CommandError: the process cannot be started, or others keep it busy.
        """
        if not self._turn.acquire(timeout=TURN_DEADLINE_S):
            raise CommandError(f"Apertium's {self.mode} is busy")
        try:
            return self._all(texts)
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the process; the next text starts another."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            # Without input the programs end one after another; a busy one would take its time.
            process.wait(END_DEADLINE_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _all(self, texts: Sequence[str]) -> list[str]:
        done: list[str] = []
        failed_at = -1
        while len(done) < len(texts):
            try:
                self._answer([_message(text) for text in texts[len(done) :]], done)
            except _LostError:
                self.close()
                if failed_at == len(done):
                    done.append(texts[failed_at])
                failed_at = len(done)
        return done

    def _answer(self, messages: Sequence[bytes], done: list[str]) -> None:
        """Send the messages, a few ahead, and add the answers to `done` as they come."""
        source, sink = self._pipes()
        unsent, answer = memoryview(b""), b""
        sent = answered = 0
        deadline = time.monotonic() + ANSWER_DEADLINE_S
        while answered < len(messages):
            if not unsent and sent < len(messages) and sent - answered < TEXTS_AHEAD:
                unsent, sent = memoryview(messages[sent]), sent + 1
            left_s = max(deadline - time.monotonic(), 0)
            readable, writable, _ = select.select([source], [sink] if unsent else [], [], left_s)
            if writable:
                unsent = unsent[_written(sink, unsent) :]
            elif not readable:
                raise _LostError
            if readable:
                block = os.read(source, _BLOCK_BYTES)
                if not block:
                    raise _LostError
                *whole, answer = (answer + block).split(b"\0")
                done += map(_plain, whole)
                answered += len(whole)
                if whole:
                    deadline = time.monotonic() + ANSWER_DEADLINE_S

    def _pipes(self) -> tuple[int, int]:
        """Where answers come from and texts go to; a process that was forked needs its own."""
        if self._process is None or self._owner != os.getpid():
            self._process, self._owner = _started(self.mode), os.getpid()
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        return stdout.fileno(), stdin.fileno()


@cache
def translator(mode: str) -> Translator:
    """The translator of a direction, one in this process; it ends when the process ends."""
    found = Translator(mode)
    atexit.register(found.close)
    return found


def _started(mode: str) -> subprocess.Popen[bytes]:
    listed = subprocess.run(  # noqa: S603 - no shell, fixed arguments
        [shutil.which(PROGRAM) or PROGRAM, "-z", str(_file_of(mode))],
        capture_output=True, text=True, timeout=ANSWER_DEADLINE_S, check=False,
    )  # fmt: skip
    if listed.returncode or not listed.stdout.strip():
        raise CommandError(f"Apertium's {mode} cannot be started")
    # The line of programs is a script that Debian installed; -n leaves unknown words without a mark.
    process = subprocess.Popen(  # noqa: S603
        [shutil.which("bash") or "bash", "-c", listed.stdout, "apertium", "-n", ""],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
        env={**os.environ, "LC_ALL": "C.UTF-8"}, start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    os.set_blocking(process.stdin.fileno(), False)
    return process


def _file_of(mode: str) -> Path:
    return _MODES / f"{mode}.mode"


def _written(sink: int, unsent: memoryview) -> int:
    try:
        return os.write(sink, unsent)
    except BrokenPipeError:
        raise _LostError from None


def _message(text: str) -> bytes:
    """The text as the programs read it: its end marked, what they reserve escaped."""
    line = " ".join(text[:MAX_CHARACTERS].replace("\0", " ").split())
    return _RESERVED.sub(r"\\\g<0>", line).encode("utf-8", "replace") + b".[]\0"


def _plain(answer: bytes) -> str:
    text = answer.decode("utf-8", "replace").removesuffix("[]").removesuffix(".")
    return _ESCAPE.sub(r"\1", text)
