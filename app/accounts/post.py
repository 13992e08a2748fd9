"""Letters on their way: queued with what they announce, so that neither is without the other."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.accounts.letters import Language, Letter, write_letter
from app.accounts.links import Link
from app.core.clock import now
from app.core.db import driver_connection
from app.core.mail_queue import queue_mail

_NOTICE_LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Post:
    """Takes letters to the queue."""

    secret: bytes
    public_url: str

    async def send(
        self,
        session: AsyncSession,
        letter: Letter,
        language: Language,
        to: str,
        link: Link | None = None,
    ) -> None:
        """Queue a letter, which goes out once the session commits, while its link is good."""
        mail = write_letter(letter, language, to, self.public_url, link.token if link else "")
        until = link.expires_at if link else now() + _NOTICE_LASTS
        await queue_mail(await driver_connection(session), self.secret, mail, until)
