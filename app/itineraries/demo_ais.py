"""A synthetic log of AIS, to try the routes with: two tankers meet off La Borracha, both fall silent."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from math import atan2, cos, degrees, hypot, radians
from typing import Any

from pyais.encode import encode_dict

from app.itineraries.sources.ais_sentences import SYNTHETIC

BEGIN = datetime(2020, 11, 9, tzinfo=UTC)
STEP_MIN = 5
SILENT = None
# Hours since the beginning, with where the ship is then; the way between is straight. The first lies at
# the Jose terminal, meets the second, is silent for 14 hours and calls at Puerto Cabello; the second
# is not heard again.
SHIPS: Mapping[tuple[int, str, str], tuple[tuple[float, tuple[float, float] | None], ...]] = {
    (422999001, "SYNTHETIC ALPHA", "EPZZ1"): (
        (0, (10.1700, -64.8600)), (6, (10.1700, -64.8600)), (9, (10.3000, -64.7500)),
        (14, (10.3000, -64.7500)), (16, (10.6000, -65.1000)), (16, SILENT), (30, (11.0000, -67.2000)),
        (36, (10.4850, -68.0020)), (44, (10.4850, -68.0020)),
    ),
    (775999002, "SYNTHETIC BRAVO", "YYZZ2"): (
        (0, (11.9000, -63.6000)), (9, (10.3010, -64.7510)), (14, (10.3010, -64.7510)),
        (20, (11.4000, -64.9000)),
    ),
}  # fmt: skip


def demo_lines() -> Iterator[str]:
    """NMEA 0183 with times in tag blocks, which say that it is made up, by time; always the same."""
    messages = [
        message
        for ship, way in SHIPS.items()
        for message in (_statement(*ship), *_fixes(ship[0], way))
    ]
    for minute, fields in sorted(messages, key=lambda message: message[0]):
        sentences = encode_dict(fields, talker_id="AI", sentence_type="VDM", seq_id=1)
        for number, sentence in enumerate(sentences, start=1):
            group = f"g:{number}-{len(sentences)}-1," if len(sentences) > 1 else ""
            tag = f"{group}{SYNTHETIC.decode()},c:{int(BEGIN.timestamp()) + 60 * minute}"
            yield f"\\{tag}*{_checksum(tag)}\\{sentence}"


def _statement(mmsi: int, name: str, callsign: str) -> tuple[int, dict[str, Any]]:
    about = {"shipname": name, "callsign": callsign, "ship_type": 80}
    return 0, {"type": 5, "mmsi": mmsi, **about}


def _fixes(
    mmsi: int, way: tuple[tuple[float, tuple[float, float] | None], ...]
) -> Iterator[tuple[int, dict[str, Any]]]:
    for (start, here), (end, there) in pairwise(way):
        if here is None or there is None:
            continue
        steps = int((end - start) * 60 / STEP_MIN)
        north, east = there[0] - here[0], (there[1] - here[1]) * cos(radians(here[0]))
        speed_kn = 60 * hypot(north, east) / (end - start)
        for step in range(steps):
            share = step / steps
            lat, lon = (a + (b - a) * share for a, b in zip(here, there, strict=True))
            yield int(start * 60) + step * STEP_MIN, {
                "type": 1, "mmsi": mmsi, "lat": lat, "lon": lon, "speed": round(speed_kn, 1),
                "course": round(degrees(atan2(east, north)) % 360, 1), "heading": 511,
            }  # fmt: skip


def _checksum(text: str) -> str:
    """The exclusive or of all characters, as NMEA 0183 has it."""
    value = 0
    for character in text.encode():
        value ^= character
    return f"{value:02X}"
