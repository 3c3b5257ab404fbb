"""Random cities from raw rows to repriced bills: audit, determinants, changed tariffs against the oracle."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle.rates import Bill, Tariff
from tests.support.models import insert_rows, warehouse_in_memory
from tests.support.random_city import FISCAL_YEAR_START, City, changed_tariff, merged, random_city
from tests.support.random_tariffs import tariff_rows

TARGETS = ("fct_bill_audit", "fct_bill_lines", "fct_billing_determinants", "price_units_of")
AUDIT = "SELECT utility_id, bill_id, service, recomputed_usd, is_error FROM marts.fct_bill_audit"
LINES = "SELECT utility_id, bill_id, service, sum(amount_usd) FROM marts.fct_bill_lines GROUP BY ALL"
DETERMINANTS = """
    SELECT
        utility_id, fiscal_year, service, customer_class, sum(bill_count), sum(unit_count),
        sum(recomputed_usd * unit_count)
    FROM marts.fct_billing_determinants
    GROUP BY ALL
"""
# As a what-if page does: each distinct unit once, times its count.
CHANGED = """
    SELECT
        determinants.utility_id, determinants.fiscal_year, determinants.service, determinants.customer_class,
        sum(priced.amount_usd * determinants.unit_count)
    FROM marts.fct_billing_determinants AS determinants
    INNER JOIN marts.price_units_of('units', 'changed') AS priced ON determinants.unit_id = priced.unit_id
    GROUP BY ALL
"""
UNITS = """
    CREATE OR REPLACE TEMP TABLE units AS
    SELECT DISTINCT
        unit_id, utility_id, service, effective_from_on, tariff_class, meter_size, season_day, months,
        base_months, usage_quantity, average_quantity, demand_quantity, assistance_rate_usd
    FROM marts.fct_billing_determinants
"""
MANY = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
Sums = dict[tuple[str, int, str, str], Decimal]


def random_cities(seed: int, cities: int = 6, premises: int = 8) -> list[City]:
    return [random_city(Random(f"{seed} {number}"), f"city_{number}", premises) for number in range(cities)]


def fiscal_year(day: date) -> int:
    return day.year + (day.month >= FISCAL_YEAR_START)


def sums_of(cities: list[City], count: Callable[[City, str, Bill], Decimal | int]) -> Sums:
    """By utility, fiscal year, service and class; a cancelled bill leaves on the day of its cancellation."""
    found: Sums = defaultdict(Decimal)
    for city in cities:
        for (bill_id, service), (_, bill) in city.bills.items():
            amount = count(city, service, bill)
            group = "commercial" if bill.tariff_class == "commercial" else "residential"
            found[city.utility_id, fiscal_year(bill.billed_on), service, group] += amount
            if bill_id in city.cancelled_on:
                cancelled_in = fiscal_year(city.cancelled_on[bill_id])
                found[city.utility_id, cancelled_in, service, group] -= amount
    return {key: amount for key, amount in found.items() if amount}


def keyed(connection: duckdb.DuckDBPyConnection, query: str, column: int) -> Sums:
    rows = connection.execute(query).fetchall()
    return {row[:4]: row[column] for row in rows if row[column]}


@pytest.mark.rule("R04", "R05", "R07", "R12", "R79")
@MANY
@given(st.integers(min_value=0))
def test_bills_are_recomputed_and_no_right_one_is_an_error(seed):
    cities = random_cities(seed)
    connection = warehouse_in_memory(merged(cities), TARGETS[:2])
    audited = {tuple(key): (amount, error) for *key, amount, error in connection.execute(AUDIT).fetchall()}
    by_line = {tuple(key): amount for *key, amount in connection.execute(LINES).fetchall()}
    for city in cities:
        for (bill_id, service), (tariff, bill) in city.bills.items():
            key = (city.utility_id, bill_id, service)
            amount, is_error = audited.pop(key)
            assert amount == tariff.total(bill), (key, bill)
            assert by_line.get(key, 0) == amount, key
            is_wrong = (bill_id, service) in city.wrong and bill_id not in city.cancelled_on
            assert is_error == is_wrong, key
    assert not audited
    connection.close()


@MANY
@given(st.integers(min_value=0))
def test_determinants_are_the_bills_under_any_tariff(seed):
    cities = random_cities(seed)
    connection = warehouse_in_memory(merged(cities), TARGETS[2:])
    assert keyed(connection, DETERMINANTS, 4) == sums_of(cities, lambda city, service, bill: 1)
    assert keyed(connection, DETERMINANTS, 5) == sums_of(
        cities, lambda city, service, bill: len(city.tariffs[service].parts(bill))
    )
    assert keyed(connection, DETERMINANTS, 6) == sums_of(
        cities, lambda city, service, bill: city.tariffs[service].total(bill)
    )
    changed = {
        (city.utility_id, service): changed_tariff(Random(f"{seed} {city.utility_id} {service}"), tariff)
        for city in cities
        for service, tariff in city.tariffs.items()
    }
    make_prices(connection, changed)
    connection.execute(UNITS)
    assert keyed(connection, CHANGED, 4) == sums_of(
        cities, lambda city, service, bill: changed[city.utility_id, service].total(bill)
    )
    connection.close()


def make_prices(connection: duckdb.DuckDBPyConnection, tariffs: dict[tuple[str, str], Tariff]) -> None:
    """A table of price rows as the staging model makes them of the policy table."""
    connection.execute("USE raw; DELETE FROM policy_tariff_components")
    for (utility_id, service), tariff in tariffs.items():
        rows = tariff_rows(service, tariff.versions, by_usage=tariff.by_usage, per_line=tariff.per_line)
        insert_rows(
            connection, "policy_tariff_components", [{**row, "utility_id": utility_id} for row in rows]
        )
    connection.execute("USE memory")
    connection.execute("CREATE OR REPLACE TEMP TABLE changed AS FROM staging.stg_policy__tariffs")


def test_random_cities_have_what_is_to_be_judged():
    cities = random_cities(1)
    bills = [pair for city in cities for pair in city.bills.values()]
    parts = Counter(len(tariff.parts(bill)) for tariff, bill in bills)
    assert sum(parts.values()) > 2500 and sum(parts.values()) - parts[1] > 100 and max(parts) > 2
    assert sum(bill.average is not None for _, bill in bills) > 50
    assert sum(len(city.cancelled_on) for city in cities) > 30 and any(city.wrong for city in cities)
    assert {bill.service_to is None for _, bill in bills} == {True, False}
    days = [(bill.service_to - bill.service_from).days for _, bill in bills if bill.service_to]
    assert min(days) < 20 and max(days) > 60
