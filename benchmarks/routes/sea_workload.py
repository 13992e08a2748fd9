"""Synthetic fleets with planted stops, gaps and meetings; the same seed gives the same fixes."""

from dataclasses import dataclass

import numpy as np

from app.itineraries.tracks.positions import UNKNOWN, Floats, Positions

START_S = 1_700_000_400.0
VESSELS, FIXES, STEP_S = 100, 2_000, 300.0
STOP_FIXES, GAP_S = 40, 14 * 3600.0
MET, MET_STEPS, MEETINGS = 1_000, 200, 20
_KM_PER_DEGREE = 111.195
_NOISE_DEG = 2e-4
"""About 20 m, as of an ordinary receiver."""


@dataclass(frozen=True, slots=True)
class Planted:
    """What a fleet holds: craft with the interval of each stop and gap, and the pairs that met."""

    stops: dict[str, tuple[float, float]]
    gaps: dict[str, tuple[float, float]]
    pairs: list[tuple[str, str]]


def fleet(seed: int = 1) -> tuple[Positions, Planted]:
    """200,000 fixes of 100 vessels at about 10 kn, each with one stop of 195 minutes and one gap of 14 h."""
    random = np.random.default_rng(seed)
    tracks, planted = [], Planted({}, {}, [])
    for vessel in range(VESSELS):
        stop, gap = int(random.integers(100, 900)), int(random.integers(1_100, 1_900))
        step_s, knots = np.full(FIXES, STEP_S), random.normal(10, 1, FIXES)
        step_s[gap], knots[gap] = GAP_S, 1.0
        knots[stop + 1 : stop + STOP_FIXES] = 0
        time_s = START_S + np.cumsum(step_s)
        course = np.cumsum(random.normal(0, 0.05, FIXES)) + random.uniform(0, 6)
        way = knots * 1.852 * step_s / 3600 / _KM_PER_DEGREE
        lat = np.clip(random.uniform(-40, 40) + np.cumsum(way * np.cos(course)), -85, 85)
        lon = random.uniform(-170, 170) + np.cumsum(way * np.sin(course) / np.cos(np.radians(lat)))
        tracks.append((time_s, lat, lon))
        name = f"v{vessel:03}"
        planted.stops[name] = float(time_s[stop]), float(time_s[stop + STOP_FIXES - 1])
        planted.gaps[name] = float(time_s[gap - 1]), float(time_s[gap])
    return _positions(tracks, random), planted


def meeting_fleet(seed: int = 3) -> tuple[Positions, Planted]:
    """1,000 vessels of 200 fixes round 180°, under way; 20 pairs of them lie together for five hours."""
    random = np.random.default_rng(seed)
    tracks, planted = [], Planted({}, {}, [])
    for vessel in range(MET):
        time_s = START_S + np.arange(MET_STEPS) * 600 + random.uniform(-200, 200, MET_STEPS)
        course = np.cumsum(random.normal(0, 0.1, MET_STEPS))
        way = random.uniform(5, 15) * 1.852 / 6 / _KM_PER_DEGREE
        lat = random.uniform(-5, 5) + np.cumsum(way * np.cos(course))
        lon = 180 + random.uniform(-5, 5) + np.cumsum(way * np.sin(course))
        if vessel < 2 * MEETINGS:
            lat[50:80] = -4 + 0.4 * (vessel // 2)
            lon[50:80] = 180.0
        tracks.append((time_s, lat, lon))
    planted.pairs.extend((f"v{2 * pair:03}", f"v{2 * pair + 1:03}") for pair in range(MEETINGS))
    return _positions(tracks, random), planted


def _positions(
    tracks: list[tuple[Floats, Floats, Floats]], random: np.random.Generator
) -> Positions:
    time_s, lat, lon = (np.concatenate(column) for column in zip(*tracks, strict=True))
    count = len(time_s)
    unsent = np.full(count, np.nan)
    return Positions(
        [f"v{vessel:03}" for vessel in range(len(tracks))],
        np.repeat(np.arange(len(tracks), dtype=np.int32), len(tracks[0][0])),
        time_s,
        lat + random.normal(0, _NOISE_DEG, count),
        (lon + random.normal(0, _NOISE_DEG, count) + 180) % 360 - 180,
        unsent, unsent, unsent,
        np.full(count, UNKNOWN, dtype=np.int8), (), np.full(count, UNKNOWN, dtype=np.int32),
    ).in_order()  # fmt: skip


def nmea_lines(count: int = 100_000, seed: int = 4) -> bytes:
    """Position reports of all kinds with tag blocks, a tenth of the lines parts of static messages."""
    from pyais.encode import encode_dict  # noqa: PLC0415 - only this workload needs it

    random = np.random.default_rng(seed)
    crafts = random.integers(200_000_000, 776_000_000, 2_000).tolist()
    lines: list[str] = []
    while len(lines) < count:
        mmsi = int(random.choice(crafts))
        if random.random() < 0.05:
            fields: dict[str, str | int | float | bytes | bool] = {
                "type": 5,
                "mmsi": mmsi,
                "shipname": f"SYNTHETIC {mmsi}",
                "imo": 9_074_729,
            }
        else:
            fields = {
                "type": int(random.choice([1, 1, 1, 3, 18, 27])), "mmsi": mmsi,
                "lat": random.uniform(-80, 80), "lon": random.uniform(-180, 180),
                "speed": random.uniform(0, 20), "course": random.uniform(0, 359),
            }  # fmt: skip
        lines += encode_dict(fields, talker_id="AI", sentence_type="VDM")
    return b"".join(
        b"\\%s\\%s\n" % (_tag(START_S + n // 50), line.encode()) for n, line in enumerate(lines)
    )


def _tag(time_s: float) -> bytes:
    body = b"s:synthetic,c:%d" % time_s
    checksum = 0
    for byte in body:
        checksum ^= byte
    return b"%s*%02X" % (body, checksum)
