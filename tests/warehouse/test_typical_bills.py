"""What a month costs a home: versions, seasons, adjustments to come, real uses, neighbours."""

from __future__ import annotations

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratehouse.workspace import PROJECT_ROOT
from tests.oracle.rates import Bill, Block, Component, Tariff, Version
from tests.support.home_town import Town, committed, warehouse_of

WATER = list(csv.DictReader((PROJECT_ROOT / "tests" / "cases" / "water_bills_independence.csv").open()))
SOME = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def independence() -> duckdb.DuckDBPyConnection:
    return warehouse_of(committed("independence", date(2022, 6, 30)))


@pytest.fixture(scope="module")
def warrensburg() -> duckdb.DuckDBPyConnection:
    return warehouse_of(committed("warrensburg", date(2025, 9, 30)))


# ---- the cases, through the files and the engine


@pytest.mark.parametrize("case", WATER, ids=lambda case: case["effective_on"])
def test_water_of_independence_is_the_case(independence, case):
    query = f"""
        SELECT amount_usd, annual_usd FROM marts.rpt_typical_bills
        WHERE service = 'water' AND use_kind = 'typical' AND rates_kind = 'version'
            AND effective_from_on = '{case["effective_on"]}' AND usage_quantity = {case["usage_ccf"]}
            AND meter_size = '{case["meter_size"]}'
    """
    expected = Decimal(case["expected_usd"])
    assert rows(independence, query) == [(expected, expected * 12)]


def test_sewer_of_independence_rose_by_9_33_percent(independence):
    query = """
        SELECT before_usd, amount_usd, change_usd, CAST(change_pct AS DECIMAL(18, 2)), is_now
        FROM marts.rpt_typical_bills
        WHERE service = 'sewer' AND use_kind = 'typical' AND effective_from_on = '2019-07-01'
    """
    expected = [*map(Decimal, ("39.89", "43.61", "3.72", "9.33")), True]
    assert rows(independence, query) == [tuple(expected)]


def test_the_average_bill_of_warrensburg_rose_by_a_quarter():
    town = Town()
    town.flat("sewer", {date(2012, 10, 1): "29.11", date(2013, 10, 1): "36.39"})
    query = """
        SELECT before_usd, amount_usd, CAST(change_pct AS DECIMAL(18, 1)) FROM marts.rpt_typical_bills
        WHERE is_now
    """
    assert rows(town.warehouse(), query) == [tuple(map(Decimal, ("29.11", "36.39", "25.0")))]


def test_three_percent_on_the_rates_of_2025_are_the_rates_of_2026(warrensburg):
    """16.66 × 1.03 = 17.16, and so every price that was adopted: each class, meter and use."""
    bills = {
        kind: rows(warrensburg, f"""
            SELECT tariff_class, use_kind, meter_size, usage_quantity, amount_usd, before_usd
            FROM marts.rpt_typical_bills WHERE {where} ORDER BY ALL
        """)
        for kind, where in (
            ("adjusted", "scenario = 'base' AND fiscal_year = 2026"),
            ("adopted", "rates_kind = 'version' AND effective_from_on = '2025-10-01'"),
        )
    }  # fmt: skip
    assert len(bills["adopted"]) > 35
    assert bills["adjusted"] == bills["adopted"]


def test_a_mean_month_of_seasons_by_hand(independence):
    """13.63 + 800 × 0.126806 = 115.07, 13.63 + 800 × 0.104340 = 97.10; 5 × 115.07 + 7 × 97.10."""
    query = """
        SELECT annual_usd, amount_usd FROM marts.rpt_typical_bills
        WHERE service = 'electric' AND use_kind = 'typical' AND is_now
    """
    assert rows(independence, query) == [(Decimal("1255.05"), Decimal("104.59"))]


def test_the_whole_home_is_the_sum_of_its_services(independence):
    query = """
        SELECT CASE WHEN is_now THEN 0 ELSE fiscal_year END AS year_no, scenario,
            sum(annual_usd) FILTER (service = 'all'), sum(annual_usd) FILTER (service != 'all'),
            count(*) FILTER (service != 'all')
        FROM marts.rpt_typical_bills
        WHERE use_kind = 'typical' AND (is_now OR rates_kind = 'scenario') GROUP BY 1, 2
    """
    found = rows(independence, query)
    # now, and eleven fiscal years of each scenario
    assert len(found) > 12 and len(found) % 11 == 1
    assert all(whole == parts and services == 4 for _, _, whole, parts, services in found)


def test_a_home_that_changes_on_two_days_has_both_steps():
    town = Town()
    town.flat("water", {date(2020, 1, 1): "20.00", date(2024, 1, 1): "22.00"})
    town.flat("sewer", {date(2019, 1, 1): "30.00", date(2023, 7, 1): "36.00"})
    query = """
        SELECT effective_from_on, amount_usd, change_usd, is_now FROM marts.rpt_typical_bills
        WHERE service = 'all' ORDER BY 1
    """
    day, dollars = date, Decimal
    assert rows(town.warehouse(), query) == [
        (day(2019, 1, 1), dollars("50.00"), None, False),
        (day(2020, 1, 1), dollars("50.00"), dollars("0.00"), False),
        (day(2023, 7, 1), dollars("56.00"), dollars("6.00"), False),
        (day(2024, 1, 1), dollars("58.00"), dollars("2.00"), True),
    ]


@pytest.mark.rule("R79")
def test_assistance_takes_off_at_most_ten_dollars_and_never_more_than_the_water():
    """10.00 of 28.53, 8.20 of 8.20; nothing of the sewer, and the bill itself stands as it is."""
    town = Town()
    town.flat("water", {date(2014, 1, 1): "8.20", date(2016, 1, 1): "28.53"})
    town.flat("sewer", {date(2014, 1, 1): "30.00"})
    for setting, value in (("kind", "discount"), ("services", "water"), ("max_usd_per_month", "10.00")):
        town.rule(f"assistance.water_h2o.{setting}", value)
    found = rows(town.warehouse(), """
        SELECT service, amount_usd, assistance_usd FROM marts.rpt_typical_bills
        WHERE rates_kind = 'version' ORDER BY service, effective_from_on
    """)  # fmt: skip
    assert found == [
        ("all", Decimal("38.20"), Decimal("8.20")), ("all", Decimal("58.53"), Decimal("10.00")),
        ("sewer", Decimal("30.00"), 0),
        ("water", Decimal("8.20"), Decimal("8.20")), ("water", Decimal("28.53"), Decimal("10.00")),
    ]  # fmt: skip


# ---- adjustments to come


def test_adjustments_after_the_as_of_date_compound_and_each_is_of_its_own_year():
    """As of 31 December 2024, years from July: the one of 2025 begins in its tenth month, April 2025."""
    town = Town(date(2024, 12, 31))
    town.flat("sewer", {date(2020, 7, 1): "40.00"})
    town.assume("rate_adjustment_percent", {2024: "50", 2025: "10", 2026: "5", 2027: "5"})
    town.assume("rate_effective_month", {2024: "1", 2025: "10", 2026: "1"})
    town.assume("rate_adjustment_percent", {2025: "50", 2026: "10"}, scenario="early")
    town.assume("rate_effective_month", {2025: "6"}, scenario="early")
    found = rows(town.warehouse(), """
        SELECT scenario, fiscal_year, effective_from_on, amount_usd FROM marts.rpt_typical_bills
        WHERE rates_kind = 'scenario' AND fiscal_year <= 2028 ORDER BY ALL
    """)  # fmt: skip
    assert [row for row in found if row[0] == "base"] == [
        ("base", 2025, date(2025, 4, 1), Decimal("44.00")),
        ("base", 2026, date(2025, 7, 1), Decimal("46.20")),
        ("base", 2027, date(2026, 7, 1), Decimal("48.51")),
        ("base", 2028, date(2027, 7, 1), Decimal("48.51")),
    ]
    # Begun on 1 December 2024, it is in the tariff or never was: what is to come starts with 2026.
    assert [row[1:] for row in found if row[0] == "early"][0] == (2026, date(2025, 12, 1), Decimal("44.00"))


def test_prices_keep_their_decimals_and_percentages_stay():
    town = Town()
    town.service("electric")
    start = date(2020, 7, 1)
    town.price("electric", start, "base", "13.63")
    town.price("electric", start, "volume", "0.126806", kind="blocks", unit="kwh", block=1, basis="actual")
    town.price("electric", start, "pilot", "9.08", kind="percent", unit="percent")
    town.price("electric", start, "tax", "5", kind="percent", unit="percent")
    town.home("electric", "800", unit="kwh")
    town.assume("rate_adjustment_percent", {2026: "6.4"}, fund="electric")
    found = rows(town.warehouse(), """
        SELECT amount_usd, revenue_usd, pilot_usd, for_others_usd FROM marts.rpt_typical_bills
        WHERE fiscal_year = 2026
    """)  # fmt: skip
    # 13.63 × 1.064 = 14.50; 0.126806 × 1.064 = 0.134922, × 800 = 107.94; 9.08 % and 5 % of 122.44
    assert found == [tuple(map(Decimal, ("139.68", "133.56", "11.12", "6.12")))]


def raised(components: list[Component], factor: Decimal) -> list[Component]:
    """The same with every price raised, to the decimals of its component."""

    def price(rate: Decimal, decimals: int) -> Decimal:
        return (rate * factor).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)

    found = []
    for one in components:
        rates = [one.rate, *(block.rate for block in one.blocks)]
        decimals = max(max(2, -rate.normalize().as_tuple().exponent) for rate in rates)
        found.append(
            Component(
                one.code,
                one.kind,
                unit=one.unit,
                rate=one.rate if one.kind == "percent" else price(one.rate, decimals),
                blocks=tuple(Block(block.up_to, price(block.rate, decimals)) for block in one.blocks),
            )  # fmt: skip
        )
    return found


@SOME
@given(st.integers(min_value=0))
def test_any_tariff_and_adjustment_is_the_oracles(seed):
    draw = Random(seed)

    def rate() -> Decimal:
        return Decimal(draw.randint(0, 9_999_999)).scaleb(-draw.choice((2, 3, 4, 6))) % 40

    start, uses = date(2020, 7, 1), [Decimal(draw.randint(1, 3000)) / 100 for _ in range(12)]
    components = [
        Component("base", "fixed", rate()),
        Component("volume", "blocks", unit="ccf", blocks=(Block(Decimal(5), rate()), Block(None, rate()))),
        Component("minimum", "minimum", rate()),
        Component("tax", "percent", Decimal(draw.randint(1, 20)), unit="percent"),
    ]
    town = Town()
    town.service("water")
    town.price("water", start, "base", str(components[0].rate))
    for number, block in enumerate(components[1].blocks, start=1):
        town.price(
            "water", start, "volume", str(block.rate), kind="blocks", unit="ccf", basis="actual",
            block=number, up_to=block.up_to,
        )  # fmt: skip
    town.price("water", start, "minimum", str(components[2].rate), kind="minimum")
    town.price("water", start, "tax", str(components[3].rate), kind="percent", unit="percent")
    for use in set(uses):
        town.home("water", str(use), is_typical=use == uses[0])
    steps = [Decimal(draw.randint(-500, 2000)) / 100 for _ in range(3)]
    town.assume(
        "rate_adjustment_percent", {2026 + n: str(step) for n, step in enumerate(steps)}, fund="water"
    )
    factor, expected = Decimal(1), {}
    for year, step in enumerate(steps, start=2026):
        factor *= 1 + step / 100
        tariff = Tariff([Version(start, {"residential": raised(components, factor)})])
        for use in uses:
            bill = Bill(date(2021, 1, 1), None, None, "residential", usage=use)
            expected[year, use] = tariff.total(bill)
    found = rows(town.warehouse(), """
        SELECT fiscal_year, usage_quantity, amount_usd FROM marts.rpt_typical_bills
        WHERE rates_kind = 'scenario' AND fiscal_year <= 2028
    """)  # fmt: skip
    assert {(year, use): amount for year, use, amount in found} == expected


# ---- uses


def test_percentiles_are_those_of_the_last_full_years_bills():
    """Ten bills of 2024, the last over two months. 2025 is not over, and a short bill is left out."""
    town = Town(date(2024, 12, 31))
    town.flat("water", {date(2020, 1, 1): "20.00"})

    def unit(number: int, year: int, use: str, months: str = "1", basis: str = "actual") -> dict:
        return {
            "fiscal_year": year, "service": "water", "tariff_class": "residential",
            "customer_class": "residential", "basis": basis, "unit_id": number, "months": months,
            "usage_unit": "ccf", "usage_quantity": use, "average_quantity": "0", "meter_size": "",
            "bill_count": 1, "unit_count": 1,
        }  # fmt: skip

    units = [unit(n, 2024, str(n)) for n in range(1, 10)] + [unit(10, 2024, "20", "2")]
    units += [unit(11, 2024, "0.01", "0.5"), unit(12, 2025, "99"), unit(13, 2023, "88")]
    found = rows(town.warehouse(units), """
        SELECT percentile, usage_quantity, usage_year FROM marts.rpt_typical_bills
        WHERE use_kind = 'percentile' AND is_now ORDER BY 1
    """)  # fmt: skip
    assert found == [(10, 1, 2024), (25, 3, 2024), (50, 5, 2024), (75, 8, 2024), (90, 9, 2024)]


def test_a_class_that_pays_for_demand_and_a_meter_without_a_price_have_no_bill():
    town = Town()
    town.flat("water", {date(2020, 1, 1): "20.00"})
    start = date(2020, 1, 1)
    town.price("water", start, "base", "50", customer_class="industrial")
    town.price("water", start, "demand", "7.71", customer_class="industrial", kind="demand", unit="kw")
    town.price("water", start, "base", "30", customer_class="commercial", meter_size="2")
    found = rows(town.warehouse(), "SELECT DISTINCT tariff_class FROM marts.rpt_typical_bills")
    # the policy's meter of 5/8 has no price in the commercial class
    assert found == [("residential",)]


# ---- neighbours


def test_a_neighbours_bill_stands_beside_the_own_for_the_same_use(warrensburg):
    """6.02 ccf: 16.66 + 2 × 3.95 + 4.02 × 7.48 = 54.63; in 2019 9.92 + 2 × 2.86 + 4.02 × 5.42 = 37.43."""
    query = """
        SELECT usage_quantity, usage_unit, peer_usd, own_usd, difference_usd, own_then_usd, as_of_on
        FROM marts.rpt_peer_bills WHERE peer = 'lees_summit'
    """
    dollars = Decimal
    assert rows(warrensburg, query) == [
        (dollars("6.02"), "ccf", dollars("39.74"), dollars("54.63"), dollars("14.89"), dollars("37.43"),
         date(2019, 1, 1))
    ]  # fmt: skip


def test_neighbours_are_ranked_by_difference():
    town = Town()
    town.flat("sewer", {date(2020, 1, 1): "40.00"})
    for name, amount in (("a", "45.00"), ("b", "39.00"), ("c", "60.00")):
        town.peer("sewer", "6", "ccf", amount, peer=name)
    query = """
        SELECT rank_no, peer, difference_usd, CAST(difference_pct AS DECIMAL(18, 2))
        FROM marts.rpt_peer_bills ORDER BY 1
    """
    found = rows(town.warehouse(), query)
    assert found == [
        (1, "c", Decimal("-20.00"), Decimal("-33.33")),
        (2, "a", Decimal("-5.00"), Decimal("-11.11")),
        (3, "b", Decimal("1.00"), Decimal("2.56")),
    ]
