"""Penalties of the simulated cities, judged by the independent bookkeeping from the delivered rows."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from tests.oracle import Policy, Statement
from tests.support.canonical import COLUMNS, by_account
from tests.support.cities import latest_of

POLICY = Policy(service_rank=("account", "electric", "water", "sewer", "trash"))
BEARS_NONE = ("fee", "penalty")
AFTER = dt.timedelta(days=180)
CENT = Decimal("0.01")
# While drafts could not run, their bills bear none (R65).
DRAFTS_CLOSED = (dt.date(2020, 12, 7), dt.date(2020, 12, 28))


def test_independence_charges_five_percent_of_what_is_past_due_and_nothing_on_fees(demo_cities):
    """Every bill of half a year after the fee of a returned payment, where the postings decide the penalty.

    Left out are accounts with level payments, agreements or disputes, and bills for which money was received
    in time and posted later: their base needs more than the postings of the day.
    """
    folder = demo_cities["independence"]
    rows = {name: latest_of(folder, name) for name in COLUMNS}
    adjustments = rows["adjustments"]
    fees = adjustments.filter(pl.col("kind") == "returned_payment_fee")
    fee_on = dict(fees.sort("posted_on").select("account_id", "posted_on").iter_rows())
    chosen = set(fee_on)
    chosen -= set(rows["bills"].filter(pl.col("budget_amount").is_not_null())["account_id"])
    for entity in ("agreements", "disputes"):
        chosen -= set(latest_of(folder, entity)["account_id"])
    assessed = {
        row["bill_id"]: row["amount"]
        for row in adjustments.filter(pl.col("kind") == "penalty").iter_rows(named=True)
    }
    judged = with_fees_past_due = 0
    for account, own in by_account(_of_accounts(rows, sorted(chosen))).items():
        statement = Statement(own, POLICY)
        for bill in own["bills"]:
            day = bill["penalty_date"]
            if bill["kind"] == "cancel" or not _is_decided_by_postings(own, bill, day):
                continue
            if not fee_on[account] <= day <= fee_on[account] + AFTER:
                continue
            past_due = [one for one in statement.open_at(day).items if one.due_on and one.due_on <= day]
            base = sum((one.open for one in past_due if one.kind not in BEARS_NONE), Decimal(0))
            expected = (base / 20).quantize(CENT, ROUND_HALF_UP)
            assert assessed.get(bill["bill_id"], Decimal(0)) == expected, (account, bill["bill_id"])
            judged += 1
            with_fees_past_due += any(one.kind == "fee" for one in past_due)
    assert judged > 500 and with_fees_past_due > 5


def _of_accounts(rows: dict[str, pl.DataFrame], accounts: list[str]) -> dict[str, list[dict]]:
    """The rows of some accounts, one utility, with every column of the contract."""
    found = {}
    for entity, columns in COLUMNS.items():
        table = rows[entity]
        for parent, key in (("payments", "payment_id"), ("agreements", "agreement_id")):
            if "account_id" not in table.columns and key in table.columns:
                table = table.join(rows[parent].select(key, "account_id"), on=key)
        table = table.filter(pl.col("account_id").is_in(accounts))
        found[entity] = [
            dict.fromkeys(columns) | row | {"utility_id": "independence"}
            for row in table.iter_rows(named=True)
        ]
    return found


def _is_decided_by_postings(own: dict, bill: dict, day: dt.date) -> bool:
    """Whether the bill was in force, its day is in the run, and no money was under way."""
    is_cancelled = any(other["cancels_bill_id"] == bill["bill_id"] for other in own["bills"])
    is_under_way = any(payment["received_on"] <= day < payment["posted_on"] for payment in own["payments"])
    first, last = DRAFTS_CLOSED
    is_closed = first <= bill["due_date"] <= last
    return not (is_cancelled or is_under_way or is_closed) and day < dt.date(2022, 6, 30)
