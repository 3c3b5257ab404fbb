"""From the list of bills that differ to one bill: its lines beside those of the tariff, reads, prices."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from dashboards import components, formats, words
from ratehouse.bill import finding, line_name, unit_name

LISTED = 500
EVERY = 10_000_000
LIST_COLUMNS = {
    "bill_id": "Bill",
    "account_id": "Account",
    "service_title": "Service",
    "class_title": "Class",
    "billed_on": "Billed on",
    "why": "Why it differs",
    "billed_usd": "Billed",
    "recomputed_usd": "Recomputed",
    "difference_usd": "Difference",
}
SERVICE_COLUMNS = {
    "service_title": "Service",
    "class_title": "Tariff class",
    "use": "Use",
    "basis_title": "Priced on",
    "billed_usd": "Billed",
    "recomputed_usd": "Recomputed",
    "difference_usd": "Difference",
    "finding": "What is wrong",
}
DIFFERENCE_COLUMNS = {
    "service_title": "Service",
    "line": "Line",
    "unit_title": "Unit",
    "billed_quantity": "Quantity billed",
    "billed_rate_usd": "Rate billed",
    "billed_usd": "Billed",
    "recomputed_quantity": "Quantity by tariff",
    "recomputed_rate_usd": "Rate by tariff",
    "recomputed_usd": "By tariff",
    "difference_usd": "Difference",
}
LINE_COLUMNS = {
    "service_title": "Service",
    "line": "Line",
    "unit_title": "Unit",
    "line_quantity": "Quantity",
    "unit_rate_usd": "Rate",
    "amount_usd": "Amount",
    "effective_from_on": "Rates of",
}
READ_COLUMNS = {
    "service_title": "Service",
    "meter_id": "Meter",
    "read_on": "Read",
    "kind": "Kind",
    "previous_read_on": "Read before",
    "read_days": "Days",
    "previous_reading_quantity": "Reading before",
    "reading_quantity": "Reading",
    "multiplier_quantity": "Times",
    "usage_quantity": "Use",
    "unit_title": "Unit",
    "doubts": "Notes",
}
WINTER_COLUMNS = {
    "read_on": "Read",
    "kind": "Kind",
    "read_quantity": "Use",
    "unit_title": "Unit",
    "doubts": "Notes",
}
TARIFF_COLUMNS = {
    "service_title": "Service",
    "class_title": "Tariff class",
    "effective_from_on": "From",
    "effective_to_on": "To",
    "ordinance": "Ordinance",
    "source": "Source",
    "is_assumed": "Assumed",
}


def bill_list(page: components.Page, asked: Mapping) -> str | None:
    """The bills that differ, mistakes first; the one that is chosen or typed in full."""
    components.heading(
        "Which bills are they? Choose a row, or type a bill or an account, to see a bill explained.",
        "Any bill can be typed in full, also one that agrees.",
    )
    left, _ = st.columns([1.3, 4.3], gap="small")
    with left:
        part = st.text_input(
            "Bill or account, or part of it", key="bill", bind="query-params", placeholder="All bills"
        ).strip()
    bills = page.ask("audited_bills", **asked, bill_part=part, row_limit=LISTED)
    if bills.is_empty():
        if page.ask("bill_services", utility=page.utility_id, bill=part).is_empty():
            st.info(
                f"No bill that differs contains {part!r} here. Type a whole bill number, or take a "
                "filter away."
                if part
                else "No bill differs here. Type the number of any bill to see how it was worked out."
            )
            return None
        return part
    shown = in_words(bills).with_columns(
        pl.Series("why", [words.audit_reason(code) for code in bills["reason"]], pl.String)
    )
    key = f"bills-{hash((part, *map(str, asked.values())))}"
    event = components.grid(
        shown,
        LIST_COLUMNS,
        key,
        height=min(38 + 30 * shown.height, 340),
        alt="Bills that differ from the tariff",
        on_select="rerun",
        selection_mode="single-row",
    )
    st.caption(
        f"{formats.count(shown.height)} of {formats.count(bills['matched_count'][0])} bills and "
        "services that "
        "differ, mistakes first, the largest first; dollars. The download holds all of them."
    )
    components.download(
        page,
        "Bills as CSV",
        "bills_that_differ",
        page.utility["as_of_on"],
        lambda: page.ask("audited_bills", **asked, bill_part=part, row_limit=EVERY).drop("matched_count"),
    )
    chosen = event.selection.rows if event else []
    if chosen:
        return shown["bill_id"][chosen[0]]
    is_whole = part and not page.ask("bill_services", utility=page.utility_id, bill=part).is_empty()
    return part if is_whole else None


def show(page: components.Page, bill_id: str) -> None:
    """One bill: what is wrong in words, its lines, reads, winter average and tariffs."""
    asked = {"utility": page.utility_id, "bill": bill_id}
    services = page.ask("bill_services", **asked)
    differences = page.ask("bill_differences", **asked)
    lines = page.ask("bill_lines", **asked)
    said = [
        finding(
            service,
            differences.filter(pl.col("service") == service["service"]).to_dicts(),
            lines.filter(pl.col("service") == service["service"]).to_dicts(),
        )
        for service in services.iter_rows(named=True)
    ]
    first = services.row(0, named=True)
    wrong = [
        f"{words.service(code)}: {text[:1].lower()}{text[1:]}" if services.height > 1 else text
        for code, text, reason in zip(services["service"], said, services["reason"], strict=True)
        if reason != "none"
    ]
    days = (
        f"{formats.day(first['service_from_on'])} to {formats.day(first['service_to_on'])}, "
        f"{formats.count(first['service_days'])} days"
        if first["service_from_on"]
        else "days of service not delivered"
    )
    kind = words.posting("charge", first["bill_kind"])
    cancelled = f"; cancelled on {formats.day(first['cancelled_on'])}" if first["cancelled_on"] else ""
    components.heading(
        f"Bill {bill_id}. " + (" ".join(wrong) or "All of it agrees to the cent."),
        f"{kind} of {formats.day(first['billed_on'])} to account {first['account_id']}, "
        f"{words.sentence(first['customer_class']).lower()}, for {days}{cancelled}. Dollars.",
    )
    components.table(
        in_words(services).with_columns(
            pl.Series("use", [_use(row) for row in services.iter_rows(named=True)], pl.String),
            pl.Series("basis_title", [_priced_on(row) for row in services.iter_rows(named=True)], pl.String),
            pl.Series("finding", said, pl.String),
        ),
        SERVICE_COLUMNS,
    )
    if not differences.is_empty():
        components.heading("The lines that were billed, beside those of the tariff")
        components.table(in_words(differences), DIFFERENCE_COLUMNS)
    agreed = in_words(lines).filter(~pl.col("service").is_in(differences["service"].unique().to_list()))
    if not agreed.is_empty():
        components.heading("Lines of what agrees to the cent, as the tariff gives them")
        components.table(agreed.rename({"quantity": "line_quantity"}), LINE_COLUMNS)
    _rests_on(page, asked, has_average=any(average for average in services["average_quantity"]))
    if not differences.is_empty():
        components.download(page, "Lines as CSV", f"lines_{bill_id}", page.utility["as_of_on"], differences)


def _rests_on(page: components.Page, asked: Mapping, *, has_average: bool) -> None:
    """Reads, winter average and sources of the tariffs."""
    reads = page.ask("bill_reads", **asked)
    if reads.is_empty():
        components.heading(
            "No read was delivered for these days: the bill's own quantities stand in for them."
        )
    else:
        components.heading("The reads behind it")
        components.table(in_words(reads), READ_COLUMNS)
    if has_average:
        winter = page.ask("bill_winter", **asked)
        if not winter.is_empty():
            average = winter.row(0, named=True)
            unit = unit_name(average["usage_unit"])
            components.heading(
                f"The winter average of {average['winter_year']} is "
                f"{formats.quantity(average['average_quantity'])} "
                f"{unit} a month, in force from {formats.day(average['applies_from_on'])}: "
                f"{formats.quantity(average['winter_usage_quantity'])} {unit} over "
                f"{formats.plural(average['read_count'], 'read')}."
            )
            components.table(in_words(winter), WINTER_COLUMNS)
    tariffs = page.ask("bill_tariffs", **asked)
    if not tariffs.is_empty():
        components.heading("Where the prices come from")
        components.table(in_words(tariffs), TARIFF_COLUMNS)


def _use(row: Mapping) -> str:
    if row["usage_source"] == "none":
        return formats.UNKNOWN
    unit = unit_name(row["usage_unit"])
    source = {"reads": "", "bill": " (from the bill: no reads)"}.get(row["usage_source"], "")
    return f"{formats.quantity(row['usage_quantity'])} {unit}{source}"


def _priced_on(row: Mapping) -> str:
    basis = words.USAGE_BASES.get(row["basis"], words.sentence(row["basis"]).lower())
    if row["basis"] == "winter_average":
        basis += f" {formats.quantity(row['average_quantity'])} {unit_name(row['usage_unit'])}"
    months = f", {formats.quantity(row['months'])} months" if row["months"] != 1 else ""
    return f"{basis}{months}; class has changed" if row["is_class_change"] else f"{basis}{months}"


def in_words(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with columns in words for the codes that they have."""
    made = {
        "service_title": ("service", words.service),
        "class_title": (
            "tariff_class" if "tariff_class" in rows.columns else "customer_class",
            words.sentence,
        ),
        "unit_title": ("read_unit" if "read_unit" in rows.columns else "unit", unit_name),
        "doubts": ("flags", words.read_flags),
        "kind": ("read_kind", words.sentence),
    }
    for title, (column, name) in made.items():
        if column in rows.columns:
            rows = rows.with_columns(pl.Series(title, [name(code) for code in rows[column]], pl.String))
    if "estimate_reason" in rows.columns:
        kinds = [
            f"{kind} ({reason})" if reason else kind
            for kind, reason in rows.select("kind", "estimate_reason").rows()
        ]
        rows = rows.with_columns(pl.Series("kind", kinds, pl.String))
    if "component" in rows.columns:
        named = [
            words.sentence(line_name(line)) + (f" {words.MARK_OF_ASSUMED}" if line["is_assumed"] else "")
            for line in rows.iter_rows(named=True)
        ]
        rows = rows.with_columns(pl.Series("line", named, pl.String))
    return rows
