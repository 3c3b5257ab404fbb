"""The council report's page of a fund: answer, tests, revenue, reserves, arithmetic, years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from dashboards import formats
from dashboards import sufficiency_figures as figures
from dashboards import sufficiency_words as words
from reports import council_charts
from reports import council_words as terms
from reports.council_layout import Asked, Block, Page, Sheet

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


def page(asked: Asked, fund: str) -> Page:
    """All that the council is shown of a fund."""
    year = asked.fiscal_year
    row, all_tests = asked.answer(fund), asked.tests(fund)
    tests = asked.tests_now(fund).to_dicts()
    pictures = (
        [council_charts.revenue(fund, asked.answers(fund), year)] if row["required_usd"] is not None else []
    )
    days = council_charts.reserves(fund, all_tests, year)
    pictures += [days] if days else []
    bullets = (council_charts.tests(fund, tests, year),) if tests else ()
    return Page(
        f"{words.fund(fund)}: are the rates enough in fiscal year {year}?",
        (
            Block(paragraphs=(terms.answer(row, tests),), pictures=bullets),
            Block(pictures=tuple(pictures)),
            Block(
                "What adjustment closes the gap, step by step?", table=steps(asked, fund, row),
                notes=tuple(filter(None, (_remark(row),))),
            ),
            Block(
                "What do the years around look like?", table=years(asked, fund),
                notes=("Dollars; with the adjustments of the scenario. Each line is rounded to the "
                    "cent once.",),
            ),
        ),
    )  # fmt: skip


def steps(asked: Asked, fund: str, row: Mapping) -> Sheet | None:
    """The arithmetic of the adjustment, as the page works it out: parts of the need, then the steps."""
    if row["required_usd"] is None:
        return None
    lines = asked.page("requirement_lines", fund=fund, plan=asked.scenario_id)
    parts = [step for step in figures.need_rows(lines) if step.is_sum]
    needs = [
        (part.name, "added up" if part is parts[-1] else "of the year", _dollars(part.result))
        for part in parts if part is parts[-1] or part.result != "0"
    ]  # fmt: skip
    found = figures.adjustment_steps(row, asked.tests_now(fund))
    if not row["planned_draw_usd"]:
        found = found[:-1]  # after the planned draw: none is planned
    if row["deficiency_usd"] <= 0:
        found = [step for step in found if not step.result.endswith("%")]  # nothing has to be closed
    sums = [len(needs) - 1, *(len(needs) + place for place, step in enumerate(found) if step.is_sum)]
    return Sheet(
        ("Step", "How", "Result"), (3.15, 3.3, 0.8),
        (*needs, *((step.name, step.how, step.result) for step in found)),
        texts=2, sums=tuple(sums), size=7.0,
    )  # fmt: skip


def _dollars(amount: str) -> str:
    """An amount of the page's table with its unit."""
    is_negative = amount.startswith(formats.MINUS)
    return f"{formats.MINUS if is_negative else ''}${amount.removeprefix(formats.MINUS)}"


def _remark(row: Mapping) -> str:
    """Why more must be billed than is missing after all costs; or that nothing is missing."""
    gap, left = row["deficiency_usd"], row["surplus_usd"]
    if gap is not None and gap <= 0:
        return "No adjustment is required for this year alone."
    if gap is None or gap <= 0 or left is None or left >= 0 or gap == -left:
        return ""
    away = "is not paid, or goes to the general fund" if row["pilot_percent"] else "is not paid"
    return (
        f"After all costs {formats.usd(-left)} is missing. As a part of what is billed {away}, "
        f"{formats.usd(gap)} must be billed for it."
    )


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
        (title, *(formats.amount(_amount(amounts, line, year)) for year, _ in heads))
        for line, title in shown.items()
    ]
    raised = tuple(_percent(amounts, year, kind) for year, kind in heads)
    least = _least(asked, fund, heads)
    table = [
        ("Adjustment of rates", *raised),
        *([("Least path, year by year", *least)] if any(least) else []),
        *table,
    ]
    before = len(table) - len(shown)
    places = {line: place + before for place, line in enumerate(shown)}
    return Sheet(
        ("Fiscal year", *(f"{year}\n{words.YEAR_KINDS[kind]}" for year, kind in heads)),
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
    return _moved(found["measured_value"])


def _moved(value: Decimal | None) -> str:
    return figures.percent(value) if value else "none"


def _least(asked: Asked, fund: str, heads: Sequence[tuple[int, str]]) -> list[str]:
    """The least path under the cap, by year."""
    rows = asked.own("council_paths").filter(fund=fund, path=terms.CAPPED)
    percents = dict(rows.select("fiscal_year", "adjustment_percent").iter_rows())
    return [_moved(percents[year]) if percents.get(year) is not None else "" for year, _ in heads]
