"""Keys of craft, and values as they are searched."""

import unicodedata

VESSEL_SCHEMES = ("mmsi", "imo")
AIRCRAFT_SCHEMES = ("icao24", "registration", "msn")


def as_key(craft_id: str) -> str:
    """What a file calls a craft, without the one character that a database has no place for."""
    return craft_id.replace("\0", "") or "?"


def scheme_of(key: str) -> str | None:
    """What a key such as `mmsi:422123456` is by; None for one that a file made up."""
    scheme, colon, value = key.partition(":")
    return scheme if colon and value and scheme in VESSEL_SCHEMES + AIRCRAFT_SCHEMES else None


def kind_of(key: str) -> str:
    """vessel, aircraft, or unknown where the key does not tell."""
    scheme = scheme_of(key)
    if scheme is None:
        return "unknown"
    return "vessel" if scheme in VESSEL_SCHEMES else "aircraft"


def fold(value: str) -> str:
    """A value as it is searched: upper case, without accents, spaces and punctuation."""
    plain = unicodedata.normalize("NFKD", value).upper()
    return "".join(letter for letter in plain if letter.isalnum())
