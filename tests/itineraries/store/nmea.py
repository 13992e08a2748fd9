"""NMEA for tests, made by pyais."""

from pyais.encode import encode_dict


def report(mmsi: int, lat: float, lon: float, second: int = 60) -> bytes:
    """A position report in one line."""
    fields = {"type": 1, "mmsi": mmsi, "lat": lat, "lon": lon, "speed": 5.5, "second": second}
    return b"".join(
        line.encode() + b"\r\n"
        for line in encode_dict(fields, radio_channel="A", talker_id="AI", sentence_type="VDM")
    )


def statement(mmsi: int, name: str, imo: int) -> bytes:
    """A statement of name and IMO number, in two lines."""
    fields = {"type": 5, "mmsi": mmsi, "shipname": name, "imo": imo, "ship_type": 80}
    lines = encode_dict(fields, radio_channel="B", talker_id="AI", sentence_type="VDM", seq_id="3")
    return b"".join(line.encode() + b"\r\n" for line in lines)
