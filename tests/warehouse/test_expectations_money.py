"""Planted failures in adjustments, payments and returns, and in the arrival of any entity, are reported.

A planting is SQL on a small city that was right before. What is planted together does not hide each other.
"""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.warehouse.test_expectations_city import CITY, ENTITIES, Planted, assert_reported, change, raw_city


def wrong_payment(account: str, assignment: str, sentence: str, severity: str = "warn") -> Planted:
    key = f"P-{account}-2020-05"
    sql = change("payments", "payment_id", key, assignment)
    return Planted("payments", sql, sentence, severity, {"payment_id": key})


def wrong_adjustment(key: str, assignment: str, sentence: str, severity: str = "warn") -> Planted:
    sql = change("adjustments", "adjustment_id", key, assignment)
    return Planted("adjustments", sql, sentence, severity, {"adjustment_id": key})


GROUPS: dict[str, list[Planted]] = {
    "adjustments": [
        wrong_adjustment(
            "J9",
            "posted_on = '2022-01-01'",
            "None of the adjustments is posted after the delivery that brought it",
            "error",  # one of ten rows is no slip
        ),
        wrong_adjustment(
            "J8", "posted_on = '0021-02-01'", "None of the adjustments is posted before 1950", "error"
        ),
        wrong_adjustment(
            "J3", "due_on = '2020-03-01'", "No penalty, fee or charge is due before it is posted", "error"
        ),
        wrong_adjustment(
            "J5", "amount = 100000.01", "No adjustment is above $100,000, balances carried over aside"
        ),
        wrong_adjustment(
            "J8", "requested_on = '2021-02-02'", "No adjustment is approved before it is requested"
        ),
        wrong_adjustment("J6", "related_account_id = NULL", "Every balance transfer names the other account"),
        Planted(
            "adjustments",
            change("adjustments", "adjustment_id", "J7", "amount = 8"),
            "Balance transfers take from one account what they give to another",
            row={"account_id": "A010"},
        ),
        Planted(
            "adjustments",
            change("adjustments", "adjustment_id", "J1", "posted_on = '2020-01-02'"),
            "Opening balances are posted on one day",
            row={"posted_on": date(2020, 1, 2)},
        ),
        Planted(
            "adjustments",
            change("adjustments", "adjustment_id", "J4", "event_id = 'flood'"),
            "Every event that an adjustment names is in the policy calendar",
            row={"event_id": "flood"},
        ),
        wrong_adjustment(
            "J4",
            "bill_id = 'B-A009-2020-03'",
            "Nearly all adjustments that name a bill name one of their own account",
        ),
        wrong_adjustment("J2", "amount = 2000", "Nearly no penalty exceeds $1,000"),
    ],
    "adjustments in sum": [
        Planted(
            "adjustments",
            change("adjustments", "kind", "penalty", "amount = 20000"),
            "Penalties are at most 10 % of what was charged",
        ),
        Planted(
            "adjustments",
            change("adjustments", "kind", "write_off", "amount = -20000"),
            "Write-offs are at most 5 % of what was charged",
        ),
        Planted(
            "adjustments",
            change("adjustments", "kind", "penalty_waiver", "amount = -60000"),
            "No more penalties and fees are waived than were assessed",
        ),
    ],
    "payments": [
        wrong_payment(
            "A000",
            "posted_on = '2020-07-04'",
            "None of the payments is posted after the delivery that brought it",
        ),
        wrong_payment(
            "A002", "posted_on = '1949-07-04'", "None of the payments is posted before 1950", "error"
        ),
        wrong_payment("A004", "received_on = '2020-06-30'", "No payment is posted before it is received"),
        wrong_payment("A006", "amount = 1000000.01", "No payment is above $1,000,000"),
        Planted(
            "payments",
            "UPDATE raw.payments SET processor_fee = 71 WHERE payment_id LIKE '%2020-06'",
            "Nearly no payment is smaller than its fees",
        ),
        Planted(
            "payments",
            "UPDATE raw.payments SET tender = 'cash' WHERE payment_id LIKE '%2020-06'",
            "Nearly all automatic payments are drafts or card payments",
            row={"tender": "cash"},
        ),
        Planted(
            "payments",
            "UPDATE raw.payments SET received_on = received_on - 11 WHERE posted_on < '2020-03-01'",
            "At most one payment in twenty is posted more than 10 days after it was received",
        ),
        Planted(
            "payments",
            "UPDATE raw.payments SET bill_id = 'B-A006-2020-05' WHERE payment_id = 'P-A005-2020-05'",
            "Nearly all payments that name a bill name one of their own account",
            row={"payment_id": "P-A005-2020-05", "bill_id": "B-A006-2020-05"},
        ),
        Planted(
            "payments",
            "DELETE FROM raw.payments WHERE posted_on BETWEEN '2020-10-01' AND '2020-10-31'",
            "There is no month without payments between the first and the latest",
            row={"month_without_rows": date(2020, 10, 1)},
        ),
        Planted(
            "payments",
            "DELETE FROM raw.payments WHERE posted_on > '2021-06-10'",
            "The latest of the payments is at most 14 days older than the latest delivery",
        ),
    ],
    "payments in sum": [
        Planted(
            "payments",
            "UPDATE raw.payments SET amount = amount / 100",
            "Payments are between half and one and a half times what was charged",
        ),
        Planted("payments", "SELECT 1", "Nine payments in ten are between $1 and $5,000"),
    ],
    "payment_returns": [
        Planted(
            "payment_returns",
            "UPDATE raw.payment_returns SET posted_on = '2020-04-19'",
            "No return is posted before the day of the return",
            "error",
            {"return_id": "R1", "_line_number": 2},
        ),
    ],
    "payment_returns, much later": [
        Planted(
            "payment_returns",
            "UPDATE raw.payment_returns SET returned_on = '2021-04-19'",
            "None of the payment returns is posted after the delivery that brought it",
            "error",
        ),
        Planted(
            "payment_returns",
            "UPDATE raw.payments SET tender = 'cash' WHERE payment_id = 'P-A001-2020-03'",
            "Nearly no cash payment is returned",
            row={"payment_id": "P-A001-2020-03"},
        ),
        Planted(
            "payment_returns",
            "SELECT 1",
            "Nearly all returns come within 120 days after the payment was posted",
            row={"payment_id": "P-A001-2020-03"},
        ),
        Planted(
            "payment_returns",
            """INSERT INTO raw.payment_returns SELECT r.* REPLACE ('S' || i AS return_id, NULL AS reason_code)
               FROM raw.payment_returns AS r, range(40) AS t (i)""",
            "Nearly all returns have a reason code, where that is delivered at all",
        ),
        Planted("payment_returns", "SELECT 1", "Less than one payment in twenty is returned"),
        Planted(
            "payment_returns",
            "UPDATE raw.payment_returns SET returned_on = '1930-04-19' WHERE return_id = 'S7'",
            "None of the payment returns is posted before 1950",
            "error",
            {"return_id": "S7"},
        ),
    ],
}


def _arrivals(entity: str) -> list[Planted]:
    noun = entity.replace("_", " ")
    latest = f"""WHERE entity = '{entity}'
        AND delivered_on = (SELECT max(delivered_on) FROM raw.loads AS l WHERE l.entity = '{entity}')"""
    earlier = f"""INSERT INTO raw.loads BY NAME
        SELECT 900 + i AS load_id, '{CITY}' AS utility_id, '{entity}' AS entity, 'loaded' AS status,
            DATE '2018-01-31' + CAST(31 * i AS INTEGER) AS delivered_on, 5000 AS received, 0 AS loaded,
            4500 AS unchanged, 0 AS restated, 500 AS rejected FROM range(3) AS t (i)"""
    reject = f"""INSERT INTO raw.rejects BY NAME
        SELECT 1 AS load_id, '{CITY}' AS utility_id, '{entity}' AS entity, '{entity}.csv' AS source_file,
            77 AS line_number, 'amount' AS column_name, 'is not an amount' AS reason"""
    return [
        Planted(
            entity,
            f"{earlier}; {reject}",
            f"Nearly no row of the {noun} was rejected",
            row={"source_file": f"{entity}.csv", "line_number": 77, "reason": "is not an amount"},
        ),
        Planted(
            entity,
            "SELECT 1",
            f"The latest delivery of {noun} is not much smaller than those before it",
            row={"received": 5000},
        ),
        Planted(
            entity,
            f"UPDATE raw.loads SET loaded = loaded + 1 {latest}",
            f"There are as many {noun} as the load reports say were loaded",
            "error",
            {"utility_id": CITY},
        ),
    ]


GROUPS |= {f"{entity} arriving": _arrivals(entity) for entity in ENTITIES}
GROUPS |= {
    f"{entity} missing": [
        Planted(
            entity,
            f"DELETE FROM raw.{entity}",
            f"There are {entity} for every utility that delivered anything",
            "error",
            {"utility_id": CITY},
        )
    ]
    for entity in ("accounts", "bills", "charges", "payments")
}


@pytest.fixture
def city() -> duckdb.DuckDBPyConnection:
    return raw_city()


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_planted_is_reported(city, group):
    assert_reported(city, GROUPS[group])
