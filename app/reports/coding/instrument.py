"""Decides the instrument of power an event uses, and its topics."""

from __future__ import annotations

from dataclasses import dataclass

from app.reports.coding.acts import ActReader, Acts
from app.reports.coding.gazetteer import HEZBOLLAH
from app.reports.coding.lexicon import read_rows
from app.reports.coding.records import Category, Decision
from app.reports.coding.terms import Signal, WeightedTerms
from app.reports.coding.text import Text
from app.reports.coding.weights import WeightTable

CATEGORIES: tuple[Category, ...] = ("diplomatic", "informational", "military", "economic")
_TOPIC_THRESHOLD = 1.2  # one full word of the first sentence, or one of a later one with support
_CERTAIN = 1.5  # odds of a topic of which no word is named
_LIKELY = 0.8  # odds a second category or a topic needs


@dataclass(frozen=True, slots=True)
class Instrument:
    """Main and other categories and the topics, with how each was decided."""

    category: Category
    categories_also: tuple[Category, ...]
    topics: tuple[str, ...]
    category_decision: Decision
    also_decision: Decision
    topics_decision: Decision


class InstrumentReader:
    """Holds the word lists of categories and topics and the weights that balance them."""

    def __init__(self) -> None:
        self._categories = WeightedTerms("categories.csv", "category", aside=0.5)
        self._topics = WeightedTerms("topic_terms.csv", "topic")
        self._acts = ActReader()
        self._weights = {name: WeightTable(f"category {name}") for name in CATEGORIES}
        self._also_weights = {name: WeightTable(f"also {name}") for name in CATEGORIES}
        self._topic_weights = {
            row["id"]: WeightTable(f"topic {row['id']}")
            for row in read_rows("topics.csv", "app.events")
        }

    def signals(self, text: Text) -> tuple[dict[str, Signal], dict[str, Signal], Acts]:
        """Signals of the categories and of the topics, and the kinds of acts."""
        return self._categories.weigh(text), self._topics.weigh(text), self._acts.read(text)

    def read(self, text: Text, actors: tuple[str, ...]) -> Instrument:
        """What the words of the item speak for; diplomacy when they speak for nothing."""
        categories, topics, acts = self.signals(text)
        signs = category_signs(categories, topics, acts, actors)
        powers = {name: table.power(signs) for name, table in self._weights.items()}
        main = max(CATEGORIES, key=lambda name: powers[name])
        beside = signs | also_signs(signs, main)
        also = tuple(
            name
            for name, table in self._also_weights.items()
            if name != main and name in categories and table.power(beside) > _LIKELY
        )
        graded = topic_signs(categories, topics, acts)
        odds = {name: table.power(graded) for name, table in self._topic_weights.items()}
        chosen = tuple(
            name
            for name in sorted(odds, key=lambda name: -odds[name])
            if odds[name] > (_LIKELY if name in topics else _CERTAIN)
        )
        return Instrument(
            category=main,
            categories_also=also,
            topics=chosen,
            category_decision=_explain(categories, (main,), "[default: diplomatic]"),
            also_decision=_explain(categories, also, "[no second instrument]"),
            topics_decision=_explain(topics, chosen, "[no topic word]"),
        )


def category_signs(
    categories: dict[str, Signal],
    topics: dict[str, Signal],
    acts: Acts,
    actors: tuple[str, ...],
) -> dict[str, float]:
    """What the balance of categories looks at: each signal's strength, each topic's presence."""
    signs = {f"words {name}": min(signal.score, 12.0) / 3 for name, signal in categories.items()}
    total = sum(signal.score for signal in categories.values()) or 1.0
    signs |= {f"share {name}": signal.score / total for name, signal in categories.items()}
    signs |= {f"topic {name}": 1.0 for name, s in topics.items() if s.score >= _TOPIC_THRESHOLD}
    signs |= dict.fromkeys(acts.signs(), 1.0)
    if HEZBOLLAH in actors:
        signs["Hezbollah acts"] = 1.0
    if not actors:
        signs["nobody acts"] = 1.0
    return signs


def topic_signs(
    categories: dict[str, Signal], topics: dict[str, Signal], acts: Acts
) -> dict[str, float]:
    """What the choice of topics looks at: the strength of every topic and category."""
    signs = {f"topic words {name}": min(s.score, 4.0) / 2 for name, s in topics.items()}
    signs |= {f"topic {name}": 1.0 for name, s in topics.items() if s.score >= _TOPIC_THRESHOLD}
    total = sum(signal.score for signal in categories.values()) or 1.0
    signs |= dict.fromkeys(acts.signs(), 1.0)
    return signs | {f"share {name}": signal.score / total for name, signal in categories.items()}


def also_signs(signs: dict[str, float], main: str) -> dict[str, float]:
    """The same signs as seen beside a main category, for a second one."""
    return {f"beside {main}": 1.0} | {f"{main} + {sign}": v for sign, v in signs.items()}


def _explain(signals: dict[str, Signal], names: tuple[str, ...], default: str) -> Decision:
    words = [word for name in names if name in signals for word in signals[name].words]
    return Decision("model" if names else "rule", tuple(dict.fromkeys(words)) or (default,))
