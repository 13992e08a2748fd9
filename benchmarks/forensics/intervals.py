"""Means with the middle 95 % of a bootstrap."""

from collections.abc import Sequence

import numpy as np


def interval(values: Sequence[float]) -> str:
    """The mean and, of 2,000 resamples, the middle 95 % of means; empty where nothing was measured."""
    sample = np.array(values, np.float64)
    if np.isnan(sample).all():
        return ""
    draws = np.random.default_rng(0).choice(sample, (2_000, len(sample))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return f"{sample.mean():.3f} ({low:.3f}-{high:.3f})"
