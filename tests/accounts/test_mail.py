"""Letters: in the reader's language, as files for their owner alone, to addresses that are some."""

import asyncio
import os
import stat

import pytest

from app.accounts.letters import _TEXTS, Language, Letter, write_letter
from app.core.mail import is_address
from tests.accounts.conftest import Site


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
            told = {Letter.EMAIL_CHANGED, Letter.PASSWORD_CHANGED, Letter.DELETED}
            assert has_link == (letter not in told)


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
