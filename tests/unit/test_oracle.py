"""The bookkeeping that judges production is judged: by known answers, by its own laws, and by a replay."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle import Policy, Statement, replay
from tests.strategies import histories, random_histories
from tests.support.canonical import Rows, add, by_account, empty_rows, posted_by
from tests.support.case_rows import Case, aging_cases, late_fee_cases, settlement_cases

POLICY = Policy(service_rank=("sewer", "water", "electric", "account"))
LIGHT = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ZERO = Decimal("0.00")
# fmt: off
EVENTS = {
    "regular", "final", "cancel", "rebill", "penalty", "penalty_waiver", "returned_payment_fee",
    "disconnect_fee", "reconnect_fee", "other_charge", "fee_waiver", "leak_credit", "assistance",
    "rebate", "write_off", "recovery", "refund", "deposit_applied", "balance_transfer", "opening_balance",
    "interest", "correction",
}
# fmt: on


def usd(text: str) -> Decimal:
    return Decimal(text)


def statements(rows: Rows) -> list[Statement]:
    return [Statement(account_rows, POLICY) for account_rows in by_account(rows).values()]


def days_to_ask(statement: Statement) -> list[date]:
    """The day before everything, and each day on which something changes."""
    days = statement.change_days()
    return [days[0] - timedelta(days=1), *days] if days else []


# Known answers


@pytest.mark.parametrize(
    "case", settlement_cases() + aging_cases() + late_fee_cases(), ids=lambda case: case.account_id
)
def test_cases_with_known_answers(case: Case):
    statement = Statement(case.rows, POLICY)
    assert case.answers
    for answer in case.answers:
        found = statement.open_at(answer.as_of)
        if answer.open_by_posting is not None:
            assert found.by_posting() == answer.open_by_posting
        if answer.unapplied is not None:
            assert found.unapplied == answer.unapplied
        if answer.balance is not None:
            assert found.balance == answer.balance
        if answer.buckets is not None:
            by_bucket = Counter()
            for buckets in statement.aging_at(answer.as_of).values():
                by_bucket.update(buckets)
            assert {bucket: amount for bucket, amount in by_bucket.items() if amount} == answer.buckets


@pytest.mark.rule("R35")
def test_days_past_due_of_the_returned_payment():
    """The two returns of the design's table: 4 days past due after a second payment, 5 without one."""
    for name, as_of, days in (
        ("return_after_payment", date(2025, 2, 20), 4),
        ("ordinary_return", date(2025, 1, 21), 5),
    ):
        (case,) = [case for case in settlement_cases() if case.account_id == name]
        statement = Statement(case.rows, POLICY)
        bill, fee = statement.open_at(as_of).items
        assert ((as_of - bill.due_on).days, (as_of - fee.due_on).days) == (days, 0)
        assert statement.aging_at(as_of)["sewer"]["d1_30_usd"] == usd("45.06")
        assert statement.aging_at(as_of)["account"]["not_yet_due_usd"] == usd("25.00")


@pytest.mark.parametrize(
    ("days_past_due", "bucket"),
    [
        (-5, "not_yet_due_usd"),
        (0, "not_yet_due_usd"),
        (1, "d1_30_usd"),
        (30, "d1_30_usd"),
        (31, "d31_60_usd"),
        (60, "d31_60_usd"),
        (61, "d61_90_usd"),
        (90, "d61_90_usd"),
        (91, "d91_120_usd"),
        (120, "d91_120_usd"),
        (121, "over_120_usd"),
    ],
)
def test_bucket_edges(days_past_due: int, bucket: str):
    case = Case("edges")
    case.bill("B1", date(2024, 1, 1), date(2024, 1, 21), "water", usd("10.00"))
    statement = Statement(case.rows, POLICY)
    aging = statement.aging_at(date(2024, 1, 21) + timedelta(days=days_past_due))
    assert {name for name, amount in aging["water"].items() if amount} == {bucket}


# Single rules


def account_with_bill(kind: str = "regular") -> Case:
    case = Case("A")
    case.bill("B1", date(2024, 1, 1), date(2024, 1, 21), "water", usd("40.00"), kind)
    case.bill("B1", date(2024, 1, 1), date(2024, 1, 21), "sewer", usd("30.00"), kind)
    return case


def open_at(case: Case, as_of: date) -> dict[str, Decimal]:
    prefix = f"{case.account_id}."
    found = Statement(case.rows, POLICY).open_at(as_of).by_posting()
    return {posting_id.replace(prefix, ""): amount for posting_id, amount in found.items()}


def test_a_penalty_is_last_and_not_due_until_the_next_bill_gives_it_a_due_date():
    case = account_with_bill()
    case.adjust("L1", date(2024, 1, 25), "penalty", usd("7.00"))
    case.bill("B2", date(2024, 2, 1), date(2024, 2, 21), "water", usd("40.00"))
    statement = Statement(case.rows, POLICY)
    assert [item.due_on for item in statement.open_at(date(2024, 1, 31)).items][-1] is None
    assert statement.aging_at(date(2024, 1, 31))["account"]["not_yet_due_usd"] == usd("7.00")
    known = {item.debit_id: item.due_on for item in statement.open_at(date(2024, 2, 1)).items}
    assert known[("adjustment", "A.L1")] == date(2024, 2, 21)
    assert [item.kind for item in statement.open_at(date(2024, 2, 1)).items] == [
        "charge",
        "charge",
        "penalty",
        "charge",
    ]


@pytest.mark.rule("R91")
def test_after_a_final_bill_a_fee_is_due_on_its_posting_date():
    case = account_with_bill("final")
    case.adjust("on-the-day", date(2024, 1, 1), "disconnect_fee", usd("5.00"))
    case.adjust("after", date(2024, 1, 2), "disconnect_fee", usd("5.00"))
    due = {
        item.debit_id: item.due_on for item in Statement(case.rows, POLICY).open_at(date(2024, 1, 2)).items
    }
    assert due[("adjustment", "A.on-the-day")] == date(2024, 1, 21)
    assert due[("adjustment", "A.after")] == date(2024, 1, 2)


def test_named_credits_with_a_service_go_first_and_the_excess_is_ordinary():
    case = account_with_bill()
    case.bill("B2", date(2024, 2, 1), date(2024, 2, 21), "water", usd("40.00"))
    case.adjust("any", date(2024, 1, 5), "leak_credit", usd("-50.00"), names_bill="B1")
    case.adjust("water", date(2024, 1, 6), "leak_credit", usd("-45.00"), names_bill="B1")
    case.rows["adjustments"][-1]["service"] = "water"
    assert open_at(case, date(2024, 1, 5)) == {"bill:B1:water": usd("20.00")}
    assert open_at(case, date(2024, 1, 6)) == {}
    assert open_at(case, date(2024, 2, 1)) == {"bill:B2:water": usd("15.00")}


def test_waivers_fit_their_class_only():
    case = account_with_bill()
    case.adjust("L1", date(2024, 1, 25), "penalty", usd("7.00"), names_bill="B1", due_on=date(2024, 1, 25))
    case.adjust("W1", date(2024, 1, 26), "penalty_waiver", usd("-7.00"), names_bill="B1")
    assert open_at(case, date(2024, 1, 26)) == {"bill:B1:sewer": usd("30.00"), "bill:B1:water": usd("40.00")}
    case.adjust("W2", date(2024, 1, 27), "fee_waiver", usd("-4.00"), names_bill="B1")
    assert open_at(case, date(2024, 1, 27)) == {"bill:B1:sewer": usd("26.00"), "bill:B1:water": usd("40.00")}


def test_a_credit_that_names_a_coming_bill_is_ordinary_until_then():
    case = account_with_bill()
    case.pay("P1", date(2024, 1, 10), usd("20.00"), names_bill="B2")
    case.bill("B2", date(2024, 2, 1), date(2024, 2, 21), "water", usd("40.00"))
    assert open_at(case, date(2024, 1, 31)) == {"bill:B1:sewer": usd("10.00"), "bill:B1:water": usd("40.00")}
    assert open_at(case, date(2024, 2, 1))["bill:B1:sewer"] == usd("30.00")
    assert open_at(case, date(2024, 2, 1))["bill:B2:water"] == usd("20.00")


def test_a_service_below_zero_is_a_credit_of_the_bill_date():
    case = account_with_bill()
    case.bill("B2", date(2024, 2, 1), date(2024, 2, 21), "water", usd("-12.00"))
    assert open_at(case, date(2024, 1, 31))["bill:B1:sewer"] == usd("30.00")
    assert open_at(case, date(2024, 2, 1))["bill:B1:sewer"] == usd("18.00")


def test_cancelling_a_bill_with_a_credit_line_reinstates_the_debt():
    case = account_with_bill()
    case.bill("B1", date(2024, 1, 1), date(2024, 1, 21), "electric", usd("-12.00"))
    case.cancel("B1", date(2024, 1, 15))
    statement = Statement(case.rows, POLICY)
    assert open_at(case, date(2024, 1, 15)) == {}
    assert statement.open_at(date(2024, 1, 15)).balance == ZERO
    assert ("bill:A.B1:electric", "bill:A.cancel-B1:electric", usd("12.00")) in [
        (pair.credit_posting_id, pair.debit_posting_id, pair.amount)
        for pair in statement.allocations_at(date(2024, 1, 15))
    ]


def test_a_partial_cancel_with_charges_takes_off_what_it_says():
    case = account_with_bill()
    case.cancel("B1", date(2024, 1, 15))
    add(
        case.rows,
        "charges",
        charge_id="c",
        bill_id="A.cancel-B1",
        account_id="A",
        service="water",
        amount=usd("-15.00"),
    )
    assert open_at(case, date(2024, 1, 15)) == {"bill:B1:sewer": usd("30.00"), "bill:B1:water": usd("25.00")}


def test_returns_beyond_the_payment_or_without_one_are_debits_of_their_own_date():
    rows = empty_rows()
    add(rows, "payments", payment_id="P", account_id="A", posted_on=date(2024, 1, 10), amount=usd("30.00"))
    for return_id, payment_id, returned_on, amount in (
        ("R1", "P", date(2024, 1, 5), "20.00"),
        ("R2", "P", date(2024, 1, 12), "20.00"),
        ("R3", "unknown", date(2024, 1, 13), "4.00"),
    ):
        add(
            rows,
            "payment_returns",
            return_id=return_id,
            payment_id=payment_id,
            returned_on=returned_on,
            amount=usd(amount),
        )
    statement = Statement(rows, POLICY)
    assert statement.open_at(date(2024, 1, 9)).balance == ZERO
    assert statement.open_at(date(2024, 1, 10)).unapplied == usd("10.00")
    last = statement.open_at(date(2024, 1, 13))
    assert [(item.debit_id, item.due_on, item.open) for item in last.items] == [
        (("return", "R2"), date(2024, 1, 12), usd("10.00")),
        (("return", "R3"), date(2024, 1, 13), usd("4.00")),
    ]


def test_ranks_decide_within_one_due_date_and_posting_day():
    case = account_with_bill()
    for label, kind in (("R", "refund"), ("C", "other_charge"), ("L", "penalty"), ("F", "reconnect_fee")):
        case.adjust(label, date(2024, 1, 1), kind, usd("1.00"), due_on=date(2024, 1, 21))
    queue = [item.posting_id for item in Statement(case.rows, POLICY).open_at(date(2024, 1, 1)).items]
    assert queue == [
        "adjustment:A.F",
        "adjustment:A.L",
        "bill:A.B1:sewer",
        "bill:A.B1:water",
        "adjustment:A.C",
        "adjustment:A.R",
    ]


def due_dates(case: Case, as_of: date) -> dict[str, date | None]:
    items = Statement(case.rows, POLICY).open_at(as_of).items
    return {item.debit_id[1].removeprefix("A."): item.due_on for item in items}


def test_the_next_bill_of_a_penalty_is_no_cancel_bill():
    case = account_with_bill()
    case.adjust("L1", date(2024, 1, 5), "penalty", usd("7.00"))
    case.cancel("B1", date(2024, 1, 10))
    case.bill("B2", date(2024, 1, 12), date(2024, 2, 2), "water", usd("40.00"), "rebill")
    assert due_dates(case, date(2024, 1, 11)) == {"L1": None}
    assert due_dates(case, date(2024, 1, 12)) == {"L1": date(2024, 2, 2), "B2": date(2024, 2, 2)}


def test_a_rebill_after_the_final_bill_does_not_reopen_the_account():
    case = account_with_bill("final")
    case.bill("B2", date(2024, 1, 12), date(2024, 2, 2), "water", usd("40.00"), "rebill")
    case.adjust("F1", date(2024, 1, 15), "reconnect_fee", usd("7.00"))
    case.bill("B3", date(2024, 3, 1), date(2024, 3, 22), "water", usd("40.00"))
    case.adjust("F2", date(2024, 3, 2), "reconnect_fee", usd("7.00"))
    due = due_dates(case, date(2024, 3, 2))
    assert (due["F1"], due["F2"]) == (date(2024, 1, 15), None)


@pytest.mark.rule("R91")
def test_other_debits_are_due_when_stated_else_as_first_due_else_when_posted():
    case = Case("A")
    for label, kind, values in (
        ("T1", "balance_transfer", {"origin_due_on": date(2023, 11, 20)}),
        ("T2", "balance_transfer", {}),
        ("O1", "other_charge", {"due_on": date(2024, 1, 30), "origin_due_on": date(2023, 11, 20)}),
    ):
        case.adjust(label, date(2024, 1, 5), kind, usd("7.00"))
        case.rows["adjustments"][-1].update(values)
    assert due_dates(case, date(2024, 1, 5)) == {
        "T1": date(2023, 11, 20),
        "T2": date(2024, 1, 5),
        "O1": date(2024, 1, 30),
    }


def test_a_refund_fits_no_named_credit():
    case = account_with_bill()
    case.adjust("R1", date(2024, 1, 5), "refund", usd("50.00"), names_bill="B1", due_on=date(2024, 1, 5))
    case.adjust("K1", date(2024, 1, 6), "leak_credit", usd("-75.00"), names_bill="B1")
    assert open_at(case, date(2024, 1, 6)) == {"adjustment:R1": usd("45.00")}


def test_a_named_credit_with_a_service_leaves_the_others_alone():
    case = account_with_bill()
    case.adjust("K1", date(2024, 1, 6), "leak_credit", usd("-15.00"), names_bill="B1")
    case.rows["adjustments"][-1]["service"] = "water"
    assert open_at(case, date(2024, 1, 6)) == {"bill:B1:sewer": usd("30.00"), "bill:B1:water": usd("25.00")}


def test_pairs_follow_the_posting_day_of_the_credits_then_their_id():
    case = account_with_bill()
    case.pay("P9", date(2024, 1, 10), usd("25.00"))
    case.pay("P2", date(2024, 1, 11), usd("25.00"))
    case.pay("P10", date(2024, 1, 11), usd("25.00"))
    pairs = Statement(case.rows, POLICY).allocations_at(date(2024, 1, 11))
    assert [(pair.credit_posting_id, pair.debit_posting_id, pair.amount) for pair in pairs] == [
        ("payment:A.P9", "bill:A.B1:sewer", usd("25.00")),
        ("payment:A.P10", "bill:A.B1:sewer", usd("5.00")),
        ("payment:A.P10", "bill:A.B1:water", usd("20.00")),
        ("payment:A.P2", "bill:A.B1:water", usd("20.00")),
    ]


# Laws, on random histories


def ledger_sum(rows: Rows, as_of: date) -> Decimal:
    """What the rows add up to by a day, straight from the amounts."""
    known = posted_by(rows, as_of)
    by_bill = Counter()
    for charge in known["charges"]:
        by_bill[charge["bill_id"]] += charge["amount"]
    total = sum(by_bill.values(), ZERO)
    total -= sum(
        (
            by_bill[bill["cancels_bill_id"]]
            for bill in known["bills"]
            if bill["kind"] == "cancel" and bill["bill_id"] not in by_bill
        ),
        ZERO,
    )
    for entity, sign in (("adjustments", 1), ("payments", -1), ("payment_returns", 1)):
        total += sign * sum((row["amount"] for row in known[entity]), ZERO)
    return total


@LIGHT
@given(rows=histories())
def test_open_less_unapplied_is_the_sum_of_the_postings(rows: Rows):
    for account_rows in by_account(rows).values():
        statement = Statement(account_rows, POLICY)
        for day in days_to_ask(statement):
            found = statement.open_at(day)
            assert sum((item.open for item in found.items), ZERO) - found.unapplied == found.balance
            assert found.balance == ledger_sum(account_rows, day)
            aged = sum((sum(buckets.values()) for buckets in statement.aging_at(day).values()), ZERO)
            assert aged == found.balance + found.unapplied


@LIGHT
@given(rows=histories(), random=st.randoms(use_true_random=False))
def test_what_is_dated_later_changes_nothing(rows: Rows, random: Random):
    for account_rows in by_account(rows).values():
        whole = Statement(account_rows, POLICY)
        days = days_to_ask(whole)
        for day in random.sample(days, min(4, len(days))):
            as_known_then = Statement(posted_by(account_rows, day), POLICY)
            assert as_known_then.open_at(day) == whole.open_at(day)
            assert as_known_then.allocations_at(day) == whole.allocations_at(day)


@LIGHT
@given(rows=histories(max_bills=4), random=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_irrelevant(rows: Rows, random: Random):
    for account_rows in by_account(rows).values():
        shuffled = {
            entity: random.sample(entity_rows, len(entity_rows))
            for entity, entity_rows in account_rows.items()
        }
        first, second = Statement(account_rows, POLICY), Statement(shuffled, POLICY)
        for day in days_to_ask(first)[-3:]:
            assert first.open_at(day) == second.open_at(day)
            assert first.allocations_at(day) == second.allocations_at(day)


def check_pairs(statement: Statement, day: date) -> None:
    """Pairs and the open amount make up each debit; pairs and the unapplied credit all credits."""
    found = statement.open_at(day)
    left = found.by_posting()
    debits = Counter()
    for debit in statement.debits:
        if debit.posted_on <= day:
            debits[debit.posting_id] += debit.amount
    credits = {credit.posting_id: credit for credit in statement.credits if credit.posted_on <= day}
    paid, used = Counter(), Counter()
    for pair in statement.allocations_at(day):
        assert pair.amount > 0
        paid[pair.debit_posting_id] += pair.amount
        used[pair.credit_posting_id] += pair.amount
    for posting_id, amount in debits.items():
        assert paid[posting_id] + left.get(posting_id, ZERO) == amount
    assert all(used[posting_id] <= credit.surviving_at(day) for posting_id, credit in credits.items())
    surviving = sum((credit.surviving_at(day) for credit in credits.values()), ZERO)
    assert surviving - sum(used.values()) == found.unapplied


@LIGHT
@given(rows=histories())
def test_pairs_and_open_make_up_every_debit(rows: Rows):
    for statement in statements(rows):
        for day in days_to_ask(statement):
            check_pairs(statement, day)


def check_replay(statement: Statement) -> None:
    for day, (open_by_posting, unapplied) in replay(statement).items():
        found = statement.open_at(day)
        assert found.by_posting() == open_by_posting
        assert found.unapplied == unapplied


@LIGHT
@given(rows=histories())
def test_a_replay_day_by_day_agrees(rows: Rows):
    for statement in statements(rows):
        check_replay(statement)


def test_bulk_histories_agree_with_the_replay():
    for statement in statements(random_histories(seed=20210101, accounts=300)):
        check_replay(statement)


# The histories themselves


def test_bulk_histories_are_reproducible():
    assert random_histories(seed=5, accounts=20) == random_histories(seed=5, accounts=20)
    assert random_histories(seed=5, accounts=20) != random_histories(seed=6, accounts=20)


def test_histories_are_valid_by_the_contract():
    rows = random_histories(seed=11, accounts=200)
    keys = {
        entity: [row[next(iter(row))] for row in entity_rows]
        for entity, entity_rows in rows.items()
        if entity_rows
    }
    assert all(len(ids) == len(set(ids)) for ids in keys.values())
    account_of_bill = {bill["bill_id"]: bill["account_id"] for bill in rows["bills"]}
    payments = {payment["payment_id"]: payment for payment in rows["payments"]}
    for entity in ("charges", "adjustments", "payments"):
        for row in rows[entity]:
            assert row["bill_id"] is None or account_of_bill[row["bill_id"]] == row["account_id"]
    for adjustment in rows["adjustments"]:
        if adjustment["kind"] in ("penalty", "refund", "recovery", "other_charge") or adjustment[
            "kind"
        ].endswith("_fee"):
            assert adjustment["amount"] >= 0
        elif adjustment["kind"] not in ("balance_transfer", "opening_balance", "interest", "correction"):
            assert adjustment["amount"] <= 0
    returned = Counter()
    for row in rows["payment_returns"]:
        returned[row["payment_id"]] += row["amount"]
        assert (
            payments[row["payment_id"]]["posted_on"]
            <= row["returned_on"]
            <= (row["posted_on"] or row["returned_on"])
        )
    assert all(amount <= payments[payment_id]["amount"] for payment_id, amount in returned.items())
    assert all(payment["amount"] > 0 for payment in payments.values())


def test_histories_hold_every_kind_of_event():
    rows = random_histories(seed=3, accounts=200)
    bills = {bill["bill_id"]: bill for bill in rows["bills"]}
    charged = {charge["bill_id"] for charge in rows["charges"]}
    cancels = [bill for bill in rows["bills"] if bill["kind"] == "cancel"]
    seen = Counter(bill["kind"] for bill in rows["bills"])
    seen.update(adjustment["kind"] for adjustment in rows["adjustments"])
    seen["cancel with charges"] = sum(bill["bill_id"] in charged for bill in cancels)
    seen["cancel without charges"] = sum(bill["bill_id"] not in charged for bill in cancels)
    seen["named payment"] = sum(payment["bill_id"] is not None for payment in rows["payments"])
    seen["named before its bill"] = sum(
        row["bill_id"] is not None and row["posted_on"] < bills[row["bill_id"]]["bill_date"]
        for row in rows["payments"] + rows["adjustments"]
    )
    seen["several returns"] = sum(
        count > 1 for count in Counter(row["payment_id"] for row in rows["payment_returns"]).values()
    )
    statements_of_all = statements(rows)
    queue_days = [
        (statement, statement.change_days()[-1]) for statement in statements_of_all if statement.change_days()
    ]
    seen["credit line of a bill"] = sum(
        credit.posting_id.startswith("bill:") and credit.bill_id is None
        for statement in statements_of_all
        for credit in statement.credits
    )
    seen["unapplied at the end"] = sum(statement.open_at(day).unapplied > 0 for statement, day in queue_days)
    seen["due date never known"] = sum(
        debit.due_on is None for one in statements_of_all for debit in one.debits
    )
    seen["part of a level bill's debit"] = sum(
        debit.part_no > 1 for one in statements_of_all for debit in one.debits
    )
    seen["cancelled level bill"] = sum(
        bills[bill["cancels_bill_id"]]["budget_amount"] is not None for bill in cancels
    )
    few = {name: seen[name] for name in {*EVENTS, *seen} if seen[name] < 5}
    assert not few
