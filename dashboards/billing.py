"""Sections of the page Billing and reads, from rows that the page asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import streamlit as st

from dashboards import billing_charts, components, formats, words
from dashboards import months as calendar
from dashboards.bill import in_words
from dashboards.definitions import DEFINITIONS
from ratehouse.bill import unit_name

Figure = tuple[str, str, str, str]
LISTED = 500
EVERY = 10_000_000
YEAR = 12  # months
RESTS_ON_RULES = (
    r"^(billing\.(prorate|months_covered|default_meter_size)|winter_average\.|reads\.max_gap|estimates\.m)"
)
REASON_COLUMNS = {
    "why": "Why they differ",
    "bill_count": "Bills",
    "account_count": "Accounts",
    "too_much_usd": "Billed too much",
    "too_little_usd": "Billed too little",
    "to_do": "To be corrected",
}
NEVER_COLUMNS = {
    "finding_title": "Finding",
    "subject_id": "Account or row of the list",
    "premise_id": "Premise",
    "service_title": "Service",
    "class_title": "Class",
    "from_on": "From",
    "to_on": "To",
    "is_ongoing": "Still so",
    "read_count": "Reads",
    "missed_usd": "Missed",
    "basis": "Computed from",
}
REVENUE_COLUMNS = {
    "month": "Month",
    "billed_usd": "Billed",
    "earned_usd": "Earned",
    "known_unbilled_usd": "Unbilled, as could be known then",
    "unbilled_usd": "Unbilled, as it turned out",
    "unbilled_error_usd": "Error",
    "cash_usd": "Paid",
}
READ_COLUMNS = {
    "read_on": "Read",
    "account_id": "Account",
    "premise_id": "Premise",
    "service_title": "Service",
    "meter_id": "Meter",
    "kind": "Kind",
    "previous_read_on": "Read before",
    "read_days": "Days",
    "previous_reading_quantity": "Reading before",
    "reading_quantity": "Reading",
    "usage_quantity": "Use",
    "unit_title": "Unit",
    "doubts": "Notes",
}


def dagger(page: components.Page, totals: pl.DataFrame, year: int | None = None) -> str:
    """The mark of figures that rest on assumed rules, or on assumed prices in the chosen years."""
    chosen = _of_year(totals, year)
    is_assumed = bool(chosen and chosen["assumed_count"])
    return f" {words.MARK_OF_ASSUMED}" if is_assumed else page.dagger(RESTS_ON_RULES)


def exact_figure(totals: pl.DataFrame, year: int | None) -> Figure:
    """The share of bills that agree to the cent, in the chosen years and in the latest of them."""
    label, definition = "Exact to the cent", DEFINITIONS["Exact to the cent"]
    chosen = _of_year(totals, year)
    years = [here for here in totals["fiscal_year"] if here is not None]
    if chosen is None or not chosen["priced_count"]:
        return label, formats.UNKNOWN, _nothing_checked(chosen, year), definition
    other = (max(years) if year is None else year - 1) if years else None
    note = f"of {formats.count(chosen['row_count'])} bills and services; "
    note += f"{formats.usd(chosen['billed_usd'])} billed, {formats.usd(chosen['recomputed_usd'])} by tariff"
    compared = _of_year(totals, other) if other in years else None
    if compared is not None:
        note += f"; {words.fiscal_year(other)}: {exact_share(compared).lower()}"
    return label, exact_share(chosen), note, definition


def exact_share(totals: Mapping) -> str:
    """The share that agrees to the cent; never 100 % while one does not."""
    text = formats.pct(formats.share(Decimal(totals["exact_count"]), Decimal(totals["row_count"])))
    missed = totals["row_count"] - totals["exact_count"]
    return f"All but {formats.count(missed)}" if missed and text.startswith("100") else text


def mistakes_figure(totals: pl.DataFrame, year: int | None) -> Figure:
    """How many bills are wrong, and the dollars of it."""
    label, definition = "Mistakes found", DEFINITIONS["Mistakes found"]
    chosen = _of_year(totals, year)
    if chosen is None or not chosen["priced_count"]:
        return label, formats.UNKNOWN, _nothing_checked(chosen, year), definition
    count = chosen["error_bill_count"]
    note = (
        f"{formats.usd(chosen['at_stake_usd'])} at stake: {formats.usd(chosen['too_much_usd'])} billed "
        "too much, "
        f"{formats.usd(chosen['too_little_usd'])} too little"
        if count
        else "every difference is explained and needs no correction"
    )
    return label, formats.plural(count, "bill"), note, definition


def never_billed_figure(rows: pl.DataFrame) -> Figure:
    """The revenue that was missed because no bill was sent."""
    label, definition = "Never billed", DEFINITIONS["Never billed"]
    priced = rows.filter(pl.col("missed_usd").is_not_null())
    still = priced.filter(pl.col("is_ongoing"))["subject_id"].n_unique()
    if rows.is_empty():
        return label, "$0", "every day of service has a bill", definition
    places = formats.plural(priced["subject_id"].n_unique(), "place")
    note = f"missed at {places}; {formats.count(still)} still so"
    return label, formats.usd_tile(sum(priced["missed_usd"], Decimal(0))), note, definition


def estimated_figure(months: pl.DataFrame) -> Figure:
    """The estimated share of the reads of twelve months, against the twelve before."""
    label, definition = "Estimated reads", DEFINITIONS["Estimated read"]
    if months.is_empty():
        return label, formats.UNKNOWN, "no reads were delivered", definition
    latest, before = months.tail(YEAR), months.head(-YEAR).tail(YEAR)
    note = f"of the reads of {formats.plural(latest.height, 'month')}"
    if before.height == YEAR:
        note += f"; {formats.pct(estimated_share(before))} in the {YEAR} before"
    return label, formats.pct(estimated_share(latest)), note, definition


def estimated_share(months: pl.DataFrame) -> Decimal | None:
    """Estimated reads in percent of those that do not belong to a change of meter."""
    visits = months["read_count"].sum() - months["change_read_count"].sum()
    return formats.share(Decimal(int(months["estimated_count"].sum())), Decimal(int(visits)))


def _nothing_checked(chosen: Mapping | None, year: int | None) -> str:
    return "no tariff prices these bills" if chosen else f"no bill: {words.fiscal_year(year).lower()}"


def _of_year(totals: pl.DataFrame, year: int | None) -> dict | None:
    found = totals.filter(pl.col("fiscal_year").eq_missing(year) & (pl.col("row_count") > 0))
    return found.row(0, named=True) if found.height else None


def reasons(found: pl.DataFrame) -> None:
    """Ranked bars of the mistakes by reason; below them all that differs."""
    shown = found.with_columns(
        pl.Series("why", [words.audit_reason(code) for code in found["reason"]], pl.String),
        pl.Series("to_do", [formats.yes_no(is_error) for is_error in found["is_error"]], pl.String),
    )
    wrong = shown.filter(pl.col("is_error"))
    if wrong.is_empty():
        components.heading("No bill is wrong: what differs needs no correction.")
    else:
        worst = wrong.row(0, named=True)
        labels = [
            f"{formats.usd(row['apart_usd'])}, {formats.plural(row['bill_count'], 'bill')}"
            for row in wrong.iter_rows(named=True)
        ]
        components.picture(
            f"The most is at stake where the reason is: {worst['why'].lower()}, "
            f"{formats.usd(worst['apart_usd'])} on {formats.plural(worst['bill_count'], 'bill')}.",
            billing_charts.ranked_bars(wrong["why"].to_list(), wrong["apart_usd"].to_list(), labels),
            "reasons",
            "Mistakes only; dollars billed too much and too little, added up without sign.",
        )
    components.table(shown, REASON_COLUMNS)


def never_billed(page: components.Page, rows: pl.DataFrame) -> None:
    """Who was served and not billed."""
    missed = sum(rows["missed_usd"].drop_nulls(), Decimal(0))
    components.heading(
        f"Never billed: {formats.usd(missed)} of revenue missed."
        if rows.height
        else "Every day of service has a bill.",
        "Of all years, whatever the filter says; a stretch of days may lie in several.",
    )
    if rows.is_empty():
        return
    shown = in_words(rows).with_columns(
        pl.Series("finding_title", [words.FINDINGS.get(code, code) for code in rows["finding"]], pl.String),
        pl.Series("basis", [_computed_from(row) for row in rows.iter_rows(named=True)], pl.String),
    )
    components.table(shown, NEVER_COLUMNS, tall="Accounts never billed" if rows.height > 12 else "")
    components.download(page, "Never billed as CSV", "never_billed", page.utility["as_of_on"], rows)


def _computed_from(row: Mapping) -> str:
    text = words.MISSED_BASES.get(row["missed_basis"], words.sentence(row["missed_basis"]).lower())
    if row["usage_quantity"]:
        text += f"; {formats.quantity(row['usage_quantity'])} {unit_name(row['usage_unit'])}".rstrip()
    if row["missed_usd"] is not None and row["median_bill_usd"] is not None:
        text += f"; usual bill {formats.usd(row['median_bill_usd'])}"
    return text


def reads(
    page: components.Page, months: pl.DataFrame, events: pl.DataFrame, services: list[str], as_of: date
) -> None:
    """The estimated share by month, doubts by month, and the reads behind them."""
    peak = max(months.iter_slices(1), key=lambda month: estimated_share(month) or Decimal(-1))
    components.picture(
        f"The most reads were estimated in {formats.month(peak['month_end_on'][0])}, "
        f"{formats.pct(estimated_share(peak))}.",
        billing_charts.estimated_share(months, events, as_of),
        "estimated",
        "Share of the month's reads, without those of a change of meter. All months; a read has no "
        "class and no "
        "fiscal year.",
    )
    counted = {flag: label for flag, (label, _, column) in words.READ_FLAGS.items() if months[column].sum()}
    if not counted:
        return
    labels = {words.READ_FLAGS[flag][2]: words.READ_FLAGS[flag][1] for flag in counted}
    shown = calendar.in_words(months)
    components.table(shown, {"month": "Month", "read_count": "Reads", **labels}, tall="Reads by month")
    components.download(page, "Reads by month as CSV", "reads_by_month", as_of, months)
    flag = st.segmented_control(
        "Show the reads", list(counted), format_func=counted.get, key="reads", bind="query-params"
    )
    if flag:
        _flagged_reads(page, flag, counted[flag], services, as_of)


def _flagged_reads(page: components.Page, flag: str, label: str, services: list[str], as_of: date) -> None:
    asked = {"utility": page.utility_id, "services": services, "flag": flag}
    found = page.ask("flagged_reads", **asked, row_limit=LISTED)
    if found.is_empty():
        st.info("No such read here. Take a filter away.")
        return
    components.grid(in_words(found), READ_COLUMNS, f"reads-{flag}-{services}", height=300, alt=label)
    st.caption(
        f"{label}: {formats.count(found.height)} of {formats.count(found['matched_count'][0])} reads, "
        "newest first. "
        "The download holds all of them."
    )
    components.download(
        page,
        "Reads as CSV",
        f"reads_{flag}",
        as_of,
        lambda: page.ask("flagged_reads", **asked, row_limit=EVERY).drop("matched_count"),
    )


def _billed_of_earned(month: Mapping) -> Decimal:
    return formats.share(month["billed_usd"], month["earned_usd"]) or Decimal(100)


def revenue(page: components.Page, months: pl.DataFrame, events: pl.DataFrame, as_of: date) -> None:
    """Earned against billed by month, and unbilled at each month's end in both versions."""
    complete = months.filter(pl.col("is_complete"))
    apart = complete if complete.height else months
    widest = min(apart.iter_rows(named=True), key=_billed_of_earned)
    components.picture(
        f"In {formats.month(widest['month_end_on'])} {formats.usd_tile(widest['billed_usd'])} was billed and "
        f"{formats.usd_tile(widest['earned_usd'])} was earned: bills come late or early, service does not.",
        billing_charts.earned_and_billed(months, events, as_of),
        "revenue",
        "Revenue without taxes and deposits; all months. Dotted: bills for days of the month are "
        "still missing.",
    )
    shown = calendar.in_words(months)
    components.heading(
        "Billed, earned and unbilled at each month's end, in dollars",
        "A dash: bills for days of that month are still to come, or nothing was known yet.",
    )
    components.table(shown, REVENUE_COLUMNS, tall="Revenue by month")
    components.download(page, "Revenue by month as CSV", "revenue_by_month", as_of, months)
