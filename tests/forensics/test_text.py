"""Texts made comparable, and what was hidden in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forensics.analysis.text import PLAIN, Obfuscation, normalise


@pytest.mark.parametrize(
    ("text", "plain", "obfuscation"),
    [
        ("¡Hola, ÑANDÚ!  Año 2025", "hola nandu ano 2025", PLAIN),
        ("V\u0435n\u0435zuela hoy", "venezuela hoy", Obfuscation(mixed_script_words=1)),
        ("ho\u200by\u2060", "hoy", Obfuscation(invisible=2)),
        ("\u202ahoy", "hoy", Obfuscation(bidi_controls=1)),
        ("Ｈｏｙ 𝓶𝓲𝓼𝓶𝓸", "hoy mismo", Obfuscation(compatibility_forms=8)),
        ("h\u0336\u0337o\u0336\u0337y", "hoy", Obfuscation(stacked_marks=2)),
        ("más СОРА aquí", "mas copa aqui", Obfuscation(mixed_script_words=1)),
        ("Москва и Каракас", "москва и каракас", PLAIN),
        ("Αθήνα", "αθηνα", PLAIN),
        ("ﬁn de año", "fin de ano", PLAIN),
        ("\ud800", "", PLAIN),
        ("", "", PLAIN),
    ],
)
def test_what_comes_out(text: str, plain: str, obfuscation: Obfuscation) -> None:
    found = normalise(text)
    assert found.text == plain
    assert found.obfuscation == obfuscation


def test_links_and_mentions_are_set_aside_and_counted() -> None:
    found = normalise("@uno mira https://x.example/a?b=1 y www.y.example, a@b.example #Tag")
    assert (found.urls, found.mentions) == (2, 1)
    assert found.text == "mira y a b example tag"


@given(st.text())
def test_a_normalised_text_stays_as_it_is(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once
