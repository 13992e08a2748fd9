"""What leaves a finding over HTTP: from an upload to a package that verifies offline."""

import csv
import io
import json
from pathlib import Path

import httpx
import pytest
import stix2
from defusedxml.ElementTree import fromstring

from app.forensics.evidence.keys import read_public_keys
from app.forensics.evidence.verify import verify
from tests.forensics.corpora.conftest import Analyst, Analysts, campaign, organic

pytestmark = pytest.mark.usefixtures("worker")
OUTPUTS = (
    "evidence", "stix", "misp", "graphml", "csv", "report", "network.svg", "network.png",
    "network.json", "timeline.svg", "timeline.png", "timeline.json", "chains.svg",
)  # fmt: skip


async def _found(analyst: Analyst) -> str:
    await analyst.upload(campaign())
    return f"/v1/forensics/findings/{(await analyst.finding())['id']}"


async def _get(analyst: Analyst, path: str, status: int = 200) -> httpx.Response:
    answer = await analyst.client.get(path)
    assert answer.status_code == status, answer.text
    return answer


async def test_a_package_verifies_offline_with_the_published_key(
    analyst: Analyst, tmp_path: Path
) -> None:
    finding = await _found(analyst)
    answer = await _get(analyst, f"{finding}/evidence")
    assert answer.headers["content-type"] == "application/zip"
    package = tmp_path / "package.zip"
    package.write_bytes(answer.content)
    keys = read_public_keys((await _get(analyst, "/v1/forensics/keys")).text)
    checked = verify(package, keys)
    assert (checked.outcome, checked.posts, checked.is_known_key) == ("found", 448, True)
    assert (
        checked.finding_sha256
        == (await analyst.get(finding.removeprefix("/v1/forensics/")))["sha256"]
    )
    assert (await _get(analyst, f"{finding}/evidence")).content == answer.content


async def test_every_output_of_a_finding_is_there(analyst: Analyst) -> None:
    finding = await _found(analyst)
    answers = {name: await _get(analyst, f"{finding}/{name}") for name in OUTPUTS}
    bundle = stix2.parse(answers["stix"].text, version="2.1")
    assert {one["type"] for one in bundle.objects} >= {"campaign", "observed-data", "user-account"}
    assert json.loads(answers["misp"].text)["Event"]["Object"]
    nodes = [e for e in fromstring(answers["graphml"].content).iter() if e.tag.endswith("}node")]
    assert len(nodes) == 6
    assert len(list(csv.DictReader(io.StringIO(answers["csv"].text)))) == 15
    assert answers["network.png"].content.startswith(b"\x89PNG")
    assert len(json.loads(answers["timeline.json"].text)["data"]["values"]) == 48
    assert "x:planted0" in answers["network.svg"].text
    page = answers["report"]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "vric forensics verify" in page.text and "Synthetic data" in page.text
    for answer in answers.values():
        assert "no-store" in answer.headers["cache-control"]


async def test_techniques_are_named_by_rules_over_what_was_measured(analyst: Analyst) -> None:
    await analyst.upload(campaign(rounds=14))
    finding = await analyst.finding()
    [technique] = finding["document"]["techniques"]
    assert technique["id"] == "T0049" and "6 accounts, 14 objects" in technique["evidence"][0]
    stix = await _get(analyst, f"/v1/forensics/findings/{finding['id']}/stix")
    assert '"external_id":"T0049"' in stix.text


async def test_an_empty_finding_has_every_output_too(analyst: Analyst) -> None:
    await analyst.upload(organic())
    finding = f"/v1/forensics/findings/{(await analyst.finding())['id']}"
    for name in OUTPUTS:
        await _get(analyst, f"{finding}/{name}")
    assert "Nothing found" in (await _get(analyst, f"{finding}/report")).text


async def test_a_finding_links_to_what_leaves_it(analyst: Analyst) -> None:
    await analyst.upload(campaign())
    linked = [one for one in (await analyst.finding())["links"] if one["rel"] != "self"]
    assert {one["href"].rpartition("/")[2] for one in linked} == {
        "report", "evidence", "stix", "misp", "graphml", "csv",
    }  # fmt: skip
    for one in linked:
        answer = await _get(analyst, one["href"])
        assert answer.headers["content-type"].removesuffix("; charset=utf-8") == one["type"]


async def test_others_see_nothing(analyst: Analyst, analysts: Analysts) -> None:
    finding = await _found(analyst)
    async with analysts("b@example.org") as other:
        for name in OUTPUTS:
            await _get(other, f"{finding}/{name}", 404)
    async with analysts("c@example.org", "free") as free:
        for name in OUTPUTS:
            await _get(free, f"{finding}/{name}", 403)


async def test_after_a_deletion_the_package_says_why_it_cannot_be(analyst: Analyst) -> None:
    finding = await _found(analyst)
    gone = await analyst.client.delete("/v1/forensics/corpora/c/posts?platform=x&id=o0-1")
    assert gone.json() == {"deleted": 1, "left": 0}
    answer = await _get(analyst, f"{finding}/evidence", 409)
    assert answer.json()["code"] == "input_changed"


async def test_versions_are_named_and_unknown_ones_told(analyst: Analyst) -> None:
    finding = await _found(analyst)
    assert (await _get(analyst, f"{finding}/stix?version=1")).status_code == 200
    await _get(analyst, f"{finding}/stix?version=9", 404)
    await _get(analyst, f"{finding}/stix?version=0", 400)
    await _get(analyst, f"{finding}/stix?versoin=1", 400)
    await _get(analyst, f"{finding}/network.gif", 400)


async def test_keys_are_public_and_old_ones_stay(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/forensics/keys")
    assert answer.status_code == 200
    (key,) = answer.json()["keys"]
    assert (key["kty"], key["crv"], key["use"]) == ("OKP", "Ed25519", "sig")


@pytest.mark.parametrize("kind", ["near_duplicates", "chains"])
async def test_findings_of_texts_have_every_output(
    analyst: Analyst, tmp_path: Path, kind: str
) -> None:
    sentence = "Synthetic sentence {} of a story that is told again and again by nobody at all"
    posts = [
        {
            "id": f"{story}-{copy}", "platform": "x" if copy % 2 else "telegram", "language": "en",
            "account": f"account{copy}", "published_at": 1_735_689_600 + 3_600 * copy + story,
            "text": sentence.format(story * 1_111) + " indeed" * copy, "synthetic": True,
        }
        for story in range(3)
        for copy in range(4)
    ]  # fmt: skip
    await analyst.upload(posts)
    shown = await analyst.finding(kind=kind)
    assert shown["document"]["outcome"] == "found" and shown["document"]["techniques"]
    finding = f"/v1/forensics/findings/{shown['id']}"
    answers = {name: await _get(analyst, f"{finding}/{name}") for name in OUTPUTS}
    package = tmp_path / "package.zip"
    package.write_bytes(answers["evidence"].content)
    assert verify(package).kind == kind
    bundle = stix2.parse(answers["stix"].text, version="2.1")
    seen = {one["user_id"] for one in bundle.objects if one["type"] == "user-account"}
    assert ("x:account1" in seen) == (kind == "chains")
    rows = list(csv.DictReader(io.StringIO(answers["csv"].text)))
    assert len(rows) == len(shown["document"]["behaviour"]["records"])
    assert json.loads(answers["network.json"].text)["layer"][1]["data"]["values"]
    if kind == "chains":
        assert "first seen in our collection" in answers["chains.svg"].text
