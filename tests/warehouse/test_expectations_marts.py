"""Planted failures in the ledger and in the aging are reported.

A planting is SQL on a small city that was right before. What is planted together does not hide each other.
"""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.warehouse.test_expectations_city import CITY, Planted, assert_reported, built_city

GROUPS: dict[str, list[Planted]] = {
    "fct_ledger": [
        Planted(
            "fct_ledger",
            "DELETE FROM intermediate.int_receivables__postings WHERE source_id = 'P-A000-2020-05'",
            "The ledger has as many payments as the extracts",
            "error",
            {"payment_id": "P-A000-2020-05", "_source_file": "payments.csv"},
        ),
        Planted("fct_ledger", "SELECT 1", "The ledger's payments add up to those of the extracts", "error"),
        Planted(
            "fct_ledger",
            """UPDATE intermediate.int_receivables__postings SET amount_usd = 71
               WHERE source_entity = 'payment_returns';
               DELETE FROM intermediate.int_receivables__postings WHERE source_id = 'J3';
               UPDATE intermediate.int_receivables__postings SET amount_usd = 10 WHERE source_id = 'X1'""",
            "The ledger's returned payments add up to those of the extracts",
            "error",
            {"return_id": "R1"},
        ),
        Planted(
            "fct_ledger",
            "SELECT 1",
            "The ledger's adjustments add up to those of the extracts",
            "error",
            {"adjustment_id": "J3"},
        ),
        Planted(
            "fct_ledger",
            "SELECT 1",
            "The ledger has as many adjustments as the extracts, those of nothing aside",
            "error",
            {"adjustment_id": "J3", "posted_usd": None},
        ),
        Planted(
            "fct_ledger",
            "SELECT 1",
            "The ledger's charges are the charges of the extracts less what cancel bills took off",
            "error",
        ),
        Planted(
            "fct_ledger",
            """UPDATE intermediate.int_receivables__postings SET account_key = (
                   SELECT account_key FROM intermediate.int_receivables__accounts WHERE account_id = 'A001'
               ), amount_usd = -70.01
               WHERE source_id = 'P-A003-2020-05'""",
            "A payment's posting is on the account of the payment",
            "error",
            {"source_id": "P-A003-2020-05", "account_id": "A001"},
        ),
        Planted(
            "fct_ledger",
            "SELECT 1",
            "A payment's posting takes off what was paid",
            "error",
            {"source_id": "P-A003-2020-05"},
        ),
        Planted(
            "fct_ledger",
            """UPDATE intermediate.int_receivables__postings SET posted_on = '2021-04-18'
               WHERE posted_on > '2021-04-18'""",
            "A payment's posting is on the day of the payment",
            "error",
        ),
        Planted(
            "fct_ledger",
            "SELECT 1",
            "The ledger's latest payment is the latest payment of the extracts",
            "error",
        ),
        Planted("fct_ledger", "SELECT 1", "The ledger reaches to within 45 days of the latest delivery"),
        Planted(
            "fct_ledger",
            "UPDATE marts.dim_utilities SET as_of_on = '2021-07-01'",
            "No build stands on a day after its latest delivery",
        ),
        Planted(
            "fct_ledger",
            """UPDATE intermediate.int_receivables__postings SET due_on = '2033-01-01'
               WHERE source_id = 'B-A000-2020-01' AND service = 'water'""",
            "No posting is due more than 400 days after it is posted",
            row={"posting_id": "bill:B-A000-2020-01:water"},
        ),
        Planted(
            "fct_ledger",
            """UPDATE intermediate.int_receivables__postings SET posted_on = '0020-01-05'
               WHERE source_id = 'B-A001-2020-01' AND service = 'water'""",
            "No posting is dated before 1950",
            "error",
            {"posting_id": "bill:B-A001-2020-01:water"},
        ),
    ],
    "fct_ledger without payments": [
        Planted(
            "fct_ledger",
            "DELETE FROM intermediate.int_receivables__postings WHERE posting_kind = 'payment'",
            "What is owed in all is less than half of what was ever charged",
        ),
    ],
    "fct_aging_monthly": [
        Planted(
            "fct_aging_monthly",
            """UPDATE marts.fct_aging_monthly SET d1_30_usd = -1
               WHERE account_id = 'A000' AND service = 'water' AND month_end_on = '2020-03-31'""",
            "No age bucket is negative",
            "error",
            {"account_id": "A000", "service": "water", "month_end_on": date(2020, 3, 31)},
        ),
        Planted(
            "fct_aging_monthly",
            """UPDATE marts.fct_aging_monthly SET unapplied_usd = -1
               WHERE account_id = 'A002' AND service = 'water' AND month_end_on = '2020-03-31'""",
            "No unapplied credit is negative",
            "error",
            {"account_id": "A002"},
        ),
        Planted(
            "fct_aging_monthly",
            "SELECT 1",
            "Unapplied credit stands under no service",
            "error",
            {"account_id": "A002"},
        ),
        Planted(
            "fct_aging_monthly",
            """UPDATE marts.fct_aging_monthly SET total_usd = 10000001
               WHERE account_id = 'A004' AND service = 'water' AND month_end_on = '2021-05-31'""",
            "No account owes more than $10,000,000 for a service",
            row={"account_id": "A004"},
        ),
        Planted(
            "fct_aging_monthly",
            "SELECT 1",
            "At the last month end the aging adds up to the ledger",
            "error",
            {"utility_id": CITY},
        ),
        Planted(
            "fct_aging_monthly",
            "SELECT 1",
            "What an account owes in the aging is what the ledger says that it owes",
            "error",
            {"account_id": "A004", "month_end_on": date(2021, 5, 31)},
        ),
        Planted(
            "fct_aging_monthly",
            "SELECT 1",
            "At every month end 40 % to 250 % of the median of the six before is owed, policy events aside",
            row={"month_end_on": date(2021, 5, 31)},
        ),
        Planted(
            "fct_aging_monthly",
            "DELETE FROM marts.fct_aging_monthly WHERE month_end_on = '2020-09-30'",
            "No month end is missing from the aging",
            "error",
            {"missing_month_end_on": date(2020, 9, 30)},
        ),
        Planted(
            "fct_aging_monthly",
            "UPDATE marts.fct_aging_monthly SET customer_class = NULL WHERE month_end_on = '2020-05-31'",
            "Nearly all balances have a customer class",
        ),
    ],
    "fct_aging_monthly grown old": [
        Planted(
            "fct_aging_monthly",
            "UPDATE marts.fct_aging_monthly SET over_120_usd = total_usd, not_yet_due_usd = 0, d1_30_usd = 0",
            "At the last month end at most half of what is owed is more than 90 days late",
        ),
        Planted(
            "fct_aging_monthly",
            "UPDATE marts.fct_aging_monthly SET unapplied_usd = 20",
            "At the last month end unapplied credits are at most 30 % of what is owed",
        ),
    ],
}


@pytest.fixture
def city() -> duckdb.DuckDBPyConnection:
    return built_city()


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_planted_is_reported(city, group):
    assert_reported(city, GROUPS[group])
