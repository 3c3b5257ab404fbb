"""Parquet: columns keep their types, and the row number stands for the line."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.readers.source import LINE, Layout, Source, Unreadable

ROWS_PER_BATCH = 1_000_000


def read(path: Path, layout: Layout) -> Source:
    """Opens a Parquet file; `layout` speaks of delimited text and does not concern it.

    Raises:
        Unreadable: the file is damaged or no Parquet.
    """
    try:
        with pq.ParquetFile(path) as file:
            names = [name.strip() for name in file.schema_arrow.names]
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(error) from error

    def batches(positions: list[int]) -> Iterator[pa.RecordBatch]:
        return _batches(path, positions)

    def raw_text(lines: Collection[int]) -> dict[int, str]:
        return _raw_text(path, lines)

    return Source(names, batches, raw_text)


def _unreadable(error: Exception) -> Unreadable:
    first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
    return Unreadable(
        f"the Parquet file is damaged or cut off ({first_line.rstrip('.')}); have it delivered again"
    )


def _row_groups(path: Path, columns: list[str] | None) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Batches with the number of their first row, counted from 1."""
    first = 1
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(ROWS_PER_BATCH, columns=columns):
                yield first, batch
                first += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(error) from error


def _batches(path: Path, positions: list[int]) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
    wanted = [schema.names[position] for position in positions]
    names = [LINE, *(f"c{position}" for position in positions)]
    some = False
    for first, batch in _row_groups(path, wanted):
        some = True
        lines = pa.array(np.arange(first, first + batch.num_rows, dtype=np.int64))
        yield pa.RecordBatch.from_arrays(
            [lines, *(_plain(batch.column(name)) for name in wanted)], names=names
        )
    if not some:
        empty = [
            pa.array([], pa.int64()),
            *(_plain(pa.array([], schema.field(name).type)) for name in wanted),
        ]
        yield pa.RecordBatch.from_arrays(empty, names=names)


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _raw_text(path: Path, lines: Collection[int]) -> dict[int, str]:
    wanted = np.array(sorted(lines), dtype=np.int64)
    found: dict[int, str] = {}
    for first, batch in _row_groups(path, None):
        inside = wanted[(wanted >= first) & (wanted < first + batch.num_rows)]
        rows = batch.take(pa.array(inside - first)).to_pylist()
        found.update(
            (int(line), json.dumps(row, default=str, ensure_ascii=False))
            for line, row in zip(inside, rows, strict=True)
        )
    return found
