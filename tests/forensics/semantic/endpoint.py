"""An endpoint of embeddings over real HTTP."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from tests.forensics.semantic.conftest import WordEmbedder


@contextmanager
def serving_vectors(answer: Callable[[dict[str, Any]], bytes], status: int = 200) -> Iterator[Any]:
    """A server that answers a request's body, and what it was sent."""
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append((self.path, self.headers["Authorization"], body))
            content = answer(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
        finally:
            server.shutdown()
            thread.join()


def of_words(body: dict[str, Any]) -> bytes:
    """The answer of a model that knows some words in two languages."""
    vectors = WordEmbedder().passages(body["input"])
    rows = [{"index": i, "embedding": vector.tolist()} for i, vector in enumerate(vectors)]
    return orjson.dumps({"data": rows})
