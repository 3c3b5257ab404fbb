"""Collections, run as Streamlit runs it: against nine accounts whose debts are known by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dashboards import formats
from dashboards import months as calendar

from .late_town import BILL, HELP
from .test_billing import cells
from .test_pages import figures, texts

# Open on 31 August 2020: two bills that nobody paid, and the disputed one less what a programme paid of it.
OPEN = 3 * BILL - HELP


def share(part: Decimal, whole: Decimal) -> str:
    return formats.pct(part * 100 / whole)


def test_past_due_is_what_three_accounts_owe(open_late):
    value, note = figures(open_late("collections"))["Past due"]
    assert value == formats.usd_tile(OPEN)
    assert note == f"3 accounts, 100.0{formats.THIN}% of the open items; a year before {formats.usd(BILL)}"


def test_another_month_can_be_chosen(open_late):
    value, note = figures(open_late("collections", month="Aug 2019"))["Past due"]
    assert value == formats.usd_tile(BILL)
    assert note.startswith("1 account, ")


def test_the_segment_that_carries_most_is_named(open_late):
    app = open_late("collections", segment="Billing group")
    assert f"Group 02 carries {share(2 * BILL, OPEN)} of what is past due on 31 Aug 2020." in texts(app)
    rows = {row[0]: row for row in cells(app, "of those that owe")}
    assert rows["Group 04"][4] == formats.amount(BILL - HELP)
    assert rows["Total"][4] == formats.amount(OPEN)


def test_curves_count_what_was_paid_of_the_bills_of_a_month(open_late):
    """Five of the six bills of March 2019 were paid within a month, that of February 2020 in July."""
    value, note = figures(open_late("collections"))["Paid 3 months after the bill"]
    assert value == f"0.0{formats.THIN}%"
    assert note.startswith("of the bills of Apr 2020; ")
    assert f"{share(5 * BILL, 7 * BILL)} of those of months without events" in note


def test_nobody_left_so_nothing_may_be_written_off(open_late):
    assert "No account may be written off on 31 Aug 2020." in texts(open_late("collections"))


@pytest.mark.parametrize(
    ("month_end_on", "before"),
    [
        (date(2021, 6, 30), date(2020, 6, 30)),
        (date(2021, 2, 28), date(2020, 2, 29)),
        (date(2021, 12, 31), date(2020, 12, 31)),
        (date(2021, 1, 31), date(2020, 1, 31)),
    ],
)
def test_the_same_month_of_the_year_before(month_end_on, before):
    assert calendar.year_before(month_end_on) == before
