"""Revenue of the small cities as published: the outage, both versions of unbilled, month ends and days."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from ratehouse import publish
from ratehouse.warehouse import connect
from tests.oracle.revenue import ServiceBill, unbilled_at
from tests.warehouse.test_revenue import months


@pytest.fixture(scope="module")
def published(demo_workspace):
    with connect(publish.required_build(demo_workspace), read_only=True) as connection:
        yield connection


@pytest.mark.rule("R57", "R58")
def test_december_2020_is_not_zero_and_january_not_double(published):
    """Billed, both go astray; by service day each stays near the year before."""
    billed = months(published, "billed_usd", "utility_id = 'independence'")
    earned = months(published, "earned_usd", "utility_id = 'independence'")
    for figures, low, high in ((billed, "0.00", "0.40"), (earned, "0.80", "1.20")):
        assert Decimal(low) < figures[date(2020, 12, 31)] / figures[date(2019, 12, 31)] < Decimal(high)
    assert billed[date(2021, 1, 31)] / billed[date(2020, 1, 31)] > Decimal("1.4")
    assert Decimal("0.80") < earned[date(2021, 1, 31)] / earned[date(2020, 1, 31)] < Decimal("1.20")


def test_only_the_months_of_the_event_have_suspended_billing(published):
    rows = published.execute(
        "SELECT DISTINCT utility_id, month_end_on FROM marts.fct_revenue_monthly WHERE has_suspended_billing"
    ).fetchall()
    assert rows == [("independence", date(2020, 12, 31))]


def test_unbilled_at_the_end_of_2020_from_the_raw_charges(published, demo_workspace):
    """As it turned out, from bills and charges as delivered, without any of the warehouse's SQL."""
    with connect(demo_workspace.raw_database, read_only=True) as raw:
        bills = raw.execute(
            "SELECT bill_id, bill_date, service_from, service_to, cancels_bill_id "
            "FROM bills WHERE utility_id = 'independence'"
        ).fetchall()
        charges = raw.execute(
            "SELECT bill_id, service, sum(amount) FROM charges WHERE utility_id = 'independence' "
            "AND charge_code NOT IN ('tax', 'franchise', 'deposit', 'loan') GROUP BY 1, 2"
        ).fetchall()
    amounts: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for bill_id, service, amount in charges:
        amounts[bill_id][service] = amount
    spans = {bill_id: (first, last) for bill_id, _, first, last, _ in bills}
    by_service: dict[str, list[ServiceBill]] = defaultdict(list)
    for bill_id, billed_on, _, _, cancels in bills:
        for service, amount in amounts[cancels or bill_id].items():
            by_service[service].append(
                ServiceBill(billed_on, -amount if cancels else amount, *spans[cancels or bill_id])
            )
    expected = {service: unbilled_at(there, date(2020, 12, 31)) for service, there in by_service.items()}
    found = dict(
        published.execute(
            "SELECT service, sum(unbilled_usd) FROM marts.fct_revenue_monthly "
            "WHERE utility_id = 'independence' AND month_end_on = DATE '2020-12-31' "
            "AND service <> 'account' GROUP BY 1"
        ).fetchall()
    )
    assert found == expected
    assert sum(expected.values()) > 10_000


def test_months_and_days_give_the_same_unbilled(published):
    """The table of month ends and the function of a day, both ways, and the fiscal years."""
    for day in ("2019-12-31", "2020-06-30", "2020-12-31", "2021-03-31"):
        columns = "utility_id, service, customer_class, unbilled_usd, known_unbilled_usd"
        monthly = published.execute(
            f"SELECT {columns} FROM marts.fct_revenue_monthly WHERE month_end_on = $day "
            "AND (unbilled_usd <> 0 OR known_unbilled_usd <> 0)", {"day": day}
        ).fetchall()  # fmt: skip
        as_of = published.execute(
            f"SELECT {columns} FROM marts.unbilled_as_of($day)", {"day": day}
        ).fetchall()
        assert sorted(monthly) == sorted(as_of) and as_of
    years = published.execute(
        "SELECT utility_id, year_end_on, sum(known_unbilled_usd) FROM marts.rpt_unbilled_fiscal_year "
        "GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    assert [year[:2] for year in years] == [
        ("independence", date(2020, 6, 30)), ("independence", date(2021, 6, 30)),
        ("warrensburg", date(2020, 9, 30)), ("warrensburg", date(2021, 9, 30)),
    ]  # fmt: skip
    for utility_id, year_end, known in years:
        assert months(published, "known_unbilled_usd", f"utility_id = '{utility_id}'")[year_end] == known


def test_suspended_billing_makes_more_than_a_month_known_as_unbilled(published):
    """With the December bills suspended, the accrual at its end is well above that of other months."""
    known = months(published, "known_unbilled_usd", "utility_id = 'independence'")
    others = [amount for day, amount in known.items() if date(2019, 12, 31) <= day <= date(2020, 10, 31)]
    assert known[date(2020, 12, 31)] > Decimal("1.8") * sum(others) / len(others)
    out = months(published, "unbilled_usd", "utility_id = 'independence'")
    assert abs(known[date(2020, 12, 31)] / out[date(2020, 12, 31)] - 1) < Decimal("0.25")
