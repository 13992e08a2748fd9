"""Mails are jobs: queued with what they announce, sealed, tried again, and lost by no crash."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app.accounts.jobs import RESET
from app.core.clock import now
from app.core.db import Database
from app.core.jobs.worker import Worker
from app.core.mail import Mail
from app.core.mail_queue import SEND, queue_mail
from app.core.settings import Settings
from tests.accounts.conftest import PASSWORD, make_app, queue_is_empty
from tests.accounts.postbox import Postbox, postbox
from tests.conftest import TEST_SECRET, make_settings, opened

SIGN_UP = {"email": "ana@example.org", "password": PASSWORD}
SECRET = TEST_SECRET.encode()
# Tried again at once: what happens between tries is the queue's own test.
KINDS = (replace(SEND, backoff=timedelta(0)), RESET)


@pytest.fixture
async def box() -> AsyncIterator[Postbox]:
    async with postbox() as server:
        yield server


@pytest.fixture
async def client(database: Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The service without a worker: what it queues stays on the queue."""
    async with opened(make_app(database, tmp_path)) as client:
        yield client


async def _work(database: Database, settings: Settings) -> None:
    """Do what is queued; a job that waits for its next try is found at a look, each quarter second."""
    stop = asyncio.Event()
    often = settings.model_copy(update={"job_takeover_seconds": 1.0})
    worker = asyncio.create_task(Worker(database, often, KINDS).run(stop))
    await queue_is_empty(database)
    stop.set()
    await worker


async def _queue(database: Database, to: str = "ana@example.org", hours: float = 1) -> Mail:
    mail = Mail(to, "Elija una contraseña", "https://x/#reset=t\n")
    async with database.transaction() as connection:
        await queue_mail(connection, SECRET, mail, now() + timedelta(hours=hours))
    return mail


async def test_a_mail_that_is_refused_at_first_is_sent_once(
    database: Database, box: Postbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    box.refusals = ["451 later ana@example.org", "421 later"]
    mail = await _queue(database)
    await _work(database, make_settings(smtp_url=box.url, data_dir=tmp_path))
    (sent,) = box.mails
    assert box.tries == 3
    assert "To: ana@example.org" in sent
    assert f"Message-ID: <{mail.id}@vric-monitor>" in sent
    assert sent.isascii()
    assert "Auto-Submitted: auto-generated" in sent
    assert "ana@example.org" not in caplog.text
    assert os.listdir(tmp_path) == []


async def test_an_address_that_is_refused_for_good_is_given_up(
    database: Database, box: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    box.refusals = ["550 no ana@example.org here"]
    await _queue(database)
    await _work(database, make_settings(smtp_url=box.url))
    assert (box.tries, box.mails) == (1, [])
    assert "a mail was given up" in caplog.text
    assert "ana@example.org" not in caplog.text


async def test_a_mail_is_not_sent_after_its_time(
    database: Database, box: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    await _queue(database, hours=-1)
    await _work(database, make_settings(smtp_url=box.url))
    assert (box.tries, box.mails) == (0, [])
    assert "given up: it could not be sent in time" in caplog.text


async def test_the_queue_shows_no_secret_and_keeps_nothing(
    client: httpx.AsyncClient, database: Database, tmp_path: Path
) -> None:
    await client.post("/v1/accounts", json=SIGN_UP)
    await client.post("/v1/accounts/reset", json={"email": "ana@example.org"})
    rows = await database.fetch("SELECT entrypoint, payload, headers FROM pgqueuer ORDER BY id")
    assert [row["entrypoint"] for row in rows] == ["mails.send", "accounts.reset"]
    held = repr([tuple(row) for row in rows])
    await _work(database, make_settings(data_dir=tmp_path))
    (file,) = (tmp_path / "mail").iterdir()
    text = file.read_text("utf-8")
    token = text.partition("#verify=")[2].split()[0]
    log = repr(await database.fetch("SELECT log::text FROM pgqueuer_log AS log"))
    for secret in (token, "ana@example.org", "#verify", "192.0.2.7"):
        assert secret not in held
        assert secret not in log
    assert token in text


async def test_what_is_rolled_back_sends_no_mail(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction() as connection:
        await connection.execute("ALTER TABLE mailed_links RENAME TO elsewhere")
    assert (await client.post("/v1/accounts", json=SIGN_UP)).status_code == 500
    assert await database.fetch_value("SELECT count(*) FROM pgqueuer") == 0
    assert await database.fetch_value("SELECT count(*) FROM accounts") == 0


async def test_a_server_that_hangs_holds_nobody_up(
    client: httpx.AsyncClient, database: Database, box: Postbox
) -> None:
    box.open.clear()
    await client.post("/v1/accounts", json=SIGN_UP)
    work = asyncio.create_task(_work(database, make_settings(smtp_url=box.url)))
    await box.asked.wait()
    # The mail of the first is with the server still while others sign up.
    answer = await client.post("/v1/accounts", json={**SIGN_UP, "email": "eva@example.org"})
    assert (answer.status_code, box.mails) == (202, [])
    box.open.set()
    await work
    assert len(box.mails) == 2


async def test_asking_for_a_reset_is_the_same_work_for_all(
    client: httpx.AsyncClient, database: Database
) -> None:
    for email in ("ana@example.org", "nobody@example.org"):
        await client.post("/v1/accounts/reset", json={"email": email})
    rows = await database.fetch("SELECT entrypoint, length(payload) FROM pgqueuer")
    assert [row["entrypoint"] for row in rows] == ["accounts.reset"] * 2
    assert await database.fetch_value("SELECT count(*) FROM mailed_links") == 0


async def test_an_address_gets_five_mails_an_hour(
    client: httpx.AsyncClient, database: Database
) -> None:
    for _ in range(4):
        assert (await client.post("/v1/accounts", json=SIGN_UP)).status_code == 202
    for _ in range(3):
        answer = await client.post("/v1/accounts/reset", json={"email": "ana@example.org"})
        assert answer.status_code == 202
    rows = await database.fetch("SELECT entrypoint FROM pgqueuer ORDER BY id")
    assert [row[0] for row in rows] == ["mails.send"] * 4 + ["accounts.reset"]
    await client.post("/v1/accounts", json={**SIGN_UP, "email": "eva@example.org"})
    assert await database.fetch_value("SELECT count(*) FROM pgqueuer") == 6


@contextmanager
def _worker(url: str, box: Postbox) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **os.environ,
        "VRIC_DATABASE_URL": url,
        "VRIC_SECRET_KEY": TEST_SECRET,
        "VRIC_SMTP_URL": box.url,
        "VRIC_JOB_TAKEOVER_SECONDS": "1",
    }
    command = [sys.executable, "-c", "from app.cli import main; main()", "worker"]
    with subprocess.Popen(command, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


async def test_a_killed_worker_loses_no_mail(
    client: httpx.AsyncClient, database: Database, box: Postbox
) -> None:
    box.open.clear()
    await client.post("/v1/accounts", json=SIGN_UP)
    with _worker(database.url, box) as first:
        await box.asked.wait()
        first.send_signal(signal.SIGKILL)
        await asyncio.to_thread(first.wait)
    assert box.mails == []
    box.open.set()
    with _worker(database.url, box):
        await queue_is_empty(database)
    (sent,) = box.mails
    assert "Confirm your address" in sent
