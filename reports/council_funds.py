"""The council report's page of a fund: the answer, its tests, revenue against requirement, reserves, years, arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from dashboards import formats
from reports import council_charts
from reports import council_words as terms
from reports.council_layout import Asked, Block, Page, Sheet, plain

# Rows of the short multi-year table; a row that is nothing in every year is left out, but for the totals.
YEARS = {
    "total:rate_revenue": "Revenue from rates",
    "uncollectible": "Not expected to be paid",
    "other": "Other revenue",
    "total:total_revenue": "Total revenue",
    "total:operating_expense": "Operating expense",
    "total:net_revenue": "Net revenue",
    "total:debt_service": "Debt payments",
    "rate_funded_capital": "Capital paid from rates",
    "transfer": "To the general fund",
    "reserve_contribution": "Put into reserves",
    "total:surplus": "Left, or missing (\N{MINUS SIGN})",
    "reserve_draw": "Planned use of reserves",
    "reserve_funded_capital": "Capital paid from reserves",
    "timing": "Not yet received or paid",
    "ending_balance": "Reserves at the end",
}
SUMS = ("total:total_revenue", "total:net_revenue", "total:surplus", "ending_balance")
NEEDS = {
    "operating_expense": "Operating expense",
    "debt_service": "Debt payments due in the year",
    "rate_funded_capital": "Capital paid from rates",
    "transfer": "Payments to the general fund",
    "reserve_contribution": "Put into reserves",
}


def page(asked: Asked, fund: str) -> Page:
    """All that the council is shown of a fund."""
    year = asked.fiscal_year
    rows = asked.own("council_answers").filter(fund=fund)
    row = rows.row(by_predicate=pl.col("fiscal_year") == year, named=True)
    all_tests = asked.own("council_tests").filter(fund=fund)
    tests = all_tests.filter(fiscal_year=year, path="existing_rates").to_dicts()
    pictures = [council_charts.revenue(fund, rows, year)] if row["required_usd"] is not None else []
    days = council_charts.reserves(fund, all_tests, year)
    pictures += [days] if days else []
    bullets = (council_charts.tests(fund, tests, year),) if tests else ()
    return Page(
        f"{terms.fund(fund)}: are the rates enough in fiscal year {year}?",
        (
            Block(paragraphs=(terms.answer(row, tests),), pictures=bullets),
            Block(pictures=tuple(pictures)),
            Block(
                "What adjustment closes the gap, step by step?", table=steps(asked, fund, row, tests),
                notes=tuple(filter(None, (_billed_for_paid(row), _least_paths(asked, fund)))),
            ),
            Block(
                "What do the years around look like?", table=years(asked, fund),
                notes=("Dollars; with the adjustments of the scenario. Each line is rounded to the cent once.",),
            ),
        ),
    )  # fmt: skip


def steps(asked: Asked, fund: str, row: Mapping, tests: Sequence[Mapping]) -> Sheet:
    """The arithmetic of the adjustment, from costs to percent."""
    lines: list[tuple[str, str, str]] = []
    needs = asked.own("council_needs").filter(fund=fund)
    by_section = {
        section: sum(needs.filter(section=section)["need_usd"], Decimal("0.00")) for section in (*NEEDS, "other_revenue")
    }
    for section, name in NEEDS.items():
        if by_section[section]:
            lines.append((name, "of the year", formats.usd(by_section[section])))
    if by_section["other_revenue"]:
        lines.append(("Less other revenue", "penalties, fees, interest", formats.usd(by_section["other_revenue"])))
    sums = [len(lines)]
    lines.append(("The year's need", "added up", formats.usd(row["need_usd"])))
    if row["pilot_percent"]:
        how = f"with {formats.quantity(row['pilot_percent'])}{formats.THIN}% of rates paid in lieu of taxes, solved together"
        lines.append(("What customers must pay for it", how, formats.usd(row["cash_required_usd"])))
    unpaid = f"{formats.usd(row['uncollectible_percent'])} of every $100 billed is not expected to be paid"
    sums.append(len(lines))
    lines.append(("What the year requires, billed", f"{_governing(row, tests)}; {unpaid}", formats.usd(row["required_usd"])))
    lines.append(("Rates as they are bring", _origin(row, asked.fiscal_year), formats.usd(row["existing_rate_revenue_usd"])))
    gap = row["deficiency_usd"]
    sums.append(len(lines))
    is_short = gap is not None and gap > 0
    lines.append((
        "Missing" if is_short else "More than is required", "required less what rates bring",
        formats.usd(abs(gap)) if gap is not None else formats.UNKNOWN,
    ))  # fmt: skip
    lines.append(("Adjustment, billed on all of the year", "required by what rates bring", terms.percent(row["adjustment_full_year_pct"])))
    if is_short:
        lines.append((
            "The same, as people use a little less", "use falls as the price rises", terms.percent(row["adjustment_with_elasticity_pct"]),
        ))  # fmt: skip
        month = terms.month_of(asked.fiscal_year, asked.header["fiscal_year_start_month"], row["effective_month"])
        reach = formats.pct(row["effective_weight"] * 100)
        sums.append(len(lines))
        lines.append((
            f"Adjustment from {formats.day(month)} on",
            f"reaches {reach} of the year's billing, {terms.BASES[row['weight_basis']]}",
            terms.percent(row["adjustment_in_year_pct"]),
        ))  # fmt: skip
    return Sheet(("Step", "How", "Amount"), (2.0, 3.9, 0.9), tuple(lines), texts=2, sums=tuple(sums), size=7.6)


def _least_paths(asked: Asked, fund: str) -> str:
    """Both least rate paths, where they were sought."""
    rows = asked.own("council_paths").filter(fund=fund).sort("fiscal_year")
    told = []
    for path, name in terms.PATHS.items():
        steps_of = rows.filter(path=path).to_dicts()
        if not steps_of:
            continue
        if not steps_of[0]["is_found"]:
            told.append(f"{name}: none")
            continue
        percents = [terms.percent(one["adjustment_percent"]) for one in steps_of]
        each = percents[0] if len(set(percents)) == 1 else ", ".join(percents)
        told.append(f"{name}, {steps_of[0]['fiscal_year']} to {steps_of[-1]['fiscal_year']}: {each}")
    return f"Least rate path: {'; '.join(told)}." if told else ""


def _billed_for_paid(row: Mapping) -> str:
    """Why more must be billed than is missing after all costs."""
    gap, left = row["deficiency_usd"], row["surplus_usd"]
    if gap is None or gap <= 0 or left is None or left >= 0 or gap == -left:
        return ""
    away = "is not paid, or goes to the general fund" if row["pilot_percent"] else "is not paid"
    return f"After all costs {formats.usd(-left)} is missing. As a part of what is billed {away}, {formats.usd(gap)} must be billed for it."


def _governing(row: Mapping, tests: Sequence[Mapping]) -> str:
    """What decides what is required."""
    if row["governing_test_id"] in (None, "cash"):
        return "the year's cost decides"
    title = next((test["title"] for test in tests if test["test_id"] == row["governing_test_id"]), row["governing_test_id"])
    return f"decided by: {title.lower()}"


def _origin(row: Mapping, fiscal_year: int) -> str:
    told = terms.ORIGINS.get(row["existing_origin"], "not known")
    return told.format(year=row["based_on_year"], fiscal_year=fiscal_year)


def years(asked: Asked, fund: str) -> Sheet:
    """The multi-year table, short."""
    rows = asked.own("council_years").filter(fund=fund)
    heads = rows.select("fiscal_year", "year_kind").unique().sort("fiscal_year").rows()
    amounts = {(row["line"], row["fiscal_year"]): row for row in rows.iter_rows(named=True)}
    shown = {
        line: title for line, title in YEARS.items()
        if line.startswith("total:") or any(_amount(amounts, line, year) for year, _ in heads)
    }  # fmt: skip
    table = [
        (title, *(formats.amount(_amount(amounts, line, year)) for year, _ in heads)) for line, title in shown.items()
    ]
    raised = tuple(_percent(amounts, year, kind) for year, kind in heads)
    table.insert(0, ("Adjustment of rates", *raised))
    places = {line: place + 1 for place, line in enumerate(shown)}
    return Sheet(
        ("Fiscal year", *(f"{year}\n{terms.KINDS[kind]}" for year, kind in heads)),
        (1.75, *[1.0] * len(heads)), tuple(table),
        sums=tuple(places[line] for line in SUMS if line in places), size=6.5 if len(heads) > 8 else 7.2,
    )  # fmt: skip


def _amount(amounts: Mapping, line: str, year: int) -> Decimal | None:
    """Dollars of a line; a line that the year does not have is nothing."""
    found = amounts.get((line, year))
    return found["amount_usd"] if found else Decimal("0.00")


def _percent(amounts: Mapping, year: int, kind: str) -> str:
    found = amounts.get(("rate_adjustment", year))
    if kind == "actual" or found is None:
        return ""
    return terms.percent(found["measured_value"]) if found["measured_value"] else "none"
