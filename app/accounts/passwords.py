"""Passwords: which are accepted, and argon2 in a thread, few at a time."""

import asyncio
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import UnavailableError

MIN_LENGTH, MAX_LENGTH = 12, 1024
# OWASP's smallest argon2id. 19 MiB each: a burst of log-ins takes 76 MiB and waits.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Made with these numbers from a text that was thrown away.
_OF_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$"
    "ZcArxpk8ZioLyICq9jSVIw$RF06NYfCynrlba+rICqqh4lwZlfFilg3BqtSzHwgXJA"
)
_AT_ONCE, _MAX_WAITING = 4, 200
T = TypeVar("T")


class Passwords:
    """Hashes and verifies. An unknown account costs as much as a known one."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """The argon2id hash to store."""
        return await self._in_turn(_HASHER.hash, _plain(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is that of a stored hash; without one, never, after the same work."""
        is_right = await self._in_turn(_matches, stored or _OF_NOBODY, _plain(password))
        return is_right and stored is not None

    @staticmethod
    def is_outdated(stored: str) -> bool:
        """Whether a hash was made with weaker numbers than are used now."""
        return _HASHER.check_needs_rehash(stored)

    async def _in_turn(self, work: Callable[..., T], *given: str) -> T:
        if self._waiting >= _MAX_WAITING:
            raise UnavailableError(
                "too many log-ins at once; try again", headers={"Retry-After": "5"}
            )
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *given)
        finally:
            self._waiting -= 1


def fault_of(password: str, email: str) -> str | None:
    """Why a password is not accepted, `None` when it is."""
    plain = password.casefold().strip()
    if len(password) < MIN_LENGTH:
        return f"a password has at least {MIN_LENGTH} characters"
    if len(password) > MAX_LENGTH:
        return f"a password has at most {MAX_LENGTH} characters"
    if plain in _commonest() or len(set(plain)) < 5:
        return "this is one of the commonest passwords"
    if plain in (email.casefold(), email.casefold().partition("@")[0]):
        return "the address is no password"
    return None


@cache
def _commonest() -> frozenset[str]:
    text = (files("app.accounts") / "common_passwords.txt").read_text("utf-8")
    return frozenset(text.split("\n"))


def _plain(password: str) -> str:
    # The same letters, however a keyboard puts them together.
    return unicodedata.normalize("NFKC", password)


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
