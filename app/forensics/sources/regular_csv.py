"""Large CSV files without a fault, by Arrow's reader: about ten times as fast as row by row.

It reads files that need no judgement. At anything else (a row of another width, an end of a line
within quotes, bytes that are no UTF-8, no CSV at all) it gives up, and the careful reader begins anew.
"""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

DELIMITERS = ",;\t|"
BLOCK_BYTES = 8_000_000


class IrregularError(Exception):
    """The file needs the careful reader."""


def read_regular(
    path: Path, required: Mapping[str, str], optional: Mapping[str, str]
) -> Iterator[dict[str, pa.Array]]:
    """Batches of text columns by field; an optional column that the file lacks is left out.

    Raises:
        IrregularError: there is something that only the careful reader can tell.
    """
    try:
        yield from _read(path, required, optional)
    except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise IrregularError from error


def _read(
    path: Path, required: Mapping[str, str], optional: Mapping[str, str]
) -> Iterator[dict[str, pa.Array]]:
    with path.open("rb") as file:
        gzipped = file.read(2) == b"\x1f\x8b"
    opener = gzip.open if gzipped else open
    with opener(path, "rb") as file:
        header = file.readline(100_000).decode("utf-8-sig").strip()
    delimiter = max(DELIMITERS, key=header.count)
    names = [name.strip().strip('"') for name in header.split(delimiter)]
    if header.startswith(("{", "[")) or len(set(names)) < len(names):
        raise IrregularError
    columns = {**required, **{name: at for name, at in optional.items() if at in names}}
    if not set(columns.values()) <= set(names):
        raise IrregularError
    wanted = sorted(set(columns.values()))
    with pa.input_stream(str(path), compression="gzip" if gzipped else None) as stream:
        reader = pa_csv.open_csv(
            stream,
            pa_csv.ReadOptions(block_size=BLOCK_BYTES, column_names=names, skip_rows=1),
            pa_csv.ParseOptions(delimiter=delimiter),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted
            ),
        )
        for batch in reader:
            yield {name: batch.column(at) for name, at in columns.items()}
