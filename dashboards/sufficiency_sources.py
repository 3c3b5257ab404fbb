"""What the page on rates and costs rests on: bills, what is never paid, waivers, assumptions, findings."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from dashboards import components, formats, tables, words
from dashboards import sufficiency_words as terms

FINDING_COLUMNS = {
    "fiscal_year": "Fiscal year",
    "what": "Finding",
    "subject": "Line",
    "amount_usd": "Dollars",
    "detail": "What follows",
}
ASSUMPTION_COLUMNS = {
    "what": "Assumption",
    "value": "Value",
    "came": "Where it comes from",
    "owner": "Owner",
    "assumed_on": "Decided",
    "source": "Source",
    "note": "Note",
}
NEVER_PAID_COLUMNS = {
    "fiscal_year": "Fiscal year",
    "of_usd": "Billed",
    "lost_usd": "Written off",
    "lost_pct": "Share",
    "is_clean": "Clean year",
    "is_used": "Counted",
}
BRIDGE_COLUMNS = {
    "fiscal_year": "Fiscal year",
    "episode_title": "Episode",
    "what": "Line",
    "with_usd": "With the waiver",
    "without_usd": "Without it",
    "difference_usd": "Difference",
    "low_usd": "From",
    "high_usd": "To",
}


def existing_revenue(rows: pl.DataFrame) -> None:
    """From what was billed to revenue at existing rates."""
    if rows.is_empty():
        components.heading(
            "Revenue at existing rates does not rest on bills",
            "No bills of a whole year with a tariff are loaded.",
        )
        return
    first = rows.row(0, named=True)
    days = f"{formats.day(first['test_year_from_on'])} to {formats.day(first['test_year_through_on'])}"
    components.heading(
        f"From bills of FY {first['test_year']} to revenue at existing rates, in dollars",
        f"Test year {days}"
        + (
            f"; rates in force since {formats.day(first['rates_from_on'])}."
            if first["rates_from_on"]
            else "."
        )
        + (
            ""
            if first["is_last_year_over"]
            else " A later year is over, but not all of its days are billed yet."
        ),
    )
    steps = (
        rows.group_by("step_no", "title", "is_total", maintain_order=True)
        .agg(pl.col("amount_usd").sum())
        .sort("step_no")
    )
    shown = [
        ("total" if row["is_total"] else "", [row["title"], formats.amount(row["amount_usd"])])
        for row in steps.iter_rows(named=True)
    ]
    st.html(tables.text_table(["Step", "Dollars"], shown))


def never_paid(rows: pl.DataFrame) -> None:
    """What of each year's bills was written off, and which years the forward share takes."""
    if rows.is_empty():
        return
    used = rows.filter("is_used")["fiscal_year"].to_list()
    components.heading(
        "What of a year's bills was never paid, in dollars",
        f"The forward share is that of {words.fiscal_year(min(used))} to {max(used)}, the latest clean years."
        if used else "No clean year is complete: the forward share is measured otherwise, or assumed.",
    )  # fmt: skip
    named = rows.with_columns(fiscal_year=pl.col("fiscal_year").map_elements(words.fiscal_year, pl.String))
    components.table(named, NEVER_PAID_COLUMNS)


def bridge(rows: pl.DataFrame) -> None:
    """What waivers changed, which the books already contain."""
    if rows.is_empty():
        components.heading("No waiver touched a line of this fund.", terms.NEVER_ADDED)
        return
    components.heading("What waivers changed in the books, in dollars", terms.NEVER_ADDED)
    named = rows.with_columns(
        what=pl.col("component").replace(terms.BRIDGE),
        fiscal_year=pl.col("fiscal_year").map_elements(words.fiscal_year, pl.String),
    )
    components.table(named, BRIDGE_COLUMNS)


def assumptions(rows: pl.DataFrame, fiscal_year: int) -> None:
    """What the year rests on, who decided it, and what nobody gave."""
    of_year = rows.filter(pl.col("fiscal_year") == fiscal_year)
    with st.expander(f"Assumptions of FY {fiscal_year} ({of_year.height})"):
        given = [
            assumption_row(row) for row in of_year.filter(pl.col("origin") != "neutral").iter_rows(named=True)
        ]
        if given:
            components.table(pl.DataFrame(given, infer_schema_length=None), ASSUMPTION_COLUMNS)
        neutral = of_year.filter(pl.col("origin") == "neutral")["assumption_name"].to_list()
        if neutral:
            names = "; ".join(terms.assumption(name) for name in neutral)
            components.note(f"Not given, and so without effect: {names}.")


def assumption_row(row: Mapping) -> dict:
    """An assumption in words."""
    came = terms.ASSUMPTION_ORIGINS[row["origin"]]
    if row["origin"] == "carried":
        came += f" from FY {row['given_year']}"
    mark = f" {words.MARK_OF_ASSUMED}" if row["is_assumed"] else ""
    return {
        "what": terms.assumption(row["assumption_name"]),
        "value": terms.assumed_value(row["assumption_name"], row["assumption_value"]) + mark,
        "came": came,
        "owner": row["owner"],
        "assumed_on": row["assumed_on"],
        "source": row["source"] or ("assumed" if row["is_assumed"] else None),
        "note": row["note"],
    }


def findings(rows: pl.DataFrame) -> None:
    """What in the books cannot count as it was delivered."""
    if rows.is_empty():
        return
    with st.expander(f"Books that cannot count as delivered ({rows.height})"):
        named = rows.with_columns(
            what=pl.col("finding").map_elements(words.sentence, pl.String),
            fiscal_year=pl.col("fiscal_year").map_elements(words.fiscal_year, pl.String),
        )
        components.table(named, FINDING_COLUMNS)
