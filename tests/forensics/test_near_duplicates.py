"""Near-duplicate texts against the exact comparison of all pairs."""

import random
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forensics.analysis import near_duplicates
from app.forensics.analysis.near_duplicates import CopyClass, find_near_duplicates
from app.forensics.analysis.text import normalise
from app.forensics.analysis.text_clusters import leaders_of
from app.forensics.demo.texts import near_duplicates as synthetic

BASE = "el ministro anunció nuevas medidas económicas para la frontera con colombia esta semana"


@cache
def _grams(text: str) -> frozenset[str]:
    plain = normalise(text).text.ljust(5)
    return frozenset(plain[i : i + 5] for i in range(len(plain) - 4))


def _jaccard(one: str, other: str) -> float:
    return len(_grams(one) & _grams(other)) / len(_grams(one) | _grams(other))


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
    assert [one for *_, one in found.rows()] == [copy_class]


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


def test_of_too_many_copies_each_is_paired_with_the_first() -> None:
    other = f"{BASE}, dijo"
    texts = [BASE] * 20 + [other] * 3
    assert len(find_near_duplicates(texts, most=190 + 3 + 60)) == 190 + 3 + 60
    found = find_near_duplicates(texts, most=100)
    pairs = list(zip(found.a.tolist(), found.b.tolist(), strict=True))
    among_others = [(20, 21), (20, 22), (21, 22)]
    assert pairs == [*((0, one) for one in range(1, 23)), *among_others]
    assert found.thinned == 20


def test_texts_without_words_and_long_texts() -> None:
    long = " ".join(random.Random(1).choices(BASE.split(), k=150_000))
    found = find_near_duplicates(["", "😀", "😀", " ", long, long])
    assert found.a.tolist() == [4]
    assert len(find_near_duplicates([])) == 0


NAMES = [f"{first} {last}" for first in ("Ana", "Luis", "Maria", "Juan", "Rosa", "Hugo", "Ines")
         for last in ("Perez", "Gomez", "Silva", "Lopez", "Ruiz", "Diaz", "Rojas", "Vera")]  # fmt: skip
PLACES = ("Caracas", "Bogota", "Quito", "Lima", "La Paz", "Santiago", "Asuncion", "Managua")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _of_one_template(count: int) -> list[str]:
    """Different texts; every two of them are alike, few are copies."""
    rng = random.Random(7)
    made = {
        f"Vote for candidate {rng.choice(NAMES)} on {rng.choice(DAYS)} in {rng.choice(PLACES)},"
        f" says {rng.choice(NAMES)}"
        for _ in range(2 * count)
    }
    return sorted(made)[:count]


def _pairs(texts: list[str], **options: int) -> dict[tuple[int, int], float]:
    found = find_near_duplicates(texts, **options)
    return {(a, b): similarity for a, b, similarity, _ in found.rows()}


def test_a_crowd_of_one_template_is_compared_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*_of_one_template(300), *(text for text, _ in synthetic(3, stories=100))]
    exact = _pairs(texts)
    monkeypatch.setattr(near_duplicates, "MAX_WORK", 0)
    monkeypatch.setattr(near_duplicates, "MAX_CROWD", 5)
    assert find_near_duplicates(texts).thinned == 0
    found = _pairs(texts)
    assert {pair: one for pair, one in exact.items() if max(pair) < 300} == {
        pair: one for pair, one in found.items() if max(pair) < 300
    }
    assert found.items() <= exact.items()
    assert len(found) >= 0.99 * len(exact)


@pytest.mark.parametrize("limit", ["pairs", "work"])
def test_where_pairs_would_be_too_many_the_largest_crowds_are_thinned(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(near_duplicates, "MAX_WORK", 0)
    monkeypatch.setattr(near_duplicates, "MAX_CROWD", 10)
    if limit == "work":
        monkeypatch.setattr(near_duplicates, "MAX_CROWD_WORK", 100_000)
    crowd, others = _of_one_template(400), [text for text, _ in synthetic(3, stories=20)]
    found = find_near_duplicates([*others, *crowd], most=10_000)
    assert found.thinned == 400
    of_others = {pair for pair in _pairs(others) if max(pair) < len(others)}
    pairs = set(zip(found.a.tolist(), found.b.tolist(), strict=True))
    assert {pair for pair in pairs if max(pair) < len(others)} == of_others
    of_crowd = {pair for pair in pairs if min(pair) >= len(others)}
    assert len(of_crowd) < 42 * 400 < 400 * 399 // 2
    assert {one for pair in of_crowd for one in pair} == set(range(len(others), len(others) + 400))


def test_the_most_frequent_text_leads_its_copies() -> None:
    texts = [*_of_one_template(1_000), *_of_one_template(3)]
    texts = [normalise(text).text for text in texts]
    counts = {text: texts.count(text) for text in set(texts)}
    leaders = leaders_of(texts)
    ranked = sorted(counts, key=lambda text: (-counts[text], text))
    expected: dict[str, str] = {}
    for leader in ranked:
        if leader not in expected:
            expected[leader] = leader
            for text in ranked:
                if text not in expected and _jaccard(leader, text) >= 0.75:
                    expected[text] = leader
    assert leaders == expected
    assert 1 < len(set(leaders.values())) < len(leaders)
