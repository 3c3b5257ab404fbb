"""What of a year's bills is never collected, by hand: fund by fund, clean years whose write-offs are in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.support.canonical import Rows, add, empty_rows
from tests.support.settlement_warehouse import settlement_warehouse

TARGETS = ("rpt_collection_factor", "int_finance__uncollectible")
RULES = {"write_off.loss_window_months": 12, "write_off.average_months": 24, "billing.due_days": 21}
BASIS = "What was billed in clean years and written off since, less what came back"


def bill(rows: Rows, account: str, billed_on: date, **services: str) -> None:
    """A bill with a charge for each service."""
    if not any(row["account_id"] == account for row in rows["accounts"]):
        add(rows, "accounts", account_id=account, customer_id="c" + account, opened_on=date(2018, 1, 1))
    name = f"{account}-{billed_on}"
    due_on = date.fromordinal(billed_on.toordinal() + 21)
    add(rows, "bills", bill_id=name, account_id=account, bill_date=billed_on, due_date=due_on)
    for service, amount in services.items():
        add(rows, "charges", charge_id=f"{name}-{service}", bill_id=name, account_id=account, service=service,
            charge_code="base", amount=Decimal(amount), is_revenue=True)  # fmt: skip


def pay(rows: Rows, account: str, on: date, amount: str) -> None:
    add(rows, "payments", payment_id=f"p{len(rows['payments'])}", account_id=account, received_on=on,
        posted_on=on, amount=Decimal(amount))  # fmt: skip


def adjust(rows: Rows, account: str, on: date, kind: str, amount: str) -> None:
    add(rows, "adjustments", adjustment_id=f"a{len(rows['adjustments'])}", account_id=account, posted_on=on,
        kind=kind, amount=Decimal(amount))  # fmt: skip


def town() -> Rows:
    """Each July 1,000.00 of water and 500.00 of sewer; who never pays owes 20.00 and 10.00 of it."""
    rows = empty_rows()
    for year in (2018, 2019, 2020, 2021):
        bill(rows, "good", date(year, 7, 5), water="980.00", sewer="490.00")
        pay(rows, "good", date(year, 7, 20), "1470.00")
        bill(rows, f"bad{year}", date(year, 7, 5), water="20.00", sewer="10.00")
        adjust(rows, f"bad{year}", date(year + 1, 3, 1), "write_off", "-30.00")
    return rows


def warehouse(rows: Rows, as_of: str = "2022-06-30", **more: list[dict]):
    rules = [
        {"rule": rule, "value": value, "effective_from": date(2010, 1, 1)} for rule, value in RULES.items()
    ]
    return settlement_warehouse(rows, TARGETS, as_of=as_of, more={"policy_rules": rules, **more})


def forward(connection) -> dict[str, tuple]:
    rows = connection.execute(
        "SELECT fund, uncollectible_percent, basis, years FROM intermediate.int_finance__uncollectible"
    )
    return {fund: found for fund, *found in rows.fetchall()}


def factors(connection, fund: str, measure: str = "written_off") -> dict[int, tuple]:
    rows = connection.execute(
        "SELECT fiscal_year, of_usd, lost_usd, is_clean, is_complete, is_used "
        f"FROM marts.rpt_collection_factor WHERE fund = '{fund}' AND measure = '{measure}' ORDER BY 1"
    )
    return {year: tuple(found) for year, *found in rows.fetchall()}


def test_a_write_off_belongs_to_the_services_and_the_year_of_the_bills_that_it_ends():
    """Write-offs have no service in the extract; each fund loses what was still open of its own bills."""
    connection = warehouse(town())
    thousand, lost = Decimal("1000.00"), Decimal("20.00")
    # The latest two years whose last bills were over 120 days late twelve months ago: those to June 2020.
    assert factors(connection, "water") == {
        2019: (thousand, lost, True, True, True),
        2020: (thousand, lost, True, True, True),
        2021: (thousand, lost, True, False, False),
        2022: (thousand, lost, True, False, False),
    }
    percent = Decimal("2.000000")
    assert forward(connection) == {
        "water": [percent, BASIS, "2019, 2020"], "sewer": [percent, BASIS, "2019, 2020"],
    }  # fmt: skip
    connection.close()


def test_what_came_back_is_not_lost_and_dollars_come_before_shares():
    rows = town()
    # A third of one write-off came back: of 20.00 and 10.00 two thirds are lost.
    adjust(rows, "bad2018", date(2021, 1, 10), "recovery", "10.00")
    pay(rows, "bad2018", date(2021, 1, 10), "10.00")
    # And the next year was twice as large.
    bill(rows, "large", date(2019, 7, 5), water="1000.00")
    pay(rows, "large", date(2019, 7, 20), "1000.00")
    connection = warehouse(rows)
    assert {year: found[1] for year, found in factors(connection, "water").items()} == {
        2019: Decimal("13.33"), 2020: Decimal("20.00"), 2021: Decimal("20.00"), 2022: Decimal("20.00"),
    }  # fmt: skip
    assert factors(connection, "sewer")[2019][1] == Decimal("6.67")
    # 33.33 of 3,000.00; 16.67 of 1,000.00.
    assert forward(connection)["water"][0] == Decimal("1.111000")
    assert forward(connection)["sewer"][0] == Decimal("1.667000")
    connection.close()


def test_years_that_an_episode_touches_do_not_count():
    waiver = {
        "event_id": "waiver", "kind": "penalty_waiver", "title": "No penalties", "starts_on": "2020-03-01",
        "ends_on": "2020-08-31", "known_on": "2020-03-01", "is_assumed": False,
    }  # fmt: skip
    connection = warehouse(town(), policy_events=[waiver])
    used = {year: (found[2], found[4]) for year, found in factors(connection, "water").items()}
    assert used == {2019: (True, True), 2020: (False, False), 2021: (False, False), 2022: (True, False)}
    assert forward(connection)["water"][2] == "2019"
    connection.close()


@pytest.mark.parametrize("as_of, is_complete", [("2020-11-29", False), ("2020-11-30", True)])
def test_a_year_counts_from_the_day_on_which_its_write_offs_are_in(as_of, is_complete):
    """Its last bills are over 120 days late five months after June 2019; twelve more end the window."""
    connection = warehouse(town(), as_of=as_of)
    assert factors(connection, "water")[2019][2:] == (True, is_complete, is_complete)
    assert (forward(connection)["water"][1] == BASIS) == is_complete
    connection.close()


def test_without_such_a_year_the_curves_of_24_months_speak_for_all_services():
    rows = town()
    waiver = {
        "event_id": "waiver", "kind": "penalty_waiver", "title": "No penalties", "starts_on": "2018-09-01",
        "ends_on": "2021-08-31", "known_on": "2018-09-01", "is_assumed": False,
    }  # fmt: skip
    connection = warehouse(rows, policy_events=[waiver])
    # July 2018 has no event, and 24 months later 30.00 of 1,500.00 had not come. Later Julys have one.
    assert factors(connection, "sewer", "not_collected_24_months") == {
        2019: (Decimal("1500.00"), Decimal("30.00"), True, True, True)
    }
    basis = "What was billed in months without an event and not paid 24 months later, all services together"
    assert forward(connection) == {fund: [Decimal("2.000000"), basis, "2019"] for fund in ("water", "sewer")}
    connection.close()


def test_a_cancelled_bill_was_not_billed_and_without_deliveries_of_write_offs_nothing_is_known():
    rows = town()
    bill(rows, "good", date(2018, 8, 5), water="400.00")
    add(rows, "bills", bill_id="X", account_id="good", bill_date=date(2018, 8, 10), kind="cancel",
        cancels_bill_id="good-2018-08-05")  # fmt: skip
    connection = warehouse(rows)
    assert factors(connection, "water")[2019][0] == Decimal("1000.00")
    connection.close()
    bills_only = {
        "load_id": 1, "entity": "bills", "origin": "delivered", "delivered_on": date(2100, 1, 1),
        "status": "loaded",
    }  # fmt: skip
    connection = warehouse(rows, loads=[bills_only])
    assert factors(connection, "water") == {}
    connection.close()
