"""Decides who acts in an event and which countries it happens in or is aimed at."""

from __future__ import annotations

from dataclasses import dataclass

from app.reports.coding.acts import ActReader
from app.reports.coding.gazetteer import HEZBOLLAH, Gazetteer
from app.reports.coding.mentions import Mention
from app.reports.coding.records import Decision
from app.reports.coding.signs import Scene, actor_signs, country_signs, read_scene
from app.reports.coding.text import Text
from app.reports.coding.weights import WeightTable

MAY_ACT = ("core", "network", "us", "outside", "hezbollah")
_MOST = 7  # a list of countries longer than any event of the monitor has


@dataclass(frozen=True, slots=True)
class Parties:
    """Actors and countries, main first, with how each list was decided."""

    actors: tuple[str, ...]
    countries: tuple[str, ...]
    actors_decision: Decision
    countries_decision: Decision


class PartyReader:
    """Weighs the signs of each state a text names."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._acts = ActReader()
        self._actor_weights = WeightTable("actor")
        self._country_weights = WeightTable("country")
        self._main_actor_weights = WeightTable("main actor")
        self._main_country_weights = WeightTable("main country")

    def scene(self, text: Text, mentions: list[Mention], block_state: str | None) -> Scene:
        """What the decisions look at."""
        return read_scene(mentions, self._acts.read(text), self._gazetteer, block_state)

    def read(self, text: Text, mentions: list[Mention], block_state: str | None) -> Parties:
        """Who acts where, by the words of the item."""
        scene = self.scene(text, mentions, block_state)
        actors = self._actors(scene)
        countries = self._countries(scene, actors)
        return Parties(
            actors,
            countries,
            _explain(text, scene, actors, "[no state acts]"),
            _explain(text, scene, countries, "[no country named]"),
        )

    def _actors(self, scene: Scene) -> tuple[str, ...]:
        chosen: list[tuple[float, str]] = []
        monitored = scene.block_state is not None or any(
            c in ("core", "network", "hezbollah") for c in scene.classes.values()
        )
        for state, state_class in scene.classes.items():
            if state_class in MAY_ACT and (monitored or state_class != "us"):
                signs = actor_signs(scene, state)
                if self._actor_weights.score(signs) > 0:
                    chosen.append((-self._main_actor_weights.score(signs), state))
        return tuple(state for _, state in sorted(chosen, key=lambda pair: pair[0]))

    def _countries(self, scene: Scene, actors: tuple[str, ...]) -> tuple[str, ...]:
        chosen: list[tuple[float, str]] = []
        spare: list[tuple[float, str]] = []
        for state in scene.classes:
            if state == HEZBOLLAH:
                continue
            signs = country_signs(scene, state, actors)
            score = self._country_weights.score(signs)
            main = self._main_country_weights.score(signs)
            (chosen if score > 0 else spare).append((-main if score > 0 else -score, state))
        if not chosen and spare:
            return (min(spare)[1],)  # an event happens somewhere: the likeliest state named
        return tuple(state for _, state in sorted(chosen, key=lambda pair: pair[0]))[:_MOST]


def _explain(text: Text, scene: Scene, states: tuple[str, ...], default: str) -> Decision:
    words = [
        text.span(mention.first, mention.last) if mention.last else "[Portuguese]"
        for state in states
        for mention in scene.of(state)
    ]
    return Decision("model", tuple(dict.fromkeys(words)) or (default,))
