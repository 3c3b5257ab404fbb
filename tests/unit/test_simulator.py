"""The simulated cities, judged from their files alone, never from the simulator's own state."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import simulator
from simulator.draws import Draws
from tests.support.cities import latest_of, postings_of, rows_of


def _digest(folder: Path) -> dict[str, str]:
    """What every file of a run holds."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_answer_sheet_is_the_sum_of_what_was_delivered(city):
    sheet = pl.read_parquet(city / "answer_sheet/balances.parquet")
    monthly = (
        postings_of(city)
        .group_by("account_id", month_end=pl.col("on").dt.month_end())
        .agg(pl.col("amount").sum())
    )
    both = sheet.join(monthly, on=["account_id", "month_end"], how="left").sort("account_id", "month_end")
    both = both.with_columns(pl.col("amount").fill_null(0).cum_sum().over("account_id"))
    assert sheet.height > 9_000
    assert both.filter(pl.col("amount") != pl.col("balance_usd")).height == 0
    # Nothing is posted that no month end of the sheet sees.
    assert monthly.join(sheet, on=["account_id", "month_end"], how="anti").height == 0


def test_the_books_by_fund_add_up_to_the_balances(city):
    funds = pl.read_parquet(city / "answer_sheet/receivable_by_fund.parquet")
    sheet = pl.read_parquet(city / "answer_sheet/balances.parquet")
    by_fund = funds.group_by("month_end").agg(pl.col("receivable_usd").sum()).sort("month_end")
    in_all = sheet.group_by("month_end").agg(pl.col("balance_usd").sum()).sort("month_end")
    assert by_fund["receivable_usd"].to_list() == in_all["balance_usd"].to_list()
    ledger = latest_of(city, "ledger_balances").filter(pl.col("line") == "receivable")
    assert sorted(ledger["amount"].to_list()) == sorted(funds["receivable_usd"].to_list())


def test_receivable_by_fund_follows_who_pays_what(independence):
    """Replay settlement debit by debit for every account at one month end, and compare the funds."""
    on = dt.date(2021, 3, 31)
    funds = pl.read_parquet(independence / "answer_sheet/receivable_by_fund.parquet")
    booked = dict(funds.filter(pl.col("month_end") == on).select("fund", "receivable_usd").iter_rows())
    assert _replay(independence, on) == booked


SERVICE_RANK = {"account": 0, "electric": 1, "water": 2, "sewer": 3, "trash": 4}
KIND_RANK = {"fee": 0, "penalty": 1, "charge": 2, "refund": 3}
DEBIT_KINDS = {
    "penalty": "penalty",
    "returned_payment_fee": "fee",
    "reconnect_fee": "fee",
    "refund": "refund",
    "recovery": "charge",
    "balance_transfer": "charge",
    "opening_balance": "charge",
}


def _replay(folder: Path, on: dt.date) -> dict[str, Decimal]:
    """Receivable by fund from a plain queue per account; credits cover it from the front."""
    bills = latest_of(folder, "bills").filter(pl.col("bill_date") <= on)
    debits, credits = _debits_and_credits(folder, bills, on)
    funds = {"electric": Decimal(0), "water": Decimal(0), "sewer": Decimal(0)}
    for account in set(debits) | set(credits):
        level = credits.get(account, Decimal(0))
        for debit in sorted(debits.get(account, []), key=lambda entry: entry["order"]):
            covered = min(level, debit["amount"])
            level -= covered
            fund = "electric" if debit["service"] == "account" else debit["service"]
            funds[fund] += debit["amount"] - covered
        funds["electric"] -= level
    return funds


def _debits_and_credits(folder: Path, bills: pl.DataFrame, on: dt.date) -> tuple[dict, dict]:
    """Debits after the credits that name their bill, and the sum of all other credits, per account."""
    debits: dict[str, list[dict]] = {}
    credits: dict[str, Decimal] = {}
    of_bill = {row["bill_id"]: row for row in bills.iter_rows(named=True)}
    dates: dict[str, list[dict]] = {}
    for bill in bills.filter(pl.col("kind") != "cancel").iter_rows(named=True):
        dates.setdefault(bill["account_id"], []).append(bill)

    def add(account, due, posted, kind, service, amount, bill_id):
        order = (due or dt.date.max, posted, KIND_RANK[kind], SERVICE_RANK[service])
        entry = {"order": order, "kind": kind, "service": service, "amount": amount, "bill_id": bill_id}
        debits.setdefault(account, []).append(entry)

    charges = latest_of(folder, "charges").filter(pl.col("bill_id").is_in(list(of_bill)))
    for account, bill_id, service, amount in (
        charges.group_by("account_id", "bill_id", "service").agg(pl.col("amount").sum()).iter_rows()
    ):
        bill = of_bill[bill_id]
        if amount >= 0:
            add(account, bill["due_date"], bill["bill_date"], "charge", service, amount, bill_id)
        else:
            credits[account] = credits.get(account, Decimal(0)) - amount
    named = []
    for row in latest_of(folder, "adjustments").filter(pl.col("posted_on") <= on).iter_rows(named=True):
        account, amount = row["account_id"], row["amount"]
        if amount > 0:
            due = row["due_on"] or _due_with_next_bill(dates.get(account, []), row["posted_on"])
            kind = DEBIT_KINDS[row["kind"]]
            add(account, due, row["posted_on"], kind, row["service"] or "account", amount, row["bill_id"])
        else:
            kind = "penalty" if row["kind"] == "penalty_waiver" else "charge"
            named.append((account, row["bill_id"], kind, row["service"], -amount))
    for row in latest_of(folder, "payments").filter(pl.col("posted_on") <= on).iter_rows(named=True):
        named.append((row["account_id"], row["bill_id"], "charge", None, row["amount"]))
    payer = dict(latest_of(folder, "payments").select("payment_id", "account_id").iter_rows())
    for row in latest_of(folder, "payment_returns").filter(pl.col("posted_on") <= on).iter_rows(named=True):
        account = payer[row["payment_id"]]
        credits[account] = credits.get(account, Decimal(0)) - row["amount"]
    cancels = bills.filter(pl.col("kind") == "cancel")
    totals = dict(charges.group_by("bill_id").agg(pl.col("amount").sum()).iter_rows())
    for account, cancelled in cancels.select("account_id", "cancels_bill_id").iter_rows():
        named.append((account, cancelled, "charge", None, totals[cancelled]))
    _apply_named(debits, credits, named)
    return debits, credits


def _apply_named(debits: dict, credits: dict, named: list[tuple]) -> None:
    """Credits that name a bill take off its fitting debits; the rest is an ordinary credit."""
    for account, bill_id, kind, service, amount in named:
        for entry in sorted(debits.get(account, []), key=lambda entry: entry["order"]):
            fits = bill_id and entry["bill_id"] == bill_id and entry["kind"] == kind
            if fits and service in (None, entry["service"]):
                taken = min(amount, entry["amount"])
                entry["amount"] -= taken
                amount -= taken
        credits[account] = credits.get(account, Decimal(0)) + amount


def _due_with_next_bill(bills: list[dict], posted: dt.date) -> dt.date | None:
    """The due date of the first bill on or after a posting; after a final bill, the posting day itself."""
    later = [bill for bill in bills if bill["bill_date"] >= posted]
    if later:
        return min(later, key=lambda bill: bill["bill_date"])["due_date"]
    return posted if any(bill["kind"] == "final" for bill in bills) else None


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        simulator.run("warrensburg", tmp_path / name, accounts=60, first_month="2018-10", months=5, seed=seed)
    first = _digest(tmp_path / "a")
    assert first == _digest(tmp_path / "b")
    other = _digest(tmp_path / "c")
    assert all(first[name] != other[name] for name in first if name.endswith("payments.parquet"))


@pytest.mark.parametrize("name", ["independence", "warrensburg"])
def test_more_accounts_keep_the_histories_of_the_first(name, tmp_path):
    for folder, accounts in (("few", 40), ("many", 101)):
        simulator.run(name, tmp_path / folder, accounts=accounts, first_month="2020-08", months=8)
    keep = latest_of(tmp_path / "few", "accounts")["account_id"].unique().to_list()
    for entity in ("bills", "charges", "payments", "adjustments"):
        few, many = rows_of(tmp_path / "few", entity), rows_of(tmp_path / "many", entity)
        key = few.columns  # a corrected row is there twice
        kept = many.filter(pl.col("account_id").is_in(keep))
        assert few.height > 30 and many.height > 2 * few.height or entity == "adjustments"
        assert few.sort(key).equals(kept.sort(key))


def test_every_reference_is_delivered_no_later_than_the_row(city):
    known: dict[str, set] = {"accounts": set(), "bills": set(), "meters": set(), "payments": set()}
    references = {
        "bills": [("account_id", "accounts"), ("cancels_bill_id", "bills")],
        "charges": [("account_id", "accounts"), ("bill_id", "bills")],
        "payments": [("account_id", "accounts"), ("bill_id", "bills")],
        "payment_returns": [("payment_id", "payments")],
        "adjustments": [
            ("account_id", "accounts"),
            ("bill_id", "bills"),
            ("related_account_id", "accounts"),
        ],
        "reads": [("meter_id", "meters")],
        "account_history": [("account_id", "accounts")],
    }
    checked = 0
    for folder in sorted(path for path in city.iterdir() if (path / "bills.parquet").exists()):
        for entity, keys in known.items():
            if (folder / f"{entity}.parquet").exists():
                table = pl.read_parquet(folder / f"{entity}.parquet")
                keys.update(table[table.columns[0]].to_list())
        for entity, columns in references.items():
            table = pl.read_parquet(folder / f"{entity}.parquet")
            for column, target in columns:
                values = set(table[column].drop_nulls().to_list())
                checked += len(values)
                assert values <= known[target], f"{entity}.{column} in {folder.name}"
    assert checked > 10_000


def test_keys_are_unique_and_short(city):
    corrections = pl.read_parquet(city / "answer_sheet/corrections.parquet")
    keys = {"bills": "bill_id", "charges": "charge_id", "payments": "payment_id", "reads": "read_id"}
    for entity, key in (keys | {"adjustments": "adjustment_id", "payment_returns": "return_id"}).items():
        table = rows_of(city, entity)
        again = corrections.filter(pl.col("entity") == entity).height
        assert table[key].n_unique() == table.height - again
        assert table[key].str.len_bytes().max() <= 12
    history = latest_of(city, "account_history")
    assert history.select("account_id", "effective_from").n_unique() == history.height


@pytest.mark.rule("R57", "R59")
def test_nobody_gets_a_december_statement_and_the_late_november_ones_follow(independence):
    """R57, R59."""
    bills = latest_of(independence, "bills")
    assert bills.filter(pl.col("billing_period") == "2020-12").height == 0
    shut = pl.col("bill_date").is_between(dt.date(2020, 12, 7), dt.date(2020, 12, 27))
    assert bills.filter(shut).height == 0
    late = bills.filter(
        (pl.col("billing_period") == "2020-11") & (pl.col("bill_date") >= dt.date(2020, 12, 7))
    )
    assert 0 < late.height < 0.05 * 500
    assert late["bill_date"].min() >= dt.date(2020, 12, 28)


@pytest.mark.rule("R12", "R58", "R61")
def test_january_covers_two_months_of_use_base_and_blocks(independence):
    """R58, R61, R12."""
    bills = latest_of(independence, "bills").filter(
        (pl.col("billing_period") == "2021-01") & (pl.col("kind") == "regular")
    )
    bills = bills.with_columns(days=(pl.col("service_to") - pl.col("service_from")).dt.total_days())
    moved = latest_of(independence, "accounts").filter(pl.col("opened_on") >= dt.date(2020, 10, 20))[
        "account_id"
    ]
    long = bills.filter(~pl.col("account_id").is_in(moved.to_list()))
    assert long.height > 0.85 * bills.height
    assert long["days"].min() >= 55 and long["days"].max() <= 75
    first_cycle = long.filter(pl.col("bill_date") == dt.date(2020, 12, 31))
    assert set(first_cycle["service_from"].to_list()) == {dt.date(2020, 10, 27)}
    assert ((bills["due_date"] - bills["bill_date"]).dt.total_days() == 27 + 14).all()
    charges = latest_of(independence, "charges").join(long.select("bill_id"), on="bill_id")
    base = charges.filter((pl.col("service") == "sewer") & (pl.col("charge_code") == "base"))
    assert set(base["amount"].to_list()) == {Decimal("32.98")}


@pytest.mark.rule("R65", "R66")
def test_no_money_comes_through_closed_channels_and_the_box_is_posted_later(independence):
    """R65, R66."""
    first, last = dt.date(2020, 12, 7), dt.date(2020, 12, 27)
    payments = latest_of(independence, "payments")
    in_gap = payments.filter(pl.col("received_on").is_between(first, last))
    assert in_gap.height > 20
    assert in_gap.filter(pl.col("channel").is_in(["online", "autopay"])).height == 0
    assert payments.filter(pl.col("posted_on").is_between(first, last)).height == 0
    assert in_gap["posted_on"].min() >= dt.date(2020, 12, 28)
    online = payments.filter(pl.col("channel") == "online")
    assert (online["posted_on"] == online["received_on"]).all()


@pytest.mark.rule("R60")
def test_late_fees_assessed_in_the_waiver_are_waived_to_the_cent(independence):
    """R60."""
    adjustments = latest_of(independence, "adjustments")
    window = adjustments.filter(
        pl.col("posted_on").is_between(dt.date(2020, 12, 1), dt.date(2021, 6, 30))
        & pl.col("kind").is_in(["penalty", "penalty_waiver"])
    )
    # A courtesy waiver, which has no event, belongs to a penalty of before.
    by_event = window.filter((pl.col("kind") == "penalty") | pl.col("event_id").is_not_null())
    per_account = by_event.group_by("account_id").agg(pl.col("amount").sum())
    assert per_account.height > 10
    assert (per_account["amount"] == 0).all()


def test_every_electric_account_has_the_credit_of_february(independence):
    rebate = latest_of(independence, "adjustments").filter(pl.col("event_id") == "ipl_rebate_2021")
    assert set(rebate["kind"].to_list()) == {"rebate"}
    by_account = rebate.group_by("account_id").agg(
        pl.col("amount").sum(), pl.len(), pl.col("posted_on").min()
    )
    assert by_account.height == 500
    assert by_account["amount"].unique().to_list() == [Decimal("-193.82")]
    assert by_account["posted_on"].unique().to_list() == [dt.date(2021, 2, 2)]
    assert by_account.filter(pl.col("len") == 1).height > 450  # level payers have it in parts


def test_csv_holds_the_same_rows_in_plain_text(tmp_path):
    for name in ("csv", "parquet"):
        simulator.run(
            "independence",
            tmp_path / name,
            accounts=30,
            first_month="2019-01",
            months=2,
            file_format=name,
            delivery="month",
            with_trash=True,
        )
    text = (tmp_path / "csv/2019-02/charges.csv").read_bytes()
    assert text.startswith(b"charge_id,bill_id,account_id,service,") and b"\r" not in text
    rows = pl.read_csv(tmp_path / "csv/2019-02/charges.csv", infer_schema=False)
    other = pl.read_parquet(tmp_path / "parquet/2019-02/charges.parquet")
    assert rows["account_id"].to_list() == other["account_id"].to_list()
    assert rows["amount"].to_list() == [f"{value:.2f}" for value in other["amount"].to_list()]
    assert "trash" in set(rows["service"].to_list())
    assert "delivered_on: 2019-02-28" in (tmp_path / "csv/2019-02/delivery.yml").read_text()


def test_a_draw_belongs_to_its_account_and_purpose():
    draws = Draws(5)
    few, many = draws.uniform("moves", np.arange(10), 3), draws.uniform("moves", np.arange(1000), 3)
    assert (few == many[:10]).all()
    assert abs(many.mean() - 0.5) < 0.05 and many.min() >= 0 and many.max() < 1
    assert (draws.uniform("other", np.arange(10), 3) != few).all()
    assert (Draws(6).uniform("moves", np.arange(10), 3) != few).all()


def test_a_city_that_is_unknown_is_refused(tmp_path):
    with pytest.raises(ValueError, match="choose one of independence, warrensburg"):
        simulator.run("utopia", tmp_path, accounts=1, first_month="2020-01", months=1)
