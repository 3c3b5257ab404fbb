"""Penalties in SQL against the independent judge, on random accounts and the cases with known answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from tests.oracle import Policy
from tests.oracle.penalties import Event, Penalty, PenaltyPolicy, penalties_of
from tests.strategies_penalties import penalty_histories, random_penalty_histories
from tests.support.canonical import Rows, by_account
from tests.support.penalty_warehouse import penalties, penalty_warehouse

ZERO = Decimal("0.00")
AS_OF = date(2022, 3, 1)
SERVICES = ("electric", "water", "sewer")
PLAIN = PenaltyPolicy(order=Policy(service_rank=("account", *SERVICES)))
# They begin and end inside billing cycles, and one of them overlaps the end of another.
WAIVERS = (
    Event("spring", date(2021, 2, 10), date(2021, 3, 5)),
    Event("business", date(2021, 4, 3), date(2021, 5, 20), customer_classes=frozenset({"commercial"})),
    Event("summer", date(2021, 5, 12), date(2021, 6, 15)),
)
WATER = (Event("water", date(2021, 2, 1), date(2021, 5, 1), services=frozenset({"water"})),)
FULL = replace(PLAIN, waivers=WAIVERS, draft_outages=(Event("o", date(2021, 3, 10), date(2021, 3, 31)),))
POLICIES = {
    "compounding": FULL,
    "simple": replace(FULL, compounding="simple", base="past_due", percent=Decimal("5"), includes_fees=False),
    "once_per_bill": replace(FULL, compounding="once_per_bill"),
    "once_past_due": replace(FULL, compounding="once_per_bill", base="past_due", includes_fees=False),
    "of_the_bill": replace(FULL, base="bill", minimum_usd=Decimal("2.00")),
    "flat": replace(
        FULL, percent=None, flat_usd=Decimal("7.50"), base_floor_usd=Decimal("10.00"), waivers=WAIVERS[:1]
    ),
    "by_posting": replace(
        FULL, timely_by="posted_on", on_disputed_part=True, after_late_return="none",
        customer_classes=frozenset({"residential"}),
    ),
    "no_new_charges": replace(FULL, on_new_charges_under_agreement=False, grace_days=0),
    "on_agreed": replace(FULL, on_agreed_balance=True, percent=Decimal("1.5")),
    "extended": replace(
        FULL, extensions=(Event("x", date(2021, 2, 1), date(2021, 2, 28), extension_days=14),)
    ),
}  # fmt: skip
COMPARED = ("expected_usd", "base_usd", "shadow_usd")


def compare(cities: dict[str, tuple[PenaltyPolicy, Rows]]) -> Counter:
    """SQL and the judge agree on every bill of every city; returns how often what was seen."""
    connection = penalty_warehouse(cities, AS_OF)
    seen: Counter = Counter()
    for city, (policy, rows) in cities.items():
        found = penalties(connection, city)
        for account_id, own in by_account(rows).items():
            expected = penalties_of(own, policy, AS_OF)
            for bill in own["bills"]:
                row, one = found.pop(bill["bill_id"], None), expected.get(bill["bill_id"])
                where = (city, account_id, bill["bill_id"], row and row["penalty_on"])
                assert row is not None or one is None, where
                if row is not None:
                    assert_same(row, one, where)
                if one is not None:
                    count(seen, one)
        assert not found, (city, sorted(found))
    connection.close()
    return seen


def assert_same(row: dict, one: Penalty | None, where: tuple) -> None:
    sql = {name: row[name] for name in COMPARED}
    judge = {name: ZERO if one is None else getattr(one, name) for name in COMPARED}
    assert sql == judge, (*where, one)


def count(seen: Counter, one: Penalty) -> None:
    seen["bills"] += 1
    seen["penalised"] += one.expected_usd > 0
    seen["waived"] += one.shadow_usd > 0
    seen["compounded"] += one.shadow_base_usd > one.base_usd
    seen["agreed"] += one.base.agreed_usd > 0
    seen["disputed"] += one.base.disputed_usd > 0
    seen["pending"] += one.base.pending_usd > 0
    seen["late returns"] += one.returned_on is not None


@pytest.mark.rule("R27", "R28", "R29", "R30", "R34", "R35", "R46", "R48", "R50", "R60", "R65")
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(penalty_histories())
def test_sql_and_judge_agree_on_any_history(rows):
    compare({city: (policy, rows) for city, policy in POLICIES.items()})


@pytest.mark.rule("R27", "R28", "R29", "R30", "R34", "R35", "R46", "R48", "R50", "R60", "R65")
@pytest.mark.parametrize("seed", [1, 2])
def test_sql_and_judge_agree_on_many_accounts(seed):
    seen = compare(
        {
            city: (policy, random_penalty_histories(seed * 100 + number, 60))
            for number, (city, policy) in enumerate(POLICIES.items())
        }
    )
    assert seen["bills"] > 1500 and seen["penalised"] > 500
    assert min(seen.values()) > 15, seen


@pytest.mark.rule("R60")
def test_sql_and_judge_agree_on_a_waiver_of_one_service():
    """Without agreements, disputes and late returns: of which services what is taken off is no rule says."""
    put_off = dict.fromkeys(("agreements", "agreement_installments", "disputes"), [])
    rows = random_penalty_histories(7, 60) | put_off
    plain = replace(PLAIN, waivers=WATER, after_late_return="none")
    modes = {mode: replace(plain, compounding=mode) for mode in ("simple", "once_per_bill")}
    seen = compare({mode: (policy, rows) for mode, policy in modes.items()})
    assert seen["waived"] > 20
