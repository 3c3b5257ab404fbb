"""Sections of the page on what an episode cost: when it is over, who was helped, what extending costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl
import streamlit as st

from dashboards import collection_words, components, formats, impact_charts, impact_sentences, tables, words
from dashboards import impact_words as terms
from dashboards import months as calendar
from dashboards.impact_measures import Measures

AGE = 60  # days since the bill, at which the sentence over the curves compares
YEAR = timedelta(days=365)
MONTH_COLUMNS = {
    "month": "Month",
    "actual_open_usd": "Open",
    "not_issued_usd": "Should have been sent",
    "expected_usd": "Expected without the event",
    "expected_low_usd": "Range from",
    "expected_high_usd": "to",
    "difference_usd": "Both less expected",
    "past_due_usd": "Past due, as the aging says",
    "is_back": "Back",
}
EXTENSION_COLUMNS = {
    "what": "What it costs",
    "from_on": "From",
    "until_on": "To",
    "central_usd": "Cost",
    "low_usd": "Range from",
    "high_usd": "to",
    "collected_usd": "As would have been collected",
    "charged_usd": "Really charged on days past",
    "expected_usd": "Expected on days to come",
}
HELP_COLUMNS = {
    "who": "Accounts",
    "account_count": "How many",
    "penalties_usd": "Penalties not charged, by the rules",
    "window_end_past_due_count": "Past due at its end",
    "window_end_past_due_usd": "with",
    "past_due_count": "Past due now",
    "past_due_usd": "with",
}
AGREEMENT_COLUMNS = {
    "how": "Agreement",
    "agreement_count": "How many",
    "agreed_usd": "Agreed",
    "installment_count": "Installments",
    "met_count": "Met",
}


def opened(
    page: components.Page, months: pl.DataFrame, events: pl.DataFrame, as_of: date, measures: Measures
) -> None:
    """What was open by month, beside what would be open without the event."""
    if months.is_empty():
        components.heading("No month end to judge by.")
        return
    caution = impact_sentences.inside(months.filter("is_in_window")["month_end_on"], measures)
    components.picture(
        impact_sentences.back(months, measures),
        impact_charts.recovery(months, events, months["month_end_on"][-1]),
        "recovery",
        "Open of bills up to half a year old, due or not, and bills that should have been sent by then; "
        "without penalties and fees." + (f" {caution}" if caution else ""),
    )
    with st.expander(f"By month ({formats.plural(months.height, 'month')})"):
        components.table(calendar.in_words(months), MONTH_COLUMNS, tall="Open and expected by month")
        components.download(page, "Months as CSV", "recovery", as_of, months)


def curves(rows: pl.DataFrame) -> None:
    """How much of the bills of each month was paid by so many days after the bill."""
    if rows.is_empty():
        return
    at = rows.filter(
        (pl.col("age_days") == AGE) & pl.col("is_event_month") & pl.col("expected_pct").is_not_null()
    )
    said = "How much of each month's bills was paid, by days since the bill."
    if at.height:
        worst = at.sort("collected_pct").row(0, named=True)
        paid, usual = formats.pct(worst["collected_pct"]), formats.pct(worst["expected_pct"])
        month = formats.month(worst["billed_month_end_on"])
        said = f"{AGE} days after the bill, {paid} of the bills of {month} was paid; usually it is {usual}."
    components.picture(
        said, impact_charts.curves(rows), "recovery_curves",
        "One line for each month's bills. Credits and cancelled bills are taken off what was billed.",
    )  # fmt: skip


def until(episode: Mapping, as_of: date) -> date | None:
    """The day until which the waiver would be extended, as chosen; None where there is none to extend."""
    if episode["waiver_from_on"] is None:
        return None
    ended_on = episode["penalty_waiver_to_on"] or episode["waiver_to_on"] or as_of
    first, last = ended_on + timedelta(days=1), max(as_of, ended_on) + YEAR
    return st.slider(
        "Until when would the waiver be extended?",
        min_value=first,
        max_value=last,
        value=min(calendar.months_later(ended_on, 3), last),
        format="D MMM YYYY",
        key="until",
        bind="query-params",
    )


def extension(costs: pl.DataFrame, until_on: date) -> None:
    """What it would cost to extend the waiver to the chosen day: low, central, high."""
    if costs.is_empty():
        components.note("On that day the waiver was still in force: nothing would be extended.")
        return
    components.heading(impact_sentences.extension(costs, until_on), impact_sentences.extension_basis(costs))
    shown = costs.with_columns(
        what=pl.Series([terms.component(code) for code in costs["component"]], dtype=pl.String)
    )
    components.table(shown, EXTENSION_COLUMNS)


def helped(rows: pl.DataFrame) -> None:
    """Whom the waiver helped: already behind, or newly late."""
    of_all = rows.filter(pl.col("customer_class").is_null())
    if of_all.is_empty():
        return
    components.heading(
        impact_sentences.helped(of_all),
        "Accounts with a penalty date in the waiver. Dollars; by the rules applied to what happened.",
    )
    ordered = of_all.sort(pl.col("help_group").replace_strict(_places(), default=9, return_dtype=pl.Int64))
    shown = _named(ordered)
    counts = ["account_count", "window_end_past_due_count", "past_due_count"]
    components.table(tables.with_total(shown, "who", counts=counts), HELP_COLUMNS, has_total=True)
    with st.expander("By class"):
        by_class = rows.filter(pl.col("customer_class").is_not_null()).sort(
            pl.col("help_group").replace_strict(_places(), default=9, return_dtype=pl.Int64), "customer_class"
        )
        titled = _named(by_class).with_columns(
            class_title=pl.Series(
                [words.sentence(code) for code in by_class["customer_class"]], dtype=pl.String
            )
        )
        components.table(titled, {"class_title": "Class"} | HELP_COLUMNS)


def _places() -> dict[str, int]:
    return {group: place for place, group in enumerate(terms.HELP_GROUPS)}


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        who=pl.Series([terms.help_group(code) for code in rows["help_group"]], dtype=pl.String)
    )


def agreements(rows: pl.DataFrame) -> None:
    """Whether the agreements that were signed in the episode's time are kept."""
    if rows.is_empty():
        components.heading("No payment agreement was signed in this episode's time.")
        return
    components.heading(impact_sentences.agreements(rows))
    shown = rows.with_columns(
        how=pl.Series(
            [collection_words.agreement(code) for code in rows["agreement_status"]], dtype=pl.String
        )
    )
    counts = ["agreement_count", "installment_count", "met_count"]
    components.table(tables.with_total(shown, "how", counts=counts), AGREEMENT_COLUMNS, has_total=True)
