"""Rate design and Tariffs, run as Streamlit runs them: what rates bring against the oracle, bill by bill."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import components, formats, scenarios
from ratehouse.workspace import Workspace
from tests.oracle.rates import Block, Component, Version

from .conftest import APP
from .published import write_build
from .rate_town import TARIFFS, RateTown, rate_town, revenue, sewer_revenue, with_home_rates
from .test_pages import figures, texts
from .test_rate_parts import BASE, OPEN, scenario

BUILD, NEXT_BUILD = "2019-10-01T060000Z", "2019-11-01T060000Z"
PAGES = {"design": "views/rate_design.py", "tariffs": "views/tariffs.py"}
NAMES = {
    "warrensburg": "City of Warrensburg Sewer Utility (simulated)",
    "independence": "City of Independence Utilities (simulated)",
}
MARK = "Simulated data. Not figures of the City of Warrensburg Sewer Utility."
HOME = {"utility": NAMES["warrensburg"], "year": "2019", "rate_class": "Residential new"}
BLOCKS, BLOCKS_OF_TWO = ["2 ccf × $2.70 = $5.40"], ["4 ccf × $2.70 = $10.80"]
KEY = "sewer residential_new 2018-10-01"  # of the tables to edit


@pytest.fixture(scope="module")
def rates(tmp_path_factory) -> tuple[Workspace, RateTown]:
    workspace = Workspace.at(tmp_path_factory.mktemp("rates"))
    workspace.utilities.mkdir()
    town = rate_town()
    write_build(workspace, BUILD, town.rows, books=False, audit_mark="passed")
    return workspace, town


@pytest.fixture
def open_page(rates, at_workspace):
    at_workspace(rates[0])
    folder = rates[0].scenarios / "warrensburg"
    for path in folder.glob("*"):
        path.unlink()

    def opened(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        app.switch_page(PAGES[name])
        return run(app)

    return opened


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception[0].message
    return app


def edit(
    app: AppTest, table: str, rows: dict[int, dict[str, str]], added: list[dict] | None = None
) -> AppTest:
    """Types into a table to edit, as the browser reports it."""
    app.session_state[table] = {"edited_rows": rows, "added_rows": added or [], "deleted_rows": []}
    return run(app)


def cells(app: AppTest, first_header: str) -> list[list[str]]:
    """The rows of the table whose first column is called so."""
    table = next(
        block.body
        for block in app.get("html")
        if re.search(rf"<thead><tr><th[^>]*>{re.escape(first_header)}</th>", block.body)
    )
    return [
        [html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in re.findall(r"<tr[^>]*>(<td.*?)</tr>", table)
    ]


class TestRateDesign:
    def test_revenue_now_is_what_the_oracle_says_of_every_bill(self, rates, open_page):
        app = open_page("design", **HOME)
        now = sewer_revenue(rates[1], TARIFFS["warrensburg"], 2019)
        count = sum(
            len(rates[1].of_year("warrensburg", 2019, name)) for name in ("residential_new", "commercial")
        )
        assert figures(app)["Revenue now"] == (
            formats.usd_tile(now), f"{formats.usd(now)} from {count} bills of fiscal year 2019",
        )  # fmt: skip

    @pytest.mark.parametrize("holds", ["All year", "This version only"])
    def test_a_changed_block_changes_revenue_to_the_cent(self, rates, open_page, holds):
        app = open_page("design", **HOME, holds=holds)
        rows = {0: {"Rate": "3.15"}, 1: {"Up to, ccf": "5.5", "Rate": "5.755"}}
        app = edit(app, f"blocks volume  {KEY}", rows, [{"Rate": "7.105"}])
        blocks = (
            Block(Decimal(2), Decimal("3.15")),
            Block(Decimal("5.5"), Decimal("5.755")),
            Block(None, Decimal("7.105")),
        )
        prices = [
            Component("base", "fixed", Decimal("9.92")),
            Component("volume", "blocks", blocks=blocks, unit="ccf", cap=Decimal(8)),
        ]
        all_year = {date(2015, 10, 1), date(2018, 10, 1)}
        changed = with_home_rates(prices, all_year if holds == "All year" else {date(2018, 10, 1)})
        now = sewer_revenue(rates[1], TARIFFS["warrensburg"], 2019)
        after = sewer_revenue(rates[1], changed, 2019)
        assert figures(app)["Under these rates"] == (formats.usd_tile(after), formats.usd(after))
        value, comparison = figures(app)["Change"]
        assert value == formats.usd_change(after - now)
        if holds == "All year":
            plain = with_home_rates(TARIFFS["warrensburg"].versions[1].classes["residential_new"], all_year)
            alone = sewer_revenue(rates[1], plain, 2019) - now
            assert f"{formats.usd_change(alone)} of it without any edit" in comparison
        else:
            assert "of it without any edit" not in comparison
            assert "Bills under the version of 1 Oct 2015 keep their rates" in texts(app)
        classes = {row[0]: row for row in cells(app, "Class")}
        homes = revenue(changed, rates[1].of_year("warrensburg", 2019, "residential_new"))
        assert classes["Residential new"][3] == formats.amount(homes)
        assert classes["Commercial"][4] == "0"
        assert re.search(
            r"A month's bill changes by \+\$[\d.]+ at the 5th percentile \([\d.]+ ccf\) and changes by",
            texts(app),
        )
        assert classes["All classes"][3] == formats.amount(after)

    def test_base_cap_and_tax_of_a_seasonal_class(self, rates, open_page):
        """Businesses: a base of 25, a tax of 6 % that is no revenue, and 1,000 kWh priced at most."""
        query = {"utility": NAMES["independence"], "year": "2020", "rate_class": "Commercial"}
        app = open_page("design", **query)
        key = "electric commercial 2019-09-01"
        assert texts(app).count("Volume, 1 Jun to 31 Oct") >= 1
        edit(app, f"charges {key}", {0: {"Rate": "25.00"}, 1: {"Rate": "6"}})
        app.text_input(key=f"cap volume {key}").set_value("1000")
        run(app)
        old = TARIFFS["independence"].versions[1].classes["commercial"]
        prices = [
            replace(old[0], rate=Decimal("25.00")), replace(old[1], cap=Decimal(1000)),
            replace(old[2], rate=Decimal(6)),
        ]  # fmt: skip
        changed = replace(TARIFFS["independence"], versions=[
            Version(one.effective_from, {**one.classes, "commercial": prices})
            for one in TARIFFS["independence"].versions
        ])  # fmt: skip
        bills = rates[1].of_year("independence", 2020, "commercial")
        homes = rates[1].of_year("independence", 2020, "residential")
        after = revenue(changed, bills) + revenue(changed, homes)
        assert figures(app)["Under these rates"][1] == formats.usd(after)
        row = next(row for row in cells(app, "Class") if row[0] == "Commercial")
        tax = sum((changed.total(bill) for bill in bills), Decimal(0)) - revenue(changed, bills)
        assert row[7] == formats.amount(tax)

    @pytest.mark.rule("R01", "R02")
    def test_a_typical_bill_of_a_new_home_is_that_of_the_faq(self, open_page):
        app = open_page("design", **HOME | {"year": "2018"})
        bills = {row[0]: row for row in cells(app, "Use of a month")}
        assert bills["12 ccf"][1] == "45.06"
        assert bills["2 ccf"][1:3] == ["14.40", "14.40"]
        app = edit(app, "charges sewer residential_new 2015-10-01", {0: {"Rate": "10.005"}})
        bills = {row[0]: row for row in cells(app, "Use of a month")}
        assert bills["12 ccf"][1:4] == ["45.06", "46.07", "1.01"]

    def test_the_median_is_the_middle_of_the_months_bills(self, rates, open_page):
        app = open_page("design", **HOME | {"year": "2018"})
        uses = sorted(bill.usage for bill in rates[1].of_year("warrensburg", 2018, "residential_new"))
        middle = uses[(len(uses) + 1) // 2 - 1]
        bill = replace(rates[1].of_year("warrensburg", 2018, "residential_new")[0], usage=middle)
        assert figures(app)["Median bill"][0] == formats.usd(TARIFFS["warrensburg"].total(bill))

    @pytest.mark.parametrize(
        ("table", "rows", "said"),
        [
            ("charges", {0: {"Rate": "nine"}}, "Base charge, rate: 'nine' is no number."),
            ("charges", {0: {"Rate": "-9"}}, "Base charge, rate: '-9' is no number."),
            ("blocks volume ", {0: {"Up to, ccf": ""}}, "Volume, block 1 is open, and a block follows."),
            ("blocks volume ", {1: {"Up to, ccf": "9"}}, "Volume: the last block is not open."),
            ("blocks volume ", {0: {"Rate": "1e3"}}, "Volume, block 1, rate: '1e3' is no number."),
        ],
    )
    def test_a_wrong_edit_says_so_and_prices_nothing(self, open_page, table, rows, said):
        app = edit(open_page("design", **HOME), f"{table} {KEY}", rows)
        assert any(said in error.value for error in app.error)
        assert figures(app)["Under these rates"] == (formats.UNKNOWN, "the prices below are not in order")
        assert "Nothing is priced" in app.info[0].value
        assert not app.get("plotly_chart")

    def test_assumed_prices_are_marked(self, open_page):
        labels = [metric.label for metric in open_page("design", **HOME).metric]
        assert all(label.endswith(components.MARK_OF_ASSUMED) for label in labels)

    def test_downloads_are_marked_and_exact(self, open_page, monkeypatch):
        files: dict[str, bytes] = {}
        monkeypatch.setattr(
            components.st, "download_button", lambda label, data, **_: files.__setitem__(label, data())
        )
        open_page("design", **HOME)
        open_page("tariffs", utility=NAMES["warrensburg"], tariff_from="1 Oct 2018")
        assert len(files) == 5
        for label, content in files.items():
            rows = pl.read_csv(StringIO(content.decode("utf-8-sig")), infer_schema=False)
            assert set(rows["data_mark"]) == {MARK}, label
            assert set(rows["build_id"]) == {BUILD}, label
        prices = pl.read_csv(StringIO(files["Price table as CSV"].decode("utf-8-sig")), infer_schema=False)
        assert prices["unit_rate_usd"].to_list() == ["9.920000", "2.860000", "5.420000"]


class TestScenarios:
    def save(self, app: AppTest, name: str) -> AppTest:
        app.text_input(key="scenario_name").set_value(name)
        next(button for button in app.button if button.label == "Save").click()
        return run(app)

    def test_saved_loaded_compared_and_deleted(self, rates, open_page):
        app = open_page("design", **HOME)
        app = self.save(edit(app, f"charges {KEY}", {0: {"Rate": "12.00"}}), "Base at 12: =1+1")
        assert app.success[0].value == "Saved as Base at 12: =1+1."
        assert [path.name for path in (rates[0].scenarios / "warrensburg").iterdir()] == [
            "base-at-12-1-1.yml"
        ]
        prices = [replace(TARIFFS["warrensburg"].versions[1].classes["residential_new"][0], rate=Decimal(12)),
                  TARIFFS["warrensburg"].versions[1].classes["residential_new"][1]]  # fmt: skip
        changed = with_home_rates(prices, {date(2015, 10, 1), date(2018, 10, 1)})
        after = sewer_revenue(rates[1], changed, 2019)
        assert figures(app)["Under these rates"][1] == formats.usd(after)

        again = open_page_again("Base at 12: =1+1")
        assert figures(again)["Under these rates"][1] == formats.usd(after), "a link to a scenario opens it"
        assert again.selectbox(key="rate_class").value == "residential_new"
        assert "on this build: the service would have brought" in texts(again)

        app = self.save(edit(again, f"charges base-at-12-1-1 {KEY}", {0: {"Rate": "14.00"}}), "Base at 14")
        rows = {row[0]: row for row in cells(app, "")}
        assert rows["Revenue under the scenario"][1] == formats.usd(after)
        assert rows["Base charge"][1:] == ["$12.00 a month", "$14.00 a month"]
        assert rows["Month's bill at 12 ccf"][1:] == ["$50.24", "$52.24"], "8 ccf of it are priced"
        next(button for button in app.button if button.label == "Delete the loaded one").click()
        app = run(app)
        assert [path.name for path in (rates[0].scenarios / "warrensburg").iterdir()] == [
            "base-at-12-1-1.yml"
        ]
        assert app.selectbox(key="scenario").value == ""

    def test_a_name_that_is_taken_or_empty_is_refused(self, open_page):
        app = self.save(open_page("design", **HOME), "Plan A")
        app = self.save(app, "plan a!")
        assert "is saved already" in app.error[0].value
        app = self.save(app, "  ")
        assert "Give the scenario a name" in app.error[0].value

    def test_a_newer_build_prices_it_and_says_so(self, rates, open_page, at_workspace, tmp_path):
        workspace, town = rates
        app = self.save(edit(open_page("design", **HOME), f"charges {KEY}", {0: {"Rate": "12.00"}}), "Twelve")
        before = figures(app)["Under these rates"][1]
        newer = Workspace.at(tmp_path)
        newer.utilities.mkdir()
        source = workspace.scenarios / "warrensburg" / "twelve.yml"
        target = newer.scenarios / "warrensburg" / "twelve.yml"
        target.parent.mkdir(parents=True)
        target.write_text(source.read_text())
        gone = {"A001", "A002"}
        rows = {
            table: [row for row in part if row.get("account_id") not in gone]
            for table, part in town.rows.items()
        }
        write_build(newer, NEXT_BUILD, rows, books=False, audit_mark="passed")
        at_workspace(newer)
        app = open_page_again("Twelve")
        assert figures(app)["Under these rates"][1] != before
        said = (
            f"on build {BUILD}: the service would have brought {before}. Everything here is priced on build"
        )
        assert said in texts(app)

    def test_one_that_this_build_cannot_price_says_why(self, rates, open_page):
        """Of a year without bills; and with seasons, which the bills of this tariff do not tell."""
        open_page("design", **HOME)
        scenarios.save(rates[0], scenario("Far off", fiscal_year=2031))
        assert (
            "no bills of fiscal year 2031 that Far off could price"
            in open_page_again("Far off").warning[0].value
        )
        halves = [
            replace(OPEN, block_no=1, component_kind="seasonal_blocks", season=season)
            for season in ("06-01/10-31", "11-01/05-31")
        ]
        scenarios.save(rates[0], scenario("Seasons", prices=(BASE, *halves)))
        app = open_page_again("Seasons")
        assert (
            "cannot hold under the version of 1 Oct 2018: its bills do not tell the seasons"
            in app.error[0].value
        )
        assert figures(app)["Change"][0] == formats.UNKNOWN

    def test_a_file_that_is_no_scenario_is_told(self, rates, open_page):
        folder = rates[0].scenarios / "warrensburg"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "broken.yml").write_text("name: [unfinished")
        app = open_page("design", **HOME)
        assert "`scenarios/warrensburg/broken.yml` is no scenario" in app.warning[0].value


def open_page_again(scenario: str) -> AppTest:
    """A link that names the utility and the scenario, and nothing else."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["utility"] = NAMES["warrensburg"]
    app.query_params["scenario"] = scenario
    app.switch_page(PAGES["design"])
    return run(app)


class TestTariffs:
    query = {"utility": NAMES["warrensburg"], "tariff_class": "Residential new", "tariff_from": "1 Oct 2015"}

    def test_a_versions_prices_stand_in_words_with_their_source(self, open_page):
        app = open_page("tariffs", **self.query)
        rows = {(row[0], row[1]): row for row in cells(app, "Class")}
        volume = next(row for row in cells(app, "Class") if row[1] == "Volume" and row[5])
        assert volume[3] == "up to 2 ccf: $2.70; over 2 ccf: $5.11"
        assert volume[5] == "8 ccf a month"
        assert volume[6] == 'Sewer Billing FAQ, "How is my bill calculated?"'
        assert ("Residential new", "Base charge") in rows
        assert any("meter 5/8: $9.00 a month; meter 3/4: $11.50 a month" in row[3] for row in rows.values())
        assert any(row[1] == f"Volume {components.MARK_OF_ASSUMED}" for row in rows.values())
        assert "by the day of use: a bill over the change is split" in figures(app)["In force from"][1]

    def test_changes_against_the_version_before(self, open_page):
        app = open_page("tariffs", **self.query | {"tariff_from": "1 Oct 2018"})
        changes = {row[0]: row[1:] for row in cells(app, "Price")}
        assert changes["Base charge"] == ["$9.00 a month", "$9.92 a month †", f"10.2{formats.THIN}%"]
        assert changes["Volume, block 2"][1] == "$5.42 a ccf, capped at 8 †"
        assert figures(app)["Base charge a month"] == (
            "$9.92", f"+10.2{formats.THIN}% against $9.00 under the version of 1 Oct 2015",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("use", "months", "total", "lines"),
        [
            ("12", "1", "$45.06", ["1 month × $9.00 = $9.00", *BLOCKS, "6 ccf × $5.11 = $30.66"]),
            ("8", "2", "$49.24", ["2 months × $9.00 = $18.00", *BLOCKS_OF_TWO, "4 ccf × $5.11 = $20.44"]),
            ("0", "1", "$9.00", ["1 month × $9.00 = $9.00"]),
        ],
    )  # fmt: skip
    def test_the_calculator_explains_each_line(self, open_page, use, months, total, lines):
        app = open_page("tariffs", **self.query)
        app.text_input(key="bill_use_ccf").set_value(use)
        app.text_input(key="bill_months").set_value(months)
        app = run(app)
        assert f"The bill is {total}" in texts(app)
        rows = cells(app, "Charge")
        assert [row[2] for row in rows[:-1]] == lines
        assert rows[-1][3] == total.removeprefix("$")
        assert ("8 of 12 ccf are priced: the rest is above the cap." in texts(app)) == (use == "12")

    def test_the_calculator_takes_the_rates_and_the_season_of_the_day(self, open_page):
        query = {"tariff_of": "Electric", "tariff_class": "Commercial", "tariff_from": "1 Sep 2019"}
        app = open_page("tariffs", utility=NAMES["independence"], **query)
        app.text_input(key="bill_use_kwh").set_value("1000")
        app.date_input[0].set_value(date(2019, 8, 31))
        app = run(app)
        assert [row[2] for row in cells(app, "Charge")[:-1]] == [
            "1 month × $22.00 = $22.00",
            "1,000 kWh × $0.138 = $138.00",
            f"5{formats.THIN}% of $160.00 = $8.00",
        ]
        app.date_input[0].set_value(date(2019, 12, 1))
        assert "The bill is $138.18" in texts(run(app)), "(20.68 + 110.92) and 5 %"

    @pytest.mark.parametrize(("key", "text"), [("bill_use_ccf", "a lot"), ("bill_months", "0")])
    def test_a_wrong_number_is_told(self, open_page, key, text):
        app = open_page("tariffs", **self.query)
        app.text_input(key=key).set_value(text)
        assert repr(text) in run(app).error[0].value


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_carry_mark_day_build_and_audit(open_page, name):
    text = texts(open_page(name, utility=NAMES["warrensburg"]))
    assert text.count(MARK) == 2, "under the title and in the footer"
    assert BUILD in text[text.index("Data as of") :]
