"""Payments, run as Streamlit runs it: against ten payments that are known by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dashboards import formats

from .late_town import BILL, HELP, NO_CARDS, ONLINE_FEE, PAYMENTS
from .test_billing import cells
from .test_pages import figures, texts

OWN = [payment for payment in PAYMENTS if payment[3] != "assistance"]


def test_what_customers_paid_leaves_assistance_apart(open_late):
    value, note = figures(open_late("payments"))["Paid by customers"]
    paid = sum((payment[2] for payment in OWN), Decimal("0.00"))
    assert value == formats.usd_tile(paid)
    assert note == f"{formats.usd(paid)} in 9 payments; assistance apart: {formats.usd(HELP)}"


@pytest.mark.rule("R37")
def test_the_fee_of_the_online_payment_was_the_customers(open_late):
    value, note = figures(open_late("payments"))["Payment fees paid by customers"]
    share = formats.pct(ONLINE_FEE * 100 / sum(payment[2] for payment in OWN))
    assert note == f"{formats.usd(ONLINE_FEE)}, {share} of what was paid"


def test_the_returned_check_is_counted(open_late):
    value, note = figures(open_late("payments"))["Returned"]
    assert value == "1 payment"
    assert note == f"{formats.pct(Decimal(100) / 9)} of the payments, {formats.usd(BILL)}"


@pytest.mark.rule("R40")
def test_a_card_at_the_agent_is_not_allowed_and_named(open_late):
    app = open_late("payments")
    row = next(row for row in cells(app, "In words") if row[2] == NO_CARDS)
    assert row[0] == "10 Mar 2019"
    assert row[4] == formats.amount(BILL)


def test_ways_add_up_to_what_was_paid(open_late):
    rows = cells(open_late("payments"), "Way")
    whole = sum((payment[2] for payment in PAYMENTS), Decimal("0.00"))
    assert rows[-1][0] == "Total" and rows[-1][3] == formats.amount(whole)
    counter = next(row for row in rows if row[:2] == ["Counter", "Cash"])
    assert counter[2] == "3"


def test_a_fiscal_year_stands_beside_the_one_before(open_late):
    app = open_late("payments", fiscal_year="FY 2020")
    _, note = figures(app)["Paid by customers"]
    now = sum((p[2] for p in OWN if p[1].year == 2020), Decimal("0.00"))
    then = sum((p[2] for p in OWN if p[1].year == 2019), Decimal("0.00"))
    assert note.startswith(f"{formats.usd(now)} in 2 payments") and note.endswith(
        f"FY 2019: {formats.usd(then)}"
    )


def test_a_way_can_be_chosen(open_late):
    app = open_late("payments")
    app.multiselect(key="channel").set_value(["online"]).run()
    assert figures(app)["Paid by customers"][0] == formats.usd_tile(BILL)
    assert "by online" in texts(app)
