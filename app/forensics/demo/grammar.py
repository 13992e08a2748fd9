"""Small talk of invented people in four languages, written by a grammar and by chance."""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from random import Random

TOPICS: Sequence[str] = ("sea", "kitchen", "field", "stadium", "stage", "workshop")
_GRAMMAR: dict[str, dict[str, list[str]]] = tomllib.loads(
    files(__package__).joinpath("grammar.toml").read_text("utf-8")
)
_STANDS_FOR = re.compile(r"\{(\w+)\}")
_STARTS_SENTENCE = re.compile(r"(?:^\W*|[.?]\s)\w")


def write(chance: Random, language: str, form: str, topic: str) -> str:
    """A text of a form of the grammar, such as `post`, about a topic of `TOPICS`."""
    rules = {**_GRAMMAR[language], "topic": _GRAMMAR[language][topic]}

    def written(symbol: str) -> str:
        match symbol:
            case "number":
                return str(chance.randrange(2, 99))
            case "name":
                return _name(chance).capitalize()
            case "NAME":
                return _name(chance).upper()
        return _STANDS_FOR.sub(lambda found: written(found[1]), chance.choice(rules[symbol]))

    return _STARTS_SENTENCE.sub(lambda start: start[0].upper(), written(form))


def _name(chance: Random) -> str:
    """A name that nobody has: three to five syllables."""
    syllables = range(chance.randint(3, 5))
    return "".join(chance.choice("bcdfglmnprstvz") + chance.choice("aeiou") for _ in syllables)
