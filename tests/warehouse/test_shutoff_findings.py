"""Shut-offs that policy did not allow, by hand; the list against later events and against the oracle."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle import Statement
from tests.strategies import histories, random_histories
from tests.support.canonical import COLUMNS, by_account, posted_by
from tests.support.policed_city import City
from tests.support.settlement_warehouse import POLICY, settlement_warehouse
from tests.warehouse.test_disconnects import listed

DAY = timedelta(days=1)
OFF = date(2025, 3, 20)
FINDINGS = ("int_penalties__collection_findings",)


def cut_off(
    city: City, account_id: str, *, due_on: date = date(2025, 1, 16), is_told: bool = True, **values: object
) -> str:
    """An account with 45.06 due and every notice, shut off on 20 March 2025."""
    city.account(account_id, **values)
    bill_id = city.bill(account_id, due_on - 10 * DAY, due_on, "45.06")
    if is_told:
        city.order(account_id, "written_notice", OFF - 31 * DAY, effective_on=OFF)
        city.order(account_id, "hang_tag", OFF - 10 * DAY, effective_on=OFF)
    city.order(account_id, "disconnect", OFF, effective_on=OFF)
    city.order(account_id, "hang_tag", OFF)  # the second tag says how service is restored
    return bill_id


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> set[tuple[str, str, str]]:
    city = City("warrensburg")
    cut_off(city, "right")
    cut_off(city, "on the first day", due_on=OFF - 60 * DAY)
    cut_off(city, "a day early", due_on=OFF - 59 * DAY)
    cut_off(city, "paid the day before")
    city.pay("paid the day before", OFF - DAY, "45.06", posted_on=OFF + 3 * DAY)
    cut_off(city, "paid after it")
    city.pay("paid after it", OFF, "45.06")
    cut_off(city, "agreement kept")
    city.agree("agreement kept", OFF - 5 * DAY, [(OFF + 20 * DAY, "45.06")])
    cut_off(city, "agreement broken")
    city.agree("agreement broken", OFF - 25 * DAY, [(OFF - 2 * DAY, "20.00"), (OFF + 30 * DAY, "25.06")])
    city.dispute(cut_off(city, "disputed"), date(2025, 1, 10), "45.06")
    city.dispute(cut_off(city, "decided"), date(2025, 1, 10), "45.06", decided_on=OFF, outcome="denied")
    for account_id, ends_on in (("ill", OFF), ("well again", OFF - DAY)):
        cut_off(city, account_id)
        city.hold(account_id, "medical", OFF - 20 * DAY, ends_on)
    cut_off(city, "not told", is_told=False)
    cut_off(city, "told late", is_told=False)
    city.order("told late", "written_notice", OFF - 29 * DAY)
    city.order("told late", "hang_tag", OFF - 10 * DAY)
    cut_off(city, "owner not told", occupancy="tenant")
    city.account("restored")  # gives the build its as-of date
    city.bill("restored", date(2025, 12, 1), date(2025, 12, 11), "1.00")
    query = "SELECT account_id, finding, rule FROM intermediate.int_penalties__collection_findings"
    with city.warehouse(tmp_path_factory.mktemp("shutoffs"), FINDINGS) as warehouse:
        return set(warehouse.execute(query).fetchall())


@pytest.mark.rule("R42", "R43", "R48", "R50")
def test_shut_offs_against_policy_are_found_and_no_other(found):
    assert found == {
        ("a day early", "shutoff_too_early", "R42"),
        ("paid the day before", "shutoff_too_early", "R42"),
        ("agreement kept", "shutoff_under_agreement", "R48"),
        ("disputed", "shutoff_during_dispute", "R50"),
        ("ill", "shutoff_during_hold", "R42"),
        ("not told", "shutoff_without_notice", "R43"),
        ("told late", "shutoff_before_notice_ran", "R43"),
        ("owner not told", "shutoff_without_notice", "R43"),
    }


@pytest.mark.rule("R62", "R70")
def test_shut_offs_in_a_moratorium_and_on_a_void_notice_are_found(tmp_path):
    """Judged by what was known that day: the moratorium of shops was announced on 2 December."""
    city = City("independence")
    days = {
        "on the day it began": (date(2020, 12, 1), "commercial"),
        "once announced": (date(2020, 12, 2), "commercial"),
        "home before": (date(2020, 12, 6), "residential"),
        "home in it": (date(2021, 2, 15), "residential"),
        "home after it": (date(2021, 3, 2), "residential"),
    }
    for account_id, (off_on, customer_class) in days.items():
        city.account(account_id, customer_class=customer_class)
        city.bill(account_id, date(2020, 9, 1), date(2020, 9, 28), "200.00", service="electric")
        city.order(account_id, "written_notice", date(2020, 11, 10), effective_on=date(2020, 11, 24))
        city.order(account_id, "disconnect", off_on)
    city.pay("home in it", date(2022, 1, 1), "1.00")
    query = "SELECT account_id, finding FROM intermediate.int_penalties__collection_findings"
    with city.warehouse(tmp_path, FINDINGS) as warehouse:
        found = set(warehouse.execute(query).fetchall())
    assert found == {
        ("once announced", "shutoff_in_moratorium"),
        ("once announced", "shutoff_on_void_notice"),
        ("home in it", "shutoff_in_moratorium"),
        ("home in it", "shutoff_on_void_notice"),
        ("home after it", "shutoff_on_void_notice"),
    }


def collected(rows: dict, draw: random.Random) -> dict:
    """The rows with agreements, disputes, holds, notices and events on days near those of the history."""

    def day() -> date:
        return date(2021, 1, 5) + draw.randint(0, 220) * DAY

    more: dict[str, list[dict]] = {
        "agreements": [],
        "agreement_installments": [],
        "disputes": [],
        "holds": [],
    }
    more |= {"service_orders": [], "policy_events": []}
    for number, account in enumerate(rows["accounts"] * 2):
        account_id, key = account["account_id"], f"{account['account_id']}.{number}"
        common = {"account_id": account_id}
        signed_on = day()
        row = {"agreement_id": key, "signed_on": signed_on, "kind": "hardship", "amount": "60.00"}
        more["agreements"].append(common | row | {"ends_on": signed_on + 60 * DAY})
        for place in (1, 2):
            due_on = signed_on + 30 * place * DAY
            part = {"agreement_id": key, "installment_no": place, "due_on": due_on, "amount": "30.00"}
            more["agreement_installments"].append(part)
        starts_on = day()
        row = {"hold_id": key, "kind": draw.choice(("medical", "other")), "starts_on": starts_on}
        more["holds"].append(common | row | {"ends_on": starts_on + draw.randint(0, 60) * DAY})
        row = {
            "order_id": key,
            "kind": draw.choice(("written_notice", "hang_tag", "disconnect")),
            "ordered_on": day(),
        }
        more["service_orders"].append(common | row)
        mine = [
            bill for bill in rows["bills"] if bill["account_id"] == account_id and bill["kind"] == "regular"
        ]
        if mine:
            filed_on, bill_id = day(), draw.choice(mine)["bill_id"]
            row = {"dispute_id": key, "bill_id": bill_id, "filed_on": filed_on, "level": "collector"}
            row |= {"amount": "20.00", "decided_on": filed_on + draw.randint(0, 60) * DAY}
            more["disputes"].append(common | row)
    for version in range(2):
        starts_on, ends_on = date(2021, 3, 1), day() + 100 * DAY
        row = {"event_id": "E", "kind": "shutoff_moratorium", "starts_on": starts_on, "ends_on": ends_on}
        more["policy_events"].append(row | {"known_on": date(2021, 3, 1) + version * 60 * DAY})
    return rows | more


def known_by(rows: dict, on: date) -> dict:
    """The rows without what happened after a day. Money received and not yet posted has happened."""
    posted = posted_by(rows, on)
    bill_ids = {row["bill_id"] for row in posted["bills"]}
    agreements = [row for row in rows["agreements"] if row["signed_on"] <= on]
    names = {row["agreement_id"] for row in agreements}
    return posted | {
        "payments": [row for row in rows["payments"] if row["received_on"] <= on or row["posted_on"] <= on],
        "agreements": agreements,
        "agreement_installments": [
            row for row in rows["agreement_installments"] if row["agreement_id"] in names
        ],
        "disputes": [
            row | {"decided_on": row["decided_on"] if row["decided_on"] <= on else None}
            for row in rows["disputes"]
            if row["filed_on"] <= on and row["bill_id"] in bill_ids
        ],
        "holds": [row for row in rows["holds"] if row["starts_on"] <= on],
        "service_orders": [row for row in rows["service_orders"] if row["ordered_on"] <= on],
        "policy_events": [row for row in rows["policy_events"] if row["known_on"] <= on],
    }


def assert_nothing_later_counts(rows: dict, on: date) -> int:
    answers = []
    for delivered in (rows, known_by(rows, on)):
        with settlement_warehouse(delivered, ("disconnect_list_as_of",), as_of="2030-01-01") as warehouse:
            answers.append(listed(warehouse, on))
    assert answers[0] == answers[1]
    return len(answers[0])


@pytest.mark.rule("R42", "R48", "R50", "R62")
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=histories(), seed=st.integers(0, 1000), days=st.integers(60, 240))
def test_what_happens_later_changes_no_earlier_list(rows, seed, days):
    # a dispute of a bill that is not there yet cannot be delivered
    rows = collected(rows, random.Random(seed))
    billed_on = {row["bill_id"]: row["bill_date"] for row in rows["bills"]}
    rows["disputes"] = [row for row in rows["disputes"] if row["filed_on"] >= billed_on[row["bill_id"]]]
    assert_nothing_later_counts(rows, date(2021, 1, 1) + days * DAY)


@pytest.mark.rule("R42", "R62")
def test_the_list_of_many_accounts_stands_and_is_that_of_the_independent_bookkeeping():
    """Past due, oldest due date and balance of every account that is sixty days behind."""
    rows = collected(random_histories(7, accounts=150), random.Random(7))
    billed_on = {row["bill_id"]: row["bill_date"] for row in rows["bills"]}
    rows["disputes"] = [row for row in rows["disputes"] if row["filed_on"] >= billed_on[row["bill_id"]]]
    rows["service_orders"] = [row for row in rows["service_orders"] if row["kind"] != "disconnect"]
    assert assert_nothing_later_counts(rows, date(2021, 5, 15)) > 30
    parts = by_account({entity: rows[entity] for entity in COLUMNS})
    statements = {account_id: Statement(part, POLICY) for account_id, part in parts.items()}
    with settlement_warehouse(rows, ("disconnect_list_as_of",), as_of="2030-01-01") as warehouse:
        for on in (date(2021, 4, 1), date(2021, 5, 15), date(2021, 7, 31)):
            found = {
                name: (row["past_due_usd"], row["oldest_due_on"], row["balance_usd"])
                for name, row in listed(warehouse, on).items()
            }
            expected = {}
            for account_id, statement in statements.items():
                books = statement.open_at(on)
                late = [item for item in books.items if item.due_on is not None and item.due_on < on]
                if late and min(item.due_on for item in late) + 60 * DAY <= on:
                    oldest = min(item.due_on for item in late)
                    expected[account_id] = (sum(item.open for item in late), oldest, books.balance)
            assert found == expected and len(expected) > 20, on
