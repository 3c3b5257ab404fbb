"""The month-end package on paper: the same figures, arranged by a Typst template."""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import typst

from dashboards import formats
from reports.close import Close
from reports.layout import Section, Table, written

TEMPLATE = Path(__file__).parent / "close.typ"


def write(close: Close, path: Path) -> None:
    """Writes the PDF. The same build gives the same file."""
    put(path, typeset(TEMPLATE, _content(close), close.built_at))


def typeset(template: Path, content: dict, made: datetime, standards: Sequence[str] = ()) -> bytes:
    """A document as PDF: the template reads its content, text only, under its own name.

    Args:
        template: the Typst file. Only the fonts that Typst brings are used.
        content: what it shows.
        made: when, for the file; the build's time, so that the same build gives the same file.
        standards: that the file must keep, as Typst calls them: `ua-1` is PDF/UA.
    """
    return typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={template.stem: json.dumps(content)},
        timestamp=int(made.timestamp()),
        pdf_standards=list(standards),
    )


def with_dots(png: bytes, dots_per_inch: float) -> bytes:
    """A PNG that says how many dots an inch has, so that it is placed at its true size."""
    dots = round(dots_per_inch / 0.0254)
    body = b"pHYs" + struct.pack(">IIB", dots, dots, 1)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    after = 8 + 25  # the signature and the header
    return png[:after] + chunk + png[after:]


def drawing(template: Path, content: dict, form: str, dots_per_inch: float | None = None) -> bytes:
    """A page of a template as a picture: png or svg; the template reads its content as `typeset` says."""
    return typst.compile(
        template,
        format=form,
        ppi=dots_per_inch,
        ignore_system_fonts=True,
        sys_inputs={template.stem: json.dumps(content)},
    )


def put(path: Path, written: bytes) -> None:
    """Writes a file, which appears when it is complete."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(written)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _content(close: Close) -> dict:
    """What the template shows, as text."""
    made = close.built_at
    return {
        "title": f"Month-end close, {close.month}, {close.name}",
        "heading": f"{close.month}: what was owed, and does it tie?",
        "under": f"{close.name}. Month-end close on {formats.day(close.month_end)}.",
        "mark": close.mark,
        "foot": close.foot,
        "made": {"year": made.year, "month": made.month, "day": made.day},
        "figures": [
            {"label": figure.label, "value": figure.text, "remark": figure.remark} for figure in close.figures
        ],
        "sections": [
            _section(section)
            for section in (*close.sections, close.basis)
            if section.paper or section.sentence
        ],
    }


def _section(section: Section) -> dict:
    return {
        "title": section.title,
        "sentence": section.sentence,
        "notes": list(section.notes),
        "tables": [_table(table) for table in section.paper],
    }


def _table(table: Table) -> dict:
    return {
        "title": table.title,
        "headings": list(table.headings),
        "kinds": list(table.kinds),
        "rows": [
            [written(value, kind) for value, kind in zip(row, table.kinds, strict=True)] for row in table.rows
        ],
        "sums": sorted(table.sums),
        "note": table.note,
    }
