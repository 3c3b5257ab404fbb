"""Bills recomputed from raw rows by the warehouse, against the independent pricing, for random cities."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.models import warehouse_in_memory
from tests.support.random_city import City, merged, random_city

TARGETS = ("int_billing__part_units", "int_billing__determinant_totals")
RECOMPUTED = """
    SELECT parts.utility_id, parts.bill_id, parts.service, sum(totals.amount_usd)
    FROM intermediate.int_billing__part_units AS parts
    INNER JOIN intermediate.int_billing__determinant_totals AS totals ON parts.unit_id = totals.unit_id
    GROUP BY ALL
"""


def random_cities(seed: int, cities: int = 6, premises: int = 8) -> list[City]:
    return [random_city(Random(f"{seed} {number}"), f"city_{number}", premises) for number in range(cities)]


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(min_value=0))
def test_bills_are_recomputed_as_the_oracle_does(seed):
    cities = random_cities(seed)
    connection = warehouse_in_memory(merged(cities), TARGETS)
    found = {tuple(key): amount for *key, amount in connection.execute(RECOMPUTED).fetchall()}
    wrong = []
    for city in cities:
        for (bill_id, service), (tariff, bill) in city.bills.items():
            expected, amount = tariff.total(bill), found.pop((city.utility_id, bill_id, service), None)
            if amount != expected:
                wrong.append((city.utility_id, bill_id, service, amount, expected))
    assert not found, f"{len(found)} beyond: {list(found.items())[:5]}"
    assert not wrong, f"{len(wrong)} wrong: {wrong[:10]}"
