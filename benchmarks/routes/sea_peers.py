"""The peers' part, run by their own interpreter: `python sea_peers.py WORK.npz WORK.nmea` prints JSON.

It imports nothing of the product; `WORK.npz` holds the columns of the fleet.
"""

import json
import sys
import time
import warnings
from datetime import timedelta
from importlib import import_module
from typing import Any

import numpy as np

warnings.simplefilter("ignore")


def timed(work: Any, repeats: int = 1) -> tuple[float, Any]:
    """The best processor time in seconds, and the answer."""
    taken, answer = [], None
    for _ in range(repeats):
        started = time.process_time()
        answer = work()
        taken.append(time.process_time() - started)
    return min(taken), answer


def frame(columns: dict[str, np.ndarray]) -> Any:
    pd, gpd = import_module("pandas"), import_module("geopandas")
    return gpd.GeoDataFrame(
        {
            "user_id": columns["craft"],
            "tracked_at": pd.to_datetime(columns["time_s"], unit="s", utc=True),
        },
        geometry=gpd.points_from_xy(columns["lon"], columns["lat"]),
        crs=4326,
    )


def movingpandas(columns: dict[str, np.ndarray]) -> dict[str, Any]:
    mpd = import_module("movingpandas")
    fixes = frame(columns)
    fixes["tracked_at"] = fixes["tracked_at"].dt.tz_localize(None)
    tracks = mpd.TrajectoryCollection(fixes, "user_id", t="tracked_at")
    stops_s, stops = timed(
        lambda: mpd.TrajectoryStopDetector(tracks).get_stop_points(
            max_diameter=500, min_duration=timedelta(minutes=60)
        )
    )
    gaps_s, parts = timed(lambda: mpd.ObservationGapSplitter(tracks).split(gap=timedelta(hours=6)))
    return {
        "stops": {"seconds": stops_s, "answer": len(stops)},
        "gaps": {"seconds": gaps_s, "answer": len(parts.trajectories) - len(tracks.trajectories)},
    }


def trackintel(columns: dict[str, np.ndarray]) -> dict[str, Any]:
    ti = import_module("trackintel")
    fixes = ti.Positionfixes(frame(columns))
    seconds, (_, stays) = timed(
        lambda: fixes.generate_staypoints(
            method="sliding", dist_threshold=250, time_threshold=60, gap_threshold=60
        )
    )
    return {"stops": {"seconds": seconds, "answer": len(stays)}}


def pyais(path: str) -> dict[str, Any]:
    stream = import_module("pyais.stream").FileReaderStream

    def work() -> int:
        with stream(path) as messages:
            return sum(hasattr(message.decode(), "lat") for message in messages)

    seconds, found = timed(work, repeats=5)
    return {"nmea": {"seconds": seconds, "answer": found}}


def main(work_path: str, nmea_path: str) -> None:
    with np.load(work_path) as work:
        columns = {name: work[name] for name in ("craft", "time_s", "lat", "lon")}
    answers: dict[str, Any] = {}
    for name, peer in (
        ("pyais", lambda: pyais(nmea_path)),
        ("trackintel", lambda: trackintel(columns)),
        ("movingpandas", lambda: movingpandas(columns)),
    ):
        try:
            answers[name] = peer()  # type: ignore[no-untyped-call]
        except Exception as error:
            answers[name] = {"failed": f"{type(error).__name__}: {error}"}
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
