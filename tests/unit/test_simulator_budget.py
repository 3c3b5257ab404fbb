"""What else stands on simulated bills: loans, deposits, discounts and level payments."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import polars as pl
import pytest
import yaml

import simulator
from ratehouse.workspace import PROJECT_ROOT
from simulator.cities import CITIES, SERVICES
from tests.support.cities import latest_of, rows_of

MUCH = """
accounts: {needs_help: {value: 0.2}}
assistance: {water_program: {value: 1}}
bills: {cancelled_share: {value: 0.01}}
loans: {yearly_share: {value: 0.2}}
deposits: {billed_share: {value: 0.5}}
budget: {yearly_share: {value: 0.5}}
collections: {trouble_a_month: {value: 0}}
"""


@pytest.fixture(scope="module")
def busy(tmp_path_factory) -> Path:
    """A city in which rare things are frequent, four years around the credit of February 2021."""
    folder = tmp_path_factory.mktemp("busy")
    (folder / "rates.yml").write_text(MUCH)
    simulator.run(
        "independence",
        folder / "out",
        accounts=250,
        first_month="2018-07",
        months=44,
        rates=folder / "rates.yml",
    )
    return folder / "out"


def test_every_line_is_its_quantity_times_its_rate(city, busy):
    for folder in (city, busy):
        charges = latest_of(folder, "charges")
        assert charges.height > 10_000
        exact = (pl.col("quantity").cast(pl.Decimal(38, 6)) * pl.col("rate") * 100).cast(pl.Float64)
        # Half a cent may be lost in the sixth decimal of a product; no more.
        wrong = charges.filter((exact - pl.col("amount").cast(pl.Float64) * 100).abs() > 0.500001)
        assert wrong.height == 0
    assert charges.group_by("bill_id").len()["len"].max() <= 20


@pytest.mark.rule("R90")
def test_business_pays_tax_and_tax_loans_and_deposits_are_no_revenue(busy):
    """R90: the books' revenue by class is the charges without them, cancelled bills taken off."""
    accounts = (
        latest_of(busy, "accounts").unique("account_id", keep="last").select("account_id", "customer_class")
    )
    charges = latest_of(busy, "charges").join(accounts, on="account_id")
    tax = charges.filter(pl.col("charge_code") == "tax")
    assert tax.height > 100 and set(tax["customer_class"].to_list()) <= {"commercial", "industrial"}
    assert {"loan", "deposit", "discount"} <= set(charges["charge_code"].to_list())
    bills = latest_of(busy, "bills")
    kept = charges.filter(~pl.col("charge_code").is_in(["tax", "loan", "deposit"]))
    cancelled = bills.filter(pl.col("kind") == "cancel")["cancels_bill_id"].to_list()
    assert cancelled
    kept = kept.filter(~pl.col("bill_id").is_in(cancelled))
    books = rows_of(busy, "ledger_balances").filter(pl.col("scenario") == "actual")
    earned = books.filter(pl.col("line").str.starts_with("rate_revenue_"))  # the run's own, by class
    earned = earned.group_by("fund", "line").agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)
    line = pl.format("rate_revenue_{}", "customer_class")
    expected = kept.group_by("service", line.alias("line")).agg(pl.col("amount").sum())
    assert expected.height >= 6
    assert set(earned.rows()) == set(expected.rows())


def test_loans_are_repaid_in_equal_instalments_and_begin_with_a_rebate(busy):
    charges = latest_of(busy, "charges").filter(pl.col("charge_code") == "loan")
    bills = latest_of(busy, "bills").select("bill_id", "kind")
    charges = charges.join(bills, on="bill_id").filter(pl.col("kind") == "regular")
    adjustments = latest_of(busy, "adjustments").filter(
        (pl.col("kind") == "rebate") & pl.col("event_id").is_null()
    )
    rebates = {row["account_id"]: row for row in adjustments.iter_rows(named=True)}
    by_account = charges.group_by("account_id").agg(
        pl.col("rate").n_unique(), paid=pl.col("quantity").sum(), instalment=pl.col("rate").first()
    )
    assert by_account.height > 20 and (by_account["rate"] == 1).all()
    assert by_account["paid"].max() <= 48
    for account, _, _, instalment in by_account.iter_rows():
        principal = -rebates[account]["amount"] * 10
        owed = {
            (principal * (1200 + 3 * term) / 1200 / term).quantize(Decimal("0.01"), ROUND_HALF_UP)
            for term in (24, 36, 48)
        }
        assert instalment in owed


def test_water_discounts_go_to_helped_homes(busy):
    charges = latest_of(busy, "charges").filter(pl.col("charge_code") == "discount")
    history = rows_of(busy, "account_history").sort("effective_from")
    dated = charges.join(latest_of(busy, "bills").select("bill_id", "bill_date"), on="bill_id").sort(
        "bill_date"
    )
    then = dated.join_asof(
        history, left_on="bill_date", right_on="effective_from", by="account_id", check_sortedness=False
    )
    assert charges.height > 20
    assert set(then["assistance_program"].to_list()) == {"water_h2o"}
    assert set(charges["service"].to_list()) == {"water"}
    assert charges["amount"].min() >= Decimal("-20.00") and Decimal("-10.00") in charges["amount"].to_list()


@pytest.mark.rule("R81")
def test_deposits_are_never_below_zero_and_gone_with_the_final_bill(busy):
    """R81."""
    rows = rows_of(busy, "deposits").sort(
        "account_id", "posted_on", "deposit_id", descending=[False, False, True]
    )
    sign = pl.when(pl.col("kind") == "received").then(1).otherwise(-1)
    rows = rows.with_columns(held=(pl.col("amount") * sign).cum_sum().over("account_id"))
    assert rows["held"].min() >= 0
    assert set(rows["kind"].to_list()) == {"received", "applied", "refunded"}
    bills = latest_of(busy, "bills")
    finals = bills.filter(pl.col("kind") == "final")["account_id"].to_list()
    left = rows.group_by("account_id").agg(pl.col("held").last())
    ended = left.filter(pl.col("account_id").is_in(finals))
    assert ended.height > 30 and (ended["held"] == 0).all()
    applied = latest_of(busy, "adjustments").filter(pl.col("kind") == "deposit_applied")
    of_bill = applied.join(bills, on="bill_id")
    assert (of_bill["kind_right"] == "final").all() and (of_bill["posted_on"] == of_bill["bill_date"]).all()
    ledger = rows.filter(pl.col("kind") == "applied").select("account_id", "amount")
    both = applied.join(ledger, on="account_id")
    assert both.height == applied.height == ledger.height > 20
    assert (both["amount"] == -both["amount_right"]).all()


def test_deposits_on_a_bill_are_received_that_day_and_some_are_given_back(busy):
    billed = latest_of(busy, "charges").filter(pl.col("charge_code") == "deposit")
    bills = latest_of(busy, "bills").filter(pl.col("kind") == "regular").select("bill_id", "bill_date")
    received = rows_of(busy, "deposits").filter(pl.col("kind") == "received")
    both = billed.join(bills, on="bill_id").join(received, on="account_id")
    assert both.height > 20
    assert (both["amount"] == both["amount_right"]).all() and (both["bill_date"] == both["posted_on"]).all()
    active = (
        latest_of(busy, "accounts").unique("account_id", keep="last").filter(pl.col("closed_on").is_null())
    )
    back = rows_of(busy, "deposits").filter(
        (pl.col("kind") == "refunded") & pl.col("account_id").is_in(active["account_id"].to_list())
    )
    waits = back.join(received, on="account_id")
    assert waits.height > 3
    assert (waits["posted_on"] - waits["posted_on_right"]).dt.total_days().min() >= 730


def _level_years(folder: Path):
    """Per account the bills from one settlement (or the first level bill) to the next."""
    charges = latest_of(folder, "charges").group_by("bill_id").agg(pl.col("amount").sum())
    bills = latest_of(folder, "bills").filter(pl.col("kind") == "regular").join(charges, on="bill_id")
    for _, of_account in bills.sort("bill_date").group_by("account_id", maintain_order=True):
        year: list[dict] = []
        for bill in of_account.iter_rows(named=True):
            if bill["budget_amount"] is None:
                year = []
                continue
            year.append(bill)
            if bill["billing_period"].endswith("-05") and len(year) > 10:
                yield year
                year = []


@pytest.mark.rule("R80")
def test_level_amounts_and_settlement_add_up_to_the_actual_charges(busy):
    """R80: the level is whole dollars a month, and a settled year asks what was charged."""
    years = list(_level_years(busy))
    assert len(years) > 20
    for year in years:
        assert sum(bill["budget_amount"] for bill in year) == sum(bill["amount"] for bill in year)
        levels = {bill["budget_amount"] for bill in year[:-1] if bill["billing_period"] != "2021-01"}
        assert len(levels) == 1 and min(levels) % 1 == 0
        long = [bill["budget_amount"] for bill in year if bill["billing_period"] == "2021-01"]
        assert long in ([], [2 * min(levels)])
    history = rows_of(busy, "account_history")
    assert history.filter(pl.col("budget_billing"))["account_id"].n_unique() >= len(
        {year[0]["account_id"] for year in years}
    )


def test_what_is_billed_is_the_charges_and_not_the_level(busy):
    charges = latest_of(busy, "charges").group_by("bill_id").agg(pl.col("amount").sum())
    bills = latest_of(busy, "bills")
    issued = bills.join(charges, on="bill_id")
    taken_back = bills.join(charges, left_on="cancels_bill_id", right_on="bill_id").with_columns(
        -pl.col("amount")
    )
    both = pl.concat([part.select("bill_date", "amount") for part in (issued, taken_back)])
    monthly = both.group_by(month_end=pl.col("bill_date").dt.month_end()).agg(pl.col("amount").sum())
    flows = pl.read_parquet(busy / "answer_sheet/flows.parquet").filter(pl.col("component") == "billed")
    booked = flows.group_by("month_end").agg(pl.col("amount_usd").sum())
    compared = monthly.join(booked, on="month_end")
    assert compared.height == booked.height == 44
    assert (compared["amount"] == compared["amount_usd"]).all()


_PLAIN = ("opening_balance", "rebate", "assistance", "penalty", "penalty_waiver")


def _until_something_else(folder: Path) -> dict[str, dt.date]:
    """Per account the first day of a fee, refund, return, correction, agreement or the like."""
    bills, payments = latest_of(folder, "bills"), latest_of(folder, "payments")
    returns = latest_of(folder, "payment_returns").join(
        payments.select("payment_id", "account_id"), on="payment_id"
    )
    parts = [
        bills.filter(pl.col("kind") != "regular").select("account_id", day="bill_date"),
        latest_of(folder, "adjustments")
        .filter(~pl.col("kind").is_in(_PLAIN))
        .select("account_id", day="posted_on"),
        returns.select("account_id", day="posted_on"),
        *(
            latest_of(folder, entity).select("account_id", day=day)
            for entity, day in (("agreements", "signed_on"), ("disputes", "filed_on"))
            if latest_of(folder, entity).height
        ),
    ]
    return dict(pl.concat(parts).group_by("account_id").agg(pl.col("day").min()).iter_rows())


def _level_payers(folder: Path):
    """Level payers: what fell due, was credited or received, by day, and their bills until something else.

    Penalties and their waivers are not among the amounts.
    """
    asked = latest_of(folder, "charges").group_by("bill_id").agg(pl.col("amount").sum())
    bills = latest_of(folder, "bills").filter(pl.col("kind") == "regular").join(asked, on="bill_id")
    adjustments = latest_of(folder, "adjustments").filter(~pl.col("kind").str.starts_with("penalty"))
    rows = pl.concat(
        [
            pl.DataFrame(list(_falling_due(bills)), schema=["account_id", "day", "usd"], orient="row"),
            adjustments.select("account_id", day=pl.coalesce("due_on", "posted_on"), usd="amount"),
            latest_of(folder, "payments").select("account_id", day="received_on", usd=-pl.col("amount")),
        ],
        how="vertical_relaxed",
    )
    until, end = _until_something_else(folder), bills["bill_date"].max()
    for account in sorted(set(bills.filter(pl.col("budget_amount").is_not_null())["account_id"])):
        before = min(until.get(account, end), end)
        own = bills.filter(pl.col("account_id") == account, pl.col("penalty_date") < before).sort("bill_date")
        yield rows.filter(pl.col("account_id") == account).select("day", "usd").rows(), own.to_dicts()


def _falling_due(bills: pl.DataFrame):
    """Account, due date and amount: of level payers' charges as much as the level amounts together reach.

    What they reach beyond the charges is not owed; a bill without a level amount brings all that is left.
    """
    for (account,), own in bills.sort("bill_date").group_by("account_id", maintain_order=True):
        charged = level = fallen_due = Decimal(0)
        for bill in own.iter_rows(named=True):
            charged += bill["amount"]
            is_level = bill["budget_amount"] is not None
            level = level + bill["budget_amount"] if is_level else charged
            falls_due = (
                max(min(charged, level) - fallen_due, Decimal(0)) if is_level else charged - fallen_due
            )
            fallen_due += falls_due
            yield account, bill["due_date"], falls_due


def _past_due(rows: list[tuple[dt.date, Decimal]], day: dt.date) -> Decimal:
    return max(sum((usd for on, usd in rows if on <= day), Decimal(0)), Decimal(0))


def _judged(folder: Path):
    """Level bills, what was past due on the due date and on the penalty date, and the penalty.

    An account is judged until its first penalty that stands: then payments settle the penalty too, and the
    base is another. Left out are the bills whose drafts the city could not run (R65).
    """
    adjustments = latest_of(folder, "adjustments")
    penalties = adjustments.filter(pl.col("kind") == "penalty")
    of_bill = dict(penalties.select("bill_id", "amount").iter_rows())
    waived = adjustments.filter(pl.col("kind") == "penalty_waiver", pl.col("event_id").is_not_null())
    at_once = set(waived["bill_id"])
    for rows, bills in _level_payers(folder):
        for bill in bills:
            penalty = of_bill.get(bill["bill_id"], Decimal(0))
            waited = dt.date(2020, 12, 7) <= bill["due_date"] <= dt.date(2020, 12, 28)
            if bill["budget_amount"] is not None and not waited:
                yield bill, *(_past_due(rows, bill[day]) for day in ("due_date", "penalty_date")), penalty
            if penalty and bill["bill_id"] not in at_once:
                break


@pytest.mark.rule("R80")
def test_who_pays_every_level_amount_by_its_due_date_has_no_penalty(busy):
    """R80: what is put off is not past due, however much it is."""
    punctual = [(bill, penalty) for bill, on_due_date, _, penalty in _judged(busy) if not on_due_date]
    assert [bill for bill, penalty in punctual if penalty] == []
    assert len(punctual) > 150


@pytest.mark.rule("R80")
def test_the_penalty_of_a_level_payer_is_of_the_level_amounts_that_are_past_due(busy):
    """R80: five percent of what fell due by the penalty date and was not paid by then."""
    wrong, right = [], []
    for bill, _, base, penalty in _judged(busy):
        expected = (base / 20).quantize(Decimal("0.01"), ROUND_HALF_UP)
        (right if penalty == expected else wrong).append((bill["bill_id"], penalty, expected))
    assert wrong == []
    assert len(right) > 200 and sum(penalty > 0 for _, penalty, _ in right) >= 3


def test_level_payments_end_with_the_account(busy):
    history = rows_of(busy, "account_history").sort("account_id", "effective_from")
    last = history.group_by("account_id", maintain_order=True).last()
    was_level = history.filter(pl.col("budget_billing")).select("account_id").unique()
    closed = last.join(was_level, on="account_id").join(
        latest_of(busy, "bills").filter(pl.col("kind") == "final"), on="account_id"
    )
    assert closed.height > 5 and not closed["budget_billing"].any()
    now = (
        latest_of(busy, "accounts")
        .unique("account_id", keep="last")
        .select("account_id", now="budget_billing")
    )
    both = last.join(now, on="account_id")
    assert (both["now"] == both["budget_billing"]).all() and both["now"].sum() > 20


def test_the_credit_of_february_comes_in_ten_parts_to_level_payers(busy):
    """W27."""
    parts = latest_of(busy, "adjustments").filter(pl.col("event_id") == "ipl_rebate_2021")
    by_account = parts.sort("posted_on").group_by("account_id").agg("amount", "posted_on")
    spread = by_account.filter(pl.col("amount").list.len() > 1)
    assert spread.height > 20
    assert (spread["amount"].list.sum() == Decimal("-193.82")).all()
    full = spread.filter(pl.col("amount").list.len() == 10)
    assert full.height > 15
    for amounts, days in full.select("amount", "posted_on").iter_rows():
        assert amounts == [Decimal("-19.38")] * 9 + [Decimal("-19.40")]
        assert days == [dt.date(2021, month, 2) for month in range(2, 12)]


def test_a_deposit_is_delivered_no_earlier_than_its_account(busy):
    known: set[str] = set()
    checked = 0
    for folder in sorted(path for path in busy.iterdir() if (path / "accounts.parquet").exists()):
        known.update(pl.read_parquet(folder / "accounts.parquet")["account_id"].to_list())
        if (folder / "deposits.parquet").exists():
            named = pl.read_parquet(folder / "deposits.parquet")["account_id"].to_list()
            checked += len(named)
            assert set(named) <= known
    assert checked > 100
    assert rows_of(busy, "deposits")["deposit_id"].is_unique().all()


def test_what_is_printed_adds_up(busy):
    """Previous balance and what falls due make the amount due; level payers are asked the level."""
    charges = latest_of(busy, "charges").group_by("bill_id").agg(pl.col("amount").sum())
    bills = latest_of(busy, "bills").filter(pl.col("kind") != "cancel").join(charges, on="bill_id")
    falls_due = pl.coalesce("budget_amount", "amount")
    assert bills.filter(pl.col("previous_balance") + falls_due != pl.col("amount_due")).height == 0
    final = bills.filter((pl.col("kind") == "final") & pl.col("budget_amount").is_not_null())
    assert bills["budget_amount"].count() > 500 and final.height == 0


def test_the_amounts_are_those_of_the_policy():
    for name, city in CITIES.items():
        policy = yaml.safe_load((PROJECT_ROOT / "data/utilities" / name / "policies.yml").read_text())
        deposits, program = policy["deposits"], policy.get("assistance", {}).get("water_h2o")
        initial = {
            service: int(Decimal(amount["value"]) * 100)
            for service, amount in deposits.get("initial_usd", {}).items()
        }
        assert {s: c for s, c in zip(SERVICES, city.deposit_cents, strict=True) if c} == initial
        assert city.deposit_good_months == deposits["refund_after_months"]["value"]
        discount = Decimal(program["max_usd_per_month"]["value"]) if program else Decimal(0)
        assert city.water_discount_cents == int(discount * 100)
        assert city.has_budget_billing == policy["budget_billing"]["offered"]["value"]


def test_warrensburg_has_no_deposits_loans_or_level_payments(warrensburg):
    assert rows_of(warrensburg, "deposits").height == 0
    assert latest_of(warrensburg, "bills")["budget_amount"].count() == 0
    assert set(latest_of(warrensburg, "charges")["charge_code"].to_list()) == {"base", "volume"}
