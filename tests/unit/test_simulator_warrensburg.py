"""The sewer city of the simulator, judged from its files: penalties, zones, winter averages, tenders."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from tests.support.cities import latest_of, postings_of


@pytest.mark.rule("R19", "R27")
def test_warrensburg_penalties_are_ten_percent_of_all_that_is_unpaid(warrensburg):
    """R19, R27: recomputed from the postings; money received in time counts although posted later."""
    bills = latest_of(warrensburg, "bills").select("bill_id", "account_id", "penalty_date", "kind")
    penalties = latest_of(warrensburg, "adjustments").filter(pl.col("kind") == "penalty")
    joined = penalties.join(bills, on=["bill_id", "account_id"])
    assert joined.height == penalties.height > 100
    regular = joined.filter(pl.col("posted_on") == pl.col("penalty_date") + pl.duration(days=1))
    assert regular.height > 0.97 * joined.height
    postings = postings_of(warrensburg)
    payments = latest_of(warrensburg, "payments")
    for row in regular.head(60).iter_rows(named=True):
        of_account = pl.col("account_id") == row["account_id"]
        due = postings.filter(of_account & (pl.col("on") <= row["penalty_date"]))["amount"].sum()
        waits = payments.filter(
            of_account
            & (pl.col("received_on") <= row["penalty_date"])
            & (pl.col("posted_on") > row["penalty_date"])
        )
        base = due - (waits["amount"].sum() or Decimal(0))
        assert row["amount"] == (base / 10).quantize(Decimal("0.01"), "ROUND_HALF_UP")


@pytest.mark.rule("R15", "R16", "R18", "R19")
def test_zones_and_due_weeks(warrensburg):
    """R15, R16, R18, R19."""
    accounts = latest_of(warrensburg, "accounts")
    assert (accounts["account_id"].str.head(2) == accounts["billing_group"]).all()
    bills = latest_of(warrensburg, "bills").filter(pl.col("kind") == "regular")
    assert ((bills["due_date"] - bills["bill_date"]).dt.total_days() == 10).all()
    assert ((bills["penalty_date"] - bills["bill_date"]).dt.total_days() == 21).all()
    weeks = bills.select(zone=pl.col("account_id").str.head(2), day=pl.col("due_date").dt.day())
    for zone, week in {"02": 0, "03": 1, "04": 2, "01": 3}.items():
        days = weeks.filter(pl.col("zone") == zone)["day"]
        assert days.min() >= 7 * week + 1 and days.max() <= 7 * week + 10


@pytest.mark.rule("R04", "R05")
def test_established_homes_are_billed_on_the_mean_of_three_winter_reads(warrensburg):
    """R04, R05: recomputed from the reads for the bills of a summer."""
    bills = latest_of(warrensburg, "bills").filter(
        (pl.col("kind") == "regular")
        & pl.col("bill_date").is_between(dt.date(2018, 6, 1), dt.date(2018, 6, 30))
    )
    charges = latest_of(warrensburg, "charges").filter(pl.col("basis") == "winter_average")
    billed = (
        charges.join(bills.select("bill_id"), on="bill_id")
        .group_by("account_id")
        .agg(pl.col("quantity").sum())
    )
    reads = latest_of(warrensburg, "reads").filter(
        pl.col("read_on").is_between(dt.date(2018, 1, 1), dt.date(2018, 3, 31))
        & (pl.col("read_kind") == "actual")
    )
    accounts = latest_of(warrensburg, "accounts")
    old = accounts.filter(pl.col("opened_on") < dt.date(2017, 10, 1)).select("account_id", "premise_id")
    meters = latest_of(warrensburg, "meters").select("meter_id", "premise_id")
    mean = (
        reads.join(meters, on="meter_id")
        .join(old, on="premise_id")
        .group_by("account_id")
        .agg(total=pl.col("usage").sum(), reads=pl.len())
    )
    both = billed.join(mean.filter(pl.col("reads") == 3), on="account_id")
    assert both.height > 150
    for _, quantity, total, _ in both.iter_rows():
        assert quantity == (total / 3).quantize(Decimal("0.01"), "ROUND_HALF_UP")


@pytest.mark.rule("R02")
def test_no_new_home_pays_more_than_the_cap(warrensburg):
    charges = latest_of(warrensburg, "charges")
    homes = latest_of(warrensburg, "accounts").filter(pl.col("customer_class") == "residential")["account_id"]
    charges = charges.filter(pl.col("account_id").is_in(homes.unique().to_list()))
    bills = latest_of(warrensburg, "bills").filter(pl.col("service_to") <= dt.date(2018, 9, 30))
    charges = charges.filter(pl.col("bill_id").is_in(bills["bill_id"].to_list()))
    averaged = charges.filter(pl.col("basis") == "winter_average")["bill_id"].unique().to_list()
    new = charges.filter(~pl.col("bill_id").is_in(averaged))
    most = new.group_by("bill_id").agg(pl.col("amount").sum())["amount"].max()
    assert most == Decimal("45.06")


@pytest.mark.rule("R40")
def test_tenders_fit_their_channels(warrensburg):
    """R40."""
    pairs = set(latest_of(warrensburg, "payments").select("channel", "tender").unique().iter_rows())
    allowed = {
        "walk_in": {"cash", "card", "check", "money_order"},
        "mail": {"check", "money_order"},
        "phone": {"card"},
        "online": {"card"},
        "autopay": {"bank_draft", "card"},
        "drop_box": {"check", "money_order"},
        "agent": {"cash", "bank_draft"},
        "assistance": {"assistance"},
    }
    assert pairs and all(tender in allowed[channel] for channel, tender in pairs)
