"""Parquet as batches of rows that fit into memory, however little of it there is on disk."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

MAX_BATCH_BYTES = 64 << 20
MAX_ROW_BYTES = 16 << 20
MAX_LISTED_VALUES = 50_000_000
"""What the lists of one column may hold in one row group."""
_TEXTS = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())


class ParquetError(ValueError):
    """The file cannot be read, or unfolds to too much; the message says why."""


class ParquetTable:
    """A file of Parquet. Texts that repeat stay folded until a batch of them is asked for."""

    def __init__(self, source: Path | IO[bytes]) -> None:
        """
        Raises:
            ParquetError: it is none.
        """
        try:
            file = pq.ParquetFile(source)
            texts = [
                column.path
                for column in map(file.schema.column, range(len(file.schema)))
                if column.physical_type == "BYTE_ARRAY"
            ]
            self._file = pq.ParquetFile(source, metadata=file.metadata, read_dictionary=texts)
            self.names: list[str] = list(file.schema_arrow.names)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise ParquetError(f"no Parquet that can be read ({str(error)[:200]})") from None

    def batches(self, names: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """The rows of some columns, `rows` at a time, fewer where their texts are long.

        Raises:
            ParquetError: the file is damaged, or a column of it stands there twice or is too large.
        """
        wanted = list(dict.fromkeys(names))
        for name in wanted:
            if self.names.count(name) > 1:
                raise ParquetError(f"there are {self.names.count(name)} columns {name!r}")
        try:
            self._check_lists(wanted)
            for batch in self._file.iter_batches(rows, columns=wanted):
                yield from _in_parts(batch)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise ParquetError(f"no Parquet that can be read ({str(error)[:200]})") from None

    def _check_lists(self, names: Sequence[str]) -> None:
        metadata = self._file.metadata
        for group in map(metadata.row_group, range(metadata.num_row_groups)):
            for column in map(group.column, range(group.num_columns)):
                listed = column.num_values - group.num_rows
                if listed > MAX_LISTED_VALUES and column.path_in_schema.split(".")[0] in names:
                    raise ParquetError(f"{column.path_in_schema}: {listed:,} values in lists")


def _in_parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    sizes = sum(map(_sizes, batch.columns), np.zeros(len(batch), dtype=np.int64))
    if sizes.max(initial=0) > MAX_ROW_BYTES:
        raise ParquetError(f"a row is longer than {MAX_ROW_BYTES >> 20} MiB")
    parts = np.cumsum(sizes) // (MAX_BATCH_BYTES - MAX_ROW_BYTES)
    starts = [0, *(np.flatnonzero(np.diff(parts)) + 1).tolist(), len(batch)]
    for start, end in pairwise(starts):
        part = batch.slice(start, end - start)
        yield pa.RecordBatch.from_arrays(list(map(_unfolded, part.columns)), part.schema.names)


def _unfolded(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _sizes(column: pa.Array) -> NDArray[np.int64]:
    """The bytes of the texts of each row once they are unfolded."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        lengths = np.append(_sizes(column.dictionary), 0)
        codes = pc.fill_null(column.indices, len(lengths) - 1).to_numpy(zero_copy_only=False)
        return np.asarray(lengths[codes])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        ends = np.append(0, np.cumsum(_sizes(column.values)))
        return np.asarray(np.diff(ends[column.offsets.to_numpy()]))
    if pa.types.is_struct(kind):
        return sum(map(_sizes, column.flatten()), np.zeros(len(column), dtype=np.int64))
    if kind in _TEXTS:
        return np.asarray(pc.fill_null(pc.binary_length(column), 0), dtype=np.int64)
    return np.zeros(len(column), dtype=np.int64)
