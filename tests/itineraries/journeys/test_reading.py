"""Files of legs, as people write them."""

import json

import pytest

from app.ingest.records import Record
from app.ingest.rejects import Reject
from app.itineraries.journeys.claims import claim_json, read_claim
from app.itineraries.sources.legs import read_legs
from tests.itineraries.journeys.conftest import leg

CSV = """journey,mover.kind,mover.name,from,from.country,to,arrived.at,arrived.words,escort,sources.outlet
tour,person,A. Minister,,IR,Caracas,2020-11-04,November 4,one; two,Reuters

tour,person,A. Minister,Caracas,VE,Havana,,,,"IRNA
Tehran"
tour,person,A. Minister,too,many,cells,here,and,here,and,here
"""


def read(text: str) -> tuple[list[Record], list[Reject]]:
    found = list(read_legs(text))
    return (
        [item for item in found if isinstance(item, Record)],
        [item for item in found if isinstance(item, Reject)],
    )


def test_csv_names_nested_fields_by_dots() -> None:
    legs, rejects = read(CSV)
    assert [item.line for item in legs] == [2, 5]
    assert [reject.line for reject in rejects] == [6]
    first, second = (read_claim(item.fields) for item in legs)
    assert first.origin is not None and first.origin.country == "IR"
    assert first.to is not None and first.to.name == "Caracas"
    assert first.escort == ("one", "two")
    assert first.arrived[0].words == "November 4"
    assert second.sources[0].outlet == "IRNA Tehran"
    assert second.origin is not None and (second.origin.name, second.origin.country) == (
        "Caracas", "VE"
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([leg(), leg()]),
        json.dumps({"legs": [leg(), leg()]}, indent=2),
        json.dumps(leg()) + "\n\n" + json.dumps(leg()) + "\n",
    ],
    ids=["list", "object", "lines"],
)
def test_three_forms_of_json(text: str) -> None:
    legs, rejects = read(text)
    assert len(legs) == 2 and not rejects
    assert read_claim(legs[0].fields) == read_claim(leg())


def test_a_broken_line_spoils_no_other() -> None:
    legs, rejects = read(json.dumps(leg()) + '\n{"mover": \n' + json.dumps(leg()))
    assert [item.line for item in legs] == [1, 3]
    assert rejects[0].line == 2


@pytest.mark.parametrize(
    ("text", "rejected"),
    [("", 0), ("\n \n", 0), ("[", 1), ("[1, null, \"x\", {}]", 3), ("[" * 100_000, 1),
     ('{"a":' * 200 + "1" + "}" * 200, 1), ("no,leg,here\n1,2,3", 1), ("{}\n[]\n{}", 1),
     ('[{"leg": ' + "9" * 10_000 + "}]", 1)],
)  # fmt: skip
def test_what_is_no_file_of_legs(text: str, rejected: int) -> None:
    assert len(read(text)[1]) == rejected


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"mover": {"kind": "ghost", "name": "x"}}, "mover.kind"),
        ({"sources": []}, "sources"),
        ({"craft": {"imo": "9187620"}}, "check digit"),
        ({"craft": {"imo": "918762"}}, "seven digits"),
        ({"craft": {"mmsi": "12"}}, "nine digits"),
        ({"craft": {"icao24": "zzzzzz"}}, "hexadecimal"),
        ({"to": {"lat": 10.0}}, "go together"),
        ({"to": {"lat": 91, "lon": 0}}, "to.lat"),
        ({"to": {"lat": float("nan"), "lon": 0}}, "to.lat"),
        ({"to": {}}, "give a name"),
        ({"arrived": "yesterday"}, "arrived.0.at"),
        ({"journey": "../../etc"}, "journey"),
        ({"sources": [{"outlet": "x", "url": "javascript:alert(1)"}]}, "http"),
        ({"secret": 1}, "secret"),
        ({"note": "x" * 3_000}, "note"),
    ],
)
def test_a_fault_is_named_by_its_field(fields: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        read_claim(leg(**fields))
    assert word in str(refused.value)


def test_a_claim_comes_back_from_its_json() -> None:
    whole = read_claim(
        leg(
            origin="Tehran", via=["Dakar"], departed={"at": "2020-10-25", "part": "headline"},
            craft={"registration": "ep-fab", "imo": "IMO 9187629"}, false_identity="Otoman",
            cargo=["oil", {"what": "parts", "certainty": "alleged"}], escort="two ships",
            dark="2020-10-25/2020-10-26", count=18, count_is_minimum=True, leg=3,
        )
    )  # fmt: skip
    assert read_claim(json.loads(json.dumps(claim_json(whole)))) == whole
    assert whole.craft is not None and whole.craft.registration == "EP-FAB"
    assert whole.craft.imo == "9187629"
