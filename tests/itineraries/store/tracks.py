"""Tracks for tests: what a craft did in words, as fixes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.itineraries.sources.batch import join_positions
from app.itineraries.tracks.positions import Positions

START_S = 1_604_188_800.0  # 2020-11-01
STEP_S = 1_200.0
# Caracas and Havana
AIRPORTS = ((10.603, -66.991), (22.989, -82.409))

# All at one place: at Puerto La Cruz, on the open sea, in the bundled zone off La Borracha.
PLACES = {"port": (10.23, -64.64), "spot": (13.2, -63.5), "roadstead": (10.31, -64.74)}


def fixes(
    craft_id: str, time_s: Sequence[float], lat: Sequence[float], lon: Sequence[float]
) -> Positions:
    """Fixes of one craft without speed and course."""
    count = len(time_s)
    unsent = np.full(count, np.nan)
    return Positions(
        [craft_id], np.zeros(count, np.int32), np.array(time_s, dtype=float),
        np.array(lat, dtype=float), np.array(lon, dtype=float), unsent, unsent, unsent,
        np.full(count, -1, np.int8), [], np.full(count, -1, np.int32),
    )  # fmt: skip


def journey(craft_id: str, acts: Sequence[tuple[str, int]], seed: int) -> Positions:
    """A vessel that stays, moves, lies in port, meets others at a spot or is silent, hour by hour."""
    noise = np.random.default_rng(seed)
    time_s, lat, lon = [START_S + seed], [12.5 + seed * 0.001], [-64.0]
    for act, hours in acts:
        if act == "silent":
            time_s.append(time_s[-1] + hours * 3 * 3600)
            lat.append(lat[-1] + 0.01)
            lon.append(lon[-1])
            continue
        if act in PLACES:
            lat[-1], lon[-1] = PLACES[act]
        for _ in range(hours * 3):
            step = 0.05 if act == "move" else 0.0
            time_s.append(time_s[-1] + STEP_S)
            lat.append(lat[-1] + step + noise.normal(0, 1e-4))
            lon.append(lon[-1] + noise.normal(0, 1e-4))
    return fixes(craft_id, time_s, np.clip(lat, -89, 89).tolist(), lon)


def telling(track: Positions) -> Positions:
    """The same fixes of one craft with speeds, as receivers have them: now and then one is missing."""
    steps = np.hypot(np.diff(track.lat), np.diff(track.lon)) * 60 / np.diff(track.time_s) * 3600
    speed_kn = np.append(steps, 0.0)
    speed_kn[5::7] = np.nan
    return replace(track, speed_kn=speed_kn)


def flight(craft_id: str, acts: Sequence[tuple[str, int]], seed: int) -> Positions:
    """An aircraft that flies to and fro for each `move`, is silent, and waits on the ground else."""
    rows: list[tuple[float, ...]] = []
    time_s, here = START_S + seed, seed % 2
    for act, hours in acts:
        (lat, lon), (to_lat, to_lon) = AIRPORTS[here], AIRPORTS[1 - here]
        if act == "silent":
            time_s += hours * 3 * 3600
        elif act == "move":
            for share in np.linspace(0, 1, 40):
                height_ft = min(share, 1 - share) * 200_000
                time_s += 300
                rows.append((time_s, lat + share * (to_lat - lat), lon + share * (to_lon - lon),
                             330, min(height_ft, 35_000), 0, here))  # fmt: skip
            here = 1 - here
        else:
            for _ in range(hours):
                time_s += 900
                rows.append((time_s, lat, lon, 0, np.nan, 1, here))
    columns = np.array(rows or [(time_s, *AIRPORTS[here], 0, np.nan, 1, here)]).T
    track = fixes(craft_id, columns[0].tolist(), columns[1].tolist(), columns[2].tolist())
    return replace(
        track, speed_kn=columns[3], altitude_ft=columns[4], on_ground=columns[5].astype(np.int8),
        callsigns=["QFZ9964", "QFZ9965"], callsign=columns[6].astype(np.int32),
    )  # fmt: skip


def together(parts: Sequence[Positions]) -> Positions:
    """The fixes of several craft."""
    return join_positions(parts)
