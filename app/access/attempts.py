"""A guard against guessing of passwords: growing pauses per account and address, never a lock-out.

An owner who signed in before from an address is not held up there by what others try elsewhere, and
a mailed reset is always open.
"""

import hashlib
from dataclasses import dataclass

from app.access.counters import Counters, CountersAwayError, MemoryCounters
from app.core.errors import RateLimitedError

_REMEMBERED_S = 3_600


@dataclass(frozen=True, slots=True)
class _Series:
    """Tries that are counted together: how many are free, and how long the pause grows."""

    key: str
    free: int
    longest_s: int

    def pause_s(self, tries: int) -> int:
        return int(min(self.longest_s, 2 ** min(tries - self.free, 20)))


class Attempts:
    """Counts tries before they are checked, so that a burst of guesses gets no free ride."""

    def __init__(self, counters: Counters) -> None:
        self._shared = counters
        self._here = MemoryCounters()

    async def begin(self, email: str, address: str, is_familiar: bool) -> None:
        """Count a try; `is_familiar` says that the account was signed in to from this address.

        Raises:
            RateLimitedError: it comes before the pause is over.
        """
        series = _series(email, address, is_familiar)
        for one in series:
            await self._refuse_while_pausing(one)
        for one in series:
            tries = await self._add(f"tries:{one.key}", _REMEMBERED_S)
            # Only one of several at once gets the turn that follows a pause.
            if tries > one.free and await self._add(f"pause:{one.key}", one.pause_s(tries)) > 1:
                await self._refuse_while_pausing(one)

    async def succeed(self, email: str, address: str) -> None:
        """Forget the failures; those of the address stay, or one good password would clear them."""
        pair, from_address, account = _series(email, address, is_familiar=False)
        for one in (pair, account):
            await self._clear(f"tries:{one.key}")
            await self._clear(f"pause:{one.key}")
        await self._add(f"tries:{from_address.key}", _REMEMBERED_S, -1)

    async def may_mail(self, email: str) -> bool:
        """Count a mail to an address; five an hour are enough for anyone."""
        return await self._add(f"mails:{_digest(email)}", _REMEMBERED_S) <= 5

    async def _refuse_while_pausing(self, series: _Series) -> None:
        left = await self._seconds_left(f"pause:{series.key}")
        if left > 0:
            raise RateLimitedError(
                "too many failed sign-ins; wait, or reset the password by mail",
                headers={"Retry-After": str(int(left) + 1)},
                extra={"violated-policies": ["sign-in"]},
            )

    async def _add(self, key: str, lifetime_s: int, amount: int = 1) -> int:
        try:
            return await self._shared.add(key, lifetime_s, amount)
        except CountersAwayError:
            return await self._here.add(key, lifetime_s, amount)

    async def _seconds_left(self, key: str) -> float:
        try:
            return await self._shared.seconds_left(key)
        except CountersAwayError:
            return await self._here.seconds_left(key)

    async def _clear(self, key: str) -> None:
        try:
            await self._shared.clear(key)
        except CountersAwayError:
            await self._here.clear(key)


def _series(email: str, address: str, is_familiar: bool) -> list[_Series]:
    account = _digest(email)
    series = [
        _Series(f"{account}:{address}", free=5, longest_s=900),
        _Series(f"address:{address}", free=30, longest_s=900),
    ]
    if not is_familiar:
        # Guesses from many addresses at once; short, since it holds up an owner on a journey too.
        series.append(_Series(f"account:{account}", free=20, longest_s=60))
    return series


def _digest(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()[:32]
