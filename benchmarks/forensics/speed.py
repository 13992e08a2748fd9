"""How long analyses take: in the process, and of the command from its start to its last line."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pyarrow.csv as pa_csv

from app.forensics.analysis import coordination, coortweet
from app.forensics.analysis.language import identify
from app.forensics.analysis.near_duplicates import find_near_duplicates
from app.forensics.analysis.network import describe
from app.forensics.analysis.shares import Shares
from app.forensics.analysis.text import normalise
from app.forensics.demo import shares as demo
from app.forensics.demo import texts
from app.forensics.demo.sentences import LANGUAGES, SENTENCES

DATA = Path(__file__).parents[1] / ".data" / "forensics"
Row = tuple[str, ...]


def shares_file(count: int) -> Path:
    """A CSV file of about so many shares with twenty campaigns, made once."""
    path = DATA / f"shares-{count}.csv"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(".tmp")
        pa_csv.write_csv(demo.planted(1, campaigns=20, shares=count).table(), made)
        made.rename(path)
    return path


def command_rows(counts: list[int]) -> Iterator[Row]:
    """`vric forensics coordination` on files that grow: seconds, processor seconds, memory."""
    for count in counts:
        path = shares_file(count)
        for method in ("coortweet", "null_model"):
            wall_s, processor_s, mib, edges = _command(path, method)
            yield (f"{count:,}", method, f"{wall_s:.1f}", f"{processor_s:.1f}", f"{mib:,.0f}",
                   f"{edges:,}")  # fmt: skip


def analysis_rows(rounds: int = 5) -> Iterator[Row]:
    """The analyses alone, on arrays and texts in memory: processor time, median of rounds."""
    made = demo.planted(1, campaigns=4, shares=35_000).table()
    at_us = made["timestamp_share"].to_numpy() * 1_000_000
    shares = Shares.of(made["account_id"], made["object_id"], made["content_id"], at_us)
    yield (
        "35 k shares, coortweet",
        f"{_seconds(lambda: coortweet.detect(shares, 60), rounds):.3f} s",
    )
    seconds = _seconds(lambda: coordination.analyse(shares, 60), rounds)
    yield "35 k shares, null model with gates", f"{seconds:.3f} s"

    large = pa_csv.read_csv(shares_file(1_000_000))
    at_us = large["timestamp_share"].to_numpy() * 1_000_000
    edges = coortweet.detect(
        Shares.of(large["account_id"], large["object_id"], large["content_id"], at_us), 60
    )
    seconds = _seconds(lambda: describe(edges, edges.pairs), rounds)
    yield f"communities and cores of {len(edges):,} edges", f"{seconds:.2f} s"

    documents = [text for text, _ in texts.near_duplicates(1)]
    posts = [SENTENCES[i % 24][LANGUAGES[i % 4]] for i in range(20_000)]
    for name, work, count in (
        ("normalise, 30 % obfuscated", lambda: [normalise(one) for one in documents], 20_000),
        ("near-duplicates, with the check", lambda: find_near_duplicates(documents), 20_000),
        ("language, 13 words", lambda: [identify(one) for one in posts], 20_000),
    ):
        yield name, f"{count / _seconds(work, rounds):,.0f} texts/s"


def _seconds(work: Callable[[], object], rounds: int) -> float:
    work()
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return median(taken)


def _command(path: Path, method: str) -> tuple[float, float, float, int]:
    program = Path(sys.executable).with_name("vric")
    answer = path.with_suffix(".out")
    start = time.perf_counter()
    with answer.open("wb") as out:
        process = subprocess.Popen(
            [program, "forensics", "coordination", path, "--method", method, "--window", "60", "--json"],
            stdout=out, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start
    assert os.waitstatus_to_exitcode(status) == 0
    with answer.open("rb") as lines:
        edges = sum(1 for _ in lines)
    answer.unlink()
    return wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, edges
