"""Air, reachability and exports beside their peers: `python -m benchmarks.routes.air [--peers]`.

Each row is the best and the median of five runs, the peers' best of three, with a check that the answer
is right (planted) or the same as the peer's. The peers are installed into benchmarks/.peers/air at
the first run with `--peers`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import gpxpy.gpx
import numpy as np
from numpy.typing import NDArray

from app.itineraries.airfields import load_airports
from app.itineraries.formats.lines import MEDIA_TYPES, Line, encode
from app.itineraries.sea_lanes import load_sea_network
from app.itineraries.tracks.geometry import EARTH_RADIUS_KM, normalised_lon, unit_vectors
from app.itineraries.tracks.legs import Leg, detect_legs
from app.itineraries.tracks.positions import Positions
from app.itineraries.tracks.reachability import (
    Place,
    ReachabilityOptions,
    Silence,
    analyse_reachability,
)
from app.itineraries.tracks.runways import detect_alignments
from app.itineraries.tracks.simplify import simplify_track
from benchmarks.events.report import table
from benchmarks.routes.air_workload import Planted, flight

PEERS = Path(__file__).parents[1] / ".peers" / "air"
REQUIREMENTS = ("traffic==2.13", "movingpandas==0.23.0", "pandas==2.3.3")
REPEATS = 5
EXPORTED = 20_000
JOSE, BANDAR_ABBAS = (10.1, -64.85), (27.15, 56.2)


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of work: what it took, what the bar and the peer are, and whether it was right."""

    work: str
    seconds: Sequence[float]
    bar: float | None
    peer: str
    right: str


def runs_of(work: Callable[[], Any]) -> tuple[list[float], Any]:
    """Five runs in seconds, and the answer."""
    taken, answer = [], None
    for _ in range(REPEATS):
        started = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - started)
    return taken, answer


def measure(peers: dict[str, Any]) -> list[Row]:
    """Every row; `peers` is what air_peers.py printed, empty without them."""
    load_airports()
    return [*_legs(flight(), peers), *_reachability(), *_exports(long_track(), peers)]


def _legs(positions: Positions, peers: dict[str, Any]) -> list[Row]:
    planted = Planted()
    seconds, legs = runs_of(lambda: detect_legs(positions, load_airports()))
    rows = [Row("legs, airports, runways, go-arounds", seconds, 0.5, "", _right(legs, planted))]
    airport = load_airports().find("MUHA")
    assert airport is not None
    airborne = positions.take(positions.on_ground != 1)
    seconds, found = runs_of(lambda: detect_alignments(airborne, airport))
    theirs = peers.get("traffic", {})
    peer, same = theirs.get("failed", ""), "planted" if len(found) == planted.approaches else "NO"
    if "answer" in theirs:
        peer = f"traffic {theirs['seconds']:.3f} s"
        ours = [(one.runway, one.start_at, one.end_at) for one in found]
        same = "same as traffic" if _alike(ours, theirs["answer"]) else "NO"
    return [*rows, Row("landing at one airport", seconds, None, peer, same)]


def _right(legs: list[Leg], planted: Planted) -> str:
    if len(legs) != 1:
        return "NO"
    leg = legs[0]
    found = (
        leg.origin.code, leg.destination.code, leg.runway_off, leg.runway_on,
        len(leg.approaches), leg.go_arounds,
    )  # fmt: skip
    wanted = (
        planted.origin, planted.destination, planted.runway_off, planted.runway_on,
        planted.approaches, planted.go_arounds,
    )  # fmt: skip
    return "planted" if found == wanted else f"NO: {found}"


def _alike(ours: list[tuple[str, float, float]], theirs: list[list[Any]]) -> bool:
    """The same runways and ends within ten seconds; ours begin within 30 nm, traffic's anywhere."""
    return len(ours) == len(theirs) and all(
        a[0] == b[0] and a[1] >= b[1] - 10 and abs(a[2] - b[2]) <= 10
        for a, b in zip(ours, theirs, strict=True)
    )


def _reachability() -> list[Row]:
    import searoute  # noqa: PLC0415

    network = load_sea_network()
    pair = Silence("a", 0, 800 * 3600.0, *JOSE, *BANDAR_ABBAS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs_s, theirs = runs_of(lambda: searoute.searoute(JOSE[::-1], BANDAR_ABBAS[::-1]))
    seconds, found = runs_of(lambda: analyse_reachability(pair, network=network))
    off = abs(found.distance_km / theirs["properties"]["length"] - 1)
    silence = Silence("a", 0, 72 * 3600.0, 10.5, -64.5, 11.5, -70.0)
    ports = [Place(str(n), "", 10.0 + n / 9, -61.0 - n / 2) for n in range(20)]
    rule = ReachabilityOptions()
    many_s, many = runs_of(lambda: _cold(silence, ports, rule))
    return [
        Row(
            "reachability of a pair, warm", seconds, 0.02, f"searoute {min(theirs_s):.3f} s",
            "within 1 % of searoute" if off < 0.01 else f"NO: {off:.3f}",
        ),
        Row(
            "reachability, 20 candidate ports", many_s, 0.5, "",
            "20 answered" if len(many.places) == len(ports) else "NO",
        ),
    ]  # fmt: skip


def _cold(silence: Silence, ports: list[Place], rule: ReachabilityOptions) -> Any:
    network = load_sea_network()
    network.links.cache_clear()
    return analyse_reachability(silence, ports, (), rule, network)


def long_track() -> Positions:
    """20,000 fixes eastward over 180°, one every ten seconds."""
    step = np.arange(EXPORTED)
    track = flight().take(np.resize(np.arange(16_000), EXPORTED))
    return replace(
        track,
        time_s=np.asarray(1.7e9 + 10.0 * step),
        lat=40 + 20 * np.sin(step / 900),
        lon=normalised_lon(np.asarray(160 + step * 0.003)),
        course_deg=np.full(EXPORTED, 90.0),
    )


def _exports(track: Positions, peers: dict[str, Any]) -> list[Row]:
    line = Line(
        "a", "a", track.time_s, track.lat, track.lon, track.altitude_ft, track.speed_kn,
        track.course_deg,
    )  # fmt: skip
    theirs = peers.get("movingpandas", {})
    told = {"geojson": "geojson", "mf-json": "mf_json"}
    rows = []
    for name in MEDIA_TYPES:
        seconds, document = runs_of(partial(encode, name, "a", [line]))
        peer = f"movingpandas {theirs[told[name]]:.3f} s" if told.get(name) in theirs else ""
        if name == "gpx":
            peer = f"gpxpy {min(runs_of(lambda: _gpxpy(track))[0]):.3f} s"
        points = _points_in(name, document)
        right = f"{points:,} read back" if EXPORTED <= points <= EXPORTED + 2 else f"NO: {points}"
        rows.append(Row(f"20,000 fixes as {name}", seconds, 0.3, peer, right))
    seconds, kept = runs_of(lambda: simplify_track(track.lat, track.lon, 100.0))
    peer = (
        f"movingpandas {theirs['simplify']:.3f} s, {theirs['kept']:,} kept"
        if theirs.get("kept")
        else ""
    )
    off_m = _farthest_m(track, kept)
    right = f"{len(kept):,} kept, {off_m:.0f} m off at most" if off_m <= 100 else f"NO: {off_m} m"
    rows.append(Row("20,000 fixes simplified to 100 m", seconds, None, peer, right))
    return rows


def _farthest_m(track: Positions, kept: Sequence[int] | NDArray[np.intp]) -> float:
    """How far any fix lies from the great circle between those kept around it, at most."""
    points = unit_vectors(track.lat, track.lon)
    rows = np.asarray(kept)
    after = np.clip(np.searchsorted(rows, np.arange(len(points)), side="right"), 1, len(rows) - 1)
    pole = np.cross(points[rows[after - 1]], points[rows[after]])
    pole /= np.maximum(np.linalg.norm(pole, axis=1, keepdims=True), 1e-15)
    across = np.arcsin(np.clip(np.einsum("ij,ij->i", pole, points), -1, 1))
    return float(np.abs(across).max() * EARTH_RADIUS_KM * 1000)


def _points_in(name: str, document: bytes) -> int:
    """The points of a written track, read back; the cut at 180° adds one on either side."""
    text = document.decode()
    if name == "gpx":
        return sum(len(segment.points) for segment in gpxpy.parse(text).tracks[0].segments)
    if name == "kml":
        return text.count("<gx:coord>")
    if name == "csv":
        return text.count("\nline,")
    read = json.loads(text)
    if name == "czml":
        return len(read[1]["position"]["cartographicDegrees"]) // 4
    return sum(len(line) for line in read["features"][0]["geometry"]["coordinates"])


def _gpxpy(track: Positions) -> str:
    segment = gpxpy.gpx.GPXTrackSegment()
    for lat, lon, feet in zip(
        track.lat.tolist(), track.lon.tolist(), track.altitude_ft.tolist(), strict=True
    ):
        segment.points.append(gpxpy.gpx.GPXTrackPoint(lat, lon, elevation=feet * 0.3048))
    document = gpxpy.gpx.GPX()
    document.tracks.append(gpxpy.gpx.GPXTrack())
    document.tracks[0].segments.append(segment)
    return str(document.to_xml())


def ask_peers() -> dict[str, Any]:
    """What air_peers.py says in an environment of its own, made when it is not there."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *REQUIREMENTS], check=True)
    airport = load_airports().find("MUHA")
    assert airport is not None
    columns = ("time_s", "lat", "lon", "altitude_ft", "speed_kn", "course_deg")
    positions, long = flight(), long_track()
    airborne = positions.take(positions.on_ground != 1)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work.npz"
        np.savez(
            work,
            end_lat=[end.lat for end in airport.runways],
            end_lon=[end.lon for end in airport.runways],
            end_bearing=[end.bearing_deg for end in airport.runways],
            end_name=[end.name for end in airport.runways],
            **{name: getattr(airborne, name) for name in columns},
            **{f"long_{name}": getattr(long, name) for name in columns},
        )
        script = Path(__file__).with_name("air_peers.py")
        done = subprocess.run(
            [python, script, work], capture_output=True, text=True, check=True, timeout=600
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", action="store_true", help="measure the peers too")
    peers = ask_peers() if parser.parse_args().peers else {}
    cells = [
        (row.work, f"{min(row.seconds):.4f}", f"{statistics.median(row.seconds):.4f}",
         f"{row.bar:g}" if row.bar else "", row.right, row.peer)
        for row in measure(peers)
    ]  # fmt: skip
    print(table(("work", "best, s", "median, s", "bar, s", "answer", "peer"), cells))


if __name__ == "__main__":
    main()
