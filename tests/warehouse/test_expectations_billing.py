"""Planted failures in accounts, bills and charges are reported.

A planting is SQL on a small city that was right before. What is planted together does not hide each other.
"""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tests.warehouse.test_expectations_city import (
    CITY,
    DELIVERIES,
    Planted,
    assert_reported,
    change,
    raw_city,
)


def wrong_bill(account: str, assignment: str, sentence: str, severity: str = "warn") -> Planted:
    """In the bill of an account of June 2020."""
    key = f"B-{account}-2020-06"
    return Planted("bills", change("bills", "bill_id", key, assignment), sentence, severity, {"bill_id": key})


GROUPS: dict[str, list[Planted]] = {
    "accounts": [
        Planted(
            "accounts",
            change("accounts", "account_id", "A001", "closed_on = '2014-01-01'"),
            "No account is closed before it is opened",
            row={"account_id": "A001", "_line_number": 3},
        ),
        Planted(
            "accounts",
            change("accounts", "account_id", "A002", "opened_on = '2033-01-01'"),
            "No account is opened after the delivery that brought it",
            row={"account_id": "A002"},
        ),
        Planted(
            "accounts",
            change("accounts", "account_id", "A003", "account_id = '3'"),
            "No account number is shorter or longer than nearly all others (were leading zeros lost?)",
            row={"account_id": "3", "_source_file": "accounts.csv"},
        ),
        Planted(
            "accounts",
            "UPDATE raw.accounts SET billing_group = NULL WHERE account_id < 'A005'",
            "Nearly all accounts have a billing group, where that is delivered at all",
        ),
        Planted(
            "accounts",
            "UPDATE raw.accounts SET service_address = NULL WHERE account_id < 'A005'",
            "Nearly all accounts have a service address, where that is delivered at all",
        ),
        Planted(
            "accounts",
            "UPDATE raw.accounts SET opened_on = NULL WHERE account_id BETWEEN 'A030' AND 'A034'",
            "Nearly all accounts have an opening date, where that is delivered at all",
        ),
        Planted(
            "accounts",
            "UPDATE raw.accounts SET customer_class = 'industrial' WHERE account_id > 'A015'",
            "At least half of the accounts are residential",
        ),
        Planted(
            "accounts",
            "DELETE FROM raw.bills WHERE account_id BETWEEN 'A020' AND 'A024'",
            "Nearly all accounts that are open were billed within 120 days before the latest bill",
            row={"customer_class": "industrial"},
        ),
        Planted(
            "accounts",
            change("accounts", "account_id", "A004", "autopay_since = '2001-01-01'"),
            "Nearly no account pays automatically since before it was opened",
            row={"account_id": "A004"},
        ),
    ],
    "accounts closed": [
        Planted(
            "accounts",
            "UPDATE raw.accounts SET closed_on = '2020-01-01' WHERE account_id > 'A005'",
            "At least a quarter of the accounts are open",
        ),
    ],
    "bills": [
        wrong_bill("A000", "due_date = '2020-06-04'", "No bill is due before its bill date", "error"),
        wrong_bill(
            "A001", "due_date = '2020-12-04'", "No bill is due more than 120 days after its bill date"
        ),
        wrong_bill("A002", "penalty_date = '2020-06-20'", "No bill has its penalty date before its due date"),
        wrong_bill("A003", "service_to = '2020-04-04'", "No service period ends before it begins", "error"),
        wrong_bill("A004", "service_to = '2020-12-04'", "No service period is longer than 120 days"),
        wrong_bill(
            "A005",
            "bill_date = '2020-07-03', due_date = '2020-07-28', penalty_date = '2020-07-29'",
            "None of the bills is dated after the delivery that brought it",
        ),
        wrong_bill(
            "A006",
            "bill_date = '0020-06-05', due_date = '0020-06-25', penalty_date = NULL",
            "None of the bills is dated before 1950",
            "error",
        ),
        wrong_bill("A007", "amount_due = 98765432.10", "No bill shows more than $10,000,000 due"),
        Planted(
            "bills",
            change("bills", "bill_id", "X1", "account_id = 'A008', bill_date = '2020-08-01'"),
            "Every cancel bill stands on the account of the bill that it cancels",
            "error",
            {"bill_id": "X1", "cancelled_account_id": "A007", "_source_file": "bills.csv"},
        ),
        Planted("bills", "SELECT 1", "No bill is cancelled before its own date", row={"bill_id": "X1"}),
        Planted(
            "bills",
            "INSERT INTO raw.bills SELECT * REPLACE ('X3' AS bill_id) FROM raw.bills WHERE bill_id = 'X1'",
            "No bill is cancelled twice",
            row={"bill_id": "X3"},
        ),
        Planted(
            "bills",
            "DELETE FROM raw.bills WHERE bill_date BETWEEN '2020-11-01' AND '2020-11-30'",
            "There is no month without bills between the first and the latest that no policy event explains",
            row={"utility_id": CITY, "month_without_rows": date(2020, 11, 1)},
        ),
        Planted(
            "bills",
            "DELETE FROM raw.bills WHERE bill_date > '2021-04-30'",
            "The latest of the bills is at most 45 days older than the latest delivery",
            row={"latest_on": date(2021, 4, 5)},
        ),
    ],
    "bills in numbers": [
        Planted(
            "bills",
            "UPDATE raw.bills SET kind = 'cancel' WHERE bill_date < '2020-02-10'",
            "At most one bill in twenty is a cancellation",
            row={"kind": "cancel"},
        ),
        Planted(
            "bills",
            """UPDATE raw.bills SET service_from = service_to
               WHERE bill_date BETWEEN '2020-03-01' AND '2020-05-31'""",
            "Nearly no service period is without a day",
        ),
        Planted("bills", "SELECT 1", "Nine regular bills in ten cover 20 to 100 days of service"),
        Planted(
            "bills",
            "DELETE FROM raw.charges WHERE bill_id LIKE '%2020-12'",
            "Nearly all bills that cancel nothing have charges",
        ),
        Planted(
            "bills",
            "UPDATE raw.bills SET previous_balance = 1, amount_due = 70 WHERE bill_date > '2021-01-01'",
            "Nine printed amounts due in ten are the previous balance and the bill's charges",
        ),
    ],
    "bills, many misdated": [
        Planted(
            "bills",
            "UPDATE raw.bills SET due_date = '2022-12-04' WHERE bill_date < '2020-02-10'",
            "No bill is due more than 120 days after its bill date",
            "error",
        ),
    ],
    "charges": [
        Planted(
            "charges",
            change("charges", "charge_id", "C-A000-2021-02-water", "amount = 1000000.01"),
            "No charge is above $1,000,000",
            row={"charge_id": "C-A000-2021-02-water", "_source_file": "charges.csv"},
        ),
        Planted(
            "charges",
            change("charges", "charge_id", "C-A001-2020-06-water", "account_id = 'A002'"),
            "Every charge stands on the account of its bill",
            "error",
            {"charge_id": "C-A001-2020-06-water"},
        ),
        Planted(
            "charges",
            change("charges", "bill_id", "B-A003-2020-06", "service = 'trash'"),
            "Every service that is charged is one of the utility's services",
            "error",
            {"service": "trash", "charge_count": 2},
        ),
        Planted(
            "charges",
            "SELECT 1",
            "Every service that was charged before is charged in the latest delivery of charges",
            row={"service": "trash", "last_delivered_on": DELIVERIES[0]},
        ),
        Planted(
            "charges",
            "UPDATE raw.charges SET amount = 0 WHERE service = 'water' AND bill_id LIKE '%2020%'",
            "At most 30 % of the charges are zero",
            row={"service": "water"},
        ),
        Planted(
            "charges",
            "UPDATE raw.charges SET rate = -rate WHERE bill_id LIKE '%2020-02'",
            "Nearly no charge has a negative rate, discounts aside",
        ),
        Planted(
            "charges",
            "UPDATE raw.charges SET unit = NULL WHERE bill_id LIKE '%2020-0_'",
            "Nearly all charges with a quantity say its unit",
        ),
        Planted("charges", "SELECT 1", "Nearly all charges are their quantity times their rate, to the cent"),
    ],
    "charges with the sign turned": [
        Planted(
            "charges",
            "UPDATE raw.charges SET amount = -amount",
            "The charges of a utility add up to more than nothing",
            "error",
            {"utility_id": CITY},
        ),
        Planted("charges", "SELECT 1", "At most 15 % of the charges are credits"),
    ],
}


@pytest.fixture
def city() -> duckdb.DuckDBPyConnection:
    return raw_city()


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_planted_is_reported(city, group):
    assert_reported(city, GROUPS[group])
