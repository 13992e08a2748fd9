"""Apertium's translators: they stay, keep texts apart, and come back after they died or hung."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator

import pytest

from app.forensics import apertium
from app.forensics.apertium import Translator
from app.forensics.demo.sentences import SENTENCES

pytestmark = pytest.mark.skipif(shutil.which("apertium") is None, reason="no Apertium here")


@pytest.fixture
def translator() -> Iterator[Translator]:
    made = Translator("eng-spa")
    yield made
    made.close()


def _process_of(translator: Translator) -> int:
    process = translator._process
    assert process is not None
    return process.pid


def test_one_process_translates_text_after_text(translator: Translator) -> None:
    assert translator.translate(["The house is red", "", "The dog."]) == [
        "La casa es roja", "", "El perro.",
    ]  # fmt: skip
    first = _process_of(translator)
    assert translator.translate(["The cat"]) == ["El gato"]
    assert _process_of(translator) == first


@pytest.mark.parametrize(
    "text", ["a[b]^c$ d/e <f> {g} @h \\ i", "\0", "\ud800", "one\n\nTwo\ttabs", ".[]", "[" * 5_000]
)
def test_signs_of_the_programs_do_no_harm(translator: Translator, text: str) -> None:
    answers = translator.translate([text, "The house", text, "The dog"])
    assert answers[1::2] == ["La casa", "El perro"]
    assert answers[0] == answers[2]


def test_a_process_that_died_is_started_again(translator: Translator) -> None:
    translator.translate(["The house"])
    os.killpg(_process_of(translator), signal.SIGKILL)
    assert translator.translate(["The dog", "The cat"]) == ["El perro", "El gato"]


def test_a_process_that_dies_at_work_loses_no_text(translator: Translator) -> None:
    translator.translate(["The house"])
    killer = threading.Timer(0.2, os.killpg, (_process_of(translator), signal.SIGKILL))
    killer.start()
    texts = [f"The minister visited house number {number}" for number in range(1_500)]
    answers = translator.translate(texts)
    killer.join()
    assert [answer.split()[-1] for answer in answers] == [str(n) for n in range(1_500)]


def test_a_process_that_hangs_is_replaced(
    translator: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apertium, "ANSWER_DEADLINE_S", 0.5)
    monkeypatch.setattr(apertium, "END_DEADLINE_S", 0.1)
    translator.translate(["The house"])
    os.killpg(_process_of(translator), signal.SIGSTOP)
    assert translator.translate(["The dog"]) == ["El perro"]


def test_a_text_that_cannot_be_answered_stays_as_it_is(
    translator: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apertium, "_message", lambda text: f"{text}.[]".encode())
    monkeypatch.setattr(apertium, "ANSWER_DEADLINE_S", 0.5)
    assert translator.translate(["The dog"]) == ["The dog"]


def test_several_at_once_get_their_own(translator: Translator) -> None:
    answers: dict[int, list[str]] = {}

    def ask(number: int) -> None:
        answers[number] = translator.translate([f"The dog {number}"] * 10)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: [f"El perro {number}"] * 10 for number in range(6)}


def test_no_process_is_left_behind(translator: Translator) -> None:
    translator.translate([sentence["en"] for sentence in SENTENCES])
    process = _process_of(translator)
    translator.close()
    with pytest.raises(ProcessLookupError):
        os.killpg(process, 0)
