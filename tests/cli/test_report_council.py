"""`ratehouse report council`: the report on rates, read back and held against the marts."""

from __future__ import annotations

import re
import shutil
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from dashboards import formats
from dashboards import sufficiency_figures as figures
from ratehouse import publish
from ratehouse.warehouse import connect
from reports import council
from tests.support.pdf import text_of

CITY, TOWN = "independence", "warrensburg"
MARK = "Simulated data. Not figures of the City of Independence Utilities."
YEAR = 2022  # the first that is not in the books
# Words of the report that not every council member knows, and the definition that explains each.
EXPLAINED = {
    "as-of date": "Owed",
    "ccf": "Units",
    "kWh": "Units",
    "percentile": "AR20, matrix",
    "AR20": "AR20, matrix",
    "depreciation": "Operating expense",
    "senior": "Debt payments",
    "revolving fund": "Debt payments",
    "dearest year": "Debt payments",
    "in lieu of taxes": "Payment in lieu of taxes",
    "net revenue": "Coverage",
    "reserves": "Reserves",
    "required test": "Light of a fund",
    "Required adjustment": "Required adjustment",
    "least rate path": "Least rate path",
    "scenario": "Scenario",
    "matrix": "AR20, matrix",
    "best estimate": "Rules applied, best estimate, range",
    "came late": "Only came late",
    "not expected to be paid": "Not expected to be paid",
    "over 90 days": "Over 90 days",
    "Capital paid from rates": "Capital paid from rates",
    "\N{DAGGER}": "Assumed",
}


@pytest.fixture(scope="module")
def written(place) -> tuple[council.Council, Path]:
    """The city's report, and its file."""
    found = council.council(publish.required_build(place), CITY, YEAR, "base")
    path = place.root / "council.pdf"
    council.write(found, path)
    return found, path


@pytest.fixture(scope="module")
def pictures(written, place) -> list[Path]:
    """Its pictures as files."""
    return council.write_pictures(written[0], place.root / "pictures")


def rows(marts, sql: str, *values: object) -> list[dict]:
    relation = marts.execute(sql, list(values))
    names = [column[0] for column in relation.description]
    return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


def percent(value) -> str:
    """A percentage as the text of a PDF has it, read back with plain spaces."""
    return figures.percent(value).replace(formats.THIN, " ")


def answers(marts, utility: str = CITY) -> list[dict]:
    return rows(
        marts,
        "SELECT * FROM marts.rpt_sufficiency_answers WHERE utility_id = ? AND scenario = 'base' "
        "AND fiscal_year = ? ORDER BY fund",
        utility, YEAR,
    )  # fmt: skip


# ---- The command


def test_it_writes_report_and_pictures_and_says_where(place, ratehouse):
    ended = ratehouse(
        "report", "council", "--utility", TOWN, "--fiscal-year", YEAR, "--workspace", place.root
    )
    assert ended.code == 0, ended.err
    stem = f"council-{YEAR}-base-{publish.required_build(place).stem}"
    path = place.reports / TOWN / f"{stem}.pdf"
    assert str(path) in ended.out.splitlines()
    assert path.stat().st_size > 10_000
    names = {file.name for file in path.with_suffix("").iterdir()}
    assert {"tests-sewer.png", "revenue-sewer.svg", "owed.png", "owed.svg"} <= names


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--utility", "nowhere", "--fiscal-year", YEAR], "Unknown utility nowhere"),
        (["--utility", CITY, "--fiscal-year", 1999], "Name one of these"),
        (["--utility", CITY, "--fiscal-year", YEAR, "--scenario", "boom"], "Unknown scenario boom"),
        (["--fiscal-year", YEAR], "Say which utility with --utility"),
    ],
)
def test_wrong_use_ends_with_2_and_writes_nothing(place, tmp_path, ratehouse, arguments, said):
    path = tmp_path / "council.pdf"
    ended = ratehouse("report", "council", *arguments, "--out", path, "--workspace", place.root)
    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert said in ended.err
    assert not list(tmp_path.iterdir())


# ---- The document


def test_page_one_stands_alone_and_every_fund_has_a_page(written):
    found, path = written
    pages = [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(path).pages]
    funds = len(found.pages) - 4
    assert funds == 3
    assert 1 + funds + 2 <= len(pages) <= 1 + funds + 3
    for question in (
        "Do this year's rates",
        "asked to decide?",
        "a household pay?",
        "What is owed?",
        "be trusted?",
    ):
        assert question in pages[0]
    assert "What did the waiver cost?" in pages[0]
    for text, page in zip(pages[1:], found.pages[1 : 1 + funds], strict=False):
        assert page.title in text and "step by step?" in text and "years around" in text
    for number, text in enumerate(pages, start=1):
        assert f"Build {found.build_id}, as of 30 Jun 2021" in text
        assert f"Page {number} of {len(pages)}" in text and MARK in text


def test_it_is_tagged_for_those_who_do_not_see_it(written):
    found, path = written
    reader = PdfReader(path)
    root = reader.trailer["/Root"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"].startswith("en")
    assert reader.metadata.title.startswith(f"Are the rates enough in fiscal year {YEAR}?")
    assert {(page.mediabox.width, page.mediabox.height) for page in reader.pages} == {(612, 792)}
    told = alternatives(root["/StructTreeRoot"])
    assert found.pictures
    for picture in found.pictures:
        assert picture.alt in told, picture.name


def alternatives(node) -> set[str]:
    """Alternative texts of a tag and all below it."""
    node = node.get_object()
    if isinstance(node, list):
        return set().union(*map(alternatives, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    own = {str(node["/Alt"])} if "/Alt" in node else set()
    return own | (alternatives(node["/K"]) if "/K" in node else set())


@pytest.mark.rule("R13")
def test_every_headline_figure_of_the_funds_is_in_it_to_the_cent(written, marts):
    text = text_of(written[1])
    found = answers(marts)
    assert [row["fund"] for row in found] == ["electric", "sewer", "water"]
    for row in found:
        for column in ("existing_rate_revenue_usd", "required_usd"):
            assert formats.usd(row[column]) in text, (row["fund"], column)
        assert formats.usd(abs(row["deficiency_usd"])) in text
        if row["deficiency_usd"] > 0:
            assert percent(row["adjustment_full_year_pct"]) in text
            assert percent(row["adjustment_in_year_pct"]) in text


def test_every_test_and_year_of_the_funds_is_in_it_to_the_cent(written, marts):
    found, path = written
    text = text_of(path)
    balances = rows(
        marts,
        "SELECT fund, fiscal_year, amount_usd FROM marts.rpt_cash_flow WHERE utility_id = ? AND "
            "scenario = 'base' "
        "AND path = 'adopted' AND fiscal_year BETWEEN ? AND ? "
        "AND line IN ('total:rate_revenue', 'total:surplus', 'ending_balance:ending_balance')",
        CITY, YEAR - 3, YEAR + 5,
    )  # fmt: skip
    assert len({row["fiscal_year"] for row in balances}) >= 7
    for row in balances:
        assert formats.amount(row["amount_usd"]) in text, row
    told = " ".join(picture.alt for picture in found.pictures)
    for row in rows(
        marts,
        "SELECT DISTINCT title FROM marts.rpt_sufficiency WHERE utility_id = ? AND scenario = 'base' "
        "AND path = 'existing_rates' AND fiscal_year = ? AND result <> 'not_applicable'",
        CITY, YEAR,
    ):  # fmt: skip
        assert row["title"] in told


def test_bills_neighbours_and_what_is_owed_are_those_of_the_marts(written, marts):
    text = text_of(written[1])
    home = rows(
        marts,
        "SELECT service, amount_usd FROM marts.rpt_typical_bills WHERE utility_id = ? AND is_now "
        "AND use_kind = 'typical' AND (is_home OR service = 'all')",
        CITY,
    )
    peers = rows(marts, "SELECT peer_usd, own_usd FROM marts.rpt_peer_bills WHERE utility_id = ?", CITY)
    assert len(home) >= 4 and len(peers) >= 3
    for row in (*home, *peers):
        for amount in (row[column] for column in row if column.endswith("_usd")):
            assert amount is None or formats.usd(amount) in text, row
    for day in ("2021-06-30", "2020-06-30"):
        (owed,) = rows(
            marts,
            f"SELECT sum(total_usd) AS total_usd, sum(d91_120_usd + over_120_usd) AS over_90_usd "
            f"FROM marts.aging_as_of(DATE '{day}', 'due_date') WHERE utility_id = ?",
            CITY,
        )
        assert formats.usd(owed["total_usd"]) in text and formats.usd(owed["over_90_usd"]) in text


def test_the_decision_is_the_least_rate_path_or_says_what_forbids_it(written, marts):
    first = re.sub(r"\s+", " ", PdfReader(written[1]).pages[0].extract_text())
    paths = rows(
        marts,
        "SELECT fund, arg_min(adjustment_percent, fiscal_year) AS percent, bool_and(is_found) AS is_found, "
        "max(forbidding_year) AS forbidding_year FROM marts.rpt_rate_paths "
        "WHERE utility_id = ? AND scenario = 'base' AND path = 'least_level' GROUP BY fund",
        CITY,
    )
    assert paths
    for row in paths:
        if not row["is_found"]:
            assert f"in {row['forbidding_year']} fails" in first
        elif row["percent"]:
            assert percent(row["percent"]) in first


def test_no_term_is_unexplained(written):
    found, path = written
    meanings = dict(found.pages[-1].blocks[0].definitions)
    text = text_of(path)
    before, _, _ = text.partition("What do the words mean?")
    for term, definition in EXPLAINED.items():
        if term.lower() in before.lower():
            assert term.lower() in f"{definition} {meanings[definition]}".lower(), term
    for name, meaning in meanings.items():
        assert name in text and re.sub(r"\s+", " ", meaning) in text
    for jargon in ("PILOT", "DSC", "MADS", "PAYGO", "counterfactual", "mechanical", "shadow", "O&M"):
        assert not re.search(rf"\b{re.escape(jargon)}\b", text), jargon


def test_funds_are_never_averaged_and_a_fund_without_books_is_named(written):
    first = re.sub(r"\s+", " ", PdfReader(written[1]).pages[0].extract_text())
    for fund in ("Electric", "Sewer", "Water"):
        assert re.search(rf"{fund}: (yes|no)\. Rates as they are bring", first)
    assert "Trash: not known." in first


def test_the_same_build_gives_the_same_files(written, pictures, tmp_path):
    found, path = written
    council.write(found, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == path.read_bytes()
    for again, first in zip(council.write_pictures(found, tmp_path), pictures, strict=True):
        assert again.read_bytes() == first.read_bytes(), first.name


def test_pictures_are_files_of_300_dots_an_inch_with_title_source_and_date(written, pictures):
    found, _ = written
    assert len(pictures) == 2 * len(found.pictures)
    wide = {picture.name: picture.width + 24 for picture in found.pictures}
    for path in pictures:
        data = path.read_bytes()
        if path.suffix == ".png":
            width, _ = struct.unpack(">II", data[16:24])
            assert abs(width - wide[path.stem] * 300 / 72) <= 1
            place = data.index(b"pHYs") + 4
            assert struct.unpack(">II", data[place : place + 8]) == (11811, 11811)
        else:
            picture = next(one for one in found.pictures if one.name == path.stem)
            assert "<title>" in data.decode() and picture.title.split(" ")[0] in data.decode()
    for picture in found.pictures:
        caption = council.caption(picture, found, is_alone=True)
        assert "Source: " in caption and "As of 30 Jun 2021" in caption and MARK in caption


def test_no_text_is_read_as_markup(written, tmp_path):
    evil = "#strong[x] $y$ <z> \\ =1+1"
    council.write(replace(written[0], name=evil, scenario=evil, mark=evil), tmp_path / "evil.pdf")
    assert evil in text_of(tmp_path / "evil.pdf")


def test_a_city_without_books_says_what_is_missing(place, tmp_path):
    build = tmp_path / "build.duckdb"
    shutil.copy(publish.required_build(place), build)
    with connect(build) as connection:
        for (mart,) in connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'marts' "
            "AND table_name IN ('rpt_sufficiency_answers', 'rpt_sufficiency', 'rpt_cash_flow', "
            "'rpt_revenue_requirement', 'rpt_rate_paths')"
        ).fetchall():
            connection.execute(f"DELETE FROM marts.{mart}")
    council.write(council.council(build, TOWN, YEAR, "base"), tmp_path / "council.pdf")
    text = text_of(tmp_path / "council.pdf")
    assert "Sewer: not known. No ledger, debt schedule or cash balances of this fund were delivered." in text
    assert "What is owed?" in text and "What does a household pay?" in text
    assert "asked to decide" not in text and "step by step" not in text
