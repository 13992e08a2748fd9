"""What vessels say of themselves in AIS messages 5, 19 and 24, decoded by pyais when it changes."""

from typing import Any

from pyais.bit_vector import bit_vector
from pyais.exceptions import AISBaseException
from pyais.messages import ANY_MESSAGE, MSG_CLASS

from app.itineraries.sources.batch import IdentityStatement

STATIC_TYPES = (5, 19, 24)
_MAX_REMEMBERED = 500_000
# Where what a message says of a vessel begins: after its number, in 19 after its position as well.
_FROM_CHARACTER = {5: 7, 19: 24, 24: 7}


class Statics:
    """Decodes static messages; a message that says what the one before it said gives None."""

    def __init__(self) -> None:
        self._last: dict[bytes, bytes] = {}

    def statement(
        self, message_type: int, payload: bytes, fill: int, time_s: float | None
    ) -> IdentityStatement | None:
        """The statement of one message, if it is a new one.

        Raises:
            ValueError: the message cannot be decoded.
        """
        who, says = payload[:7], payload[_FROM_CHARACTER[message_type] :]
        if self._last.get(who) == says:
            return None
        if len(self._last) >= _MAX_REMEMBERED:
            self._last.clear()
        self._last[who] = says
        try:
            message = MSG_CLASS[message_type].from_vector(bit_vector(payload, fill))
        except (AISBaseException, ValueError, TypeError) as error:
            raise ValueError(f"message type {message_type} cannot be decoded") from error
        return _statement(message, time_s)


def _statement(message: ANY_MESSAGE, time_s: float | None) -> IdentityStatement:
    told: dict[str, Any] = message.asdict()
    return IdentityStatement(
        f"mmsi:{int(told['mmsi']):09d}",
        time_s,
        name=told.get("shipname") or None,
        callsign=told.get("callsign") or None,
        imo=f"{told['imo']:07d}" if told.get("imo") else None,
        ship_type=int(told["ship_type"]) if told.get("ship_type") else None,
        length_m=_sum(told.get("to_bow"), told.get("to_stern")),
        beam_m=_sum(told.get("to_port"), told.get("to_starboard")),
        draught_m=told.get("draught") or None,
        destination=told.get("destination") or None,
    )


def _sum(one: int | None, other: int | None) -> float | None:
    return float((one or 0) + (other or 0)) or None
