"""The editorial measure: how much of an edition comes from state media, by named definitions.

The edition's own promise is at most 20 percent. The printed mark and the outlet registry are two
facts; each definition says which of them it counts. The measure warns and never rejects.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.events.outlets import OutletEntry
from app.events.vocabulary import NETWORK, VRIC

PROMISED_SHARE = 0.20


@dataclass(frozen=True, slots=True)
class MeasuredItem:
    """What the measure needs of an item."""

    block: str | None
    marked: bool
    outlet: OutletEntry


@dataclass(frozen=True, slots=True)
class Share:
    """Items counted as state media among all of them."""

    counted: int
    items: int

    @property
    def share(self) -> float:
        return self.counted / self.items if self.items else 0.0


@dataclass(frozen=True, slots=True)
class Definition:
    """A way to count, in words and as a test of one item."""

    description: str
    counts: Callable[[MeasuredItem], bool]


DEFINITIONS: Mapping[str, Definition] = {
    "printed": Definition(
        "The edition marks the item as a report of state media.", lambda item: item.marked
    ),
    "printed_network": Definition(
        "Marked, and the outlet's home is Venezuela, Russia, Iran, China, Cuba, Nicaragua or Bolivia.",
        lambda item: item.marked and item.outlet.home in NETWORK,
    ),
    "printed_vric": Definition(
        "Marked, and the outlet's home is Venezuela, Russia, Iran or China.",
        lambda item: item.marked and item.outlet.home in VRIC,
    ),
    "printed_or_registry": Definition(
        "Marked, or the registry names a state of the network as the outlet's owner or controller.",
        lambda item: item.marked or item.outlet.is_state_media,
    ),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One definition over the whole edition and over each block."""

    whole: Share
    blocks: Mapping[str, Share]

    @property
    def within_promise(self) -> bool:
        return self.whole.share <= PROMISED_SHARE


def measure(items: Sequence[MeasuredItem]) -> dict[str, Measured]:
    """Every definition's share."""
    blocks = list(dict.fromkeys(item.block or "" for item in items))
    return {
        name: Measured(
            _share(items, definition),
            {
                block: _share([item for item in items if (item.block or "") == block], definition)
                for block in blocks
            },
        )
        for name, definition in DEFINITIONS.items()
    }


def _share(items: Sequence[MeasuredItem], definition: Definition) -> Share:
    return Share(sum(definition.counts(item) for item in items), len(items))
