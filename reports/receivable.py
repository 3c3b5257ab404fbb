"""The parts of the month-end package on the receivable: roll-forward, books, aging, unbilled revenue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from dashboards import formats, words
from reports.layout import Section, Table, crossed, listed

Ask = Callable[..., pl.DataFrame]
ALL = "all"
TOTAL = "Total"
LATE = words.BUCKETS | {"unapplied_usd": words.UNAPPLIED, "total_usd": "Owed"}
# Which service or fund holds what: the order in which payments are applied, and where fees stand.
ORDER = "^order in which|^fund of"
UNBILLED = {
    "opening_unbilled_usd": "Unbilled at the start",
    "earned_usd": "Earned",
    "billed_usd": "Billed",
    "unbilled_usd": "Unbilled, as it turned out",
    "known_unbilled_usd": "Unbilled, as could be known then",
    "unbilled_error_usd": "Error",
}


def title_of(code: str) -> str:
    """A code in words; `all` is the total."""
    return TOTAL if code == ALL else words.sentence(code)


def of_all(frame: pl.DataFrame, *columns: str) -> dict:
    """The row that sums up all the others."""
    return frame.filter(*(pl.col(column) == ALL for column in columns)).row(0, named=True)


def is_delivered(ask: Ask, entity: str) -> bool:
    """Whether the utility ever delivered an entity: what it did not deliver is not known, and not zero."""
    return entity in ask("deliveries")["entity"].to_list()


def rollforward(ask: Ask, month_end: date) -> Section:
    """Opening to closing, for each fund, in the month and in the fiscal year so far."""
    rows = ask("rollforward")
    month, year = (rows.filter(pl.col("span") == span) for span in ("month", "year"))
    total = of_all(month, "fund")
    # A step that nobody took in the year is left out.
    lines = {
        column: label
        for column, label in words.ROLLFORWARD.items()
        if column in words.ALWAYS_SHOWN or any(rows[column])
    }

    def table(frame: pl.DataFrame, title: str) -> Table:
        return crossed(
            frame, lines, lambda row: title_of(row["fund"]), sums=("opening_usd", "closing_usd"), title=title
        )

    tables = (
        table(month, f"In {formats.month(month_end)}"),
        table(year, f"In the fiscal year so far, from {formats.day(year['from_on'][0])}"),
    )
    way = "rose" if total["change_usd"] > 0 else "fell" if total["change_usd"] < 0 else "stayed"
    by = f" by {formats.usd(abs(total['change_usd']))}" if total["change_usd"] else ""
    return Section(
        sheet="Roll-forward",
        title="Why did the receivable move?",
        sentence=f"It {way}{by} to {formats.usd(total['closing_usd'])}.",
        tables=tables,
        paper=tables[:1],
        notes=(
            "Payments of a fund are what the order of application gave it; over all funds they are what was "
            "posted. What reduces the receivable stands below zero.",
        ),
        assumed=ORDER,
    )


def ties(ask: Ask, month_end: date) -> Section:
    """Aging, ledger and books beside each other."""
    rows = ask("ties")
    total = of_all(rows, "fund")
    columns = {
        "fund": "Fund",
        "aging_usd": "By aging",
        "rollforward_usd": "By roll-forward",
        "ledger_usd": "By ledger",
        "books_usd": "In the books",
        "difference_usd": "Difference",
    }
    named, is_sum = {"fund": title_of}, lambda row: row["fund"] == ALL
    now = listed(rows, columns, named=named, is_sum=is_sum)
    months = {
        "month_end_on": "Month end",
        "closing_usd": "By aging",
        "books_usd": "In the books",
        "difference_usd": "Difference",
        "differing_fund_count": "Funds that differ",
    }
    before = listed(ask("ties_by_month"), months, title="The year to this month's end, all funds")
    more = [before]
    year = ask("unbilled_books")
    if not year.is_empty():
        columns = {
            "fund": "Fund",
            "known_unbilled_usd": "As could be known then",
            "unbilled_usd": "As it turned out",
            "books_usd": "In the books",
        }
        more.append(
            listed(
                year, columns, named=named, title="Unbilled revenue at the fiscal year's end",
                note="For information: the books may take another method.",
            )
        )  # fmt: skip
    return Section(
        sheet="Tie to the books",
        title="Does it tie to the books?",
        sentence=tie_sentence(total),
        tables=(now, *more),
        paper=(now, *more[1:]),
        notes=("The ledger speaks for all funds together: a payment names no service.",),
    )


def tie_sentence(total: dict) -> str:
    """Whether the books agree; differences of either sign count."""
    if total["books_usd"] is None:
        return "No books were delivered for this month end."
    if not total["apart_usd"]:
        return f"Aging and books agree to the cent in every fund: {formats.usd(total['books_usd'])}."
    apart = formats.usd(total["apart_usd"])
    return f"Aging and books are {apart} apart, the funds' differences added up without their signs."


def aging(ask: Ask, month_end: date) -> Section:
    """What is owed by how late, by service and class."""
    rows = ask("aging")
    total = of_all(rows, "service_title", "customer_class")
    columns = {
        "service_title": "Service",
        "customer_class": "Class",
        **LATE,
        "open_usd": "Open before credit",
        "over_90_pct": "Over 90 days, % of open",
        "open_account_count": "Accounts with open items",
    }
    table = listed(
        rows, columns, named={"service_title": title_of, "customer_class": title_of},
        is_sum=lambda row: ALL in (row["service_title"], row["customer_class"]),
    )  # fmt: skip
    late = f"{formats.pct(total['over_90_pct'])} of what is open" if total["open_usd"] else "nothing is open"
    # On paper services and classes stand across, so that cents have room.
    service = rows.filter(pl.col("customer_class") == ALL)
    classes = rows.filter(pl.col("service_title") == ALL)
    sums = ("total_usd",)
    return Section(
        sheet="Aging",
        title=f"What was owed on {formats.day(month_end)}, by how late?",
        sentence=f"{formats.usd(total['over_90_usd'])} is more than 90 days late: {late}.",
        tables=(table,),
        paper=(
            crossed(service, LATE, lambda row: title_of(row["service_title"]), sums=sums, title="By service"),
            crossed(classes, LATE, lambda row: title_of(row["customer_class"]), sums=sums, title="By class"),
        ),
        notes=(
            "Aged from the due date; the due date itself is not yet late. Credit not yet applied belongs to "
            "the account, has no service and never ages. The split of a combined bill by service follows the "
            "order in which payments are applied.",
        ),
        assumed=f"{ORDER}|^billing.due|^penalty.due|^fees.due|due_date_extension",
    )


def unbilled(ask: Ask, month_end: date) -> Section:
    """What was earned and not billed, in both versions."""
    rows = ask("unbilled")
    if rows.is_empty():
        return Section("Unbilled", "What was earned and not yet billed?", "No revenue stands in this month.")
    total = of_all(rows, "service_title", "customer_class")
    columns = {"service_title": "Service", "customer_class": "Class", **UNBILLED}
    named = {"service_title": title_of, "customer_class": title_of}

    def is_sum(row: dict) -> bool:
        return ALL in (row["service_title"], row["customer_class"])

    service = rows.filter(pl.col("customer_class") == ALL)
    on_paper = {"service_title": "Service"} | {
        name: label.removeprefix("Unbilled, ").removeprefix("Unbilled ").capitalize()
        for name, label in UNBILLED.items()
    }
    known, out = total["known_unbilled_usd"], total["unbilled_usd"]
    sentence = (
        f"As could be known then {formats.usd(known)}, as it turned out {formats.usd(out)}."
        if total["is_complete"] and known is not None
        else f"As could be known then {formats.usd(known)}; bills for these days are still to come."
        if known is not None
        else "Not known: a service has no tariff, or none of its bills tells its days of service."
    )
    suspended = " Billing was suspended in this month." if total["has_suspended_billing"] else ""
    return Section(
        sheet="Unbilled",
        title="What was earned and not yet billed?",
        sentence=sentence + suspended,
        tables=(listed(rows, columns, named=named, is_sum=is_sum),),
        paper=(listed(service, on_paper, named=named, is_sum=lambda row: row["service_title"] == ALL),),
        notes=(
            "As could be known then: days since the last read, usual use, the tariff in force. As it turned "
            "out: the later bills, spread over their days of service. Error: the first less the second.",
        ),
        assumed="^billing.(months|prorate|default)",
    )
