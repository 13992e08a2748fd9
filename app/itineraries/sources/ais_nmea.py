"""Reads AIS as NMEA 0183 sentences (AIVDM, AIVDO), from files and from receivers.

A sentence is timed by its logger (tag block, prefix, suffix, Gatehouse line), else by the last time
before it, a GPS receiver's among them (RMC, ZDA), else by the clock of base stations (messages 4 and
11) and the second that each report carries. What none of these times is rejected: no time is made up.
"""

import re
from collections.abc import Iterator
from typing import IO

import numpy as np
from numpy.typing import NDArray

from app.ingest.rejects import Reject
from app.itineraries.sources.ais_bits import (
    BASE_STATION,
    BASE_STATION_BITS,
    INVALID,
    LAYOUTS,
    Reports,
    base_station_times,
    decode_reports,
    sixbits_of,
    unsigned,
)
from app.itineraries.sources.ais_sentences import OTHER_SENTENCE, Messages, Sentences
from app.itineraries.sources.ais_statics import STATIC_TYPES, Statics
from app.itineraries.sources.batch import (
    EARLIEST_S,
    LATEST_S,
    NO_POSITIONS,
    Batch,
    IdentityStatement,
)
from app.itineraries.sources.nmea_clock import Clock
from app.itineraries.tracks.positions import UNKNOWN, Floats, Positions

CHUNK_BYTES = 1 << 20
MAX_LINE_BYTES = 64 << 10
_SENTENCE = re.compile(rb"![A-Za-z]{2}VD[MO],")


def looks_like_nmea(head: bytes) -> bool:
    """Whether AIS sentences are among the first lines of a file, and little that is no NMEA."""
    lines = [line for line in head.split(b"\n") if line.strip() and line[:1] != b"#"]
    sentences = sum(_SENTENCE.search(line) is not None for line in lines)
    others = sum(OTHER_SENTENCE.search(line) is not None for line in lines)
    return sentences > 0 and 3 * others >= len(lines)


def read_nmea(stream: IO[bytes], started_at: float | None = None) -> Iterator[Batch]:
    """The fixes and statements of a file, a megabyte at a time.

    Args:
        started_at: the time (UTC, seconds since 1970) of the first line, for a file without times.
    """
    decoder = NmeaDecoder(started_at)
    rest = b""
    while chunk := stream.read(CHUNK_BYTES):
        chunk = rest + chunk
        end = chunk.rfind(b"\n") + 1
        if not end and len(chunk) > MAX_LINE_BYTES:
            # No line is so long; what is left of it will be told as no sentence.
            chunk, end = chunk[:80] + b"\n", 81
        rest = chunk[end:]
        if end:
            yield decoder.decode(chunk[:end])
    if rest:
        yield decoder.decode(rest[:MAX_LINE_BYTES] + b"\n")
    yield Batch(NO_POSITIONS, rejects=decoder.finish())


class NmeaDecoder:
    """Decodes lines as they come; parts of messages, times and what was said are kept between calls."""

    def __init__(self, started_at: float | None = None) -> None:
        self._sentences = Sentences()
        self._statics = Statics()
        self._clock = Clock(started_at)

    def decode(self, lines: bytes, received_at: float | None = None) -> Batch:
        """The batch of whole lines.

        Args:
            received_at: the time of lines that carry none, for those that come from a receiver.
        """
        messages = self._sentences.messages(lines, received_at)
        rejects, unused = messages.rejects, dict(messages.unused)
        if not messages.payloads:
            return Batch(NO_POSITIONS, (), rejects, messages.lines, unused)
        sixbits = sixbits_of(messages.payloads)
        types = sixbits[:, 0].astype(np.int64)
        valid = (sixbits != INVALID).all(axis=1)
        faults = [
            (row, "a character that AIS does not use") for row in np.flatnonzero(~valid).tolist()
        ]
        parts, known = [], ~valid
        for numbers, layout in LAYOUTS.items():
            ours = valid & np.isin(types, numbers)
            long = messages.bits >= layout.bits
            known |= ours
            faults += [
                (row, _too_short(types[row])) for row in np.flatnonzero(ours & ~long).tolist()
            ]
            parts.append(decode_reports(sixbits, np.flatnonzero(ours & long), layout))
        stations = np.flatnonzero(
            valid & np.isin(types, BASE_STATION) & (messages.bits >= BASE_STATION_BITS)
        )
        reports = _in_order(parts)
        times = messages.times
        if np.isnan(times).any():
            readings = base_station_times(sixbits, stations)
            times = self._clock.timed(
                times,
                list(zip(stations.tolist(), readings.tolist(), strict=True)),
                dict(zip(reports.row.tolist(), reports.second.tolist(), strict=True)),
            )
        statics = self._statements(messages, types, valid, times, faults)
        for number in np.unique(types[~known & ~np.isin(types, STATIC_TYPES)]).tolist():
            unused[f"message type {number}"] = int(np.count_nonzero(types[valid] == number))
        positions = _positions(reports, times, faults, unused)
        rejects = sorted(
            [*rejects, *(Reject(int(messages.line[row]), reason) for row, reason in faults)],
            key=lambda reject: reject.line,
        )
        senders = np.unique(unsigned(sixbits[valid & messages.synthetic], 8, 30)).tolist()
        synthetic = frozenset(f"mmsi:{number:09d}" for number in senders)
        return Batch(positions, statics, rejects, messages.lines, unused, synthetic)

    def finish(self) -> list[Reject]:
        """What was left without its other parts."""
        return self._sentences.finish()

    def _statements(
        self,
        messages: Messages,
        types: NDArray[np.int64],
        valid: NDArray[np.bool_],
        times: Floats,
        faults: list[tuple[int, str]],
    ) -> list[IdentityStatement]:
        found = []
        for row in np.flatnonzero(valid & np.isin(types, STATIC_TYPES)).tolist():
            number, time_s = int(types[row]), float(times[row])
            try:
                statement = self._statics.statement(
                    number, messages.payloads[row], int(messages.fill[row]),
                    time_s if EARLIEST_S <= time_s < LATEST_S else None,
                )  # fmt: skip
            except ValueError as error:
                faults.append((row, str(error)))
                continue
            if statement is not None:
                found.append(statement)
        return found


def _in_order(parts: list[Reports]) -> Reports:
    rows = np.concatenate([part.row for part in parts])
    order = np.argsort(rows, kind="stable")
    return Reports(
        *(
            np.concatenate([getattr(part, name) for part in parts])[order]
            for name in Reports.__dataclass_fields__
        )
    )


def _positions(
    reports: Reports, times: Floats, faults: list[tuple[int, str]], unused: dict[str, int]
) -> Positions:
    """The fixes among the reports; what is none is counted or told."""
    time_s = times[reports.row]
    timeless = np.isnan(time_s)
    with np.errstate(invalid="ignore"):
        wild = ~timeless & ~((time_s >= EARLIEST_S) & (time_s < LATEST_S))
    unsent = np.isnan(reports.lat)
    for rows, reason in (
        (~reports.in_range, "position out of range"),
        (timeless & reports.in_range & ~unsent, "no time: the file carries none"),
        (wild & reports.in_range & ~unsent, "time outside 1990-2049"),
    ):
        faults += [(row, reason) for row in reports.row[rows].tolist()]
    if unsent.any():
        unused["no position sent"] = int(np.count_nonzero(unsent))
    kept = np.flatnonzero(reports.in_range & ~unsent & ~timeless & ~wild)
    numbers, craft = np.unique(reports.mmsi[kept], return_inverse=True)
    return Positions(
        [f"mmsi:{number:09d}" for number in numbers.tolist()],
        craft.astype(np.int32),
        time_s[kept],
        reports.lat[kept],
        np.where(reports.lon[kept] == 180, -180.0, reports.lon[kept]),
        reports.speed_kn[kept],
        reports.course_deg[kept],
        reports.altitude_ft[kept],
        np.full(len(kept), UNKNOWN, dtype=np.int8),
        (),
        np.full(len(kept), UNKNOWN, dtype=np.int32),
    )


def _too_short(message_type: int) -> str:
    return f"message type {message_type} is too short"
