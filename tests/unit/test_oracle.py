"""The bookkeeping that judges production is judged: by known answers, by its own laws, and by a replay."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.oracle import Policy, Statement
from tests.support.canonical import add, empty_rows
from tests.support.case_rows import Case, aging_cases, late_fee_cases, settlement_cases

POLICY = Policy(service_rank=("sewer", "water", "electric", "account"))
ZERO = Decimal("0.00")


def usd(text: str) -> Decimal:
    return Decimal(text)


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
