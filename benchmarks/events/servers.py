"""Server processes under measure: started, awaited, weighed and stopped."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.events.database import DATA, ROOT

PEERS = DATA.parent / ".peers"
READY_S = 60
SECRET = "a key of the benchmarks alone, of more than thirty-two bytes"  # noqa: S105
NUMBERS = {"burst_per_minute": 10**8, "daily": 10**9, "page_cap": 10_000}
PLANS = json.dumps({"anonymous": NUMBERS, "free": NUMBERS})


@dataclass(frozen=True, slots=True)
class Server:
    """A running process that answers on a port of loopback."""

    name: str
    port: int
    pid: int

    def cpu_s(self) -> float:
        """Processor time so far of the process and its children."""
        return sum(_cpu_ticks(pid) for pid in _family(self.pid)) / os.sysconf("SC_CLK_TCK")

    def peak_mib(self) -> float:
        """The largest resident memory so far of the process and its children, added up."""
        return sum(_peak_kib(pid) for pid in _family(self.pid)) / 1024


@contextmanager
def running(
    name: str,
    command: Sequence[str],
    port: int,
    ready_path: str,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[Server]:
    """A process from its first answer at `ready_path` to the end of the block.

    Raises:
        RuntimeError: it ended or gave no answer within a minute; its log says more.
    """
    log = log or DATA / f"{name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
        )
    try:
        _await(process, port, ready_path, log)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def product_environment(url: str, cache_bytes: int) -> dict[str, str]:
    """The settings of `vric serve`: limits on but out of reach, everything else as it comes."""
    return {
        "VRIC_DATABASE_URL": url,
        "VRIC_DATA_DIR": str(DATA),
        "VRIC_SECRET_KEY": SECRET,
        "VRIC_PLAN_OVERRIDES": PLANS,
        "VRIC_ANSWER_CACHE_BYTES": str(cache_bytes),
    }


def vric(*arguments: str) -> list[str]:
    """The command line of the product's own command."""
    return [sys.executable, "-c", "from app.cli import main; main()", *arguments]


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"{log} ends: {log.read_text(errors='replace')[-600:]}")


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(member for child in children for member in _family(int(child)))]


def _peak_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def _cpu_ticks(pid: int) -> int:
    # The fields after the name, which may hold spaces; user and system time are the 14th and 15th.
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])
