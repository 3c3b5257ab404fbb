"""Small cities with much trouble, and what their accounts were charged and paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl

from tests.support.cities import latest_of

# What is rare is made common, so that a small city shows it.
OFTEN = """
collections:
  trouble_a_month: {value: 0.05}
  restored: {value: 0.80}
  fees_waived: {value: 0.2}
holds:
  medical: {value: 0.15}
  bankruptcy: {value: 0.03}
  other: {value: 0.05}
agreements:
  hardship: {value: 0.25}
  after_outage: {value: 0.15}
  kept: {value: 0.6}
disputes:
  of_bills: {value: 0.02}
  of_odd_bills: {value: 0.3}
closing:
  mistyped: {value: 0.001}
"""
RECONNECT = {"independence": Decimal("25.00"), "warrensburg": Decimal("28.50")}


def orders(folder: Path, kind: str) -> pl.DataFrame:
    """The service orders of a kind."""
    return latest_of(folder, "service_orders").filter(pl.col("kind") == kind).sort("account_id", "ordered_on")


class Ledger:
    """What each account was asked for and paid, day by day, from the extracts."""

    def __init__(self, folder: Path) -> None:
        bills, charges = latest_of(folder, "bills"), latest_of(folder, "charges")
        totals = charges.group_by("bill_id").agg(pl.col("amount").sum())
        issued = bills.filter(pl.col("kind") != "cancel").join(totals, on="bill_id")
        cancelled = bills.filter(pl.col("kind") == "cancel").select(
            "account_id", "bill_date", bill_id="cancels_bill_id"
        )
        adjustments = latest_of(folder, "adjustments")
        dates = issued.select("account_id", "bill_date", next_due="due_date").sort("bill_date")
        adjustments = adjustments.sort("posted_on").join_asof(
            dates,
            left_on="posted_on",
            right_on="bill_date",
            by="account_id",
            strategy="forward",
            check_sortedness=False,
        )
        adjustments = adjustments.with_columns(
            due=pl.coalesce("due_on", "next_due", pl.lit(dt.date(2100, 1, 1)))
        )
        # A credit that names a bill takes off that bill's debits: it counts as due with them.
        named = (pl.col("amount") < 0) & pl.col("bill_id").is_not_null()
        of_bill = issued.select("bill_id", bill_due="due_date")
        of_penalty = adjustments.filter(pl.col("kind") == "penalty").select("bill_id", penalty_due="due")
        credited = adjustments.filter(named).join(of_bill, on="bill_id", how="left")
        credited = credited.join(of_penalty.unique("bill_id"), on="bill_id", how="left")
        is_waiver = pl.col("kind") == "penalty_waiver"
        credited = credited.with_columns(due=pl.when(is_waiver).then("penalty_due").otherwise("bill_due"))
        debits = [
            issued.select("account_id", on="bill_date", due="due_date", amount="amount"),
            pl.concat([adjustments.filter(pl.col("amount") > 0), credited], how="diagonal").select(
                "account_id", on="posted_on", due="due", amount="amount"
            ),
            cancelled.join(issued.select("bill_id", "due_date"), on="bill_id")
            .join(totals, on="bill_id")
            .select("account_id", on="bill_date", due="due_date", amount=-pl.col("amount")),
        ]
        payments = latest_of(folder, "payments")
        back = latest_of(folder, "payment_returns").join(
            payments.select("payment_id", "account_id"), on="payment_id"
        )
        credits = [
            payments.select("account_id", on="received_on", amount="amount"),
            adjustments.filter((pl.col("amount") < 0) & ~named).select(
                "account_id", on="posted_on", amount=-pl.col("amount")
            ),
            back.select("account_id", on="returned_on", amount=-pl.col("amount")),
        ]
        self.debits_of_all, self.credits_of_all = pl.concat(debits), pl.concat(credits)

    def debits(self, account: str, on: dt.date, due_by: dt.date | None = None) -> Decimal:
        """What was charged through a day, or of that only what was due by another."""
        rows = self.debits_of_all.filter((pl.col("account_id") == account) & (pl.col("on") <= on))
        if due_by is not None:
            rows = rows.filter(pl.col("due") <= due_by)
        return rows["amount"].sum() or Decimal(0)

    def credits(self, account: str, on: dt.date) -> Decimal:
        """What was received or credited through a day."""
        rows = self.credits_of_all.filter((pl.col("account_id") == account) & (pl.col("on") <= on))
        return rows["amount"].sum() or Decimal(0)
