"""Who may be shut off, by hand under Warrensburg's policy: sixty days and three kinds of notice."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.policed_city import City

CASES = Path(__file__).parents[1] / "cases"
TARGETS = ("disconnect_list_as_of", "rpt_disconnect_list", "fct_holds")
ELIGIBLE = date(2025, 3, 17)  # sixty days after 16 January
DAY = timedelta(days=1)


def listed(warehouse, as_of: date, known_on: date | None = None) -> dict[str, dict]:
    """The list on a day by account."""
    query = "SELECT * FROM marts.disconnect_list_as_of($as_of, $known_on)"
    found = warehouse.execute(query, {"as_of": as_of, "known_on": known_on or as_of})
    names = [column[0] for column in found.description]
    return {
        row["account_id"]: row
        for row in (dict(zip(names, values, strict=True)) for values in found.fetchall())
    }


def billed(city: City, account_id: str, amount: str = "45.06", **values: object) -> str:
    """An account whose only bill is of 6 January 2025, due on 16 January."""
    city.account(account_id, **values)
    return city.bill(account_id, date(2025, 1, 6), date(2025, 1, 16), amount)


def told(city: City, account_id: str, written_on: date = date(2025, 2, 10)) -> None:
    """All notices that Warrensburg's policy asks for."""
    announced = {"effective_on": ELIGIBLE}
    city.order(account_id, "written_notice", written_on, **announced)
    city.order(account_id, "hang_tag", date(2025, 3, 6), **announced)
    city.order(account_id, "courtesy_call", date(2025, 3, 12), **announced)


def warrensburg_city() -> City:
    """Accounts named after what they show."""
    city = City("warrensburg")
    for account_id in ("plain", "shop"):
        billed(
            city,
            account_id,
            customer_class="commercial" if account_id == "shop" else "residential",
            phone="x",
        )
        told(city, account_id)
    billed(city, "no notice", phone="x")
    billed(city, "no phone")
    city.order("no phone", "written_notice", date(2025, 2, 10))
    city.order("no phone", "hang_tag", date(2025, 3, 6))
    billed(city, "occupant unknown", occupancy=None)
    city.order("occupant unknown", "written_notice", date(2025, 2, 10))
    city.order("occupant unknown", "hang_tag", date(2025, 3, 6))
    billed(city, "young notice", phone="x")
    told(city, "young notice", ELIGIBLE - 29 * DAY)
    billed(city, "announced later")
    city.order("announced later", "written_notice", date(2025, 2, 10), effective_on=ELIGIBLE + 2 * DAY)
    city.order("announced later", "hang_tag", date(2025, 3, 6), effective_on=ELIGIBLE + 2 * DAY)
    billed(city, "old notice")
    city.order(
        "old notice", "written_notice", date(2025, 1, 16)
    )  # of another debt: this one was not past due
    for account_id in ("tenant", "owner told"):
        billed(city, account_id, occupancy="tenant", owner_id="O1")
        told(city, account_id)
    city.order("owner told", "written_notice", date(2025, 2, 14), recipient="owner")
    billed(city, "restore", "164.07")
    off_account(city, "off", "45.06")
    off_account(city, "off charged", "45.06")
    city.post("off charged", date(2025, 3, 18), "reconnect_fee", "28.50", due_on=date(2025, 3, 18))
    off_account(city, "off recently", "45.06", billed_on=date(2025, 2, 20))
    for account_id, count in (("two returned", 2), ("three returned", 3)):
        billed(city, account_id)
        for number in range(count):
            on = date(2024, 6, 1) + number * 30 * DAY
            city.give_back(city.pay(account_id, on, "10.00"), on + 3 * DAY, "10.00")
    for kind in ("medical", "weather", "bankruptcy", "other"):
        billed(city, kind)
        city.hold(kind, kind, ELIGIBLE - 10 * DAY, None if kind == "bankruptcy" else ELIGIBLE)
    billed(city, "pending")
    city.pay("pending", ELIGIBLE, "45.06", posted_on=ELIGIBLE + DAY)
    billed(city, "pending in part")
    city.pay("pending in part", ELIGIBLE, "45.05", posted_on=ELIGIBLE + DAY)
    billed(city, "paid in part")
    city.pay("paid in part", date(2025, 2, 1), "20.00")
    closed_and_disputed(city)
    owners_part(city)
    return city


def off_account(city: City, account_id: str, amount: str, billed_on: date = date(2025, 1, 6)) -> None:
    """Shut off on 17 March 2025, as its history says."""
    city.account(account_id)
    city.bill(account_id, billed_on, billed_on + 10 * DAY, amount)
    common = {"account_id": account_id, "customer_class": "residential", "autopay": "none"}
    for on, status in ((date(2015, 1, 1), "active"), (ELIGIBLE, "disconnected_nonpay")):
        city.rows["account_history"].append(
            common | {"effective_from": on, "status": status, "budget_billing": False}
        )


def closed_and_disputed(city: City) -> None:
    """A closed account, and bills disputed in full, in part, and beside an older one."""
    billed(city, "closed", closed_on=date(2025, 2, 1))
    city.dispute(billed(city, "disputed"), date(2025, 1, 20), "45.06")
    city.dispute(billed(city, "disputed in part"), date(2025, 1, 20), "20.00")
    city.dispute(billed(city, "decided"), date(2025, 1, 20), "45.06", decided_on=ELIGIBLE, outcome="denied")
    city.account("disputed later bill")
    city.bill("disputed later bill", date(2025, 1, 6), date(2025, 1, 16), "45.06")
    later = city.bill("disputed later bill", date(2025, 2, 6), date(2025, 2, 16), "50.00")
    city.dispute(later, date(2025, 2, 20), "50.00")


def owners_part(city: City) -> None:
    """Five months of 30 days at 30.00; what the owner can be asked for is the last 90 days of service."""
    for account_id, occupancy in (("rented", "tenant"), ("lived in", "owner")):
        city.account(account_id, occupancy=occupancy, owner_id="O2")
        for month in range(5):
            service_to = date(2024, 9, 1) + 30 * month * DAY
            city.bill(
                account_id,
                service_to + DAY,
                service_to + 11 * DAY,
                "30.00",
                service_from=service_to - 30 * DAY,
                service_to=service_to,
            )
    city.account("rented oddly", occupancy="tenant", owner_id="O2")
    for service_to, days in ((date(2024, 12, 1), 60), (date(2025, 1, 1), 31)):
        dates = {"service_from": service_to - days * DAY, "service_to": service_to}
        city.bill("rented oddly", service_to + DAY, service_to + 11 * DAY, "60.00", **dates)
    city.deposit("rented", date(2020, 1, 1), "received", "100.00")
    city.deposit("rented", date(2021, 1, 1), "interest", "2.00")
    city.deposit("rented", date(2022, 1, 1), "refunded", "22.00")
    city.deposit("rented", date(2026, 1, 1), "applied", "80.00")
    city.deposit("lived in", date(2020, 1, 1), "received", "500.00")


@pytest.fixture(scope="module")
def warrensburg(tmp_path_factory):
    city = warrensburg_city()
    connection = city.warehouse(tmp_path_factory.mktemp("warrensburg"), TARGETS)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def on_the_day(warrensburg) -> dict[str, dict]:
    return listed(warrensburg, ELIGIBLE)


@pytest.mark.rule("R42")
@pytest.mark.parametrize("account_id", ["plain", "shop"])
def test_sixty_days_after_the_due_date(warrensburg, on_the_day, account_id):
    """Billed on 6 January, due on the 16th: from 17 March on, residential and commercial alike."""
    assert account_id not in listed(warrensburg, ELIGIBLE - DAY)
    row = on_the_day[account_id]
    assert (row["oldest_due_on"], row["days_past_due"], row["eligible_on"]) == (
        date(2025, 1, 16),
        60,
        ELIGIBLE,
    )
    assert (row["past_due_usd"], row["amount_to_avoid_usd"]) == (Decimal("45.06"), Decimal("45.06"))
    assert row["blocked_by"] == "" and row["is_eligible"] and not row["lacks_notice"]
    assert "closed" not in on_the_day


@pytest.mark.rule("R43")
@pytest.mark.parametrize(
    ("account_id", "gaps"),
    [
        ("no notice", "hang_tag_missing,courtesy_call_missing,written_notice_occupant_missing"),
        ("no phone", ""),
        ("occupant unknown", ""),
        ("young notice", "written_notice_occupant_too_young"),
        ("announced later", "before_the_announced_day"),
        ("old notice", "hang_tag_missing,written_notice_occupant_missing"),
        ("tenant", "written_notice_owner_missing"),
        ("owner told", ""),
    ],
)
def test_being_far_behind_is_not_enough_without_notice(on_the_day, account_id, gaps):
    row = on_the_day[account_id]
    assert row["notice_gaps"] == gaps
    assert row["lacks_notice"] == bool(gaps) and row["blocked_by"] == ("notice" if gaps else "")


@pytest.mark.rule("R43")
def test_notices_have_their_date_and_age(warrensburg, on_the_day):
    row = on_the_day["owner told"]
    assert (row["written_notice_occupant_on"], row["written_notice_occupant_days"]) == (date(2025, 2, 10), 35)
    assert (row["written_notice_owner_on"], row["written_notice_owner_days"]) == (date(2025, 2, 14), 31)
    assert (row["hang_tag_on"], row["hang_tag_days"]) == (date(2025, 3, 6), 11)
    assert listed(warrensburg, ELIGIBLE + DAY)["young notice"]["blocked_by"] == ""  # thirty days old


@pytest.mark.rule("R44")
def test_amount_to_restore(on_the_day):
    with (CASES / "refunds_and_assistance.csv").open() as lines:
        expected = next(row["expected"] for row in csv.DictReader(lines) if row["case"] == "restore")
    assert on_the_day["restore"]["amount_to_restore_usd"] == Decimal(expected)


@pytest.mark.rule("R44")
def test_a_fee_that_is_charged_already_is_not_asked_twice(warrensburg, on_the_day):
    later = listed(warrensburg, date(2025, 3, 18))["off charged"]
    assert on_the_day["off charged"]["amount_to_restore_usd"] == Decimal("73.56")
    assert (later["balance_usd"], later["amount_to_restore_usd"]) == (Decimal("73.56"), Decimal("73.56"))


@pytest.mark.rule("R45")
def test_no_checks_after_a_shut_off(on_the_day):
    off = on_the_day["off"]
    assert off["blocked_by"] == "already_off" and not off["accepts_checks"] and off["off_from_on"] == ELIGIBLE
    assert off["amount_to_avoid_usd"] is None and on_the_day["plain"]["accepts_checks"]


@pytest.mark.rule("R42", "R45")
def test_an_account_that_is_off_is_listed_while_it_owes(warrensburg, on_the_day):
    assert "off recently" in on_the_day and not on_the_day["off recently"]["is_eligible"]
    assert "off recently" not in listed(warrensburg, ELIGIBLE - DAY)


@pytest.mark.rule("R36")
def test_no_checks_from_the_third_returned_one_on(on_the_day):
    assert on_the_day["two returned"]["accepts_checks"]
    assert not on_the_day["three returned"]["accepts_checks"]
    assert on_the_day["three returned"]["returned_payment_count"] == 3


@pytest.mark.rule("R42")
@pytest.mark.parametrize("kind", ["medical", "weather", "bankruptcy", "other"])
def test_holds_stand_through_their_last_day(warrensburg, on_the_day, kind):
    column = "has_other_hold" if kind == "other" else f"has_{kind}"
    assert on_the_day[kind][column] and kind in on_the_day[kind]["blocked_by"].split(",")
    after = listed(warrensburg, ELIGIBLE + DAY)[kind]
    assert after[column] == (kind == "bankruptcy")


@pytest.mark.rule("R42")
def test_money_received_and_not_yet_posted_stands_in_the_way(on_the_day):
    row = on_the_day["pending"]
    assert "payment" in row["blocked_by"].split(",") and row["past_due_usd"] == Decimal("45.06")
    assert row["effective_past_due_usd"] == 0 and row["pending_usd"] == Decimal("45.06")
    assert "payment" not in on_the_day["pending in part"]["blocked_by"].split(",")
    assert on_the_day["pending in part"]["effective_past_due_usd"] == Decimal("0.01")
    posted = on_the_day["paid in part"]
    assert (posted["pending_usd"], posted["effective_past_due_usd"]) == (0, Decimal("25.06"))


@pytest.mark.rule("R50")
def test_a_dispute_holds_for_the_part_that_is_disputed(on_the_day):
    """It stays in the receivable; the rest of the debt is as late as before."""
    whole, part = on_the_day["disputed"], on_the_day["disputed in part"]
    assert whole["has_dispute"] and "dispute" in whole["blocked_by"].split(",")
    assert (whole["past_due_usd"], whole["effective_past_due_usd"]) == (Decimal("45.06"), 0)
    assert part["has_dispute"] and "dispute" not in part["blocked_by"].split(",")
    assert part["effective_past_due_usd"] == Decimal("25.06")
    assert not on_the_day["decided"]["has_dispute"]
    later = on_the_day["disputed later bill"]
    assert later["has_dispute"] and "dispute" not in later["blocked_by"].split(",")
    assert later["effective_past_due_usd"] == Decimal("45.06")


@pytest.mark.rule("R43")
def test_the_owner_answers_for_ninety_days_of_service(on_the_day):
    """RSMo 250.140: three of five months. Of 60 and 31 days the last 59 and 31: 59/60 of 60.00, and 60.00."""
    assert on_the_day["rented"]["owner_part_usd"] == Decimal("90.00")
    assert on_the_day["lived in"]["owner_part_usd"] is None
    assert on_the_day["rented oddly"]["owner_part_usd"] == Decimal("119.00")


@pytest.mark.rule("R43")
def test_exposure_is_what_the_deposit_does_not_cover(on_the_day):
    assert on_the_day["rented"]["deposit_held_usd"] == Decimal("80.00")
    assert on_the_day["rented"]["exposure_usd"] == Decimal("70.00")
    assert on_the_day["lived in"]["exposure_usd"] == 0


def test_the_report_is_the_list_on_the_as_of_date(warrensburg):
    as_of = warrensburg.execute("SELECT max(as_of_on) FROM intermediate.int_quality__utilities").fetchone()[0]
    report = warrensburg.execute("SELECT account_id, blocked_by FROM marts.rpt_disconnect_list").fetchall()
    assert dict(report) == {name: row["blocked_by"] for name, row in listed(warrensburg, as_of).items()}
    assert len(report) > 20
