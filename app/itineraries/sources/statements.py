"""What readers hear craft say of themselves, as the statements that the checks of identity take."""

from collections.abc import Iterable, Iterator

from app.itineraries.sources.batch import IdentityStatement
from app.itineraries.tracks.identity import Field, Statement

_FIELDS: tuple[tuple[str, Field], ...] = (
    ("name", "name"),
    ("callsign", "callsign"),
    ("imo", "imo"),
    ("registration", "registration"),
    ("aircraft_type", "type"),
    ("operator", "operator"),
    ("flag", "flag"),
    ("mmsi", "mmsi"),
    ("icao24", "icao24"),
    ("msn", "msn"),
)


def as_statements(statics: Iterable[IdentityStatement]) -> Iterator[Statement]:
    """One statement for each field that says something."""
    for one in statics:
        for name, field in _FIELDS:
            value = getattr(one, name)
            if value:
                yield Statement(one.craft_id, field, str(value), one.time_s)
