"""What holds for an account on a day: agreements, disputes, and its class and way of paying."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.postings import ZERO, Row, Rows
from tests.oracle.settlement import Statement


def pending_at(payments: Sequence[Row], day: date) -> Decimal:
    """Money received by the end of a day and posted later."""
    return sum((row["amount"] for row in payments if row["received_on"] <= day < row["posted_on"]), ZERO)


def agreed_at(rows: Rows, statement: Statement, day: date, grace_days: int) -> Decimal:
    """What kept agreements put off at the end of a day: the installments that fall due later."""
    kept = kept_at(rows, statement, day, grace_days)
    installments = [] if kept is None else installments_of(rows, kept)
    return sum((row["amount"] for row in installments if row["due_on"] > day), ZERO)


def is_under_agreement(rows: Rows, statement: Statement, day: date, grace_days: int) -> bool:
    """Whether an agreement is kept and not over: it is with the days of grace of the last installment."""
    kept = kept_at(rows, statement, day, grace_days)
    if kept is None:
        return False
    last_due_on = max(row["due_on"] for row in installments_of(rows, kept))
    return day <= last_due_on + timedelta(days=grace_days)


def kept_at(rows: Rows, statement: Statement, day: date, grace_days: int) -> Row | None:
    """The agreement signed last by the end of a day, if it is not broken; it replaces those before it."""
    signed = [row for row in rows.get("agreements", ()) if row["signed_on"] <= day]
    if not signed:
        return None
    last = max(signed, key=lambda row: (row["signed_on"], row["agreement_id"]))
    return last if broken_on(rows, statement, last, grace_days) > day else None


def installments_of(rows: Rows, agreement: Row) -> Sequence[Row]:
    return [
        row
        for row in rows.get("agreement_installments", ())
        if row["agreement_id"] == agreement["agreement_id"]
    ]


def broken_on(rows: Rows, statement: Statement, agreement: Row, grace_days: int) -> date:
    """The second day after the first missed installment (with one day of grace), else the end of time.

    One is met when, on its last day of grace, what is open of the debits posted by the signing is no more
    than the agreement's amount less the installments due by then; where the agreement covers only a part of
    them, no more than was open at the signing less those installments. Money goes to the oldest debt, so that
    is what payments have reached; money received by then counts.
    """

    def still_open(day: date) -> Decimal:
        page = statement.open_at(day, pending_at(rows["payments"], day))
        return sum((one.open for one in page.items if one.posting_id in old), ZERO)

    installments = installments_of(rows, agreement)
    old = {debit.posting_id for debit in statement.debits if debit.posted_on <= agreement["signed_on"]}
    covered = max(agreement["amount"], still_open(agreement["signed_on"]))
    for installment in sorted(installments, key=lambda row: row["due_on"]):
        last_day = installment["due_on"] + timedelta(days=grace_days)
        due = sum((row["amount"] for row in installments if row["due_on"] <= last_day), ZERO)
        if still_open(last_day) > covered - due:
            return last_day + timedelta(days=1)
    return date.max


def disputed_at(rows: Rows, day: date) -> Decimal:
    """The amounts of disputes that are filed and not decided at the end of a day.

    Of one bill the dispute filed last counts: the next level takes it over. A cancelled bill has none.
    """
    total = ZERO
    cancelled = {
        bill["cancels_bill_id"]
        for bill in rows["bills"]
        if bill["kind"] == "cancel" and bill["bill_date"] <= day
    }
    disputes = sorted(rows.get("disputes", ()), key=lambda row: (row["filed_on"], row["dispute_id"]))
    for place, dispute in enumerate(disputes):
        taken_over = any(
            row["bill_id"] == dispute["bill_id"] and row["filed_on"] <= day for row in disputes[place + 1 :]
        )
        is_decided = dispute["decided_on"] is not None and dispute["decided_on"] <= day
        is_open = not is_decided and not taken_over and dispute["bill_id"] not in cancelled
        if dispute["filed_on"] <= day and is_open:
            total += dispute["amount"]
    return total


def state_on(rows: Rows, account: Row, day: date) -> Row:
    """The account's history row of a day; the first one also holds before; without history the account's."""
    history = sorted(rows.get("account_history", ()), key=lambda row: row["effective_from"])
    known = [row for row in history if row["effective_from"] <= day]
    return known[-1] if known else (history[0] if history else account)
