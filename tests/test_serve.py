"""The service as a process on the bundled PostgreSQL: real sockets, real signals."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.command import eventually, postmaster_of, run_vric, started
from tests.problems import assert_problem

pytestmark = pytest.mark.xdist_group("serve")


def test_a_bare_machine_serves_the_demo_and_starts_again(
    data_dir: Path, record_property: Callable[[str, object], None]
) -> None:
    variables = {"VRIC_DATA_DIR": str(data_dir)}
    with started(data_dir, **variables) as (url, _):
        assert httpx.get(f"{url}/v1/events", params={"limit": 100}).json()["returned"] == 91
        secret = (data_dir / "secret").read_bytes()
        headers = {"Authorization": f"Bearer {_make_key(data_dir, variables)}"}
        keyed = httpx.get(f"{url}/v1/meta", headers=headers)
        assert keyed.headers["x-ratelimit-limit"] == "60"
        _check_the_wire(url)
        assert_problem(httpx.get(f"{url}/v1/nothing"), 404, "not_found")
        taken = httpx.URL(url).port
        done = run_vric("serve", "--port", str(taken), cwd=data_dir, **variables)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        assert "address already in use" in done.stderr
        assert (
            httpx.get(f"{url}/healthz").text == "ok"
        )  # the other one did not take the server away
    log = (data_dir / "log").read_text()
    assert url in log
    assert "Traceback" not in log
    assert eventually(lambda: postmaster_of(data_dir) is None)

    begun = time.monotonic()
    with started(data_dir, **variables) as (url, process):
        record_property("second_start_s", round(time.monotonic() - begun, 2))
        assert httpx.get(f"{url}/v1/meta", headers=headers).status_code == 200
        assert (data_dir / "secret").read_bytes() == secret
        orphan = postmaster_of(data_dir)
        process.kill()
        process.wait()
    assert postmaster_of(data_dir) == orphan is not None  # nobody could stop it

    with started(data_dir, **variables) as (url, _):
        assert postmaster_of(data_dir) == orphan
        assert httpx.get(f"{url}/v1/events", params={"limit": 1}).status_code == 200
    assert eventually(lambda: postmaster_of(data_dir) is None)


def _make_key(data_dir: Path, variables: dict[str, str]) -> str:
    """A key made by commands beside the running service."""
    account = run_vric("account", "create", "ann@example.org", cwd=data_dir, **variables)
    assert account.returncode == 0, account.stderr
    done = run_vric("key", "create", "ann@example.org", cwd=data_dir, **variables)
    assert done.returncode == 0, done.stderr
    assert (done.stdout.startswith("vric_sk_"), done.stderr) == (True, "")
    return done.stdout.strip()


def _check_the_wire(url: str) -> None:
    """What only real sockets show: large bodies, HEAD, broken requests."""
    large = httpx.post(f"{url}/v1/events", content=b"x" * 40_000_000)
    assert large.status_code == 413
    pieces = httpx.post(f"{url}/v1/events", content=(b"x" * 1_000_000 for _ in range(40)))
    assert pieces.status_code in (405, 413)
    head = httpx.head(f"{url}/v1/events", params={"limit": 2})
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0
    assert "server" not in head.headers
    for raw in (
        b"GET /v1/events?q=%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /v1/events?q=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 no HTTP at all\r\n\r\n",
    ):
        assert _status_of(url, raw) == 400, raw
    metrics = httpx.get(f"{url}/metrics")
    assert "vric_http_request_seconds_bucket" in metrics.text
    hidden = httpx.get(f"{url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert_problem(hidden, 404, "not_found")


def _status_of(url: str, raw: bytes) -> int:
    port = httpx.URL(url).port
    with socket.create_connection(("127.0.0.1", port or 80), timeout=10) as connection:
        connection.sendall(raw)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    return int(answer.split(b" ", 2)[1])
