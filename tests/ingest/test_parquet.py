"""Parquet that is small on disk and large in memory, or damaged."""

import io
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.ingest import parquet
from app.ingest.parquet import ParquetError, ParquetTable


def file_of(columns: Mapping[str, Any] | pa.Table) -> io.BytesIO:
    file = io.BytesIO()
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), file)
    return file


def repeated(text: str, times: int) -> pa.Array:
    codes = pa.array([0] * times, pa.int32())
    return pa.DictionaryArray.from_arrays(codes, pa.array([text]))


LONG = "x" * 1_000_000


@pytest.mark.parametrize(
    "column",
    [
        repeated(LONG, 2_000),
        pa.ListArray.from_arrays(list(range(0, 2_001, 10)), repeated(LONG, 2_000)),
        pa.StructArray.from_arrays([repeated(LONG, 2_000)], ["inner"]),
    ],
    ids=["texts", "lists", "structs"],
)
def test_texts_that_repeat_unfold_in_parts(column: pa.Array) -> None:
    file = file_of({"number": list(range(len(column))), "text": column})
    assert len(file.getvalue()) < 100_000
    numbers = []
    for part in ParquetTable(file).batches(["number", "text"], 50_000):
        assert part.num_rows * 2_000 / len(column) * len(LONG) <= parquet.MAX_BATCH_BYTES
        numbers += part.column("number").to_pylist()
    assert numbers == list(range(len(column)))


def test_every_kind_of_value_comes_as_it_is() -> None:
    given = {
        "text": ["a", None, "ü"],
        "folded": repeated("b", 3),
        "lists": [["a", None], None, []],
        "structs": [{"a": "x"}, None, {"a": None}],
        "listed": [[{"a": "x"}], None, []],
        "bytes": [b"a", None, b"\xff"],
        "number": [1.5, None, float("inf")],
    }
    table = pa.table(given)
    (part,) = ParquetTable(file_of(table)).batches(table.column_names, 10)
    assert part.to_pydict() == table.to_pydict()


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"a": repeated("x" * (parquet.MAX_ROW_BYTES + 1), 2)}, "a row is longer than 16 MiB"),
        (pa.table([pa.array([1]), pa.array([2])], ["a", "a"]), "there are 2 columns 'a'"),
    ],
)
def test_what_cannot_be_read_is_told(columns: Any, fault: str) -> None:
    with pytest.raises(ParquetError, match=fault):
        list(ParquetTable(file_of(columns)).batches(["a"], 10))


def test_lists_of_too_many_values_are_not_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MAX_LISTED_VALUES", 1_000)
    table = ParquetTable(file_of({"a": [[0] * 2_000], "b": [1]}))
    with pytest.raises(ParquetError, match="1,999 values in lists"):
        list(table.batches(["a"], 10))
    assert [part.num_rows for part in table.batches(["b"], 10)] == [1]


def test_a_damaged_footer_is_told() -> None:
    whole = file_of({"name": ["a"]}).getvalue()
    for damaged in (b"PAR1", whole[:-20], whole.replace(b"name", b"\xff\xfe\xfd\xfc")):
        with pytest.raises(ParquetError, match="no Parquet that can be read"):
            list(ParquetTable(io.BytesIO(damaged)).batches(["name"], 10))
