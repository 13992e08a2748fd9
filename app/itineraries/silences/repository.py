"""Reads silences that stand beside another one."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import orjson

from app.core.db import Database
from app.itineraries.tracks.geometry import KM_PER_NM, haversine_km
from app.itineraries.tracks.reachability import Silence

_MAX_LOOKED_AT = 2_000
# Degrees are not kilometres, but of so many the nearest are among the first.
_AT_ONCE = """
SELECT start_at, least(coalesce(end_at, $2), $2) AS end_at, end_at IS NULL AS open, lat, lon, evidence
FROM activities
WHERE kind = 'gap' AND tstzrange(start_at, end_at, '[]') && tstzrange($1, $2, '()')
  AND evidence -> 'craft_keys' ->> 0 <> $3
ORDER BY point(lon, lat) <-> point($4, $5) LIMIT $6
"""
_SYNTHETIC = "SELECT key FROM crafts WHERE key = ANY($1) AND synthetic"


async def fetch_synthetic(database: Database, keys: Sequence[str]) -> frozenset[str]:
    """Those of some craft of which something is made up."""
    rows = await database.fetch(_SYNTHETIC, [list(keys)])
    return frozenset(row["key"] for row in rows)


async def fetch_silences(
    database: Database, silence: Silence, max_speed_kn: float, count: int
) -> list[Silence]:
    """Other craft that were silent at the same time, the nearest that a craft could get to."""
    if count == 0:
        return []
    start, end = (datetime.fromtimestamp(at, UTC) for at in (silence.start_at, silence.end_at))
    place = silence.from_lon, silence.from_lat
    rows = await database.fetch(_AT_ONCE, [start, end, silence.craft_id, *place, _MAX_LOOKED_AT])
    if not rows:
        return []
    lat, lon = (np.array([row[name] for row in rows]) for name in ("lat", "lon"))
    km = haversine_km(
        np.full(len(rows), silence.from_lat), np.full(len(rows), silence.from_lon), lat, lon
    )
    # Both may have sailed, each no farther than its own silence allows.
    hours = (silence.end_at - silence.start_at) / 3600
    near = [row for row in np.argsort(km, kind="stable").tolist()
            if km[row] <= 2 * hours * max_speed_kn * KM_PER_NM]  # fmt: skip
    found = []
    for row in (rows[number] for number in near[:count]):
        own = orjson.loads(row["evidence"])
        closed = {} if row["open"] else {"to_lat": own["to_lat"], "to_lon": own["to_lon"]}
        found.append(
            Silence(
                own["craft_keys"][0], row["start_at"].timestamp(), row["end_at"].timestamp(),
                row["lat"], row["lon"], **closed,
            )
        )  # fmt: skip
    return found
