"""Which item of an edition is which when the edition is read again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

MIN_SIMILARITY = 0.6


@dataclass(frozen=True, slots=True)
class KnownItem:
    """An item of an earlier import and the event it became."""

    event_id: int
    summary: str
    outlet: str
    published_on: date
    gone: bool


@dataclass(frozen=True, slots=True)
class ReadItem:
    """What identifies an item that was just read."""

    summary: str
    outlet: str
    published_on: date


def match_items(known: Sequence[KnownItem], read: Sequence[ReadItem]) -> list[int | None]:
    """For each item read, the event it became before, or `None` for a new one.

    The exact text decides, of the same outlet and date before others; else the same outlet and date
    with a similarity of at least 0.6, the most alike first. Items that had gone can come back.
    """
    found: list[int | None] = [None] * len(read)
    free = {item.event_id: item for item in sorted(known, key=lambda item: item.gone)}
    _match_equal(free, read, found, lambda item: (item.summary, item.outlet, item.published_on))
    _match_equal(free, read, found, lambda item: item.summary)
    for _, index, event_id in sorted(_alike(free, read, found), reverse=True):
        if found[index] is None and event_id in free:
            found[index] = event_id
            del free[event_id]
    return found


def _match_equal(
    free: dict[int, KnownItem],
    read: Sequence[ReadItem],
    found: list[int | None],
    identity: Callable[[KnownItem | ReadItem], object],
) -> None:
    """Give each item that is still unmatched the first free one of the same identity."""
    waiting: dict[object, list[int]] = {}
    for item in free.values():
        waiting.setdefault(identity(item), []).append(item.event_id)
    for index, read_item in enumerate(read):
        if found[index] is None and (same := waiting.get(identity(read_item))):
            found[index] = event_id = same.pop(0)
            del free[event_id]


def _alike(
    free: dict[int, KnownItem], read: Sequence[ReadItem], found: Sequence[int | None]
) -> list[tuple[float, int, int]]:
    pairs = []
    for index, item in enumerate(read):
        if found[index] is not None:
            continue
        for event_id, other in free.items():
            if (other.outlet, other.published_on) != (item.outlet, item.published_on):
                continue
            alike = SequenceMatcher(None, item.summary, other.summary, autojunk=False).ratio()
            if alike >= MIN_SIMILARITY:
                pairs.append((alike, index, event_id))
    return pairs
