"""Allowance for doubtful accounts and write-offs: sections of the page Collections."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from dashboards import components, formats, words
from dashboards.definitions import DEFINITIONS

Figure = tuple[str, str, str, str]
YEAR_COLUMNS = {
    "year": "Fiscal year",
    "opening_usd": "Opening",
    "provision_usd": "Provision",
    "write_offs_usd": "Write-offs",
    "recoveries_usd": "Recoveries",
    "closing_usd": "Closing",
    "lost_pct": "of open items",
    "open_usd": "Open items",
    "books_usd": "Books",
    "difference_usd": "Less books",
}
AGE_COLUMNS = {
    "group_title": "Accounts",
    "bucket_title": "Age",
    "balance_usd": "Open items",
    "step_pct": "That grows older",
    "lost_pct": "That is never paid",
    "allowance_usd": "Allowance",
}
CANDIDATE_COLUMNS = {
    "account_id": "Account",
    "class_title": "Class",
    "status_title": "Status",
    "reason_title": "Why",
    "closed_on": "Left",
    "oldest_due_on": "Oldest due date",
    "days_past_due": "Days late",
    "past_due_usd": "Past due",
    "written_off_usd": "Written off before",
    "recovered_usd": "Recovered",
}


def figure(years: pl.DataFrame) -> Figure:
    """What of the open items is not expected to be paid at the latest fiscal year's end."""
    label, definition = "Not expected to be paid", DEFINITIONS["Allowance"]
    known = years.filter(pl.col("closing_usd").is_not_null())
    if known.is_empty():
        return label, formats.UNKNOWN, "no fiscal year without events to measure it by", definition
    row = known.row(-1, named=True)
    share = formats.pct(formats.share(row["closing_usd"], row["open_usd"]))
    note = f"{share} of the open items on {formats.day(row['month_end_on'])}"
    if row["opening_usd"] is not None:
        note += f"; a year before {formats.usd(row['opening_usd'])}"
    return label, formats.usd_tile(row["closing_usd"]), note, definition


def allowance(page: components.Page, years: pl.DataFrame) -> None:
    """The allowance from opening to closing by fiscal year, and what it rests on."""
    known = years.filter(pl.col("closing_usd").is_not_null())
    if known.is_empty():
        return
    last = known.row(-1, named=True)
    components.heading(
        f"Allowance for doubtful accounts: {formats.usd(last['closing_usd'])} on "
        f"{formats.day(last['month_end_on'])}.",
        "Opening and provision, less write-offs, with recoveries, is the closing. Dollars.",
    )
    shown = years.with_columns(
        pl.Series("year", [words.fiscal_year(year) for year in years["fiscal_year"]], pl.String),
        pl.Series(
            "lost_pct",
            [formats.share(row["closing_usd"], row["open_usd"]) for row in years.to_dicts()],
        ),
        -pl.col("write_offs_usd"),
    )
    columns = YEAR_COLUMNS
    if years["books_usd"].null_count() == years.height:
        columns = {
            column: label
            for column, label in columns.items()
            if column not in ("books_usd", "difference_usd")
        }
    components.table(shown, columns)
    components.download(page, "Allowance as CSV", "allowance", page.utility["as_of_on"], years)
    _by_age(page, last["fiscal_year"])


def _by_age(page: components.Page, year: int) -> None:
    rows = page.ask("allowance_by_age", utility=page.utility_id, fiscal_year=year)
    names = {column.removesuffix("_usd"): label for column, label in words.BUCKETS.items()}
    months = max(rows["month_count"]) if rows.height else 0
    shown = rows.with_columns(
        pl.Series("group_title", [words.sentence(code) for code in rows["account_group"]], pl.String),
        pl.Series("bucket_title", [names.get(code, code) for code in rows["bucket"]], pl.String),
    )
    with st.expander(
        f"What it rests on, {words.fiscal_year(year)}: {formats.plural(months, 'month')} without events"
    ):
        components.table(shown, AGE_COLUMNS)
        components.download(page, "Shares as CSV", "allowance_by_age", page.utility["as_of_on"], rows)


def candidates(page: components.Page, rows: pl.DataFrame, as_of: date) -> str | None:
    """Write-off candidates for the council; the account that is chosen."""
    if rows.is_empty():
        components.heading(f"No account may be written off on {formats.day(as_of)}.")
        return None
    total = components.total_of(rows, ["past_due_usd"])
    components.heading(
        f"Write-off candidates for approval: {formats.plural(rows.height, 'account')}, "
        f"{formats.usd(total['past_due_usd'])}.",
        "A write-off does not forgive the debt. Choose a row for its statement. Dollars, the largest first.",
    )
    shown = rows.with_columns(
        pl.Series("class_title", [words.sentence(code) for code in rows["customer_class"]], pl.String),
        pl.Series("status_title", [words.status(code) for code in rows["account_status"]], pl.String),
        pl.Series("reason_title", [words.sentence(code) for code in rows["reason"]], pl.String),
    )
    event = components.grid(
        shown,
        CANDIDATE_COLUMNS,
        f"candidates-{rows.height}-{total['past_due_usd']}",
        height=min(38 + 30 * shown.height, 300),
        alt="Write-off candidates",
        on_select="rerun",
        selection_mode="single-row",
    )
    components.download(page, "Candidates as CSV", "write_off_candidates", as_of, rows)
    chosen = event.selection.rows if event else []
    return shown["account_id"][chosen[0]] if chosen else None
