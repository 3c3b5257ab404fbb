"""Billing and reads, and Proof of revenue, run as Streamlit runs them: against bills priced by hand."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from io import StringIO

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import bill, billing_charts, components, formats
from ratehouse.workspace import Workspace

from .billed_town import BASE, BUSINESS, BilledTown, sewer_lines, total
from .conftest import APP, BILLED_BUILD
from .test_pages import figures, markup, texts

PAGES = {"billing": "views/billing.py", "proof": "views/proof.py"}
NAMES = {
    "warrensburg": "City of Warrensburg Sewer Utility (simulated)",
    "independence": "City of Independence Utilities (simulated)",
    "plainville": "City of Plainville (simulated)",
}
MARK = "Simulated data. Not figures of the City of Warrensburg Sewer Utility."
# What a page says of each planted mistake.
SAID = {
    "010000001-1607": "Billed on 14 ccf; the winter average gives 5 ccf.",
    "010000002-1605": "The base charge of $9.00 is missing.",
    "010000002-1606": "A tax of $1.47 was charged; this account pays none.",
}


@pytest.fixture
def open_page(billed, at_workspace):
    at_workspace(billed[0])

    def opened(name: str, utility: str = "warrensburg", **query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        for key, value in {"utility": NAMES[utility], **query}.items():
            app.query_params[key] = value
        app.switch_page(PAGES[name]).run()
        assert not app.exception, app.exception[0].message
        return app

    return opened


@pytest.fixture
def town_of_receivables(town_build, at_workspace):
    at_workspace(town_build)

    def opened(name: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60).switch_page(PAGES[name]).run()
        assert not app.exception, app.exception[0].message
        return app

    return opened


@pytest.fixture
def priced(billed) -> BilledTown:
    return billed[1]


def usd(amounts) -> str:
    return formats.usd(sum(amounts, Decimal("0.00")))


def cells(app: AppTest, header: str) -> list[list[str]]:
    """The rows of the first table that has a header."""
    table = next(block for block in markup(app).split("<table") if f">{header}</th>" in block)
    rows = re.findall(r"<tr[^>]*>(<td.*?)</tr>", table)
    return [[html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in rows]


class TestFigures:
    def test_all_but_the_planted_bills_are_exact(self, priced, open_page):
        value, note = figures(open_page("billing"))["Exact to the cent"]
        exact = sum(priced.due[one] == priced.billed[one] for one in priced.due)
        assert exact == len(priced.due) - len(SAID)
        assert value == formats.pct(Decimal(exact * 100) / len(priced.due))
        amounts = f"{usd(priced.billed.values())} billed, {usd(priced.due.values())} by tariff"
        assert note == f"of {len(priced.due)} bills and services; {amounts}; FY 2016: {value}"

    def test_the_mistakes_and_their_dollars(self, priced, open_page):
        value, note = figures(open_page("billing"))["Mistakes found"]
        apart = [priced.billed[one] - priced.due[one] for one in priced.due]
        too_much, too_little = usd(x for x in apart if x > 0), usd(-x for x in apart if x < 0)
        assert value == "3 bills"
        assert note == (
            f"{usd(map(abs, apart))} at stake: {too_much} billed too much, {too_little} too little"
        )

    @pytest.mark.rule("R14")
    def test_never_billed_is_a_bill_for_each_read(self, open_page):
        app = open_page("billing")
        missed = 4 * total(sewer_lines(BUSINESS[3]))
        value, note = figures(app)["Never billed"]
        assert value == formats.usd_tile(missed)
        assert note == "missed at 1 place; 0 still so"
        row = cells(app, "Finding")[0]
        assert row[:2] == ["In service, without a bill", "020000004"]
        assert row[5:7] == ["11 Feb 2016", "10 Jun 2016"]
        assert row[9] == formats.amount(missed)
        assert "a bill for each read; 40 ccf" in row[10]

    def test_the_estimated_share_counts_reads(self, priced, open_page):
        reads = priced.rows["reads"]
        estimated = sum(row["read_kind"] == "estimated" for row in reads)
        assert estimated == 1
        value, _ = figures(open_page("billing"))["Estimated reads"]
        assert value == formats.pct(Decimal(estimated * 100) / len(reads))


class TestAudit:
    def test_reasons_are_ranked_by_dollars(self, priced, open_page):
        rows = cells(open_page("billing"), "Why they differ")
        assert [row[0] for row in rows] == [
            "Wrong winter average",
            "Base charge missing",
            "Tax where none is due",
        ]
        july = "010000001-1607"
        assert rows[0][3] == formats.amount(priced.billed[july] - priced.due[july])
        assert rows[1][4] == formats.amount(BASE)

    def test_the_list_holds_the_planted_bills_and_no_other(self, priced, open_page):
        listed = open_page("billing").dataframe[0].value
        assert set(listed["bill_id"]) == set(priced.reasons) == set(SAID)

    @pytest.mark.rule("R87")
    @pytest.mark.parametrize("number", SAID)
    def test_a_bill_is_explained_in_words_and_lines(self, priced, open_page, number):
        app = open_page("billing", bill=number)
        text = texts(app)
        assert f"Bill {number}. {SAID[number]}" in text
        lines = cells(app, "Quantity billed")
        amounts = {
            side: sum(Decimal(row[at].replace(",", "")) for row in lines if row[at] != formats.UNKNOWN)
            for side, at in (("billed", 5), ("due", 8))
        }
        assert amounts == {"billed": priced.billed[number], "due": priced.due[number]}
        assert "The reads behind it" in text
        assert "Where the prices come from" in text
        sources = {
            row["source"]
            for row in priced.rows["policy_tariff_components"]
            if row["utility_id"] == "warrensburg" and str(row["effective_from"]) == "2015-10-01"
        }
        assert [row[5] for row in cells(app, "Ordinance")][0] in {formats.plain(source) for source in sources}

    def test_the_missing_line_stands_beside_nothing(self, open_page):
        base = cells(open_page("billing", bill="010000002-1605"), "Quantity billed")[0]
        dash = formats.UNKNOWN
        assert base == ["Sewer", "Base", "month", dash, dash, dash, "1", "$9.00", "9.00", "−9.00"]

    @pytest.mark.rule("R04", "R05")
    def test_the_winter_average_shows_its_reads(self, open_page):
        app = open_page("billing", bill="010000001-1607")
        assert (
            "The winter average of 2016 is 5 ccf a month, in force from 1 Apr 2016: 15 ccf over 3 reads."
            in (texts(app))
        )
        tables = [block for block in markup(app).split("<table") if ">Read</th>" in block]
        winter = next(block for block in tables if "10 Mar 2016" in block)
        assert re.findall(r'class="n">(\d+)<', winter) == ["5", "6", "4"]

    def test_any_bill_can_be_typed(self, open_page):
        app = open_page("billing", bill="010000001-1602")
        assert "Bill 010000001-1602. All of it agrees to the cent." in texts(app)
        assert [row[3] for row in cells(app, "Amount")] == ["1", "2", "4"], "6 ccf: base, two, four"

    @pytest.mark.rule("R09")
    @pytest.mark.parametrize(("number", "mark"), [("010000001-1602", ""), ("020000003-1601", " \N{DAGGER}")])
    def test_lines_of_assumed_prices_are_marked(self, open_page, number, mark):
        """The rates of homes have a source, those of businesses are assumed."""
        lines = [row[1] for row in cells(open_page("billing", bill=number), "Amount")]
        assert lines == [f"{line}{mark}" for line in ("Base", "Volume, block 1", "Volume, block 2")]

    def test_an_unknown_bill_says_so(self, open_page):
        app = open_page("billing", bill="no-such-bill")
        assert "No bill that differs contains 'no-such-bill'" in app.info[0].value


class TestFilters:
    def test_a_class_without_mistakes(self, priced, open_page):
        app = open_page("billing", **{"class": "Commercial"})
        shown = figures(app)
        assert shown["Exact to the cent"][0] == formats.pct(Decimal(100))
        business = [one for one in priced.billed if one.startswith("02")]
        assert usd(priced.billed[one] for one in business) in shown["Exact to the cent"][1]
        assert shown["Mistakes found"][0] == "0 bills"

    def test_a_reason(self, open_page):
        app = open_page("billing", reason="Base charge missing")
        assert [row[0] for row in cells(app, "Why they differ")] == ["Base charge missing"]
        assert list(app.dataframe[0].value["bill_id"]) == ["010000002-1605"]
        assert figures(app)["Mistakes found"][0] == "3 bills", "the figures hold for all reasons"

    def test_a_fiscal_year(self, open_page):
        app = open_page("billing", fiscal_year="FY 2016")
        assert figures(app)["Mistakes found"][0] == "3 bills"
        assert app.selectbox(key="fiscal_year").value == 2016


class TestReadsAndRevenue:
    def test_flags_lead_to_their_reads(self, priced, open_page):
        app = open_page("billing", reads="Estimated")
        estimated = next(row for row in priced.rows["reads"] if row["read_kind"] == "estimated")
        shown = app.dataframe[-1].value
        assert list(shown["account_id"]) == [estimated["meter_id"].removeprefix("M")]
        assert list(shown["kind"]) == ["Estimated (weather)"]

    def test_billed_by_month_is_that_of_the_bills(self, priced, open_page):
        rows = {row[0].replace(formats.THIN, " "): row for row in cells(open_page("billing"), "Earned")}
        taxed = {"010000002-1606": Decimal("1.47")}  # a tax is no revenue
        for month in range(1, 10):
            billed = sum(
                (
                    priced.billed[one] - taxed.get(one, 0)
                    for one, on in priced.billed_on.items()
                    if on.month == month
                ),
                Decimal(0),
            )
            assert rows[f"{date(2016, month, 1):%b %Y}"][1] == formats.amount(billed)
        # August lies between two bills of every account, all of them of a month: what is earned is a bill's.
        assert rows["Aug 2016"][2] == rows["Aug 2016"][1]


class TestEmptyStates:
    def test_without_tariffs(self, open_page):
        app = open_page("billing", "plainville")
        assert "No tariff prices these bills" in app.info[0].value
        assert figures(app)["Exact to the cent"] == (formats.UNKNOWN, "no tariff prices these bills")
        assert figures(app)["Mistakes found"][0] == formats.UNKNOWN

    def test_without_reads(self, open_page):
        app = open_page("billing", "independence")
        assert "No reads were delivered for these bills" in app.info[0].value
        shown = figures(app)
        assert shown["Exact to the cent"][0] == formats.pct(Decimal(100))
        assert shown["Estimated reads"] == (formats.UNKNOWN, "no reads were delivered")

    def test_without_reads_rates_and_charge_codes(self, town_of_receivables):
        """The town of the receivable's pages: charges of code `other`, which no tariff can hold."""
        app = town_of_receivables("billing")
        assert "No tariff prices these bills" in app.info[0].value
        assert figures(app)["Mistakes found"][0] == formats.UNKNOWN
        assert "No charge here is of a tariff's codes" in town_of_receivables("proof").info[0].value

    def test_a_bill_without_reads(self, open_page):
        text = texts(open_page("billing", "independence", bill="00010000-1702"))
        assert "All of it agrees to the cent." in text
        assert "No read was delivered for these days" in text


class TestProof:
    def test_what_is_not_explained_is_what_was_planted(self, priced, open_page):
        app = open_page("proof")
        value, note = figures(app)["Bills against tariff, FY 2016"]
        apart = sum(priced.billed.values()) - sum(priced.due.values())
        assert value == f"{formats.usd(apart)} apart"
        assert note.startswith(f"{usd(priced.billed.values())} billed, {usd(priced.due.values())} by tariff")
        assert figures(app)["Over 1 %"] == ("1 of 2", "sewer residential")
        assert figures(app)["Books against bills"][0] == formats.UNKNOWN

    def test_classes_add_up(self, priced, open_page):
        rows = cells(open_page("proof"), "Not explained")
        by_class = {row[1]: row for row in rows}
        homes = [one for one in priced.billed if one.startswith("01")]
        assert by_class["Residential"][3] == formats.amount(sum(priced.billed[one] for one in homes))
        assert by_class["All classes"][3] == formats.amount(sum(priced.billed.values()))

    def test_bills_by_band_of_use(self, priced, open_page):
        rows = cells(open_page("proof", **{"class": "Commercial"}), "Bills up to here")
        bills = [one for one in priced.billed if one.startswith("02")]
        assert {row[0]: row[1] for row in rows}["10"] == str(len(bills))
        falling = {row[0]: row[5] for row in rows}
        assert falling["1"] == falling["10"] == str(len(bills)), "each of them uses each of its ten ccf"

    def test_unbilled_at_the_years_end_waits_for_its_bills(self, priced, open_page):
        app = open_page("proof")
        value, note = figures(app)["Unbilled on 30 Sep 2016"]
        # Twenty days after the last reads, about two thirds of the last bills.
        last = [priced.billed[one] for one in priced.billed if one.endswith("-1609")]
        known = Decimal(cells(app, "As could be known then")[0][1])
        assert abs(known - sum(last) * 2 / 3) < 3
        assert value == formats.usd_tile(known)
        assert note == "as could be known then; the bills for those days are still to come"

    def test_without_a_tariff_nothing_is_explained(self, open_page):
        app = open_page("proof", "plainville")
        assert figures(app)["Over 1 %"][0] == "1 of 1"


class TestPages:
    @pytest.mark.parametrize("name", PAGES)
    def test_marks_and_footer(self, open_page, name):
        text = texts(open_page(name))
        assert text.count(MARK) == 2, "under the title and in the footer"
        assert BILLED_BUILD in text[text.index("Data as of") :]
        assert "Simulated" in text

    @pytest.mark.parametrize(
        ("name", "query", "count"),
        [("billing", {"bill": "010000001-1607", "reads": "Estimated"}, 6), ("proof", {}, 4)],
    )
    def test_every_download_carries_the_mark(self, open_page, monkeypatch, name, query, count):
        files: dict[str, bytes] = {}
        monkeypatch.setattr(
            components.st, "download_button", lambda label, data, **_: files.__setitem__(label, data())
        )
        open_page(name, **query)
        assert len(files) == count, list(files)
        for label, content in files.items():
            rows = pl.read_csv(StringIO(content.decode("utf-8-sig")), infer_schema=False)
            assert set(rows["data_mark"]) == {MARK}, label
            assert rows.columns[-1] == "data_mark", label

    @pytest.mark.parametrize("name", PAGES)
    def test_at_most_four_figures_and_three_pictures(self, open_page, name):
        app = open_page(name)
        assert len(app.metric) <= 4
        assert len(app.get("plotly_chart")) <= 3

    @pytest.mark.parametrize("name", PAGES)
    def test_before_the_first_build_a_page_says_what_to_do(self, tmp_path, at_workspace, name):
        at_workspace(Workspace.at(tmp_path))
        app = AppTest.from_file(str(APP), default_timeout=60).switch_page(PAGES[name]).run()
        assert not app.exception
        assert "ratehouse run" in app.info[0].value


def test_codes_without_words_are_shown_as_they_are():
    rows = pl.DataFrame({"service": ["gas"], "unit": ["kwh"], "flags": ["new_flag,stuck"]})
    shown = bill.in_words(rows).row(0, named=True)
    assert shown["service_title"] == "Gas"
    assert shown["unit_title"] == "kWh"
    assert shown["doubts"] == "New flag; register stands still"


def months(complete: list[bool]) -> pl.DataFrame:
    """October 2020 to January 2021: no bills in December, two of them in January."""
    ends = [date(2020, 10, 31), date(2020, 11, 30), date(2020, 12, 31), date(2021, 1, 31)]
    return pl.DataFrame(
        {
            "month_end_on": ends,
            "billed_usd": [Decimal(text) for text in ("100.00", "100.00", "0.00", "200.00")],
            "earned_usd": [Decimal("100.00")] * 4,
            "is_complete": complete,
        }
    )


OUTAGE = pl.DataFrame(
    {"event_kind": ["billing_suspension"], "starts_on": [date(2020, 12, 7)], "ends_on": [date(2020, 12, 31)]}
)


def test_december_is_earned_though_nothing_was_billed():
    figure = billing_charts.earned_and_billed(months([True] * 4), OUTAGE, date(2021, 1, 31))
    columns, line = figure.data
    assert (columns.type, list(columns.y)) == ("bar", [100.0, 100.0, 0.0, 200.0])
    assert (line.type, list(line.y)) == ("scatter", [100.0] * 4)
    assert [note.text for note in figure.layout.annotations] == ["No bills sent"]
    assert figure.layout.shapes


def test_months_whose_bills_are_missing_are_dotted():
    rows = months([False, True, True, False])
    _, solid, dotted = billing_charts.earned_and_billed(rows, OUTAGE.clear(), date(2021, 1, 31)).data
    assert list(solid.y) == [None, 100.0, 100.0, None]
    assert list(dotted.y) == [100.0] * 4, "it begins where the solid line ends"
    assert (solid.line.dash, dotted.line.dash) == ("solid", "dot")
