"""Files of a delivery: one entity after the other, a month at a time, never more than a month in memory."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

FileFormat = Literal["csv", "parquet"]
# Small batches wait for each other: a row group a month would cost more than its rows.
_ROWS_AT_ONCE = 50_000


class TableFile:
    """One table that grows by batches, as Parquet or CSV.

    Equal batches give equal bytes: nothing of the clock or of the machine is written.
    """

    def __init__(self, path: Path, file_format: FileFormat) -> None:
        self._path = path.with_suffix(f".{file_format}")
        self._format = file_format
        self._writer: pq.ParquetWriter | None = None
        self._handle = None
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self.rows = 0

    def write(self, table: pa.Table) -> None:
        """Append a batch; the first one decides the columns."""
        self.rows += table.num_rows
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        if self._waiting_rows >= _ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables(self._waiting)
        self._waiting, self._waiting_rows = [], 0
        if self._format == "parquet":
            if self._writer is None:
                self._writer = pq.ParquetWriter(
                    self._path,
                    table.schema,
                    compression="zstd",
                    compression_level=1,
                    use_dictionary=[
                        field.name
                        for field in table.schema
                        if not field.name.endswith("_id") and field.name != "amount"
                    ],
                )
            self._writer.write_table(table.combine_chunks())
            return
        is_first = self._handle is None
        if is_first:
            self._handle = self._path.open("wb")
        pl.from_arrow(table).write_csv(self._handle, include_header=is_first)

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        if self._writer is not None:
            self._writer.close()
        if self._handle is not None:
            self._handle.close()


class Delivery:
    """One folder of extracts: everything that was posted in its period."""

    def __init__(self, folder: Path, file_format: FileFormat) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._format = file_format
        self._files: dict[str, TableFile] = {}

    def write(self, entity: str, table: pa.Table) -> None:
        """Append rows of an entity; no rows make no file."""
        if not table.num_rows:
            return
        if entity not in self._files:
            self._files[entity] = TableFile(self._folder / entity, self._format)
        self._files[entity].write(table)

    def close(self, utility_id: str, delivered_on: dt.date) -> dict[str, int]:
        """Finish every file and say what the folder is; the rows by entity are returned."""
        for file in self._files.values():
            file.close()
        write_manifest(self._folder, utility_id, delivered_on)
        return {entity: file.rows for entity, file in self._files.items()}


def write_manifest(folder: Path, utility_id: str, delivered_on: dt.date | None = None) -> None:
    """Write `delivery.yml`: simulated rows must never be taken for a city's own."""
    lines = ["origin: simulated", f"utility_id: {utility_id}"]
    if delivered_on is not None:
        lines.append(f"delivered_on: {delivered_on.isoformat()}")
    (folder / "delivery.yml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
