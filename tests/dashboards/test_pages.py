"""Every page, run as Streamlit runs it: its figures against the raw rows, its marks, its drill-down."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import StringIO

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import components, formats, statement
from ratehouse.workspace import Workspace

from . import expected
from .conftest import APP, DOWNLOADS, FIRST_BUILD, PAGES, SECOND_BUILD
from .published import PLANTED, write_build
from .town import TOWNS

AS_OF = date(2021, 6, 30)
MARK = "Simulated data. Not figures of the City of Independence Utilities."


def figures(app: AppTest) -> dict[str, tuple[str, str]]:
    """Label to value and comparison; the mark of assumed values is left out."""
    return {
        metric.label.replace(f" {components.MARK_OF_ASSUMED}", ""): (
            metric.value,
            metric.delta.replace("\\", ""),
        )
        for metric in app.metric
    }


def texts(app: AppTest) -> str:
    """Everything that the page writes as HTML, as text."""
    return html.unescape(
        re.sub(r"<style>.*?</style>", "", "".join(block.body for block in app.get("html")), flags=re.S)
    )


def markup(app: AppTest) -> str:
    """The HTML of a page as it is."""
    return "".join(block.body for block in app.get("html"))


def accounts_with_open_items(rows, utility_id: str, as_of: date) -> int:
    """How many accounts owe on some item, by the oracle."""
    return sum(
        bool(expected.bucket_total(expected.aging(of_account, utility_id, as_of), *expected.BUCKETS))
        for of_account in expected.by_account(expected.of_utility(rows, utility_id)).values()
    )


@pytest.mark.parametrize("utility_id", ["independence", "warrensburg"])
def test_both_pages_say_alike_what_is_owed_and_on_how_many_accounts(town, open_page, utility_id):
    name = next(one.name for one in TOWNS if one.utility_id == utility_id)
    overview, aging = (
        figures(open_page(page, utility=f"{name} (simulated)"))["Owed"] for page in ("overview", "aging")
    )
    assert overview == aging
    owing = accounts_with_open_items(town.rows, utility_id, AS_OF)
    assert overview[1].endswith(f" unapplied credit; {owing} accounts with open items")


class TestOverview:
    def test_owed_is_what_the_rows_add_up_to(self, town, open_page):
        app = open_page("overview")
        owed = expected.owed(town.rows, "independence", AS_OF)
        value, comparison = figures(app)["Owed"]
        assert value == formats.usd_tile(owed)
        assert formats.usd(owed) in comparison

    def test_over_90_days_is_the_oracles(self, town, open_page):
        aged = expected.aging(town.rows, "independence", AS_OF)
        late = expected.bucket_total(aged, "d91_120_usd", "over_120_usd")
        gross = expected.bucket_total(aged, *expected.BUCKETS)
        value, comparison = figures(open_page("overview"))["Over 90 days late"]
        assert value == formats.usd_tile(late)
        assert comparison == f"{formats.pct(late * 100 / gross)} of the open items of {formats.usd(gross)}"

    def test_the_planted_difference_to_the_books_is_named(self, open_page):
        value, comparison = figures(open_page("overview"))["Ties to the books"]
        assert value == f"{formats.usd(PLANTED['independence', 'sewer', AS_OF])} apart"
        assert "30 Jun 2021, 3 of 3 funds" in comparison

    def test_another_utility_ties_to_the_cent(self, town, open_page):
        app = open_page("overview", utility="City of Warrensburg Sewer Utility (simulated)")
        assert figures(app)["Ties to the books"][0] == "To the cent"
        owed = expected.owed(town.rows, "warrensburg", AS_OF)
        assert formats.usd(owed) in figures(app)["Owed"][1]
        assert "City of Warrensburg" in texts(app)

    def test_changed_since_the_build_before_is_the_late_payment(self, town, open_page):
        change = expected.owed(town.rows, "independence", AS_OF) - expected.owed(
            town.rows_before, "independence", AS_OF
        )
        assert change < 0
        value, comparison = figures(open_page("overview"))["Changed since the build before"]
        assert value == formats.usd_change(change)
        assert FIRST_BUILD in comparison and "1 month end restated, from Jun 2021" in comparison

    def test_warnings_of_the_audit_stand_in_a_banner(self, open_page):
        banner = open_page("overview").warning[0].value
        assert "No payments on 3 business days" in banner

    def test_rejects_and_checks_are_listed(self, open_page):
        text = texts(open_page("overview"))
        assert "=unknown account" in text
        assert "fct_ledger_sums_to_rollforward" in text


class TestAging:
    @pytest.mark.parametrize("as_of", [AS_OF, date(2021, 1, 17), date(2020, 12, 7), date(2020, 5, 1)])
    def test_figures_of_any_day_are_those_of_the_rows(self, town, open_page, as_of):
        app = open_page("aging")
        app.date_input[0].set_value(as_of).run()
        assert not app.exception
        aged = expected.aging(town.rows, "independence", as_of)
        shown = figures(app)
        assert formats.usd(expected.owed(town.rows, "independence", as_of)) in shown["Owed"][1]
        assert shown["Past due"][0] == formats.usd_tile(expected.bucket_total(aged, *expected.BUCKETS[1:]))
        unapplied = expected.bucket_total(aged, "unapplied_usd")
        assert shown["Unapplied credit"][0] == formats.usd_tile(-unapplied)
        for service, buckets in aged.items():
            for bucket, amount in buckets.items():
                signed = -amount if bucket == "unapplied_usd" else amount
                assert f">{formats.amount(signed)}</td>" in markup(app), (service, bucket)

    def test_the_largest_part_is_of_the_open_items(self, town, open_page):
        aged = expected.aging(town.rows, "independence", AS_OF)
        by_service = {
            service: sum((buckets[bucket] for bucket in expected.BUCKETS), Decimal(0))
            for service, buckets in aged.items()
        }
        gross = sum(by_service.values(), Decimal(0))
        assert gross != expected.owed(town.rows, "independence", AS_OF), "some credit is unapplied"
        largest = max(by_service, key=by_service.get)
        share = formats.pct(by_service[largest] * 100 / gross)
        sentence = f"{largest.capitalize()} carries {share} of the open items of {formats.usd(gross)}"
        assert sentence in texts(open_page("aging"))

    def test_the_day_is_kept_in_the_address(self, town, open_page):
        app = open_page("aging", as_of="2021-01-17")
        assert app.date_input[0].value == date(2021, 1, 17)
        assert (
            formats.usd(expected.owed(town.rows, "independence", date(2021, 1, 17)))
            in figures(app)["Owed"][1]
        )

    def test_from_the_bill_date_it_is_older_and_the_total_the_same(self, open_page):
        app = open_page("aging")
        by_due_date = figures(app)
        app.selectbox(key="basis").set_value("bill_date").run()
        by_bill_date = figures(app)
        assert by_due_date["Owed"] == by_bill_date["Owed"]
        assert "aged from the bill date" in texts(app)
        assert by_bill_date["Older than the day of the bill"][0] != by_due_date["Past due"][0]

    def test_a_filter_leaves_the_class_only(self, town, open_page):
        app = open_page("aging", split="Customer class")
        app.multiselect(key="class").set_value(["commercial"]).run()
        commercial = {
            row["account_id"] for row in town.rows["accounts"] if row["customer_class"] == "commercial"
        }
        rows = {
            entity: [row for row in entity_rows if row.get("account_id", "") in commercial]
            for entity, entity_rows in town.rows.items()
        }
        paid = {row["payment_id"] for row in rows["payments"]}
        rows["payment_returns"] = [row for row in town.rows["payment_returns"] if row["payment_id"] in paid]
        assert formats.usd(expected.owed(rows, "independence", AS_OF)) in figures(app)["Owed"][1]

    def test_the_split_by_service_names_the_assumed_order(self, open_page):
        text = texts(open_page("aging"))
        assert "account, no service, then sewer, then water, then electric; this order is assumed" in text
        assert (
            "rests on what is assumed: when bills fall due; the order in which payments are applied." in text
        )
        assert "billing.due_days" in text[text.index("rests on what is assumed") :], "in the folded list"

    def test_nothing_owed_says_what_to_do(self, open_page):
        app = open_page("aging", status="Final bill", service="Sewer", as_of="2020-03-02")
        assert "Choose another day, or take a filter away" in app.info[0].value


class TestStatement:
    def some_account(self, town) -> str:
        return town.rows["payment_returns"][0]["payment_id"][1:].split("-")[0]

    def lines(self, app: AppTest) -> pl.DataFrame:
        """The statement as it is shown: a table of wrapped texts, amounts read back."""
        table = next(block.body for block in app.get("html") if "rh-tall" in block.body)
        cells = [
            [html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
            for row in re.findall(r"<tr>(<td.*?)</tr>", table)
        ]
        lines = pl.DataFrame(cells, schema=list(statement.LINE_COLUMNS), orient="row")
        return lines.with_columns(
            pl.Series(
                column, [Decimal(text.replace(",", "").replace(formats.MINUS, "-")) for text in lines[column]]
            )
            for column in ("amount_usd", "balance_usd", "open_usd")
        )

    @pytest.mark.parametrize("as_of", ["2021-06-30", "2020-11-15"])
    def test_lines_add_up_to_the_balance_and_to_what_is_open(self, town, open_page, as_of):
        account, day = self.some_account(town), date.fromisoformat(as_of)
        app = open_page("aging", account=account, as_of=as_of)
        lines = self.lines(app)
        rows = {
            "bills": [row for row in town.rows["bills"] if row["account_id"] == account],
            "charges": [row for row in town.rows["charges"] if row["account_id"] == account],
            "adjustments": [row for row in town.rows["adjustments"] if row["account_id"] == account],
            "payments": [row for row in town.rows["payments"] if row["account_id"] == account],
        }
        paid = {row["payment_id"] for row in rows["payments"]}
        rows["payment_returns"] = [row for row in town.rows["payment_returns"] if row["payment_id"] in paid]
        balance = expected.owed(rows, "independence", day)
        assert sum(lines["amount_usd"], Decimal(0)) == balance == lines["balance_usd"][0]
        aged = expected.aging(rows | {"accounts": []}, "independence", day)
        still_open = expected.bucket_total(aged, *expected.BUCKETS)
        assert sum(lines["open_usd"], Decimal(0)) == still_open
        assert f"Statement of account {account} on {formats.day(day)}: {formats.usd(balance)}" in texts(app)

    def test_each_payment_says_where_it_went(self, town, open_page):
        app = open_page("aging", account=self.some_account(town))
        lines = self.lines(app)
        assert {"Bill", "Returned payment", "Returned payment fee"} <= set(lines["what"])
        paid = lines.filter(pl.col("what").str.starts_with("Payment") & (pl.col("applied") != ""))
        assert paid.height and paid["applied"].str.contains(r"^\$[\d.,]+ to ").all()

    def test_an_account_without_debt_still_has_a_statement(self, town, open_page):
        app = open_page("aging", account="no-such-account")
        assert "No account here contains" in app.info[0].value

    def test_part_of_a_number_only_narrows_the_list(self, open_page):
        app = open_page("aging", account="0100")
        assert len(app.dataframe) == 1


class TestMarks:
    @pytest.mark.parametrize("name", PAGES)
    def test_every_page_carries_the_mark(self, open_page, name):
        text = texts(open_page(name))
        assert text.count(MARK) == 2, "under the title and in the footer"
        assert "City of Independence Utilities (simulated)" in text

    @pytest.mark.parametrize("name", PAGES)
    def test_every_download_carries_the_mark_in_each_row(self, town, open_page, monkeypatch, name):
        files: dict[str, bytes] = {}
        monkeypatch.setattr(
            components.st, "download_button", lambda label, data, **_: files.__setitem__(label, data())
        )
        open_page(name, **({"account": town.rows["payments"][0]["account_id"]} if name == "aging" else {}))
        assert len(files) == DOWNLOADS.get(name, 0)
        for label, content in files.items():
            rows = pl.read_csv(StringIO(content.decode("utf-8-sig")), infer_schema=False)
            assert rows.columns[-1] == "data_mark", label
            assert set(rows["data_mark"]) == {MARK}, label
            assert set(rows["build_id"]) == {SECOND_BUILD}, label

    @pytest.mark.parametrize("name", PAGES)
    def test_the_footer_says_day_build_and_audit(self, open_page, name):
        text = texts(open_page(name))
        footer = text[text.index("Data as of") :]
        assert "30 Jun 2021" in footer
        assert SECOND_BUILD in footer
        assert "audit passed with warnings: 2 of 3 checks passed" in footer


class TestBuilds:
    @pytest.mark.parametrize("name", PAGES)
    def test_before_the_first_build_a_page_says_what_to_do(self, tmp_path, at_workspace, name):
        at_workspace(Workspace.at(tmp_path))
        app = AppTest.from_file(str(APP), default_timeout=60).switch_page(PAGES[name]).run()
        assert not app.exception
        assert "ratehouse run" in app.info[0].value

    def test_pages_follow_the_pointer(self, tmp_path, town, at_workspace):
        workspace = Workspace.at(tmp_path)
        write_build(workspace, "one", town.rows_before, books=False, audit_mark="passed")
        at_workspace(workspace)
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        assert figures(app)["Changed since the build before"] == (
            formats.UNKNOWN, "first build: nothing to compare with",
        )  # fmt: skip
        assert figures(app)["Ties to the books"][0] == formats.UNKNOWN
        write_build(workspace, "two", town.rows, previous="one")
        app.run()
        assert not app.exception
        assert formats.usd(expected.owed(town.rows, "independence", AS_OF)) in figures(app)["Owed"][1]
        assert "build two" in texts(app)

    def test_pages_answer_while_another_process_writes(self, town, open_page):
        """A build holds the raw database and its own new file for writing; the pages need neither."""
        writer = (
            "import duckdb, sys\n"
            "held = [duckdb.connect(path) for path in sys.argv[1:]]\n"
            "print('held', flush=True); sys.stdin.read()"
        )
        workspace = town.workspace
        files = [str(workspace.raw_database), str(workspace.build_database("next"))]
        with subprocess.Popen(
            [sys.executable, "-c", writer, *files], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout.readline() == "held\n"
            assert figures(open_page("overview"))["Owed"]
            process.stdin.close()
