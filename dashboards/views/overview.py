"""What is owed, and can it be trusted?"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from dashboards import charts, components, data, formats, tables, words
from dashboards.definitions import DEFINITIONS

ZERO = Decimal("0.00")
RESTS_ON_DUE_DATES = r"^(penalty\.due|fees\.due|billing\.due)|due_date_extension"
RESTS_ON_ORDER = r"^(order in which payments|fund of what)"


def tie_figure(books: pl.DataFrame, funds: pl.DataFrame) -> tuple[str, str, str, str]:
    """Whether the ledger and the books agree at the latest month end that the books cover."""
    label, definition = "Ties to the books", DEFINITIONS["Ties to the books"]
    if books.is_empty():
        return label, formats.UNKNOWN, "no receivable of the general ledger was delivered", definition
    latest = books.row(-1, named=True)
    tied = books.filter(pl.col("apart_usd") == 0).height
    history = f"{formats.count(tied)} of {formats.count(books.height)} month ends tie"
    when = f"{formats.day(latest['month_end_on'])}, {latest['fund_count']} of {funds.height} funds"
    if latest["apart_usd"] == 0:
        return label, "To the cent", f"{when}; {history}", definition
    return label, f"{formats.usd(latest['apart_usd'])} apart", f"{when}; {history}", definition


def change_figure(page: components.Page) -> tuple[str, str, str, str]:
    """What restated or late rows changed at the last month end that both builds know."""
    label, definition = (
        "Changed since the build before",
        DEFINITIONS["Changed since the build before"],
    )
    before = data.build_before(page.build)
    if before is None:
        gone = f"build {page.build.previous} is no longer kept" if page.build.previous else ""
        return label, formats.UNKNOWN, gone or "first build: nothing to compare with", definition
    now = page.ask("month_totals", utility=page.utility_id)
    then = data.ask(before, "month_totals", utility=page.utility_id)
    both = now.join(then, on="month_end_on", suffix="_before").sort("month_end_on")
    if both.is_empty():
        return label, formats.UNKNOWN, f"build {before.build_id} has no month in common", definition
    last = both.row(-1, named=True)
    change = last["total_usd"] - last["total_usd_before"]
    restated = both.filter(pl.col("total_usd") != pl.col("total_usd_before"))
    note = f"at {formats.day(last['month_end_on'])}, against build {before.build_id}; "
    if restated.is_empty():
        return label, formats.usd_change(change), note + "no month end restated", definition
    since = formats.month(restated["month_end_on"][0])
    note += f"{formats.plural(restated.height, 'month end')} restated, from {since}"
    return label, formats.usd_change(change), note, definition


def trend_sentence(months: pl.DataFrame, owed: dict) -> str:
    """What the main picture shows."""
    share = formats.share(owed["over_90_usd"], owed["gross_usd"])
    peak = months.sort("total_usd").row(-1, named=True)
    return (
        f"{formats.pct(share)} of the open items are over 90 days late; the most was owed in "
        f"{formats.month(peak['month_end_on'])}, {formats.usd_tile(peak['total_usd'])}."
    )


page, _ = components.open_page("What is owed, and can it be trusted?")
as_of = page.utility["as_of_on"]
components.context_line(page, as_of)

audit = page.ask("audit_results")
if page.build.audit_mark == "passed with warnings":
    components.warnings(audit)

owed = page.ask("owed", utility=page.utility_id, as_of=as_of).row(0, named=True)
funds = page.ask("rollforward", utility=page.utility_id)
books = page.ask("books_by_month", utility=page.utility_id)
over_90 = formats.share(owed["over_90_usd"], owed["gross_usd"])
components.figures(
    [
        components.owed_figure(owed, owed["open_account_count"]),
        (
            "Over 90 days late" + page.dagger(RESTS_ON_DUE_DATES),
            formats.usd_tile(owed["over_90_usd"]),
            f"{formats.pct(over_90)} of the open items of {formats.usd(owed['gross_usd'])}",
            DEFINITIONS["Over 90 days"],
        ),
        tie_figure(books, funds),
        change_figure(page),
    ]
)

everything: dict[str, list[str]] = {"services": [], "classes": [], "groups": [], "statuses": []}
months = page.ask("aging_by_month", utility=page.utility_id, as_of=as_of, **everything)
events = page.ask("events", utility=page.utility_id, as_of=as_of)
if not months.is_empty():
    components.picture(
        trend_sentence(months, owed),
        charts.aging_trend(months, events, as_of),
        "trend",
        "Owed at each month end, aged from the due date. Grey: months in which an outage, a waiver "
        "or a suspension "
        "makes lateness differ.",
    )

if not funds.is_empty():
    steps = components.total_of(funds, words.ROLLFORWARD)
    month = formats.month(funds["month_end_on"][0])
    moved = steps["closing_usd"] - steps["opening_usd"]
    verb = "rose" if moved > 0 else "fell"
    components.picture(
        f"In {month} the receivable {verb} by {formats.usd(abs(moved))}, from "
        f"{formats.usd(steps['opening_usd'])} to {formats.usd(steps['closing_usd'])}.",
        charts.rollforward_waterfall(steps),
        "waterfall",
    )
    components.heading(
        f"Roll-forward by fund, {month}, in dollars",
        f"Closing is the aging total of the month end; the books are the general ledger's "
        f"receivable.{page.dagger(RESTS_ON_ORDER)}",
    )
    shown = {
        column: label
        for column, label in words.ROLLFORWARD.items()
        if column in words.ALWAYS_SHOWN or steps[column]
    }
    by_fund = funds.with_columns(pl.col("fund").map_elements(words.sentence, return_dtype=pl.String))
    components.table(
        tables.with_total(by_fund, "fund"),
        {"fund": "Fund", **shown, "books_usd": "Books", "difference_usd": "Difference"},
        has_total=True,
    )
    components.download(page, "Roll-forward as CSV", "rollforward", funds["month_end_on"][0], funds)

deliveries = page.ask("deliveries", utility=page.utility_id)
rejects = page.ask("rejects", utility=page.utility_id)
components.freshness(page.utility, deliveries, rejects)
components.audit(audit)
components.assumed(page, f"{RESTS_ON_DUE_DATES}|{RESTS_ON_ORDER}")
components.definitions(
    ["Owed", "Days late", "Over 90 days", "Ties to the books", "Changed since the build before"]
)
components.footer(page, as_of)
