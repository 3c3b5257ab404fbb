"""What every reader hands over, whatever the format."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

LINE = "_line"
ROWS_PER_BATCH = 100_000


class Unreadable(Exception):
    """The file cannot be read as what it claims to be; the text is one sentence for the user."""


@dataclass(frozen=True)
class Layout:
    """How a delimited file is written; other formats ignore what does not concern them.

    Attributes:
        delimiter: between fields.
        quote: around fields that contain the delimiter or a line end.
        encoding: a Python codec name; a byte-order mark is accepted.
        skip_rows: physical lines before the header (titles).
        header: the column names where the file has no header row.
    """

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    skip_rows: int = 0
    header: tuple[str, ...] | None = None


@dataclass(frozen=True)
class BrokenRecord:
    """A record that could not be split into the header's columns.

    Attributes:
        line: the physical line where it begins.
        reason: a plain sentence.
    """

    line: int
    reason: str


@dataclass
class Source:
    """An opened file.

    Attributes:
        columns: the header, trimmed, in the file's order.
        batches: given positions in `columns`, yields batches with `_line` and one column `c<position>` for
        each; at least
            one batch, possibly empty, so that the types are known.
        raw_text: given line numbers, the text of the records that begin there.
        broken: records that could not be split; complete once `batches` is exhausted.
    """

    columns: list[str]
    batches: Callable[[list[int]], Iterator[pa.RecordBatch]]
    raw_text: Callable[[Collection[int]], dict[int, str]]
    broken: list[BrokenRecord] = field(default_factory=list)
