"""Money of others: assistance, credits to be paid out, deposits. Sections of the page Payments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
import streamlit as st

from dashboards import collection_words as terms
from dashboards import components, formats, tables, words

LISTED = 500
ASSISTANCE_COLUMNS = {
    "kind_title": "Money",
    "programme_name": "Programme",
    "row_count": "Times",
    "account_count": "Accounts",
    "amount_usd": "Amount",
    "breach_count": "Not as the programme allows",
    "breach_usd": "of it, dollars",
    "first_on": "First",
    "last_on": "Last",
}
REFUND_COLUMNS = {
    "account_id": "Account",
    "class_title": "Class",
    "answer_title": "Answer",
    "credit_usd": "Credit",
    "typical_bill_usd": "Typical bill",
    "limit_usd": "Paid out above",
    "requested_on": "Requested",
}
DEPOSIT_COLUMNS = {
    "account_id": "Account",
    "class_title": "Class",
    "answer_title": "Answer",
    "since_on": "Since",
    "held_usd": "Held",
    "balance_usd": "Balance",
    "apply_usd": "To be applied",
    "refund_usd": "To be given back",
}


def assistance(page: components.Page, asked: Mapping, name: str) -> None:
    """What programmes paid for customers, apart from customers' own money."""
    rows = page.ask("assistance", **asked)
    if rows.is_empty():
        components.heading(f"No programme paid for a customer, {name}.")
        return
    total = components.total_of(rows, ["amount_usd", "breach_usd"])
    breach = f", {formats.usd(total['breach_usd'])} of it not as the programme allows"
    components.heading(
        f"Money of programmes, rebates and one-time credits, {name}: {formats.usd(total['amount_usd'])}"
        f"{breach if total['breach_usd'] else ''}.",
        "Paid in or credited for customers; apart from their own money. Dollars.",
    )
    listed = rows.to_dicts()
    shown = rows.with_columns(
        pl.Series("kind_title", [words.sentence(row["money_kind"]) for row in listed], pl.String),
        pl.Series(
            "programme_name",
            [row["programme_title"] or words.sentence(row["programme"]) or formats.UNKNOWN for row in listed],
            pl.String,
        ),
    )
    summed = tables.with_total(shown, "kind_title", counts=["row_count", "breach_count"])
    components.table(summed, ASSISTANCE_COLUMNS, has_total=True)
    components.download(page, "Programmes as CSV", "assistance", page.utility["as_of_on"], rows)


def owed_back(page: components.Page, as_of: date) -> None:
    """Credits that may be paid out and deposits that are due back on the as-of date, folded."""
    for question, title, columns, answers in (
        ("refund_candidates", "Credits that may be paid out", REFUND_COLUMNS, "credit_usd"),
        ("deposits_due", "Deposits to be given back or applied", DEPOSIT_COLUMNS, "held_usd"),
    ):
        rows = page.ask(question, utility=page.utility_id)
        if rows.is_empty():
            continue
        shown = rows.with_columns(
            pl.Series("class_title", [words.sentence(code) for code in rows["customer_class"]], pl.String),
            pl.Series("answer_title", [terms.owed_back(code) for code in rows["answer"]], pl.String),
        )
        total = components.total_of(rows, [answers])[answers]
        counted = f"{formats.plural(rows.height, 'account')}, {formats.usd(total)}"
        with st.expander(f"{title} on {formats.day(as_of)} ({counted})"):
            components.table(shown.head(LISTED), columns, tall=title)
            components.download(page, f"{title} as CSV", question, as_of, rows)
