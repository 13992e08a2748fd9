"""Parallel sentences in four languages, invented: what synthetic posts and chains are made of."""

from collections.abc import Mapping, Sequence
from importlib.resources import files

_ROWS = [
    line.split("\t")
    for line in files(__package__).joinpath("sentences.tsv").read_text("utf-8").splitlines()
]
LANGUAGES: Sequence[str] = _ROWS[0]
SENTENCES: Sequence[Mapping[str, str]] = [
    dict(zip(LANGUAGES, row, strict=True)) for row in _ROWS[1:]
]
"""The same sentence by language, two dozen of them."""
