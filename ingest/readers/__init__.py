"""Readers: one per file format, each a function `(path, layout) -> Source`.

A further format is one more module with such a function and one more line in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.readers import delimited, parquet
from ingest.readers.source import Layout, Source, Unreadable

Reader = Callable[[Path, Layout], Source]

READERS: dict[str, Reader] = {
    "csv": delimited.read,
    "parquet": parquet.read,
}

SUFFIXES = {".csv": "csv", ".csv.gz": "csv", ".parquet": "parquet"}


def format_of(name: str) -> str | None:
    """The format that a file's name announces, or None where it is none of ours."""
    lowered = name.lower()
    return next((kind for suffix, kind in SUFFIXES.items() if lowered.endswith(suffix)), None)


__all__ = ["READERS", "Layout", "Reader", "Source", "Unreadable", "format_of"]
