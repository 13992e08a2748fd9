"""`vric forensics …` as a user runs it, on files of every kind."""

import json
from pathlib import Path
from typing import Any

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from app.forensics.demo import shares as demo
from tests.command import call_vric, failure_of


def _records(tmp_path: Path, *arguments: str | Path) -> tuple[list[dict[str, Any]], str]:
    done = call_vric("forensics", *arguments, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_coordination_by_either_method(tmp_path: Path) -> None:
    table = demo.planted(1, shares=10_000).table()
    pa_csv.write_csv(table, tmp_path / "shares.csv")
    pq.write_table(table, tmp_path / "shares.parquet")
    command = ("coordination", "shares.csv", "--window", "60", "--min-participation", "2")
    found, told = _records(tmp_path, *command)
    assert list(found[0]) == [
        "account_a", "account_b", "weight", "avg_time_delta_s", "expected", "p", "q", "benign",
    ]  # fmt: skip
    assert all(edge["account_a"] < edge["account_b"] for edge in found)
    assert all(edge["q"] <= 0.01 and edge["weight"] >= 3 for edge in found)
    assert "syndication passed" in told
    assert "same_owner not_checked" in told
    assert found == _records(tmp_path, "coordination", "shares.parquet", "--window", "60")[0]

    every, _ = _records(tmp_path, *command, "--all")
    assert len(every) > len(found)
    weights, _ = _records(tmp_path, *command, "--method", "coortweet")
    assert list(weights[0]) == ["account_a", "account_b", "weight", "avg_time_delta_s"]
    heavy, _ = _records(tmp_path, *command, "--method", "coortweet", "--quantile", "0.5")
    assert {edge["weight"] for edge in heavy} < {edge["weight"] for edge in weights}


def test_the_organic_corpus_gives_an_empty_answer(tmp_path: Path) -> None:
    pa_csv.write_csv(demo.organic(5, shares=8_000, accounts=500).table(), tmp_path / "shares.csv")
    found, told = _records(tmp_path, "coordination", "shares.csv")
    assert found == []
    assert "estimated from the data" in told


def test_a_credit_is_found_by_its_usual_names(tmp_path: Path) -> None:
    table = demo.wire(1, shares=10_000).table()
    credit = ["EFE" if text else "" for text in table["text"].to_pylist()]
    pq.write_table(table.drop(["text"]).append_column("agency", [credit]), tmp_path / "f")
    found, told = _records(tmp_path, "coordination", "f", "--window", "60")
    assert {edge["benign"] for edge in found} == {"syndication"}
    assert "syndication failed" in told


def test_columns_are_named_and_rejects_are_told_by_line(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("who,what,post,when\na,o,1,0\nb,o,2,2020\nb,o,3,x\n,o,4,1\n")
    options = ("--account", "who", "--object", "what", "--content", "post", "--time", "when")
    command = ("coordination", "f.csv", "--method", "coortweet", "--min-participation", "1")
    found, told = _records(tmp_path, *command, "--window", "3000", *options)
    assert found == [{"account_a": "a", "account_b": "b", "weight": 1, "avg_time_delta_s": 2020.0}]
    assert "line 4: time 'x'" in told
    assert "line 5: no account" in told
    done = call_vric("forensics", "coordination", "f.csv", cwd=tmp_path)
    assert "no column 'account_id'" in failure_of(done)


def test_texts(tmp_path: Path) -> None:
    story = "el ministro acusó a la alianza de preparar laboratorios secretos en la frontera"
    rows = [
        {"id": 1, "text": story, "published_at": 0, "account_id": "x"},
        {"id": "2", "text": f"{story} https://e.example", "published_at": "1970-01-01T00:01:00Z",
         "account_id": "y", "outlet_type": "mainstream"},
        {"id": "3", "text": "otra cosa que no tiene nada que ver con aquello", "published_at": 9},
        {"id": "2", "text": "another text", "published_at": 9},
    ]  # fmt: skip
    (tmp_path / "f.ndjson").write_text("\n".join(map(json.dumps, rows)))
    pairs, told = _records(tmp_path, "near-duplicates", "f.ndjson")
    assert pairs == [{"id_a": "1", "id_b": "2", "similarity": 1.0, "class": "copypasta"}]
    assert "line 4: id '2' stands before with another text" in told
    languages, _ = _records(tmp_path, "language", "f.ndjson")
    assert [one["language"] for one in languages] == ["es"] * 3
    chain, _ = _records(tmp_path, "chains", "f.ndjson", "--engine", "none")
    assert [link["kind"] for link in chain] == ["origin", "copypasta"]
    assert [link["stage"] for link in chain] == ["placement", "integration"]
    assert (chain[1]["lag_s"], chain[1]["position"]) == (60, 1)
    assert chain[1]["published_at"] == "1970-01-01T00:01:00Z"


def test_what_is_no_table_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"\0\0")
    for command in ("coordination", "near-duplicates", "language", "chains"):
        assert "a binary file" in failure_of(call_vric("forensics", command, "f", cwd=tmp_path))
        assert "none" in failure_of(call_vric("forensics", command, "none", cwd=tmp_path))
    done = call_vric("forensics", "chains", "f", "--engine", "openai", cwd=tmp_path)
    assert "--endpoint" in failure_of(done)


def test_numbers_of_options_are_numbers(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("account_id,object_id,content_id,timestamp_share\na,o,1,0\n")
    for option in ("--window", "--quantile"):
        done = call_vric("forensics", "coordination", "f", option, "nan", cwd=tmp_path)
        assert done.returncode == 2
        assert "not a number" in done.stderr
