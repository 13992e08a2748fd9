"""Which other events tell of the same fact, or belong beside an event: a score in named parts."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.core.db import Row

MAX_CORROBORATING = 10
MAX_RELATED = 10
RELATED_DAYS = 30
CORROBORATING_DAYS = 7
# Set on the demo edition: two reports of one fact score 0.49 to 0.8 there, stations of one journey
# 0.2 to 0.5, what shares no more than actor, country and month at most 0.2.
CORROBORATING_SCORE = 0.48
RELATED_SCORE = 0.2
_WEIGHTS = {
    "text": 0.6,
    "actors": 0.1,
    "countries": 0.05,
    "topics": 0.1,
    "place": 0.1,
    "time": 0.05,
}
# Restated in other words, one fact keeps about this cosine.
_SAME_FACT = 0.4


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another event and how near it is; `score` is the sum of the parts."""

    id: int
    score: float
    parts: dict[str, float]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Best first."""

    corroborating: list[Neighbour] = field(default_factory=list)
    related: list[Neighbour] = field(default_factory=list)


def rank_neighbours(me: Row, others: Sequence[Row]) -> Neighbours:
    """Corroborating reports and related events.

    A report corroborates when another outlet brings it within a week, at least half of the actors
    and of the countries are the same, and the score is high.

    Args:
        others: the events of a time around, which also tell how much a word says: the fewer of
            them have it, the more.
    """
    vectors = _Vectors([me["words"], *(row["words"] for row in others)])
    found = Neighbours()
    for row in others:
        parts = _parts(me, row, vectors.cosine(me["words"], row["words"]))
        neighbour = Neighbour(row["id"], round(sum(parts.values()), 4), parts)
        if (
            neighbour.score >= CORROBORATING_SCORE
            and all(parts[name] >= _WEIGHTS[name] / 2 for name in ("actors", "countries"))
            and row["days"] <= CORROBORATING_DAYS
            and not set(me["outlets"]) & set(row["outlets"])
        ):
            found.corroborating.append(neighbour)
        elif neighbour.score >= RELATED_SCORE:
            found.related.append(neighbour)
    for neighbours in (found.corroborating, found.related):
        neighbours.sort(key=lambda neighbour: (-neighbour.score, neighbour.id))
    return Neighbours(found.corroborating[:MAX_CORROBORATING], found.related[:MAX_RELATED])


def _parts(me: Row, other: Row, cosine: float) -> dict[str, float]:
    shares: Mapping[str, float] = {
        "text": min(1.0, cosine / _SAME_FACT),
        **{name: _jaccard(me[name], other[name]) for name in ("actors", "countries", "topics")},
        "place": float(me["place"] is not None and me["place"] == other["place"]),
        "time": 1 - other["days"] / (RELATED_DAYS + 1),
    }
    return {name: round(weight * shares[name], 4) for name, weight in _WEIGHTS.items()}


def _jaccard(a: Collection[str], b: Collection[str]) -> float:
    union = {*a, *b}
    return len({*a} & {*b}) / len(union) if union else 0.0


class _Vectors:
    """Texts as vectors of their words, weighted by inverse document frequency."""

    def __init__(self, texts: Sequence[Collection[str]]) -> None:
        documents = Counter(word for text in texts for word in set(text))
        self._squares = {
            word: math.log((1 + len(texts)) / count) ** 2 for word, count in documents.items()
        }

    def cosine(self, a: Collection[str], b: Collection[str]) -> float:
        lengths = self._square(a) * self._square(b)
        return self._square({*a} & {*b}) / math.sqrt(lengths) if lengths else 0.0

    def _square(self, words: Collection[str]) -> float:
        return math.fsum(self._squares[word] for word in set(words))
