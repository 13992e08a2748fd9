"""Which format an answer has: `f` wins, then the best of `Accept`, then the first offered."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

F = TypeVar("F", bound=StrEnum)


def negotiate(f: F | None, accept: str, types: Mapping[F, str]) -> F:
    """The format to answer in, of those in `types`; where two share a media type, the first."""
    if f is not None:
        return f
    default = next(iter(types))
    best, best_quality = default, 0.0
    for part in accept.split(","):
        media, _, parameters = part.partition(";")
        quality = _quality(parameters)
        for format_, type_ in types.items():
            if type_.partition(";")[0] == media.strip().lower():
                if quality > best_quality:
                    best, best_quality = format_, quality
                break
        else:
            if media.strip() in ("*/*", "application/*") and quality > best_quality:
                best, best_quality = default, quality
    return best


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
