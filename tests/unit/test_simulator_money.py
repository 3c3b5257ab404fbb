"""People and their money: ways of paying, assistance, declined drafts, returns, the bank, openings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import yaml

import simulator
from simulator.calendars import date_of
from simulator.cities import INDEPENDENCE
from tests.support.cities import latest_of

ROOT = Path(__file__).parents[2]

# What is rare in a small city happens often here.
OFTEN = {
    "accounts": {"bouncers": {"value": 0.14}, "needs_help": {"value": 0.25}},
    "drafts": {"first_accounts": {"value": 0.45}, "by_card": {"value": 0.8}, "declined": {"value": 0.05}},
    "returns": {"bouncer": {"value": 0.8}, "card": {"value": 0.03}},
    "assistance": {"cares": {"independence": 0.5}, "irap": {"independence": 0.5}},
}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def between(column: str, first: str, last: str) -> pl.Expr:
    return pl.col(column).is_between(day(first), day(last))


@pytest.fixture(scope="module")
def often(tmp_path_factory) -> Path:
    """Independence around the outage, with everything rare often."""
    out = tmp_path_factory.mktemp("often")
    rates = out / "rates.yml"
    rates.write_text(yaml.safe_dump(OFTEN), encoding="utf-8")
    simulator.run(
        "independence", out / "city", accounts=300, first_month="2020-01", months=20, seed=3, rates=rates
    )
    return out / "city"


# ---- the outage, way by way


@pytest.mark.rule("R65", "R66")
@pytest.mark.parametrize(
    ("channel", "tender", "first", "last"),
    [
        ("online", None, "2020-12-07", "2020-12-27"),
        ("phone", None, "2020-12-08", "2020-12-27"),
        ("walk_in", "card", "2020-12-09", "2020-12-27"),
        ("assistance", None, "2020-12-10", "2020-12-27"),
        ("autopay", None, "2020-12-07", "2020-12-28"),
    ],
)
def test_each_way_of_paying_closes_and_returns_on_its_own_days(
    independence, often, channel, tender, first, last
):
    """R65, R66."""
    is_way = pl.col("channel") == channel
    if tender:
        is_way &= pl.col("tender") == tender
    for city in (independence, often):
        ways = latest_of(city, "payments").filter(is_way)
        assert ways.filter(between("received_on", first, last)).height == 0
        assert ways.filter(pl.col("received_on") < day(first)).height > 5
        assert ways.filter(pl.col("received_on") > day(last)).height > 5


def test_the_closures_are_those_of_the_policy_calendar():
    """Cards at the counter have no channel of their own there; the note of the first event tells of them."""
    events = yaml.safe_load((ROOT / "data/utilities/independence/events.yml").read_text(encoding="utf-8"))
    told = {
        channel: (event["starts_on"], event.get("ends_on"))  # the version known last
        for event in events["events"]
        if event["kind"] == "channel_outage"
        for channel in event["channels"]
    }
    lived = {
        one.channel: (date_of(one.first), date_of(one.last))
        for one in INDEPENDENCE.outage.closures
        if one.tender is None
    }
    assert told == lived


@pytest.mark.rule("R66")
def test_cash_checks_and_letters_are_taken_meanwhile_and_posted_late(independence):
    """R66: nothing is posted before 28 December."""
    payments = latest_of(independence, "payments").filter(between("received_on", "2020-12-07", "2020-12-27"))
    assert set(payments["tender"].unique()) <= {"cash", "check", "money_order", "card"}
    cards = payments.filter((pl.col("tender") == "card") & (pl.col("channel") != "phone"))
    assert (
        cards.filter((pl.col("channel") != "walk_in") | (pl.col("received_on") >= day("2020-12-09"))).height
        == 0
    )
    assert {"walk_in", "mail", "drop_box"} <= set(payments["channel"].unique())
    assert payments["posted_on"].min() >= day("2020-12-28")
    assert payments["posted_on"].max() <= day("2020-12-31")


@pytest.mark.rule("R65")
def test_drafts_run_after_the_outage_and_before_the_end_of_the_year(independence):
    """R65: the drafts of December bring the money of bills that were due while they stood still."""
    drafts = latest_of(independence, "payments").filter(pl.col("channel") == "autopay")
    late = drafts.filter(between("received_on", "2020-12-29", "2020-12-31"))
    usual = drafts.filter(between("received_on", "2020-11-01", "2020-11-30"))
    assert late.height > 0.4 * usual.height
    assert drafts.filter(between("received_on", "2021-01-01", "2021-01-15")).height == 0


@pytest.mark.rule("R64", "R66")
def test_some_pay_an_ordinary_amount_before_any_bill_and_have_a_credit(independence, tmp_path):
    """R66: the credit stands at the year's end and is used up by the long bill."""
    payments = latest_of(independence, "payments").filter(between("received_on", "2020-12-10", "2020-12-31"))
    early = payments.filter(pl.col("payment_id").str.starts_with("A"))
    assert 10 < early.height < 120
    sheet = pl.read_parquet(independence / "answer_sheet/balances.parquet")

    def in_credit(on: str) -> int:
        at = sheet.filter((pl.col("month_end") == day(on)) & (pl.col("balance_usd") < -20))
        return at.join(early, on="account_id", how="semi").height

    assert in_credit("2020-11-30") == 0
    assert in_credit("2020-12-31") > 0.6 * early["account_id"].n_unique()
    assert in_credit("2021-02-28") < 0.6 * in_credit("2020-12-31")


def test_without_the_outage_every_way_stays_open_and_the_luck_is_the_same(independence, tmp_path):
    """Before the first bill that came late or never, both are one; in the twin nobody pays before a bill."""
    simulator.run(
        "independence", tmp_path, accounts=500, first_month="2020-01", months=13, seed=7, absent=("outage",)
    )
    real, twin = latest_of(independence, "payments"), latest_of(tmp_path, "payments")
    before = pl.col("received_on") < day("2020-11-24")
    assert real.filter(before).sort("payment_id").equals(twin.filter(before).sort("payment_id"))
    gap = twin.filter(between("received_on", "2020-12-07", "2020-12-27"))
    assert {"online", "phone", "autopay"} <= set(gap["channel"].unique())
    assert twin.filter(pl.col("payment_id").str.starts_with("A")).height == 0


# ---- assistance


def _grants(city: Path) -> pl.DataFrame:
    """All assistance, paid or credited: account, day, fund."""
    paid = latest_of(city, "payments").filter(pl.col("tender") == "assistance")
    credited = latest_of(city, "adjustments").filter(pl.col("kind") == "assistance")
    assert paid.height > 5 and credited.height > 5
    assert (credited["amount"] < 0).all()
    columns = ["account_id", "posted_on", "fund_source", pl.col("amount").abs()]
    return pl.concat([paid.select(columns), credited.select(columns)])


@pytest.mark.rule("R68")
def test_emergency_money_has_its_days(often):
    """R68: CARES until 30 December 2020, IRAP from December to March."""
    grants = _grants(often)
    assert set(grants["fund_source"].unique()) == {"dollar_help", "cares_act", "irap"}
    cares = grants.filter(pl.col("fund_source") == "cares_act")["posted_on"]
    assert cares.max() <= day("2020-12-30") and cares.min() >= day("2020-09-01")
    irap = grants.filter(pl.col("fund_source") == "irap")["posted_on"]
    assert day("2020-12-01") <= irap.min() and irap.max() <= day("2021-03-31")


@pytest.mark.rule("R79")
def test_dollar_help_is_given_in_winter_to_homes_in_the_program(often):
    """R79: the program begins and ends in the history; nobody is helped outside of it."""
    helped = _grants(often).filter(pl.col("fund_source") == "dollar_help").sort("posted_on")
    assert helped.height > 20
    assert set(helped["posted_on"].dt.month().unique()) <= {11, 12, 1, 2, 3}
    history = latest_of(often, "account_history").sort("effective_from")
    then = helped.join_asof(
        history, left_on="posted_on", right_on="effective_from", by="account_id", check_sortedness=False
    )
    assert (then["assistance_program"] == "dollar_help").all()
    summer = history.filter(pl.col("effective_from") <= day("2020-07-01")).unique("account_id", keep="last")
    assert "dollar_help" not in summer["assistance_program"].unique().to_list()
    assert "water_h2o" in summer["assistance_program"].unique().to_list()


# ---- drafts that are declined, payments that come back


@pytest.mark.rule("R94")
def test_a_declined_draft_costs_nothing_and_two_in_a_row_end_it(often):
    """R94: no payment comes by the draft, no fee is posted, and the history tells when the draft ends."""
    history = latest_of(often, "account_history").sort("account_id", "effective_from")
    before = pl.col("autopay").shift(1).over("account_id")
    ended = history.filter(
        (before == "card") & (pl.col("autopay") == "none") & (pl.col("status") == "active")
    )
    assert ended.height > 5
    drafts = latest_of(often, "payments").filter(pl.col("channel") == "autopay")
    drafts = drafts.join(ended.select("account_id", "effective_from"), on="account_id")
    in_vain = pl.col("effective_from") - pl.duration(days=40)
    assert drafts.filter(pl.col("received_on").is_between(in_vain, pl.col("effective_from"))).height == 0


@pytest.mark.rule("R32", "R94")
def test_every_fee_of_25_dollars_belongs_to_a_return(often):
    """R32, R94: as many fees as returns, account by account; declined drafts have none."""
    payments = latest_of(often, "payments").select("payment_id", "account_id", "received_on", "tender")
    back = latest_of(often, "payment_returns").join(payments, on="payment_id")
    fees = latest_of(often, "adjustments").filter(pl.col("kind") == "returned_payment_fee")
    assert set(fees["amount"].unique()) == {Decimal("25.00")}
    of_account = back.group_by("account_id").len().sort("account_id")
    assert of_account.equals(fees.group_by("account_id").len().sort("account_id"))


@pytest.mark.rule("R36")
def test_after_three_returned_checks_only_cash_and_cards_are_taken(often):
    """R36."""
    payments = latest_of(often, "payments")
    back = latest_of(often, "payment_returns").filter(pl.col("kind") == "return")
    back = back.join(payments.select("payment_id", "account_id"), on="payment_id").sort("returned_on")
    third = back.with_columns(place=pl.int_range(pl.len()).over("account_id")).filter(pl.col("place") == 2)
    third = third.select("account_id", third_on="returned_on")
    assert third.height > 5
    after = payments.join(third, on="account_id").filter(pl.col("received_on") > pl.col("third_on"))
    after = after.filter(pl.col("tender") != "assistance")
    assert after.height > 10
    assert set(after["tender"].unique()) <= {"cash", "card"}


def test_chargebacks_come_weeks_to_months_later(often):
    back = latest_of(often, "payment_returns").filter(pl.col("kind") == "chargeback")
    paid = latest_of(often, "payments").select("payment_id", "posted_on", "tender")
    both = back.join(paid, on="payment_id", suffix="_paid")
    days = (both["returned_on"] - both["posted_on_paid"]).dt.total_days()
    assert (both["tender"] == "card").all()
    assert days.min() >= 20 and days.max() > 90
    # What came back while nothing could be posted was entered at the resumption.
    assert days.filter(both["returned_on"] != dt.date(2020, 12, 28)).max() <= 120


# ---- the bank


def test_the_bank_ties_to_payments_and_returns_to_the_cent(often):
    """All money taken, less all money returned, is in the bank or in transit over the last open days."""
    bank, payments = latest_of(often, "bank_transactions"), latest_of(often, "payments")
    back = latest_of(often, "payment_returns").join(payments.select("payment_id", "tender"), on="payment_id")
    taken_on = pl.col("reference").str.slice(0, 8).str.to_date("%Y%m%d")
    stream = pl.col("reference").str.slice(9)
    bank = bank.with_columns(taken_on=taken_on, stream=stream)
    assert bank["bank_transaction_id"].n_unique() == bank.height
    assert bank.select("taken_on", "stream").n_unique() == bank.height
    names = {"mail": "lockbox", "walk_in": "counter", "drop_box": "drop_box", "autopay": "drafts"}
    way = pl.col("channel").replace_strict(names, default="electronic")
    way = pl.when(pl.col("tender") == "card").then(pl.lit("cards")).otherwise(way)
    backs = {"card": "chargebacks", "bank_draft": "returned_drafts"}
    back_way = pl.col("tender").replace_strict(backs, default="returned_items")
    parts = [
        payments.select("amount", taken_on="received_on", stream=way),
        back.select(-pl.col("amount"), taken_on="returned_on", stream=back_way),
    ]
    expected = pl.concat(parts).group_by("taken_on", "stream").agg(pl.col("amount").sum())
    both = expected.join(bank, on=["taken_on", "stream"], how="full", suffix="_bank")
    in_transit = both.filter(pl.col("amount_bank").is_null())
    assert in_transit["taken_on"].min() > payments["posted_on"].max() - dt.timedelta(days=6)
    there = both.filter(pl.col("amount_bank").is_not_null())
    assert there.height > 800
    assert there.filter(pl.col("amount") != pl.col("amount_bank")).height == 0
    total = payments["amount"].sum() - back["amount"].sum()
    assert bank["amount"].sum() == total - in_transit["amount"].sum()


def test_money_is_in_the_bank_on_working_days_and_cards_settle_after_two(often):
    bank = latest_of(often, "bank_transactions")
    assert bank["value_on"].dt.weekday().max() <= 5
    codes = dict(bank.select(pl.col("reference").str.slice(9), "type_code").unique().iter_rows())
    assert codes["lockbox"] == "115" and codes["drafts"] == "165" and codes["returned_items"] == "555"
    cards = bank.filter(pl.col("reference") == "20201111-cards")  # Veterans Day, a Wednesday
    assert cards["value_on"].to_list() == [day("2020-11-16")]
    gap = bank.filter(between("value_on", "2020-12-08", "2020-12-24") & (pl.col("amount") > 0))
    assert gap.height > 10  # the ledger stands still, the bank does not


# ---- opening balances, owners, response


def test_opening_balances_keep_their_due_dates(city):
    """One row per due date, on the first day of the data; older debts make penalties at once."""
    opening = latest_of(city, "adjustments").filter(pl.col("kind") == "opening_balance")
    assert opening["posted_on"].n_unique() == 1
    assert (opening["posted_on"][0].month, opening["posted_on"][0].day) in {(1, 1), (10, 1)}
    owed, ahead = opening.filter(pl.col("amount") > 0), opening.filter(pl.col("amount") < 0)
    assert owed.height > 100 and ahead.height > 0
    assert (
        owed.filter(pl.col("due_on").is_null()).height == 0 and ahead["due_on"].null_count() == ahead.height
    )
    twice = owed.group_by("account_id").agg(rows=pl.len(), dates=pl.col("due_on").n_unique())
    assert (twice["rows"] == twice["dates"]).all() and twice["rows"].max() == 2
    posted = opening["posted_on"][0]
    assert owed.filter(pl.col("due_on") < posted).height > 10
    assert owed["due_on"].max() < posted + dt.timedelta(days=35)


def test_landlords_own_several_premises_and_customers_their_homes(independence):
    accounts = latest_of(independence, "accounts").unique("account_id", keep="last")
    own = accounts.filter(pl.col("occupancy") == "owner")
    assert (own["owner_id"] == own["customer_id"]).all()
    rented = accounts.filter(pl.col("occupancy") == "tenant")
    assert rented.filter(pl.col("owner_id") == pl.col("customer_id")).height == 0
    assert rented.group_by("premise_id").agg(pl.col("owner_id").n_unique())["owner_id"].max() == 1
    assert rented.group_by("owner_id").agg(pl.col("premise_id").n_unique())["premise_id"].max() > 5
    bills = latest_of(independence, "bills").filter(pl.col("delivery") == "electronic")
    with_email = accounts.filter(pl.col("email").is_not_null())
    assert set(bills["account_id"]) <= set(with_email["account_id"])
    assert 0.2 < with_email.height / accounts.height < 0.5


def test_a_larger_city_keeps_owners_programs_and_openings(tmp_path):
    for name, accounts in (("few", 120), ("many", 260)):
        simulator.run("independence", tmp_path / name, accounts=accounts, first_month="2020-10", months=2)
    few, many = latest_of(tmp_path / "few", "accounts"), latest_of(tmp_path / "many", "accounts")
    kept = many.join(few.select("account_id"), on="account_id", how="semi")
    columns = ["account_id", "owner_id", "email", "assistance_program", "autopay"]
    assert few.select(columns).sort("account_id").equals(kept.select(columns).sort("account_id"))
    rows = [latest_of(tmp_path / name, "adjustments") for name in ("few", "many")]
    opened = [table.filter(pl.col("kind") == "opening_balance").sort("adjustment_id") for table in rows]
    assert opened[0].equals(opened[1].join(few.select("account_id"), on="account_id", how="semi"))


def test_with_no_response_nobody_does_anything_because_of_the_waiver(tmp_path):
    """Accounts that never saw a penalty in either run pay the same amounts on the same days."""
    for name, absent in (("with", ()), ("without", ("waiver",))):
        simulator.run(
            "warrensburg",
            tmp_path / name,
            accounts=250,
            first_month="2019-10",
            months=14,
            absent=absent,
            response="none",
        )
    runs = [tmp_path / "with", tmp_path / "without"]
    marked = {
        account
        for run in runs
        for account in latest_of(run, "adjustments").filter(pl.col("kind") == "penalty")["account_id"]
    }
    paid = [
        latest_of(run, "payments").filter(~pl.col("account_id").is_in(list(marked))).sort("payment_id")
        for run in runs
    ]
    assert paid[0].height > 1000
    assert paid[0].equals(paid[1])
    simulator.run(
        "warrensburg", tmp_path / "strong", accounts=250, first_month="2019-10", months=14, response="strong"
    )
    assert (
        not latest_of(tmp_path / "strong", "payments")
        .sort("payment_id")
        .equals(latest_of(runs[0], "payments").sort("payment_id"))
    )
