"""Service that no bill covers, and lists that do not agree: planted ones, and each rule by hand."""

from __future__ import annotations

import os
import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import simulator
from ingest import ingest_landing
from ingest.policy import load_policy
from ratehouse.demo import bring_policy
from ratehouse.workspace import Workspace
from tests.support.cities import latest_of
from tests.support.ingesting import Desk, csv_text
from tests.support.models import warehouse_on

RATES = "defects:\n  premises_for_one: {value: 40}\n"
MAX_GAP_DAYS = 45


# ---- Planted: all of them, and no others


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((size, city), id=f"{size}-{city}", marks=[pytest.mark.large] if size == "demo" else [])
        for size in ("small", "demo")
        for city in ("independence", "warrensburg")
    ],
)
def city(request, tmp_path_factory):
    """A city with planted defects, loaded and modelled; yields its folder and a connection."""
    size, name = request.param
    workspace = Workspace.at(tmp_path_factory.mktemp(name))
    bring_policy(workspace, [name])
    folder = workspace.landing / name / "simulated"
    if size == "small":
        rates = workspace.root / "rates.yml"
        rates.write_text(RATES, encoding="utf-8")
        months = {"accounts": 160, "first_month": "2019-07", "months": 24}
        simulator.run(name, folder, with_defects=True, rates=rates, **months)
    else:
        shutil.copytree(request.getfixturevalue("demo_cities")[name], folder, copy_function=os.link)
    load_policy(workspace, name)
    ingest_landing(workspace)
    connection = warehouse_on(workspace.raw_database, ["rpt_never_billed"])
    yield folder, connection
    connection.close()


def gaps_of_bills(folder: Path) -> dict[str, tuple[date, date]]:
    """Account to the longest stretch between its bills, from the delivered bills alone."""
    bills = latest_of(folder, "bills")
    cancelled = set(bills["cancels_bill_id"].drop_nulls()) if "cancels_bill_id" in bills.columns else set()
    kept = bills.filter((pl.col("kind") != "cancel") & ~pl.col("bill_id").is_in(cancelled))
    longest: dict[str, tuple[date, date]] = {}
    reached: dict[str, date] = {}
    for row in kept.sort("account_id", "service_from").iter_rows(named=True):
        account_id, first, last = row["account_id"], row["service_from"], row["service_to"]
        before = reached.get(account_id, first)
        if (first - before).days > MAX_GAP_DAYS:
            longest[account_id] = (before + timedelta(days=1), first)
        reached[account_id] = max(before, last)
    return longest


@pytest.mark.rule("R14")
def test_the_planted_accounts_are_found_with_their_days_and_no_others(city):
    folder, connection = city
    sheet = pl.read_parquet(folder / "answer_sheet/defects.parquet")
    planted = set(sheet.filter(pl.col("defect") == "never_billed")["account_id"])
    found = connection.execute(
        "SELECT DISTINCT account_id, from_on, to_on, days FROM marts.rpt_never_billed "
        "WHERE finding = 'active_without_bill'"
    ).fetchall()
    assert len(planted) >= 3
    expected = {account: span for account, span in gaps_of_bills(folder).items() if account in planted}
    assert {account: (first, last) for account, first, last, _ in found} == expected
    assert len(found) == len(expected) == len(planted)
    assert all(days == (last - first).days + 1 for _, first, last, days in found)


@pytest.mark.rule("R14")
def test_what_was_missed_is_priced_from_the_reads(city):
    _, connection = city
    rows = connection.execute(
        "SELECT missed_basis, read_count, usage_quantity, missed_usd FROM marts.rpt_never_billed "
        "WHERE finding = 'active_without_bill'"
    ).fetchall()
    assert {basis for basis, *_ in rows} == {"reads"}
    assert all(reads >= 1 and missed > 0 for _, reads, _, missed in rows)


@pytest.mark.rule("R93")
def test_the_provider_list_is_compared_both_ways(city):
    folder, connection = city
    found = {
        finding: set(subjects)
        for finding, subjects in connection.execute(
            "SELECT finding, list(subject_id) FROM marts.rpt_never_billed "
            "WHERE finding <> 'active_without_bill' GROUP BY 1"
        ).fetchall()
    }
    listed = latest_of(folder, "source_accounts")
    if not listed.height:
        assert found == {}
        return
    end = latest_of(folder, "bills")["bill_date"].max()
    nobody = listed.filter(pl.col("account_id").is_null())
    long = nobody.filter((pl.lit(end) - pl.col("activated_on")).dt.total_days() > MAX_GAP_DAYS + 5)
    assert set(long["source_account_id"]) <= found.get("provider_active_without_account", set())
    assert found.get("provider_active_without_account", set()) <= set(nobody["source_account_id"])
    accounts = latest_of(folder, "accounts")
    unlisted = set(accounts["account_id"]) - set(listed["account_id"].drop_nulls())
    assert found.get("account_without_provider_active", set()) <= unlisted


# ---- Each rule by hand

ACCOUNTS = "account_id,premise_id,customer_class,opened_on,closed_on,autopay,budget_billing"
HISTORY = "account_id,effective_from,customer_class,autopay,budget_billing,status"
BILLS = "bill_id,account_id,bill_date,due_date,service_from,service_to,kind,cancels_bill_id"
CHARGES = "charge_id,bill_id,account_id,service,charge_code,quantity,unit,amount"
METERS = "meter_id,account_id,premise_id,service,meter_size,unit,dials,multiplier,installed_on,removed_on"
READS = "read_id,meter_id,read_on,reading,read_kind,usage"
MONTHS = [date(2021, month, 28) for month in range(1, 10)]


@pytest.fixture
def desk(tmp_path) -> Desk:
    desk = Desk(tmp_path)
    bring_policy(desk.workspace, ["independence"])
    load_policy(desk.workspace, "independence")
    return desk


def bills_of(account_id: str, months=range(1, 9)) -> list[str]:
    """A bill for each span between the 28ths of two months of 2021, dated two days later."""
    return [
        f"{account_id}-{place},{account_id},{last + timedelta(days=2)},2021-12-31,{first},{last},regular,"
        for place, (first, last) in enumerate(zip(MONTHS, MONTHS[1:], strict=False), start=1)
        if place in months
    ]


def charges_of(bills: list[str]) -> list[str]:
    """A base charge for sewer on each bill that is not a cancel bill."""
    rows = [bill.split(",") for bill in bills]
    return [f"{row[0]}c,{row[0]},{row[1]},sewer,base,1,month,16.49" for row in rows if row[6] != "cancel"]


def findings(desk: Desk, accounts: list[str], bills: list[str], columns="account_id, from_on, to_on, days"):
    """What `rpt_never_billed` says of accounts without a bill."""
    desk.deliver("accounts.csv", csv_text(ACCOUNTS, *accounts))
    desk.deliver("bills.csv", csv_text(BILLS, *bills))
    desk.deliver("charges.csv", csv_text(CHARGES, *charges_of(bills)))
    report = desk.ingest()
    assert not report.refused and not report.rejected
    with warehouse_on(desk.workspace.raw_database, ["rpt_never_billed"]) as connection:
        return connection.execute(f"SELECT {columns} FROM marts.rpt_never_billed ORDER BY ALL").fetchall()


def account(account_id: str, opened_on="2021-01-28", closed_on="") -> str:
    return f"{account_id},P{account_id},residential,{opened_on},{closed_on},none,false"


@pytest.mark.rule("R14")
def test_a_gap_before_between_and_after_bills(desk):
    bills = [
        *bills_of("A1"),
        *bills_of("A2", range(4, 9)),
        *bills_of("A3", [1, 2, 7, 8]),
        *bills_of("A4", [1, 2]),
    ]
    found = findings(desk, [account(name) for name in ("A1", "A2", "A3", "A4")], bills)
    assert found == [
        ("A2", date(2021, 1, 29), date(2021, 4, 28), 90),
        ("A3", date(2021, 3, 29), date(2021, 7, 28), 122),
        ("A4", date(2021, 3, 29), date(2021, 9, 30), 186),
    ]


def test_a_cancelled_bill_covers_nothing_and_a_rebill_does(desk):
    bills = [*bills_of("A1"), *bills_of("A2")]
    bills += [f"X{place},A1,2021-09-20,2021-09-20,,,cancel,A1-{place}" for place in (3, 4)]
    bills += [f"Y{place},A2,2021-09-20,2021-09-20,,,cancel,A2-{place}" for place in (3, 4)]
    bills += ["Z,A2,2021-09-20,2021-10-20,2021-03-28,2021-05-28,rebill,"]
    found = findings(desk, [account("A1"), account("A2")], bills)
    assert found == [("A1", date(2021, 3, 29), date(2021, 5, 28), 61)]


def test_closed_and_shut_off_days_are_no_days_of_service(desk):
    desk.deliver(
        "account_history.csv",
        csv_text(
            HISTORY,
            "A2,2021-01-28,residential,none,false,active",
            "A2,2021-03-28,residential,none,false,disconnected_nonpay",
            "A2,2021-07-28,residential,none,false,active",
            "A3,2021-01-28,residential,none,false,active",
            "A3,2021-05-08,residential,none,false,disconnected_nonpay",
        ),
    )
    bills = [*bills_of("A1"), *bills_of("A2", [1, 2, 7, 8]), *bills_of("A3", [1]), *bills_of("A4", [1, 2])]
    accounts = [account("A1"), account("A2"), account("A3"), account("A4", closed_on="2021-04-03")]
    assert findings(desk, accounts, bills) == [("A3", date(2021, 3, 1), date(2021, 5, 8), 69)]


def test_suspended_billing_explains_a_december_without_a_bill(desk):
    """With the data ending in the outage: the last bill reached to October, which is no finding."""
    bills = [
        "B1,A1,2020-10-05,2020-11-01,2020-08-30,2020-09-29,regular,",
        "B2,A1,2020-11-04,2020-12-01,2020-09-29,2020-10-27,regular,",
        "B3,A2,2020-10-05,2020-11-01,2020-08-30,2020-09-29,regular,",
        "B4,A3,2020-12-31,2021-01-30,2020-12-01,2020-12-29,regular,",
    ]
    opened = "2020-08-30"
    accounts = [account("A1", opened), account("A2", opened, "2020-09-29"), account("A3", "2020-12-01")]
    assert findings(desk, accounts, bills) == []


def test_an_account_that_never_had_a_bill_is_priced_by_its_reads(desk):
    """Sewer and water 5/8 inch at the rates of 2021, a month each.

    Water: 11.95 and 2.86 for fire protection; 4 and 7 ccf less 2 free at 3.43: 6.86 and 17.15. Two months
    53.63.
    """
    desk.deliver("meters.csv", csv_text(METERS, "M1,,PA2,water,5/8,ccf,5,1,2021-01-28,"))
    desk.deliver(
        "reads.csv",
        csv_text(
            READS,
            "R1,M1,2021-01-28,100,actual,",
            "R2,M1,2021-02-28,104,actual,4",
            "R3,M1,2021-03-28,111,actual,7",
        ),
    )
    accounts = [account("A1"), account("A2", closed_on="2021-03-28"), account("A3", closed_on="2021-03-31")]
    columns = "account_id, service, from_on, to_on, read_count, usage_quantity, missed_usd, missed_basis"
    assert findings(desk, accounts, bills_of("A1"), columns) == [
        ("A2", "water", date(2021, 1, 29), date(2021, 3, 28), 2, Decimal(11), Decimal("53.63"), "reads"),
        # neither a bill nor a read tells what it takes
        ("A3", "account", date(2021, 1, 29), date(2021, 3, 31), 0, Decimal(0), None, "none"),
    ]


def test_days_without_a_read_have_base_charges_alone(desk):
    """Sewer of March 29 to May 28, 2021: base 16.49 times 3/31, one and 28/31 of a month."""
    bills = [*bills_of("A1"), *bills_of("A2", [1, 2, 5, 6, 7, 8])]
    columns = "account_id, service, missed_usd, missed_basis, median_bill_usd"
    found = findings(desk, [account("A1"), account("A2")], bills, columns)
    base = Decimal("1.65") + Decimal("16.49") + Decimal("14.84")  # 0.10, 1 and 0.90 months
    assert found == [("A2", "sewer", base, "base_only", Decimal("16.49"))]


@pytest.mark.rule("R93")
def test_the_provider_list_by_account_and_by_premise(desk):
    desk.deliver(
        "source_accounts.csv",
        csv_text(
            "source_account_id,account_id,premise_id,activated_on,ended_on",
            "S1,A1,PA1,2021-01-28,",
            "S2,,PA2,2021-01-28,",  # known by its premise
            "S3,,P9,2021-03-01,2021-06-01",
            "S4,A4,PA4,2021-01-28,",  # the account here was closed in April
            "S5,,P8,2021-08-20,2021-09-20",  # not longer than a gap may be
        ),
    )
    accounts = [account("A1"), account("A2"), account("A3"), account("A4", closed_on="2021-04-28")]
    bills = [*bills_of("A1"), *bills_of("A2"), *bills_of("A3"), *bills_of("A4", [1, 2, 3])]
    columns = "finding, subject_id, premise_id, from_on, to_on, is_ongoing, missed_basis"
    on_list, on_books = "provider_active_without_account", "account_without_provider_active"
    assert findings(desk, accounts, bills, columns) == [
        (on_books, "A3", "PA3", date(2021, 1, 29), date(2021, 9, 30), True, "none"),
        (on_list, "S3", "P9", date(2021, 3, 2), date(2021, 6, 1), False, "base_only"),
        (on_list, "S4", "PA4", date(2021, 4, 29), date(2021, 9, 30), True, "base_only"),
    ]


def test_bills_without_days_cover_the_time_between_bills(desk):
    bills = [bill.split(",") for bill in [*bills_of("A1"), *bills_of("A2", [1, 2, 6, 7, 8])]]
    undated = [",".join([*bill[:4], "", "", *bill[6:]]) for bill in bills]
    found = findings(desk, [account("A1", "2021-02-28"), account("A2", "2021-02-28")], undated)
    assert found == [("A2", date(2021, 3, 31), date(2021, 6, 30), 92)]
