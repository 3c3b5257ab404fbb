"""Agreements and disputes by hand under Warrensburg's policy, and agreements against the oracle."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.oracle import Statement
from tests.strategies import random_histories
from tests.support.canonical import by_account
from tests.support.policed_city import City
from tests.support.settlement_warehouse import POLICY, settlement_warehouse
from tests.warehouse.test_disconnects import listed

DAY = timedelta(days=1)
SIGNED = date(2025, 3, 31)
MONTHS = [
    date(2025, 4, 30),
    date(2025, 5, 31),
    date(2025, 6, 30),
    date(2025, 7, 31),
    date(2025, 8, 31),
    date(2025, 9, 30),
]
SIX = [(day, "100.00") for day in MONTHS]
TARGETS = (
    "fct_agreements", "fct_agreement_installments", "fct_disputes", "disconnect_list_as_of",
    "int_penalties__agreement_periods", "int_penalties__dispute_periods",
    "int_penalties__collection_findings",
)  # fmt: skip


def owing(city: City, account_id: str, amount: str = "600.00") -> str:
    """600.00 due on 16 January 2025, with every notice given."""
    city.account(account_id)
    city.order(account_id, "written_notice", date(2025, 2, 1))
    city.order(account_id, "hang_tag", date(2025, 2, 1))
    return city.bill(account_id, date(2025, 1, 6), date(2025, 1, 16), amount)


def agreements_town() -> City:
    """Accounts named after what they show."""
    city = City("warrensburg")
    payments = {
        "kept": MONTHS,
        "in grace": [day + DAY for day in MONTHS],
        "too late": [MONTHS[0], MONTHS[1] + 2 * DAY],
        "stopped": MONTHS[:2],
        "none": [],
    }
    for account_id, days in payments.items():
        owing(city, account_id)
        city.agree(account_id, SIGNED, SIX)
        for day in days:
            city.pay(account_id, day, "100.00")
    # received in time and posted late; received for a later bill, but the oldest debt is paid first
    owing(city, "posted late")
    city.agree("posted late", SIGNED, SIX)
    city.pay("posted late", MONTHS[0], "100.00", posted_on=MONTHS[0] + 5 * DAY)
    owing(city, "paid another bill")
    city.agree("paid another bill", SIGNED, SIX)
    city.bill("paid another bill", date(2025, 4, 7), date(2025, 4, 17), "100.00")
    city.pay("paid another bill", date(2025, 4, 17), "100.00")
    owing(city, "returned")
    city.agree("returned", SIGNED, SIX)
    city.give_back(city.pay("returned", date(2025, 4, 20), "100.00"), date(2025, 4, 25), "100.00")
    # 100.00 more than agreed was open at signing: that may wait
    owing(city, "covered in part", "700.00")
    city.agree("covered in part", SIGNED, SIX)
    city.pay("covered in part", MONTHS[0], "100.00")
    owing(city, "signed again")
    city.agree("signed again", SIGNED, SIX)
    city.agree("signed again", date(2025, 4, 15), [(date(2025, 7, 1), "600.00")])
    refused_agreements(city)
    city.account("last")  # gives the build its as-of date
    city.bill("last", date(2025, 12, 31), date(2026, 1, 10), "1.00")
    disputes(city)
    return city


def refused_agreements(city: City) -> None:
    """R46: six months from 31 August 2025 end on 28 February 2026."""
    signed = date(2025, 8, 31)
    for account_id, ends_on in (("six months", date(2026, 2, 28)), ("longer", date(2026, 3, 1))):
        owing(city, account_id)
        city.agree(account_id, signed, [(ends_on, "600.00")])
    owing(city, "ends later than its parts")
    city.agree("ends later than its parts", signed, [(date(2026, 2, 28), "600.00")], ends_on=date(2026, 3, 1))
    owing(city, "odd sum")
    city.agree("odd sum", SIGNED, SIX, amount="600.01")
    owing(city, "other kind")
    city.agree("other kind", SIGNED, SIX, kind="outage_extended")
    for account_id, off_on in (("off", SIGNED), ("off the day after", SIGNED + DAY)):
        owing(city, account_id)
        city.agree(account_id, SIGNED, SIX)
        city.order(account_id, "disconnect", off_on)


def disputes(city: City) -> None:
    """R49: by mail received on the third day, the deadline of a bill of 3 March is 21 March."""
    for delivery in ("paper", "electronic", None):
        for late in (False, True):
            account_id = f"disputed {delivery} {'late' if late else 'in time'}"
            city.account(account_id)
            bill_id = city.bill(account_id, date(2025, 3, 3), date(2025, 3, 13), "80.00", delivery=delivery)
            deadline = date(2025, 3, 18) if delivery == "electronic" else date(2025, 3, 21)
            city.dispute(bill_id, deadline + DAY if late else deadline, "30.00")
    for account_id, decided_on in (
        ("appealed", date(2025, 3, 20)),
        ("appealed early", date(2025, 4, 20)),
        ("appealed at once", None),
    ):
        city.account(account_id)
        bill_id = city.bill(account_id, date(2025, 3, 3), date(2025, 3, 13), "80.00")
        if decided_on:
            city.dispute(bill_id, date(2025, 3, 10), "30.00", decided_on=decided_on, outcome="denied")
        city.dispute(bill_id, date(2025, 4, 15), "30.00", level="finance_director")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    connection = agreements_town().warehouse(tmp_path_factory.mktemp("agreements"), TARGETS)
    yield connection
    connection.close()


def by_name(warehouse, columns: str, mart: str) -> dict[str, tuple]:
    return {
        row[0]: row[1:] for row in warehouse.execute(f"SELECT account_id, {columns} FROM {mart}").fetchall()
    }


def findings(warehouse) -> set[tuple[str, str]]:
    query = "SELECT account_id, finding FROM intermediate.int_penalties__collection_findings"
    return set(warehouse.execute(query).fetchall())


@pytest.mark.rule("R46", "R48")
@pytest.mark.parametrize(
    ("account_id", "status", "broken_on"),
    [
        ("kept", "completed", None),
        ("in grace", "completed", None),
        ("too late", "broken", date(2025, 6, 2)),
        ("stopped", "broken", date(2025, 7, 2)),
        ("none", "broken", date(2025, 5, 2)),
        ("posted late", "broken", date(2025, 6, 2)),
        ("paid another bill", "broken", date(2025, 6, 2)),
        ("returned", "broken", date(2025, 5, 2)),
        ("covered in part", "broken", date(2025, 6, 2)),
        ("six months", "kept", None),
    ],
)
def test_kept_until_the_day_after_a_missed_installments_grace(warehouse, account_id, status, broken_on):
    query = "SELECT status, broken_on FROM marts.fct_agreements WHERE account_id = $account"
    assert warehouse.execute(query, {"account": account_id}).fetchone() == (status, broken_on)


@pytest.mark.rule("R46")
@pytest.mark.parametrize(
    ("account_id", "reason", "finding"),
    [
        ("longer", "too_long", "agreement_too_long"),
        ("ends later than its parts", "too_long", "agreement_too_long"),
        ("odd sum", "schedule_does_not_sum", "agreement_schedule_differs"),
    ],
)
def test_longer_than_six_months_or_an_odd_sum_is_refused(warehouse, account_id, reason, finding):
    found = by_name(warehouse, "status, status_reason, latest_end_on", "marts.fct_agreements")
    assert found[account_id][:2] == ("refused", reason)
    assert found["longer"][2] == date(2026, 2, 28)
    assert {name for name, kind in findings(warehouse) if kind == finding} >= {account_id}
    assert ("six months", finding) not in findings(warehouse) and ("kept", finding) not in findings(warehouse)


@pytest.mark.rule("R47")
def test_no_agreement_for_an_account_that_is_off(warehouse):
    found = by_name(warehouse, "status, status_reason", "marts.fct_agreements")
    assert found["off"] == ("refused", "signed_while_shut_off")
    assert found["off the day after"][0] != "refused"
    assert {name for name, kind in findings(warehouse) if kind == "agreement_while_shut_off"} == {"off"}


@pytest.mark.rule("R67")
def test_a_kind_that_policy_does_not_offer_is_found(warehouse, tmp_path):
    """More time after the outage: Independence from 7 December 2020 on; Warrensburg never."""
    assert ("other kind", "agreement_kind_not_offered") in findings(warehouse)
    city = City("independence")
    for signed_on in (date(2020, 12, 6), date(2020, 12, 7)):
        account_id = city.account(str(signed_on))
        city.bill(account_id, date(2020, 10, 6), date(2020, 11, 2), "100.00", service="electric")
        city.agree(
            account_id,
            signed_on,
            [(date(2021, 1, 5), "100.00")],
            kind="outage_extended",
            event_id="outage_due_dates",
        )
    city.pay("2020-12-07", date(2021, 1, 5), "100.00")
    with city.warehouse(tmp_path, ("fct_agreements",)) as independence:
        found = by_name(independence, "status, event_id", "marts.fct_agreements")
    assert found["2020-12-06"] == ("refused", "outage_due_dates")
    assert found["2020-12-07"] == ("kept", "outage_due_dates")


@pytest.mark.rule("R48")
def test_what_is_put_off_shrinks_with_each_installment_and_ends_when_broken(warehouse):
    query = (
        "SELECT from_on, to_on, put_off_usd FROM intermediate.int_penalties__agreement_periods "
        "WHERE account_id = $account ORDER BY from_on"
    )
    assert warehouse.execute(query, {"account": "stopped"}).fetchall() == [
        (SIGNED, MONTHS[0], Decimal("600.00")),
        (MONTHS[0], MONTHS[1], Decimal("500.00")),
        (MONTHS[1], MONTHS[2], Decimal("400.00")),
        (MONTHS[2], MONTHS[2] + 2 * DAY, Decimal("300.00")),
    ]
    kept = warehouse.execute(query, {"account": "kept"}).fetchall()
    assert kept[-1] == (MONTHS[5], MONTHS[5] + 2 * DAY, 0) and len(kept) == 7
    assert [row[2] for row in warehouse.execute(query, {"account": "signed again"}).fetchall()][:2] == [
        600,
        600,
    ]
    for account_id in ("longer", "odd sum", "off", "other kind"):
        assert warehouse.execute(query, {"account": account_id}).fetchall() == []


@pytest.mark.rule("R48")
def test_no_shut_off_while_kept_and_the_original_age_when_broken(warehouse):
    kept, broken = (listed(warehouse, MONTHS[2] + days * DAY)["stopped"] for days in (1, 2))
    assert (
        kept["has_agreement"] and kept["blocked_by"] == "agreement" and kept["agreement_ends_on"] == MONTHS[5]
    )
    assert (kept["past_due_usd"], kept["agreed_usd"]) == (Decimal("400.00"), Decimal("300.00"))
    assert (kept["effective_past_due_usd"], kept["days_past_due"]) == (Decimal("100.00"), 166)
    assert not broken["has_agreement"] and broken["blocked_by"] == ""
    assert broken["effective_past_due_usd"] == Decimal("400.00") and broken["effective_days_past_due"] == 167


@pytest.mark.rule("R48")
def test_both_ages_of_a_running_agreement(tmp_path):
    """500.00 is past due since 16 January; the agreement puts it off: the new bill is 4 days late."""
    city = City("warrensburg")
    owing(city, "home")
    city.agree("home", SIGNED, SIX)
    city.pay("home", MONTHS[0], "100.00")
    city.bill("home", date(2025, 4, 17), date(2025, 4, 27), "45.06")
    with city.warehouse(tmp_path, ("fct_agreements",), as_of="2025-05-01") as warehouse:
        contractual = "past_due_usd, contractual_days_past_due"
        columns = f"status, {contractual}, put_off_usd, effective_past_due_usd, effective_days_past_due"
        found = by_name(warehouse, columns, "marts.fct_agreements")["home"]
    assert found == ("kept", Decimal("545.06"), 105, Decimal("500.00"), Decimal("45.06"), 4)


@pytest.mark.rule("R46", "R48")
def test_each_installment_says_what_met_it(warehouse):
    columns = "outcome, allowed_usd, still_open_usd, missing_usd, received_usd, last_received_on"
    query = (
        f"SELECT {columns} FROM marts.fct_agreement_installments "
        "WHERE account_id = $account ORDER BY installment_no"
    )
    money = [Decimal(f"{amount}.00") for amount in (0, 100, 200, 300, 400, 500)]
    assert warehouse.execute(query, {"account": "too late"}).fetchall()[:3] == [
        ("met", money[5], money[5], money[0], money[1], MONTHS[0]),
        ("missed", money[4], money[5], money[1], money[0], None),
        ("after_break", money[3], money[4], money[1], money[1], MONTHS[1] + 2 * DAY),
    ]
    assert warehouse.execute(query, {"account": "covered in part"}).fetchone()[:3] == (
        "met",
        Decimal("600.00"),
        Decimal("600.00"),
    )
    assert warehouse.execute(query, {"account": "six months"}).fetchone()[:3] == ("waiting", money[0], None)


@pytest.mark.rule("R49")
def test_fifteen_days_from_the_receipt_of_the_bill(warehouse):
    found = by_name(warehouse, "received_on, deadline_on, is_late", "marts.fct_disputes")
    for delivery in ("paper", "electronic", None):
        received = date(2025, 3, 3) if delivery == "electronic" else date(2025, 3, 6)
        for late in (False, True):
            account_id = f"disputed {delivery} {'late' if late else 'in time'}"
            assert found[account_id] == (received, received + 15 * DAY, late)
            assert ((account_id, "dispute_too_late") in findings(warehouse)) == late


@pytest.mark.rule("R49")
def test_the_second_level_follows_the_decision_of_the_first(warehouse):
    columns = "account_id, is_out_of_order"
    query = f"SELECT {columns} FROM marts.fct_disputes WHERE level_no = 2 AND deadline_on IS NULL"
    expected = {"appealed": False, "appealed early": True, "appealed at once": True}
    assert dict(warehouse.execute(query).fetchall()) == expected
    skipped = {name for name, kind in findings(warehouse) if kind == "dispute_level_skipped"}
    assert skipped == {name for name, is_found in expected.items() if is_found}


@pytest.mark.rule("R50")
def test_what_is_disputed_counts_once_until_it_is_decided(warehouse):
    query = (
        "SELECT from_on, to_on FROM intermediate.int_penalties__dispute_periods "
        "WHERE account_id = $account ORDER BY from_on"
    )
    for account_id, first_ends_on in (("appealed", date(2025, 3, 20)), ("appealed early", date(2025, 4, 15))):
        assert warehouse.execute(query, {"account": account_id}).fetchall() == [
            (date(2025, 3, 10), first_ends_on),
            (date(2025, 4, 15), date(9999, 12, 31)),
        ]


def signed_at_random(rows: dict, draw: random.Random) -> None:
    """Agreements over about what was open, on days near those of the history."""
    rows["agreements"], rows["agreement_installments"] = [], []
    for account in rows["accounts"]:
        account_id, signed_on = account["account_id"], date(2021, 1, 10) + draw.randint(0, 150) * DAY
        cents, count = draw.choice((1000, 3000, 6513, 9000)), draw.randint(1, 6)
        parts = [cents // count] * (count - 1) + [cents - cents // count * (count - 1)]
        days = [
            signed_on + (number * draw.choice((10, 30)) + draw.randint(0, 3)) * DAY
            for number in range(1, count + 1)
        ]
        row = {
            "agreement_id": account_id,
            "account_id": account_id,
            "signed_on": signed_on,
            "kind": "hardship",
        }
        rows["agreements"].append(row | {"amount": Decimal(cents) / 100, "ends_on": max(days)})
        for number, (day, part) in enumerate(zip(days, parts, strict=True), 1):
            installment = {"agreement_id": account_id, "installment_no": number, "due_on": day}
            rows["agreement_installments"].append(installment | {"amount": Decimal(part) / 100})


def still_open(part: dict, on: date, signed_on: date) -> Decimal:
    """By the independent bookkeeping, with what was received by the day and posted after it."""
    payments = [
        row | ({"posted_on": on, "bill_id": None} if row["received_on"] <= on < row["posted_on"] else {})
        for row in part["payments"]
    ]
    statement = Statement(part | {"payments": payments}, POLICY)
    posted = {debit.posting_id: debit.posted_on for debit in statement.debits}
    items = statement.open_at(on).items
    return sum((item.open for item in items if posted[item.posting_id] <= signed_on), Decimal(0))


@pytest.mark.rule("R48")
@pytest.mark.parametrize("seed", range(3))
def test_installments_are_met_as_the_independent_bookkeeping_says(seed):
    """The debts of the day of signing, still open at the end of each last day of grace."""
    rows = random_histories(seed, accounts=120)
    parts = by_account(rows)
    signed_at_random(rows, random.Random(seed))
    signed = {row["account_id"]: row for row in rows["agreements"]}
    with settlement_warehouse(
        rows, ("int_penalties__agreement_installments",), as_of="2030-01-01"
    ) as warehouse:
        query = (
            "SELECT account_id, due_on, judged_on, still_open_usd, is_met, installment_no "
            "FROM intermediate.int_penalties__agreement_installments"
        )
        found = warehouse.execute(query).fetchall()
    installments = {row["agreement_id"]: [] for row in rows["agreement_installments"]}
    for row in rows["agreement_installments"]:
        installments[row["agreement_id"]].append(row)
    assert len(found) == len(rows["agreement_installments"])
    for account_id, due_on, judged_on, open_usd, is_met, _ in found:
        agreement, part = signed[account_id], parts[account_id]
        signed_on = agreement["signed_on"]
        assert judged_on == due_on + DAY
        assert open_usd == still_open(part, judged_on, signed_on), account_id
        later = sum((row["amount"] for row in installments[account_id] if row["due_on"] > due_on), Decimal(0))
        uncovered = max(Decimal(0), still_open(part, signed_on, signed_on) - agreement["amount"])
        assert is_met == (open_usd <= later + uncovered)
    assert {row[4] for row in found} == {True, False}
