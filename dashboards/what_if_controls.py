"""The sliders of the page What if: where each starts, which values it offers, and what was moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
import polars as pl
import streamlit as st

from dashboards import components, formats, words
from dashboards import sufficiency_words as terms
from dashboards.rate_edits import NUMBER
from dashboards.what_if import ADJUSTMENT, INFLATION, MONTH, SHOCK, WAIVER, Changes

AS_PLANNED, LEVEL, BY_YEAR = "as_planned", "level", "by_year"
MODES = {AS_PLANNED: "As planned", LEVEL: "Level", BY_YEAR: "By year"}
QUARTER, HALF, ONE = Decimal("0.25"), Decimal("0.5"), Decimal(1)
ZERO = Decimal(0)
HIGHEST = Decimal(100)


@dataclass(frozen=True)
class Range:
    """Which values a slider offers, and what it is called."""

    name: str
    label: str
    lowest: Decimal
    highest: Decimal
    step: Decimal


def _range(name: str, label: str, lowest: object, highest: object, step: Decimal) -> Range:
    return Range(name, label, Decimal(lowest), Decimal(highest), step)


GROWTH = [
    _range("growth_percent", "Customers, change a year", -3, 5, QUARTER),
    _range("usage_growth_percent", "Use per customer, change a year", -4, 3, QUARTER),
]
MONEY = [
    _range("uncollectible_percent", "Billed and not expected to be paid", 0, 6, QUARTER),
    _range("interest_percent", "Interest on the opening balance", 0, 6, QUARTER),
    _range("pilot_percent", "Payment in lieu of taxes, of rate revenue", 0, 15, HALF),
]
CAPITAL = [
    _range("capital_delay_years", "Capital plan, years later", 0, 5, ONE),
    _range("capital_share_percent", "Share of the capital plan that is done", 0, 100, Decimal(5)),
]


@dataclass(frozen=True)
class Start:
    """Where the controls begin: a scenario's assumptions, and the named changes that were loaded.

    Attributes:
        key: of what; other controls for another fund, scenario or named set.
        given: rows of the scenario's assumptions of the years whose books are not closed.
        years: those years.
        changes: that were loaded.
    """

    key: str
    given: pl.DataFrame
    years: list[int]
    changes: Changes

    def value(self, name: str) -> Decimal:
        """What a slider of every year starts at."""
        if name in self.changes.every_year:
            return self.changes.every_year[name]
        return self.planned(name)

    def planned(self, name: str, year: int | None = None) -> Decimal:
        """What the scenario assumes in a year, the first open one unless one is named."""
        at = self.years[0] if year is None else year
        rows = self.given.filter((pl.col("assumption_name") == name) & (pl.col("fiscal_year") == at))
        return rows["assumption_value"][0].normalize() if rows.height else ZERO

    def one_year(self, name: str) -> tuple[int, Decimal]:
        """The year and value at which a slider of one year starts."""
        by_year = self.changes.by_year.get(name) or {
            year: value for year in self.years if (value := self.planned(name, year))
        }
        year = next(iter(by_year), self.years[0])
        return (year, by_year[year]) if year in self.years and by_year else (self.years[0], ZERO)


def _options(one: Range, *more: Decimal) -> list[Decimal]:
    count = int((one.highest - one.lowest) / one.step) + 1
    # In one form each, so that 3 and 3.00 are one place of the slider.
    steps = {(one.lowest + one.step * number).normalize() for number in range(count)}
    return sorted(steps | {value.normalize() for value in more})


def _slider(one: Range, value: Decimal, key: str, *more: Decimal) -> Decimal:
    return st.select_slider(
        one.label, _options(one, value, *more), value=value.normalize(), key=f"{one.name} {key}",
        format_func=lambda amount: terms.assumed_value(one.name, amount),
    )  # fmt: skip


def _moved(ranges: Sequence[Range], start: Start) -> dict[str, Decimal]:
    """Sliders that do not stand where the scenario has them."""
    found = {}
    for one in ranges:
        value = _slider(one, start.value(one.name), start.key, start.planned(one.name))
        if value != start.planned(one.name):
            found[one.name] = value
    return found


def controls(start: Start, revenue_usd: Decimal) -> Changes:
    """All sliders, and what is moved.

    Args:
        start: where they begin.
        revenue_usd: of rates in the first open year: how far dollars reach.
    """
    by_year: dict[str, Mapping[int, Decimal]] = {}
    components.heading("Rates")
    every_year = _rates(start, by_year)
    components.heading("Customers and use")
    every_year |= _moved(GROWTH, start)
    shock = Range(SHOCK, "Drought or mild winter: use in one year", Decimal(-30), Decimal(15), ONE)
    _one_year(shock, start, by_year)
    components.heading("Costs")
    points = Range("points_percent", "Inflation of all costs, points more", Decimal(-3), Decimal(6), HALF)
    inflation_points = _slider(points, start.changes.inflation_points, start.key, ZERO)
    lines = sorted({name for name in start.given["assumption_name"] if name.startswith(INFLATION)})
    if lines:
        with st.expander("Inflation of each line"):
            every_year |= _moved(
                [_range(name, words.sentence(name.removeprefix(INFLATION)), -2, 12, HALF) for name in lines],
                start,
            )
    every_year |= _moved(CAPITAL, start)
    components.heading("Money")
    every_year |= _moved(MONEY, start)
    step = Decimal(10) ** max(len(str(int(revenue_usd / 200))) - 1, 2)
    waiver = Range(WAIVER, "Waiver goes on: penalties not charged", ZERO, step * 40, step)
    _one_year(waiver, start, by_year)
    return Changes(every_year, by_year, inflation_points)


def _one_year(one: Range, start: Start, by_year: dict[str, Mapping[int, Decimal]]) -> None:
    """A slider that holds in one year, which is chosen beside it; other years have none then."""
    year, value = start.one_year(one.name)
    left, right = st.columns([2.2, 1], gap="small", vertical_alignment="bottom")
    with right:
        chosen = st.selectbox(
            "In FY", start.years, index=start.years.index(year), format_func=str,
            key=f"year {one.name} {start.key}",
        )  # fmt: skip
    with left:
        amount = _slider(one, value, start.key, ZERO)
    planned = {at: value for at in start.years if (value := start.planned(one.name, at))}
    here = {chosen: amount} if amount else {}
    if here != planned:
        by_year[one.name] = dict.fromkeys(planned, ZERO) | here


def _rates(start: Start, by_year: dict[str, Mapping[int, Decimal]]) -> dict[str, Decimal]:
    """Adjustments of rates, and the month from which they hold."""
    loaded = start.changes.by_year.get(ADJUSTMENT)
    mode = st.segmented_control(
        "Adjustments", list(MODES), default=BY_YEAR if loaded else AS_PLANNED, format_func=MODES.get,
        key=f"mode {start.key}", required=True, label_visibility="collapsed",
    )  # fmt: skip
    if mode == LEVEL:
        level = Range(ADJUSTMENT, "Adjustment in each year", Decimal(-5), Decimal(15), QUARTER)
        left, right = st.columns([2.2, 1], gap="small", vertical_alignment="bottom")
        with right:
            first = st.selectbox("From FY", start.years, format_func=str, key=f"from {start.key}")
        with left:
            percent = _slider(level, Decimal(3), start.key)
        by_year[ADJUSTMENT] = {year: percent for year in start.years if year >= first}
    elif mode == BY_YEAR:
        by_year[ADJUSTMENT] = _typed(start, loaded)
    months = start.changes.by_year.get(MONTH)
    if months and mode == BY_YEAR:
        by_year[MONTH] = months
    month = Range(MONTH, "From this month of the fiscal year on (1: its first)", ONE, Decimal(12), ONE)
    return _moved([month], start)


def _typed(start: Start, loaded: Mapping[int, Decimal] | None) -> dict[int, Decimal]:
    """Adjustments typed year by year; what is no number says so and counts as none."""
    first = loaded or {year: start.planned(ADJUSTMENT, year) for year in start.years}
    frame = st.data_editor(
        pd.DataFrame(
            {
                "Fiscal year": [words.fiscal_year(year) for year in start.years],
                "Adjustment, %": [f"{first.get(year, ZERO).normalize():f}" for year in start.years],
            },
            dtype="string",
        ),
        key=f"adjustments {start.key}", hide_index=True, disabled=["Fiscal year"], row_height=28,
        height=40 + 28 * len(start.years),
    )  # fmt: skip
    found = {}
    for year, text in zip(start.years, frame["Adjustment, %"], strict=True):
        written = "0" if pd.isna(text) else str(text).strip().replace(formats.MINUS, "-") or "0"
        is_number = bool(NUMBER.fullmatch(written.removeprefix("-")))
        if not is_number or abs(Decimal(written)) > HIGHEST:
            st.error(f"{words.fiscal_year(year)}: {components.typed(written)} is no percentage up to 100.")
            continue
        found[year] = Decimal(written)
    return found
