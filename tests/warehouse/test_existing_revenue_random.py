"""Random cities: the steps to revenue at existing rates against a second reckoning, bill by bill."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.existing import Existing, Year, cents, existing, revenue
from tests.support.models import warehouse_in_memory
from tests.support.random_city import City, merged
from tests.warehouse.test_repricing import MANY, fiscal_year, random_cities

TARGETS = ("rpt_existing_revenue", "int_finance__test_years", "rpt_proof_of_revenue")
STEPS = """
    SELECT utility_id, service, customer_class, step, amount_usd, fixed_usd, volumetric_usd
    FROM marts.rpt_existing_revenue
"""
Key = tuple[str, str, str]


def reckoned(city: City, year: Year) -> tuple[dict[Key, Decimal], dict[Key, Existing]]:
    """By class: bills of the year recomputed, cancelled ones taken off; and what stands, by days."""
    dated: dict[Key, Decimal] = defaultdict(Decimal)
    stands: dict[Key, Existing] = defaultdict(Existing)
    for (bill_id, service), (tariff, bill) in city.bills.items():
        group = "commercial" if bill.tariff_class == "commercial" else "residential"
        key = (city.utility_id, service, group)
        amount = sum(map(revenue, tariff.price(bill)), Decimal(0))
        cancelled_on = city.cancelled_on.get(bill_id)
        if fiscal_year(bill.billed_on) == year.last.year:
            dated[key] += amount
        if cancelled_on and fiscal_year(cancelled_on) == year.last.year:
            dated[key] -= amount
        if bill.billed_on <= year.as_of and not (cancelled_on and cancelled_on <= year.as_of):
            stands[key] += existing(tariff, bill, year)
    return dated, stands


@MANY
@given(st.integers(min_value=0))
def test_the_steps_are_those_of_a_second_reckoning(seed):
    cities = random_cities(seed)
    connection = warehouse_in_memory(merged(cities), TARGETS)
    years = {
        utility: Year(first, last, as_of)
        for utility, first, last, as_of in connection.execute(
            "SELECT utility_id, from_on, through_on, as_of_on FROM intermediate.int_finance__test_years"
        ).fetchall()
    }
    steps: dict[Key, dict[str, tuple]] = defaultdict(dict)
    for *key, step, amount, fixed, volumetric in connection.execute(STEPS).fetchall():
        steps[tuple(key)][step] = (amount, fixed, volumetric)
    billed = {
        tuple(key): amount
        for *key, amount in connection.execute(
            "SELECT utility_id, service, customer_class, billed_revenue_usd FROM marts.rpt_proof_of_revenue "
            "INNER JOIN intermediate.int_finance__test_years USING (utility_id) "
            "WHERE fiscal_year = test_year AND component = 'all'"
        ).fetchall()
    }
    assert years and steps
    for city in cities:
        if city.utility_id not in years:
            continue
        dated, stands = reckoned(city, years[city.utility_id])
        for key in dated.keys() | stands.keys():
            if key not in steps:
                assert not dated[key] and stands[key] == Existing(), key
                continue
            amounts = {step: amount for step, (amount, _, _) in steps.pop(key).items()}
            run = amounts["billed"]
            assert run == billed.get(key, 0), key
            run += amounts["not_in_tariff"] + amounts["bill_errors"]
            assert run == dated[key], key
            run += amounts["billed_twice"] + amounts["service_days"]
            assert run == cents(stands[key].earned), key
            run += amounts["rates_in_force"]
            assert run == cents(stands[key].priced), key
            run += amounts["normal_year"]
            assert run == cents(stands[key].fixed) + cents(stands[key].volumetric), key
            assert amounts["not_in_tariff"] == amounts["as_billed"] == amounts["billed_twice"] == 0
            assert amounts["existing"] == run, key
    assert not steps
    connection.close()
