"""Which other events tell of the same fact, or belong beside an event: a score in named parts."""

from collections.abc import Sequence
from typing import Any

import orjson

from app.core.db import Row

MAX_CORROBORATING = 10
MAX_RELATED = 10
CORROBORATING_DAYS = 7
CORROBORATING_SCORE = 0.55
RELATED_SCORE = 0.25
_WEIGHTS = {"text": 0.5, "actors": 0.1, "countries": 0.1, "topics": 0.1, "place": 0.1, "time": 0.1}


def rank_neighbours(
    rows: Sequence[Row], event: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Corroborating reports (another outlet, within a week, high score) and related events."""
    corroborating, related = [], []
    for row in rows:
        other = orjson.loads(row["document"])
        parts = _parts(row, event, other)
        neighbour = {"event": other, "score": round(sum(parts.values()), 4), "parts": parts}
        if (
            neighbour["score"] >= CORROBORATING_SCORE
            and row["days"] <= CORROBORATING_DAYS
            and not row["same_outlet"]
        ):
            corroborating.append(neighbour)
        elif neighbour["score"] >= RELATED_SCORE:
            related.append(neighbour)
    for neighbours in (corroborating, related):
        neighbours.sort(key=lambda n: (-n["score"], n["event"]["id"]))
    return corroborating[:MAX_CORROBORATING], related[:MAX_RELATED]


def _parts(row: Row, event: dict[str, Any], other: dict[str, Any]) -> dict[str, float]:
    shares = {
        "text": row["text"],
        "actors": _jaccard(row["actors"], event["actors"], other["actors"]),
        "countries": _jaccard(row["countries"], event["countries"], other["countries"]),
        "topics": _jaccard(row["topics"], event["topics"], other["topics"]),
        "place": float(row["same_place"]),
        "time": 1 - row["days"] / 31,
    }
    return {name: round(weight * shares[name], 4) for name, weight in _WEIGHTS.items()}


def _jaccard(shared: int, a: Sequence[str], b: Sequence[str]) -> float:
    union = len(set(a)) + len(set(b)) - shared
    return shared / union if union else 0.0
