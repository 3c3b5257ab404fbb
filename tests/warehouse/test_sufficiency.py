"""The marts of sufficiency say what an independent judge says of random funds, and keep their laws."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.oracle.fund import CAPITAL, CASH_SIGNS, HUNDRED, UNCOLLECTIBLE
from tests.strategies_finance import finance_towns, random_finance_towns
from tests.support.finance_town import CASH, FinanceTown
from tests.support.finance_warehouse import (
    answers_in,
    answers_judged,
    differences,
    finance_warehouse,
    lines_in,
    lines_judged,
    results_in,
    results_judged,
    rows_of,
)

TOWNS = random_finance_towns(seed=7, count=24)
CENT = Decimal("0.01")
VIEWS = {
    "lines": (lines_in, lines_judged),
    "tests": (results_in, results_judged),
    "answers": (answers_in, answers_judged),
}


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    """Many random funds."""
    return finance_warehouse(TOWNS)


# The judge


@pytest.mark.parametrize("view", VIEWS)
def test_what_the_marts_say_is_what_the_judge_says(warehouse, view):
    found_in, judged = VIEWS[view]
    for town in TOWNS:
        assert differences(found_in(warehouse, town.utility_id), judged(town)) == {}, town.utility_id


# A warehouse an example: making a failing one smaller would take longer than looking at it.
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(towns=finance_towns())
def test_random_funds_are_judged_alike(towns):
    warehouse = finance_warehouse(towns)
    for town in towns:
        for found_in, judged in VIEWS.values():
            assert differences(found_in(warehouse, town.utility_id), judged(town)) == {}


# The laws


def _by_year(warehouse: duckdb.DuckDBPyConnection, town: FinanceTown) -> dict[tuple[str, int], dict]:
    """Path and fiscal year to the rows in dollars of the multi-year table, by line."""
    found: dict[tuple[str, int], dict[str, Decimal]] = defaultdict(dict)
    for row in rows_of(warehouse, "rpt_cash_flow", town.utility_id, "unit = 'usd' AND row_kind != 'test'"):
        found[row["path"], row["fiscal_year"]][row["line"]] = row["amount_usd"]
    return found


def _sum(lines: dict[str, Decimal], *categories: str) -> Decimal:
    return sum((usd for line, usd in lines.items() if line.partition(":")[0] in categories), Decimal(0))


def test_totals_are_the_sums_of_their_rows(warehouse):
    """What is not expected to be paid stands as a deduction among the rows."""
    revenue = ("rate_revenue", UNCOLLECTIBLE, "other_operating_revenue", "non_operating_revenue")
    costs = ("operating_expense", "debt_service", CAPITAL["rates"], "transfer", "reserve_contribution")
    for town in TOWNS:
        for lines in _by_year(warehouse, town).values():
            assert lines["total:rate_revenue"] == _sum(lines, "rate_revenue")
            assert lines["total:total_revenue"] == _sum(lines, *revenue)
            assert lines["total:operating_expense"] == _sum(lines, "operating_expense")
            net = _sum(lines, *revenue) - _sum(lines, "operating_expense")
            assert lines["total:net_revenue"] == net
            surplus = _sum(lines, *revenue) - _sum(lines, *costs)
            assert lines["total:surplus"] == surplus
            assert lines["total:surplus_after_draw"] == surplus + _sum(lines, "reserve_draw")


def test_a_year_begins_with_what_the_year_before_left(warehouse):
    begins, ends, compared = "beginning_balance:beginning_balance", "ending_balance:ending_balance", 0
    for town in TOWNS:
        years = _by_year(warehouse, town)
        for (path, year), lines in years.items():
            before = years.get((path, year - 1), {}).get(ends)
            if before is not None and begins in lines:
                assert lines[begins] == before, (town.utility_id, path, year)
                compared += 1
    assert compared > 100


def test_a_balance_moves_by_the_lines_and_what_they_do_not_tell(warehouse):
    for town in TOWNS:
        for key, lines in _by_year(warehouse, town).items():
            if "beginning_balance:beginning_balance" in lines:
                moved = sum(_sum(lines, one) * abs(sign) for one, sign in CASH_SIGNS.items() if sign > 0)
                moved += _sum(lines, UNCOLLECTIBLE) + _sum(lines, "timing")
                spent = [one for one, sign in CASH_SIGNS.items() if sign < 0 and one != UNCOLLECTIBLE]
                change = _sum(lines, "ending_balance") - _sum(lines, "beginning_balance")
                assert change == moved - _sum(lines, *spent), (town.utility_id, key)


def test_what_is_never_paid_stands_once(warehouse):
    """In one row a year, and in no expense; every answer takes it once."""
    for town in TOWNS:
        fund = town.known()
        for (_, year), lines in _by_year(warehouse, town).items():
            rows = [usd for line, usd in lines.items() if "uncollectible" in line]
            billed = lines["total:rate_revenue"]
            assert rows == [-(billed * fund.uncollectible(year)).quantize(CENT, "ROUND_HALF_UP")]


def test_pilot_by_percent_is_its_share_of_what_is_billed(warehouse):
    compared = 0
    for town in TOWNS:
        fund = town.known()
        for (_, year), lines in _by_year(warehouse, town).items():
            share = fund.pilot_share(year)
            if share:
                pilot = [usd for line, usd in lines.items() if line.endswith(":pilot")]
                expected = (lines["total:rate_revenue"] * share).quantize(CENT, "ROUND_HALF_UP")
                assert pilot == [expected], (town.utility_id, year)
                compared += 1
    assert compared > 50


def test_the_funding_of_projects_adds_to_all_of_it(warehouse):
    """No dollar of a project is paid twice or by nobody: what the plan spends is what all sources pay."""
    compared = 0
    for town in TOWNS:
        fund, plan = town.known(), defaultdict(Decimal)
        if fund.assumptions.keys() & {"capital_delay_years", "capital_share_percent"}:
            continue
        for one in fund.capital:
            plan[one.fiscal_year] += one.usd
        for (_, year), lines in _by_year(warehouse, town).items():
            booked = any(fund.known(line, year) is not None for line in fund.lines_of(CAPITAL["rates"]))
            if fund.kind(year) != "actual" and not booked and plan[year]:
                paid = _sum(lines, *CAPITAL.values())
                assert paid == plan[year], (town.utility_id, year)
                compared += 1
    assert compared


# The adjustment closes the gap


def _short_town(number: int, **assumptions: object) -> FinanceTown:
    """A small fund whose rates do not pay its cost, with a debt and interest on what it has left."""
    town = FinanceTown(f"short_{number}")
    amounts = {
        town.line("rates", "rate_revenue", is_pledged=True): "400000.00",
        town.line("penalties", "other_operating_revenue", is_pledged=True): "20000.37",
        town.line("operations", "operating_expense"): "310000.41",
        town.line("debt", "debt_service"): "60000.23",
        town.line("paygo", "rate_funded_capital"): "70000.19",
        town.line("pilot", "transfer"): "15000.00",
    }
    for line, amount in amounts.items():
        town.book(line, "budget", {2026: amount})
    town.cash(2025, "250000.00")
    for name, value in assumptions.items():
        town.assume(name, value)
    town.test(CASH)
    return town


VARIANTS = (
    {},
    {"uncollectible_percent": "1.5"},
    {"pilot_percent": "9.08"},
    {"pilot_percent": "9.08", "uncollectible_percent": "2.25"},
    {"elasticity": "-0.20", "volumetric_share_percent": 70},
    {"rate_effective_month": 4},
    {"rate_effective_month": 10, "elasticity": "-0.15", "volumetric_share_percent": 60},
    {"rate_effective_month": 7, "pilot_percent": "5", "elasticity": "-0.3", "volumetric_share_percent": 55},
)


def test_the_computed_adjustment_closes_the_deficiency_exactly():
    """Assumed as computed, to the six decimals that an assumption has, cash suffices to a cent and no more.

    Rate revenue, what is not paid of it and the PILOT are each cut to cents: half a cent each.
    """
    short = [_short_town(number, **variant) for number, variant in enumerate(VARIANTS)]
    asked = finance_warehouse(short)
    for town in short:
        (answer,) = rows_of(asked, "rpt_sufficiency_answers", town.utility_id, "fiscal_year = 2026")
        assert answer["deficiency_usd"] > 0
        assert answer["governing_test_id"] == "cash"
        adjustment = answer["adjustment_in_year_pct"].quantize(Decimal("0.000001"), "ROUND_HALF_UP")
        town.assume("rate_adjustment_percent", adjustment)
    closed = finance_warehouse(short)
    for town in short:
        (row,) = rows_of(
            closed, "rpt_sufficiency", town.utility_id, "fiscal_year = 2026 AND path = 'adopted'"
        )
        assert abs(row["value"]) <= 2 * CENT, town.utility_id
        (before,) = rows_of(asked, "rpt_sufficiency_answers", town.utility_id, "fiscal_year = 2026")
        lines = _by_year(closed, town)["adopted", 2026]
        assert abs(lines["total:rate_revenue"] - before["required_usd"]) <= CENT


def test_an_adjustment_in_the_year_and_in_the_next():
    """10 % from the fourth month: use falls by 0.2 x 10 % of 70 %. A full year brings 1.1 x 0.986 = 1.0846
    times 400,000; nine months of the first one 400,000 x (1 + 0.75 x 0.0846)."""
    town = _short_town(0, elasticity="-0.20", volumetric_share_percent=70, rate_effective_month=4)
    town.assume("rate_adjustment_percent", 10)
    lines = _by_year(finance_warehouse([town]), town)
    assert lines["adopted", 2026]["total:rate_revenue"] == Decimal("425380.00")
    assert lines["adopted", 2027]["total:rate_revenue"] == Decimal("433840.00")
    assert lines["existing_rates", 2027]["total:rate_revenue"] == Decimal("400000.00")
    assert lines["adopted", 2027]["rate_revenue:rate_adjustment_2026"] == Decimal("33840.00")


def test_the_required_pilot_is_its_share_of_the_required_revenue():
    """310,000.41 + 60,000.23 + 70,000.19 - 20,000.37 are 420,000.46; over 1 - 0.0908 they are 461,945.07."""
    town = _short_town(0, pilot_percent="9.08")
    (answer,) = rows_of(
        finance_warehouse([town]), "rpt_sufficiency_answers", town.utility_id, "fiscal_year = 2026"
    )
    required = answer["required_usd"]
    assert required == Decimal("461945.07")
    pilot = required * Decimal("9.08") / HUNDRED
    assert abs(required - answer["need_usd"] - pilot) <= CENT


def test_half_a_cent_is_rounded_away_from_zero():
    """3 % on 1,234,567.50 is 1,271,604.525; 966,433.62 / 0.8 is 1,208,042.025."""
    town = FinanceTown()
    town.book(town.line("rates", "rate_revenue"), "budget", {2026: "1000000.00"})
    town.book(town.line("operations", "operating_expense"), "budget", {2026: "966433.62"})
    town.book(town.line("sludge", "operating_expense"), "projection", {2027: "1234567.50"})
    town.assume("inflation_percent.sludge", 3)
    ratio = {"test_id": "ratio", "numerator": ["operating_expense"], "denominator": ["rate_revenue"]}
    town.test({**ratio, "at_most": "0.8"})
    warehouse = finance_warehouse([town])
    lines = _by_year(warehouse, town)["existing_rates", 2028]
    assert lines["operating_expense:sludge"] == Decimal("1271604.53")
    (row,) = rows_of(warehouse, "rpt_sufficiency", town.utility_id, "fiscal_year = 2026 AND path = 'adopted'")
    assert row["required_rate_revenue_usd"] == Decimal("1208042.03")


def test_debt_of_several_liens_has_one_greatest_year():
    """100 and 50, then 20 and 110: 150 is the greatest of a year, and 140 the mean."""
    town = _short_town(0)
    for issue, lien, amounts in (("a", "senior", ("100", "20")), ("b", "go", ("50", "110"))):
        for number, usd in enumerate(amounts):
            town.pay_debt(issue, lien, town.year_end(2026 + number), usd)
    both = {"numerator": ["rate_revenue"], "denominator": ["debt_service.senior", "debt_service.go"]}
    for basis in ("maximum", "average"):
        town.test({**both, "test_id": basis, "debt_service": basis, "at_least": "1"})
    where = "fiscal_year = 2026 AND path = 'adopted' AND test_id != 'cash'"
    rows = rows_of(finance_warehouse([town]), "rpt_sufficiency", town.utility_id, where)
    assert {row["test_id"]: row["denominator_usd"] for row in rows} == {"maximum": 150, "average": 140}


def test_debt_to_come_does_not_tell_what_is_owed_already():
    """Nobody has told what debt there is: coverage is unknown also in the years that pay for a new issue."""
    town = _short_town(0)
    town.rows["ledger_balances"] = [row for row in town.rows["ledger_balances"] if row["line"] != "debt"]
    town.rows["chart_of_lines"] = [row for row in town.rows["chart_of_lines"] if row["line"] != "debt"]
    town.project("plant", 2026, "100000", "debt")
    where = "path = 'adopted'"
    rows = rows_of(finance_warehouse([town]), "rpt_sufficiency", town.utility_id, where)
    assert {row["result"] for row in rows} == {"unknown"}
    assert {row["reason"] for row in rows} == {"debt service is not loaded"}


def test_books_have_the_pilot_that_was_paid():
    """9.08 % are assumed of all years; the books of 2025 paid 15,000 and need no more."""
    town = _short_town(0, pilot_percent={2025: "9.08"})
    for row in list(town.rows["ledger_balances"]):
        town.rows["ledger_balances"].append({**row, "fiscal_year": 2025, "scenario": "actual"})
    (row,) = rows_of(
        finance_warehouse([town]), "rpt_sufficiency_answers", town.utility_id, "fiscal_year = 2025"
    )
    assert row["need_usd"] == row["required_usd"] == Decimal("435000.46")
    assert row["surplus_usd"] == -row["deficiency_usd"]


@pytest.mark.parametrize("year", [2026, 2030])
def test_a_surplus_and_a_deficiency_tell_the_same(warehouse, year):
    """Where cash governs, rates are sufficient exactly if nothing is deficient."""
    for town in TOWNS:
        where = f"fiscal_year = {year} AND governing_test_id = 'cash' AND is_sufficient IS NOT NULL"
        for row in rows_of(warehouse, "rpt_sufficiency_answers", town.utility_id, where):
            assert row["is_sufficient"] == (row["deficiency_usd"] <= 0), (town.utility_id, row)


def test_a_pilot_goes_on_once_its_percent_ends():
    """The budget has 15,000, in its year solved as 9.08 %; from 2027 on no percent is asked."""
    town = _short_town(0, pilot_percent={2026: "9.08", 2027: "0"})
    lines = _by_year(finance_warehouse([town]), town)
    assert lines["existing_rates", 2026]["transfer:pilot"] == Decimal("36320.00")
    assert lines["existing_rates", 2027]["transfer:pilot"] == Decimal("15000.00")
