"""The language of short texts."""

import pytest

from app.forensics.analysis.language import LANGUAGES, UNDETERMINED, identify
from app.forensics.demo.sentences import SENTENCES


@pytest.mark.parametrize(("words", "bar"), [(3, 0.93), (6, 0.97), (9, 0.99)])
def test_parts_of_sentences(words: int, bar: float) -> None:
    found = []
    for sentence in SENTENCES:
        for language in LANGUAGES:
            parts = sentence[language].split()
            for start in range(len(parts) - words + 1):
                part = " ".join(parts[start : start + words])
                found.append(identify(part)[0] == language)
    assert sum(found) / len(found) >= bar


@pytest.mark.parametrize(
    "text", ["", "😀 👍", "12:30", "Привет, мир", "https://example.org", "\ud800"]
)
def test_no_latin_words_no_language(text: str) -> None:
    assert identify(text) == (UNDETERMINED, 0.0)


def test_signs_of_one_language_count() -> None:
    assert identify("¿Maduro? @nombre https://example.org/the-of-and")[0] == "es"
    assert identify("ANUNCIÓ EL MINISTRO")[0] == "es"


def test_a_long_text_is_read_from_its_start() -> None:
    language, probability = identify("o presidente não disse " * 100_000)
    assert language == "pt"
    assert 0.9 < probability <= 1


def test_hidden_characters_and_letters_of_other_scripts_do_not_mislead() -> None:
    text = "Pourquoi p\u200bersonn\u200be n\u200be p\u0430rl\u200be d\u200be c\u200be qui s\u200be passe ?"
    assert identify(text)[0] == "fr"
