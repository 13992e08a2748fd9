"""Colours, lines and words of the pictures: one look for each status, told apart without colour too."""

from collections.abc import Mapping
from dataclasses import dataclass

SEA, LAND, SHORE, GRID = "#e8eff4", "#fbfaf6", "#b9c4cc", "#d5dfe6"
PAPER, INK, FAINT, RULE, AMBER = "#ffffff", "#17212b", "#5b6975", "#dde3e8", "#a85a00"
DARK = "#11151a"
DARK_DASHES = "7 7"
FAMILY = "'Source Sans Pro', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a leg of one status is drawn. `dashes` is SVG's; none is a whole line."""

    colour: str
    width: float
    dashes: str | None
    word: str


STROKES: Mapping[str, Stroke] = {
    "observed": Stroke("#0b6e4f", 4.0, None, "observed by sensors"),
    "reported": Stroke("#1f4e9c", 3.2, None, "reported"),
    "inferred": Stroke("#6b7785", 2.4, "1 6", "inferred: no report tells of it"),
    "planned": Stroke("#8a6d1d", 2.4, "14 5", "planned or announced"),
    "unconfirmed": Stroke("#b3490f", 2.8, "12 5 2 5", "unconfirmed"),
    "alleged": Stroke("#8d2a7d", 2.8, "12 5 2 5 2 5", "alleged"),
    "denied": Stroke("#a3182b", 2.0, "3 5", "denied"),
}
