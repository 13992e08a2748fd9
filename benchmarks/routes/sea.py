"""Ships beside their peers: `python -m benchmarks.routes.sea [--peers]`.

Each row is the best and the median of five runs in processor time, which other work on the machine
moves least, with a check against what was planted or what the peer found. All of it, ours and the
peers', runs in one thread. The peers are installed into benchmarks/.peers/sea at the first run.
"""

import argparse
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.itineraries.sea_data import load_places
from app.itineraries.sources.ais_nmea import read_nmea
from app.itineraries.tracks.gaps import detect_gaps
from app.itineraries.tracks.meetings import detect_meetings
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.segments import detect_segments
from app.itineraries.tracks.stops import detect_stops
from app.itineraries.tracks.visits import detect_visits
from benchmarks.events.report import table
from benchmarks.routes.sea_workload import Planted, fleet, meeting_fleet, nmea_lines

PEERS = Path(__file__).parents[1] / ".peers" / "sea"
REQUIREMENTS = ("movingpandas==0.23.0", "trackintel==1.4.2", "pyais==3.3.1")
REPEATS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of work: what it took, what the bar is, and whether the answer was right."""

    work: str
    key: str
    seconds: Sequence[float]
    bar: float | None
    right: str


def runs_of(work: Callable[[], Any]) -> tuple[list[float], Any]:
    """Five times in seconds, and the answer."""
    taken, answer = [], None
    for _ in range(REPEATS):
        started = time.process_time()
        answer = work()
        taken.append(time.process_time() - started)
    return taken, answer


def measure(positions: Positions, planted: Planted, nmea: bytes) -> list[Row]:
    """Every row of ours."""
    places = load_places()
    met, pairs = meeting_fleet()
    lines = nmea.count(b"\n")
    rows = []
    taken, batches = runs_of(lambda: list(read_nmea(io.BytesIO(nmea))))
    decoded = sum(len(batch.positions) for batch in batches)
    rows.append(
        Row(
            f"NMEA, {lines:,} lines read and decoded",
            "nmea",
            taken,
            lines / 100_000,
            f"{decoded:,} fixes",
        )
    )
    taken, stops = runs_of(lambda: detect_stops(positions))
    rows.append(Row("stops, 200,000 fixes", "stops", taken, 0.1, _found(planted.stops, stops)))
    taken, gaps = runs_of(lambda: detect_gaps(positions))
    closed = [gap for gap in gaps if gap.end_at is not None]
    rows.append(Row("gaps, 200,000 fixes", "gaps", taken, 0.02, _found(planted.gaps, closed)))
    taken, meetings = runs_of(lambda: detect_meetings(met))
    same = [meeting.craft_ids for meeting in meetings] == sorted(pairs.pairs)
    rows.append(
        Row("meetings, 1,000 vessels, 200 steps", "meetings", taken, 0.15,
            f"{len(meetings)} found, {'those planted' if same else 'NOT those planted'}")
    )  # fmt: skip
    taken, visits = runs_of(lambda: detect_visits(positions, places))
    rows.append(
        Row(
            f"visits, 200,000 fixes, {len(places):,} places",
            "visits",
            taken,
            0.5,
            f"{len(visits)} found",
        )
    )
    taken, found = runs_of(lambda: detect_segments(positions))
    rows.append(
        Row("segments, 200,000 fixes", "segments", taken, None, f"{len(found.segments)} found")
    )
    return rows


def _found(planted: dict[str, tuple[float, float]], found: Sequence[Any]) -> str:
    """How many of those planted were found, beginning and ending within two steps; how many others."""
    right = sum(
        abs(one.start_at - planted[one.craft_id][0]) <= 600
        and abs(one.end_at - planted[one.craft_id][1]) <= 600
        for one in found
    )
    return f"{right} of {len(planted)}, {len(found) - right} others"


def ask_peers(positions: Positions, nmea: bytes) -> dict[str, Any]:
    """What the peers took and found, in an environment of their own."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
    with tempfile.TemporaryDirectory() as folder:
        work, log = Path(folder, "work.npz"), Path(folder, "work.nmea")
        np.savez(
            work,
            craft=positions.craft,
            time_s=positions.time_s,
            lat=positions.lat,
            lon=positions.lon,
        )
        log.write_bytes(nmea)
        script = Path(__file__).with_name("sea_peers.py")
        done = subprocess.run(
            [python, script, work, log], capture_output=True, text=True, check=True
        )
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def report(rows: list[Row], peers: dict[str, Any]) -> str:
    """The table, with the ratio to each peer's time."""
    lines = []
    for row in rows:
        best = min(row.seconds)
        beside = [
            f"{name} {answer[row.key]['seconds']:.2f} s ({answer[row.key]['seconds'] / best:.0f} times),"
            f" {answer[row.key]['answer']:,} found"
            for name, answer in peers.items()
            if row.key in answer
        ]
        bar = "" if row.bar is None else f"{row.bar:.2f}"
        lines.append(
            [
                row.work,
                f"{best:.3f}",
                f"{statistics.median(row.seconds):.3f}",
                bar,
                row.right,
                "; ".join(beside),
            ]
        )  # fmt: skip
    failed = [f"{name}: {answer['failed']}" for name, answer in peers.items() if "failed" in answer]
    heading = ["work", "best, s", "median, s", "bar, s", "answer", "peers"]
    return "\n".join([table(heading, lines), *failed])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.routes.sea", description=__doc__)
    parser.add_argument(
        "--peers", action="store_true", help="beside movingpandas, trackintel, pyais"
    )
    options = parser.parse_args()
    (positions, planted), nmea = fleet(), nmea_lines()
    rows = measure(positions, planted, nmea)
    print(report(rows, ask_peers(positions, nmea) if options.peers else {}))


if __name__ == "__main__":
    main()
