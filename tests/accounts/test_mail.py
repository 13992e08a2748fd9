"""Mails: by SMTP, or as files; in the reader's language; tried again; never on the request's way."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.accounts.letters import _TEXTS, Language, Letter, write_letter
from app.core import mail
from app.core.mail import Mail, Mailer, is_address
from tests.accounts.conftest import Site


class Postbox:
    """A server that speaks as much SMTP as a client needs; it can refuse the first mails."""

    def __init__(self, refuse: int) -> None:
        self.mails: list[str] = []
        self._refuse = refuse

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip().upper():
            if line == "DATA" and self._refuse:
                self._refuse -= 1
                writer.write(b"451 later\r\n")
            elif line == "DATA":
                writer.write(b"354 go\r\n")
                self.mails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                writer.write(b"250 taken\r\n")
            elif line == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 fine\r\n")
        writer.close()


@asynccontextmanager
async def _postbox(refuse: int = 0) -> AsyncIterator[tuple[Postbox, str]]:
    box = Postbox(refuse)
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield box, f"smtp://127.0.0.1:{port}"


async def test_a_mail_by_smtp_that_is_refused_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real_sleep = asyncio.sleep
    monkeypatch.setattr(mail.asyncio, "sleep", lambda _: real_sleep(0))
    async with (
        _postbox(refuse=2) as (box, url),
        Mailer("VRIC <noreply@example.org>", tmp_path, url) as mailer,
    ):
        mailer.post(Mail("ana@example.org", "Elija una contraseña", "https://x/#reset=t\n"))
        await mailer.sent()
    assert len(box.mails) == 1
    assert "To: ana@example.org" in box.mails[0]
    assert box.mails[0].isascii()
    assert "Auto-Submitted: auto-generated" in box.mails[0]
    assert "ana@example.org" not in caplog.text
    assert os.listdir(tmp_path) == []


async def test_a_server_that_is_away_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real_sleep = asyncio.sleep
    monkeypatch.setattr(mail.asyncio, "sleep", lambda _: real_sleep(0))
    async with Mailer("a@example.org", tmp_path, "smtp://127.0.0.1:1") as mailer:
        mailer.post(Mail("ana@example.org", "s", "t"))
        await mailer.sent()
    assert "given up" in caplog.text


async def test_files_are_for_their_owner_alone(site: Site) -> None:
    await site.sign_up()
    await site.letters()
    (name,) = os.listdir(site.mail_folder)
    link = (await site.letters())[0].link[1]
    assert f"/account#verify={link}\n" in await asyncio.to_thread(
        (site.mail_folder / name).read_text, "utf-8"
    )
    assert stat.S_IMODE(os.stat(site.mail_folder / name).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(site.mail_folder).st_mode) == 0o700


@pytest.mark.parametrize(
    ("headers", "language", "subject"),
    [
        ({}, None, "Confirm your address"),
        ({"Accept-Language": "es-VE,es;q=0.9"}, None, "Confirme su dirección"),
        ({"Accept-Language": "fr, es;q=0.5"}, None, "Confirme su dirección"),
        ({"Accept-Language": "es"}, "en", "Confirm your address"),
        ({"Accept-Language": "fr"}, "es", "Confirme su dirección"),
    ],
)
async def test_the_readers_language(
    site: Site, headers: dict[str, str], language: str | None, subject: str
) -> None:
    body = {"email": "ana@example.org", "password": "una frase larga y rara", "language": language}
    await site.client.post("/v1/accounts", json=body, headers=headers)
    assert (await site.letters())[-1].subject == f"VRIC Monitor: {subject}"


def test_every_letter_is_in_every_language() -> None:
    for language in Language:
        assert _TEXTS[language].keys() == set(Letter)
        for letter in Letter:
            written = write_letter(letter, language, "a@example.org", "https://x.org", "t0ken")
            assert "{" not in written.text
            has_link = "https://x.org/account#" in written.text
            assert has_link == (letter not in {Letter.EMAIL_CHANGED, Letter.PASSWORD_CHANGED})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@example.org", True), ("a.b+c@sub.example.org", True), ("ñ@ejemplo.es", True),
        ("a@example", False), ("a b@example.org", False), ("a@b@example.org", False),
        ("a@example.org\nBcc: b@example.org", False), ("a@example.org,b@example.org", False),
        ("<a@example.org>", False), ("@example.org", False), (f"{'a' * 65}@example.org", False),
        (f"a@{'b' * 250}.org", False), ("", False),
    ],
)  # fmt: skip
def test_addresses(text: str, expected: bool) -> None:
    assert is_address(text) == expected
