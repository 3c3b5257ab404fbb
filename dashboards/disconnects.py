"""Sections of the page Disconnects and agreements, from rows that the page asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import streamlit as st

from dashboards import collection_charts, components, formats, theme, words
from dashboards import collection_words as terms
from dashboards.definitions import DEFINITIONS

Figure = tuple[str, str, str, str]
ZERO = Decimal("0.00")
LISTED = 500
LIST_COLUMNS = {
    "account_id": "Account",
    "in_the_way": "Stands in the way",
    "oldest_due_on": "Oldest due",
    "days_past_due": "Days",
    "past_due_usd": "Past due",
    "effective_past_due_usd": "Net of agreed",
    "balance_usd": "Balance",
    "amount_to_avoid_usd": "To avoid",
    "amount_to_restore_usd": "To restore",
    "owner_part_usd": "Owner's part",
    "deposit_held_usd": "Deposit",
    "exposure_usd": "Exposure",
}
FACTS = {
    "oldest_due_on": "Oldest due date",
    "eligible_on": "Far enough behind since",
    "past_due_usd": "Past due",
    "agreed_usd": "of it put off by a kept agreement",
    "disputed_usd": "of it disputed",
    "pending_usd": "received, not yet posted",
    "amount_to_avoid_usd": "To avoid shut-off, dollars",
    "amount_to_restore_usd": "To restore, with fees, dollars",
    "accepts_checks": "Checks are accepted",
    "owner_part_usd": "Owner's part (at most 90 days of service)",
    "deposit_held_usd": "Deposit held",
    "exposure_usd": "Balance less deposit",
    "off_from_on": "Off since",
    "moratorium_ends_on": "Moratorium until",
    "agreement_ends_on": "Agreement until",
    "dispute_filed_on": "Dispute filed",
    "medical_ends_on": "Medical hold until",
    "weather_ends_on": "Weather hold until",
    "bankruptcy_ends_on": "Bankruptcy until",
    "other_hold_ends_on": "Other hold until",
    "hang_tag_on": "Hang tag",
    "courtesy_call_on": "Courtesy call",
    "written_notice_occupant_on": "Written notice to the occupant",
    "written_notice_owner_on": "Written notice to the owner",
    "voided_notice_on": "Notice voided by a moratorium",
    "returned_payment_count": "Returned payments that count",
}
CHANGED_COLUMNS = {
    "account_id": "Account",
    "then": "As known then",
    "now": "As known now",
    "past_due_usd": "Past due",
}
INSTALLMENT_COLUMNS = {
    "agreement_id": "Agreement",
    "installment_no": "No.",
    "due_on": "Due",
    "installment_usd": "Installment",
    "received_usd": "Received for it",
    "allowed_usd": "May be open then",
    "still_open_usd": "Was open then",
    "outcome_title": "Outcome",
}
AGREEMENT_COLUMNS = {
    "agreement_id": "Agreement",
    "account_id": "Account",
    "signed_on": "Signed",
    "ends_on": "Ends",
    "agreed_usd": "Agreed",
    "installment_count": "Installments",
    "met_count": "Met",
    "status_title": "Stands",
    "reason_title": "Why",
    "past_due_usd": "Past due now",
    "contractual_days_past_due": "Days late by due date",
    "effective_days_past_due": "Days late, less agreed",
}
DISPUTE_COLUMNS = {
    "dispute_id": "Dispute",
    "account_id": "Account",
    "bill_id": "Bill",
    "filed_on": "Filed",
    "deadline_on": "Deadline",
    "is_late": "Too late",
    "level_title": "Level",
    "disputed_usd": "Disputed",
    "decided_on": "Decided",
    "outcome_title": "Outcome",
}


def codes(blocked_by: str | None) -> list[str]:
    """What stands in the way of one account, by its codes."""
    return [code.strip() for code in (blocked_by or "").split(",") if code.strip()]


def free(rows: pl.DataFrame) -> pl.DataFrame:
    """The accounts that nothing keeps from being shut off."""
    return rows.filter(pl.col("blocked_by").fill_null("") == "")


def held_by(rows: pl.DataFrame, chosen: list[str]) -> pl.DataFrame:
    """The accounts that one of the chosen things keeps from being shut off; `free` is nothing."""
    if not chosen:
        return rows
    keep = [bool({*(codes(blocked_by) or ["free"])} & {*chosen}) for blocked_by in rows["blocked_by"]]
    return rows.filter(pl.Series(keep, dtype=pl.Boolean))


def counted(rows: pl.DataFrame) -> dict[str, int]:
    """How many accounts each code keeps from being shut off; an account may have several."""
    found: dict[str, int] = {}
    for blocked_by in rows["blocked_by"]:
        for code in codes(blocked_by):
            found[code] = found.get(code, 0) + 1
    return found


def total_of(rows: pl.DataFrame, column: str) -> Decimal:
    """The sum of what is known of a column."""
    return sum(rows[column].drop_nulls(), ZERO)


def running(agreements: pl.DataFrame, as_of: date) -> int:
    """How many agreements stood on a day: signed, neither broken nor at their end, allowed by the policy."""
    return agreements.filter(
        ~pl.col("status").is_in(["refused", "replaced"])
        & (pl.col("broken_on").is_null() | (pl.col("broken_on") > as_of))
        & (pl.col("ends_on") >= as_of)
    ).height


def ended(agreements: pl.DataFrame, as_of: date) -> tuple[int, int]:
    """How many agreements had ended by a day, and how many of them were kept to the end."""
    completed = agreements.filter((pl.col("status") == "completed") & (pl.col("ends_on") <= as_of)).height
    return completed + agreements.filter(pl.col("broken_on") <= as_of).height, completed


def figures(
    then: pl.DataFrame, now: pl.DataFrame, agreements: pl.DataFrame, undecided: int, as_of: date
) -> list[Figure]:
    """Who may be shut off, who is far enough behind, what would avoid it, and what is agreed."""
    open_then, open_now = free(then), free(now)
    ended_count, completed = ended(agreements, as_of)
    kept = formats.pct(formats.share(Decimal(completed), Decimal(ended_count)))
    return [
        (
            "May be shut off",
            formats.plural(open_then.height, "account"),
            f"{formats.usd(total_of(open_then, 'past_due_usd'))} past due; "
            f"as known now {formats.count(open_now.height)}",
            DEFINITIONS["May be shut off"],
        ),
        (
            "Far enough behind",
            formats.plural(then.height, "account"),
            f"{formats.usd(total_of(then, 'past_due_usd'))} past due; "
            f"{formats.usd(total_of(then, 'exposure_usd'))} owed beyond deposits",
            DEFINITIONS["Far enough behind"],
        ),
        (
            "To avoid shut-off",
            formats.usd_tile(total_of(open_then, "amount_to_avoid_usd")),
            f"by those who may be shut off; "
            f"{formats.usd(total_of(open_then, 'amount_to_restore_usd'))} to restore them after",
            DEFINITIONS["To avoid and to restore"],
        ),
        (
            "Agreements running",
            formats.count(running(agreements, as_of)),
            f"{kept} of {formats.count(ended_count)} that ended were kept to the end; "
            f"{formats.plural(undecided, 'dispute')} undecided",
            DEFINITIONS["Agreement"],
        ),
    ]


def in_the_way(then: pl.DataFrame, now: pl.DataFrame, as_of: date, known_on: date) -> None:
    """What keeps accounts from being shut off, as known then and as known now."""
    before, after = counted(then), counted(now)
    found = sorted(
        before.keys() | after.keys(), key=lambda code: -max(before.get(code, 0), after.get(code, 0))
    )
    names = [*map(terms.hold, found), terms.FREE]
    groups = {
        f"As known on {formats.day(known_on)}": [*(before.get(code, 0) for code in found), free(then).height],
        "As known now": [*(after.get(code, 0) for code in found), free(now).height],
    }
    if len({tuple(counts) for counts in groups.values()}) == 1:
        groups = {"As known then and now": groups["As known now"]}
    blocked = then.height - free(then).height
    components.picture(
        f"On {formats.day(as_of)} {formats.count(blocked)} of {formats.plural(then.height, 'account')} far "
        "enough behind had something in the way.",
        collection_charts.side_by_side(names, groups),
        "holds",
        "Accounts; one account may have several things in the way.",
    )


def changed(then: pl.DataFrame, now: pl.DataFrame, known_on: date) -> None:
    """The accounts whose answer changed with what became known later."""
    both = then.select("account_id", "blocked_by", "past_due_usd").join(
        now.select("account_id", "blocked_by", now_past_due_usd="past_due_usd"),
        on="account_id", how="full", coalesce=True, suffix="_now",
    )  # fmt: skip
    apart = both.filter(pl.col("blocked_by").fill_null("") != pl.col("blocked_by_now").fill_null(""))
    if apart.is_empty():
        components.note(f"What became known after {formats.day(known_on)} changes nobody's answer.")
        return
    shown = apart.select(
        "account_id",
        pl.coalesce("past_due_usd", "now_past_due_usd").alias("past_due_usd"),
        pl.Series("then", [terms.holds(code) for code in apart["blocked_by"]], pl.String),
        pl.Series("now", [terms.holds(code) for code in apart["blocked_by_now"]], pl.String),
    ).sort("past_due_usd", descending=True)
    with st.expander(f"Answers that changed since: {formats.plural(shown.height, 'account')}"):
        components.table(shown, CHANGED_COLUMNS, tall="Answers that changed")


def accounts(page: components.Page, rows: pl.DataFrame, as_of: date, known_on: date) -> str | None:
    """The list itself; the account that is chosen or typed in full."""
    components.heading(
        "Who is on the list? Choose a row, or type an account, to see notices, holds and its statement.",
        f"As known on {formats.day(known_on)}; dollars, most past due first. Net of agreed: less what a kept "
        "agreement puts off, what is disputed and what was received and not yet posted.",
    )
    left, _ = st.columns([1.3, 4.3], gap="small")
    with left:
        part = st.text_input(
            "Account, or part of it", key="account", bind="query-params", placeholder="All accounts"
        ).strip()
    matched = rows.filter(pl.col("account_id").str.contains(part, literal=True))
    if matched.is_empty():
        if part and not page.ask("account", utility=page.utility_id, account=part).is_empty():
            st.info(f"Account {part} is not far enough behind on {formats.day(as_of)}.")
            return part
        st.info("**No account here is far enough behind.** Choose another day, or take a filter away.")
        return None
    shown = in_words(matched.head(LISTED))
    event = components.grid(
        shown,
        LIST_COLUMNS,
        f"list-{hash((as_of, known_on, part, matched.height))}",
        height=min(38 + 30 * shown.height, 400),
        alt="Accounts far enough behind to be shut off",
        on_select="rerun",
        selection_mode="single-row",
    )
    st.caption(
        f"{formats.count(shown.height)} of {formats.plural(matched.height, 'account')}. "
        "The download holds all of them, with every hold and notice."
    )
    known = matched.with_columns(pl.lit(known_on).alias("known_on"))
    components.download(page, "List as CSV", "disconnect_list", as_of, known)
    chosen = event.selection.rows if event else []
    if chosen:
        return shown["account_id"][chosen[0]]
    return part if part in set(matched["account_id"]) else None


def in_words(rows: pl.DataFrame) -> pl.DataFrame:
    """The list with words for its codes."""
    return rows.with_columns(
        pl.Series("in_the_way", [terms.listed(code) or "Nothing" for code in rows["blocked_by"]], pl.String),
    )


def agreements(page: components.Page, rows: pl.DataFrame, as_of: date) -> None:
    """Agreements by the year of their signing: completed, kept, broken, refused; and the list."""
    if rows.is_empty():
        components.heading("No payment agreement was delivered.")
        return
    years = sorted({day.year for day in rows["signed_on"]})
    counts = {
        (year, status): count
        for year, status, count in rows.group_by(pl.col("signed_on").dt.year(), "status").len().iter_rows()
    }
    tones = (theme.TOTAL, theme.INCREASE, theme.DECREASE, theme.USUAL)
    markers = [*map(collection_charts.tone, tones), collection_charts.HATCHED]
    known = ["completed", "kept", "broken", "replaced", "refused"]
    parts = {
        terms.agreement(status): ([counts.get((year, status), 0) for year in years], marker)
        for status, marker in zip(known, markers, strict=True)
    }
    broken = sum(counts.get((year, "broken"), 0) for year in years)
    against = sum(parts[terms.agreement("refused")][0])
    components.picture(
        f"{formats.count(broken)} of {formats.plural(rows.height, 'agreement')} were broken; "
        f"{formats.count(against) if against else 'none'} against the policy.",
        collection_charts.outcome_bars([str(year) for year in years], parts, write=formats.count),
        "agreements",
        "Agreements by the year in which they were signed, and how they stood on the build's as-of date.",
    )
    shown = rows.with_columns(
        pl.Series("status_title", [terms.agreement(status) for status in rows["status"]], pl.String),
        pl.Series("reason_title", [words.sentence(reason) for reason in rows["status_reason"]], pl.String),
    )
    with st.expander(f"Agreements ({rows.height})"):
        components.table(shown, AGREEMENT_COLUMNS, tall="Agreements")
        components.download(page, "Agreements as CSV", "agreements", as_of, rows)


def disputes(page: components.Page, rows: pl.DataFrame, as_of: date) -> None:
    """Disputes, folded."""
    if rows.is_empty():
        return
    shown = rows.with_columns(
        pl.Series("level_title", [words.sentence(code) for code in rows["level"]], pl.String),
        pl.Series("outcome_title", [words.sentence(code) or formats.UNKNOWN for code in rows["outcome"]]),
    )
    late = int(rows["is_late"].fill_null(False).sum())
    with st.expander(f"Disputes ({rows.height}; {formats.count(late)} filed too late)"):
        components.table(shown, DISPUTE_COLUMNS, tall="Disputes")
        components.download(page, "Disputes as CSV", "disputes", as_of, rows)


def account(rows: pl.DataFrame, account_id: str) -> None:
    """What the list knows of one account: amounts, holds with their ends, and notices with their ages."""
    found = rows.filter(pl.col("account_id") == account_id)
    if found.is_empty():
        return
    row = found.row(0, named=True)
    components.heading(
        f"Account {account_id}. Stands in the way: {terms.holds(row['blocked_by']).lower()}.",
        f"Notices that are missing or too young: {terms.listed(row['notice_gaps']).lower()}."
        if row["notice_gaps"]
        else "",
    )
    facts = [
        (label, _fact(row, column)) for column, label in FACTS.items() if row[column] not in (None, ZERO, 0)
    ]
    half = (len(facts) + 1) // 2
    for place, part in zip(st.columns(2), (facts[:half], facts[half:]), strict=True):
        with place:
            shown = pl.DataFrame(part, schema={"what": pl.String, "value": pl.String}, orient="row")
            components.table(shown, {"what": "On the list", "value": "On this day"})


def _is_told(value: object) -> bool:
    """Whether a fact says anything: unknown and nothing are left out, a no is not."""
    return isinstance(value, bool) or bool(value)


def _fact(row: Mapping, column: str) -> str:
    """A fact in words; a notice with its age."""
    if isinstance(row[column], bool):
        return formats.yes_no(row[column])
    text = formats.formatter(column)(row[column])
    age = row.get(f"{column.removesuffix('_on')}_days") if column.endswith("_on") else None
    return f"{text}, {formats.plural(age, 'day')} old" if age is not None else text


def installments(page: components.Page, account_id: str, as_of: date) -> None:
    """The installments of an account's agreements, and which were met."""
    rows = page.ask("agreement_installments", utility=page.utility_id, account=account_id, as_of=as_of)
    if rows.is_empty():
        return
    components.heading(
        f"Installments agreed with account {account_id}",
        "Met where, at the end of the days of grace, no more is open of what was owed at signing than is "
        "allowed; as known on the build's as-of date.",
    )
    shown = rows.with_columns(
        pl.Series("outcome_title", [words.sentence(code) for code in rows["outcome"]], pl.String)
    )
    components.table(shown, INSTALLMENT_COLUMNS)
