"""Which passwords are accepted, and that a burst of log-ins waits its turn."""

import asyncio
import threading
import time

import pytest

from app.accounts import passwords
from app.accounts.passwords import Passwords, _commonest, fault_of
from app.core.errors import UnavailableError


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", "at least 12"),
        ("x" * 11, "at least 12"),
        ("a1b2c3d4" * 128 + "x", "at most 1024"),
        ("password1234", "commonest"),
        ("PassWord1234", "commonest"),
        ("contraseña123", "commonest"),
        ("aaaaaaaaaaaa", "commonest"),
        ("121212121212", "commonest"),
        ("ana.perez.lopez", "the address"),
        ("ana.perez.lopez@example.org", "the address"),
        ("una frase larga y rara", None),
        ("a1b2c3d4" * 128, None),
        ("contraseña de café ☕", None),
    ],
)
def test_what_is_accepted(password: str, fault: str | None) -> None:
    found = fault_of(password, "ana.perez.lopez@example.org")
    assert (found is None) if fault is None else (found is not None and fault in found)


def test_the_list_is_worth_its_place() -> None:
    assert len(_commonest()) > 200
    assert sum(len(entry) >= 12 for entry in _commonest()) > 200


async def test_a_hash_is_verified() -> None:
    hasher = Passwords()
    stored = await hasher.hash("una frase larga y rara")
    assert await hasher.verify(stored, "una frase larga y rara")
    assert not await hasher.verify(stored, "otra frase larga y rara")
    accented = await hasher.hash("contrasen\u0303a y cafe\u0301")
    assert await hasher.verify(accented, "contraseña y café")
    assert not await hasher.verify("no hash", "una frase larga y rara")
    assert not await hasher.verify(None, "una frase larga y rara")


async def test_a_burst_waits_and_the_rest_is_told_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def slow(*_: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1
        return True

    monkeypatch.setattr(passwords, "_matches", slow)
    hasher = Passwords()
    results = await asyncio.gather(
        *(hasher.verify("x", "y") for _ in range(250)), return_exceptions=True
    )
    assert most <= 4
    assert sum(isinstance(result, UnavailableError) for result in results) == 50
    assert results.count(True) == 200
