"""Households and neighbours, run as Streamlit runs it: bills by hand, percentiles from the bills."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from io import StringIO

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import components
from ratehouse.workspace import Workspace
from tests.oracle.rates import Bill

from .conftest import APP, PAGES
from .published import write_build
from .rate_town import TARIFFS, RateTown, rate_town
from .test_pages import figures, texts

BUILD = "2019-10-01T060000Z"
WARRENSBURG = "City of Warrensburg Sewer Utility (simulated)"
MARK = "Simulated data. Not figures of the City of Warrensburg Sewer Utility."


@pytest.fixture(scope="module")
def homes(tmp_path_factory) -> tuple[Workspace, RateTown]:
    """Two utilities with the policy that is committed, as of 30 September 2019."""
    workspace = Workspace.at(tmp_path_factory.mktemp("homes"))
    workspace.utilities.mkdir()
    town = rate_town()
    write_build(workspace, BUILD, town.rows, books=False, audit_mark="passed")
    return workspace, town


@pytest.fixture
def open_page(homes, at_workspace):
    at_workspace(homes[0])

    def opened(**query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        app.switch_page(PAGES["households"]).run()
        assert not app.exception, app.exception[0].message
        return app

    return opened


def cells(app: AppTest, first_header: str) -> list[list[str]]:
    """The rows of the table whose first column is called so."""
    table = next(
        block.body for block in app.get("html") if f"<thead><tr><th>{first_header}</th>" in block.body
    )
    found = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table)]
    return [[html.unescape(cell).replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in found if row]


def test_a_home_in_warrensburg_now_and_after_by_hand(open_page):
    """9.92 + 2 × 2.86 + 4 × 5.42; with 7.5 % more in 2023 10.66 + 2 × 3.07 + 4 × 5.83."""
    shown = figures(open_page(utility=WARRENSBURG))
    assert shown["A month now"] == (
        "$37.32",
        "6 ccf, typical; since 1 Oct 2018, +$2.48, 7.1 %".replace(" %", "\N{NO-BREAK SPACE}%"),
    )
    assert shown["A month in FY 2023"][0] == "$40.12"
    assert shown["A month in FY 2023"][1].startswith("+$2.80, 7.5")
    assert shown["More in a year"] == ("+$33.60", "$481.44 a year instead of $447.84")


def test_the_whole_bill_of_independence_is_its_services_added(open_page):
    """104.59 for 800 kWh, 43.61 and 28.53 for 6 ccf, 15.50 for trash: of a year 2,306.73."""
    app = open_page()
    assert figures(app)["A month now"][0] == "$192.23"
    whole, *parts = cells(app, "Service and class")
    assert whole[:3] == ["Whole bill", "Typical home", "192.23"]
    assert {part[0].split(",")[0]: part[2] for part in parts} == {
        "Electric": "104.59", "Sewer": "43.61", "Trash": "15.50", "Water": "28.53",
    }  # fmt: skip


def test_the_filters_choose_service_class_use_scenario_and_year(open_page):
    """A business of 10 ccf; most have the meter of 1 inch: 16.53 + 2 × 2.86 + 8 × 5.42."""
    app = open_page(
        utility=WARRENSBURG,
        bill_class="Commercial",
        use="10 ccf",
        year_of="FY 2024",
        scenario_of="Rates as adopted",
    )
    shown = figures(app)
    assert shown["A month now"][0] == "$65.61"
    # 1.075² = 1.155625: 19.10 + 2 × 3.31 + 8 × 6.26
    assert shown["A month in FY 2024"][0] == "$75.80"


def test_percentiles_are_those_of_the_years_bills(homes, open_page):
    last_old = date(2018, 9, 30)  # a bill over it is in two parts, none of a whole month
    whole = [
        bill
        for bill in homes[1].of_year("warrensburg", 2019, "residential_new")
        if not bill.service_from < last_old < bill.service_to
    ]
    uses = sorted(bill.usage for bill in whole)
    expected = {}
    for percentile in (10, 25, 50, 75, 90):
        use = next(use for n, use in enumerate(uses, start=1) if n * 100 >= percentile * len(uses))
        bill = Bill(date(2019, 9, 1), None, None, "residential_new", usage=use, meter_size="5/8")
        expected[f"{percentile}th percentile"] = (use, TARIFFS["warrensburg"].total(bill))
    app = open_page(utility=WARRENSBURG, bill_class="Residential new")
    shown = {
        use.split(", ")[1]: (Decimal(use.split(" ")[0]), Decimal(now))
        for of, use, now, *_ in cells(app, "Service and class")
        if "percentile" in use and "residential new" in of
    }
    assert shown == expected


def test_a_city_with_sewer_alone_has_no_measure_of_both(open_page):
    rows = cells(open_page(utility=WARRENSBURG), "What is measured")
    assert len(rows) == 6
    sewer, *others = rows
    # 447.84 of 48,000 a year; 481.44 in 2023
    assert sewer[1:5] == ["0.93 %", "1.00 %", "2 %", "within the limit"]
    assert "Median income $48,000, 2022, assumed †" in sewer[5]
    assert {tuple(row[1:3]) + (row[4],) for row in others} == {
        ("–", "–", "does not apply: no water service here")
    }


def test_hours_of_work_are_those_of_water_and_sewer(open_page):
    """28.53 + 43.61 = 72.14 a month at the 8.60 of 2019."""
    rows = {row[0]: row for row in cells(open_page(), "What is measured")}
    hours = rows["Water and sewer of a month, hours of work at the minimum wage"]
    assert hours[1] == "8.39 h" and hours[4] == "above the limit"
    assert "Minimum wage $8.60, 2019, Missouri Department of Labor" in hours[5]


def test_neighbours_stand_beside_the_own_bill_for_their_use(open_page):
    """4,500 gallons are 6.02 ccf: 9.92 + 2 × 2.86 + 4.02 × 5.42 = 37.43."""
    app = open_page(utility=WARRENSBURG)
    rows = {row[0]: row for row in cells(app, "Neighbour")}
    assert rows["Lee's Summit"][1:7] == ["Sewer", "4,500 gallons", "1 Jan 2019", "39.74", "37.43", "−2.31"]
    assert "Rate Information" in rows["Lee's Summit"][-1]
    assert rows["Urich"][3] == "2018" and "†" in rows["Urich"][-1]
    assert f"lower than {len(rows)} of {len(rows)} neighbours' bills" in texts(app)


def test_rates_that_are_adopted_for_later_are_named(open_page):
    assert "$39.98 from 1 Oct 2019" in texts(open_page(utility=WARRENSBURG))


def test_downloads_hold_what_the_page_shows_and_the_mark(open_page, monkeypatch):
    files: dict[str, bytes] = {}
    monkeypatch.setattr(
        components.st, "download_button", lambda label, data, **_: files.__setitem__(label, data())
    )
    open_page(utility=WARRENSBURG)
    assert set(files) == {"Bills as CSV", "Affordability as CSV", "Neighbours as CSV"}
    for content in files.values():
        rows = pl.read_csv(StringIO(content.decode("utf-8-sig")), infer_schema=False)
        assert set(rows["data_mark"]) == {MARK} and set(rows["build_id"]) == {BUILD}
    bills = pl.read_csv(StringIO(files["Bills as CSV"].decode("utf-8-sig")), infer_schema=False)
    typical = bills.filter(pl.col("use_kind") == "typical").row(0, named=True)
    assert (typical["now_usd"], typical["after_usd"]) == ("37.32", "40.12")
