"""Agreements, disputes and refunds, and the penalties beside them, judged from the delivered files alone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl

import simulator
from tests.support.cities import latest_of
from tests.support.collections import OFTEN, Ledger, orders

MONEY = Decimal("0.01")


def _paid(folder: Path) -> pl.DataFrame:
    """Installments, and by when each was paid: the letters of their payments are the numbers one to six."""
    agreements = latest_of(folder, "agreements")
    payments = latest_of(folder, "payments").select(
        "account_id", "received_on", paid="amount", name=pl.col("payment_id")
    )
    payments = payments.filter(pl.col("name").str.head(1).is_in(list("123456"))).select(
        "paid",
        "received_on",
        agreement=pl.col("name").str.tail(11),
        installment_no=pl.col("name").str.head(1).cast(pl.Int32),
    )
    parts = latest_of(folder, "agreement_installments").join(agreements.drop("amount"), on="agreement_id")
    return parts.with_columns(agreement=pl.col("agreement_id").str.tail(11)).join(
        payments, on=["agreement", "installment_no"], how="left"
    )


def _kept_until(folder: Path) -> pl.DataFrame:
    """The day of grace after the first missed installment, or the end, of every agreement."""
    missed = (
        _paid(folder).filter(pl.col("paid").is_null()).group_by("agreement_id").agg(pl.col("due_on").min())
    )
    both = latest_of(folder, "agreements").join(missed, on="agreement_id", how="left")
    kept = pl.coalesce(pl.col("due_on").dt.offset_by("1d"), pl.col("ends_on"))
    return both.select("account_id", "signed_on", kept_until=kept)


def test_agreements_sum_to_their_amount_and_end_in_six_months(troubled):
    """R46, R47."""
    name, folder = troubled
    agreements = latest_of(folder, "agreements")
    parts = latest_of(folder, "agreement_installments")
    assert agreements.height > 8
    sums = parts.group_by("agreement_id").agg(
        pl.col("amount").sum().alias("sum"), pl.col("due_on").max().alias("last"), pl.len()
    )
    both = agreements.join(sums, on="agreement_id")
    assert both.height == agreements.height
    assert (both["sum"] == both["amount"]).all() and (both["last"] == both["ends_on"]).all()
    assert both["len"].max() <= 6
    limit = agreements.select(by=pl.col("signed_on").dt.offset_by("6mo"))["by"]
    assert (agreements["ends_on"] <= limit).all()
    kinds = {"hardship", "outage_extended"} if name == "independence" else {"hardship"}
    assert set(agreements["kind"]) == kinds
    tagged = agreements.filter(pl.col("kind") == "outage_extended")
    assert set(tagged["event_id"].to_list()) <= {"outage_due_dates"}
    history = latest_of(folder, "account_history").sort("effective_from")
    status = agreements.sort("signed_on").join_asof(
        history, left_on="signed_on", right_on="effective_from", by="account_id", check_sortedness=False
    )
    assert "disconnected_nonpay" not in set(status["status"])
    cuts = orders(folder, "disconnect").join(_kept_until(folder), on="account_id")
    assert (
        cuts.filter(pl.col("effective_on").is_between(pl.col("signed_on"), pl.col("kept_until"))).height == 0
    )


def test_kept_agreements_are_paid_on_time_and_broken_ones_are_not(troubled):
    """R48."""
    _, folder = troubled
    last = latest_of(folder, "bills")["bill_date"].max()
    parts = _paid(folder).filter(pl.col("ends_on") < last)
    paid = parts.filter(pl.col("paid").is_not_null())
    assert paid.height > 20 and (paid["received_on"] <= paid["due_on"]).all()
    per_agreement = parts.group_by("agreement_id").agg(
        kept=pl.col("paid").is_not_null().all(),
        numbers=pl.col("paid").is_not_null().sort_by("installment_no"),
    )
    assert {True, False} == set(per_agreement["kept"])
    # After the first missed one no further installment is paid.
    for numbers in per_agreement["numbers"].to_list():
        assert numbers == sorted(numbers, reverse=True)


def test_what_is_agreed_or_disputed_bears_no_penalty(often):
    """R46, R50: the base is what is unpaid, less the installments not yet due and the open dispute."""
    folder = often["warrensburg"]
    ledger, bills = Ledger(folder), latest_of(folder, "bills").select("bill_id", "penalty_date")
    agreements = latest_of(folder, "agreements").join(_kept_until(folder), on=["account_id", "signed_on"])
    parts, disputes = _paid(folder), latest_of(folder, "disputes")
    penalties = latest_of(folder, "adjustments").filter(pl.col("kind") == "penalty").join(bills, on="bill_id")
    penalties = penalties.filter(pl.col("posted_on") == pl.col("penalty_date") + pl.duration(days=1))
    counted = {"agreed": 0, "disputed": 0}
    for row in penalties.iter_rows(named=True):
        account, on = row["account_id"], row["penalty_date"]
        mine = pl.col("account_id") == account
        signed = agreements.filter(mine & (pl.col("signed_on") <= on) & (pl.col("kept_until") >= on))
        open_parts = parts.filter(pl.col("agreement_id").is_in(signed["agreement_id"].to_list()))
        agreed = open_parts.filter(pl.col("due_on") > on)["amount"].sum() or Decimal(0)
        undecided = pl.col("decided_on").is_null() | (pl.col("decided_on") > on)
        disputed = disputes.filter(mine & (pl.col("filed_on") <= on) & undecided)["amount"].sum() or Decimal(
            0
        )
        if not agreed and not disputed:
            continue
        counted["agreed"] += bool(agreed)
        counted["disputed"] += bool(disputed)
        base = ledger.debits(account, on) - ledger.credits(account, on) - agreed - disputed
        assert row["amount"] == (base / 10).quantize(MONEY, "ROUND_HALF_UP"), account
    assert min(counted.values()) > 2


def test_disputes_are_in_time_and_corrections_name_their_bill(troubled):
    """R49, R50."""
    _, folder = troubled
    disputes = latest_of(folder, "disputes")
    bills = latest_of(folder, "bills").select("bill_id", "account_id", "bill_date", "delivery")
    first = disputes.filter(pl.col("level") == "collector").join(bills, on=["bill_id", "account_id"])
    mail = pl.when(pl.col("delivery") == "paper").then(3).otherwise(0)
    late = first.filter((pl.col("filed_on") - pl.col("bill_date")).dt.total_days() > 15 + mail)
    assert first.height > 15 and late.height == 0
    decided = disputes.filter(pl.col("decided_on").is_not_null())
    assert set(decided["outcome"]) == {"upheld", "partial", "denied"}
    corrections = latest_of(folder, "adjustments").filter(pl.col("kind") == "correction")
    right = decided.filter(pl.col("outcome") != "denied").join(
        corrections, left_on=["bill_id", "decided_on"], right_on=["bill_id", "posted_on"]
    )
    assert right.height == corrections.height == decided.filter(pl.col("outcome") != "denied").height
    for row in right.iter_rows(named=True):
        share = 1 if row["outcome"] == "upheld" else 2
        assert -row["amount_right"] == (row["amount"] / share).quantize(MONEY, "ROUND_DOWN")
    appeals = disputes.filter(pl.col("level") == "finance_director")
    before = appeals.join(first.filter(pl.col("outcome") == "denied"), on="bill_id")
    assert before.height == appeals.height > 0
    assert (before["filed_on"] > before["decided_on_right"]).all()
    cuts = orders(folder, "disconnect").join(disputes, on="account_id")
    ends = pl.col("decided_on").fill_null(dt.date(2100, 1, 1))
    assert (
        cuts.filter((pl.col("effective_on") >= pl.col("filed_on")) & (pl.col("effective_on") < ends)).height
        == 0
    )


def test_what_is_decided_later_is_restated_in_its_own_delivery(troubled):
    _, folder = troubled
    restated = 0
    for entity, end in (("disputes", "decided_on"), ("holds", "ends_on")):
        files = sorted(folder.glob(f"*/{entity}.parquet"))
        seen: dict[str, dt.date | None] = {}
        for file in files:
            table = pl.read_parquet(file)
            key = table.columns[0]
            assert table[key].n_unique() == table.height
            for name, value in table.select(key, end).iter_rows():
                restated += name in seen
                assert name not in seen or (seen[name] is None and value is not None)
                seen[name] = value
    assert restated > 0


def test_money_is_sent_back_on_request_above_six_typical_bills_only(troubled):
    """R54."""
    _, folder = troubled
    refunds = latest_of(folder, "adjustments").filter(
        (pl.col("kind") == "refund") & pl.col("requested_on").is_not_null()
    )
    assert refunds.height > 0 and (refunds["requested_on"] <= refunds["posted_on"]).all()
    bills, charges = latest_of(folder, "bills"), latest_of(folder, "charges")
    totals = charges.group_by("bill_id").agg(pl.col("amount").sum())
    regular = bills.filter(pl.col("kind") == "regular").join(totals, on="bill_id").sort("bill_date")
    for row in refunds.iter_rows(named=True):
        mine = regular.filter(
            (pl.col("account_id") == row["account_id"]) & (pl.col("bill_date") < row["posted_on"])
        )
        assert float(row["amount"]) > 6 * mine.tail(12)["amount"].cast(pl.Float64).median()


def test_a_twin_without_the_event_has_no_agreements_of_it_and_the_same_luck_before(tmp_path):
    rates = tmp_path / "rates.yml"
    rates.write_text(OFTEN)
    for name, absent in (("with", ()), ("without", ("event",))):
        simulator.run(
            "independence",
            tmp_path / name,
            accounts=150,
            first_month="2020-08",
            months=9,
            rates=rates,
            absent=absent,
        )
    kinds = [set(latest_of(tmp_path / name, "agreements")["kind"]) for name in ("with", "without")]
    assert kinds == [{"hardship", "outage_extended"}, {"hardship"}]
    before = pl.col("ordered_on") < dt.date(2020, 12, 1)
    early = [latest_of(tmp_path / name, "service_orders").filter(before) for name in ("with", "without")]
    assert early[0].height > 10 and early[0].equals(early[1])
