"""Planted defects, judged from the files: each listed row shows its mistake, and a clean city has none."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import yaml

import simulator
from ingest.mask import passes_luhn
from simulator.defect_list import DEFECTS
from tests.support.cities import latest_of, rows_of

RATES = "defects:\n  premises_for_one: {value: 40}\n"
FIRST = {"independence": "2019-07", "warrensburg": "2018-10"}
WAIVED = {
    "independence": (dt.date(2020, 3, 13), dt.date(2021, 6, 30)),
    "warrensburg": (dt.date(2020, 3, 16), dt.date(2020, 6, 30)),
}


def _made(base: Path, city: str, accounts: int = 240, months: int = 30) -> Path:
    """A small city with many defects."""
    rates = base / "rates.yml"
    rates.write_text(RATES, encoding="utf-8")
    out = base / f"{city}_{accounts}"
    simulator.run(
        city, out, accounts=accounts, first_month=FIRST[city], months=months, with_defects=True, rates=rates
    )
    return out


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory) -> dict[str, Path]:
    """Both cities."""
    return {city: _made(tmp_path_factory.mktemp(city), city) for city in FIRST}


@pytest.fixture(params=list(FIRST))
def folder(request, spoilt) -> Path:
    """Each of them."""
    return spoilt[request.param]


def _sheet(folder: Path, defect: str) -> pl.DataFrame:
    sheet = pl.read_parquet(folder / "answer_sheet/defects.parquet")
    found = sheet.filter(pl.col("defect") == defect)
    assert found.height, defect
    return found


def _rows(folder: Path, defect: str, entity: str, key: str) -> pl.DataFrame:
    """The rows on the list, with the amount at stake."""
    listed = _sheet(folder, defect).select(pl.col("key").alias(key), "delivery", stake="amount_usd")
    rows = latest_of(folder, entity).join(listed, on=key)
    assert rows.height == listed.height
    return rows


def test_a_clean_city_has_an_empty_list(city):
    sheet = pl.read_parquet(city / "answer_sheet/defects.parquet")
    assert sheet.height == 0
    assert sheet.columns == [
        "defect", "entity", "key", "account_id", "delivery", "expected", "rows", "finding", "amount_usd",
    ]  # fmt: skip
    assert yaml.safe_load((city / "answer_sheet/defects.yml").read_text(encoding="utf-8")) == {"defects": []}
    notes = rows_of(city, "adjustments")["note"].drop_nulls().to_list()
    assert not [note for note in set(notes) if "@" in note or any(sign.isdigit() for sign in note)]
    assert set(rows_of(city, "payments")["card_brand"].drop_nulls()) == {"visa", "mastercard", "discover"}


def test_every_defect_of_the_list_occurs_about_once_a_block(spoilt):
    """Three kinds wait for something that may not happen in a small city in time."""
    seldom = {"second_leak_credit", "check_while_shut_off", "check_after_three_returns"}
    for city, folder in spoilt.items():
        listed = yaml.safe_load((folder / "answer_sheet/defects.yml").read_text(encoding="utf-8"))["defects"]
        assert [one["name"] for one in listed] == [one.name for one in DEFECTS if city in one.cities]
        sheet = pl.read_parquet(folder / "answer_sheet/defects.parquet")
        counts = dict(sheet.group_by("defect").len().iter_rows())
        for one in listed:
            if one["name"] not in seldom:
                most = 12 if one["name"] == "zone_00" else 6  # six blocks; an account and its bill
                assert most - 2 <= counts.get(one["name"], 0) <= most, one["name"]
        assert sheet["account_id"].filter(sheet["account_id"] != "").str.len_bytes().n_unique() == 1


def test_a_larger_city_keeps_the_defects_of_a_smaller_one(tmp_path):
    few, many = (
        pl.read_parquet(_made(tmp_path, "warrensburg", accounts, 14) / "answer_sheet/defects.parquet")
        for accounts in (80, 150)
    )
    assert few.height > 20
    assert few.join(many, on=["defect", "key", "account_id", "delivery"], how="anti").height == 0


def test_bills_with_a_wrong_winter_average(spoilt):
    folder = spoilt["warrensburg"]
    bills = _rows(folder, "wrong_winter_average", "bills", "bill_id")
    charges = latest_of(folder, "charges").join(bills.select("bill_id", "stake"), on="bill_id")
    billed = (
        charges.filter(pl.col("basis") == "winter_average").group_by("bill_id").agg(pl.col("quantity").sum())
    )
    regular = latest_of(folder, "bills").filter(pl.col("kind") == "regular")
    averages = latest_of(folder, "charges").filter(pl.col("basis") == "winter_average")
    for row in bills.join(billed, on="bill_id").iter_rows(named=True):
        others = regular.filter(
            (pl.col("account_id") == row["account_id"])
            & (pl.col("bill_date") != row["bill_date"])
            & pl.col("bill_date").is_between(
                dt.date(row["bill_date"].year, 4, 1), dt.date(row["bill_date"].year + 1, 3, 31)
            )
        )["bill_id"].to_list()
        usual = (
            averages.filter(pl.col("bill_id").is_in(others)).group_by("bill_id").agg(pl.col("quantity").sum())
        )
        assert row["quantity"] not in usual["quantity"].to_list()
        assert usual["quantity"].n_unique() <= 1


def test_bills_with_tax_and_without_base(folder):
    charges = latest_of(folder, "charges")
    homes = latest_of(folder, "accounts").filter(pl.col("customer_class") == "residential")["account_id"]
    taxed = _rows(folder, "tax_on_home", "bills", "bill_id")
    assert taxed["account_id"].is_in(homes.to_list()).all()
    of_homes = pl.col("account_id").is_in(homes.to_list())
    tax = charges.filter((pl.col("charge_code") == "tax") & of_homes).join(
        taxed.select("bill_id", "stake"), on="bill_id", how="full"
    )
    assert tax.height == taxed.height and (tax["amount"] == tax["stake"]).all()
    bare = _rows(folder, "missing_base", "bills", "bill_id")
    base = charges.filter(
        pl.col("service").is_in(["electric"] if "independence" in folder.name else ["sewer"])
    )
    base = base.filter(pl.col("charge_code") == "base")
    assert base.join(bare, on="bill_id").height == 0
    assert (bare["stake"] <= Decimal("-9.00")).all()
    is_known = ~pl.col("account_id").str.starts_with("00") | pl.lit("independence" in folder.name)
    regular = latest_of(folder, "bills").filter((pl.col("kind") == "regular") & is_known)
    assert regular.join(base, on="bill_id", how="anti").height == bare.height


def test_bills_at_the_rates_of_the_year_before(spoilt):
    folder = spoilt["independence"]
    bills = _rows(folder, "wrong_rate_version", "bills", "bill_id")
    bases = latest_of(folder, "charges").filter(
        (pl.col("service") == "sewer") & (pl.col("charge_code") == "base")
    )
    dated = bases.join(latest_of(folder, "bills").select("bill_id", "bill_date"), on="bill_id")
    # The sewer rates rose on 1 July 2019, so the first bills of the run could be priced by the old ones.
    wrong = dated.join(bills, on="bill_id")
    right = dated.join(bills, on="bill_id", how="anti").filter(pl.col("bill_date") <= dt.date(2019, 12, 31))
    assert wrong.height == bills.height and not set(wrong["rate"]) & set(right["rate"])
    assert (bills["stake"] < 0).all()


def test_accounts_that_get_no_bill_for_months(folder):
    listed = _sheet(folder, "never_billed")
    bills = latest_of(folder, "bills").filter(pl.col("kind") == "regular")
    reads = latest_of(folder, "reads").join(
        latest_of(folder, "meters").select("meter_id", "premise_id"), on="meter_id"
    )
    accounts = latest_of(folder, "accounts")
    long_gaps = 0
    for number in listed["key"]:
        (account,) = accounts.filter(pl.col("account_id") == number).to_dicts()
        own = bills.filter(pl.col("account_id") == number).sort("bill_date")
        until = account["closed_on"] or bills["bill_date"].max()
        days = [*own["bill_date"], until]
        gap, since = max((later - earlier, earlier) for earlier, later in zip(days, days[1:], strict=False))
        if account["closed_on"] and gap < dt.timedelta(days=150):
            continue  # who moves ends it early
        assert gap > dt.timedelta(days=150)
        long_gaps += 1
        inside = (pl.col("read_on") > since) & (pl.col("read_on") < since + gap)
        read = reads.filter((pl.col("premise_id") == account["premise_id"]) & inside)
        assert read["read_on"].n_unique() >= 4
    assert long_gaps >= 3


def test_penalties_and_fees_that_should_not_be(folder):
    city = folder.name.split("_")[0]
    adjustments = latest_of(folder, "adjustments")
    penalties = _rows(folder, "penalty_in_waiver", "adjustments", "adjustment_id")
    assert penalties["posted_on"].is_between(*WAIVED[city]).all() and set(penalties["kind"]) == {"penalty"}
    assert (penalties["amount"] == penalties["stake"]).all()
    waived = adjustments.filter((pl.col("kind") == "penalty_waiver") & pl.col("event_id").is_not_null())
    assert waived.join(penalties, on="bill_id").height == 0
    views = _rows(folder, "view_fee", "adjustments", "adjustment_id")
    assert set(views["kind"]) == {"other_charge"} and set(views["amount"]) == {Decimal("2.00")}
    assert adjustments.filter(pl.col("kind") == "other_charge").height == views.height
    declined = _rows(folder, "fee_on_declined_card", "adjustments", "adjustment_id")
    assert set(declined["kind"]) == {"returned_payment_fee"}
    payers = latest_of(folder, "payments").select("payment_id", "account_id")
    returns = latest_of(folder, "payment_returns").join(payers, on="payment_id")
    assert (
        returns.join(
            declined, left_on=["account_id", "posted_on"], right_on=["account_id", "posted_on"]
        ).height
        == 0
    )


def test_credits_for_one_leak_twice(spoilt):
    found = 0
    for folder in spoilt.values():
        sheet = pl.read_parquet(folder / "answer_sheet/defects.parquet")
        second = sheet.filter(pl.col("defect") == "second_leak_credit")["account_id"].to_list()
        credits = latest_of(folder, "adjustments").filter(pl.col("kind") == "leak_credit")
        counts = dict(credits.group_by("account_id").len().iter_rows())
        assert sorted(account for account, count in counts.items() if count > 1) == sorted(second)
        found += len(second)
    assert found


def test_money_taken_as_it_should_not_be(spoilt):
    for city, folder in spoilt.items():
        payments = latest_of(folder, "payments")
        late = _rows(folder, "posted_later_online", "payments", "payment_id")
        slow = payments.filter(
            (pl.col("channel") == "online") & (pl.col("posted_on") > pl.col("received_on"))
        )
        assert sorted(late["payment_id"]) == sorted(slow["payment_id"])
        brands = _rows(folder, "american_express", "payments", "payment_id")
        odd = payments.filter(pl.col("card_brand") == "american_express")
        assert sorted(brands["payment_id"]) == sorted(odd["payment_id"])
        at_agent = payments.filter((pl.col("channel") == "agent") & (pl.col("tender") == "card"))
        if city == "warrensburg":
            listed = _sheet(folder, "card_at_agent")["key"]
            assert sorted(at_agent["payment_id"]) == sorted(listed)
        returns = latest_of(folder, "payment_returns").filter(pl.col("kind") == "return")
        returns = returns.join(payments.select("payment_id", "account_id"), on="payment_id")
        for row in _rows(folder, "check_after_three_returns", "payments", "payment_id").iter_rows(named=True):
            before = (pl.col("account_id") == row["account_id"]) & (pl.col("posted_on") <= row["received_on"])
            assert row["tender"] == "check" and returns.filter(before).height >= 3


def test_reads_that_contradict(folder):
    reads = rows_of(folder, "reads")
    listed = _sheet(folder, "duplicate_row")["key"].to_list()
    assert reads.filter(pl.struct(reads.columns).is_duplicated())[
        "read_id"
    ].unique().sort().to_list() == sorted(listed)
    disputed = reads.unique().filter(pl.col("read_id").is_duplicated())["read_id"].unique().to_list()
    corrected = pl.read_parquet(folder / "answer_sheet/corrections.parquet")["key"].to_list()
    assert sorted(set(disputed) - set(corrected)) == sorted(_sheet(folder, "two_versions")["key"])
    falling = _rows(folder, "falling_read", "reads", "read_id")
    for row in falling.iter_rows(named=True):
        before = reads.filter((pl.col("meter_id") == row["meter_id"]) & (pl.col("read_on") < row["read_on"]))
        if before.height:
            assert row["reading"] < before.sort("read_on")["reading"][-1]
    if "independence" in folder.name:
        for row in _rows(folder, "read_days_apart", "reads", "read_id").iter_rows(named=True):
            twin = reads.filter(pl.col("read_id") == row["read_id"].replace("W", "E"))["read_on"][0]
            assert row["read_on"] == twin - dt.timedelta(days=1)


def test_notes_hold_a_documented_test_number_and_invented_contacts(folder):
    cards = _rows(folder, "card_number_in_note", "adjustments", "adjustment_id")
    digits = {"".join(filter(str.isdigit, note)) for note in cards["note"]}
    assert digits == {"4111111111111111"} and all(passes_luhn(number) for number in digits)
    contacts = _rows(folder, "contact_in_note", "adjustments", "adjustment_id")
    assert all("555-01" in note or "@example.com" in note for note in contacts["note"])


def test_rows_for_what_does_not_exist(spoilt):
    for folder in spoilt.values():
        accounts = latest_of(folder, "accounts")["account_id"].to_list()
        strangers = _rows(folder, "unknown_account", "payments", "payment_id")
        assert not strangers["account_id"].is_in(accounts).any()
        listed = _sheet(folder, "return_above_payment")["key"].to_list()
        returns = latest_of(folder, "payment_returns").filter(pl.col("return_id").is_in(listed))
        both = returns.join(latest_of(folder, "payments"), on="payment_id", suffix="_paid")
        assert both.height == len(listed)
        assert (both["amount"] == both["amount_paid"] + 100).all()
    zone = _sheet(spoilt["warrensburg"], "zone_00").filter(pl.col("entity") == "accounts")["key"]
    assert zone.str.starts_with("00").all()
    meters = latest_of(spoilt["independence"], "meters")
    gas = meters.filter(pl.col("service") == "gas")["meter_id"].to_list()
    assert sorted(gas) == sorted(_sheet(spoilt["independence"], "gas_meter")["key"])
