"""Files of records in every form, and what spoils one record without spoiling others."""

import json

import pytest

from app.ingest.records import Record, nest, read_records
from app.ingest.rejects import Reject


def fields(text: str, **options: object) -> list[object]:
    """The fields of records, the reasons of rejects, with their lines."""
    return [
        (found.line, found.fields if isinstance(found, Record) else found.reason)
        for found in read_records(text, **options)  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": "1"}, {"a": "2"}]',
        '{"a": "1"}\n{"a": "2"}',
        "a\n1\n2\n",
        "\r\na;b\r\n1;\r\n2; ;\r\n",
    ],
    ids=["list", "lines", "csv", "semicolons"],
)
def test_every_form_says_the_same(text: str) -> None:
    assert [found.fields for found in read_records(text) if isinstance(found, Record)] == [
        {"a": "1"}, {"a": "2"},
    ]  # fmt: skip


def test_a_document_is_unfolded_and_its_records_numbered() -> None:
    text = json.dumps({"legs": [{"a": 1}, 7, {"a": 2}]}, indent=2)
    assert fields(text, unfold=lambda value: value["legs"]) == [
        (1, {"a": 1}), (2, "not an object"), (3, {"a": 2}),
    ]  # fmt: skip
    assert fields(f"[{text}]", unfold=lambda value: value["legs"]) == [
        (1, {"a": 1}), (1, "not an object"), (1, {"a": 2}),
    ]  # fmt: skip


def test_an_object_written_without_indents_is_one_record() -> None:
    assert fields('{"a":\n{"b": 1},\n"c":\n{"d": 2}}') == [(1, {"a": {"b": 1}, "c": {"d": 2}})]


def test_what_is_wrong_with_a_line_is_said_of_that_line() -> None:
    deep = '{"a":' * 200 + "1" + "}" * 200
    found = fields(f'{{"a": 1}}\n\n{{"a": \n{deep}\n[]\n{{"n": {"9" * 10_000}}}\n{{"a": 2}}')
    assert [line for line, _ in found] == [1, 3, 4, 5, 6, 7]  # type: ignore[misc]
    assert found[0] == (1, {"a": 1}) and found[-1] == (7, {"a": 2})
    assert found[2] == (4, "nested too deep") and found[3] == (5, "not an object")
    assert fields('[{"a": 1},\n{"a": }]') == [(2, "no JSON: Expecting value")]
    assert fields("[" * 100_000)[0][0] == 1  # type: ignore[index]
    assert fields(" \n\n") == []


def test_escapes_that_are_no_text_spoil_their_record_alone() -> None:
    wrong = "holds a NUL character or half of a surrogate pair, which are no text"
    text = r"""{"a": "\u0000"}
{"a": {"b": ["\ud800"]}}
{"\udfff": 1}
{"a": "\\u0000 \ud83d\ude00"}"""
    assert fields(text) == [(1, wrong), (2, wrong), (3, wrong), (4, {"a": "\\u0000 \U0001f600"})]


def test_rows_of_csv() -> None:
    text = 'a,b\n1,"two\nlines"\n\n1,2,3\n1,2,,\n'
    assert fields(text) == [
        (3, {"a": "1", "b": "two\nlines"}),
        (5, "3 cells under 2 columns"),
        (6, {"a": "1", "b": "2"}),
    ]
    assert fields(text, needs=("title", "name")) == [
        (1, "the first line must name the columns, title or name among them")
    ]
    assert len(fields(",".join(map(str, range(101))) + "\n1")) == 1


def test_names_with_dots_nest() -> None:
    cells = {"from": "Lima", "from.country": "PE", "to.country": "CU", "to": "Havana", "n": 1}
    assert nest(cells) == {
        "from": {"name": "Lima", "country": "PE"}, "to": {"country": "CU", "name": "Havana"}, "n": 1,
    }  # fmt: skip
    for wrong in ({"n": 1, "n.x": "2"}, {"n.x": "2", "n": ["1"]}):
        with pytest.raises(ValueError, match="contradict each other at n"):
            nest(wrong)
    assert fields("n.x,n\n", of_row=nest) == []  # type: ignore[arg-type]


def test_a_row_that_makes_no_record_says_why() -> None:
    def refuse(row: object) -> dict[str, object]:
        raise ValueError("not today")

    assert list(read_records("a\n1\n", of_row=refuse)) == [Reject(2, "not today")]
