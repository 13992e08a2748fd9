"""When an NMEA line was received: as loggers write it before, in a tag block or after the sentence, or
in a line of its own."""

import re
from datetime import UTC, datetime
from functools import reduce
from operator import xor

_TAG = re.compile(rb"\bc:\s*(\d{9,17}(?:\.\d+)?)")
_EPOCH_FIRST = re.compile(rb"^\D{0,3}(\d{9,13}(?:\.\d+)?)\b")
_EPOCH_LAST = re.compile(rb"[,;\s](\d{9,13}(?:\.\d+)?)\s*$")
_ISO = re.compile(
    rb"(\d{4})[-/](\d\d)[-/](\d\d)[T ,;]+(\d\d):?(\d\d):?(\d\d)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?"
)
_GATEHOUSE = re.compile(rb"^\$PGHP,1,(\d+),(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)")
# A GPS receiver's time and date, by the names of their parts (IEC 61162-1); A says that they are valid.
_TIME = rb"^\$[A-Z]{2}%b,(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?:\.\d*)?,"
_RMC = re.compile(_TIME % b"RMC" + rb"A,(?:[^,*]*,){6}(?P<day>\d\d)(?P<month>\d\d)(?P<year>\d\d),")
_ZDA = re.compile(_TIME % b"ZDA" + rb"(?P<day>\d\d),(?P<month>\d\d),(?P<year>\d{4}),")
_MS_FROM, _US_FROM = 1e11, 1e14


def stamp_before(prefix: bytes) -> float | None:
    """The time, seconds since 1970, in what stands before the sentence; a tag block's `c:` first."""
    return _epoch(_TAG.search(prefix)) or _iso(prefix) or _epoch(_EPOCH_FIRST.search(prefix))


def stamp_after(suffix: bytes) -> float | None:
    """The time, seconds since 1970, in what follows the checksum."""
    return _epoch(_EPOCH_LAST.search(suffix)) or _iso(suffix)


def stamp_alone(line: bytes) -> float | None:
    """The time in a line of its own, which holds for what comes after it: Gatehouse's, or a GPS's."""
    if (found := _GATEHOUSE.match(line)) is not None:
        *moment, milliseconds = (int(part) for part in found.groups())
        return _instant(*moment, milliseconds=milliseconds)
    gps = _RMC.match(line) or _ZDA.match(line)
    if gps is None or not _checksum_holds(line):
        return None
    part = {name: int(digits) for name, digits in gps.groupdict().items()}
    if part["year"] < 100:
        part["year"] += 2000 if part["year"] < 80 else 1900
    return _instant(
        part["year"], part["month"], part["day"], part["hour"], part["minute"], part["second"]
    )


def _instant(*moment: int, milliseconds: int = 0) -> float | None:
    year, month, day, hour, minute, second = moment
    try:
        whole = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return whole.timestamp() + milliseconds / 1000


def _checksum_holds(line: bytes) -> bool:
    body, _, given = line[1:].partition(b"*")
    return given[:2].upper() == f"{reduce(xor, body):02X}".encode()


def _epoch(found: re.Match[bytes] | None) -> float | None:
    if found is None:
        return None
    value = float(found[1])
    return value / 1e6 if value > _US_FROM else value / 1e3 if value > _MS_FROM else value


def _iso(text: bytes) -> float | None:
    found = _ISO.search(text)
    if found is None:
        return None
    *moment, fraction, zone = found.groups()
    plain = "{}-{}-{}T{}:{}:{}".format(*(part.decode() for part in moment))
    try:
        whole = datetime.fromisoformat(plain + (zone or b"Z").decode())
        return whole.timestamp() + (float(b"0." + fraction) if fraction else 0.0)
    except (ValueError, OverflowError):
        return None
