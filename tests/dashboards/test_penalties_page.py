"""Penalties and fees, run as Streamlit runs it: against nine accounts whose penalties are known by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dashboards import formats

from .late_town import (
    BILL,
    CHARGED,
    EXPECTED,
    FORGOTTEN,
    OF_PART,
    PAID_EARLY,
    PENALTY,
    RETURN_FEE,
    RIGHT,
    WAIVED,
    WRONG_BASE,
)  # fmt: skip
from .test_billing import cells
from .test_pages import figures, texts

ZERO = Decimal("0.00")


def total(amounts) -> Decimal:
    return sum(amounts, ZERO)


@pytest.mark.rule("R27", "R29")
def test_charged_stands_beside_what_policy_expects(open_late):
    value, note = figures(open_late("penalties"))["Charged for lateness"]
    assert total(CHARGED.values()) == Decimal("13.53")
    assert total(EXPECTED.values()) == Decimal("16.04")
    assert value == "$14"
    assert note == "$13.53; policy expects $16.04"


def test_the_two_mistakes_are_counted_with_their_dollars(open_late):
    app = open_late("penalties")
    value, note = figures(app)["Charged wrongly"]
    too_much, too_little = PENALTY - OF_PART, PENALTY
    assert value == "2 bills"
    assert note == f"{formats.usd(too_much)} too much, {formats.usd(too_little)} too little, on 2 accounts"
    rows = {row[0]: row for row in cells(app, "Why they differ")}
    assert rows["Charged on another amount"][3] == formats.amount(too_much)
    assert rows["Due and not charged"][4] == formats.amount(too_little)


@pytest.mark.rule("R60")
def test_the_penalty_not_charged_because_of_the_waiver_has_its_own_figure(open_late):
    app = open_late("penalties")
    value, note = figures(app)["Penalty not charged because of the waiver"]
    assert value == "$5" and note.startswith("on 1 bill, rules applied to what happened")
    assert "$4.51 was not charged because of waivers." in texts(app)


def test_all_that_was_charged_was_collected(open_late):
    value, note = figures(open_late("penalties"))["Penalties collected"]
    assert value == "$14"
    assert note == f"100.0{formats.THIN}% of $13.53 charged; $0.00 still open"


def test_a_fiscal_year_holds_its_bills_only(open_late):
    app = open_late("penalties", fiscal_year="FY 2020")
    value, note = figures(app)["Charged for lateness"]
    assert note == "$4.51; policy expects $4.51; FY 2019: $9.02"


def test_the_base_of_a_penalty_is_worked_out_account_by_account(open_late):
    app = open_late("penalties", account=WRONG_BASE)
    text = texts(app)
    assert f"Penalties of account {WRONG_BASE}: policy expects $2.51, $4.51 was charged." in text
    row = cells(app, "After waivers")[0]
    assert row[2] == row[5] == formats.amount(BILL - PAID_EARLY)
    assert row[6] == row[7] == formats.amount(OF_PART)
    assert f"Statement of account {WRONG_BASE}" in text


def test_an_account_whose_penalty_is_right_can_be_opened_too(open_late):
    text = texts(open_late("penalties", account=RIGHT))
    assert f"Penalties of account {RIGHT}: policy expects $4.51, $4.51 was charged." in text


def test_the_list_holds_the_mistakes(open_late):
    listed = open_late("penalties").dataframe[0].value
    assert {WRONG_BASE, FORGOTTEN} <= set(listed["account_id"])
    assert RIGHT not in set(listed["account_id"])
    assert WAIVED not in set(listed["account_id"])


@pytest.mark.rule("R32")
def test_the_fee_of_the_returned_check_is_listed(open_late):
    rows = {row[0]: row for row in cells(open_late("penalties"), "Absorbed by the city")}
    assert rows["Returned payment"][2:5] == ["1", formats.amount(RETURN_FEE), formats.amount(RETURN_FEE)]


def test_without_penalties_the_page_says_what_to_do(open_late):
    app = open_late("penalties", **{"class": "commercial"})
    assert not app.exception
