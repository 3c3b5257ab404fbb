"""Collections against plain Python: random histories in the oracle, and the small cities' published build."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from ratehouse import publish
from ratehouse.warehouse import connect
from tests.oracle import Statement
from tests.strategies import random_histories
from tests.support.canonical import by_account
from tests.support.settlement_warehouse import POLICY, settlement_warehouse

ZERO = Decimal("0.00")
AGES = ("not_yet_due", "d1_30", "d31_60", "d61_90", "d91_120", "over_120")


@pytest.fixture(scope="module")
def published(demo_workspace):
    with connect(publish.required_build(demo_workspace), read_only=True) as connection:
        yield connection


def age(due_on: date | None, at_on: date) -> str:
    days = 0 if due_on is None else (at_on - due_on).days
    return AGES[0] if days <= 0 else AGES[min(5, (days + 29) // 30)]


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def test_random_accounts_roll_as_their_items_do():
    """Item by item: open in a later age than at the month end before, by its age then."""
    rows = random_histories(seed=20260101, accounts=150)
    last = date(2021, 12, 31)
    connection = settlement_warehouse(rows, ("int_receivables__account_months",), as_of=str(last))
    found = {
        (account_id, month_end_on): amounts
        for account_id, month_end_on, *amounts in connection.execute(
            "SELECT accounts.account_id, month_end_on, past_due_usd, oldest_due_on, "
            + ", ".join(f"rolled_{name}_usd" for name in AGES[:-1])
            + " FROM intermediate.int_receivables__account_months "
            "INNER JOIN intermediate.int_receivables__accounts AS accounts USING (account_key)"
        ).fetchall()
    }
    compared = rolled_months = 0
    for account_id, part in by_account(rows).items():
        statement = Statement(part, POLICY)
        posted = {debit.posting_id: debit.posted_on for debit in statement.debits}
        day = month_end(date(2021, 1, 1))
        while day <= last:
            items = statement.open_at(day).items
            before = day.replace(day=1) - timedelta(days=1)
            rolled = dict.fromkeys(AGES[:-1], ZERO)
            for item in items:
                was = age(item.due_on, before)
                if posted[item.posting_id] <= before and age(item.due_on, day) != was:
                    rolled[was] += item.open
            past_due = sum((i.open for i in items if i.due_on is not None and i.due_on < day), ZERO)
            oldest = min((i.due_on for i in items if i.due_on is not None), default=None)
            expected = [past_due, oldest, *rolled.values()]
            assert found.get((account_id, day), [ZERO, None, *[ZERO] * 5]) == expected, (account_id, day)
            compared, rolled_months = compared + 1, rolled_months + (sum(rolled.values()) > 0)
            day = month_end(day + timedelta(days=1))
    assert compared == 150 * 12 and rolled_months > 100


def test_habits_of_random_accounts_are_those_of_a_clerk_who_counts_on_the_day_of_receipt():
    """By the oracle, with payments dated by receipt; they may differ where an older debt came later."""
    rows = random_histories(seed=7, accounts=150)
    for payment in rows["payments"]:
        payment["received_on"] = min(payment["received_on"], payment["posted_on"])
    as_of = "2022-06-30"
    connection = settlement_warehouse(rows, ("int_receivables__judged_due_dates",), as_of=as_of)
    judged = connection.execute(
        "SELECT accounts.account_id, due_on, penalty_on, is_paid_by_due_date, is_paid_by_penalty_date "
        "FROM intermediate.int_receivables__judged_due_dates "
        "INNER JOIN intermediate.int_receivables__accounts AS accounts USING (account_key)"
    ).fetchall()
    statements = {}
    for account_id, part in by_account(rows).items():
        for payment in part["payments"]:
            payment["posted_on"] = payment["received_on"]
        statements[account_id] = Statement(part, POLICY)
    agreed = differing = 0
    for account_id, due_on, penalty_on, by_due_date, by_penalty_date in judged:
        statement = statements[account_id]

        def is_covered(day: date, statement=statement, due_on=due_on) -> bool:
            return not any(
                item.due_on == due_on and item.posting_id.startswith("bill:")
                for item in statement.open_at(day).items
            )

        at_penalty = is_covered(penalty_on)
        expected = (is_covered(due_on) and at_penalty, at_penalty)
        backdated = any(
            debit.due_on is not None and debit.due_on <= due_on < debit.posted_on
            for debit in statement.debits
        )
        if expected == (by_due_date, by_penalty_date):
            agreed += 1
        else:
            differing += 1
            assert backdated, (account_id, due_on, expected)
    assert agreed > 300 and differing < agreed / 20


def test_every_month_counts_back_day_by_day(published):
    """Walked back in whole cents a day, without any of the warehouse's windows."""
    months = published.execute(
        "SELECT utility_id, month_end_on, open_usd, unbilled_usd, earned_usd, dso_days, service_dso_days "
        "FROM marts.rpt_collections_monthly ORDER BY 1, 2"
    ).fetchall()
    earned: dict[str, dict[date, Decimal]] = defaultdict(dict)
    compared = 0
    for utility_id, day, open_usd, unbilled, revenue, dso, service_dso in months:
        if revenue is not None:
            earned[utility_id][day] = revenue
        for owed, found in ((open_usd, dso), (open_usd + (unbilled or 0), service_dso)):
            if found is None:
                continue
            left, days, month = owed, Decimal(0), day
            while left > 0:
                per_day = earned[utility_id][month] / month.day
                used = min(left, earned[utility_id][month])
                days, left = days + used / per_day, left - used
                month = month.replace(day=1) - timedelta(days=1)
            assert abs(days - found) <= Decimal("0.01"), (utility_id, day)
            compared += 1
    assert compared > 60


def test_curves_hold_every_dollar_that_was_billed(published, demo_workspace):
    """The bills of each month as delivered; at the last age nothing is paid that was not billed."""
    with connect(demo_workspace.raw_database, read_only=True) as raw:
        billed = dict(
            raw.execute(
                "SELECT utility_id || last_day(bill_date), sum(service_usd) FROM ("
                "SELECT b.utility_id, b.bill_id, b.bill_date, c.service, sum(c.amount) AS service_usd "
                "FROM bills b JOIN charges c ON b.utility_id = c.utility_id AND b.bill_id = c.bill_id "
                "WHERE b.kind <> 'cancel' GROUP BY ALL) WHERE service_usd > 0 GROUP BY 1"
            ).fetchall()
        )
    found = dict(
        published.execute(
            "SELECT utility_id || billed_month_end_on, sum(billed_usd) FROM marts.rpt_collection_curves "
            "WHERE age_months = 0 GROUP BY 1"
        ).fetchall()
    )
    assert {name: amount for name, amount in billed.items() if name in found} == found
    assert len(found) > 40
    assert not published.execute(
        "SELECT * FROM marts.rpt_collection_curves WHERE uncollected_usd < 0 OR own_money_usd < 0"
    ).fetchall()


def test_the_uncollected_end_of_the_curves_is_what_aging_still_shows(published):
    """Bills of the last two years: not paid and not written off by the as-of date is open on it."""
    curves = published.execute(
        "SELECT utility_id, sum(uncollected_usd) FROM marts.rpt_collection_curves "
        "INNER JOIN marts.dim_utilities USING (utility_id) "
        "WHERE last_day(as_of_on) = month_end_on AND age_months < 24 GROUP BY 1 ORDER BY 1"
    ).fetchall()
    for utility_id, uncollected in curves:
        open_bills = published.execute(
            "SELECT sum(i.open_usd) FROM marts.dim_utilities u, marts.open_items_as_of("
            "(SELECT as_of_on FROM marts.dim_utilities WHERE utility_id = $utility)) i "
            "WHERE u.utility_id = $utility AND i.utility_id = $utility AND i.posting_id LIKE 'bill:%' "
            "AND datediff('month', i.posted_on, u.as_of_on) < 24",
            {"utility": utility_id},
        ).fetchone()[0]
        assert uncollected == open_bills


def test_the_allowance_is_the_sum_of_its_ages_and_ties(published):
    years = published.execute(
        "SELECT utility_id, fiscal_year, opening_usd, provision_usd, write_offs_usd, recoveries_usd, "
        "closing_usd "
        "FROM marts.rpt_allowance_rollforward WHERE closing_usd IS NOT NULL ORDER BY 1, 2"
    ).fetchall()
    assert years
    for utility_id, year, opening, provision, write_offs, recoveries, closing in years:
        parts = published.execute(
            "SELECT balance_usd, lost_pct, allowance_usd FROM marts.rpt_allowance "
            "WHERE utility_id = $utility AND fiscal_year = $year", {"utility": utility_id, "year": year}
        ).fetchall()  # fmt: skip
        assert sum((allowance or ZERO for *_, allowance in parts), ZERO) == closing
        for balance, lost_pct, allowance in parts:
            about = (balance * (lost_pct or 0) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert abs(about - (allowance or ZERO)) <= Decimal("0.02") + balance / 1_000_000
        if opening is not None:
            assert opening + provision - write_offs + recoveries == closing


def test_segments_of_a_kind_hold_all_that_is_open(published):
    rows = published.execute(
        "SELECT utility_id, month_end_on, segment_kind, sum(open_usd) "
        "FROM marts.rpt_delinquency_segments GROUP BY ALL"
    ).fetchall()
    totals: dict[tuple[str, date], set[Decimal]] = defaultdict(set)
    for utility_id, day, _, open_usd in rows:
        totals[utility_id, day].add(open_usd)
    assert {len(found) for found in totals.values()} == {1}
    assert len(rows) == 4 * len(totals)
