"""The numbers by which craft are told apart, brought to one form and checked."""

import re

from stdnum import imo

_REGISTRATION = re.compile(r"[A-Z0-9]{1,4}-?[A-Z0-9]{1,6}")


def checked_hull(text: str) -> str:
    """An IMO number as its seven digits.

    Raises:
        ValueError: not seven digits, or the last is not the check digit.
    """
    digits = re.sub(r"^IMO[\s:.-]*", "", text.strip(), flags=re.IGNORECASE)
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise ValueError("an IMO number has seven digits")
    if not imo.is_valid(digits):
        raise ValueError("the check digit of the IMO number is wrong")
    return digits


def checked_mmsi(text: str) -> str:
    """An MMSI as its nine digits.

    Raises:
        ValueError: not nine digits.
    """
    if not re.fullmatch(r"[0-9]{9}", text.strip()):
        raise ValueError("an MMSI has nine digits")
    return text.strip()


def checked_icao24(text: str) -> str:
    """A 24-bit aircraft address as six lower-case hexadecimal digits.

    Raises:
        ValueError: anything else.
    """
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", text.strip()):
        raise ValueError("an ICAO 24-bit address has six hexadecimal digits")
    return text.strip().lower()


def checked_registration(text: str) -> str:
    """An aircraft's registration in capitals, as it is painted.

    Raises:
        ValueError: it cannot be one.
    """
    mark = text.strip().upper()
    if not _REGISTRATION.fullmatch(mark) or len(mark) > 10:
        raise ValueError("a registration is letters and digits with at most one hyphen")
    return mark


def identifier_key(kind: str, value: str) -> str:
    """One form for comparing: `imo:9074729`, `reg:EPFAB`."""
    if kind == "registration":
        return "reg:" + re.sub(r"[^A-Z0-9]", "", value.upper())
    return f"{kind}:{value.lower()}"
