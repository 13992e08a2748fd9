"""Languages told, and facts found again in another language, on invented news."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from app.forensics.analysis import language
from app.forensics.analysis.language import identify
from app.forensics.engines import Engine
from benchmarks.forensics.intervals import interval
from benchmarks.forensics.news import SENTENCES, Told, runs_of_words, some_told

Row = tuple[str, ...]
WORDS = (3, 6, 12)


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


WRITTEN: Mapping[str, Callable[[str], str]] = {
    "as written": str,
    "small letters without accents": _without_accents,
    "capitals": str.upper,
    "Title Case": str.title,
    "with a mention, a hashtag and a link": "RT @maria: {} #Caracas https://example.org/aB3".format,
}


def language_rows() -> Iterator[Row]:
    """Runs of words that are given the right language: ours, and py3langid kept to the four."""
    for name, write in WRITTEN.items():
        for words in WORDS:
            told = list(runs_of_words(words))
            ours = [identify(write(one.text))[0] == one.language for one in told]
            theirs = [_bayes(write(one.text)) == one.language for one in told]
            yield name, str(words), by_sentence(told, ours), by_sentence(told, theirs)


def by_sentence(told: Sequence[Told], right: Sequence[bool]) -> str:
    """The mean over sentences with its interval: runs of one sentence are not independent."""
    sums = np.zeros((2, len(SENTENCES)))
    for one, is_right in zip(told, right, strict=True):
        sums[:, one.fact] += is_right, 1
    right_of, count = sums[:, sums[1] > 0]
    return interval((right_of / count).tolist())


def _bayes(text: str) -> str:
    scores = language._bayes_scores(text)
    return language.LANGUAGES[scores.index(max(scores))]


def translation_rows(seeds: Sequence[int], engine: Engine) -> Iterator[Row]:
    """Pairs of texts that tell one fact in two languages: F1, precision, recall."""
    for sentences in (1, 3):
        for part in (1.0, 0.5, 0.25):
            drawn = seeds if part < 1 else seeds[:1]
            scores = [
                translation_scores(some_told(seed, sentences, part), engine) for seed in drawn
            ]
            columns = (interval(column) for column in zip(*scores, strict=True))
            yield engine.name, str(sentences), f"{part:.0%}", *columns


def translation_scores(told: Sequence[Told], engine: Engine) -> tuple[float, float, float]:
    """F1, precision and recall of the pairs that an engine finds."""
    matched = engine.match([one.text for one in told], [one.language for one in told])
    found = set(zip(matched.a.tolist(), matched.b.tolist(), strict=True))
    true = {
        (a, b)
        for b in range(len(told))
        for a in range(b)
        if told[a].fact == told[b].fact and told[a].language != told[b].language
    }
    right = len(found & true)
    return (
        2 * right / (len(found) + len(true)),
        right / max(len(found), 1),
        right / len(true),
    )
