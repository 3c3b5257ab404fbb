"""Two small simulated cities that many tests read, and how they read them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ingest.contract import ENTITIES

COLUMNS_OF_MONEY = ("account_id", "on", "amount")


def rows_of(folder: Path, entity: str) -> pl.DataFrame:
    """All rows of an entity as delivered, over all deliveries in their order; empty where there are none."""
    files = sorted(folder.glob(f"*/{entity}.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files], how="diagonal") if files else pl.DataFrame()


def latest_of(folder: Path, entity: str) -> pl.DataFrame:
    """The rows of an entity as all deliveries together tell them: of each key the version delivered last."""
    rows = rows_of(folder, entity)
    key = ENTITIES[entity].key
    return rows.unique(key, keep="last", maintain_order=True) if rows.height else rows


def is_cancelled(bills: pl.DataFrame) -> pl.Expr:
    """Whether a bill is one of those that some bills cancel."""
    return pl.col("bill_id").is_in(bills["cancels_bill_id"].drop_nulls().to_list())


def postings_of(folder: Path) -> pl.DataFrame:
    """Every signed amount that changes what an account owes, from the extracts alone."""
    bills, charges = latest_of(folder, "bills"), latest_of(folder, "charges")
    adjustments, payments = latest_of(folder, "adjustments"), latest_of(folder, "payments")
    returns = latest_of(folder, "payment_returns")
    billed = charges.join(bills.select("bill_id", on="bill_date"), on="bill_id")
    cancels = bills.filter(pl.col("kind") == "cancel").select(bill_id="cancels_bill_id", on="bill_date")
    cancelled = charges.join(cancels, on="bill_id").with_columns(amount=-pl.col("amount"))
    back = returns.join(payments.select("payment_id", "account_id"), on="payment_id")
    parts = [
        billed,
        cancelled,
        adjustments.rename({"posted_on": "on"}),
        payments.rename({"posted_on": "on"}).with_columns(amount=-pl.col("amount")),
        back.rename({"posted_on": "on"}),
    ]
    return pl.concat([part.select(COLUMNS_OF_MONEY) for part in parts])
