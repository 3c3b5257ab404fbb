"""Notices, shut-offs, reconnections and holds, judged from the delivered files alone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
import yaml

import simulator
from ratehouse.workspace import PROJECT_ROOT
from simulator.cities import CITIES
from tests.support.cities import latest_of, rows_of
from tests.support.collections import OFTEN, RECONNECT, Ledger, orders

DAYS = {"independence": 30, "warrensburg": 60}
NOTICE_DAYS = {"independence": 10, "warrensburg": 30}
TENDERS = {"independence": {"cash", "card", "money_order"}, "warrensburg": {"cash", "card"}}
# First and last days without shut-offs, as far as the two runs see them.
MORATORIA = {
    "independence": [("2020-03-13", "2020-07-14"), ("2020-12-07", "2021-02-28")],
    "warrensburg": [("2020-03-16", "2020-06-30")],
}


def _in_moratorium(name: str, column: str) -> pl.Expr:
    spans = [
        pl.col(column).is_between(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
        for first, last in MORATORIA[name]
    ]
    return pl.any_horizontal(spans)


@pytest.mark.rule("R42", "R43")
def test_every_shut_off_has_its_notices_in_order_and_in_time(troubled):
    """R42, R43, RSMo 250.140 and 393.015."""
    name, folder = troubled
    cuts = orders(folder, "disconnect")
    assert cuts.height > 20
    owners = latest_of(folder, "accounts").select("account_id", "occupancy")
    notices = orders(folder, "written_notice").join(owners, on="account_id")
    tags, calls = orders(folder, "hang_tag"), orders(folder, "courtesy_call")
    moved = latest_of(folder, "holds").filter(pl.col("kind") == "weather")["account_id"].to_list()
    for cut in cuts.iter_rows(named=True):
        on, mine = cut["effective_on"], pl.col("account_id") == cut["account_id"]
        before = notices.filter(mine & (pl.col("effective_on") <= on)).sort("effective_on")
        notice = before.filter(pl.col("effective_on") == before["effective_on"].max())
        first = notice["ordered_on"].min()
        assert (on - first).days >= NOTICE_DAYS[name]
        assert notice["effective_on"].max() == on or cut["account_id"] in moved
        is_tenant = notice["occupancy"][0] == "tenant"
        assert set(notice["recipient"]) == ({"occupant", "owner"} if is_tenant else {"occupant"})
        if name == "warrensburg":
            announced = tags.filter(mine & pl.col("ordered_on").is_between(first, on, closed="none"))
            assert announced.height == 1 and announced["effective_on"][0] == notice["effective_on"][0]
            second = tags.filter(mine & (pl.col("ordered_on") == on))
            assert second["amount_due"][0] == cut["amount_due"] + RECONNECT[name]
    assert (calls.height > 20) == (name == "warrensburg")
    assert (tags.height > 20) == (name == "warrensburg")


@pytest.mark.rule("R42")
def test_only_debts_that_are_old_enough_get_notices_and_are_shut_off(troubled):
    """R42: credits cover debts from the oldest on, so what was due by then must exceed all credits."""
    name, folder = troubled
    ledger = Ledger(folder)
    steps = pl.concat([orders(folder, kind).head(60) for kind in ("written_notice", "disconnect")])
    for step in steps.iter_rows(named=True):
        account, on = step["account_id"], step["ordered_on"]
        old_enough = on - dt.timedelta(days=DAYS[name])
        # A notice is sent in the morning, before the day's money is in.
        on -= dt.timedelta(days=step["kind"] == "written_notice")
        assert ledger.debits(account, on, old_enough) > ledger.credits(account, on)


@pytest.mark.rule("R62")
def test_nobody_is_shut_off_in_a_moratorium_or_under_a_hold(troubled):
    """R62."""
    name, folder = troubled
    cuts, notices = orders(folder, "disconnect"), orders(folder, "written_notice")
    assert cuts.filter(_in_moratorium(name, "effective_on")).height == 0
    assert notices.filter(_in_moratorium(name, "ordered_on")).height == 0
    assert notices.filter(_in_moratorium(name, "effective_on")).height > 0  # void for action
    held = cuts.join(latest_of(folder, "holds"), on="account_id")
    ends = pl.col("ends_on").fill_null(dt.date(2100, 1, 1))
    assert held.height > 5
    assert held.filter(pl.col("effective_on").is_between(pl.col("starts_on"), ends)).height == 0


@pytest.mark.rule("R70")
def test_notices_of_early_december_are_void(often):
    """R70: they stand in the orders, and nothing follows."""
    folder = often["independence"]
    first, last = dt.date(2020, 12, 1), dt.date(2020, 12, 4)
    void = orders(folder, "written_notice").filter(pl.col("ordered_on").is_between(first, last))
    assert void.height > 0 and void["effective_on"].min() > dt.date(2020, 12, 7)
    after = latest_of(folder, "service_orders").filter(
        pl.col("account_id").is_in(void["account_id"].to_list())
        & pl.col("ordered_on").is_between(dt.date(2020, 12, 5), dt.date(2021, 2, 28))
    )
    assert after.filter(pl.col("kind") != "reconnect").height == 0


@pytest.mark.rule("R44", "R45")
def test_service_comes_back_after_everything_is_paid(troubled):
    """R44, R45: the fee is charged first, all that is asked is paid that day, and never by check."""
    name, folder = troubled
    back, cuts = orders(folder, "reconnect"), orders(folder, "disconnect")
    fees = latest_of(folder, "adjustments").filter(pl.col("kind") == "reconnect_fee")
    payments, ledger = latest_of(folder, "payments"), Ledger(folder)
    assert back.height > 20
    assert set(fees["amount"].to_list()) == {RECONNECT[name]}
    assert (
        back.join(fees, left_on=["account_id", "ordered_on"], right_on=["account_id", "posted_on"]).height
        == back.height
    )
    assert fees.height == back.height
    agreed = set(latest_of(folder, "agreements")["account_id"]) | set(
        latest_of(folder, "disputes")["account_id"]
    )
    for order in back.iter_rows(named=True):
        account, on = order["account_id"], order["ordered_on"]
        cut = cuts.filter((pl.col("account_id") == account) & (pl.col("ordered_on") < on))["ordered_on"].max()
        mine = payments.filter(pl.col("account_id") == account)
        off = mine.filter((pl.col("received_on") > cut) & (pl.col("received_on") <= on))
        assert off["received_on"].unique().to_list() == [on]
        assert set(off["tender"]) <= TENDERS[name]
        if account not in agreed:
            assert ledger.debits(account, on) <= ledger.credits(account, on)


def test_a_waived_fee_was_charged_before(troubled):
    name, folder = troubled
    adjustments = latest_of(folder, "adjustments")
    waived = adjustments.filter(pl.col("kind") == "fee_waiver")
    charged = adjustments.filter(pl.col("kind") == "reconnect_fee").select(
        "account_id", charged_on="posted_on"
    )
    assert waived.height > 2 and set(waived["amount"]) == {-RECONNECT[name]}
    both = waived.join(charged, on="account_id").filter(pl.col("charged_on") < pl.col("posted_on"))
    assert both["adjustment_id"].n_unique() == waived.height


def test_history_and_orders_agree(troubled):
    _, folder = troubled
    history = latest_of(folder, "account_history").select("account_id", "effective_from", "status")
    off = history.filter(pl.col("status") == "disconnected_nonpay")
    cuts = orders(folder, "disconnect").select("account_id", effective_from="effective_on")
    assert cuts.join(off, on=["account_id", "effective_from"], how="anti").height == 0
    back = orders(folder, "reconnect").select("account_id", effective_from="effective_on")
    active = history.filter(pl.col("status") == "active")
    assert back.join(active, on=["account_id", "effective_from"], how="anti").height == 0
    # Those who never came back are closed, and the next tenancy has opened.
    closed = (
        latest_of(folder, "accounts")
        .filter(pl.col("closed_on").is_not_null())
        .select("account_id", "closed_on")
    )
    last = history.sort("account_id", "effective_from").group_by("account_id", maintain_order=True).tail(2)
    given_up = last.group_by("account_id", maintain_order=True).agg(
        pl.col("status"), pl.col("effective_from")
    )
    given_up = given_up.filter(pl.col("status") == ["disconnected_nonpay", "final"]).join(
        closed, on="account_id"
    )
    assert given_up.height > 3
    waited = [(last - first).days for first, last in given_up["effective_from"].to_list()]
    assert max(waited) <= 75
    owed = latest_of(folder, "bills").filter(pl.col("kind") == "final")["account_id"].to_list()
    assert set(given_up["account_id"]) & set(owed)


def test_a_bankrupt_account_ends_and_its_balance_is_written_off_at_most(troubled):
    _, folder = troubled
    holds = latest_of(folder, "holds")
    assert {"medical", "weather", "bankruptcy", "other"} == set(holds["kind"])
    bankrupt = holds.filter(pl.col("kind") == "bankruptcy")
    assert bankrupt["ends_on"].null_count() == bankrupt.height > 0
    last = latest_of(folder, "bills")["bill_date"].max()
    early = bankrupt.filter(pl.col("starts_on") < last - dt.timedelta(days=60))
    accounts = latest_of(folder, "accounts").join(early, on="account_id")
    assert accounts["closed_on"].null_count() == 0
    payments = latest_of(folder, "payments").join(early.select("account_id", "starts_on"), on="account_id")
    assert payments.height > 0
    assert payments.filter(pl.col("received_on") >= pl.col("starts_on")).height == 0
    medical = holds.filter((pl.col("kind") == "medical") & pl.col("ends_on").is_not_null())
    days = (medical["ends_on"] - medical["starts_on"]).dt.total_days()
    assert days.min() >= 30 and days.max() <= 90


def test_keys_are_unique_and_references_are_delivered(troubled):
    _, folder = troubled
    assert rows_of(folder, "service_orders")["order_id"].is_unique().all()
    assert rows_of(folder, "agreements")["agreement_id"].is_unique().all()
    parts = rows_of(folder, "agreement_installments")
    assert parts.select("agreement_id", "installment_no").is_unique().all()
    for file in [*folder.glob("*/adjustments.parquet"), *folder.glob("*/payments.parquet")]:
        table = pl.read_parquet(file)
        assert table[table.columns[0]].is_unique().all()
    known: dict[str, set] = {"account_id": set(), "bill_id": set(), "agreement_id": set()}
    for period in sorted(path for path in folder.iterdir() if (path / "bills.parquet").exists()):
        for entity, key in (("accounts", "account_id"), ("bills", "bill_id"), ("agreements", "agreement_id")):
            if (period / f"{entity}.parquet").exists():
                known[key] |= set(pl.read_parquet(period / f"{entity}.parquet")[key])
        for entity in ("service_orders", "holds", "agreements", "agreement_installments", "disputes"):
            if not (period / f"{entity}.parquet").exists():
                continue
            table = pl.read_parquet(period / f"{entity}.parquet")
            for key in known.keys() & set(table.columns):
                assert set(table[key]) <= known[key], (entity, period.name)


def test_warrensburg_after_three_months_without_shut_offs(tmp_path):
    """W10: on 15 June 2020 there were 205 accounts for disconnection, about one in thirty."""
    simulator.run("warrensburg", tmp_path, accounts=1500, first_month="2019-12", months=7)
    ledger = Ledger(tmp_path)
    on = dt.date(2020, 6, 15)
    old = on - dt.timedelta(days=60)
    debits = ledger.debits_of_all.filter((pl.col("on") <= on) & (pl.col("due") <= old))
    debits = debits.group_by("account_id").agg(old=pl.col("amount").sum())
    credits = (
        ledger.credits_of_all.filter(pl.col("on") <= on)
        .group_by("account_id")
        .agg(paid=pl.col("amount").sum())
    )
    closed = latest_of(tmp_path, "accounts").filter(pl.col("closed_on") <= on).select("account_id")
    behind = debits.join(credits, on="account_id", how="left").join(closed, on="account_id", how="anti")
    behind = behind.filter(pl.col("old") > pl.col("paid").fill_null(0))
    assert 25 <= behind.height <= 80


@pytest.mark.parametrize("name", ["independence", "warrensburg"])
def test_more_accounts_keep_the_collections_of_the_first(name, tmp_path):
    rates = tmp_path / "rates.yml"
    rates.write_text(OFTEN)
    for folder, accounts in (("few", 50), ("many", 120)):
        simulator.run(
            name, tmp_path / folder, accounts=accounts, first_month="2019-09", months=8, rates=rates
        )
    keep = latest_of(tmp_path / "few", "accounts")["account_id"].unique().to_list()
    seen = 0
    for entity in ("service_orders", "holds", "agreements", "disputes", "adjustments", "payments"):
        few, many = latest_of(tmp_path / "few", entity), latest_of(tmp_path / "many", entity)
        if few.is_empty():
            continue
        seen += few.height
        kept = many.filter(pl.col("account_id").is_in(keep))
        order = few.columns[:2]
        assert few.sort(order).equals(kept.sort(order)), entity
    assert seen > 200


def _rule(name: str, path: str):
    """A rule of a city's policy file."""
    rules = yaml.safe_load((PROJECT_ROOT / "data/utilities" / name / "policies.yml").read_text())
    section, rule = path.split(".")
    return rules[section][rule]["value"]


@pytest.mark.parametrize("name", ["independence", "warrensburg"])
def test_the_simulator_follows_the_policy_files(name):
    city = CITIES[name]
    assert city.shutoff_days == _rule(name, "disconnect.days_past_due")
    assert city.notice_days == _rule(name, "disconnect.written_notice_days")
    notices = _rule(name, "disconnect.notices")
    assert city.has_hang_tags == ("hang_tag" in notices)
    assert city.has_courtesy_calls == ("courtesy_call" in notices)
    assert city.has_hang_tags == _rule(name, "disconnect.second_hang_tag")
    assert city.disconnect_fee_cents == 100 * Decimal(_rule(name, "fees.disconnect_usd"))
    assert city.reconnect_fee_cents == 100 * Decimal(_rule(name, "fees.reconnect_usd"))
    assert set(_rule(name, "payments.tenders_after_disconnect")) == TENDERS[name]
    assert city.takes_money_orders_when_off == ("money_order" in TENDERS[name])
    assert city.agreement_months == _rule(name, "agreements.max_months")
    assert city.dispute_days == _rule(name, "disputes.window_days")
    assert city.mail_days == _rule(name, "disputes.received_days_paper")
