"""The checks of identity: numbers against how they are given out, and craft against one another."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.itineraries.register_data import load_registers
from app.itineraries.sources.batch import IdentityStatement
from app.itineraries.sources.statements import as_statements
from app.itineraries.tracks.identity import IdentityFinding, Statement, analyse_identity
from app.itineraries.tracks.positions import UNKNOWN, Positions


def findings(*said: tuple[str, str, str], check: str, **given: object) -> list[IdentityFinding]:
    statements = [Statement(craft, field, value) for craft, field, value in said]  # type: ignore[arg-type]
    found = analyse_identity(statements, load_registers(), **given)  # type: ignore[arg-type]
    return [one for one in found if one.check == check]


@pytest.mark.parametrize(
    ("imo", "verdict"),
    [("9074729", "consistent"), ("IMO 9074729", "consistent"), ("9074728", "inconsistent"),
     ("907472", "inconsistent"), ("abcdefg", "inconsistent"), ("9176187", "consistent")],
)  # fmt: skip
def test_imo_numbers_by_their_check_digit(imo: str, verdict: str) -> None:
    [found] = findings(("x", "imo", imo), check="imo_check_digit")
    assert found.verdict == verdict
    assert found.evidence["imo"] == imo


@given(st.integers(100_000, 999_999))
def test_exactly_one_check_digit_fits(digits: int) -> None:
    total = sum(int(d) * w for d, w in zip(str(digits), range(7, 1, -1), strict=True))
    for last in range(10):
        [found] = findings(("x", "imo", f"{digits}{last}"), check="imo_check_digit")
        assert (found.verdict == "consistent") == (last == total % 10)


@pytest.mark.parametrize(
    ("mmsi", "flag", "verdict", "country"),
    [
        ("422123456", "IR", "consistent", "IR"),
        ("422123456", "Iran", "consistent", "IR"),
        ("422123456", "PAN", "inconsistent", "IR"),
        ("775123456", "VE", "consistent", "VE"),
        ("323123456", "VE", "inconsistent", "CU"),
        ("620123456", "Comoros", "consistent", "KM"),
        ("616123456", "KM", "consistent", "KM"),
        ("378123456", "GB", "consistent", "VG"),
        ("422123456", "Atlantis", "unknown", "IR"),
        ("200123456", "IR", "inconsistent", None),
        ("12345678", "IR", "inconsistent", None),
        ("111422001", "IR", "unknown", None),
        ("992471234", "IR", "unknown", None),
        ("002471234", "IR", "unknown", None),
    ],
)
def test_mmsi_by_their_digits(mmsi: str, flag: str, verdict: str, country: str | None) -> None:
    [found] = findings((f"mmsi:{mmsi}", "flag", flag), check="mmsi_flag")
    assert (found.verdict, found.evidence.get("mid_country")) == (verdict, country)


@pytest.mark.parametrize(
    ("address", "registration", "verdict"),
    [
        ("730000", "EP-FAB", "consistent"),
        ("737FFF", "EP-FAB", "consistent"),
        ("738000", "EP-FAB", "inconsistent"),
        ("0d8000", "YV3531", "consistent"),
        ("0dffff", "YV-3531", "consistent"),
        ("0D7FFF", "YV3531", "inconsistent"),
        ("0B0FFF", "CU-T1250", "consistent"),
        ("E94000", "CP-2550", "consistent"),
        ("e94fff", "EP-FAB", "inconsistent"),
        ("ac671b", "N899DN", "consistent"),
        ("4b1815", "HB-JCP", "consistent"),
        ("3c4b26", "D-AIUA", "consistent"),
        ("090001", "D2-TEF", "consistent"),
        ("780abc", "B-2447", "consistent"),
        ("899001", "B-16701", "consistent"),
        ("424abc", "VP-BXY", "consistent"),
        ("484abc", "P4-KBA", "consistent"),
        ("100001", "RA-82077", "consistent"),
        ("155c1a", "EP-FAB", "inconsistent"),
        ("~2e3f1a", "EP-FAB", "unknown"),
        ("d00000", "EP-FAB", "inconsistent"),
    ],
)
def test_addresses_by_their_block(address: str, registration: str, verdict: str) -> None:
    craft = f"icao24:{address}"
    [found] = findings((craft, "registration", registration), check="icao24_registration")
    assert found.verdict == verdict


def test_an_address_without_a_registration_still_tells_its_block() -> None:
    [found] = findings(("icao24:0b0123", "callsign", "CUB1"), check="icao24_registration")
    assert (found.verdict, found.evidence["block_country"]) == ("unknown", "CU")


def test_no_two_blocks_overlap_and_the_tables_are_whole() -> None:
    registers = load_registers()
    blocks = registers._blocks
    assert all(a[1] < b[0] for a, b in pairwise(blocks))
    assert len(blocks) > 180
    assert sum(registers.of_mid(str(mid)) is not None for mid in range(200, 800)) > 285
    for country, *numbers in (
        ("IR", "422", 0x730000),
        ("VE", "775", 0x0DFFFF),
        ("RU", "273", 0x100000),
    ):
        mid, address = numbers
        assert registers.of_mid(str(mid)).country == country  # type: ignore[union-attr]
        assert registers.of_address(int(address)).country == country  # type: ignore[union-attr]


def test_names_are_looked_for_in_a_supplied_registry() -> None:
    names = frozenset({"Forest", "Fortune "})
    said = [("a", "name", "FOREST"), ("b", "name", "OTOMAN")]
    found = findings(*said, check="name_in_registry", registry_names=names)
    assert [(one.craft_id, one.verdict) for one in found] == [
        ("a", "consistent"),
        ("b", "not_found"),
    ]
    assert findings(*said, check="name_in_registry") == []


def test_one_airframe_under_many_marks() -> None:
    said = [
        ("r:EP-MND", "msn", "23413"), ("r:EP-MND", "registration", "EP-MND"),
        ("r:YV3531", "msn", "23413"), ("r:YV3531", "registration", "YV3531"),
        ("r:EP-FAB", "msn", "25171"), ("r:EP-FAB", "registration", "EP-FAB"),
    ]  # fmt: skip
    found = findings(*said, check="airframe_marks")
    assert [(one.craft_id, one.verdict) for one in found] == [
        ("r:EP-FAB", "consistent"), ("r:EP-MND", "changed"), ("r:YV3531", "changed"),
    ]  # fmt: skip
    assert [mark["value"] for mark in found[1].evidence["registrations"]] == ["EP-MND", "YV3531"]  # type: ignore[union-attr, index]


def test_near_misses_are_kept_apart() -> None:
    said = [
        ("r:EP-FAB", "msn", "25171"), ("r:EP-FAB", "registration", "EP-FAB"), ("r:EP-FAB", "type", "B742"),
        ("r:YV3531", "msn", "23413"), ("r:YV3531", "registration", "YV3531"), ("r:YV3531", "type", "B743"),
        ("r:N1", "msn", "1"), ("r:N1", "type", "C172"),
    ]  # fmt: skip
    found = findings(*said, check="near_miss")
    assert [(one.craft_id, one.verdict) for one in found] == [
        ("r:EP-FAB", "distinct"), ("r:YV3531", "distinct"),
    ]  # fmt: skip
    assert found[0].evidence["apart_by"] == "msn"
    assert found[0].evidence["values"] == {"r:EP-FAB": ["25171"], "r:YV3531": ["23413"]}


def test_two_ships_of_one_name_are_kept_apart_by_their_imo() -> None:
    said = [
        ("a", "name", "FOREST"),
        ("a", "imo", "9074729"),
        ("b", "name", "Forest"),
        ("b", "imo", "9283760"),
    ]
    assert len(findings(*said, check="near_miss")) == 2
    same = [(*one[:2], "9074729") if one[1] == "imo" else one for one in said]
    assert findings(*same, check="near_miss") == []


def test_statements_that_change_are_told_with_their_dates() -> None:
    statements = [
        Statement("mmsi:422000001", "name", "FOREST", 200.0),
        Statement("mmsi:422000001", "name", "OTOMAN", 100.0),
        Statement("mmsi:422000001", "name", "FOREST", 50.0),
        Statement("mmsi:422000001", "name", " forest ", 300.0),
    ]
    found = analyse_identity(statements, load_registers())
    [changed] = [one for one in found if one.check == "statement_changed"]
    values = changed.evidence["values"]
    assert [(one["value"], one["said_at"]) for one in values] == [  # type: ignore[attr-defined]
        ("FOREST", 50.0), ("OTOMAN", 100.0), ("forest", 300.0),
    ]  # fmt: skip


def test_an_aircraft_may_have_a_callsign_for_each_flight() -> None:
    flights = [("icao24:ac671b", "callsign", name) for name in ("DAL1812", "DAL2418")]
    assert findings(*flights, check="statement_changed") == []
    ship = [("mmsi:422000001", "callsign", name) for name in ("EPAB", "EPCD")]
    assert len(findings(*ship, check="statement_changed")) == 1


def heard_from(craft_id: str, places: list[tuple[float, float]], step_s: float = 600) -> Positions:
    count = len(places)
    nothing = np.full(count, np.nan)
    return Positions(
        [craft_id], np.zeros(count, dtype=np.int32), 1.7e9 + np.arange(count) * step_s,
        np.array([lat for lat, _ in places]), np.array([lon for _, lon in places]),
        nothing, nothing, nothing, np.full(count, UNKNOWN, dtype=np.int8), [],
        np.full(count, UNKNOWN, dtype=np.int32),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("places", "verdict"),
    [
        ([(10.0, -65.0), (27.0, 56.0)] * 4, "inconsistent"),
        ([(10.0, -65.0), (10.01, -65.01)] * 4, "consistent"),
        ([(10.0, -65.0)] * 4 + [(27.0, 56.0)] * 4, "unknown"),
        ([(10.0, -65.0)], "unknown"),
    ],
)
def test_one_number_in_two_places(places: list[tuple[float, float]], verdict: str) -> None:
    positions = heard_from("mmsi:422000001", places)
    [found] = findings(check="mmsi_in_two_places", positions=positions)
    assert found.verdict == verdict


def test_an_aircraft_may_be_far_away_soon() -> None:
    positions = heard_from("icao24:730000", [(10.0, -65.0), (10.0, -64.0)] * 4, 600)
    [found] = findings(check="icao24_in_two_places", positions=positions)
    assert found.verdict == "consistent"


def test_what_readers_hear_becomes_statements() -> None:
    heard = IdentityStatement("mmsi:1", 5.0, name="FOREST", imo="9074729", aircraft_type="")
    assert list(as_statements([heard])) == [
        Statement("mmsi:1", "name", "FOREST", 5.0),
        Statement("mmsi:1", "imo", "9074729", 5.0),
    ]


@given(st.lists(st.tuples(st.sampled_from(["mmsi:4", "icao24:z", "x", ":"]),
                          st.sampled_from(["name", "flag", "mmsi", "imo", "registration", "icao24",
                                           "msn", "type"]), st.text(max_size=8)), max_size=12))  # fmt: skip
def test_nothing_said_raises(said: list[tuple[str, str, str]]) -> None:
    statements = [Statement(*one) for one in said]  # type: ignore[arg-type]
    first = analyse_identity(statements, load_registers(), registry_names=frozenset())
    assert first == analyse_identity(statements[::-1], load_registers(), registry_names=frozenset())
