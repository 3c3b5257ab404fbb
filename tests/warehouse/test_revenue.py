"""Revenue by service day and unbilled revenue: cases, hand calculations and the independent bookkeeping."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.policy import load_policy
from ratehouse.demo import bring_policy
from ratehouse.workspace import PROJECT_ROOT
from tests.oracle.revenue import ServiceBill, month_end, unbilled_at
from tests.support.canonical import Rows, add, empty_rows
from tests.support.ingesting import Desk, csv_text
from tests.support.models import warehouse_on
from tests.support.settlement_warehouse import settlement_warehouse

ZERO = Decimal("0.00")
MARTS = ("fct_revenue_monthly", "unbilled_as_of", "fct_bills")
BILLS = "bill_id,account_id,bill_date,due_date,service_from,service_to,kind,cancels_bill_id"
CHARGES = "charge_id,bill_id,account_id,service,charge_code,quantity,unit,amount"
FIGURES = ("billed_usd", "earned_usd", "opening_unbilled_usd", "unbilled_usd", "undated_usd")


@pytest.fixture
def desk(tmp_path) -> Desk:
    desk = Desk(tmp_path)
    bring_policy(desk.workspace, ["independence"])
    load_policy(desk.workspace, "independence")
    desk.deliver(
        "accounts.csv",
        csv_text("account_id,customer_class,autopay,budget_billing", "A1,residential,none,false"),
    )
    return desk


def modelled(desk: Desk, bills: list[str], charges: list[str], targets=MARTS):
    """Files, ingest, models."""
    desk.deliver("bills.csv", csv_text(BILLS, *bills))
    desk.deliver("charges.csv", csv_text(CHARGES, *charges))
    report = desk.ingest()
    assert not report.refused and not report.rejected
    return warehouse_on(desk.workspace.raw_database, targets)


def months(connection, figure: str, where: str = "true") -> dict[date, Decimal]:
    """Month end to a figure that is not zero, summed over services and classes."""
    rows = connection.execute(
        f"SELECT month_end_on, sum({figure}) FROM marts.fct_revenue_monthly WHERE {where} GROUP BY 1"
    ).fetchall()
    return {day: amount for day, amount in rows if amount}


# ---- Known answers, from files to marts


def cases() -> dict[str, list[dict[str, str]]]:
    """The rows of each case of `earned_revenue.csv`."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (PROJECT_ROOT / "tests" / "cases" / "earned_revenue.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["case"]].append(row)
    return found


@pytest.mark.rule("R58")
@pytest.mark.parametrize("name", cases())
def test_cases_with_known_answers(desk, name):
    rows = cases()[name]
    one = rows[0]
    billed_on = date.fromisoformat(one["service_to"]) + timedelta(days=8)
    connection = modelled(
        desk,
        [f"B1,A1,{billed_on},{billed_on},{one['service_from']},{one['service_to']},regular,"],
        [f"C1,B1,A1,electric,base,,,{one['bill_usd']}"],
    )
    expected = {
        month_end(date.fromisoformat(f"{row['earned_month']}-01")): Decimal(row["earned_usd"]) for row in rows
    }
    assert months(connection, "earned_usd") == expected
    assert months(connection, "billed_usd") == {month_end(billed_on): Decimal(one["bill_usd"])}
    days = connection.execute("SELECT service_days FROM marts.fct_bills").fetchone()[0]
    assert str(days) == one["usage_days"]


@pytest.mark.rule("R81", "R90")
def test_taxes_deposits_and_loans_are_no_revenue(desk):
    connection = modelled(
        desk,
        ["B1,A1,2021-02-05,2021-03-01,2021-01-01,2021-01-31,regular,"],
        [
            "C1,B1,A1,electric,base,,,10.00", "C2,B1,A1,electric,tax,,,1.00", "C3,B1,A1,electric,loan,,,5.00",
            "C4,B1,A1,account,deposit,,,50.00", "C5,B1,A1,electric,pilot,,,0.91",
        ],
    )  # fmt: skip
    assert months(connection, "earned_usd") == {date(2021, 1, 31): Decimal("10.91")}


def test_a_cancel_bill_takes_its_bill_off_its_own_days_and_the_rebill_stands_there(desk):
    connection = modelled(
        desk,
        [
            "B1,A1,2021-03-05,2021-04-01,2021-01-31,2021-02-28,regular,",
            "B2,A1,2021-05-10,2021-05-10,,,cancel,B1",
            "B3,A1,2021-05-10,2021-06-01,2021-01-31,2021-02-28,rebill,",
        ],
        ["C1,B1,A1,water,base,,,28.00", "C2,B3,A1,water,base,,,14.00"],
    )
    february, april = date(2021, 2, 28), date(2021, 4, 30)
    assert months(connection, "earned_usd") == {february: Decimal("14.00")}
    assert months(connection, "billed_usd") == {
        date(2021, 3, 31): Decimal("28.00"),
        date(2021, 5, 31): Decimal("-14.00"),
    }
    # in between, 14.00 too much had been billed
    assert months(connection, "unbilled_usd") == {
        february: Decimal("14.00"), date(2021, 3, 31): Decimal("-14.00"), april: Decimal("-14.00")
    }  # fmt: skip


def test_a_bill_without_days_of_service_is_earned_in_its_month_and_counted(desk):
    connection = modelled(
        desk, ["B1,A1,2021-03-05,2021-04-01,,,regular,"], ["C1,B1,A1,water,connection,,,75.00"]
    )
    march = {date(2021, 3, 31): Decimal("75.00")}
    assert months(connection, "earned_usd") == months(connection, "undated_usd") == march
    assert months(connection, "unbilled_usd") == {}


# ---- What could be known then, by hand

HISTORY = [
    "B1,A1,2020-10-05,2020-11-01,2020-08-30,2020-09-29,regular,",
    "B2,A1,2020-11-04,2020-12-01,2020-09-29,2020-10-27,regular,",
    "B3,A1,2021-01-06,2021-02-01,2020-10-27,2020-12-31,regular,",
]
USE = [
    "C1,B1,A1,water,base,1,month,11.95", "C2,B1,A1,water,volume,6,ccf,13.72",
    "C3,B1,A1,sewer,base,1,month,16.49", "C4,B1,A1,sewer,volume,6,ccf,27.12",
    "C5,B2,A1,water,base,1,month,11.95", "C6,B2,A1,water,volume,5,ccf,10.29",
    "C7,B2,A1,sewer,base,1,month,16.49", "C8,B2,A1,sewer,volume,5,ccf,22.60",
    "C9,B3,A1,water,base,2,month,23.90", "C13,B3,A1,water,fire_protection,2,month,5.72",
    "C10,B3,A1,water,volume,9,ccf,17.15",
    "C11,B3,A1,sewer,base,2,month,32.98", "C12,B3,A1,sewer,volume,9,ccf,40.68",
]  # fmt: skip


def test_what_could_be_known_at_a_month_end_by_hand(desk):
    """The example of docs/revenue.md.

    Usual use is 6 + 5 ccf over 30 + 28 days. At 31 December 65 days are not billed: 2.14 months and 12 ccf
    (12.33). Water: base 11.95 x 2.14 = 25.57, fire protection 2.86 x 2.14 = 6.12, 12 ccf less 4.28 free at
    3.43 = 26.48.
    Sewer: base 16.49 x 2.14 = 35.29, 12 ccf at 4.52 = 54.24.
    At 30 November 34 days: 1.12 months and 6 ccf (6.45). Water 13.38 + 3.20 + 12.90, sewer 18.47 + 27.12.
    """
    connection = modelled(desk, HISTORY, USE)
    expected = {
        ("water", date(2020, 11, 30)): Decimal("29.48"), ("sewer", date(2020, 11, 30)): Decimal("45.59"),
        ("water", date(2020, 12, 31)): Decimal("58.17"), ("sewer", date(2020, 12, 31)): Decimal("89.53"),
    }  # fmt: skip
    found = connection.execute(
        "SELECT service, month_end_on, known_unbilled_usd FROM marts.fct_revenue_monthly "
        "WHERE month_end_on BETWEEN DATE '2020-11-01' AND DATE '2020-12-31' AND service <> 'account'"
    ).fetchall()
    assert {(service, day): amount for service, day, amount in found} == expected
    later = connection.execute(
        "SELECT service, unbilled_usd, known_unbilled_usd, unbilled_error_usd "
        "FROM marts.unbilled_as_of(DATE '2020-12-31')"
    ).fetchall()
    assert sorted(later) == [
        ("sewer", Decimal("73.66"), Decimal("89.53"), Decimal("15.87")),
        ("water", Decimal("46.77"), Decimal("58.17"), Decimal("11.40")),
    ]


def test_what_comes_later_changes_nothing_that_could_be_known(desk, tmp_path_factory):
    """The outage's bill, a cancellation of January and a later close leave what was known in December."""
    query = (
        "SELECT service, known_unbilled_usd FROM marts.unbilled_as_of(DATE '2020-12-31') "
        "WHERE known_unbilled_usd <> 0 ORDER BY 1"
    )
    then = Desk(tmp_path_factory.mktemp("then"))
    bring_policy(then.workspace, ["independence"])
    load_policy(then.workspace, "independence")
    then.deliver(
        "accounts.csv",
        csv_text("account_id,customer_class,autopay,budget_billing", "A1,residential,none,false"),
    )
    before = modelled(then, HISTORY[:2], USE[:8]).execute(query).fetchall()
    cancelled = [*HISTORY, "B4,A1,2021-01-20,2021-01-20,,,cancel,B2"]
    assert len(before) == 2
    assert modelled(desk, cancelled, USE).execute(query).fetchall() == before


def test_a_bill_cancelled_by_then_leaves_its_days_open(desk):
    connection = modelled(desk, [*HISTORY, "B4,A1,2020-12-20,2020-12-20,,,cancel,B2"], USE)
    known = dict(
        connection.execute(
            "SELECT service, known_unbilled_usd FROM marts.unbilled_as_of(DATE '2020-12-31')"
        ).fetchall()
    )
    # 93 days since 29 September, 3.06 months, 6 ccf in 30 days: 19 ccf (18.6); sewer 50.46 + 85.88
    assert known["sewer"] == Decimal("136.34")


# ---- Random bills against the independent bookkeeping


def random_city(random: Random, accounts: int) -> tuple[Rows, dict[tuple[str, str], list[ServiceBill]]]:
    """Rows of random bills, and the same bills as the oracle takes them, by service and class."""
    rows = empty_rows()
    bills: dict[tuple[str, str], list[ServiceBill]] = defaultdict(list)
    for number in range(accounts):
        account_id = f"A{number}"
        customer_class = random.choice(["residential", "commercial"])
        add(rows, "accounts", account_id=account_id, customer_class=customer_class)
        read_on = date(2020, random.randint(1, 6), random.randint(1, 28))
        for statement in range(random.randint(1, 6)):
            _bill(random, rows, bills, account_id, customer_class, f"B{number}-{statement}", read_on)
            read_on += timedelta(days=random.choice([1, 27, 28, 30, 31, 33, 62, 65, 130, 400]))
    return rows, bills


def _bill(
    random: Random, rows: Rows, bills, account_id: str, customer_class: str, bill_id: str, read_on: date
) -> None:
    service_from, service_to = (
        read_on,
        read_on + timedelta(days=random.choice([1, 5, 29, 30, 31, 34, 65, 300])),
    )
    shape = random.randint(0, 9)
    if shape == 0:
        service_from = None
    elif shape == 1:
        service_from = service_to = None
    elif shape == 2:
        service_to = service_from
    billed_on = read_on + timedelta(days=random.choice([0, 3, 20, 31, 70]))
    span = {"service_from": service_from, "service_to": service_to}
    add(
        rows, "bills", bill_id=bill_id, account_id=account_id, bill_date=billed_on, due_date=billed_on, **span
    )
    cancel_on = billed_on + timedelta(days=random.choice([0, 10, 45])) if random.randint(0, 4) == 0 else None
    has_charges = random.random() < 0.5
    if cancel_on:
        cancel = {
            "bill_id": f"{bill_id}X",
            "account_id": account_id,
            "bill_date": cancel_on,
            "kind": "cancel",
        }
        add(rows, "bills", due_date=cancel_on, cancels_bill_id=bill_id, **cancel)
    for place, service in enumerate(
        random.sample(["electric", "water", "sewer", "trash", "account"], random.randint(1, 3))
    ):
        amount = Decimal(random.choice([1, 2, 3, 5, 99, 1000, 20000, 123456, -250])) / 100
        names = {"account_id": account_id, "service": service}
        charge = {
            "charge_id": f"{bill_id}-{place}",
            "bill_id": bill_id,
            "charge_code": "base",
            "amount": amount,
        }
        add(rows, "charges", **names, **charge)
        add(rows, "charges", **names, **charge | {"charge_id": f"{bill_id}-{place}T", "charge_code": "tax"})
        if cancel_on and has_charges:
            add(
                rows,
                "charges",
                **names,
                **charge | {"charge_id": f"{bill_id}-{place}X", "bill_id": f"{bill_id}X", "amount": -amount},
            )
        place_in = bills[service, customer_class]
        place_in.append(ServiceBill(billed_on, amount, service_from, service_to))
        if cancel_on:
            # without days of its own the bill is earned when it is dated, and taken off when it is cancelled
            place_in.append(ServiceBill(cancel_on, -amount, service_from, service_to))


def assert_agrees(random: Random, accounts: int) -> int:
    """Every row of the mart, and unbilled on some days; returns how many figures were compared."""
    rows, bills = random_city(random, accounts)
    connection = settlement_warehouse(rows, MARTS)
    found = {
        (service, customer_class, day): figures
        for service, customer_class, day, *figures in connection.execute(
            f"SELECT service, customer_class, month_end_on, {', '.join(FIGURES)} "
            "FROM marts.fct_revenue_monthly"
        ).fetchall()
    }
    expected = {}
    for place, there in bills.items():
        billed, earned, undated = defaultdict(Decimal), defaultdict(Decimal), defaultdict(Decimal)
        for bill in there:
            billed[month_end(bill.billed_on)] += bill.revenue
            if bill.days() == [bill.billed_on] and not _has_days(bill):
                undated[month_end(bill.billed_on)] += bill.revenue
            for end, amount in bill.by_month().items():
                earned[end] += amount
        ends = {end for name, *rest, end in found if (name, *rest) == place} | {*billed, *earned}
        for end in ends:
            before = unbilled_at(there, end.replace(day=1) - timedelta(days=1))
            figures = [billed[end], earned[end], before, unbilled_at(there, end), undated[end]]
            expected[*place, end] = [Decimal(figure) for figure in figures]
    assert {key: row for key, row in found.items() if any(row)} == {
        key: row for key, row in expected.items() if any(row)
    }
    days = [date(2020, 1, 1) + timedelta(days=random.randint(0, 700)) for _ in range(4)]
    for on in [*days, date(2020, 12, 31)]:
        as_of = connection.execute(
            "SELECT service, customer_class, unbilled_usd FROM marts.unbilled_as_of($on)", {"on": on}
        ).fetchall()
        turned_out = {place: unbilled_at(there, on) for place, there in bills.items()}
        assert {(service, kind): amount for service, kind, amount in as_of} == {
            place: amount for place, amount in turned_out.items() if amount
        }
    connection.close()
    return len(expected)


def _has_days(bill: ServiceBill) -> bool:
    return bool(bill.service_from and bill.service_to and bill.service_to > bill.service_from)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_sql_and_oracle_spread_any_bills_alike(random):
    assert_agrees(random, random.randint(1, 4))


@pytest.mark.parametrize("seed", [1, 2])
def test_sql_and_oracle_spread_many_bills_alike(seed):
    assert assert_agrees(Random(seed), 150) > 200
