"""From what a reader found said of craft to what is stored."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from app.itineraries.crafts.keys import as_key
from app.itineraries.crafts.writer import Said
from app.itineraries.sources.batch import IdentityStatement

_FIELDS = {
    "name": "name",
    "callsign": "callsign",
    "flag": "flag",
    "mmsi": "mmsi",
    "imo": "imo",
    "ship_type": "type",
    "icao24": "icao24",
    "registration": "registration",
    "msn": "msn",
    "aircraft_type": "type",
    "operator": "operator",
    "destination": "destination",
}
_SIZES = ("length_m", "beam_m", "draught_m")


def as_said(
    statements: Iterable[IdentityStatement], craft_ids: Mapping[str, int], source: str
) -> Iterator[Said]:
    """Each thing said by itself; sizes stand beside the type of ship that they came with."""
    for statement in statements:
        at = None if statement.time_s is None else datetime.fromtimestamp(statement.time_s, UTC)
        sizes = {name: value for name in _SIZES if (value := getattr(statement, name)) is not None}
        for name, field in _FIELDS.items():
            given = getattr(statement, name)
            value = "" if given is None else str(given).replace("\0", "").strip()
            if value:
                detail = sizes if name == "ship_type" and sizes else None
                craft_id = craft_ids[as_key(statement.craft_id)]
                yield Said(craft_id, field, value, source, at, at, detail)
