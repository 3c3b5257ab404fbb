"""What the page What if shows: before and after, scenarios side by side, least rate paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
import streamlit as st

from dashboards import components, formats, sufficiency_charts, tables, theme, words, year_table
from dashboards import sufficiency_figures as figures
from dashboards import sufficiency_words as terms
from dashboards.what_if import Outcome
from ratehouse.rate_paths import RatePath

HERE = "As set here"


@dataclass(frozen=True)
class Named:
    """An outcome and what it is called."""

    name: str
    outcome: Outcome


def _required(one: Outcome, years: list[int]) -> pl.DataFrame:
    """The required tests of the years, with the adjustments of the scenario, that can apply."""
    return one.tests.filter(
        pl.col("is_required")
        & (pl.col("path") == terms.ADOPTED)
        & pl.col("fiscal_year").is_in(years)
        & (pl.col("result") != "not_applicable")
    )


def passed(one: Outcome, years: list[int]) -> str:
    """How many required tests of all years pass."""
    required = _required(one, years)
    count = required.filter(pl.col("result") == "pass").height
    return f"{formats.count(count)} of {formats.count(required.height)}"


def first_failing(one: Outcome, years: list[int]) -> str:
    """The first required test that fails, with its year."""
    failed = _required(one, years).filter(pl.col("result") == "fail").sort("fiscal_year", "sort")
    if failed.is_empty():
        return "none fails"
    row = failed.row(0, named=True)
    return f"{row['title']}, {words.fiscal_year(row['fiscal_year'])}"


def at(one: Outcome, line: str, year: int) -> Decimal | None:
    """A line of the table with the adjustments of the scenario."""
    return figures.of_line(one.flows, terms.ADOPTED, line).get(year)


def answer(one: Outcome, year: int) -> dict:
    """The answers of a year."""
    return one.answers.row(by_predicate=pl.col("fiscal_year") == year, named=True)


def _needed(one: Outcome, year: int) -> str:
    row = answer(one, year)
    if row["deficiency_usd"] is not None and row["deficiency_usd"] <= 0:
        return "none"
    return figures.percent(row["adjustment_in_year_pct"])


def top(now: Outcome, base: Named, years: list[int], year: int, meaning: Mapping[str, str]) -> list[tuple]:
    """The four figures: each as set here, and as the scenario has it."""
    left, was = at(now, figures.SURPLUS, year), at(base.outcome, figures.SURPLUS, year)
    last = years[-1]
    cash, cash_was = at(now, figures.ENDING, last), at(base.outcome, figures.ENDING, last)
    name = words.fiscal_year(year)
    word = "Shortfall" if left is not None and left < 0 else "Surplus"
    return [
        (f"{word} before reserves, {name}", formats.usd_tile(left),
         f"“{base.name}”: {formats.usd_tile(was)}", meaning["Before reserves"]),
        (f"Required adjustment, {name}", _needed(now, year),
         f"“{base.name}”: {_needed(base.outcome, year)}; before any planned adjustment",
         meaning["Required adjustment"]),
        (f"Required tests passed, FY {years[0]} to {last}", passed(now, years),
         f"“{base.name}”: {passed(base.outcome, years)}; first: {first_failing(now, years)}",
         meaning["Light of a fund"]),
        (f"Cash at the end of FY {last}", formats.usd_tile(cash),
         f"“{base.name}”: {formats.usd_tile(cash_was)}", meaning["Reserves"]),
    ]  # fmt: skip


def revenue(now: Outcome, fund: str) -> None:
    """Picture 1: revenue against requirement, as set here."""
    known = now.answers.filter(
        pl.col("required_usd").is_not_null() & pl.col("existing_rate_revenue_usd").is_not_null()
    )
    if known.is_empty():
        components.heading("Revenue and requirement of no year are known.")
        return
    existing = dict(known.select("fiscal_year", "existing_rate_revenue_usd").iter_rows())
    required = dict(known.select("fiscal_year", "required_usd").iter_rows())
    kinds = dict(known.select("fiscal_year", "year_kind").iter_rows())
    planned = figures.of_line(now.flows, terms.ADOPTED, figures.RATES)
    short = figures.first_short([year for year in kinds if kinds[year] != "actual"], planned, required)
    components.picture(
        "As set here, rates bring what is required in every year ahead" if short is None
        else f"As set here, rates bring less than required, first in FY {short}",
        sufficiency_charts.revenue_against_requirement(
            kinds, existing, planned, required, theme.SERVICES.get(fund, theme.NEUTRAL), height=290
        ),
        "what_if_revenue",
        "Full columns are the books, pale ones expected, hatched what the adjustments add. Before reserves.",
    )  # fmt: skip


def reserves(now: Outcome, others: list[Named]) -> None:
    """Picture 2: cash at each year's end, as set here and as the others have it."""
    kinds = dict(now.answers.select("fiscal_year", "year_kind").iter_rows())
    lines = {
        one.name: found
        for one in (Named(HERE, now), *others)
        if (found := figures.of_line(one.outcome.flows, terms.ADOPTED, figures.ENDING))
    }
    if not lines:
        components.heading("What reserves do is not known: no cash balance was delivered.")
        return
    band = figures.reserve_band(now.tests.filter(pl.col("path") == terms.ADOPTED))
    here = lines[HERE]
    last = max(here)
    gone = next((year for year in here if kinds[year] != "actual" and here[year] < 0), None)
    components.picture(
        f"As set here, reserves are used up in FY {gone}"
        if gone
        else f"As set here, {formats.usd_tile(here[last])} is left at the end of FY {last}",
        sufficiency_charts.reserves(kinds, lines, band, height=290),
        "what_if_reserves",
        "Unrestricted cash and investments at each year's end. Solid as delivered, dashed expected.",
    )


def before_and_after(now: Outcome, base: Named, as_of: object, page: components.Page, fund: str) -> None:
    """The multi-year table as set here: what moved, or all of it."""
    components.heading(
        f"Year by year, every line and test: “{base.name}” before, as set here after",
        "Whole dollars, with the adjustments of each. The download has every line to the cent.",
    )
    views = {"moved": "What moves", "all": "Every line as set here"}
    shown = st.segmented_control(
        "Lines", list(views), default="moved", format_func=views.get, key="what_if_lines", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    after = now.flows.filter(pl.col("path") == terms.ADOPTED)
    before = base.outcome.flows.filter(pl.col("path") == terms.ADOPTED)
    headers = ["", *year_table.headers(after)]
    rows = year_table.beside(before, after) if shown == "moved" else year_table.rows(after)
    if rows:
        st.html(tables.text_table(headers, rows, wide="Multi-year table, before and after"))
    else:
        components.note("Nothing is set otherwise: every line and test is as the scenario has it.")
    components.download(page, "Multi-year table as CSV", f"what_if_{fund}", as_of, after)


def compared(all_named: list[Named], years: list[int], year: int) -> None:
    """Scenarios side by side: a column for each."""
    rows: list[tuple[str, list[str]]] = []

    def add(title: str, values: list[str]) -> None:
        rows.append(("", [title, *values]))

    outcomes = [one.outcome for one in all_named]
    name = words.fiscal_year(year)
    add(
        f"Left or short before reserves, {name}",
        [formats.usd_whole(at(one, figures.SURPLUS, year)) for one in outcomes],
    )
    add(f"Required adjustment, {name}", [_needed(one, year) for one in outcomes])
    add("Adjustments of all years together", [figures.percent(together(one, years)) for one in outcomes])
    add(f"Required tests passed, FY {years[0]} to {years[-1]}", [passed(one, years) for one in outcomes])
    add("First that fails", [first_failing(one, years) for one in outcomes])
    lowest = [figures.of_line(one.flows, terms.ADOPTED, figures.ENDING) for one in outcomes]
    add("Lowest cash at a year's end ahead", [_lowest(amounts, years) for amounts in lowest])
    add(
        f"Cash at the end of FY {years[-1]}",
        [formats.usd_whole(amounts.get(years[-1])) for amounts in lowest],
    )
    st.html(tables.text_table(["", *(one.name for one in all_named)], rows))


def together(one: Outcome, years: list[int]) -> Decimal:
    """By how much rates are higher in the end, percent."""
    rows = one.flows.filter(
        (pl.col("path") == terms.ADOPTED)
        & (pl.col("line") == "rate_adjustment:percent")
        & pl.col("fiscal_year").is_in(years)
    )
    level = Decimal(1)
    for percent in rows["value"]:
        level *= 1 + (percent or Decimal(0)) / 100
    return (level - 1) * 100


def _lowest(amounts: Mapping[int, Decimal], years: list[int]) -> str:
    ahead = {year: amounts[year] for year in years if year in amounts}
    if not ahead:
        return formats.UNKNOWN
    year = min(ahead, key=ahead.get)
    return f"{formats.usd_whole(ahead[year])}, FY {year}"


def least_path(found: list[RatePath], titles: Mapping[str, str]) -> None:
    """Each least path by year, or which test forbids one."""
    for one in found:
        if not one.is_found:
            test_id, year = one.forbidding
            title = titles.get(test_id, test_id)
            components.note(
                f"{terms.LEAST_PATHS[one.path]}: none exists. Even at the cap, {title} fails in FY {year}."
            )
            continue
        steps = "; ".join(
            f"FY {slot.fiscal_year} {figures.percent(one.percents[slot.fiscal_year])}" for slot in one.slots
        )
        components.note(f"{terms.LEAST_PATHS[one.path]}: {steps}.")
    if found:
        unknown = [titles.get(test_id, test_id) for test_id in found[0].unknown_tests]
        components.note(
            f"No adjustment holds before {formats.day(found[0].first_possible_on)}: the notice takes so long."
            + (f" Not known, and so not asked: {'; '.join(unknown)}." if unknown else "")
        )
