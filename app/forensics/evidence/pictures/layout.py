"""Where the nodes of a network are drawn: forces within each component, components side by side."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_STEPS = 120
_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def place(components: Sequence[Sequence[tuple[int, int]]], sizes: Sequence[int],
          width: float, height: float) -> list[Floats]:  # fmt: skip
    """Points within a box for each component: rows of x, y. The same network lies the same way.

    Args:
        components: the edges of each, between nodes counted from 0.
        sizes: how many nodes each has.
    """
    shapes = [_relaxed(edges, size) for edges, size in zip(components, sizes, strict=True)]
    radii = [np.sqrt(size) + 0.9 for size in sizes]
    low, high = 0.0, max(width, height)
    for _ in range(40):
        scale = (low + high) / 2
        low, high = (scale, high) if _rows(radii, scale, width, height) else (low, scale)
    centres: list[Floats] = _rows(radii, low, width, height)
    return [
        np.asarray(shape * (radius * low * 0.86) + centre)
        for shape, radius, centre in zip(shapes, radii, centres, strict=True)
    ]


def _relaxed(edges: Sequence[tuple[int, int]], size: int) -> Floats:
    """Fruchterman and Reingold's forces from a fixed start, scaled into the unit circle."""
    turn = np.arange(size) * _GOLDEN_ANGLE
    at = np.sqrt(np.arange(size) + 0.5)[:, None] * np.column_stack((np.cos(turn), np.sin(turn)))
    if size < 2:
        return np.zeros((size, 2))
    ideal = 1.0
    ends = np.array(edges).reshape(-1, 2)
    for step in range(_STEPS):
        apart = at[:, None] - at[None]
        distance = np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 1e-3)
        move = (apart * (ideal**2 / distance**2)[..., None]).sum(axis=1)
        pull = at[ends[:, 1]] - at[ends[:, 0]]
        # Bounded, so that a clique does not fall into one point.
        force = pull * np.minimum(np.hypot(pull[:, 0], pull[:, 1]), 4.0)[:, None] / ideal
        degree = np.maximum(np.bincount(ends.ravel(), minlength=size), 1)[:, None]
        drawn = np.zeros_like(at)
        np.add.at(drawn, ends[:, 0], force)
        np.add.at(drawn, ends[:, 1], -force)
        move += drawn / np.sqrt(degree) - at * 0.05
        length = np.maximum(np.hypot(move[:, 0], move[:, 1]), 1e-9)[:, None]
        heat = 0.8 * np.sqrt(size) * (1 - step / _STEPS) ** 2 * 0.2
        at = at + move / length * np.minimum(length, heat)
    at -= (at.max(axis=0) + at.min(axis=0)) / 2
    return np.asarray(at / max(float(np.hypot(at[:, 0], at[:, 1]).max()), 1e-9))


def _rows(radii: Sequence[float], scale: float, width: float, height: float) -> list[Floats]:
    """Centres of circles in rows, largest first; empty where they do not fit."""
    rows: list[list[float]] = [[]]
    for radius in radii:
        side = 2 * radius * scale
        if rows[-1] and sum(rows[-1]) + side > width:
            rows.append([])
        if side > width:
            return []
        rows[-1].append(side)
    heights = [max(row, default=0.0) for row in rows]
    if sum(heights) > height:
        return []
    centres, y = [], (height - sum(heights)) / 2
    for row, tall in zip(rows, heights, strict=True):
        x = (width - sum(row)) / 2
        for side in row:
            centres.append(np.array([x + side / 2, y + tall / 2]))
            x += side
        y += tall
    return centres
