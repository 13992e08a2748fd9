"""STIX, MISP, GraphML and CSV: read again by those who know the formats, hostile names included."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import stix2
from defusedxml.ElementTree import fromstring

from app.forensics.evidence.disarm import disarm_techniques, techniques_of
from app.forensics.evidence.interchange.misp import misp_event
from app.forensics.evidence.interchange.stix import stix_bundle
from app.forensics.evidence.interchange.tables import EDGE_COLUMNS, edges_csv, graphml
from app.forensics.evidence.package import readme
from app.forensics.findings.document import Behaviour, FindingDocument
from tests.forensics.evidence import making

_G = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture
def wide_fields() -> Iterator[None]:
    before = csv.field_size_limit(2_000_000)
    yield
    csv.field_size_limit(before)


def _flooding() -> FindingDocument:
    document = making.finding(making.posts(), names=[f"account {n:02}" for n in range(12)])
    group = document.behaviour.groups[0].model_copy(
        update={"objects_total": 20, "objects": ["url:https://example.org/a", "hashtag:synthetic"]}
    )
    behaviour = document.behaviour.model_copy(update={"groups": [group]})
    return document.model_copy(
        update={"behaviour": behaviour, "techniques": techniques_of(behaviour)}
    )


def _of_type(bundle: dict[str, Any], type_: str) -> list[dict[str, Any]]:
    return [one for one in bundle["objects"] if one["type"] == type_]


@pytest.mark.parametrize(
    "document",
    [_flooding(), making.hostile(), making.finding(outcome="nothing_found", behaviour=Behaviour())],
    ids=["found", "hostile", "empty"],
)
def test_stix_is_taken_by_its_own_library(document: FindingDocument) -> None:
    made = stix_bundle(making.version(document))
    parsed = stix2.parse(made.decode(), version="2.1", allow_custom=False)
    ids = {one["id"] for one in parsed.objects}
    assert len(ids) == len(parsed.objects)
    for one in parsed.objects:
        references = [*one.get("object_refs", ()), *one.get("object_marking_refs", ())]
        references += [
            one[name] for name in ("source_ref", "target_ref", "created_by_ref") if name in one
        ]
        assert set(references) <= ids


def test_stix_tells_behaviour_and_names_no_actor() -> None:
    bundle = json.loads(stix_bundle(making.version(_flooding())))
    [pattern] = _of_type(bundle, "attack-pattern")
    assert pattern["external_references"][0]["external_id"] == "T0049"
    [uses] = _of_type(bundle, "relationship")
    assert uses["relationship_type"] == "uses" and uses["target_ref"] == pattern["id"]
    assert "12 accounts, 20 objects" in uses["description"]
    assert len(_of_type(bundle, "user-account")) == 12
    assert [one["value"] for one in _of_type(bundle, "url")] == ["https://example.org/a"]
    assert not _of_type(bundle, "threat-actor") and not _of_type(bundle, "intrusion-set")
    assert "CC BY-SA" in _of_type(bundle, "marking-definition")[0]["definition"]["statement"]
    [report] = _of_type(bundle, "report")
    assert report["labels"] == ["synthetic"] and report["name"].startswith("SYNTHETIC")


def test_an_empty_answer_is_no_campaign() -> None:
    document = making.finding(outcome="nothing_found", behaviour=Behaviour())
    bundle = json.loads(stix_bundle(making.version(document)))
    assert not _of_type(bundle, "campaign") and _of_type(bundle, "report")


def test_exports_have_the_same_ids_again_and_over_versions() -> None:
    first, later = making.version(_flooding(), number=1), making.version(_flooding(), number=3)
    assert stix_bundle(first) == stix_bundle(first)
    assert misp_event(first) == misp_event(first)
    ids = [{o["id"] for o in json.loads(stix_bundle(one))["objects"]} for one in (first, later)]
    assert ids[0] == ids[1]


def test_a_retracted_finding_is_revoked_as_a_later_state_of_itself() -> None:
    before = making.version(_flooding())
    after = making.version(_flooding(), retracted_at=before.created_at + timedelta(days=3))
    [published] = _of_type(json.loads(stix_bundle(before)), "report")
    [report] = _of_type(json.loads(stix_bundle(after)), "report")
    assert report["revoked"] is True and report["id"] == published["id"]
    assert report["modified"] > published["modified"]
    event, told = (json.loads(misp_event(one))["Event"] for one in (before, after))
    assert "vric:retracted" in {tag["name"] for tag in told["Tag"]}
    assert int(told["timestamp"]) - int(event["timestamp"]) == 3 * 24 * 3600


def test_whose_techniques_they_are_stands_in_every_format() -> None:
    version = making.version(_flooding())
    for exported in (stix_bundle(version), misp_event(version), readme()):
        assert b"DISARM Foundation, CC BY-SA 4.0" in exported


def test_misp_has_accounts_galaxy_and_tags_by_id() -> None:
    event = json.loads(misp_event(making.version(_flooding())))["Event"]
    names = {tag["name"] for tag in event["Tag"]}
    assert 'misp-galaxy:disarm-techniques="Flooding the Information Space"' in names
    assert {'disarm:technique="T0049"', 'vric:outcome="found"', "vric:synthetic"} <= names
    [cluster] = event["Galaxy"][0]["GalaxyCluster"]
    # The UUID that MISP's own galaxy gives to T0049.
    assert cluster["uuid"] == "ee7bc41a-9eb0-5732-924a-3885e1c3bee9"
    assert len(event["Object"]) == 12
    uuids = [UUID(one["uuid"]) for one in [*event["Attribute"], *event["Object"]]]
    assert len(set(uuids)) == len(uuids)
    assert {one["type"] for one in event["Attribute"]} >= {
        "link",
        "sha256",
        "url",
        "text",
        "comment",
    }
    assert not any(one["to_ids"] for one in event["Attribute"])


def test_misp_takes_hostile_names() -> None:
    event = json.loads(misp_event(making.version(making.hostile())))["Event"]
    assert len(event["Object"]) == len(making.HOSTILE)
    attributes = event["Attribute"] + [one for o in event["Object"] for one in o["Attribute"]]
    assert max(len(one["value"].encode()) for one in attributes) == 65_535
    cut = [one for one in attributes if "65,535 of 1,000,00" in one["comment"]]
    assert cut and all(one["type"] != "url" for one in cut)


def test_misp_cuts_between_characters() -> None:
    document = making.finding(summary="ñ" * 70_000, caveats=["¡" + "中" * 30_000])
    event = json.loads(misp_event(making.version(document)))["Event"]
    [caveat] = [one for one in event["Attribute"] if one["comment"].startswith("Caveat")]
    assert caveat["value"] == "¡" + "中" * 21_844
    assert caveat["comment"] == "Caveat (the first 21,845 of 30,001 characters)"
    assert 65_500 < len(event["info"].encode()) <= 65_535


def test_accounts_of_two_platforms_with_one_id_are_two_in_stix() -> None:
    document = making.finding(making.posts(), names=["facebook:1", "twitter:1"])
    bundle = json.loads(stix_bundle(making.version(document)))
    accounts = _of_type(bundle, "user-account")
    assert [one["user_id"] for one in accounts] == ["facebook:1", "twitter:1"]
    assert len({one["id"] for one in accounts}) == 2


def test_graphml_has_every_node_and_edge() -> None:
    document = _flooding()
    root = fromstring(graphml(making.version(document)))
    nodes, edges = root.findall(f".//{_G}node"), root.findall(f".//{_G}edge")
    assert (len(nodes), len(edges)) == (12, 66)
    ids = {node.get("id") for node in nodes}
    assert all({edge.get("source"), edge.get("target")} <= ids for edge in edges)
    keys = {key.get("id") for key in root.findall(f"{_G}key")}
    assert {data.get("key") for data in root.iter(f"{_G}data")} <= keys


def test_graphml_stays_well_formed_with_any_name() -> None:
    root = fromstring(graphml(making.version(making.hostile())))
    labels = [d.text for d in root.iter(f"{_G}data") if d.get("key") == "node_label"]
    assert making.HOSTILE[0] in labels and any("�" in (text or "") for text in labels)


def test_csv_is_a_row_an_edge_and_no_formula(wide_fields: None) -> None:
    rows = list(
        csv.reader(io.StringIO(edges_csv(making.version(making.hostile())).decode(), newline=""))
    )
    assert tuple(rows[0]) == EDGE_COLUMNS
    assert len(rows) == 1 + 45 and all(len(row) == len(EDGE_COLUMNS) for row in rows)
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for row in rows for cell in row
    )
    assert {row[-1] for row in rows[1:]} == {"True"}


def test_csv_of_chains_has_their_records() -> None:
    records = [
        {"chain_id": "c", "id": "1", "kind": "origin"},
        {"chain_id": "c", "id": "=2", "lag_s": 4},
    ]
    document = making.finding(kind="chains", behaviour=Behaviour(records=records))
    rows = list(
        csv.DictReader(io.StringIO(edges_csv(making.version(document)).decode(), newline=""))
    )
    assert [row["id"] for row in rows] == ["1", "'=2"]


def test_rules_name_only_what_is_met() -> None:
    assert techniques_of(Behaviour()) == []
    assert techniques_of(making.finding().behaviour) == []  # three accounts are no flood
    [flooding] = techniques_of(_flooding().behaviour)
    assert flooding.id == "T0049" and "12 accounts" in flooding.evidence[0]
    across = techniques_of(making.finding().behaviour, {"ana": {"x"}, "bea": {"telegram"}})
    assert [(one.id, one.evidence) for one in across] == [("T0119.002", ["group g1: telegram, x"])]


def test_what_was_not_tested_against_chance_is_no_flood() -> None:
    behaviour = _flooding().behaviour
    edges = [edge.model_copy(update={"q": None}) for edge in behaviour.edges]
    assert techniques_of(behaviour.model_copy(update={"edges": edges})) == []


def test_rules_of_texts() -> None:
    copies = [
        {"id_a": str(n), "id_b": "x", "similarity": 0.9, "class": "copypasta"} for n in range(9)
    ]
    [copypasta] = techniques_of(Behaviour(records=copies))
    assert copypasta.id == "T0084.001" and copypasta.evidence[-1] == "and 4 more"
    chain = [
        {"chain_id": "c", "id": str(n), "kind": kind, "lag_s": 60.0, "stage": stage}
        for n, (kind, stage) in enumerate(
            [("origin", "placement"), ("copypasta", "layering"), ("translation", "integration")]
        )
    ]
    assert [one.id for one in techniques_of(Behaviour(records=chain))] == ["T0084", "T0117"]


def test_the_table_of_techniques_is_keyed_on_ids() -> None:
    table = disarm_techniques()
    assert table["T0084.001"].name == "Use Copypasta" and table["T0049"].url.endswith("/T0049.md")
    assert all(one.tactic.startswith("TA") for one in table.values())
