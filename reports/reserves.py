"""The parts of the month-end package on what may not come and on what belongs to customers."""

from __future__ import annotations

from datetime import date

import polars as pl

from dashboards import formats, words
from reports.layout import TEXT, Section, Table, crossed, listed
from reports.receivable import ALL, TOTAL, Ask, is_delivered, title_of

ALLOWANCE = {
    "opening_usd": "Opening",
    "provision_usd": "Provision",
    "write_offs_usd": "Write-offs",
    "recoveries_usd": "Recoveries",
    "closing_usd": "Closing",
    "books_usd": "In the books",
    "difference_usd": "Difference",
}
DEPOSITS = {
    "opening_usd": "Opening",
    "received_usd": "Received",
    "interest_usd": "Interest",
    "applied_usd": "Applied to bills",
    "refunded_usd": "Paid back",
    "closing_usd": "Closing",
}
DUE = {"refund_due": "To be paid back", "apply_to_final": "To be applied to a final bill"}
DUE_AMOUNTS = {"held_usd": "Held", "apply_usd": "To apply", "refund_usd": "To pay back"}
GROUPS = {"active": "Open accounts", "final": "Closed accounts"}


def allowance(ask: Ask, month_end: date) -> Section:
    """The allowance for doubtful accounts, from opening to closing and by age."""
    title = "How much of what is owed is not expected to come?"
    years = ask("allowance")
    if years.is_empty():
        return Section(
            "Allowance", title, "No fiscal year has ended yet in the data: it is estimated at its end."
        )
    latest = years.row(years.height - 1, named=True)
    ages = ask("allowance_by_age")
    columns = {
        "account_group": "Accounts",
        "bucket": "Age",
        "balance_usd": "Open",
        "lost_pct": "Share lost, %",
        "allowance_usd": "Allowance",
    }
    on = formats.day(latest["month_end_on"])
    moved = crossed(
        years, ALLOWANCE, lambda row: words.fiscal_year(row["fiscal_year"]),
        sums=("opening_usd", "closing_usd"), title="Opening to closing",
        note="A dash: not enough was known by then.",
    )  # fmt: skip
    by_age = listed(
        ages, columns,
        named={
            "account_group": lambda code: GROUPS.get(code, title_of(code)),
            "bucket": lambda code: words.BUCKETS.get(f"{code}_usd", title_of(code)),
        },
        is_sum=lambda row: row["bucket"] == ALL, title=f"By age, on {on}",
    )  # fmt: skip
    known = latest["closing_usd"] is not None
    why = (
        f"On {on} too few months were known to estimate it."
        if is_delivered(ask, "adjustments")
        else "Not known: no adjustments were delivered, and write-offs are among them."
    )
    of = f"{formats.usd(latest['closing_usd'])} of {formats.usd(latest['open_usd'])} open on {on}."
    return Section(
        sheet="Allowance",
        title=title,
        sentence=of if known else why,
        tables=(moved, by_age),
        paper=(moved, _across(ages, by_age.title)),
        notes=(
            "Estimated at each fiscal year's end: from age to age the share that was not paid by the next "
            "month end, and of the oldest the share that was written off within twelve months, net of "
            "recoveries. Months of an event are left out.",
        ),
        assumed="^write_off|^aging",
    )


def deposits(ask: Ask, month_end: date) -> Section:
    """What the city holds for its customers, and what of it is due."""
    title = "What is held for customers?"
    rows = ask("deposits")
    month, year = rows.to_dicts()
    if not any(year[column] for column in DEPOSITS):
        said = "No deposit was held in this fiscal year."
        unknown = "Not known: no deposits were delivered."
        return Section("Deposits", title, said if is_delivered(ask, "deposits") else unknown)
    spans = {"month": formats.month(month_end), "year": f"Since {formats.day(year['from_on'])}"}
    moved = crossed(rows, DEPOSITS, lambda row: spans[row["span"]], sums=("opening_usd", "closing_usd"))
    on = f"Due on {formats.day(ask('header')['as_of_on'][0])}"
    by_kind = listed(
        ask("deposits_due_by_kind"), {"answer": "Due", "account_count": "Accounts"} | DUE_AMOUNTS,
        named={"answer": _due}, is_sum=lambda row: row["answer"] == ALL, title=on,
    )  # fmt: skip
    columns = {"account_id": "Account", "customer_class": "Class", "answer": "Due", "since_on": "Since"}
    due = listed(
        ask("deposits_due"), columns | DUE_AMOUNTS | {"balance_usd": "Owed"},
        named={"answer": _due, "customer_class": title_of}, title=f"{on}, by account",
    )  # fmt: skip
    held, accounts = formats.usd(month["closing_usd"]), formats.plural(month["holder_count"], "account")
    return Section(
        sheet="Deposits",
        title=title,
        sentence=f"Deposits of {held} for {accounts}: a liability, in no age of the receivable.",
        tables=tuple(table for table in (moved, by_kind, due) if table.rows),
        paper=tuple(table for table in (moved, by_kind) if table.rows),
        assumed="^deposits",
    )


def _due(code: str) -> str:
    return DUE.get(code, title_of(code))


def _across(ages: pl.DataFrame, title: str) -> Table:
    """The ages down, both groups of accounts across: what paper has room for."""
    found = {(row["account_group"], row["bucket"]): row for row in ages.to_dicts()}
    groups = [group for group in (*GROUPS, ALL) if (group, ALL) in found]
    known = [column.removesuffix("_usd") for column in words.BUCKETS]
    buckets = [bucket for bucket in (*known, ALL) if (ALL, bucket) in found]
    columns = ("balance_usd", "allowance_usd")
    return Table(
        headings=("Age", *(word for group in groups for word in (GROUPS.get(group, TOTAL), "allowance"))),
        kinds=(TEXT, *("usd",) * len(groups) * len(columns)),
        rows=tuple(
            (
                words.BUCKETS.get(f"{bucket}_usd", TOTAL),
                *(found.get((group, bucket), {}).get(column) for group in groups for column in columns),
            )
            for bucket in buckets
        ),
        sums=frozenset({len(buckets) - 1}),
        title=title,
    )
