"""Planted networks are found, what hosts and themes explain is not."""

import random
from itertools import combinations
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.forensics.infrastructure.document import analyse
from app.forensics.infrastructure.schemas import MIN_SCORE
from tests.forensics.infrastructure.making import (
    CLOUDFLARE,
    MadeSite,
    background,
    certificate_of,
    own_body,
    planted,
    stock_body,
    written,
    zipped,
)


def _told(folder: Path, sites: list[MadeSite], min_score: float = MIN_SCORE) -> dict[str, Any]:
    return analyse(written(folder, sites), min_score)


def _pairs(answer: dict[str, Any]) -> set[tuple[str, str]]:
    return {(pair["site_a"], pair["site_b"]) for pair in answer["pairs"]}


@pytest.mark.parametrize("seed", range(8))
def test_planted_networks_are_found_and_nothing_else(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    networks = [planted(chance, number, chance.randrange(2, 7)) for number in range(5)]
    others = [background(chance, number) for number in range(40)]
    answer = _told(tmp_path, [*others, *(site for sites in networks for site in sites)])
    truth = {
        pair for sites in networks for pair in combinations(sorted(site.name for site in sites), 2)
    }
    assert _pairs(answer) == truth
    assert sorted(group["sites"] for group in answer["groups"]) == sorted(
        sorted(site.name for site in sites) for sites in networks
    )


@pytest.mark.parametrize("seed", range(8))
def test_unrelated_sites_give_nothing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    answer = _told(tmp_path, [background(chance, number) for number in range(60)])
    assert (answer["pairs"], answer["groups"]) == ([], [])
    assert answer["counts"]["pairs_compared"] == 60 * 59 // 2
    discounted = {check["check"]: check["discounted"] for check in answer["checks"]}
    assert discounted["cdn"] and discounted["stock"]


def test_two_sites_on_one_cdn_host_and_theme_share_nothing_that_counts(tmp_path: Path) -> None:
    sites = [MadeSite(f"{name}.example", body=stock_body("newspaper")) for name in "ab"]
    answer = _told(tmp_path, sites, min_score=0.0)
    [pair] = answer["pairs"]
    assert pair["score"] < 0.2
    assert {part["kind"] for part in pair["shares"]} == {"cms", "platform", "powered_by"}
    assert {(one["kind"], one["check"]) for one in pair["discounted"]} >= {
        ("ip", "cdn"), ("subnet", "cdn"), ("name_server", "cdn"), ("header_name", "cdn"),
        ("cookie_name", "platform"), ("theme", "stock"), ("plugin", "stock"),
        ("names", "same_design"),
    }  # fmt: skip


def test_a_score_is_the_sum_of_its_named_parts(tmp_path: Path) -> None:
    answer = _told(tmp_path, planted(random.Random(3), 4, 3))
    assert answer["pairs"]
    for pair in answer["pairs"]:
        parts = pair["shares"]
        for tier, cap in (("1", 99.0), ("2", 0.5), ("3", 0.5)):
            total = sum(part["score"] for part in parts if part["tier"] == int(tier))
            assert pair["tiers"][tier] == pytest.approx(min(cap, total), abs=1e-4)
        assert pair["score"] == pytest.approx(sum(pair["tiers"].values()), abs=1e-3)
        for part in parts:
            expected = part["weight"] * part["rarity"] * (part["similarity"] or 1)
            assert part["score"] in (0, pytest.approx(expected, abs=1e-3))
        families = [part["family"] for part in parts if part["score"]]
        assert len(families) == len(set(families))


def test_neither_one_host_nor_one_look_suffices_alone(tmp_path: Path) -> None:
    host = 'Server: nginx/1.18.0\r\nX-Node: 7\r\nSet-Cookie: nodo=1\r\nETag: "5f3a-77"\r\n'
    record = {"ips": ["203.0.113.4"], "name_servers": ["ns1.own.example"]}
    one_host = [
        MadeSite(
            f"{name}.example",
            theme=f"t{name}",
            body=own_body(ord(name)),
            headers=host,
            record=record,
        )
        for name in "ab"
    ]
    one_look = [
        MadeSite(f"{name}.example", theme="propio", body=own_body(7), assets={"a.css": "i" * 300})
        for name in "cd"
    ]
    answer = _told(tmp_path, [*one_host, *one_look], min_score=0.4)
    tiers = {pair["site_a"]: pair["tiers"] for pair in answer["pairs"]}
    assert set(tiers) == {"a.example", "c.example"}
    assert (tiers["a.example"]["2"], tiers["c.example"]["3"]) == (0.5, 0.5)
    assert analyse(tmp_path, MIN_SCORE)["pairs"] == []
    both = [
        MadeSite(f"{name}.example", theme="otro", body=own_body(8), headers=host, record=record)
        for name in "ef"
    ]
    assert ("e.example", "f.example") in _pairs(_told(tmp_path, both))


def test_what_one_program_brings_along_does_not_suffice(tmp_path: Path) -> None:
    """A theme or plugin that no list knows, with its cookie; or such a plugin on such a host."""
    plugin = '<script src="/wp-content/plugins/lector-raro/a.js"></script>'
    cookie = "Server: nginx/1.18.0\r\nSet-Cookie: lector_raro=1\r\n"
    one_theme = [
        MadeSite(
            f"{name}.example", plugin, "raro", own_body(7), cookie, assets={"a.css": "i" * 300}
        )
        for name in "ab"
    ]
    one_host = [
        MadeSite(f"{name}.example", plugin, f"t{name}", own_body(ord(name)), "Server: Apache/2.4.1\r\n",
                 {"ips": ["203.0.113.4"]})
        for name in "cd"
    ]  # fmt: skip
    # The style sheet of a theme for sale, on a host that no list knows.
    for_sale = [
        MadeSite(f"{name}.example", body=stock_body("newspaper"), headers="Server: Apache/2.4.1\r\n",
                 record={"ips": ["203.0.114.4"]}, assets={"style.css": "j" * 300})
        for name in "ef"
    ]  # fmt: skip
    answer = _told(tmp_path, [*one_theme, *one_host, *for_sale])
    assert (answer["pairs"], answer["counts"]["pairs_below"]) == ([], 15)


def test_rarity_takes_from_what_the_whole_set_shares(tmp_path: Path) -> None:
    sites = [
        MadeSite(f"s{number:02}.example", record={"ips": ["203.0.113.9"]}) for number in range(30)
    ]
    few, many = _told(tmp_path / "few", sites[:2], 0), _told(tmp_path / "many", sites, 0)
    score = [
        next(p["score"] for p in a["pairs"][0]["shares"] if p["kind"] == "ip") for a in (few, many)
    ]
    assert score[0] == 0.5
    assert score[1] < 0.2


def test_certificates_join_sites_unless_many_share_them(tmp_path: Path) -> None:
    names = ["uno.example", "dos.example"]
    joined = [MadeSite(name, certificate=certificate_of(*names)) for name in names]
    assert _pairs(_told(tmp_path / "1", joined)) == {("dos.example", "uno.example")}
    # Named by the other one's certificate, presenting none or another of its own.
    named = [MadeSite(names[0], certificate=certificate_of(*names)), MadeSite(names[1])]
    assert _pairs(_told(tmp_path / "2", named)) == {("dos.example", "uno.example")}
    renewed = [
        MadeSite(names[0], certificate=certificate_of(names[0])),
        MadeSite(names[1], certificate=certificate_of(names[1])),
    ]
    [pair] = _told(tmp_path / "3", renewed)["pairs"]
    assert pair["shares"][0]["kind"] == "certificate_key"
    wide = certificate_of(*names, *(f"n{number}.example" for number in range(30)))
    answer = _told(tmp_path / "4", [MadeSite(name, certificate=wide) for name in names], 0.5)
    assert answer["pairs"] == []
    cdn = certificate_of("sni.cloudflaressl.com", *names)
    answer = _told(tmp_path / "5", [MadeSite(name, certificate=cdn) for name in names], 0.5)
    assert answer["pairs"] == []


def test_one_domain_is_told_apart_from_a_group(tmp_path: Path) -> None:
    head = "<script>ym(31337007, 'init')</script>"
    sites = [MadeSite(name, head=head) for name in ("www.uno.example", "blog.uno.example")]
    answer = _told(tmp_path, sites)
    assert [pair["benign"] for pair in answer["pairs"]] == ["same_domain"]
    assert answer["groups"] == []


def test_ones_own_list_of_shared_values_is_added(tmp_path: Path) -> None:
    head = "<script>ym(31337007, 'init')</script>"
    sites = [MadeSite(f"{name}.example", head=head) for name in "ab"]
    before = _told(tmp_path, sites)
    assert before["pairs"]
    (tmp_path / "shared.toml").write_text(
        '[[shared]]\nname = "an agency"\ncheck = "platform"\nidentifiers = ["31337007"]\n'
    )
    after = analyse(tmp_path, MIN_SCORE)
    assert after["pairs"] == []
    assert after["parameters"] != before["parameters"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    chance = random.Random(5)
    sites = [*planted(chance, 0, 3), *planted(chance, 4, 3), background(chance, 1)]
    folder = orjson.dumps(_told(tmp_path / "folder", sites))
    for name, made in (("a.zip", zipped(sites)), ("b.zip", zipped(sites[::-1]))):
        (tmp_path / name).write_bytes(made)
        assert orjson.dumps(analyse(tmp_path / name, MIN_SCORE)) == folder
    (tmp_path / "c.zip").write_bytes(zipped(sites, around="captures/2026/"))
    around = analyse(tmp_path / "c.zip", MIN_SCORE)
    assert _pairs(around) == _pairs(orjson.loads(folder))


def test_no_word_claims_more_than_sharing(tmp_path: Path) -> None:
    text = orjson.dumps(_told(tmp_path, planted(random.Random(1), 0, 2))).decode().lower()
    assert not any(word in text for word in ("belongs", "owned by", "guilt", "state-backed"))
    assert CLOUDFLARE["ips"][0] in text  # type: ignore[index]
