"""The kinds of files that hold positions."""

from enum import StrEnum


class FileFormat(StrEnum):
    """The kinds of files that hold positions, as a person names them."""

    NMEA = "nmea"
    AIS_CSV = "ais-csv"
    TRACE = "readsb"
    OPENSKY = "opensky"
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
