"""Reads who else jumped to where a craft jumped to: it changes with others, so it is told when read."""

import math
from collections.abc import Sequence
from typing import Any

from app.core.db import Database
from app.itineraries.tracks.geometry import EARTH_RADIUS_KM
from app.itineraries.tracks.spoofing import SpoofingOptions

MAX_NAMED = 50
_MAX_LOOKED_AT = 1_000
_RULE = SpoofingOptions()
_REACH_DEG = math.degrees(_RULE.common_km / EARTH_RADIUS_KM)
_MARGIN = f"interval '{_RULE.common_minutes:g} minutes'"
# Across 180° the same place lies a turn farther east or west.
_COMMON_PLACES = f"""
SELECT own.id, count(DISTINCT c.key) AS craft, (array_agg(DISTINCT c.key))[:{MAX_NAMED}] AS craft_ids
FROM activities AS own
CROSS JOIN (VALUES (0), (-360), (360)) AS turn (deg)
CROSS JOIN LATERAL (
    SELECT least({_REACH_DEG} / greatest(cosd(own.lat), 0.001), 180) AS deg
) AS reach
CROSS JOIN LATERAL (
    SELECT craft_ids[1] AS craft_id FROM activities AS a
    WHERE kind = 'spoofing' AND part = 'implied_speed'
      AND point(lon, lat) <@ box(
          point(own.lon + turn.deg - reach.deg, own.lat - {_REACH_DEG}),
          point(own.lon + turn.deg + reach.deg, own.lat + {_REACH_DEG}))
      AND tstzrange(start_at, end_at, '[]')
          && tstzrange(own.start_at - {_MARGIN}, own.end_at + {_MARGIN}, '[]')
      AND sind((lat - own.lat) / 2) ^ 2 + cosd(lat) * cosd(own.lat) * sind((lon - own.lon) / 2) ^ 2
          <= sind({_REACH_DEG} / 2) ^ 2
    LIMIT {_MAX_LOOKED_AT}
) AS near
JOIN crafts AS c ON c.id = near.craft_id
WHERE own.id = ANY($1) AND own.kind = 'spoofing' AND own.part = 'implied_speed'
GROUP BY own.id HAVING count(DISTINCT c.key) >= {_RULE.common_craft}
"""


async def fetch_common_places(
    database: Database, activity_ids: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """Those of some jumps that several craft made: as many as make a common place by `spoofing`, to
    within its distance and time of one another.

    `craft` counts them, the craft itself among them; `craft_ids` names the first fifty.
    """
    if not activity_ids:
        return {}
    rows = await database.fetch(_COMMON_PLACES, [list(activity_ids)])
    return {row["id"]: {name: row[name] for name in ("craft", "craft_ids")} for row in rows}
