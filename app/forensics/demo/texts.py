"""Synthetic posts: stories that are copied, hidden, reworded, translated and taken up."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.forensics.demo.sentences import LANGUAGES, SENTENCES

START_S = 1_735_689_600  # 2025-01-01T00:00:00Z
_LOOKALIKES = str.maketrans("aeopcx", "аеорсх")
_SYLLABLES = [
    "ra",
    "li",
    "mon",
    "ta",
    "ber",
    "so",
    "quen",
    "dor",
    "fi",
    "lan",
    "gue",
    "ma",
    "zil",
    "pro",
    "ca",
    "ven",
    "to",
    "ris",
    "al",
    "mu",
]


@dataclass(frozen=True, slots=True)
class SyntheticText:
    """A post as `vric forensics` reads it, and what was planted: its story and its part in it."""

    id: str
    text: str
    published_at: int
    account_id: str
    outlet_type: str
    language: str
    story: str
    kind: str
    stage: str
    synthetic: bool = True

    def record(self) -> dict[str, Any]:
        """The columns of a file, without what a detector must find out."""
        hidden = ("story", "kind", "stage")
        return {name: getattr(self, name) for name in self.__slots__ if name not in hidden}


def near_duplicates(seed: int, stories: int = 4_000, copies: int = 5) -> Iterator[tuple[str, int]]:
    """Short texts of a made-up language and their story: copied, hidden and reworded."""
    rng = random.Random(seed)  # noqa: S311 - the same from the same seed
    words = ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 4))) for _ in range(4_000)]
    for story in range(stories):
        text = rng.choices(words, k=rng.randint(12, 24))
        for copy in range(copies):
            changed = list(text)
            for _ in range(rng.randint(0, len(text) // 8) if copy else 0):
                changed[rng.randrange(len(changed))] = rng.choice(words)
            written = " ".join(changed)
            yield (hidden(rng, written) if rng.random() < 0.3 else written), story


def chains(seed: int, stories: int = 12) -> list[SyntheticText]:
    """Stories placed by one account, layered in other languages, taken by a mainstream outlet."""
    rng = random.Random(seed)  # noqa: S311 - the same from the same seed
    made: list[SyntheticText] = []
    order = rng.sample(range(len(SENTENCES)), len(SENTENCES))
    for story in range(stories):
        sentences = [SENTENCES[i] for i in (order[2 * story % 24], order[(2 * story + 1) % 24])]
        language, *others = rng.sample(LANGUAGES, 4)
        parts = [
            ("origin", language, "placement"),
            ("copypasta", language, "layering"),
            ("rewording", language, "layering"),
            ("translation", others[0], "layering"),
            ("translation", others[1], "layering"),
            ("translation", others[2], "integration"),
        ]
        at = START_S + rng.randrange(20 * 86_400)
        for place, (kind, tongue, stage) in enumerate(parts):
            text = " ".join(one[tongue] for one in sentences)
            if kind == "rewording":
                text = reworded(rng, text)
            elif kind == "copypasta":
                text = hidden(rng, text)
            made.append(SyntheticText(
                f"{story}-{place}", text, at, f"synthetic-{story}-{place}",
                "mainstream" if stage == "integration" else "fringe", tongue, str(story), kind, stage,
            ))  # fmt: skip
            at += rng.randrange(600, 2 * 86_400)
    rng.shuffle(made)
    return made


def reworded(rng: random.Random, text: str) -> str:
    """The text without a fifth of its words, its halves the other way round."""
    words = [word for word in text.split() if rng.random() > 0.2]
    return " ".join(words[len(words) // 2 :] + words[: len(words) // 2])


def hidden(rng: random.Random, text: str) -> str:
    """The text with look-alike letters, invisible characters, a link and a mention."""
    words = [word.translate(_LOOKALIKES) if rng.random() < 0.15 else word for word in text.split()]
    words = [f"{w[:1]}\u200b{w[1:]}" if rng.random() < 0.1 else w for w in words]
    return f"@synthetic{rng.randrange(99)} {' '.join(words)} https://example.org/{rng.randrange(9_999)}"
