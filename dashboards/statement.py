"""From the account list to one account's statement, and how each payment was applied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
import streamlit as st

from dashboards import components, formats, tables, words
from dashboards.definitions import SETTLEMENT

ACCOUNT_COLUMNS = {
    "account_id": "Account",
    "customer_class": "Class",
    "billing_group": "Group",
    "account_status": "Status",
    "past_due_usd": "Past due",
    **words.BUCKETS,
    "unapplied_usd": words.UNAPPLIED,
    "total_usd": "Owed",
}
LINE_COLUMNS = {
    "posted_on": "Posted",
    "what": "What",
    "service_title": "Service",
    "due_on": "Due",
    "amount_usd": "Amount",
    "balance_usd": "Balance",
    "open_usd": "Still open",
    "past_due_days": "Days late",
    "applied": "How it was applied",
}
PAIR_COLUMNS = {
    "credit_posted_on": "Posted",
    "credit": "Payment or credit",
    "applied_usd": "Applied",
    "debit": "To",
    "service_title": "Service",
    "debit_posted_on": "Billed",
    "due_on": "Due",
    "reason": "Because",
}


def account_list(
    page: components.Page, asked: Mapping, as_of: date, listed: int, every: int, sorts: Mapping[str, str]
) -> str | None:
    """The accounts behind the buckets; the one that is chosen or typed in full."""
    components.heading("Which accounts owe it? Choose a row, or type an account, to open its statement.")
    left, right, _ = st.columns([1.3, 1.3, 3], gap="small")
    with left:
        part = st.text_input(
            "Account, or part of it", key="account", bind="query-params", placeholder="All accounts"
        ).strip()
    with right:
        sort_by = st.selectbox("Order", list(sorts), format_func=sorts.get, key="order", bind="query-params")
    accounts = page.ask("accounts", **asked, account_part=part, sort_by=sort_by, row_limit=listed)
    if accounts.is_empty():
        return _settled_account(page, part)
    matched = accounts["matched_count"][0]
    shown = tables.credit_below_zero(accounts).with_columns(
        pl.col("customer_class").map_elements(words.sentence, return_dtype=pl.String),
        pl.col("account_status").map_elements(words.status, return_dtype=pl.String),
    )
    labels = {
        column: words.bucket_labels(asked["basis"]).get(column, label)
        for column, label in ACCOUNT_COLUMNS.items()
    }
    if asked["basis"] == "bill_date":
        labels["past_due_usd"] = "Older than billed day"
    # A choice belongs to its list: another list starts without one.
    key = f"accounts-{hash((as_of, part, sort_by, *map(str, asked.values())))}"
    event = components.grid(
        shown,
        labels,
        key,
        height=min(38 + 30 * shown.height, 400),
        alt="Accounts by what they owe",
        on_select="rerun",
        selection_mode="single-row",
    )
    st.caption(
        f"{formats.count(shown.height)} of {formats.count(matched)} accounts with open items or unapplied "
        f"credit, {sorts[sort_by]} first; dollars. The download holds all of them."
    )
    components.download(
        page,
        "Accounts as CSV",
        "accounts",
        as_of,
        lambda: page.ask("accounts", **asked, account_part=part, sort_by=sort_by, row_limit=every).drop(
            "matched_count"
        ),
    )
    chosen = event.selection.rows if event else []
    if chosen:
        return shown["account_id"][chosen[0]]
    return part if part in set(accounts["account_id"]) else None


def _settled_account(page: components.Page, part: str) -> str | None:
    """An account that owes nothing is in no list, and still has a statement."""
    if not page.ask("account", utility=page.utility_id, account=part).is_empty():
        return part
    st.info(f"No account here contains {part!r}. Check the number, the utility and the filters.")
    return None


def in_words(lines: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The lines of a statement in words: what each is, where a payment went, what paid a bill."""
    paid: dict[str, list[str]] = {}
    for pair in pairs.iter_rows(named=True):
        amount = formats.usd(pair["applied_usd"])
        credit = words.posting(pair["credit_kind"], pair["credit_detail"])
        debit = words.posting(pair["debit_kind"], pair["debit_detail"])
        paid.setdefault(pair["debit_posting_id"], []).append(
            f"{amount} by {credit.lower()} of {formats.day(pair['credit_posted_on'])}"
        )
        due = f", due {formats.day(pair['due_on'])}" if pair["due_on"] else ""
        paid.setdefault(pair["credit_posting_id"], []).append(
            f"{amount} to {debit.lower()} {words.service(pair['service']).lower()}{due}"
        )
    return lines.with_columns(
        pl.Series(
            "what",
            [
                words.posting(kind, detail)
                for kind, detail in lines.select("posting_kind", "posting_detail").rows()
            ],
            pl.String,
        ),
        pl.Series("service_title", [words.service(code) for code in lines["service"]], pl.String),
        pl.Series(
            "applied", ["; ".join(paid.get(posting, [])) for posting in lines["posting_id"]], pl.String
        ),
    )


def pairs_in_words(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a payment or credit and what it covered, newest first."""
    rows = list(pairs.iter_rows(named=True))
    return pairs.with_columns(
        pl.Series("credit", [words.posting(r["credit_kind"], r["credit_detail"]) for r in rows], pl.String),
        pl.Series("debit", [words.posting(r["debit_kind"], r["debit_detail"]) for r in rows], pl.String),
        pl.Series("service_title", [words.service(r["service"]) for r in rows], pl.String),
        pl.Series(
            "reason",
            ["names the bill" if r["is_named"] else "oldest due date first" for r in rows],
            pl.String,
        ),
    ).reverse()


def show(page: components.Page, account: str, as_of: date) -> None:
    """The statement of one account up to a day."""
    asked = {"utility": page.utility_id, "account": account, "as_of": as_of}
    lines = page.ask("statement", **asked)
    if lines.is_empty():
        st.info(f"Account {account} has no posting up to {formats.day(as_of)}.")
        return
    pairs = page.ask("applied", **asked)
    who = page.ask("account", utility=page.utility_id, account=account).row(0, named=True)
    totals = components.total_of(lines, ["amount_usd", "open_usd"])
    unapplied = totals["open_usd"] - totals["amount_usd"]
    facts = [
        words.sentence(who["customer_class"]),
        words.group(who["billing_group"]),
        words.status(who["account_status"]),
    ]
    components.heading(
        f"Statement of account {account} on {formats.day(as_of)}: {formats.usd(totals['amount_usd'])}",
        f"{', '.join(facts)}. {formats.count(lines.height)} lines add up to "
        f"{formats.usd(totals['amount_usd'])} = open items "
        f"{formats.usd(totals['open_usd'])} less unapplied credit {formats.usd(unapplied)}. Dollars, "
        f"newest first.",
    )
    written = in_words(lines, pairs)
    components.table(written.reverse(), LINE_COLUMNS, tall=f"Lines of account {account}")
    with st.expander(f"How each payment and credit was applied ({pairs.height} pairs)"):
        st.html(f'<p class="rh-note">{SETTLEMENT}</p>')
        if not pairs.is_empty():
            components.grid(
                pairs_in_words(pairs),
                PAIR_COLUMNS,
                f"pairs-{account}-{as_of}",
                height=360,
                alt="Payments and what they paid",
            )
            components.download(page, "Pairs as CSV", f"applied_{account}", as_of, pairs)
    components.download(
        page, "Statement as CSV", f"statement_{account}", as_of, written.drop("service_title")
    )
