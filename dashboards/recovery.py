"""Sections of the page on what an episode cost: when it is over, who was helped, what extending costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import streamlit as st

from dashboards import collection_words, components, formats, impact_charts, impact_figures, tables, words
from dashboards import impact_words as terms
from dashboards import months as calendar

AGE = 60  # days since the bill, at which the sentence over the curves compares
YEAR = timedelta(days=365)
MONTH_COLUMNS = {
    "month": "Month",
    "actual_open_usd": "Open",
    "expected_usd": "Expected without the event",
    "expected_low_usd": "Range from",
    "expected_high_usd": "to",
    "difference_usd": "Open less expected",
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


def opened(page: components.Page, months: pl.DataFrame, events: pl.DataFrame, as_of: date) -> None:
    """What was open by month, beside what would be open without the event."""
    if months.is_empty():
        components.heading("No month end to judge by.")
        return
    components.picture(
        back_sentence(months),
        impact_charts.recovery(months, events, months["month_end_on"][-1]),
        "recovery",
        "All bills so far that money had not paid, due or not; penalties and fees are not in it.",
    )
    with st.expander(f"By month ({formats.plural(months.height, 'month')})"):
        components.table(calendar.in_words(months), MONTH_COLUMNS, tall="Open and expected by month")
        components.download(page, "Months as CSV", "recovery", as_of, months)


def back_sentence(months: pl.DataFrame) -> str:
    """When arrears are back, and how far they were above the expected."""
    known = months.filter(pl.col("difference_usd").is_not_null() & pl.col("is_in_window"))
    back = impact_figures.back_on(months)
    where = "back where it would be without the event"
    ended = (
        f"Since {formats.month(back['month_end_on'])} what is open is {where}"
        if back
        else f"What is open is not {where}"
    )
    if known.is_empty():
        return f"{ended}."
    peak = known.sort("difference_usd").row(-1, named=True)
    amount = formats.usd_whole(abs(peak["difference_usd"]))
    way = "above" if peak["difference_usd"] >= 0 else "below"
    on = formats.day(peak["month_end_on"])
    return f"{ended}; at the highest, on {on}, it was {amount} {way} the expected."


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
        value=min(_months_later(ended_on, 3), last),
        format="D MMM YYYY",
        key="until",
        bind="query-params",
    )


def _months_later(day: date, months: int) -> date:
    """The last day of a later month."""
    number = day.year * 12 + day.month - 1 + months + 1
    return date(number // 12, number % 12 + 1, 1) - timedelta(days=1)


def extension(costs: pl.DataFrame, until_on: date) -> None:
    """What it would cost to extend the waiver to the chosen day: low, central, high."""
    if costs.is_empty():
        components.note("On that day the waiver was still in force: nothing would be extended.")
        return
    components.heading(extension_sentence(costs, until_on), extension_note(costs))
    shown = costs.with_columns(
        what=pl.Series([terms.component(code) for code in costs["component"]], dtype=pl.String)
    )
    components.table(shown, EXTENSION_COLUMNS)


def extension_sentence(costs: pl.DataFrame, until_on: date) -> str:
    """The cost of extending with its range, in one sentence."""
    parts = []
    for row in costs.iter_rows(named=True):
        bounds = (
            ""
            if row["low_usd"] == row["high_usd"]
            else impact_figures.between(row["low_usd"], row["high_usd"])
        )
        amount = formats.usd_whole(row["central_usd"])
        named = terms.component(row["component"]).lower()
        parts.append(f"{amount}{f' ({bounds})' if bounds else ''} of {named}")
    return f"Extended to {formats.day(until_on)}, the waiver would cost {' and '.join(parts)}, as assessed."


def extension_note(costs: pl.DataFrame) -> str:
    """What of the days has passed, and what is expected."""
    row = costs.row(0, named=True)
    said = []
    if row["passed_days"]:
        passed = formats.plural(row["passed_days"], "day")
        said.append(f"{passed} have passed: what was really charged on them, so no range")
    if row["to_come_days"]:
        said.append(
            f"{formats.plural(row['to_come_days'], 'day')} are to come: the mean of months without events of the "
            "same half of the year, from the lowest to the highest of them"
        )
    return "; ".join(said) + "."


def helped(rows: pl.DataFrame) -> None:
    """Whom the waiver helped: already behind, or newly late."""
    of_all = rows.filter(pl.col("customer_class").is_null())
    if of_all.is_empty():
        return
    components.heading(
        help_sentence(of_all),
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


def help_sentence(of_all: pl.DataFrame) -> str:
    """How many were helped, and how many of them had been behind before."""
    got = of_all.filter(pl.col("penalties_usd") > 0)
    count, saved = sum(got["account_count"]), sum(got["penalties_usd"], Decimal("0.00"))
    behind = got.filter(pl.col("help_group") == "already_behind")
    share = formats.pct(formats.share(Decimal(sum(behind["account_count"])), Decimal(count)))
    money = formats.usd_whole(sum(behind["penalties_usd"], Decimal("0.00")))
    return (
        f"{formats.plural(count, 'account')} had penalties of {formats.usd_whole(saved)} in all not charged; "
        f"{share} of them, with {money}, were already behind before it began."
    )


def agreements(rows: pl.DataFrame) -> None:
    """Whether the agreements that were signed in the episode's time are kept."""
    if rows.is_empty():
        components.heading("No payment agreement was signed in this episode's time.")
        return
    components.heading(agreement_sentence(rows))
    shown = rows.with_columns(
        how=pl.Series(
            [collection_words.agreement(code) for code in rows["agreement_status"]], dtype=pl.String
        )
    )
    counts = ["agreement_count", "installment_count", "met_count"]
    components.table(tables.with_total(shown, "how", counts=counts), AGREEMENT_COLUMNS, has_total=True)


def agreement_sentence(rows: pl.DataFrame) -> str:
    """How many agreements there are, and how many of them were kept."""
    kept = rows.filter(pl.col("agreement_status").is_in(["completed", "kept"]))
    signed, held = sum(rows["agreement_count"]), sum(kept["agreement_count"])
    return (
        f"{formats.count(held)} of {formats.plural(signed, 'payment agreement')} signed in its time "
        f"{'is' if held == 1 else 'are'} completed or still kept."
    )
