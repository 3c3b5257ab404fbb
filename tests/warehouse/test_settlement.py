"""Settlement in SQL against the cases with known answers and against the independent bookkeeping."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from tests.oracle import Statement
from tests.strategies import histories, random_histories
from tests.support.canonical import Rows, by_account, merged, posted_by
from tests.support.case_rows import aging_cases, late_fee_cases, settlement_cases
from tests.support.settlement_warehouse import (
    CASE_POLICY,
    POLICY,
    aging,
    by_posting,
    open_items,
    settlement_warehouse,
)

ZERO = Decimal("0.00")
CASES = settlement_cases() + aging_cases() + late_fee_cases()


@pytest.fixture(scope="module")
def case_warehouse():
    return settlement_warehouse(merged([case.rows for case in CASES]), policy=CASE_POLICY)


@pytest.mark.rule("R35", "R78", "R86")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.account_id)
def test_cases_with_known_answers(case_warehouse, case):
    assert case.answers
    for answer in case.answers:
        ages = aging(case_warehouse, answer.as_of)[case.account_id]
        if answer.open_by_posting is not None:
            found = by_posting(open_items(case_warehouse, answer.as_of)[case.account_id])
            assert found == {name: amount for name, amount in answer.open_by_posting.items() if amount}
        if answer.unapplied is not None:
            assert sum((row["unapplied_usd"] for row in ages.values()), ZERO) == answer.unapplied
        if answer.balance is not None:
            assert sum((row["total_usd"] for row in ages.values()), ZERO) == answer.balance
        for bucket, amount in (answer.buckets or {}).items():
            assert sum((row[bucket] for row in ages.values()), ZERO) == amount


def assert_agrees(rows: Rows, days_of) -> int:
    """SQL and oracle give the same open items, ages, credit and balance; returns how many account-days."""
    connection = settlement_warehouse(rows)
    statements = {account_id: Statement(part, POLICY) for account_id, part in by_account(rows).items()}
    compared = 0
    for as_of in days_of(statements):
        found, ages = open_items(connection, as_of), aging(connection, as_of)
        for account_id, statement in statements.items():
            expected = statement.open_at(as_of)
            assert found[account_id] == expected.by_due_date(), (account_id, as_of)
            services = ages[account_id]
            unapplied = sum((row["unapplied_usd"] for row in services.values()), ZERO)
            assert unapplied == expected.unapplied, (account_id, as_of)
            assert sum((row["total_usd"] for row in services.values()), ZERO) == expected.balance
            by_service = {
                service: {name: row[name] for name in row if name not in ("unapplied_usd", "total_usd")}
                for service, row in services.items()
                if row["total_usd"] + row["unapplied_usd"]
            }
            assert by_service == statement.aging_at(as_of), (account_id, as_of)
            compared += 1
    connection.close()
    return compared


def all_change_days(statements) -> list[date]:
    days = {day for statement in statements.values() for day in statement.change_days()}
    latest = max(days, default=date(2021, 1, 1))
    return sorted(days | {latest + timedelta(days=200)})


@pytest.mark.rule("R35", "R41", "R78", "R86", "R91")
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_sql_and_oracle_agree_on_any_history(rows):
    assert_agrees(rows, all_change_days)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sql_and_oracle_agree_on_many_accounts(seed):
    def some_days(statements):
        days = all_change_days(statements)
        return sorted(random.Random(seed).sample(days, min(25, len(days))))

    assert assert_agrees(random_histories(seed, 250), some_days) > 4000


def test_order_of_delivery_changes_nothing():
    rows = random_histories(7, 60)
    shuffled = {name: random.Random(7).sample(part, len(part)) for name, part in rows.items()}
    given_order, other_order = settlement_warehouse(rows), settlement_warehouse(shuffled)
    for as_of in (date(2021, 3, 1), date(2021, 6, 1), date(2022, 1, 1)):
        assert open_items(given_order, as_of) == open_items(other_order, as_of)
        assert aging(given_order, as_of) == aging(other_order, as_of)


@pytest.mark.parametrize("as_of", [date(2021, 2, 20), date(2021, 4, 15), date(2021, 7, 1)])
def test_what_happens_later_changes_no_earlier_answer(as_of):
    rows = random_histories(11, 120)
    everything, known_then = settlement_warehouse(rows), settlement_warehouse(posted_by(rows, as_of))
    assert open_items(everything, as_of) == open_items(known_then, as_of)
    assert aging(everything, as_of) == aging(known_then, as_of)
    assert open_items(everything, as_of)


def test_allocations_agree_with_the_oracle_and_explain_every_debit():
    rows = random_histories(5, 150)
    as_of = date(2021, 5, 1)
    connection = settlement_warehouse(
        rows, ("fct_allocations", "account_allocations_as_of"), as_of=str(as_of)
    )
    found: dict[str, dict[tuple[str, str], Decimal]] = {}
    pairs = (
        "SELECT account_id, credit_posting_id, debit_posting_id, sum(amount_usd) FROM marts.fct_allocations"
    )
    for account_id, credit, debit, amount in connection.execute(f"{pairs} GROUP BY ALL").fetchall():
        found.setdefault(account_id, {})[credit, debit.removesuffix(":excess")] = amount
    compared = 0
    for account_id, part in by_account(rows).items():
        expected: dict[tuple[str, str], Decimal] = {}
        for pair in Statement(part, POLICY).allocations_at(as_of):
            key = (pair.credit_posting_id, pair.debit_posting_id)
            expected[key] = expected.get(key, ZERO) + pair.amount
        assert found.get(account_id, {}) == expected, account_id
        compared += len(expected)
    assert compared > 300
    account_id = max(found, key=lambda name: len(found[name]))
    one_account = connection.execute(
        "SELECT sum(amount_usd) FROM marts.account_allocations_as_of($utility, $account, $as_of)",
        {"utility": "test_city", "account": account_id, "as_of": as_of},
    ).fetchone()
    assert one_account[0] == sum(found[account_id].values())
