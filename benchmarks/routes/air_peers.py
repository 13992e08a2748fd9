"""The peers' part, run by their own interpreter: `python air_peers.py WORK.npz` prints JSON.

It imports nothing of the product; `WORK.npz` holds the columns of the flight and of the long track,
and the runways' thresholds.
"""

import json
import sys
import time
import warnings
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

warnings.simplefilter("ignore")
REPEATS = 3


def timed(work: Any) -> tuple[float, Any]:
    """The best of three runs in seconds, and the answer."""
    best, answer = float("inf"), None
    for _ in range(REPEATS):
        started = time.perf_counter()
        answer = work()
        best = min(best, time.perf_counter() - started)
    return best, answer


def frame(columns: dict[str, np.ndarray]) -> Any:
    pd = import_module("pandas")
    return pd.DataFrame(
        {
            "timestamp": pd.to_datetime(columns["time_s"], unit="s", utc=True),
            "icao24": "0d8123",
            "callsign": "VCV1",
            "latitude": columns["lat"],
            "longitude": columns["lon"],
            "altitude": columns["altitude_ft"],
            "groundspeed": columns["speed_kn"],
            "track": columns["course_deg"],
            "vertical_rate": np.gradient(columns["altitude_ft"], columns["time_s"]) * 60,
        }
    )


def traffic_landing(work: Any) -> dict[str, Any]:
    landing = import_module("traffic.algorithms.navigation.landing").LandingAlignedOnILS
    threshold = import_module("traffic.data.basic.runways").Threshold
    thresholds = [
        threshold(float(lat), float(lon), float(bearing), str(name))
        for lat, lon, bearing, name in zip(
            work["end_lat"], work["end_lon"], work["end_bearing"], work["end_name"], strict=True
        )
    ]
    runways = SimpleNamespace(list=thresholds, shape=SimpleNamespace(is_empty=False))
    airport = SimpleNamespace(icao="MUHA", altitude=210, runways=runways)
    flight = import_module("traffic.core").Flight(frame({name: work[name] for name in COLUMNS}))
    rule = landing.__new__(landing)
    rule.airport, rule.angle_tolerance = airport, 0.1
    rule.min_duration, rule.max_ft_above_airport = "1 min", 5000
    seconds, found = timed(lambda: list(rule.apply(flight)))
    answer = [(str(one.max("ILS")), one.start.timestamp(), one.stop.timestamp()) for one in found]
    return {"seconds": seconds, "answer": answer}


def movingpandas_track(work: Any) -> dict[str, Any]:
    gpd, mpd = import_module("geopandas"), import_module("movingpandas")
    table = frame({name: work[f"long_{name}"] for name in COLUMNS})
    points = gpd.GeoDataFrame(
        table.assign(timestamp=table["timestamp"].dt.tz_localize(None)),
        geometry=gpd.points_from_xy(table["longitude"], table["latitude"]),
        crs=4326,
    ).set_index("timestamp")
    track = mpd.Trajectory(points, "0d8123")
    mf_s, _ = timed(lambda: json.dumps(track.to_mf_json(), default=str))
    geo_s, _ = timed(lambda: track.to_point_gdf().to_json())
    thin_s, thin = timed(lambda: mpd.DouglasPeuckerGeneralizer(track).generalize(tolerance=0.001))
    return {"mf_json": mf_s, "geojson": geo_s, "simplify": thin_s, "kept": len(thin.df)}


COLUMNS = ("time_s", "lat", "lon", "altitude_ft", "speed_kn", "course_deg")


def main() -> None:
    work = np.load(Path(sys.argv[1]), allow_pickle=False)
    found: dict[str, Any] = {}
    for name, measure in (("traffic", traffic_landing), ("movingpandas", movingpandas_track)):
        try:
            found[name] = measure(work)
        except Exception as error:  # a peer that fails is told, the others are measured
            found[name] = {"failed": f"{type(error).__name__}: {error}"[:300]}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
