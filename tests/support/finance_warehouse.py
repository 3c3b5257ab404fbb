"""Towns in a warehouse, and what the marts of sufficiency say of them beside what the judge says.

Both sides are told the same way: a key (path, fiscal year, what) to a value, money to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import duckdb

from tests.oracle.forecast import Forecast
from tests.oracle.fund import RATE, UNCOLLECTIBLE
from tests.oracle.sufficiency import Judge
from tests.support.finance_town import FinanceTown
from tests.support.models import warehouse_on_rows

MARTS = ("rpt_cash_flow", "rpt_revenue_requirement", "rpt_sufficiency", "rpt_sufficiency_lines")
MARTS += ("rpt_sufficiency_answers",)
PATHS = {"existing_rates": False, "adopted": True}
MILLIONTH = Decimal("0.000001")
# Column of rpt_sufficiency_answers to the judge's field.
ANSWERS = {
    "need_usd": "need",
    "cash_required_usd": "cash_required",
    "required_usd": "required",
    "required_after_draw_usd": "required_after_draw",
    "governing_test_id": "governing",
    "deficiency_usd": "deficiency",
    "deficiency_after_draw_usd": "deficiency_after_draw",
}
PERCENTS = {
    "adjustment_full_year_pct": "full_year",
    "adjustment_with_elasticity_pct": "with_elasticity",
    "adjustment_in_year_pct": "in_year",
    "adjustment_after_draw_pct": "after_draw",
}
Told = dict[tuple[str, int, str], object]


def finance_warehouse(towns: Iterable[FinanceTown], *more: str) -> duckdb.DuckDBPyConnection:
    """The marts of sufficiency over all towns; what bills would show is given."""
    tables: dict[str, list[dict]] = defaultdict(list)
    given: dict[str, list[dict]] = {"int_finance__existing_revenue": [], "int_finance__uncollectible": []}
    given["int_finance__effective_weights"] = []
    for town in towns:
        for table, rows in town.raw_rows().items():
            tables[table] += rows
        for model, rows in _measured(town).items():
            given[model] += rows
    return warehouse_on_rows(given, [*MARTS, *more], tables)


def _measured(town: FinanceTown) -> dict[str, list[dict[str, object]]]:
    """What bills show of a town, as rows of the models that measure it."""
    if not town.measured:
        return {}
    of, shown = {"utility_id": town.utility_id, "fund": town.fund}, town.measured
    year, existing = shown["existing"]
    revenue = {"test_year": year, "existing_usd": existing, "volumetric_share": shown["measured_share"]}
    weights = [
        {**of, "effective_month": month, "fiscal_year": year, "weight": weight}
        for month, weight in shown["weights"].items()
    ]
    return {
        "int_finance__existing_revenue": [{**of, **revenue}],
        "int_finance__uncollectible": [{**of, "uncollectible_percent": shown["measured_uncollectible"]}],
        "int_finance__effective_weights": weights,
    }


def rows_of(
    warehouse: duckdb.DuckDBPyConnection, mart: str, utility_id: str, where: str = "true"
) -> list[dict[str, object]]:
    """The rows of a mart for a utility, as dictionaries."""
    found = warehouse.execute(f"SELECT * FROM marts.{mart} WHERE utility_id = ? AND {where}", [utility_id])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


# Lines


def lines_in(warehouse: duckdb.DuckDBPyConnection, utility_id: str) -> Told:
    """Every line of the multi-year table that is not zero; rate revenue in one, all positive."""
    told: dict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
    for row in rows_of(warehouse, "rpt_cash_flow", utility_id, "row_kind = 'line'"):
        category = str(row["line"]).partition(":")[0]
        name = RATE if category == RATE else row["line"]
        usd = row["amount_usd"] * (-1 if category == UNCOLLECTIBLE else 1)
        told[row["path"], row["fiscal_year"], name] += usd
    return {key: usd for key, usd in told.items() if usd}


def lines_judged(town: FinanceTown) -> Told:
    """The same by the judge."""
    told: dict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
    for path, has_path in PATHS.items():
        for year in Forecast(town.known(), has_path).years.values():
            for one in year.amounts:
                name = RATE if one.category == RATE else f"{one.category}:{one.line}"
                told[path, year.fiscal_year, name] += one.usd
            for balance, usd in (("beginning_balance", year.beginning), ("ending_balance", year.ending)):
                told[path, year.fiscal_year, f"{balance}:{balance}"] = usd or Decimal(0)
            told[path, year.fiscal_year, "timing:timing"] = year.timing
    return {key: usd for key, usd in told.items() if usd}


# Tests


def results_in(warehouse: duckdb.DuckDBPyConnection, utility_id: str) -> Told:
    """Result, both sides, value and required rate revenue of every test."""
    told: Told = {}
    for row in rows_of(warehouse, "rpt_sufficiency", utility_id):
        key = (row["path"], row["fiscal_year"])
        told[*key, f"{row['test_id']}.result"] = row["result"]
        if row["result"] in ("pass", "fail"):
            for name in ("numerator_usd", "denominator_usd", "value", "required_rate_revenue_usd"):
                told[*key, f"{row['test_id']}.{name}"] = row[name]
    return told


def results_judged(town: FinanceTown) -> Told:
    """The same by the judge."""
    told: Told = {}
    for path, has_path in PATHS.items():
        judge = Judge(Forecast(town.known(), has_path), town.known_tests())
        for test_id in judge.tests:
            for year in judge.forecast.years:
                one = judge.result(test_id, year)
                told[path, year, f"{test_id}.result"] = one.result
                if one.result in ("pass", "fail"):
                    told[path, year, f"{test_id}.numerator_usd"] = one.numerator
                    told[path, year, f"{test_id}.denominator_usd"] = one.denominator
                    told[path, year, f"{test_id}.value"] = one.value.quantize(MILLIONTH, "ROUND_HALF_UP")
                    told[path, year, f"{test_id}.required_rate_revenue_usd"] = one.required_rate_revenue
    return told


# Answers


def answers_in(warehouse: duckdb.DuckDBPyConnection, utility_id: str) -> Told:
    """What rates must bring and the adjustments that bring it; percents to a millionth."""
    told: Told = {}
    for row in rows_of(warehouse, "rpt_sufficiency_answers", utility_id):
        for name in ANSWERS:
            told["", row["fiscal_year"], name] = row[name]
        for name in PERCENTS:
            told["", row["fiscal_year"], name] = _percent(row[name])
    return told


def answers_judged(town: FinanceTown) -> Told:
    """The same by the judge."""
    told: Told = {}
    judge = Judge(Forecast(town.known()), town.known_tests())
    for year in judge.forecast.years:
        answer = judge.answer(year)
        for name, field in ANSWERS.items():
            told["", year, name] = getattr(answer, field)
        for name, field in PERCENTS.items():
            told["", year, name] = _percent(getattr(answer, field))
    return told


def _percent(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(MILLIONTH, "ROUND_HALF_UP")


def differences(found: Told, expected: Told) -> dict[tuple[str, int, str], tuple[object, object]]:
    """Where the warehouse and the judge say different things: what each says."""
    return {
        key: (found.get(key), expected.get(key))
        for key in sorted({*found, *expected})
        if found.get(key) != expected.get(key)
    }
