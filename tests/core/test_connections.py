"""What a connection may hold before its request is whole: sockets of clients that never finish."""

import json
import socket
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request

from app.core import connections
from tests.listening import listening
from tests.problems import MEMBERS

HEAD = b"POST /count HTTP/1.1\r\nHost: a\r\n"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PATIENCE_S", 0.3)


@pytest.fixture
def client() -> Iterator[socket.socket]:
    """Connected to a service that counts the bytes of bodies."""
    app = FastAPI()

    @app.post("/count")
    async def count(request: Request) -> int:
        return len(await request.body())

    with listening(app) as address:
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connected:
            yield connected


def answer_of(client: socket.socket) -> bytes:
    """All that comes until the service closes the connection."""
    return b"".join(iter(lambda: client.recv(65_536), b""))


def assert_problem_of(answer: bytes, status: int, code: str) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"content-type: application/problem+json" in head
    assert b"cache-control: no-store" in head
    problem = json.loads(body)
    assert problem.keys() == MEMBERS
    assert (problem["status"], problem["code"]) == (status, code)
    assert f"x-request-id: {problem['request_id']}".encode() in head


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (HEAD + b"X-Endless: ", b"a" * 10_000),
        (HEAD, b"X-Many: " + b"a" * 9_990 + b"\r\n"),
        (b"GET /", b"a" * 10_000),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;", b"a" * 10_000),
    ],
    ids=["header", "headers", "address", "chunk-extension"],
)
def test_a_head_without_end_is_refused_by_its_size(
    client: socket.socket, start: bytes, more: bytes
) -> None:
    client.sendall(start)
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        client.sendall(more * 10_000)


def test_the_refusal_of_a_large_head_is_a_problem_document(client: socket.socket) -> None:
    client.sendall(HEAD + b"X-Large: " + b"a" * connections.MAX_HEAD_BYTES)
    assert_problem_of(answer_of(client), 431, "head_too_large")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "begun", [HEAD, HEAD + b"Content-Length: 9\r\n\r\n12345678"], ids=["head", "body"]
)
def test_a_request_that_stalls_is_ended(client: socket.socket, begun: bytes) -> None:
    client.sendall(begun)
    assert_problem_of(answer_of(client), 408, "request_timeout")


@pytest.mark.usefixtures("impatient")
def test_a_connection_without_a_request_is_ended(client: socket.socket) -> None:
    assert answer_of(client) == b""


def test_what_is_no_http_is_told_as_a_problem(client: socket.socket) -> None:
    client.sendall(b"\x16\x03\x01\x02\x00\x01\r\n\r\n")
    assert_problem_of(answer_of(client), 400, "bad_request")


def test_large_bodies_and_many_requests_of_one_connection_pass(client: socket.socket) -> None:
    body = b"a" * 1_000_000
    for _ in range(3):
        client.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")
    client.sendall(
        (HEAD + b"Content-Length: 2\r\n\r\nab") * 500 + HEAD + b"Connection: close\r\n\r\n"
    )
    assert answer_of(client).count(b"HTTP/1.1 200 ") == 501
