"""Mails: sent by SMTP, or written as one .eml file each; off the request's way."""

import asyncio
import contextlib
import logging
import re
import uuid
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib

from app.core.clock import now
from app.core.metrics import MAILS

_POLICY = policy.default.clone(max_line_length=400)
TIMEOUT_S = 20.0
TRIES = 4
MAX_WAITING = 1_000
# What could change a header or name a second address is no part of one.
_PART = r"[^@\s\x00-\x1f\x7f<>,;:\"\\()\[\]]"
_ADDRESS = re.compile(rf"{_PART}{{1,64}}@{_PART}+\.{_PART}+")
logger = logging.getLogger("vric.mail")


def is_address(text: str) -> bool:
    """Whether a text can be an e-mail address; only a mail tells whether it is one."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Mail:
    """A text to one address."""

    to: str
    subject: str
    text: str


class Mailer:
    """Delivers mails one after the other, each tried several times with growing pauses."""

    def __init__(self, sender: str, folder: Path, smtp_url: str | None) -> None:
        self._sender = sender
        self._folder = folder
        self._smtp_url = smtp_url
        self._waiting: asyncio.Queue[Mail] = asyncio.Queue(MAX_WAITING)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Mailer":
        self._task = asyncio.create_task(self._keep_sending())
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._waiting.join(), TIMEOUT_S)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def post(self, mail: Mail) -> None:
        """Take a mail for delivery; returns at once."""
        try:
            self._waiting.put_nowait(mail)
        except asyncio.QueueFull:
            MAILS.labels("dropped").inc()
            logger.error("a mail was dropped: %d are waiting", MAX_WAITING)

    async def sent(self) -> None:
        """Wait until everything taken so far was delivered or given up."""
        await self._waiting.join()

    async def _keep_sending(self) -> None:
        while True:
            mail = await self._waiting.get()
            try:
                await self._deliver(mail)
            finally:
                self._waiting.task_done()

    async def _deliver(self, mail: Mail) -> None:
        message = self._message(mail)
        for attempt in range(TRIES):
            try:
                if self._smtp_url is None:
                    await asyncio.to_thread(self._write, message)
                else:
                    await _send(message, self._smtp_url)
            except (OSError, TimeoutError, aiosmtplib.SMTPException) as error:
                # Neither the address nor what the server says of it belongs into a log.
                logger.warning("a mail was not taken: %s", type(error).__name__)
                await asyncio.sleep(2**attempt)
            else:
                MAILS.labels("sent").inc()
                return
        MAILS.labels("failed").inc()
        logger.error("a mail was given up after %d tries", TRIES)

    def _message(self, mail: Mail) -> EmailMessage:
        # Links stay whole on their line, also for those who read the file as it is.
        message = EmailMessage(policy=_POLICY)
        message["From"], message["To"], message["Subject"] = self._sender, mail.to, mail.subject
        message["Date"] = formatdate(now().timestamp())
        message["Message-ID"] = make_msgid(domain="vric-monitor")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text, cte="8bit" if self._smtp_url is None else None)
        return message

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}.eml"
        partial = self._folder / f".{name}"
        partial.touch(0o600)
        partial.write_bytes(message.as_bytes())
        partial.rename(self._folder / name)


async def _send(message: EmailMessage, url: str) -> None:
    """Hand a mail to the server of `smtp://` (STARTTLS unless on loopback) or `smtps://`."""
    parts = urlsplit(url)
    use_tls = parts.scheme == "smtps"
    is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    await aiosmtplib.send(
        message,
        hostname=parts.hostname,
        port=parts.port or (465 if use_tls else 587),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=use_tls,
        start_tls=None if use_tls or is_local else True,
        timeout=TIMEOUT_S,
    )
