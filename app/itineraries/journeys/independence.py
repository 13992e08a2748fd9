"""How many sources are independent of each other."""

from collections.abc import Sequence

from app.events.outlets import fold_name
from app.itineraries.journeys.claims import Source


def independent_groups(sources: Sequence[Source]) -> list[list[int]]:
    """The sources by index, those together that may rest on one origin.

    Two sources depend on each other when they are of one outlet, cite one origin, when one cites
    the other, or when one state owns or controls both; dependence is passed on. So two articles
    that cite one tracker count once, and the number of groups is the number of independent sources.
    """
    group_of: dict[str, int] = {}
    parent = list(range(len(sources)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for index, source in enumerate(sources):
        for origin in _origins(source):
            first = group_of.setdefault(origin, index)
            parent[max(root(first), root(index))] = min(root(first), root(index))
    groups: dict[int, list[int]] = {}
    for index in range(len(sources)):
        groups.setdefault(root(index), []).append(index)
    return list(groups.values())


def count_independent(sources: Sequence[Source]) -> int:
    """The number of sources, those that may rest on one origin counted once."""
    return len(independent_groups(sources))


def _origins(source: Source) -> list[str]:
    names = [fold_name(name) or name for name in (source.outlet, *source.cites)]
    return names if source.state is None else [*names, f"state:{source.state}"]
