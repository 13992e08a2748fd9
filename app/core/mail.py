"""Mails: what one is, and handing it to an SMTP server, or to a folder as an .eml file."""

import asyncio
import re
import uuid
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib

from app.core.clock import now
from app.core.settings import Settings

_POLICY = policy.default.clone(max_line_length=400)
TIMEOUT_S = 20.0
# What could change a header or name a second address is no part of one.
_PART = r"[^@\s\x00-\x1f\x7f<>,;:\"\\()\[\]]"
_ADDRESS = re.compile(rf"{_PART}{{1,64}}@{_PART}+\.{_PART}+")


def is_address(text: str) -> bool:
    """Whether a text can be an e-mail address; only a mail tells whether it is one."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Mail:
    """A text to one address. A repeated delivery has the same id, so that readers see one mail."""

    to: str
    subject: str
    text: str
    id: str = field(default_factory=lambda: f"{now():%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}")


class MailNotTakenError(Exception):
    """A mail was not delivered; `is_final` says that its address is refused for good.

    Neither the address nor what the server says of it belongs into a log: the message names neither.
    """

    def __init__(self, error: Exception, is_final: bool) -> None:
        super().__init__(f"the mail was not taken: {type(error).__name__}")
        self.is_final = is_final


async def deliver(mail: Mail, settings: Settings) -> None:
    """Hand a mail over, once.

    Raises:
        MailNotTakenError: the server or the folder did not take it, or not in time.
    """
    try:
        async with asyncio.timeout(TIMEOUT_S):
            if settings.smtp_url is None:
                message = _message(mail, settings.mail_from, cte="8bit")
                await asyncio.to_thread(_write, message, settings.data_dir / "mail", mail.id)
            else:
                message = _message(mail, settings.mail_from, cte=None)
                await _send(message, settings.smtp_url.get_secret_value())
    except (OSError, ValueError, aiosmtplib.SMTPException) as error:
        raise MailNotTakenError(error, _is_final(error)) from None


def _message(mail: Mail, sender: str, cte: str | None) -> EmailMessage:
    # Links stay whole on their line, also for those who read the file as it is.
    message = EmailMessage(policy=_POLICY)
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{mail.id}@vric-monitor>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte=cte)
    return message


def _write(message: EmailMessage, folder: Path, name: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = folder / f".{name}.eml"
    partial.touch(0o600)
    partial.write_bytes(message.as_bytes())
    partial.rename(folder / f"{name}.eml")


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


def _is_final(error: Exception) -> bool:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(refused.code >= 500 for refused in error.recipients)
    return isinstance(error, ValueError)  # the address cannot be written in a header
