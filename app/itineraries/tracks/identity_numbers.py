"""Checks of single numbers: IMO, MMSI and ICAO addresses, each as a verdict with its evidence."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from stdnum import imo as imo_number
from stdnum.exceptions import ValidationError

from app.itineraries.tracks.registers import Registers

Verdict = Literal["consistent", "inconsistent", "unknown"]
Finding = tuple[Verdict, Mapping[str, object]]

# MMSI that belong to no ship: how they begin (ITU-R M.585).
_NO_SHIP = (
    ("111", "SAR aircraft"), ("970", "AIS-SART"), ("972", "man overboard device"),
    ("974", "EPIRB"), ("98", "craft of a parent ship"), ("99", "aid to navigation"),
    ("00", "coast station"), ("0", "group of ships"), ("8", "handheld radio"),
)  # fmt: skip


def plain(text: str) -> str:
    """Letters and digits alone, upper case: how names and marks are compared."""
    return re.sub(r"[\W_]", "", text).upper()


def imo_finding(said: str) -> Finding:
    """An IMO number against its check digit: six digits times 7 to 2, the last digit of the sum."""
    digits = re.sub(r"^IMO", "", plain(said))
    evidence: dict[str, object] = {"imo": said}
    if not re.fullmatch("[0-9]{7}", digits):
        return "inconsistent", evidence | {"reason": "an IMO number has seven digits"}
    expected = imo_number.calc_check_digit(digits[:-1])
    evidence |= {"check_digit": digits[-1], "expected": expected}
    try:
        imo_number.validate(digits)
    except ValidationError:
        return "inconsistent", evidence
    return "consistent", evidence


def mmsi_finding(mmsi: str, flags: Sequence[str], registers: Registers) -> Finding:
    """The maritime identification digits of an MMSI against the flags claimed."""
    evidence: dict[str, object] = {"mmsi": mmsi, "flags": list(flags)}
    if not re.fullmatch("[0-9]{9}", mmsi):
        return "inconsistent", evidence | {"reason": "an MMSI has nine digits"}
    for beginning, kind in _NO_SHIP:
        if mmsi.startswith(beginning):
            return "unknown", evidence | {"reason": f"the number of a {kind}"}
    register = registers.of_mid(mmsi[:3])
    evidence["mid"] = mmsi[:3]
    if register is None:
        return "inconsistent", evidence | {"reason": "ITU has given these digits to no country"}
    evidence |= {"mid_country": register.country, "mid_country_name": register.name}
    claimed = {code for flag in flags if (code := registers.country(flag))}
    if not claimed:
        return "unknown", evidence | {"reason": "no flag is claimed"}
    fits = all(registers.flies(register.country, code) for code in claimed)
    return ("consistent" if fits else "inconsistent"), evidence


def address_finding(address: str, marks: Sequence[str], registers: Registers) -> Finding:
    """The block of an ICAO 24-bit address against the nationality marks of the registrations."""
    evidence: dict[str, object] = {"icao24": address, "registrations": list(marks)}
    if not re.fullmatch("[0-9A-Fa-f]{6}", address):
        return "unknown", evidence | {"reason": "no ICAO address"}
    register = registers.of_address(int(address, 16))
    if register is None:
        return "inconsistent", evidence | {"reason": "ICAO has given this address to no country"}
    evidence |= {"block_country": register.country, "block_marks": list(register.marks)}
    found = {mark: registers.of_registration(mark) for mark in marks}
    countries = sorted({country for one in found.values() if one for country in one[1]})
    if not marks or not countries:
        return "unknown", evidence | {"reason": "no registration of a known country"}
    evidence["mark_countries"] = countries
    fits = all(
        any(registers.flies(country, register.country) for country in one[1])
        for one in found.values()
        if one
    )
    return ("consistent" if fits else "inconsistent"), evidence
