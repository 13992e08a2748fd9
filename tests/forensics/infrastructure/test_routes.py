"""`POST /v1/forensics/infrastructure`: captures go in, what sites share comes out."""

import asyncio
import random
from pathlib import Path

import orjson
import pytest

from app.core.settings import Settings
from app.forensics.infrastructure import process, service
from app.forensics.infrastructure.document import analyse
from app.forensics.infrastructure.examples import ANSWER
from app.forensics.infrastructure.schemas import MIN_SCORE, InfrastructureAnswer
from tests.forensics.corpora.conftest import Analyst, Analysts
from tests.forensics.infrastructure.making import background, planted, zipped
from tests.forensics.infrastructure.test_hostile import BOMB, har_of
from tests.problems import assert_problem

PATH = "/v1/forensics/infrastructure"


async def test_an_archive_is_compared(analyst: Analyst, tmp_path: Path, settings: Settings) -> None:
    chance = random.Random(2)
    body = zipped([*planted(chance, 0, 3), *(background(chance, number) for number in range(5))])
    answer = await analyst.client.post(PATH, content=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-request-cost"] == "10"
    assert answer.headers["cache-control"] == "no-store"
    shown = InfrastructureAnswer.model_validate_json(answer.content, extra="forbid", strict=True)
    assert [group.sites for group in shown.groups] == [[f"red0-{n}.example" for n in range(3)]]
    (tmp_path / "a.zip").write_bytes(body)
    assert orjson.dumps(analyse(tmp_path / "a.zip", MIN_SCORE)) == answer.content
    assert (await analyst.client.post(PATH, content=body)).content == answer.content
    none = await analyst.client.post(PATH, content=body, params={"min_score": 99})
    assert (none.status_code, none.json()["pairs"]) == (200, [])
    assert settings.upload_dir is not None
    assert list(settings.upload_dir.iterdir()) == []  # nothing of it is kept


async def test_a_har_alone_is_read(analyst: Analyst) -> None:
    first, again = [await analyst.client.post(PATH, content=har_of("uno.example")) for _ in "12"]
    assert [site["site"] for site in first.json()["sites"]] == ["uno.example"]
    assert first.content == again.content


async def test_what_holds_no_captures_is_refused(analyst: Analyst) -> None:
    broken = zipped([background(random.Random(1), 1)])[:-40]
    for body, says in (
        (b"", "a ZIP of captures is needed"), (b"no archive", "no captures"),
        (b'{"log": 7}', "no captures"), (zipped([]), "no captures"), (broken, "no captures"),
        (BOMB, "256 MiB"),
    ):  # fmt: skip
        answer = await analyst.client.post(PATH, content=body)
        assert says in str(assert_problem(answer, 422, "invalid_body")["detail"])


async def test_parameters_and_plans_are_checked(analyst: Analyst, analysts: Analysts) -> None:
    for bad in ("-1", "101", "nan", "inf", "x"):
        answer = await analyst.client.post(PATH, params={"min_score": bad}, content=b"x")
        assert_problem(answer, 400, "invalid_parameter")
    assert_problem(await analyst.client.post(PATH, params={"f": "x"}), 400, "invalid_parameter")
    async with analysts("free@example.org", "free") as free:
        assert_problem(await free.client.post(PATH, content=b"x"), 403, "plan_required")
    assert_problem(
        await analyst.client.post(PATH, content=b"x", headers={"X-API-Key": "vric_sk_no"}),
        401, "unauthorized",
    )  # fmt: skip


async def test_too_much_is_refused_while_it_comes(
    analyst: Analyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_ARCHIVE_BYTES", 1_000)
    answer = await analyst.client.post(PATH, content=b"x" * 2_000)
    assert_problem(answer, 413, "body_too_large")


async def test_what_takes_too_long_is_ended(
    analyst: Analyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "DEADLINE_S", 0)
    answer = await analyst.client.post(PATH, content=zipped([background(random.Random(1), 1)]))
    assert "too long" in str(assert_problem(answer, 422, "invalid_body")["detail"])


async def test_what_needs_too_much_memory_is_ended(
    analyst: Analyst, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "MEMORY_BYTES", 80 << 20)
    answer = await analyst.client.post(PATH, content=BOMB)
    assert_problem(answer, 422, "invalid_body")


async def test_others_wait_their_turn(analyst: Analyst, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_WAIT_S", 0.05)
    monkeypatch.setattr(service, "_places", asyncio.Semaphore(0))
    answer = await analyst.client.post(PATH, content=zipped([background(random.Random(1), 1)]))
    assert_problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "30"


async def test_one_account_has_one_comparison_at_a_time(
    analyst: Analyst, analysts: Analysts, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = zipped([background(random.Random(1), 1)])
    started, go_on = asyncio.Event(), asyncio.Event()

    async def waiting(*_: object) -> bytes:
        started.set()
        await go_on.wait()
        return b"{}"

    monkeypatch.setattr(service, "run_comparison", waiting)
    first = asyncio.create_task(analyst.client.post(PATH, content=body))
    await started.wait()
    second = await analyst.client.post(PATH, content=body)
    assert_problem(second, 429, "rate_limited")
    async with analysts("other@example.org") as other:
        third = asyncio.create_task(other.client.post(PATH, content=body))
        go_on.set()
        assert [(await one).status_code for one in (first, third)] == [200, 200]
    assert (await analyst.client.post(PATH, content=body)).status_code == 200


async def test_an_archive_in_a_form_is_read_too(analyst: Analyst) -> None:
    body = zipped([background(random.Random(1), 1)])
    answer = await analyst.client.post(PATH, files={"file": ("captures.zip", body)})
    assert [site["site"] for site in answer.json()["sites"]] == ["fondo1.example"]


def test_the_example_fits_its_schema() -> None:
    InfrastructureAnswer.model_validate(ANSWER, extra="forbid")
