"""Near-duplicate texts against the exact comparison of all pairs."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forensics.analysis import near_duplicates
from app.forensics.analysis.near_duplicates import CopyClass, find_near_duplicates
from app.forensics.analysis.text import normalise
from app.forensics.demo.texts import near_duplicates as synthetic

BASE = "el ministro anunció nuevas medidas económicas para la frontera con colombia esta semana"


def _jaccard(one: str, other: str) -> float:
    one, other = (normalise(text).text.ljust(5) for text in (one, other))
    grams, others = ({t[i : i + 5] for i in range(len(t) - 4)} for t in (one, other))
    return len(grams & others) / len(grams | others)


@given(st.lists(st.text("abc ", min_size=1, max_size=12), max_size=12))
def test_few_texts_are_compared_exactly(texts: list[str]) -> None:
    found = find_near_duplicates(texts)
    pairs = list(zip(found.a.tolist(), found.b.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    for (a, b), similarity in zip(pairs, found.similarity.tolist(), strict=True):
        assert a < b
        assert similarity == pytest.approx(_jaccard(texts[a], texts[b]))
    assert set(pairs) == {
        (a, b)
        for a, b in combinations(range(len(texts)), 2)
        if normalise(texts[a]).text and normalise(texts[b]).text
        and _jaccard(texts[a], texts[b]) >= 0.3
    }  # fmt: skip


@pytest.mark.parametrize(
    ("copy", "copy_class"),
    [
        (BASE, CopyClass.COPYPASTA),
        (f"@alguien {BASE.upper()} https://example.org", CopyClass.COPYPASTA),
        (BASE.replace("a", "\u0430"), CopyClass.COPYPASTA),
        (f"{BASE} y más comentarios de otra persona sobre el asunto", CopyClass.COPYPASTA),
        ("el ministro anunció ayer medidas económicas nuevas en la frontera de colombia",
         CopyClass.REWORDING),
    ],
)  # fmt: skip
def test_classes(copy: str, copy_class: CopyClass) -> None:
    found = find_near_duplicates([BASE, "otra cosa muy distinta sobre el clima", copy])
    assert list(zip(found.a.tolist(), found.b.tolist(), strict=True)) == [(0, 2)]
    assert list(found.classes()) == [copy_class]


@pytest.mark.parametrize("max_work", [0, near_duplicates.MAX_WORK])
def test_planted_copies_are_found(monkeypatch: pytest.MonkeyPatch, max_work: int) -> None:
    monkeypatch.setattr(near_duplicates, "MAX_WORK", max_work)
    rows = list(synthetic(3, stories=300))
    found = find_near_duplicates([text for text, _ in rows])
    pairs = set(zip(found.a.tolist(), found.b.tolist(), strict=True))
    planted = {
        (a, b)
        for b in range(len(rows))
        for a in range(max(b - 4, 0), b)
        if rows[a][1] == rows[b][1]
    }
    assert len(pairs & planted) / len(pairs) >= 0.99
    assert len(pairs & planted) / len(planted) >= 0.99


def test_a_crowd_of_copies_is_paired_with_its_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_duplicates, "MAX_CROWD", 10)
    found = find_near_duplicates([BASE] * 20)
    assert found.a.tolist() == [0] * 19


def test_texts_without_words_and_long_texts() -> None:
    long = " ".join(random.Random(1).choices(BASE.split(), k=150_000))
    found = find_near_duplicates(["", "😀", "😀", " ", long, long])
    assert found.a.tolist() == [4]
    assert len(find_near_duplicates([])) == 0
