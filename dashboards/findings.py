"""What was done against the policy: by finding, and the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
import streamlit as st

from dashboards import collection_words as terms
from dashboards import components, formats

LISTED = 500
EVERY = 10_000_000
FINDING_COLUMNS = {
    "finding_title": "What the policy does not allow",
    "rule": "Rule",
    "finding_count": "Rows",
    "account_count": "Accounts",
    "amount_usd": "Amount",
    "first_on": "First",
    "last_on": "Last",
}
FOUND_COLUMNS = {
    "found_on": "Day",
    "finding_title": "Finding",
    "account_id": "Account",
    "source_id": "Row",
    "amount_usd": "Amount",
    "expected_usd": "By policy",
    "detail": "In words",
}


def show(page: components.Page, entities: Sequence[str], days: tuple[date, date], name: str) -> None:
    """The findings about rows of some extracts, of some days.

    Args:
        page: whose build is asked.
        entities: extracts whose rows the page is about.
        days: first and last day.
        name: what the days are called.
    """
    asked = {
        "utility": page.utility_id,
        "entities": list(entities),
        "from_on": days[0],
        "to_on": days[1],
    }
    found = page.ask("policy_findings", **asked)
    if found.is_empty():
        components.heading(f"Nothing here was done against the policy, {name}.")
        return
    count = int(found["finding_count"].sum())
    components.heading(
        f"Not as the policy says, {name}: {formats.plural(count, 'row')}.",
        "Rows that the policy of their day does not allow, or asks otherwise. They stay in all figures.",
    )
    components.table(_titled(found), FINDING_COLUMNS)
    rows = page.ask("policy_finding_rows", **asked, row_limit=LISTED)
    with st.expander(f"The rows ({formats.count(rows.height)} of {formats.count(rows['matched_count'][0])})"):
        components.table(_titled(rows), FOUND_COLUMNS, tall="Rows against the policy")
        components.download(
            page,
            "Findings as CSV",
            "policy_findings",
            page.utility["as_of_on"],
            lambda: page.ask("policy_finding_rows", **asked, row_limit=EVERY).drop("matched_count"),
        )


def _titled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        pl.Series("finding_title", [terms.finding(code) for code in rows["finding"]], pl.String)
    )
