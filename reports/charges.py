"""The parts of the month-end package on penalties, fees, and what was done against policy."""

from __future__ import annotations

from datetime import date

import polars as pl

from dashboards import collection_words, formats, words
from reports.layout import Section, crossed, listed
from reports.receivable import ALL, TOTAL, Ask, is_delivered, of_all, title_of

# Assessed, less what became of it, is what is still open.
PENALTIES = {
    "assessed_usd": "Posted",
    "waived_event_usd": "Waived by an event",
    "waived_courtesy_usd": "Waived as a courtesy",
    "collected_usd": "Collected",
    "written_off_usd": "Written off",
    "open_usd": "Still open",
}
BY_POLICY = {"expected_usd": "By policy", "shadow_usd": "Not charged because of the waiver"}

FINDINGS = {
    "finding": "Finding",
    "rule": "Rule",
    "account_id": "Account",
    "source_entity": "Extract",
    "source_id": "Row",
    "found_on": "On",
    "amount_usd": "Amount",
    "expected_usd": "By policy",
    "detail": "What is wrong",
}
# The two sums of fees: what accounts owe, and what payers were charged, which nobody owes.
POSTED, BESIDE = "posted to accounts", "beside payments"
FEES = {
    "fee_kind": "Fee",
    "paid_to": "Goes to",
    "fee_count": "Fees",
    "expected_usd": "By policy",
    "charged_usd": "Charged",
    "waived_usd": "Waived",
    "absorbed_usd": "Absorbed by the city",
    "error_count": "Against policy",
}


def penalties_and_fees(ask: Ask, month_end: date) -> Section:
    """What was charged for lateness and beside payments."""
    charged = ask("penalties")
    total = of_all(charged, "customer_class", "service")
    as_of = formats.day(ask("header")["as_of_on"][0])
    title = f"Penalties posted in the month, and what became of them by {as_of}"
    columns = {"customer_class": "Class", "service": "Service", "penalty_count": "Penalties"}
    penalties = listed(
        charged, columns | PENALTIES | BY_POLICY,
        named={
            "customer_class": title_of,
            "service": lambda code: TOTAL if code == ALL else words.service(code),
        },
        is_sum=lambda row: ALL in (row["customer_class"], row["service"]), title=title,
    )  # fmt: skip
    on_paper = crossed(
        charged.filter(pl.col("service") == ALL), PENALTIES | BY_POLICY,
        lambda row: title_of(row["customer_class"]), sums=("assessed_usd", "open_usd"), title=title,
    )  # fmt: skip
    rows = ask("fees").with_columns(
        fee_kind=pl.when(pl.col("fee_kind") != ALL)
        .then("fee_kind")
        .when("is_receivable")
        .then(pl.lit(POSTED))
        .otherwise(pl.lit(BESIDE))
    )
    fees = listed(
        rows, FEES, named={"fee_kind": collection_words.fee, "paid_to": words.sentence},
        is_sum=lambda row: row["fee_kind"] in (POSTED, BESIDE), title="Fees",
    )  # fmt: skip
    is_known = is_delivered(ask, "adjustments")
    is_any = is_known and any(total[column] for column in PENALTIES | BY_POLICY)
    said = _said(total) if is_any else "No penalty was posted, and none fell due."
    if not is_known:
        said = "Not known: no adjustments were delivered, and penalties and fees are among them."
    return Section(
        sheet="Penalties and fees",
        title="What was charged for lateness, and beside payments?",
        sentence=said,
        tables=(penalties, fees) if is_known else (fees,),
        paper=tuple(table for table in (on_paper if is_any else None, fees) if table and table.rows),
        notes=(
            "By policy, and not charged because of the waiver: of the penalties that fell due in the month, "
            "those that were posted and waived among them.",
        ),
        assumed="^penalty|^fees",
    )


def _said(total: dict) -> str:
    """What was posted, what of it was waived, and what was not even posted."""
    waived, shadow = -total["waived_event_usd"], total["shadow_usd"]
    posted = total["assessed_usd"]
    said = f"Penalties of {formats.usd(posted)} were posted" if posted else "No penalty was posted"
    said += f", {formats.usd(waived)} of it waived because of an event." if waived else "."
    if not shadow:
        return said
    return f"{said}{' In all' if waived else ''} {formats.usd(shadow)} was not charged because of the waiver."


def findings(ask: Ask, month_end: date) -> Section:
    """What was done against policy or tariff, row by row."""
    kinds = ask("findings_by_kind")
    total = of_all(kinds, "finding")
    count = total["finding_count"]
    by_kind = listed(
        kinds.filter(kinds["finding_count"] > 0),
        {"finding": "Finding", "finding_count": "Rows", "amount_usd": "Amount"},
        named={"finding": lambda code: TOTAL if code == ALL else collection_words.finding(code)},
        is_sum=lambda row: row["finding"] == ALL, title="By kind",
    )  # fmt: skip
    rows = listed(ask("findings"), FINDINGS, named={"finding": collection_words.finding})
    verb = "differs" if count == 1 else "differ"
    said = f"{formats.plural(count, 'row')} of {formats.month(month_end)} {verb} from policy or tariff."
    return Section(
        sheet="Findings",
        title="What was not done as policy says?",
        sentence=said if count else "Nothing was found in this month.",
        tables=(rows, by_kind) if count else (),
        paper=(by_kind,) if count else (),
        notes=("Each row stands in the workbook, with its extract and key.",) if count else (),
    )
