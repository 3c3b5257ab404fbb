"""Revenue at existing rates of the small cities as published."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from ratehouse import publish
from ratehouse.warehouse import connect

STEPS = "SELECT utility_id, service, customer_class, step, amount_usd FROM marts.rpt_existing_revenue"
PROOF = """
    SELECT utility_id, service, customer_class, billed_revenue_usd FROM marts.rpt_proof_of_revenue
    WHERE component = 'all' AND customer_class != 'all' AND (utility_id, fiscal_year) IN (
        SELECT (utility_id, test_year) FROM marts.rpt_existing_revenue
    )
"""


@pytest.fixture(scope="module")
def published(demo_workspace):
    with connect(publish.required_build(demo_workspace), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def steps(published) -> dict[tuple, dict[str, Decimal]]:
    found: dict[tuple, dict[str, Decimal]] = defaultdict(dict)
    for *key, step, amount in published.execute(STEPS).fetchall():
        found[tuple(key)][step] = amount
    return found


def test_steps_begin_at_the_proof_of_revenue_and_add_up(published, steps):
    services = {(utility, service) for utility, service, _ in steps}
    assert services == {("warrensburg", "sewer")} | {
        ("independence", service) for service in ("electric", "water", "sewer")
    }
    proof = {tuple(key): amount for *key, amount in published.execute(PROOF).fetchall()}
    assert {key: amounts["billed"] for key, amounts in steps.items()} == proof
    for key, amounts in steps.items():
        parts = [amount for step, amount in amounts.items() if step != "existing"]
        assert sum(parts) == amounts["existing"] > 0, key


def test_only_new_rates_and_days_move_what_right_bills_say(steps):
    """Independence changed no rates of water or sewer since its test year began; Warrensburg raised them."""
    for (utility, service, _), amounts in steps.items():
        assert amounts["not_in_tariff"] == amounts["as_billed"] == amounts["billed_twice"] == 0
        if utility == "independence" and service != "electric":
            assert amounts["rates_in_force"] == 0
        if utility == "warrensburg":
            assert amounts["rates_in_force"] > 0
        assert abs(amounts["normal_year"]) < amounts["existing"] / 50


def test_weights_of_every_fund_fall_from_month_to_month(published):
    rows = published.execute(
        "SELECT utility_id, fund, list(weight ORDER BY effective_month) "
        "FROM intermediate.int_finance__effective_weights GROUP BY 1, 2"
    ).fetchall()
    found = {(utility, fund): weights for utility, fund, weights in rows}
    assert len(found) == 4
    for key, weights in found.items():
        assert weights == sorted(weights, reverse=True), key
        assert len(set(weights)) == 12, key
        # Sewer in Warrensburg has its rates by day of use: bills of the first weeks are for days before.
        assert (weights[0] == 1) == (key[0] == "independence"), key
