"""The airports that come with the product: how they are made, and what is in them."""

import gzip
from pathlib import Path

import pytest

from app.itineraries.airfields import load_airports
from app.itineraries.data import build_airports
from app.itineraries.tracks.airports import AirportKind, Airports

HEAD = (
    "airport_ident,length_ft,surface,closed,"
    "le_ident,le_latitude_deg,le_longitude_deg,le_elevation_ft,"
    "he_ident,he_latitude_deg,he_longitude_deg,he_elevation_ft"
)
ROWS = """
SVMI,11483,ASP,0,10,10.6038,-67.01280,235,28,10.6048,-66.98079,147
SVMI,9930,ASP,1,09,10.5987,-66.9977,230,27,10.6052,-66.9711,101
SVMI,80,ASP,0,H1,10.6,-67,235,,,,
XX-NEW,4000,ASP,0,01,1.0,2.0,30,19,1.01,2.0,40
EBBR,11936,ASP,0,07L,50.8989,4.45566,129,25R,50.9126,4.50263,110
SNCP,3937,ASP,0,09,-27.28,-51.6,3000,27,-27.28,-51.59,3000
XX-TINY,900,GRASS,0,01,1.0,2.0,30,19,1.002,2.0,40
"""


def test_the_maker_joins_names_and_runways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, source = tmp_path / "airports.ndjson.gz", tmp_path / "runways.csv.gz"
    monkeypatch.setattr(build_airports, "TARGET", target)
    source.write_bytes(gzip.compress(f"{HEAD}{ROWS}".encode()))
    build_airports.main(source)
    first = target.read_bytes()
    airports = Airports(gzip.decompress(first).splitlines())
    caracas = airports.find("CCS")
    assert caracas is not None
    assert (caracas.code, caracas.kind, caracas.longest_ft) == ("SVMI", AirportKind.LARGE, 11_483)
    assert [end.name for end in caracas.runways] == ["10", "28"]
    assert caracas.runways[0].bearing_deg == pytest.approx(88.2, abs=0.2)
    assert caracas.runways[1].bearing_deg == pytest.approx(268.2, abs=0.2)
    unnamed = airports.find("XX-NEW")
    assert unnamed is not None
    assert (unnamed.name, unnamed.kind) == ("XX-NEW", AirportKind.MEDIUM)
    assert airports.find("XX-TINY") is None
    brussels, carutapera = airports.find("EBBR"), airports.find("SNCP")
    assert brussels is not None and carutapera is not None
    assert (brussels.lat, brussels.lon) == (50.90575, 4.47914)  # where its runways are
    assert not carutapera.runways and carutapera.lat == pytest.approx(-1.25, abs=0.01)
    build_airports.main(source)
    assert target.read_bytes() == first


@pytest.mark.parametrize(
    ("code", "kind", "country", "runways"),
    [("SVMI", "large", "VE", 4), ("OIIE", "large", "IR", 4), ("MUHA", "large", "CU", 2),
     ("SLLP", "large", "BO", 4), ("EHAM", "large", "NL", 12), ("KMSP", "large", "US", 8)],
)  # fmt: skip
def test_the_airports_of_the_journeys_are_there(
    code: str, kind: str, country: str, runways: int
) -> None:
    found = load_airports().find(code)
    assert found is not None
    assert (found.kind, found.country, len(found.runways)) == (kind, country, runways)
    assert {end.name for end in found.runways if end.name.startswith("H")} == set()


def test_every_airport_lies_at_its_runways() -> None:
    airports = load_airports()
    for code in ("EBBR", "EBLG", "ELLX", "SVTM", "SVED", "SVMI", "OIIE"):
        airport = airports.find(code)
        assert airport is not None
        (beside, km), *_ = airports.near(airport.runways[0].lat, airport.runways[0].lon, 6)
        assert (beside.code, km < 5) == (code, True)
