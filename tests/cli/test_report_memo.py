"""`ratehouse report memo`: two pages on what an episode cost, read back and held against the marts."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from dashboards import formats
from dashboards import impact_words as terms
from ratehouse import publish
from ratehouse.warehouse import connect
from reports import memo
from tests.support.pdf import text_of

UTILITY, EPISODE = "independence", "december_2020"
MARK = "Simulated data. Not figures of the City of Independence Utilities."


@pytest.fixture(scope="module")
def written(place) -> tuple[memo.Memo, Path]:
    """The memo on December 2020, and its file."""
    found = memo.memo(publish.required_build(place), UTILITY, EPISODE)
    path = place.root / "memo.pdf"
    memo.write(found, path)
    return found, path


def totals(marts, where: str) -> list[dict]:
    relation = marts.execute(
        "SELECT question, component, central_usd, collected_usd, low_usd, high_usd, "
        "own_usd, own_collected_usd "
        "FROM marts.rpt_waiver_totals "
        f"WHERE utility_id = ? AND episode_id = ? AND dimension = 'total' AND {where}",
        [UTILITY, EPISODE],
    )
    names = [column[0] for column in relation.description]
    return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


# ---- The command


def test_it_writes_the_memo_and_says_where(place, ratehouse):
    arguments = ["--utility", UTILITY, "--episode", EPISODE, "--workspace", place.root]
    ended = ratehouse("report", "memo", *arguments)
    assert ended.code == 0, ended.err
    build_id = publish.required_build(place).stem
    path = place.reports / UTILITY / f"memo-{EPISODE}-{build_id}.pdf"
    assert str(path) in ended.out.splitlines()
    assert path.stat().st_size > 5_000
    assert MARK in ended.out


def test_it_writes_where_it_is_told(place, tmp_path, ratehouse):
    path = tmp_path / "council" / "memo.pdf"
    ended = ratehouse("report", "memo", "--utility", "warrensburg", "--out", path, "--workspace", place.root)
    assert ended.code == 0, ended.err
    assert len(PdfReader(path).pages) == 2
    assert "COVID-19 in 2020" in text_of(path)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--utility", "nowhere", "--episode", EPISODE], "Unknown utility nowhere"),
        (["--utility", UTILITY, "--episode", "flood"], "Unknown episode flood. independence has: "),
        (["--utility", UTILITY], "Say which episode with --episode. independence has: "),
        (["--episode", EPISODE], "Say which utility with --utility"),
        (["--utility", UTILITY, "--episode", EPISODE, "--build", "1999"], "1999"),
    ],
)
def test_wrong_use_ends_with_2_and_writes_nothing(place, tmp_path, ratehouse, arguments, said):
    path = tmp_path / "memo.pdf"
    ended = ratehouse("report", "memo", *arguments, "--out", path, "--workspace", place.root)
    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert said in ended.err
    assert not path.exists()


# ---- The document


def test_it_has_two_letter_pages_titled_marked_and_numbered(written):
    found, path = written
    reader = PdfReader(path)
    assert len(reader.pages) == 2
    assert {(page.mediabox.width, page.mediabox.height) for page in reader.pages} == {(612, 792)}
    assert reader.metadata.title == f"{found.title}: what it cost, City of Independence Utilities (simulated)"
    assert reader.trailer["/Root"]["/Lang"] == "en-US"
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert f"Build {found.build_id}, as of 30 Jun 2021" in text
        assert f"Page {number} of 2" in text
        assert MARK in text


def test_every_headline_figure_of_the_page_is_in_it(written):
    found, path = written
    text = text_of(path)
    assert [label for label, *_ in found.figures] == [
        "Cost of the waiver", "Cost of the event", "Only came late", "Back to normal",
    ]  # fmt: skip
    for label, value, remark, _ in found.figures:
        assert label in text and value in text
        assert all(part in text for part in re.findall(r"\$[\d,]+", remark)), remark


@pytest.mark.rule("R60")
def test_both_answers_stand_to_the_cent_as_the_marts_have_them(written, marts):
    text = text_of(written[1])
    rows = totals(marts, "component = 'penalties' AND (method = 'rules_applied' OR is_best)")
    assert {row["question"] for row in rows} == set(terms.QUESTIONS)
    for row in rows:
        for amount in (row["central_usd"], row["collected_usd"], row["low_usd"], row["high_usd"]):
            assert amount is None or formats.amount(amount) in text
        assert row["central_usd"] > 0


@pytest.mark.rule("R57", "R63")
def test_every_part_of_the_best_estimate_is_listed_and_the_credit_of_february_is_in_no_sum(written, marts):
    found, path = written
    text = text_of(path)
    rows = totals(
        marts, "is_best AND question = 'event' AND component NOT IN ('collected_late', 'penalties')"
    )
    for row in rows:
        real = row["own_usd"] if row["collected_usd"] is None else row["own_collected_usd"]
        if real:
            assert formats.usd_whole(real).replace("$", "") in text, row["component"]
    (credits,) = [row["central_usd"] for row in rows if row["component"] == "unrelated_credits"]
    lost = next(int(value.replace(",", "")) for value in re.findall(r"\$([\d,]+) was lost", text))
    assert credits > Decimal(lost)


def test_what_came_late_is_told_as_its_measures_ended_never_inside_them(place, tmp_path):
    """Three month ends of a city with an estimate: bills were held back, so the first two read too high."""
    build = publish.required_build(place)
    database = tmp_path / build.name
    shutil.copy(build, database)
    late = {"2020-12-31": 1_111, "2021-01-31": 9_999, "2021-02-28": 5_555}
    given = [("month", day, day, amount) for day, amount in late.items()]
    with connect(database) as connection:
        for dimension, value, day, amount in [*given, ("total", "total", "2021-02-28", 5_555)]:
            connection.execute(
                "INSERT INTO marts.rpt_waiver_totals SELECT * REPLACE ('collected_late' AS component, "
                "CAST(? AS VARCHAR) AS dimension, CAST(? AS VARCHAR) AS dimension_value, "
                "CAST(? AS DATE) AS at_on, CAST(? AS DECIMAL(18,2)) AS central_usd) "
                "FROM marts.rpt_waiver_totals WHERE utility_id = ? AND episode_id = ? "
                "AND dimension = 'total' AND component = 'unbilled' AND question = 'event' AND is_best",
                [dimension, value, day, amount, UTILITY, EPISODE],
            )
    found = memo.memo(database, UTILITY, EPISODE)
    memo.write(found, tmp_path / "memo.pdf")
    assert found.figures[2][1] == "$5,555"
    assert f"on 28 Feb 2021, {terms.AT_THE_END}" in found.figures[2][2]
    text = text_of(tmp_path / "memo.pdf")
    assert "paid late: $5,555 on 28 Feb 2021" in text and "9,999" not in text
    assert "reads up to a fifth too high at month ends up to 31 Jan 2021" in text
    assert "docs/impact_study.md" in text


def test_what_refused_is_said_with_its_reason(written, marts):
    text = text_of(written[1])
    reasons = marts.execute(
        "SELECT DISTINCT reason FROM marts.rpt_waiver_methods WHERE utility_id = ? AND episode_id = ? "
        "AND is_refused AND method <> 'rules_applied'",
        [UTILITY, EPISODE],
    ).fetchall()
    assert reasons
    for (reason,) in reasons:
        assert reason in text


def test_the_same_build_gives_the_same_file(written, tmp_path):
    found, path = written
    memo.write(found, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == path.read_bytes()


def test_no_text_is_read_as_markup(written, tmp_path):
    evil = "#strong[x] $y$ <z> \\ =1+1"
    memo.write(replace(written[0], name=evil, title=evil, mark=evil), tmp_path / "evil.pdf")
    assert evil in text_of(tmp_path / "evil.pdf")
