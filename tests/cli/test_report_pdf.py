"""`ratehouse report close`: its PDF read back, and both files the same when written again."""

from __future__ import annotations

from pypdf import PdfReader

from dashboards import formats
from reports import document, workbook
from tests.support.pdf import text_of

MARK = "Simulated data. Not figures of the City of Independence Utilities."


def test_the_pdf_is_letter_titled_and_in_a_language(closed):
    reader = PdfReader(closed[2])
    assert 2 <= len(reader.pages) <= 4
    assert {(page.mediabox.width, page.mediabox.height) for page in reader.pages} == {(612, 792)}
    assert (
        reader.metadata.title == "Month-end close, December 2020, City of Independence Utilities (simulated)"
    )
    assert reader.trailer["/Root"]["/Lang"] == "en-US"
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert f"Build {closed[0].build_id}, as of 30 Jun 2021" in text
        assert f"Page {number} of {len(reader.pages)}" in text
        assert MARK in text


def test_the_pdf_shows_every_figure_of_its_tables(closed):
    found, _, paper = closed
    text = text_of(paper)
    amounts = [
        formats.amount(value)
        for section in found.sections
        for table in section.paper
        for row in table.rows
        for value, kind in zip(row, table.kinds, strict=True)
        if kind == "usd"
    ]
    assert len(amounts) > 100
    assert [amount for amount in amounts if amount not in text] == []
    for section in found.sections:
        assert section.title in text


def test_the_same_build_gives_the_same_files(closed, tmp_path):
    found, book, paper = closed
    workbook.write(found, tmp_path / "book.xlsx")
    document.write(found, tmp_path / "paper.pdf")
    assert (tmp_path / "book.xlsx").read_bytes() == book.read_bytes()
    assert (tmp_path / "paper.pdf").read_bytes() == paper.read_bytes()
