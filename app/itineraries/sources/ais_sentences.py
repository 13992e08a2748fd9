"""Lines of NMEA made into AIS messages: checked, timed, and joined from their parts."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.ingest.rejects import Reject
from app.itineraries.sources.nmea_times import stamp_after, stamp_alone, stamp_before
from app.itineraries.tracks.positions import Floats

# One match a line; the groups are empty where the line is no sentence.
_LINE = re.compile(
    rb"(?:([^!\n]*)"
    rb"!([A-Za-z]{2}VD[MO],([1-9]),([1-9]),(\d{0,2}),([^,\n]{0,2}),([^,*\n]{0,250}),([0-5]))"
    rb"\*([0-9A-Fa-f]{2})([^\r\n]*)|[^\n]*)\r?\n"
)
OTHER_SENTENCE = re.compile(rb"[$!][A-Z]{2}[A-Z0-9]{1,6},")
"""The head of any NMEA sentence."""
_PREFIX, _BODY, _COUNT, _NUMBER, _GROUP, _CHANNEL, _PAYLOAD, _FILL, _CHECKSUM, _SUFFIX = range(10)
SYNTHETIC = b"s:synthetic"
"""In the tag block of a line that is made up, where the station stands that heard others."""
_MAX_LINES_APART = 2_000
"""Parts of one message farther apart than this belong to two; their numbers run from 0 to 9 only."""
_MAX_LINES_EARLY = 10
"""By so many lines, at most, networks bring a part before the first one of its message."""


@dataclass(frozen=True, slots=True)
class Messages:
    """Whole messages in the order of their last line: payload, fill bits, length, line and time.

    A time is NaN where none is known. `synthetic` tells of each whether it is made up. `lines` is how
    many lines were read.
    """

    payloads: Sequence[bytes]
    fill: NDArray[np.int64]
    bits: NDArray[np.int64]
    line: NDArray[np.int64]
    times: Floats
    synthetic: NDArray[np.bool_]
    rejects: list[Reject]
    unused: Mapping[str, int]
    lines: int


@dataclass(slots=True)
class _Begun:
    """A message whose parts are not all there: line and time of the first that came, parts by number."""

    line: int
    time: float
    parts: dict[int, tuple[bytes, ...]]

    def is_over(self, line: int) -> bool:
        return line - self.line > (_MAX_LINES_APART if 1 in self.parts else _MAX_LINES_EARLY)

    def reject(self) -> Reject:
        return Reject(self.line + 1, "part of a message without the rest")


class Sentences:
    """Takes lines as they come; open messages and the last time are kept between calls."""

    def __init__(self) -> None:
        self._line = 0
        self._stamp = np.nan
        self._open: dict[tuple[bytes, ...], _Begun] = {}

    def messages(self, text: bytes, received_at: float | None) -> Messages:
        """The messages that are complete with these lines."""
        found = _LINE.findall(text)
        rows = [row for row, groups in enumerate(found) if groups[_BODY]]
        rejects: list[Reject] = []
        stamps = np.full(len(found), np.nan)
        unused = {}
        if len(rows) < len(found):
            others = self._others(text.split(b"\n"), found, stamps, rejects)
            unused = {"no AIS sentence": others} if others else {}
        for row in rows:
            groups = found[row]
            if groups[_PREFIX] or groups[_SUFFIX]:
                stamp = stamp_before(groups[_PREFIX]) or stamp_after(groups[_SUFFIX])
                stamps[row] = np.nan if stamp is None else stamp
        times = self._filled(stamps, received_at)
        messages = self._joined(found, rows, times, rejects)
        line = np.array([row for row, _, _, _ in messages], dtype=np.int64) + self._line + 1
        payloads = [payload for _, payload, _, _ in messages]
        fill = np.array([fill for _, _, fill, _ in messages], dtype=np.int64)
        bits = np.array([len(payload) for payload in payloads], dtype=np.int64) * 6 - fill
        synthetic = np.zeros(len(messages), dtype=np.bool_)
        if SYNTHETIC in text:
            synthetic[:] = [SYNTHETIC in found[row][_PREFIX] for row, _, _, _ in messages]
        self._line += len(found)
        for key in [key for key, begun in self._open.items() if begun.is_over(self._line)]:
            rejects.append(self._open.pop(key).reject())
        return Messages(
            payloads, fill, bits, line, np.array([time for _, _, _, time in messages], dtype=float),
            synthetic, rejects, unused, len(found),
        )  # fmt: skip

    def finish(self) -> list[Reject]:
        """The parts whose messages were never completed."""
        left = [begun.reject() for begun in self._open.values()]
        self._open.clear()
        return sorted(left, key=lambda reject: reject.line)

    def _filled(self, stamps: Floats, received_at: float | None) -> Floats:
        """Each line's own time, else when it was received, else the last time before it."""
        if received_at is not None:
            return np.where(np.isnan(stamps), received_at, stamps)
        if not len(stamps):
            return stamps
        if np.isnan(stamps[0]):
            stamps[0] = self._stamp
        last = np.maximum.accumulate(np.where(np.isnan(stamps), 0, np.arange(len(stamps))))
        times = stamps[last]
        self._stamp = float(times[-1])
        return times

    def _others(
        self,
        lines: list[bytes],
        found: list[tuple[bytes, ...]],
        stamps: Floats,
        rejects: list[Reject],
    ) -> int:
        """Tell of lines that are no whole AIS sentence; how many are something else by right."""
        others = 0
        for row, groups in enumerate(found):
            if groups[_BODY]:
                continue
            content = lines[row].strip()
            sentence = OTHER_SENTENCE.search(content)
            if content[:1] == b"#":
                others += 1
            elif re.search(rb"VD[MO]\b", content):
                rejects.append(Reject(self._line + row + 1, "a cut-off or malformed AIS sentence"))
            elif sentence is not None:
                others += 1
                stamp = stamp_alone(content[sentence.start() :])
                stamps[row] = np.nan if stamp is None else stamp
            elif not content or content[:1] in b"$!\\":
                others += 1
            else:
                rejects.append(Reject(self._line + row + 1, "no NMEA sentence"))
        return others

    def _joined(
        self,
        found: list[tuple[bytes, ...]],
        rows: list[int],
        times: Floats,
        rejects: list[Reject],
    ) -> list[tuple[int, bytes, int, float]]:
        """Row, payload, fill bits and time of each whole message."""
        messages: list[tuple[int, bytes, int, float]] = []
        time_of = times.tolist()
        correct = _checksums_hold([found[row] for row in rows])
        for row, right in zip(rows, correct, strict=True):
            groups = found[row]
            if not right:
                rejects.append(Reject(self._line + row + 1, "the checksum is wrong"))
            elif groups[_COUNT] == b"1":
                if groups[_PAYLOAD]:
                    messages.append((row, groups[_PAYLOAD], int(groups[_FILL]), time_of[row]))
                else:
                    rejects.append(Reject(self._line + row + 1, "an empty payload"))
            else:
                whole = self._part(row, groups, time_of[row], rejects)
                if whole is not None:
                    messages.append((row, *whole))
        return messages

    def _part(
        self, row: int, groups: tuple[bytes, ...], time: float, rejects: list[Reject]
    ) -> tuple[bytes, int, float] | None:
        """Keep one part; payload, fill bits and the time of the first part, when it was the last."""
        line, number, count = self._line + row, int(groups[_NUMBER]), int(groups[_COUNT])
        if number > count:
            rejects.append(Reject(line + 1, "a cut-off or malformed AIS sentence"))
            return None
        key = (groups[_BODY][:2], groups[_COUNT], groups[_GROUP], groups[_CHANNEL])
        begun = self._open.pop(key, None)
        if begun is not None and (number in begun.parts or begun.is_over(line)):
            rejects.append(begun.reject())
            begun = None
        begun = begun or _Begun(line, time, {})
        begun.parts[number] = groups
        if len(begun.parts) < count:
            self._open[key] = begun
            return None
        payload = b"".join(begun.parts[each][_PAYLOAD] for each in range(1, count + 1))
        fill = int(begun.parts[count][_FILL])
        return payload, fill, time if math.isnan(begun.time) else begun.time


def _checksums_hold(sentences: list[tuple[bytes, ...]]) -> list[bool]:
    """Whether the bytes between ! and * of each sentence come to its checksum."""
    if not sentences:
        return []
    bodies = np.array([groups[_BODY] for groups in sentences])
    sums = np.bitwise_xor.reduce(bodies.view(np.uint8).reshape(len(sentences), -1), axis=1)
    given = bytes.fromhex(b"".join([groups[_CHECKSUM] for groups in sentences]).decode())
    right: list[bool] = (sums == np.frombuffer(given, dtype=np.uint8)).tolist()
    return right
