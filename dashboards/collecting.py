"""Sections of the page Collections, from rows that the page asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import streamlit as st

from dashboards import collection_charts, components, formats, tables, theme, words
from dashboards import collection_words as terms
from dashboards import months as calendar
from dashboards.definitions import DEFINITIONS

Figure = tuple[str, str, str, str]
MEASURES = {"_usd": "Dollars", "_account_count": "Accounts"}
STATE_LINES = {
    "past_due": theme.AGES["d31_60_usd"],
    "delinquent": theme.AGES["d61_90_usd"],
    "shutoff_eligible": theme.AGES["over_120_usd"],
}
MONTH_COLUMNS = {
    "month": "Month",
    "open_usd": "Open items",
    "past_due_usd": "Past due",
    "past_due_account_count": "Accounts past due",
    "delinquent_usd": "Delinquent",
    "delinquent_account_count": "Accounts delinquent",
    "shutoff_eligible_usd": "Far enough behind",
    "shutoff_eligible_account_count": "Accounts far enough behind",
    "dso_days": "Days sales outstanding",
    "service_dso_days": "by service days",
    "collection_effectiveness_pct": "Collection effectiveness",
    "why_not": "Not shown because",
}
AGE, LAST_AGE = 3, 12  # months after the bill
TIMING_COLUMNS = {
    "month": "Billed in",
    "class_title": "Class",
    "collectible_usd": "Billed, dollars",
    "by_due_date_pct": "By the due date",
    "by_penalty_date_pct": "By the penalty date",
    "by_30_days_pct": "30 days after the bill",
    "by_60_days_pct": "60",
    "by_90_days_pct": "90",
    "by_180_days_pct": "180",
}
SEGMENT_COLUMNS = {
    "name": "",
    "account_count": "Accounts that owe",
    "past_due_account_count": "Accounts past due",
    "accounts_pct": "of those that owe",
    "past_due_usd": "Past due",
    "dollars_pct": "of open items",
    **dict(list(words.BUCKETS.items())[1:]),
    "open_usd": "Open items",
}
ROLL_COLUMNS = {
    "step": "From one age to a later one",
    "from_usd": "Stood there a month before",
    "rolled_usd": "Still open, later",
    "roll_pct": "Share",
    "year_before_pct": "A year before",
    "clean_pct": "Months without events",
    "why_not": "Not shown because",
}


def of_month(months: pl.DataFrame, month_end_on: date) -> dict:
    """The row of a month end; all unknown where there is none."""
    found = months.filter(pl.col("month_end_on") == month_end_on)
    return found.row(0, named=True) if found.height else dict.fromkeys(months.columns)


def figures(now: Mapping, before: Mapping, allowance: Figure, curve: Figure) -> list[Figure]:
    """Past due, how long it takes, what has been collected, and what is not expected to come."""
    share = formats.pct(formats.share(now["past_due_usd"], now["open_usd"]))
    past_due = f"{formats.plural(now['past_due_account_count'], 'account')}, {share} of the open items"
    if before["past_due_usd"] is not None:
        past_due += f"; a year before {formats.usd(before['past_due_usd'])}"
    return [
        ("Past due", formats.usd_tile(now["past_due_usd"]), past_due, DEFINITIONS["Past due"]),
        dso_figure(now, before),
        curve,
        allowance,
    ]


def dso_figure(now: Mapping, before: Mapping) -> Figure:
    """Days sales outstanding, or why there are none."""
    label, definition = "Days sales outstanding", DEFINITIONS["Days sales outstanding"]
    if now["dso_days"] is None:
        why = now["suppressed_because"] or "the data begin too late to count back"
        by_service = _days(now["service_dso_days"])
        return label, formats.UNKNOWN, f"{why}; by service days {by_service}", definition
    note = (
        f"a year before {_days(before['dso_days'])}" if before["dso_days"] is not None else "no year before"
    )
    if now["simple_dso_days"] is not None:
        note += f"; simple ratio {_days(now['simple_dso_days'])}"
    return label, _days(now["dso_days"]), note, definition


def _days(value: Decimal | int | None) -> str:
    return formats.UNKNOWN if value is None else f"{formats.tenths(Decimal(value))} days"


def by_month(page: components.Page, months: pl.DataFrame, events: pl.DataFrame, as_of: date) -> None:
    """Past due, delinquent and far enough behind, by month."""
    measure = st.segmented_control(
        "Count", list(MEASURES), default="_usd", format_func=MEASURES.get, key="measure",
        bind="query-params", required=True,
    )  # fmt: skip
    lines = [
        collection_charts.Line(f"{state}{measure}", terms.STATES[state], colour)
        for state, colour in STATE_LINES.items()
    ]
    peak = months.sort("past_due_usd").row(-1, named=True)
    last = months.row(-1, named=True)
    components.picture(
        f"{formats.usd_tile(last['past_due_usd'])} is past due on "
        f"{formats.plural(last['past_due_account_count'], 'account')}; the most was "
        f"{formats.usd_tile(peak['past_due_usd'])} in {formats.month(peak['month_end_on'])}.",
        collection_charts.lines_by_month(months, lines, events, as_of),
        "states",
        "At each month end. Past due: after the due date. Delinquent: after the penalty date. Far enough "
        "behind: old enough for a shut-off, whatever stands in the way.",
    )
    with st.expander(f"By month ({formats.plural(months.height, 'month')})"):
        shown = calendar.in_words(months)
        shown = shown.with_columns(
            pl.Series("why_not", [words.sentence(why) for why in shown["suppressed_because"]], pl.String)
        )
        components.table(shown, MONTH_COLUMNS, tall="Collections by month")
        components.download(page, "Months as CSV", "collections_by_month", as_of, months)


def days_outstanding(months: pl.DataFrame, events: pl.DataFrame, as_of: date) -> None:
    """Days sales outstanding by month; months in which billing stood still are gaps, and said."""
    known = months.filter(pl.col("dso_days").is_not_null())
    if known.is_empty():
        components.heading(
            "Days sales outstanding cannot be counted back: revenue by service day is missing."
        )
        return
    gaps = months.filter(pl.col("is_billing_suspended"))
    left_out = ", ".join(formats.month(end) for end in gaps["month_end_on"])
    last = known.row(-1, named=True)
    lines = [
        collection_charts.Line("dso_days", "By what was billed"),
        collection_charts.Line("service_dso_days", "With unbilled service", theme.MUTED, "dot"),
    ]
    components.picture(
        f"What was owed in {formats.month(last['month_end_on'])} is the revenue of the latest "
        f"{_days(last['dso_days'])}.",
        collection_charts.lines_by_month(months, lines, events, as_of, height=280),
        "dso",
        (f"Left out because billing was suspended: {left_out}. " if left_out else "")
        + "Dotted: what is owed and what is not yet billed, so that a skipped bill changes nothing.",
    )


def roll_rates(page: components.Page, rows: pl.DataFrame, month_end_on: date) -> None:
    """From month to month, the share of each age that the same accounts still owe later."""
    if rows.is_empty():
        return
    listed = rows.to_dicts()
    shown = rows.with_columns(
        pl.Series("step", [_step(row) for row in listed], pl.String),
        pl.Series(
            "roll_pct",
            [
                None if row["suppressed_because"] else formats.share(row["rolled_usd"], row["from_usd"])
                for row in listed
            ],
        ),
        pl.Series(
            "year_before_pct",
            [formats.share(row["year_before_rolled_usd"], row["year_before_from_usd"]) for row in listed],
        ),
        pl.Series(
            "clean_pct", [formats.share(row["clean_rolled_usd"], row["clean_from_usd"]) for row in listed]
        ),
        pl.Series("why_not", [words.sentence(row["suppressed_because"]) for row in listed], pl.String),
    )
    count = max(rows["clean_month_count"])
    components.heading(
        f"How debts grow older: roll rates of {formats.month(month_end_on)}, in dollars and percent",
        f"The same accounts from month end to month end. Without events: {formats.plural(count, 'month')}.",
    )
    columns = ROLL_COLUMNS if any(rows["suppressed_because"]) else {
        column: label for column, label in ROLL_COLUMNS.items() if column != "why_not"
    }  # fmt: skip
    components.table(shown, columns)
    components.download(page, "Roll rates as CSV", "roll_rates", month_end_on, rows)


def _step(row: Mapping) -> str:
    names = {column.removesuffix("_usd"): label for column, label in words.BUCKETS.items()}
    later = (
        "written off within the window"
        if row["to_bucket"] == "written_off"
        else f"{names[row['to_bucket']]} or later"
    )
    return f"{names.get(row['from_bucket'], row['from_bucket'])} to {later}"


def segments(page: components.Page, month_end_on: date) -> None:
    """Who is past due: by class, service, group or payment habit."""
    rows = page.ask("delinquency_segments", utility=page.utility_id, month_end_on=month_end_on)
    if rows.is_empty():
        return
    kind = st.segmented_control(
        "Past due by", list(terms.SEGMENTS), default="class", format_func=terms.SEGMENTS.get, key="segment",
        bind="query-params", required=True,
    )  # fmt: skip
    found = rows.filter((pl.col("segment_kind") == kind) & (pl.col("open_usd") != 0))
    if found.is_empty():
        components.heading(f"Nothing is open on {formats.day(month_end_on)}.")
        return
    most = found.row(0, named=True)
    share = formats.share(most["past_due_usd"], sum(found["past_due_usd"]))
    listed = found.to_dicts()
    components.heading(
        f"{terms.segment(kind, most['segment'])} carries {formats.pct(share)} of what is past due on "
        f"{formats.day(month_end_on)}.",
        "Dollars by days late. A payment habit is that of the account's last twelve due dates."
        if kind == "habit"
        else "Dollars by days late.",
    )
    shown = found.with_columns(
        pl.Series("name", [terms.segment(kind, row["segment"]) for row in listed], pl.String),
        pl.Series("accounts_pct", [_share(row, "past_due_account_count", "account_count") for row in listed]),
        pl.Series("dollars_pct", [_share(row, "past_due_usd", "open_usd") for row in listed]),
    )
    labels = SEGMENT_COLUMNS | {"name": terms.SEGMENTS[kind]}
    # An account may owe for several services; it has one class, group and habit.
    counts = [] if kind == "service" else ["account_count", "past_due_account_count"]
    components.table(tables.with_total(shown, "name", counts=counts), labels, has_total=True)
    components.download(page, "Segments as CSV", "segments", month_end_on, rows)


def _share(row: Mapping, part: str, whole: str) -> Decimal | None:
    return formats.share(Decimal(row[part]), Decimal(row[whole]))


def curve_points(curves: pl.DataFrame) -> list[tuple[str, str, list[int], list[Decimal]]]:
    """Each month's curve: its name, its kind, ages and the percentages paid by then."""
    found = []
    for (billed,), rows in curves.group_by("billed_month_end_on", maintain_order=True):
        shares = [formats.share(row["collected_usd"], row["collectible_usd"]) for row in rows.to_dicts()]
        found.append((formats.month(billed), rows["kind"][0], rows["age_months"].to_list(), shares))
    return found


def usual_share(curves: pl.DataFrame, age: int) -> Decimal | None:
    """What of the bills of usual months had been paid so many months after."""
    rows = curves.filter((pl.col("kind") == "usual") & (pl.col("age_months") == age))
    total = components.total_of(rows, ["collected_usd", "collectible_usd"])
    return formats.share(total["collected_usd"], total["collectible_usd"])


def curve_figure(curves: pl.DataFrame) -> Figure:
    """How much of a month's bills is paid after a quarter: the latest month beside the usual ones."""
    label, definition = f"Paid {AGE} months after the bill", DEFINITIONS["Collection curve"]
    latest = curves.filter(pl.col("age_months") == AGE).sort("billed_month_end_on")
    if latest.is_empty():
        return label, formats.UNKNOWN, "no month's bills are that old", definition
    row = latest.row(-1, named=True)
    usual = formats.pct(usual_share(curves, AGE))
    return (
        label,
        formats.pct(formats.share(row["collected_usd"], row["collectible_usd"])),
        f"of the bills of {formats.month(row['billed_month_end_on'])}; {usual} "
        "of those of months without events",
        definition,
    )


def collected(page: components.Page, curves: pl.DataFrame, as_of: date) -> None:
    """Collection curves: a line for each month's bills, those of an event coloured."""
    if curves.is_empty():
        return
    ages = curves.filter(pl.col("kind") == "usual")["age_months"]
    last = min(LAST_AGE, max(ages)) if ages.len() else 0
    shares = [formats.pct(usual_share(curves, age)) for age in (1, last)]
    components.picture(
        f"Of a usual month's bills {shares[0]} is paid one month after, {shares[1]} after {last} months.",
        collection_charts.collection_curves(
            curve_points(curves.filter(pl.col("age_months") <= LAST_AGE)),
            terms.COHORTS,
            "Months after the month of the bill",
        ),
        "curves",
        "A line for each month's bills. An event is one that touches the month of the bill.",
    )
    components.download(page, "Curves as CSV", "collection_curves", as_of, curves)


def timing(page: components.Page, rows: pl.DataFrame, as_of: date) -> None:
    """When bills are paid, by month of the bill and class; folded."""
    if rows.is_empty():
        return
    with st.expander(f"When bills are paid, in percent of what was billed ({rows.height} rows)"):
        shown = calendar.in_words(rows.reverse()).with_columns(
            pl.Series("class_title", [words.sentence(code) for code in rows["customer_class"]], pl.String)
        )
        components.table(shown, TIMING_COLUMNS, tall="When bills are paid")
        components.download(page, "Timing as CSV", "payment_timing", as_of, rows)
