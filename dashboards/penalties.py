"""Sections of the page Penalties and fees, from rows that the page asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import streamlit as st

from dashboards import billing_charts, collection_charts, components, formats, tables, theme, words
from dashboards import collection_words as terms
from dashboards import months as calendar
from dashboards.definitions import DEFINITIONS

Figure = tuple[str, str, str, str]
ZERO = Decimal("0.00")
LISTED = 500
EVERY = 10_000_000
MONTH_PARTS = {
    "charged_usd": ("Charged, without what a waiver took back", collection_charts.tone(theme.INCREASE)),
    "shadow_usd": (terms.NOT_CHARGED, collection_charts.HATCHED),
}
OUTCOMES = {
    "collected_usd": ("Collected", collection_charts.tone(theme.TOTAL)),
    "open_usd": ("Still open", collection_charts.tone(theme.INCREASE)),
    "written_off_usd": ("Written off", collection_charts.tone(theme.DECREASE)),
    "waived_courtesy_usd": ("Waived as a courtesy", collection_charts.tone(theme.USUAL)),
    "waived_event_usd": ("Taken back by a waiver", collection_charts.HATCHED),
}
MONTH_COLUMNS = {
    "month": "Month",
    "expected_usd": "By policy",
    "assessed_usd": "Charged",
    "waived_event_usd": "Taken back by a waiver",
    "waived_courtesy_usd": "Waived as a courtesy",
    "collected_usd": "Collected",
    "written_off_usd": "Written off",
    "open_usd": "Still open",
    "shadow_usd": terms.NOT_CHARGED,
}
CLASS_COLUMNS = {
    "class_title": "Class",
    "service_title": "Service",
    "penalty_count": "Penalties",
    "expected_usd": "By policy",
    "assessed_usd": "Charged",
    "waived_usd": "Waived",
    "collected_usd": "Collected",
    "written_off_usd": "Written off",
    "open_usd": "Still open",
    "shadow_usd": terms.NOT_CHARGED,
}
REASON_COLUMNS = {
    "why": "Why they differ",
    "bill_count": "Bills",
    "account_count": "Accounts",
    "too_much_usd": "Charged too much",
    "too_little_usd": "Charged too little",
    "to_do": "To be corrected",
}
LIST_COLUMNS = {
    "account_id": "Account",
    "bill_id": "Bill",
    "class_title": "Class",
    "penalty_on": "Penalty date",
    "why": "Why it differs",
    "base_usd": "Base",
    "expected_usd": "By policy",
    "assessed_usd": "Charged",
    "waived_event_usd": "Taken back by a waiver",
    "difference_usd": "Difference",
}
ACCOUNT_COLUMNS = {
    "bill_id": "Bill",
    "penalty_on": "Penalty date",
    "open_at_penalty_usd": "Open",
    "agreed_usd": "Agreed",
    "disputed_usd": "Disputed",
    "base_usd": "Base",
    "policy_usd": "Penalty",
    "expected_usd": "After waivers",
    "shadow_usd": "Not charged: waiver",
    "assessed_usd": "Charged",
    "waived_usd": "Taken back",
    "difference_usd": "Difference",
    "why": "Why it differs",
}
FEE_COLUMNS = {
    "fee_title": "Fee",
    "goes_to": "Goes to",
    "fee_count": "Times",
    "expected_usd": "By policy",
    "charged_usd": "Charged",
    "waived_usd": "Waived",
    "absorbed_usd": "Absorbed by the city",
    "difference_usd": "Difference",
    "differing_count": "That differ",
}


def chosen_of(totals: pl.DataFrame, year: int | None) -> dict | None:
    """The totals of a fiscal year, or of all; None where there is no bill."""
    found = totals.filter(pl.col("fiscal_year").eq_missing(year) & (pl.col("bill_count") > 0))
    return found.row(0, named=True) if found.height else None


def figures(chosen: Mapping, before: Mapping | None, dagger: str) -> list[Figure]:
    """What was charged, whether rightly, what a waiver kept from being charged, and what was collected."""
    charged = chosen["assessed_usd"] - chosen["waived_event_usd"]
    note = f"{formats.usd(charged)}; policy expects {formats.usd(chosen['expected_usd'])}"
    if before:
        year_before = formats.usd(before["assessed_usd"] - before["waived_event_usd"])
        note += f"; {words.fiscal_year(before['fiscal_year'])}: {year_before}"
    errors = chosen["error_count"]
    stake = (
        f"{formats.usd(chosen['too_much_usd'])} too much, {formats.usd(chosen['too_little_usd'])} "
        f"too little, on {formats.plural(chosen['error_account_count'], 'account')}"
        if errors
        else f"of {formats.plural(chosen['unknown_count'], 'bill')} nobody knows what they were charged"
        if chosen["unknown_count"]
        else f"all of {formats.count(chosen['bill_count'])} bills bear what policy says"
    )
    waived = (
        f"on {formats.plural(chosen['shadow_count'], 'bill')}, rules applied to what happened"
        if chosen["shadow_count"]
        else "no waiver stopped a penalty"
    )
    kept = formats.pct(formats.share(chosen["collected_usd"], charged))
    return [
        (f"Charged for lateness{dagger}", formats.usd_tile(charged), note, DEFINITIONS["Penalty"]),
        (
            f"Charged wrongly{dagger}",
            formats.plural(errors, "bill"),
            stake,
            DEFINITIONS["Charged wrongly"],
        ),
        (
            f"{terms.NOT_CHARGED}{dagger}",
            formats.usd_tile(chosen["shadow_usd"]),
            waived,
            DEFINITIONS[terms.NOT_CHARGED],
        ),
        (
            "Penalties collected",
            formats.usd_tile(chosen["collected_usd"]),
            f"{kept} of {formats.usd(charged)} charged; {formats.usd(chosen['open_usd'])} still open",
            DEFINITIONS["Penalties collected"],
        ),
    ]


def by_month(page: components.Page, months: pl.DataFrame, events: pl.DataFrame, as_of: date) -> None:
    """Expected against charged by month, with what waivers kept from being charged."""
    total = components.total_of(months, ["charged_usd", "expected_usd", "shadow_usd"])
    apart = total["charged_usd"] - total["expected_usd"]
    more = "more" if apart > 0 else "less"
    charged = (
        "Every month was charged what policy expects"
        if apart == 0
        else f"{formats.usd(abs(apart))} {more} was charged than policy expects"
    )
    waiver = f"; {formats.usd(total['shadow_usd'])} was not charged because of waivers"
    components.picture(
        f"{charged}{waiver if total['shadow_usd'] else ''}.",
        collection_charts.stacked_months(
            months, MONTH_PARTS, events, as_of, line=("expected_usd", "By policy, after waivers")
        ),
        "penalties",
        "By the month in which a penalty was or would have been posted; all months, whatever the year above.",
    )
    with st.expander(f"By month ({formats.plural(months.height, 'month')})"):
        components.table(calendar.in_words(months), MONTH_COLUMNS, tall="Penalties by month")
        components.download(page, "Months as CSV", "penalties_by_month", as_of, months)


def outcomes(totals: pl.DataFrame) -> None:
    """What became of the penalties of each fiscal year."""
    years = totals.filter(pl.col("fiscal_year").is_not_null() & (pl.col("assessed_usd") != 0))
    if years.is_empty():
        return
    shares = [
        formats.share(row["collected_usd"], row["assessed_usd"] - row["waived_event_usd"])
        for row in years.to_dicts()
    ]
    parts = {label: (years[column].to_list(), marker) for column, (label, marker) in OUTCOMES.items()}
    last = years.row(-1, named=True)
    components.picture(
        f"Of the penalties of {words.fiscal_year(last['fiscal_year'])} {formats.pct(shares[-1])} has been "
        f"collected; {formats.usd(last['open_usd'])} is still open.",
        collection_charts.outcome_bars(
            [words.fiscal_year(year) for year in years["fiscal_year"]],
            parts,
            labels=[f"{formats.pct(share)} collected" for share in shares],
        ),
        "outcomes",
        "Penalties posted for the bills of each fiscal year, and where they stand on the as-of date.",
    )


def classes(page: components.Page, rows: pl.DataFrame, name: str) -> None:
    """The same by class and service, folded."""
    with st.expander(f"By class and service, {name} ({rows.height})"):
        titled = rows.with_columns(
            pl.Series("class_title", [words.sentence(code) for code in rows["customer_class"]], pl.String),
            pl.Series("service_title", [words.service(code) for code in rows["service"]], pl.String),
        )
        components.table(
            tables.with_total(titled, "class_title", counts=["penalty_count"]), CLASS_COLUMNS, has_total=True
        )
        components.download(page, "Classes as CSV", "penalties_by_class", page.utility["as_of_on"], rows)


def reasons(found: pl.DataFrame) -> None:
    """Ranked bars of the mistakes by reason; below them all that differs."""
    if found.is_empty():
        components.heading("Every penalty is what policy expects.")
        return
    shown = found.with_columns(
        pl.Series("why", [terms.penalty_reason(code) for code in found["reason"]], pl.String),
        pl.Series("to_do", [formats.yes_no(is_error) for is_error in found["is_error"]], pl.String),
    )
    wrong = shown.filter(pl.col("is_error"))
    if wrong.is_empty():
        components.heading("No penalty is wrong: what differs is explained and needs no correction.")
    else:
        worst = wrong.row(0, named=True)
        labels = [
            f"{formats.usd(row['apart_usd'])}, {formats.plural(row['bill_count'], 'bill')}"
            for row in wrong.iter_rows(named=True)
        ]
        components.picture(
            f"Most is at stake where the reason is: {worst['why'].lower()}, "
            f"{formats.usd(worst['apart_usd'])} on {formats.plural(worst['bill_count'], 'bill')}.",
            billing_charts.ranked_bars(wrong["why"].to_list(), wrong["apart_usd"].to_list(), labels),
            "reasons",
            "Mistakes only; dollars charged too much and too little, added up without sign.",
        )
    components.table(shown, REASON_COLUMNS)


def differing(page: components.Page, asked: Mapping) -> str | None:
    """The penalties that differ, mistakes first; the account that is chosen or typed in full."""
    components.heading(
        "Which are they? Choose a row, or type an account, to see each of its penalties worked out.",
        "Any account can be typed in full, also one whose penalties are right.",
    )
    left, _ = st.columns([1.3, 4.3], gap="small")
    with left:
        part = st.text_input(
            "Account or bill, or part of it",
            key="account",
            bind="query-params",
            placeholder="All",
        ).strip()
    rows = page.ask("penalties_that_differ", **asked, account_part=part, row_limit=LISTED)
    if rows.is_empty():
        return _typed_account(page, part)
    shown = rows.with_columns(
        pl.Series("why", [terms.penalty_reason(code) for code in rows["reason"]], pl.String),
        pl.Series("class_title", [words.sentence(code) for code in rows["customer_class"]], pl.String),
    )
    event = components.grid(
        shown,
        LIST_COLUMNS,
        f"penalties-{hash((part, *map(str, asked.values())))}",
        height=min(38 + 30 * shown.height, 340),
        alt="Penalties that differ from the policy",
        on_select="rerun",
        selection_mode="single-row",
    )
    st.caption(
        f"{formats.count(shown.height)} of {formats.count(rows['matched_count'][0])} penalties that differ, "
        "mistakes first, the largest first; dollars. The download holds all of them."
    )
    components.download(
        page,
        "Penalties as CSV",
        "penalties_that_differ",
        page.utility["as_of_on"],
        lambda: page.ask("penalties_that_differ", **asked, account_part=part, row_limit=EVERY).drop(
            "matched_count"
        ),
    )
    chosen = event.selection.rows if event else []
    if chosen:
        return shown["account_id"][chosen[0]]
    return part if part in set(rows["account_id"]) else None


def _typed_account(page: components.Page, part: str) -> str | None:
    if part and not page.ask("account", utility=page.utility_id, account=part).is_empty():
        return part
    st.info(
        f"No penalty that differs contains {part!r} here. Type a whole account number, or take a filter away."
        if part
        else "No penalty differs here. Type any account's number to see how its penalties were worked out."
    )
    return None


def account(page: components.Page, account_id: str) -> None:
    """How the penalty of each bill of an account was worked out."""
    rows = page.ask("account_penalties", utility=page.utility_id, account=account_id)
    if rows.is_empty():
        components.heading(f"No bill of account {account_id} has reached its penalty date.")
        return
    total = components.total_of(rows, ["expected_usd", "assessed_usd", "waived_event_usd"])
    amounts = ("policy_usd", "shadow_usd", "assessed_usd", "difference_usd")
    told = rows.filter(pl.any_horizontal(pl.col(column) != 0 for column in amounts))
    components.heading(
        f"Penalties of account {account_id}: policy expects {formats.usd(total['expected_usd'])}, "
        f"{formats.usd(total['assessed_usd'] - total['waived_event_usd'])} was charged.",
        f"{formats.count(told.height)} of {formats.plural(rows.height, 'bill')} bear or would bear one; the "
        "download holds all. Base: of what was open when the penalty date ended the part that bears one "
        "by the policy, less what a kept agreement puts off and what is disputed. Dollars, newest first.",
    )
    shown = told.with_columns(
        pl.Series("why", [_why(code) for code in told["reason"]], pl.String),
        waived_usd=pl.col("waived_event_usd") + pl.col("waived_courtesy_usd"),
    )
    if told.height:
        components.table(shown, ACCOUNT_COLUMNS, tall=f"Penalties of account {account_id}")
    components.download(
        page, "Penalties of the account as CSV", f"penalties_{account_id}", page.utility["as_of_on"], rows
    )


def _why(reason: str) -> str:
    return "" if reason == "none" else terms.penalty_reason(reason)


def fees(page: components.Page, rows: pl.DataFrame, name: str) -> None:
    """Fees by kind: what policy expects, what was charged, waived and absorbed."""
    if rows.is_empty():
        components.heading(f"No fee was due or charged, {name}.")
        return
    total = components.total_of(rows, ["charged_usd", "absorbed_usd"])
    components.heading(
        f"Fees, {name}: {formats.usd(total['charged_usd'])} was charged to customers, "
        f"{formats.usd(total['absorbed_usd'])} was absorbed by the city.",
        "Dollars. What customers pay to a card processor or agent is never owed to the city nor its revenue.",
    )
    shown = rows.with_columns(
        pl.Series("fee_title", [terms.fee(code) for code in rows["fee_kind"]], pl.String),
        pl.Series("goes_to", [words.sentence(code) for code in rows["paid_to"]], pl.String),
    )
    components.table(shown, FEE_COLUMNS)
    components.download(page, "Fees as CSV", "fees", page.utility["as_of_on"], rows)


def nothing_due(months: pl.DataFrame) -> bool:
    """Whether there is nothing to draw by month."""
    return months.is_empty() or not any(any(months[column]) for column in MONTH_PARTS)
