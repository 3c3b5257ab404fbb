"""What was never delivered is not known: the month-end package says so instead of a zero."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from reports import receivable, reserves

MONTH_END = date(2025, 5, 31)
ZERO = Decimal("0.00")


def answers(*delivered: str) -> dict[str, pl.DataFrame]:
    """What a city's build answers that holds no deposit, and no allowance yet."""
    held = {"span": ["month", "year"], "holder_count": [0, 0]} | {
        name: [ZERO] * 2 for name in reserves.DEPOSITS
    }
    year = {"fiscal_year": [2025], "month_end_on": [MONTH_END], "open_usd": [Decimal("100.00")]}
    age = {"account_group": ["all"], "bucket": ["all"], "balance_usd": [Decimal("100.00")]}
    return {
        "deliveries": pl.DataFrame({"entity": [*delivered]}, schema={"entity": pl.String}),
        "deposits": pl.DataFrame(held),
        "allowance": pl.DataFrame(year | {name: [None] for name in reserves.ALLOWANCE}),
        "allowance_by_age": pl.DataFrame(age | {"lost_pct": [None], "allowance_usd": [None]}),
    }


@pytest.mark.parametrize(
    ("section", "entity", "known"),
    [
        (reserves.deposits, "deposits", "No deposit was held in this fiscal year."),
        (reserves.allowance, "adjustments", "On 31 May 2025 too few months were known to estimate it."),
    ],
)
def test_an_entity_that_was_not_delivered_is_named(section, entity, known):
    without, beside = answers("accounts", "bills"), answers("accounts", entity)
    assert section(beside.__getitem__, MONTH_END).sentence == known
    said = section(without.__getitem__, MONTH_END).sentence
    assert said.startswith("Not known") and entity in said


def test_unbilled_that_nobody_can_know_is_said():
    """Bills without days of service: no estimate, and no zero."""
    row = {
        "service_title": ["all"],
        "customer_class": ["all"],
        "is_complete": [False],
        "has_suspended_billing": [False],
    }
    rows = pl.DataFrame(row | {name: [ZERO] for name in receivable.UNBILLED} | {"known_unbilled_usd": [None]})
    assert receivable.unbilled(lambda _: rows, MONTH_END).sentence.startswith("Not known")
