"""An embedder of a few words in two languages, and a database that has pgvector."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pytest

from app.core.db import Database
from app.forensics.semantic.embedders import Embedder, Vectors
from tests.forensics.corpora.conftest import analyst, analysts, settings

__all__ = ["analyst", "analysts", "settings"]

SAME = {
    "buques": "warships", "rusos": "russian", "puerto": "port", "vacuna": "vaccine",
    "elecciones": "elections",
}  # fmt: skip


class WordEmbedder:
    """Hashes words to dimensions; a word and its translation go to the same."""

    name, model = "words", "of-tests"

    def __init__(self) -> None:
        self.embedded = 0

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return np.array([self.query(text) for text in texts], np.float32)

    def query(self, text: str) -> Vectors:
        vector = np.zeros(256, np.float32)
        for word in text.lower().replace(".", " ").split():
            digest = hashlib.sha256(SAME.get(word, word).encode()).digest()
            vector[digest[0]] += 1
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> WordEmbedder:
    """The embedder of the service under test."""
    one = WordEmbedder()

    def find(_: object) -> Embedder:
        return one

    monkeypatch.setattr("app.forensics.semantic.router.find_embedder", find)
    return one


@pytest.fixture
async def pgvector(database: Database) -> None:
    """Skips where PostgreSQL has no pgvector of 0.8 or later."""
    if not await database.fetch_value(
        "SELECT count(*) FROM pg_available_extension_versions WHERE name = 'vector'"
        " AND version ~ '^(0\\.([89]|\\d\\d)|[1-9])'"
    ):
        pytest.skip("this PostgreSQL has no pgvector")
