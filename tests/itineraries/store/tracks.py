"""Tracks for tests: what a craft did in words, as fixes."""

from collections.abc import Sequence

import numpy as np

from app.itineraries.sources.batch import join_positions
from app.itineraries.tracks.positions import Positions

START_S = 1_604_188_800.0  # 2020-11-01
STEP_S = 1_200.0


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
        if act in ("port", "spot"):
            # Near the roadstead of Puerto La Cruz, or all at one place on the open sea.
            lat[-1], lon[-1] = (10.23, -64.64) if act == "port" else (13.2, -63.5)
        for _ in range(hours * 3):
            step = 0.05 if act == "move" else 0.0
            time_s.append(time_s[-1] + STEP_S)
            lat.append(lat[-1] + step + noise.normal(0, 1e-4))
            lon.append(lon[-1] + noise.normal(0, 1e-4))
    return fixes(craft_id, time_s, np.clip(lat, -89, 89).tolist(), lon)


def together(parts: Sequence[Positions]) -> Positions:
    """The fixes of several craft."""
    return join_positions(parts)
