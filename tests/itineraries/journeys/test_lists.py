"""Sanctions lists and registers of craft, and how itineraries meet them."""

from pathlib import Path

import httpx
import pytest

from app.core.db import Database
from app.core.errors import CommandError
from app.ingest.files import SourceFile
from app.ingest.rejects import Reject
from app.itineraries.lists.registry import import_registry
from app.itineraries.lists.sanctions import companions_of, import_sanctions
from app.itineraries.sources.listed import Listed
from app.itineraries.sources.ofac_csv import read_ofac_csv
from app.itineraries.sources.ofac_xml import read_ofac_xml
from tests.itineraries.journeys.conftest import ROUTES, fetch, leg, take_in, write

NOTHING = ",-0- " * 5
SDN = (
    '90001,"EXAMPLE TRADER","vessel","EXAMPLE-A] [EXAMPLE-B",-0- ,"AB12","Crude Oil Tanker",'
    '"22,882","16,694","Panama",-0- ,"Vessel Registration Identification IMO 9187629; '
    'MMSI 256865000; Linked To: EXAMPLE LINES."\r\n'
    f'90002,"EP-XYZ","aircraft","EXAMPLE-A",-0- {NOTHING},-0- ,"Aircraft Model B747; Aircraft Mode'
    ' S Transponder Code 730AB1."\r\n'
    f'90003,"DOE, John","individual","EXAMPLE-A","Director"{NOTHING},-0- ,-0- \r\n'
    "90004\r\n"
    f'90005,"EXAMPLE LINES",-0- ,"EXAMPLE-A",-0- {NOTHING},-0- ,-0- \r\n'
    "\x1a\r\n"
)
ALT = '90005,1,"aka","EXAMPLE SHIPPING, ""THE LINE""",-0- \r\n'
ADD = '90005,1,"1 Road","Tehran","Iran",-0- \r\n'
COMMENTS = '90003,"Passport X; a.k.a. more."\r\n'
CLASSIC = """<?xml version="1.0"?>
<sdnList xmlns="https://example.org/XML"><publshInformation><Publish_Date>01/01/2024</Publish_Date>
</publshInformation><sdnEntry><uid>7</uid><lastName>EXAMPLE TRADER</lastName><sdnType>Vessel</sdnType>
<programList><program>EXAMPLE-A</program></programList><idList><id><uid>1</uid><idType>Vessel
 Registration Identification</idType><idNumber>IMO 9187629</idNumber></id><id><idType>MMSI</idType>
<idNumber>256865000</idNumber></id></idList><akaList><aka><lastName>OLD NAME</lastName></aka></akaList>
<vesselInfo><callSign>AB12</callSign></vesselInfo></sdnEntry>
<sdnEntry><uid>8</uid><firstName>John</firstName><lastName>DOE</lastName><sdnType>Individual</sdnType>
</sdnEntry><sdnEntry><uid>9</uid></sdnEntry></sdnList>"""
ADVANCED = """<?xml version="1.0"?>
<Sanctions xmlns="http://www.un.org/sanctions/1.0"><ReferenceValueSets>
<PartySubTypeValues><PartySubType ID="1">Vessel</PartySubType></PartySubTypeValues>
<FeatureTypeValues><FeatureType ID="2">Vessel Flag</FeatureType></FeatureTypeValues>
<IDRegDocTypeValues><IDRegDocType ID="1626">Vessel Registration Identification</IDRegDocType>
</IDRegDocTypeValues></ReferenceValueSets>
<IDRegDocuments><IDRegDocument ID="5" IDRegDocTypeID="1626" IdentityID="44">
<IDRegistrationNo>IMO 9187629</IDRegistrationNo></IDRegDocument></IDRegDocuments>
<DistinctParties><DistinctParty FixedRef="7"><Profile ID="77" PartySubTypeID="1"><Identity ID="44">
<Alias Primary="false"><DocumentedName><DocumentedNamePart><NamePartValue>OLD NAME</NamePartValue>
</DocumentedNamePart></DocumentedName></Alias>
<Alias Primary="true"><DocumentedName><DocumentedNamePart><NamePartValue>EXAMPLE TRADER</NamePartValue>
</DocumentedNamePart></DocumentedName></Alias></Identity><Feature FeatureTypeID="2"><FeatureVersion>
<VersionDetail>Panama</VersionDetail></FeatureVersion></Feature></Profile></DistinctParty></DistinctParties>
<SanctionsEntries><SanctionsEntry ID="3" ProfileID="77"><EntryEvent><Date><Year>2019</Year>
<Month>1</Month><Day>24</Day></Date></EntryEvent><SanctionsMeasure><Comment>EXAMPLE-A</Comment>
</SanctionsMeasure></SanctionsEntry></SanctionsEntries></Sanctions>"""


def test_the_csv_files_belong_together() -> None:
    found = list(read_ofac_csv(SDN, {"alt": ALT, "add": ADD, "comments": COMMENTS}))
    rejects = [item for item in found if isinstance(item, Reject)]
    entries = {item.entry_id: item for item in found if isinstance(item, Listed)}
    assert [reject.line for reject in rejects] == [4]
    vessel, aircraft, person, lines = (entries[f"9000{n}"] for n in (1, 2, 3, 5))
    assert vessel.identifiers == (("imo", "9187629"), ("mmsi", "256865000"))
    assert vessel.programs == ("EXAMPLE-A", "EXAMPLE-B")
    assert set(aircraft.identifiers) == {("icao24", "730ab1"), ("registration", "EP-XYZ")}
    assert person.kind == "individual" and "Passport X" in (person.remarks or "")
    assert lines.kind == "entity" and lines.aliases == ('EXAMPLE SHIPPING, "THE LINE"',)
    assert "Iran" in (lines.remarks or "")


@pytest.mark.parametrize("text", [CLASSIC, ADVANCED], ids=["classic", "advanced"])
def test_both_forms_of_xml_tell_the_same(text: str) -> None:
    entries = [e for e in read_ofac_xml(text.encode()) if isinstance(e, Listed)]
    vessel = entries[0]
    assert (vessel.entry_id, vessel.kind, vessel.name) == ("7", "vessel", "EXAMPLE TRADER")
    assert vessel.aliases == ("OLD NAME",) and vessel.programs == ("EXAMPLE-A",)
    assert ("imo", "9187629") in vessel.identifiers


BILLION = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]><sdnList>&lol2;</sdnList>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<sdnList><sdnEntry><uid>1</uid><lastName>&e;</lastName></sdnEntry></sdnList>"""


@pytest.mark.parametrize(
    "text",
    [BILLION, OUTSIDE, "<a/>", "<sdnList>", "<sdnList><sdnEntry></sdnList>", "", "<", "\x00",
     "<x>" * 50_000, CLASSIC[:500]],
)  # fmt: skip
async def test_hostile_xml_changes_nothing(database: Database, text: str) -> None:
    found = list(read_ofac_xml(text.encode()))
    assert not any(isinstance(item, Listed) for item in found)
    if not text.startswith("<"):
        return
    with pytest.raises(CommandError, match="no entry in it"):
        await import_sanctions(database, SourceFile.of("sdn.xml", text.encode()), {}, "ofac-sdn")


async def test_craft_are_matched_by_number_and_names_only_lead(
    database: Database, caller: httpx.AsyncClient, tmp_path: Path
) -> None:
    await take_in(database, [
        leg(journey="by-imo", mover={"kind": "vessel", "name": "Another"}, craft={"imo": "9187629"}),
        leg(journey="by-name", mover={"kind": "vessel", "name": "Example Trader"},
            carrier="Example Lines"),
        leg(journey="by-marks", craft={"registration": "EPXYZ"}),
        leg(journey="free", mover={"kind": "vessel", "name": "Free"}),
    ])  # fmt: skip
    for name, text in (("SDN.CSV", SDN), ("alt.csv", ALT), ("add.csv", ADD)):
        write(tmp_path, name, text)
    main = tmp_path / "SDN.CSV"
    companions = companions_of(main)
    assert set(companions) == {"alt", "add"}
    file = SourceFile.read(main, 10**6)
    outcome = await import_sanctions(database, file, companions, "ofac-sdn")
    assert outcome.counts["entries"] == 4 and outcome.counts["rejected"] == 1
    assert (await import_sanctions(database, file, companions, "ofac-sdn")).unchanged
    listed = await fetch(caller, ROUTES, sanctioned=True)
    assert {item["id"] for item in listed["items"]} == {"by-imo", "by-marks"}
    assert (await fetch(caller, ROUTES, sanctioned=False))["returned"] == 2
    found = await fetch(caller, f"{ROUTES}/by-imo")
    assert found["sanctions"]["matches"][0]["identifier"] == "imo:9187629"
    named = await fetch(caller, f"{ROUTES}/by-name")
    assert not named["sanctioned"] and not named["sanctions"]["matches"]
    assert {lead["entry_id"] for lead in named["sanctions"]["leads"]} == {"90001", "90005"}


async def test_a_list_does_not_vanish_by_mistake(database: Database) -> None:
    whole, one = (
        SourceFile.of("sdn.csv", text.encode()) for text in (SDN, SDN[: SDN.index("90002")])
    )
    await import_sanctions(database, whole, {}, "ofac-sdn")
    with pytest.raises(CommandError, match="--allow-removals"):
        await import_sanctions(database, one, {}, "ofac-sdn")
    assert (await import_sanctions(database, one, {}, "ofac-sdn", True)).counts["entries"] == 1


async def test_a_name_without_end_is_told_and_the_rest_taken_in(database: Database) -> None:
    huge = SDN.replace('"EXAMPLE TRADER"', f'"{"N" * 5_000}"', 1)
    assert huge != SDN
    done = await import_sanctions(database, SourceFile.of("sdn.csv", huge.encode()), {}, "ofac-sdn")
    assert (done.counts["entries"], done.counts["rejected"]) == (3, 2)


REGISTER = """icao24,registration,model,operator,serialnumber,valid_from,valid_to
730AB1,ep-xyz,B747,Example Air,90171,2017-01-01,2019-12-31
730AB1,ep-xyz,B747,Other Air,90171,2020-01-01,
,YV1234,,,90413,,
zzz,,,,,,
,EP-OLD,,,,2020-02-01,2019-01-01
,EP-BAD,,,,someday,
"""


async def test_a_register_says_who_a_craft_was_and_when(
    database: Database, caller: httpx.AsyncClient
) -> None:
    file = SourceFile.of("register.csv", REGISTER.encode())
    outcome = await import_registry(database, file, "a register")
    assert (outcome.counts["rows"], outcome.counts["crafts"]) == (3, 2)
    assert [reject.line for reject in outcome.rejects] == [5, 6, 7]
    assert (await import_registry(database, file, "a register")).unchanged
    found = await fetch(caller, "/v1/routes/crafts", registration="EP-XYZ")
    craft = await fetch(caller, f"/v1/routes/crafts/{found['items'][0]['id']}")
    said = str(craft)
    assert "Example Air" in said and "Other Air" in said and "a register" in said
    with pytest.raises(CommandError, match="no craft in it"):
        await import_registry(database, SourceFile.of("x", b"a,b\n1,2"), "another")
