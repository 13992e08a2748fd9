"""Other programs over the same data, in an environment of their own with pinned versions."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from app.forensics.analysis import coortweet
from app.forensics.analysis.shares import Shares
from app.forensics.demo import texts
from benchmarks.forensics.languages import WORDS
from benchmarks.forensics.news import runs_of_words
from benchmarks.forensics.speed import DATA, shares_file

HOME = Path(__file__).parents[1] / ".peers" / "forensics"
REQUIREMENTS = (
    "coordination-network-toolkit==1.5.2", "datasketch==2.0.0", "networkx==3.6.1",
    "lingua-language-detector==2.1.1",
)  # fmt: skip
_SCRIPT = Path(__file__).with_name("peer_tasks.py")
Row = tuple[str, str, str]


def peer_rows() -> Iterator[Row]:
    """Rows of (task, peer, its figure); the peers are installed when they are first needed."""
    python = HOME / "bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        subprocess.run([HOME / "bin/pip", "install", "--quiet", *REQUIREMENTS], check=True)
    for task in (_toolkit_input(), _datasketch_input(), _networkx_input(), _lingua_input()):
        done = subprocess.run(
            [python, _SCRIPT, task], capture_output=True, text=True, timeout=1_800, check=True
        )
        for line in done.stdout.splitlines():
            if line.startswith("|"):
                one, peer, figure = line.strip("|").split("|")
                yield one, peer, figure


def _toolkit_input() -> Path:
    """The toolkit's columns; an object stands as the one URL of its message."""
    path = DATA / "toolkit.csv"
    table = pa_csv.read_csv(shares_file(35_000))
    _written("toolkit-edges.json", _edges(table, min_participation=1))
    with path.open("w") as out:
        out.write("message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n")
        for row in table.to_pylist():
            account, url = row["account_id"], f"https://example.org/{row['object_id']}"
            out.write(
                f"{row['content_id']},{account},{account},,,-,{row['timestamp_share']},{url}\n"
            )
    return path


def _datasketch_input() -> Path:
    return _written("datasketch.json", [text for text, _ in texts.near_duplicates(1)])


def _networkx_input() -> Path:
    return _written("networkx.json", _edges(pa_csv.read_csv(shares_file(1_000_000))))


def _edges(table: pa.Table, min_participation: int = 2) -> list[tuple[str, str, int]]:
    """Ours by CooRTweet's definition: two accounts and the weight."""
    at_us = table["timestamp_share"].to_numpy() * 1_000_000
    shares = Shares.of(table["account_id"], table["object_id"], table["content_id"], at_us)
    edges = coortweet.detect(shares, 60, min_participation)
    names = (shares.accounts.take(pa.array(ends)).to_pylist() for ends in (edges.a, edges.b))
    return list(zip(*names, edges.pairs.tolist(), strict=True))


def _lingua_input() -> Path:
    rows = [(words, one.language, one.text) for words in WORDS for one in runs_of_words(words)]
    return _written("lingua.json", rows)


def _written(name: str, rows: object) -> Path:
    path = DATA / name
    path.write_text(json.dumps(rows))
    return path
