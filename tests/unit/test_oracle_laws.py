"""What the bookkeeping of the tests must hold on any history, and the histories themselves."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle import Policy, Statement, replay
from tests.strategies import histories, random_histories
from tests.support.canonical import Rows, by_account, posted_by

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


def statements(rows: Rows) -> list[Statement]:
    return [Statement(account_rows, POLICY) for account_rows in by_account(rows).values()]


def days_to_ask(statement: Statement) -> list[date]:
    """The day before everything, and each day on which something changes."""
    days = statement.change_days()
    return [days[0] - timedelta(days=1), *days] if days else []


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
