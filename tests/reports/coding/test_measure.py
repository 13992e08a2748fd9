"""The coder's quality must not sink below what the issue of the monitor asks for."""

from __future__ import annotations

import pytest

from app.reports.coding import Coder
from benchmarks.coding.items import read_demo, read_labelled
from benchmarks.coding.measures import Pair, score_category_f1, score_lists, score_value


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    coder = Coder()
    return [(item, coder.code(item.text)) for item in read_labelled() + read_demo()]


@pytest.mark.parametrize("field", ["actors", "countries"])
def test_states(pairs: list[Pair], field: str) -> None:
    assert score_lists(pairs, field).f1 >= 0.9


def test_category(pairs: list[Pair]) -> None:
    assert score_value(pairs, "category") >= 0.8
    assert score_category_f1(pairs) >= 0.8
