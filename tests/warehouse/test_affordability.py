"""What a bill asks of a household: each measure on the services that it is defined for, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from tests.support.home_town import Town, committed, warehouse_of

START = date(2024, 7, 1)


def town_of(water: str | None = "20.00", sewer: str | None = "25.06", **facts: str | None) -> Town:
    """Water and sewer at so much a month; together 45.06, as in the case."""
    town = Town()
    for service, amount in (("water", water), ("sewer", sewer)):
        if amount is not None:
            town.flat(service, {START: amount})
    town.facts(**facts)
    return town


def measured(connection: duckdb.DuckDBPyConnection, stage: str = "rates_kind = 'now'") -> dict[str, tuple]:
    """Measure to value, result and reason."""
    found = connection.execute(
        f"SELECT measure, measured_value, result, reason FROM marts.rpt_affordability WHERE {stage}"
    ).fetchall()
    return {name: tuple(rest) for name, *rest in found}


def test_the_measures_by_hand():
    """240.00 and 300.72 a year, 540.72 together; incomes 50,000 and 20,000, essential costs 12,000."""
    assert measured(town_of().warehouse()) == {
        "sewer_of_median_income": (Decimal("0.6014"), "within", None),
        "water_of_median_income": (Decimal("0.4800"), "within", None),
        "both_of_median_income": (Decimal("1.0814"), "within", None),
        "share_of_free_income": (Decimal("6.7590"), "within", None),
        "hours_at_minimum_wage": (Decimal("3.2771"), "within", None),  # 45.06 / 13.75 = 3.28 h
        "household_burden": (Decimal("2.7036"), "moderate_low", None),
    }


@pytest.mark.parametrize(
    ("income", "value", "result"), [("27036", "2.0000", "within"), ("27035", "2.0001", "above")]
)
def test_two_percent_is_met_where_the_median_income_is_27036(income, value, result):
    found = measured(town_of(water=None, sewer="45.06", median_income_usd=income).warehouse())
    assert found["sewer_of_median_income"] == (Decimal(value), result, None)


@pytest.mark.parametrize(
    ("sewer", "measure", "value"),
    [("90.00", "hours_at_minimum_wage", "8.0000"), ("167.50", "both_of_median_income", "4.5000")],
)
def test_a_threshold_itself_is_within_and_a_cent_more_a_month_is_above(sewer, measure, value):
    more = str(Decimal(sewer) + Decimal("1.00"))
    assert measured(town_of(sewer=sewer).warehouse())[measure] == (Decimal(value), "within", None)
    assert measured(town_of(sewer=more).warehouse())[measure][1] == "above"


def test_a_city_with_sewer_alone_gets_the_measures_of_sewer_alone():
    found = measured(warehouse_of(committed("warrensburg", date(2022, 9, 30))))
    assert found.pop("sewer_of_median_income")[1:] == ("within", None)
    assert len(found) == 5
    assert set(found.values()) == {(None, "not_applicable", "no water service here")}


@pytest.mark.parametrize(
    ("facts", "measure", "reason"),
    [
        ({"median_income_usd": None}, "sewer_of_median_income", "not known: median_income_usd"),
        ({"essential_costs_usd": None}, "share_of_free_income", "not known: essential_costs_usd"),
        ({"essential_costs_usd": "20000"}, "share_of_free_income",
         "essential costs leave nothing of this income"),
        ({"below_twice_poverty_percent": None}, "household_burden", "not known: below_twice_poverty_percent"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_said_and_nothing_is_measured(facts, measure, reason):
    found = measured(town_of(**facts).warehouse())
    assert found[measure] == (None, "unknown", reason)
    assert found["hours_at_minimum_wage"][1] == "within"


def test_a_service_without_a_home_has_no_measure():
    town = Town()
    town.flat("sewer", {START: "30.00"})
    town.service("water")
    town.facts()
    found = measured(town.warehouse())
    assert found["sewer_of_median_income"][1] == "within"
    assert found["both_of_median_income"][1] == "unknown" and "peers.yml" in found["both_of_median_income"][2]


@pytest.mark.parametrize(
    ("sewer", "needs", "burden"),
    [
        ("60.00", "19.99", "low"), ("60.00", "20", "moderate_low"), ("60.00", "35", "moderate_high"),
        ("96.67", "19.99", "moderate_low"), ("100.00", "34.99", "moderate_high"), ("100.00", "35", "high"),
        ("146.67", "10", "moderate_high"), ("200.00", "20", "high"), ("200.00", "50", "very_high"),
    ],
)  # fmt: skip
def test_the_household_burden_is_a_matrix(sewer, needs, burden):
    """With 20.00 for water and 20,000 a year: 7 % are 116.67 a month, 10 % are 166.67."""
    found = measured(town_of(sewer=sewer, below_twice_poverty_percent=needs).warehouse())
    assert found["household_burden"][1] == burden


def test_facts_are_the_latest_known_at_the_as_of_date_now_and_after():
    town = town_of(minimum_wage_usd=None)
    for year, wage in ((2023, "10.00"), (2024, "12.00"), (2026, "20.00")):
        town.facts(year, **dict.fromkeys(
            ("median_income_usd", "lowest_quintile_income_usd", "essential_costs_usd",
             "below_twice_poverty_percent"),
        ), minimum_wage_usd=wage)  # fmt: skip
    town.assume("rate_adjustment_percent", {2026: "10"})
    connection = town.warehouse()
    found = connection.execute("""
        SELECT rates_kind, fiscal_year, fact_value, fact_year, annual_usd, measured_value
        FROM marts.rpt_affordability
        WHERE measure = 'hours_at_minimum_wage' AND fiscal_year <= 2026 ORDER BY rates_kind
    """).fetchall()  # fmt: skip
    # sewer alone is adjusted: 25.06 becomes 27.57, beside 20.00 for water
    assert found == [
        ("now", 2025, 12, 2024, Decimal("540.72"), Decimal("3.7550")),
        ("scenario", 2026, 12, 2024, Decimal("570.84"), Decimal("3.9642")),
    ]
