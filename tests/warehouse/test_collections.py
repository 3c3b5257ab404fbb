"""Collections by hand: effectiveness, roll rates, days outstanding, habits, candidates for write-off."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.support.canonical import Rows, add, empty_rows
from tests.support.settlement_warehouse import settlement_warehouse

RULES = {
    "billing.due_days": 21,
    "penalty.days": 25,
    "disconnect.days_past_due": 60,
    "write_off.days_past_due": 180,
    "write_off.loss_window_months": 2,
}
SUSPENSION = {
    "event_id": "outage", "kind": "billing_suspension", "title": "No bills", "known_on": date(2025, 1, 1),
}  # fmt: skip


def rules() -> list[dict]:
    return [
        {"rule": rule, "value": value, "effective_from": date(2010, 1, 1)} for rule, value in RULES.items()
    ]


def bill(rows: Rows, account_id: str, billed_on: date, due_on: date, amount: str, **more) -> None:
    bill_id = f"{account_id}-{billed_on}"
    if not any(row["account_id"] == account_id for row in rows["accounts"]):
        add(rows, "accounts", account_id=account_id, customer_id="c" + account_id, opened_on=date(2020, 1, 1))
    add(rows, "bills", bill_id=bill_id, account_id=account_id, bill_date=billed_on, due_date=due_on, **more)
    add(
        rows, "charges", charge_id=bill_id, bill_id=bill_id, account_id=account_id, service="water",
        charge_code="base", amount=Decimal(amount), is_revenue=True,
    )  # fmt: skip


def pay(rows: Rows, account_id: str, posted_on: date, amount: str, received_on: date | None = None) -> str:
    payment_id = f"{account_id}-p{len(rows['payments'])}"
    add(
        rows, "payments", payment_id=payment_id, account_id=account_id, received_on=received_on or posted_on,
        posted_on=posted_on, amount=Decimal(amount),
    )  # fmt: skip
    return payment_id


def adjust(rows: Rows, account_id: str, posted_on: date, kind: str, amount: str) -> None:
    add(
        rows, "adjustments", adjustment_id=f"{account_id}-a{len(rows['adjustments'])}", account_id=account_id,
        posted_on=posted_on, kind=kind, amount=Decimal(amount),
    )  # fmt: skip


def warehouse(rows: Rows, *targets: str, as_of: str, **more):
    return settlement_warehouse(rows, targets, as_of=as_of, more={"policy_rules": rules(), **more})


def row(connection, mart: str, where: str) -> dict:
    relation = connection.execute(f"SELECT * FROM marts.{mart} WHERE {where}")
    names = [column[0] for column in relation.description]
    (found,) = relation.fetchall()
    return dict(zip(names, found, strict=True))


def owing_400_then_450() -> Rows:
    """End of January: 400 owed. February: 1,000 billed, 950 paid; 300 of the 450 left is not yet due."""
    rows = empty_rows()
    bill(rows, "1", date(2025, 1, 5), date(2025, 1, 26), "400.00")
    bill(rows, "2", date(2025, 2, 3), date(2025, 2, 24), "700.00")
    bill(rows, "3", date(2025, 2, 20), date(2025, 3, 13), "300.00")
    pay(rows, "1", date(2025, 2, 10), "250.00")
    pay(rows, "2", date(2025, 2, 24), "700.00")
    return rows


def test_collection_effectiveness_is_86_4_of_100():
    found = row(
        warehouse(owing_400_then_450(), "rpt_collections_monthly", as_of="2025-03-31"),
        "rpt_collections_monthly",
        "month_end_on = DATE '2025-02-28'",
    )
    assert (found["opening_usd"], found["charged_usd"]) == (Decimal("400.00"), Decimal("1000.00"))
    assert (found["open_usd"], found["not_yet_due_usd"]) == (Decimal("450.00"), Decimal("300.00"))
    assert found["collection_effectiveness_pct"] == Decimal("86.3636")


@pytest.mark.rule("R42")
def test_past_due_delinquent_and_shutoff_eligible_are_three_things():
    """Due 26 January: past due at its end, delinquent after 30 January, eligible on 27 March."""
    connection = warehouse(owing_400_then_450(), "rpt_collections_monthly", as_of="2025-03-31")
    january, february, march = (
        row(connection, "rpt_collections_monthly", f"month_end_on = DATE '2025-{day}'")
        for day in ("01-31", "02-28", "03-31")
    )
    counts = [
        [month[f"{word}_account_count"] for word in ("past_due", "delinquent", "shutoff_eligible")]
        for month in (january, february, march)
    ]
    assert counts == [[1, 1, 0], [1, 1, 0], [2, 2, 1]]
    assert march["past_due_usd"] == Decimal("450.00")
    assert march["shutoff_eligible_usd"] == Decimal("150.00")
    assert march["active_account_count"] == 3
    assert march["past_due_accounts_pct"] == Decimal("66.6667")


def test_on_the_due_date_nothing_is_past_due_and_on_the_penalty_date_nothing_delinquent():
    rows = empty_rows()
    bill(rows, "1", date(2025, 1, 10), date(2025, 1, 31), "50.00")
    bill(rows, "2", date(2025, 1, 6), date(2025, 1, 27), "50.00", penalty_date=date(2025, 1, 31))
    connection = warehouse(rows, "rpt_collections_monthly", as_of="2025-01-31")
    found = row(connection, "rpt_collections_monthly", "true")
    assert (found["past_due_account_count"], found["delinquent_account_count"]) == (1, 0)


def countback_city() -> Rows:
    """Bills of 100 a day: 3,100, in February 2,800. 4,000 is open at the end of March."""
    rows = empty_rows()
    for month, amount, paid in (
        (12, "3100.00", "3100.00"),
        (1, "3100.00", "3100.00"),
        (2, "2800.00", "1900.00"),
    ):
        year = 2024 if month == 12 else 2025
        bill(rows, "1", date(year, month, 1), date(year, month, 22), amount)
        pay(rows, "1", date(year, month, 20), paid)
    bill(rows, "1", date(2025, 3, 1), date(2025, 3, 22), "3100.00")
    return rows


def test_days_outstanding_count_back_through_the_latest_days():
    """4,000 = the 31 days of March (3,100) and 9 days of February (900): 40 days."""
    connection = warehouse(countback_city(), "rpt_collections_monthly", as_of="2025-03-31")
    march = row(connection, "rpt_collections_monthly", "month_end_on = DATE '2025-03-31'")
    assert march["open_usd"] == Decimal("4000.00")
    assert march["dso_days"] == Decimal("40.00")
    assert march["simple_dso_days"] == Decimal("40.00")  # 4,000 at 100 a day
    assert march["suppressed_because"] is None


@pytest.mark.rule("R57")
def test_a_month_without_bills_says_so_instead_of_misleading():
    months = {"starts_on": date(2025, 3, 5), "ends_on": date(2025, 3, 20)}
    connection = warehouse(
        countback_city(), "rpt_collections_monthly", "rpt_roll_rates", as_of="2025-05-31",
        policy_events=[SUSPENSION | months],
    )  # fmt: skip
    february, march, april = (
        row(connection, "rpt_collections_monthly", f"month_end_on = DATE '2025-{day}'")
        for day in ("02-28", "03-31", "04-30")
    )
    assert march["dso_days"] is march["simple_dso_days"] is march["collection_effectiveness_pct"] is None
    assert march["suppressed_because"] == "billing was suspended"
    assert march["service_dso_days"] == Decimal("40.00")
    assert [month["is_skewed"] for month in (february, march, april)] == [False, False, True]
    rolls = connection.execute(
        "SELECT DISTINCT month_end_on, roll_pct IS NULL, suppressed_because FROM marts.rpt_roll_rates "
        "WHERE month_end_on >= '2025-02-28' ORDER BY 1"
    ).fetchall()
    assert rolls == [
        (date(2025, 3, 31), True, "billing was suspended"),
        (date(2025, 4, 30), True, "billing was suspended"),
        (date(2025, 5, 31), False, None),
    ]


def rolling_city() -> Rows:
    """Four accounts owe 30,000 each, 1 to 30 days late at the end of June; in July three pay."""
    rows = empty_rows()
    for number in range(4):
        bill(rows, str(number), date(2025, 5, 25), date(2025, 6, 15), "30000.00")
        if number:
            pay(rows, str(number), date(2025, 7, 10), "30000.00")
    bill(rows, "0", date(2025, 6, 25), date(2025, 7, 16), "500.00")
    return rows


def test_a_quarter_rolls_from_30_to_60_days():
    rows = rolling_city()
    # what was posted in between is left out: a penalty, and an old balance from another account
    adjust(rows, "0", date(2025, 7, 2), "penalty", "1500.00")
    add(
        rows, "adjustments", adjustment_id="t", account_id="1", posted_on=date(2025, 7, 20),
        kind="balance_transfer",
        amount=Decimal("70000.00"), origin_due_on=date(2025, 6, 15),
    )  # fmt: skip
    found = row(
        warehouse(rows, "rpt_roll_rates", as_of="2025-07-31"),
        "rpt_roll_rates",
        "month_end_on = DATE '2025-07-31' AND from_bucket = 'd1_30'",
    )
    assert (found["from_usd"], found["rolled_usd"]) == (Decimal("120000.00"), Decimal("30000.00"))
    assert found["roll_pct"] == Decimal("25.0000")
    assert (found["to_bucket"], found["account_group"]) == ("d31_60", "active")


def test_a_returned_payment_rolls_no_more_than_was_there():
    """Half paid at the end of June; the payment comes back in July: 60 of 120 stood there, 120 is open."""
    rows = empty_rows()
    bill(rows, "1", date(2025, 5, 25), date(2025, 6, 15), "120.00")
    payment_id = pay(rows, "1", date(2025, 6, 20), "60.00")
    add(
        rows, "payment_returns", return_id="r", payment_id=payment_id, returned_on=date(2025, 7, 5),
        amount=Decimal("60.00"),
    )  # fmt: skip
    found = row(
        warehouse(rows, "rpt_roll_rates", as_of="2025-07-31"), "rpt_roll_rates",
        "month_end_on = DATE '2025-07-31' AND from_bucket = 'd1_30'",
    )  # fmt: skip
    assert (found["from_usd"], found["rolled_usd"]) == (Decimal("60.00"), Decimal("60.00"))


def lost_city() -> Rows:
    """Final bills of 100 and 300, due in January; 300 is written off in June, 60 comes back in July."""
    rows = empty_rows()
    for account_id, amount in (("1", "100.00"), ("2", "300.00")):
        bill(rows, account_id, date(2025, 1, 1), date(2025, 1, 22), amount, kind="final")
        rows["accounts"][-1]["closed_on"] = date(2025, 1, 1)
    adjust(rows, "2", date(2025, 6, 25), "write_off", "-300.00")
    adjust(rows, "2", date(2025, 7, 10), "recovery", "60.00")
    pay(rows, "2", date(2025, 7, 10), "60.00")
    return rows


def test_the_last_step_is_what_was_written_off_less_what_came_back():
    """400 is over 120 days old at the end of May. In two months 300 is written off, 60 recovered."""
    found = row(
        warehouse(lost_city(), "rpt_roll_rates", as_of="2025-07-31"), "rpt_roll_rates",
        "from_bucket = 'over_120' AND from_month_end_on = DATE '2025-05-31'",
    )  # fmt: skip
    assert (found["month_end_on"], found["account_group"]) == (date(2025, 7, 31), "final")
    assert (found["from_usd"], found["rolled_usd"], found["recovered_usd"]) == tuple(
        Decimal(text) for text in ("400.00", "240.00", "60.00")
    )
    assert found["roll_pct"] == Decimal("60.0000")


def test_without_adjustments_there_is_no_allowance_instead_of_none():
    """What was written off is not known: the last step is missing, and no balance is sure to be paid."""
    by_entity = {}
    for entities in (("bills", "adjustments"), ("bills",)):
        rows = empty_rows()
        bill(rows, "a", date(2025, 1, 6), date(2025, 1, 16), "100.00")
        loads = [
            {"load_id": number, "entity": entity, "origin": "delivered", "delivered_on": date(2100, 1, 1),
             "status": "loaded"} for number, entity in enumerate(entities, 1)
        ]  # fmt: skip
        with warehouse(rows, "rpt_allowance_rollforward", as_of="2026-06-30", loads=loads) as connection:
            by_entity[entities[-1]] = connection.execute(
                "SELECT open_usd, closing_usd FROM marts.rpt_allowance_rollforward WHERE fiscal_year = 2026"
            ).fetchall()
    assert by_entity["adjustments"] == [(Decimal("100.00"), Decimal("0.00"))]
    assert by_entity["bills"] == [(Decimal("100.00"), None)]


def test_write_off_candidates_are_old_and_gone_bankrupt_or_dead():
    rows = lost_city()
    for account_id in ("3", "4", "5"):
        bill(rows, account_id, date(2025, 6, 1), date(2025, 6, 22), "80.00")
    payment_id = pay(rows, "4", date(2025, 6, 20), "80.00")
    add(
        rows, "payment_returns", return_id="r", payment_id=payment_id, returned_on=date(2025, 6, 25),
        amount=Decimal("80.00"), reason_code="R15",
    )  # fmt: skip
    hold = {"hold_id": "h", "account_id": "3", "kind": "bankruptcy", "starts_on": date(2025, 7, 1)}
    found = (
        warehouse(rows, "rpt_write_off_candidates", as_of="2025-07-31", holds=[hold])
        .execute(
            "SELECT account_id, reason, days_past_due, past_due_usd, written_off_usd, recovered_usd "
            "FROM marts.rpt_write_off_candidates ORDER BY 1"
        )
        .fetchall()
    )
    none = Decimal("0.00")
    assert found == [
        ("1", "left and too old", 190, Decimal("100.00"), none, none),
        ("3", "bankrupt", 39, Decimal("80.00"), none, none),
        ("4", "deceased", 39, Decimal("80.00"), none, none),
    ]


def habit_city(late_months: int) -> Rows:
    """Twelve bills of 10.00; so many are paid after the penalty date, the others on the due date."""
    rows = empty_rows()
    for month in range(1, 13):
        bill(rows, "1", date(2024, month, 1), date(2024, month, 22), "10.00")
        day = 29 if month <= late_months else 22
        pay(rows, "1", date(2024, month, day), "10.00")
    return rows


@pytest.mark.parametrize(
    ("late_months", "word"),
    [(0, "always on time"), (3, "mostly on time"), (4, "late"), (6, "late"), (7, "very late")],
)
def test_habits_have_their_words(late_months, word):
    connection = warehouse(habit_city(late_months), "dim_payment_habits", as_of="2025-01-31")
    found = row(connection, "dim_payment_habits", "true")
    assert (found["payment_habit"], found["due_date_count"], found["late_count"]) == (word, 12, late_months)


@pytest.mark.rule("R25")
def test_received_in_time_and_posted_late_is_on_time_and_a_returned_payment_is_not():
    rows = habit_city(0)
    rows["payments"][0]["posted_on"] = date(2024, 2, 10)
    add(
        rows, "payment_returns", return_id="r", payment_id=rows["payments"][5]["payment_id"],
        returned_on=date(2024, 6, 25), amount=Decimal("10.00"),
    )  # fmt: skip
    pay(rows, "1", date(2024, 7, 2), "10.00")
    connection = warehouse(rows, "dim_payment_habits", "rpt_delinquency_segments", as_of="2025-01-31")
    found = row(connection, "dim_payment_habits", "true")
    assert (found["payment_habit"], found["late_count"]) == ("mostly on time", 1)


def test_the_habit_of_a_past_month_knows_only_what_had_happened():
    """Late from July on: at the end of July, after seven due dates, the account was still mostly on time."""
    rows = empty_rows()
    for month in range(1, 13):
        bill(rows, "1", date(2024, month, 1), date(2024, month, 22), "10.00")
        if month < 7:
            pay(rows, "1", date(2024, month, 22), "10.00")
    connection = warehouse(rows, "rpt_delinquency_segments", as_of="2025-01-31")
    found = connection.execute(
        "SELECT month_end_on, segment FROM marts.rpt_delinquency_segments "
        "WHERE segment_kind = 'habit' ORDER BY 1"
    ).fetchall()
    words = dict(found)
    assert words[date(2024, 7, 31)] == "mostly on time"
    assert words[date(2024, 10, 31)] == "late"
    assert words[date(2024, 12, 31)] == "late"  # 6 of 12
    assert words[date(2025, 1, 31)] == "late"


def test_a_customer_sees_each_bill_when_it_was_paid_and_what_it_cost_to_be_late():
    rows = empty_rows()
    bill(rows, "1", date(2024, 1, 1), date(2024, 1, 22), "10.00")
    adjust(rows, "1", date(2024, 1, 27), "penalty", "1.00")
    bill(rows, "1", date(2024, 2, 1), date(2024, 2, 22), "10.00")
    pay(rows, "1", date(2024, 2, 12), "11.00")
    connection = warehouse(rows, "customer_history_of", as_of="2024-03-03")
    found = connection.execute(
        "SELECT billed_on, paid_on, days_late, penalty_usd, balance_usd "
        "FROM marts.customer_history_of('test_city', 'c1') ORDER BY 1"
    ).fetchall()
    assert found == [
        (date(2024, 1, 1), date(2024, 2, 12), 21, Decimal("1.00"), Decimal("10.00")),
        (date(2024, 2, 1), None, 10, Decimal("0.00"), Decimal("21.00")),
    ]
