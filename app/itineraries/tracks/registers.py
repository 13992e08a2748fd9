"""Who gives out a craft's numbers: ITU's maritime digits, ICAO's addresses, nationality marks."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Register:
    """One country (or territory) and the numbers that are its own.

    `mids` are ITU maritime identification digits; `addresses` the first and last ICAO 24-bit
    address; `marks` the nationality marks of its aircraft; `parent` whose flag its craft may show.
    """

    country: str
    iso3: str
    name: str
    parent: str
    mids: tuple[str, ...]
    addresses: tuple[int, int] | None
    marks: tuple[str, ...]


class Registers:
    """Every register, found by what it gives out."""

    def __init__(self, registers: Sequence[Register]) -> None:
        self._by_country = {one.country: one for one in registers}
        self._names: Mapping[str, str] = {
            word.casefold(): one.country
            for one in registers
            for word in (one.country, one.iso3, one.name)
        }
        self._by_mid = {mid: one for one in registers for mid in one.mids}
        self._blocks = sorted(
            (*one.addresses, one.country) for one in registers if one.addresses is not None
        )
        self._by_mark: dict[str, list[str]] = {}
        for one in registers:
            for mark in one.marks:
                self._by_mark.setdefault(mark, []).append(one.country)

    def country(self, said: str) -> str | None:
        """The alpha-2 code of a country said as alpha-2, alpha-3 or in English."""
        return self._names.get(said.strip().casefold())

    def of_mid(self, mid: str) -> Register | None:
        return self._by_mid.get(mid)

    def of_address(self, address: int) -> Register | None:
        """The country whose block of 24-bit addresses holds this one."""
        row = bisect_right(self._blocks, (address, 0xFFFFFF, "~")) - 1
        if row >= 0 and self._blocks[row][0] <= address <= self._blocks[row][1]:
            return self._by_country[self._blocks[row][2]]
        return None

    def of_registration(self, registration: str) -> tuple[str, Sequence[str]] | None:
        """The nationality mark that a registration begins with, and the countries that use it."""
        text = registration.strip().upper()
        head, hyphen, _ = text.partition("-")
        if hyphen and head in self._by_mark:
            return head, self._by_mark[head]
        joined = re.sub("[^0-9A-Z]", "", text)
        for length in range(min(4, len(joined) - 1), 0, -1):
            if joined[:length] in self._by_mark:
                return joined[:length], self._by_mark[joined[:length]]
        return None

    def flies(self, country: str, flag: str) -> bool:
        """Whether craft of a country may show a flag: its own, its parent's or its territory's."""
        one, other = self._by_country[country], self._by_country.get(flag)
        return flag in (country, one.parent) or (other is not None and other.parent == country)
