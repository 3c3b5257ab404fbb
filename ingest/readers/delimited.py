"""Delimited text: CSV and its relatives, plain or gzip.

Python's own `csv` module reads it because it knows the physical line of every record and continues after a
broken one; vectorised
readers know neither. Records become Arrow columns of text in large batches.
"""

from __future__ import annotations

import csv
import gc
import gzip
import io
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any, TextIO

import pyarrow as pa

from ingest.readers.source import LINE, ROWS_PER_BATCH, BrokenRecord, Layout, Source, Unreadable

GZIP_MAGIC = b"\x1f\x8b"
# What a truncated or damaged gzip raises while it is read.
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)


def read(path: Path, layout: Layout) -> Source:
    """Opens a delimited file and reads its header.

    Raises:
        Unreadable: the file is empty, damaged, or not in the layout's encoding.
    """
    return _Delimited(path, layout).open()


class _Delimited:
    """One delimited file; it remembers which records span several lines."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path = path
        self.layout = layout
        self.spans: dict[int, int] = {}
        self.broken: list[BrokenRecord] = []
        self.width = 0

    def open(self) -> Source:
        """Reads the header and hands out the rest lazily."""
        if self.layout.header is not None:
            header = list(self.layout.header)
        else:
            with self._lines() as lines:
                header = self._header(self._reader(lines))
        self.width = len(header)
        return Source(header, self._batches, self._raw_text, self.broken)

    @contextmanager
    def _lines(self) -> Iterator[TextIO]:
        """The decoded file behind its title lines; what goes wrong becomes one sentence."""
        try:
            with _binary(self.path) as binary:
                codec = (
                    "utf-8-sig" if self.layout.encoding.lower() in ("utf-8", "utf8") else self.layout.encoding
                )
                # newline="" leaves line ends to the csv module, which counts LF, CRLF and CR alike.
                text = _text(binary, codec)
                for _ in range(self.layout.skip_rows):
                    text.readline()
                yield text
        except DAMAGED as error:
            raise Unreadable(
                f"the gzip file is damaged or cut off ({error}); have it delivered again"
            ) from error
        except UnicodeError as error:
            raise Unreadable(self._where_undecodable()) from error

    def _where_undecodable(self) -> str:
        """The sentence that names the first byte that is not in the encoding."""
        encoding = self.layout.encoding
        with _binary(self.path) as binary:
            content = binary.read()
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            found = content[error.start : error.start + 1].hex().upper()
            return (
                f"byte {error.start} (0x{found}) is not {encoding.upper()}; save it as UTF-8, or name its "
                "encoding in a source profile"
            )
        return (
            f"the file is not {encoding.upper()}; save it as UTF-8, or name its encoding in a source profile"
        )

    def _reader(self, lines: TextIO) -> Any:
        return csv.reader(lines, delimiter=self.layout.delimiter, quotechar=self.layout.quote, strict=True)

    def _header(self, reader: Any) -> list[str]:
        try:
            header = next((record for record in reader if record), None)
        except csv.Error as error:
            raise Unreadable(f"the header cannot be read: {error}") from error
        if header is None:
            raise Unreadable("the file is empty; it needs at least a header row")
        return [name.strip() for name in header]

    def _batches(self, positions: list[int]) -> Iterator[pa.RecordBatch]:
        names = [LINE, *(f"c{position}" for position in positions)]
        with self._lines() as lines:
            reader = self._reader(lines)
            if self.layout.header is None:
                self._header(reader)
            some = False
            chunks = self._chunks(reader)
            while True:
                # The collector would walk over every row again and again, and finds nothing: half the time.
                with _collector_paused():
                    chunk = next(chunks, None)
                    batch = _batch(*chunk, positions, names) if chunk else None
                if batch is None:
                    break
                some = True
                yield batch
            if not some:
                yield _batch([], [], positions, names)

    def _chunks(self, reader: Any) -> Iterator[tuple[list[list[str]], list[int]]]:
        """Complete records with the physical line where each begins; the others go to `broken`."""
        offset = self.layout.skip_rows
        end = reader.line_num + offset
        rows: list[list[str]] = []
        ends: list[int] = []
        finished = False
        while not finished:
            before = len(rows)
            try:
                for record in islice(reader, ROWS_PER_BATCH - before):
                    rows.append(record)
                    ends.append(reader.line_num)
                finished = len(rows) == before
            except csv.Error as error:
                begins = (ends[-1] + offset if ends else end) + 1
                self._break(begins, reader.line_num + offset, _quotation_reason(error))
                # The broken record takes a place of its own, so that the next one begins behind it.
                rows.append([])
                ends.append(reader.line_num)
            if rows and (finished or len(rows) >= ROWS_PER_BATCH):
                yield self._complete(rows, [last + offset for last in ends], end)
                end = ends[-1] + offset
                rows, ends = [], []

    def _complete(
        self, rows: list[list[str]], ends: list[int], end_before: int
    ) -> tuple[list[list[str]], list[int]]:
        """The rows of a chunk that have as many fields as the header."""
        starts = [end_before + 1, *(last + 1 for last in ends[:-1])]
        if ends[-1] - end_before != len(ends):
            self.spans.update(
                (start, last) for start, last in zip(starts, ends, strict=True) if start != last
            )
        width = self.width
        if all(map(width.__eq__, map(len, rows))):
            return rows, starts
        kept_rows, kept_starts = [], []
        for record, start in zip(rows, starts, strict=True):
            if len(record) == width:
                kept_rows.append(record)
                kept_starts.append(start)
            elif record:
                self.broken.append(BrokenRecord(start, _count_reason(len(record), width)))
        return kept_rows, kept_starts

    def _break(self, start: int, last: int, reason: str) -> None:
        self.spans[start] = last
        self.broken.append(BrokenRecord(start, reason))

    def _raw_text(self, wanted: Collection[int]) -> dict[int, str]:
        """A second pass over the file, so that the first need not keep the text of rows that are fine."""
        found: dict[int, list[str]] = {}
        last_wanted = max((self.spans.get(line, line) for line in wanted), default=0)
        starts = set(wanted)
        begins, until = 0, 0
        with self._lines() as lines:
            for number, text in enumerate(lines, start=self.layout.skip_rows + 1):
                if number > last_wanted:
                    break
                if number in starts:
                    begins, until = number, self.spans.get(number, number)
                if number <= until:
                    found.setdefault(begins, []).append(text)
        return {line: "".join(parts).rstrip("\r\n") for line, parts in found.items()}


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pauses the garbage collector where it was on."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _binary(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked where it is gzip, whatever its name says."""
    with path.open("rb") as probe:
        packed = probe.read(2) == GZIP_MAGIC
    return gzip.open(path, "rb") if packed else path.open("rb")


def _text(binary: IO[bytes], codec: str) -> TextIO:
    return io.TextIOWrapper(binary, encoding=codec, newline="")


def _batch(
    rows: list[list[str]], starts: list[int], positions: list[int], names: list[str]
) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True))
    arrays: list[pa.Array] = [pa.array(starts, pa.int64())]
    for position in positions:
        arrays.append(pa.array(columns[position] if columns else [], pa.string()))
    return pa.RecordBatch.from_arrays(arrays, names=names)


def _count_reason(found: int, expected: int) -> str:
    hint = (
        "was the line cut off?"
        if found < expected
        else "is a value that contains the delimiter not in quotes?"
    )
    return f"the record has {found} {'field' if found == 1 else 'fields'} and the header {expected}; {hint}"


def _quotation_reason(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return (
            "a quotation mark opens here and is not closed before the end of the file; was the file cut off?"
        )
    if "field limit" in str(error):
        return "a quotation mark opens here and is not closed within 131,072 characters; close or remove it"
    return f"the quotation marks do not match ({error}); double a quotation mark inside a quoted value"
