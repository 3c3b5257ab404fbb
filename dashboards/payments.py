"""Sections of the page Payments, from rows that the page asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl
import streamlit as st

from dashboards import collection_charts, components, formats, months, tables, theme, words
from dashboards import collection_words as terms
from dashboards.definitions import DEFINITIONS

Figure = tuple[str, str, str, str]
LISTED = 500
EVERY = 10_000_000
MEASURES = {"payment_usd": "Dollars", "payment_count": "Payments"}
SUMS = ["payment_usd", "customer_fee_usd", "absorbed_usd", "returned_usd"]
COUNTS = ["payment_count", "returned_count"]
FEE_PARTS = {
    "customer_fee_usd": ("Paid by customers beside their bill", collection_charts.tone(theme.INCREASE)),
    "absorbed_usd": ("Absorbed by the city", collection_charts.HATCHED),
}
WAY_COLUMNS = {
    "channel_title": "Way",
    "tender_title": "With",
    "payment_count": "Payments",
    "payment_usd": "Paid",
    "share_pct": "of all paid",
    "customer_fee_usd": "Fees paid by customers",
    "absorbed_usd": "Absorbed by the city",
    "returned_count": "Returned",
    "returned_pct": "of payments",
    "returned_usd": "Returned, dollars",
}
RETURN_COLUMNS = {
    "returned_on": "Returned",
    "account_id": "Account",
    "payment_id": "Payment",
    "channel_title": "Way",
    "tender_title": "With",
    "reason_code": "Code",
    "amount_usd": "Amount",
    "charged_fee_usd": "Fee",
    "returned_count": "Counted up to here",
    "restricted": "Pays since with",
}


def totals(rows: pl.DataFrame) -> dict[str, Decimal | None]:
    """Dollars and counts of some rows added up; None for fees that were not delivered at all."""
    counts = {column: Decimal(int(rows[column].sum() or 0)) for column in COUNTS}
    return {column: total_of(rows[column]) for column in SUMS} | counts


def total_of(amounts: pl.Series) -> Decimal | None:
    """The sum of what is known; None where nothing is."""
    known = amounts.drop_nulls()
    return None if amounts.len() and known.is_empty() else sum(known, Decimal("0.00"))


def of_customers(rows: pl.DataFrame) -> pl.DataFrame:
    """Payments by customers themselves, without what programmes paid for them."""
    return rows.filter(~pl.col("is_assistance"))


def figures(rows: pl.DataFrame, before: pl.DataFrame | None, before_name: str) -> list[Figure]:
    """What customers paid, which fees that cost them and the city, and what came back."""
    own, helped = totals(of_customers(rows)), totals(rows.filter(pl.col("is_assistance")))
    paid = f"{formats.usd(own['payment_usd'])} in {formats.plural(int(own['payment_count']), 'payment')}; "
    paid += f"assistance apart: {formats.usd(helped['payment_usd'])}"
    returned = (
        f"{formats.pct(formats.share(own['returned_count'], own['payment_count']))} of the payments, "
        f"{formats.usd(own['returned_usd'])}"
    )
    fee, absorbed = (_of_paid(own, column) for column in ("customer_fee_usd", "absorbed_usd"))
    if before is not None and not before.is_empty():
        old = totals(of_customers(before))
        paid += f"; {before_name}: {formats.usd(old['payment_usd'])}"
        returned += f"; {before_name}: {formats.count(int(old['returned_count']))}"
        fee += f"; {before_name}: {formats.usd(old['customer_fee_usd'])}"
        absorbed += f"; {before_name}: {formats.usd(old['absorbed_usd'])}"
    return [
        ("Paid by customers", formats.usd_tile(own["payment_usd"]), paid, DEFINITIONS["Paid by customers"]),
        (
            "Payment fees paid by customers",
            formats.usd_tile(own["customer_fee_usd"]),
            fee,
            DEFINITIONS["Payment fees"],
        ),
        (
            "Payment fees absorbed by the city",
            formats.usd_tile(own["absorbed_usd"]),
            absorbed,
            DEFINITIONS["Payment fees"],
        ),
        (
            "Returned",
            formats.plural(int(own["returned_count"]), "payment"),
            returned,
            DEFINITIONS["Returned payment"],
        ),
    ]


def _of_paid(sums: Mapping, column: str) -> str:
    share = formats.pct(formats.share(sums[column], sums["payment_usd"]))
    return f"{formats.usd(sums[column])}, {share} of what was paid"


def by_channel(page: components.Page, rows: pl.DataFrame, events: pl.DataFrame, as_of: date) -> None:
    """How each month was paid, one part for each way to pay."""
    measure = st.segmented_control(
        "Ways to pay by", list(MEASURES), default="payment_usd", format_func=MEASURES.get, key="measure",
        bind="query-params", required=True,
    )  # fmt: skip
    order = [channel for channel in terms.CHANNELS if channel in set(rows["channel"])]
    order += sorted({*rows["channel"]} - {*order})
    wide = _by_month(rows, order, measure)
    suffix = measure.removeprefix("payment")
    parts = {f"{channel}{suffix}": (terms.channel(channel), collection_charts.channel_marker(channel))
             for channel in order}  # fmt: skip
    sums = {channel: sum(wide[f"{channel}{suffix}"]) for channel in order}
    most = max(sums, key=sums.get)
    share = formats.share(Decimal(sums[most]), Decimal(sum(sums.values())))
    components.picture(
        f"{terms.channel(most)} carries {formats.pct(share)} of "
        f"{'all dollars' if suffix == '_usd' else 'all payments'}.",
        collection_charts.stacked_months(wide, parts, events, as_of),
        "channels",
        "By the month in which payments were posted; all months. Violet needs the network, grey is "
        "handed over, hatched is assistance.",
    )
    with st.expander(f"By month, way and tender ({rows.height} rows)"):
        shown = months.in_words(wide)
        labels = {"month": "Month", **{column: name for column, (name, _) in parts.items()}}
        components.table(shown, labels, tall="Payments by month")
        components.download(page, "Months as CSV", "payments_by_month", as_of, rows)


def _by_month(rows: pl.DataFrame, channels: Sequence[str], measure: str) -> pl.DataFrame:
    """A row a month, a column a channel; nothing paid is zero."""
    suffix = measure.removeprefix("payment")
    return (
        rows.group_by("month_end_on")
        .agg(
            pl.col(measure).filter(pl.col("channel") == channel).sum().alias(f"{channel}{suffix}")
            for channel in channels
        )
        .sort("month_end_on")
    )


def fees_by_month(rows: pl.DataFrame, events: pl.DataFrame, as_of: date) -> None:
    """Payment fees by month: what customers paid, and what the city paid in their place."""
    wide = rows.group_by("month_end_on").agg(pl.col(*FEE_PARTS).sum()).sort("month_end_on")
    total = {column: sum(wide[column].drop_nulls(), Decimal("0.00")) for column in FEE_PARTS}
    if not any(total.values()):
        components.heading("No payment fee was charged or absorbed.")
        return
    components.picture(
        f"Customers paid {formats.usd(total['customer_fee_usd'])} beside their bills, and the city "
        f"{formats.usd(total['absorbed_usd'])} in their place.",
        collection_charts.stacked_months(wide, FEE_PARTS, events, as_of, height=280),
        "payment_fees",
        "All months. What customers pay to a processor or agent is never owed to the city.",
    )


def ways(page: components.Page, rows: pl.DataFrame, name: str) -> None:
    """Ways to pay and tenders of the chosen days."""
    paid = sum(rows["payment_usd"], Decimal("0.00"))
    grouped = rows.group_by("channel", "tender").agg(pl.col(*SUMS, *COUNTS).sum())
    grouped = grouped.sort("payment_usd", descending=True)
    listed = grouped.to_dicts()
    shown = grouped.with_columns(
        pl.Series("channel_title", [terms.channel(row["channel"]) for row in listed], pl.String),
        pl.Series("tender_title", [words.sentence(row["tender"]) for row in listed], pl.String),
        pl.Series("share_pct", [formats.share(row["payment_usd"], paid) for row in listed]),
        pl.Series(
            "returned_pct",
            [formats.share(Decimal(row["returned_count"]), Decimal(row["payment_count"])) for row in listed],
        ),
    )
    components.heading(f"How was paid, {name}, in dollars")
    components.table(tables.with_total(shown, "channel_title", counts=COUNTS), WAY_COLUMNS, has_total=True)
    components.download(page, "Ways as CSV", "payment_ways", page.utility["as_of_on"], grouped)


def returns(page: components.Page, asked: Mapping, name: str) -> None:
    """Returned payments, each with its count, folded."""
    rows = page.ask("returned_payments", **asked, row_limit=LISTED)
    if rows.is_empty():
        return
    restricted = rows.filter(pl.col("is_restricted"))["account_id"].n_unique()
    shown = rows.with_columns(
        pl.Series("channel_title", [terms.channel(code) for code in rows["channel"]], pl.String),
        pl.Series("tender_title", [words.sentence(code) for code in rows["tender"]], pl.String),
        pl.Series("restricted", [terms.listed(codes) for codes in rows["tenders_allowed"]], pl.String),
    )
    with st.expander(
        f"Returned payments, {name} ({formats.count(rows['matched_count'][0])}; "
        f"{formats.plural(restricted, 'account')} with cash or card only)"
    ):
        components.grid(shown, RETURN_COLUMNS, "returns", height=320, alt="Returned payments")
        components.download(
            page, "Returned payments as CSV", "returned_payments", page.utility["as_of_on"],
            lambda: page.ask("returned_payments", **asked, row_limit=EVERY).drop("matched_count"),
        )  # fmt: skip
