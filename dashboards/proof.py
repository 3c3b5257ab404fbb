"""Sections of the page Proof of revenue, from rows that the page asked for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl
import streamlit as st

from dashboards import billing_charts, components, formats, words
from dashboards.definitions import DEFINITIONS
from ratehouse.bill import unit_name

Figure = tuple[str, str, str, str]
ZERO = Decimal("0.00")
PROOF_COLUMNS = {
    "service_title": "Service",
    "class_title": "Class",
    "recomputed_usd": "By tariff",
    "billed_usd": "Billed",
    "residual_usd": "Not explained",
    "residual_pct": "of billed",
    "billed_revenue_usd": "Revenue billed",
    "books_usd": "Books",
    "books_difference_usd": "Books less revenue billed",
    "flag": "Over 1 %",
}
COMPONENT_COLUMNS = {
    "service_title": "Service",
    "class_title": "Class",
    "component_title": "Charge",
    "recomputed_usd": "By tariff",
    "billed_usd": "Billed",
    "residual_usd": "Not explained",
    "residual_pct": "of billed",
}
BAND_COLUMNS = {
    "band": "Use of a month",
    "bill_count": "Bills",
    "cumulative_bill_count": "Bills up to here",
    "usage_quantity": "Use of these bills",
    "cumulative_quantity": "Use of bills up to here",
    "falling_quantity": "Use that falls into the band",
}
YEAR_COLUMNS = {
    "year_end_on": "Year end",
    "known_unbilled_usd": "As could be known then",
    "unbilled_usd": "As it turned out",
    "unbilled_error_usd": "Error",
    "books_usd": "Books",
}


def figures(sums: pl.DataFrame, by_class: pl.DataFrame, unbilled: pl.DataFrame, year: int) -> list[Figure]:
    """Tariff against bills, bills against books, classes over 1 %, and what was unbilled at year end."""
    total = components.total_of(sums, ["billed_usd", "recomputed_usd", "residual_usd", "billed_revenue_usd"])
    billed, given = formats.usd(total["billed_usd"]), formats.usd(total["recomputed_usd"])
    share = formats.pct(formats.share(abs(total["residual_usd"]), total["billed_usd"]))
    found: list[Figure] = [
        (
            f"Bills against tariff, {words.fiscal_year(year)}",
            _apart(total["residual_usd"]),
            f"{billed} billed, {given} by tariff; {share} not explained",
            DEFINITIONS["Proof of revenue"],
        )
    ]
    spoken = sums.filter(pl.col("books_usd").is_not_null())
    if spoken.is_empty():
        found.append((
            "Books against bills", formats.UNKNOWN, "no revenue of the general ledger was delivered",
            DEFINITIONS["Books"],
        ))  # fmt: skip
    else:
        books = components.total_of(spoken, ["books_usd", "books_difference_usd"])
        found.append((
            "Books against bills", _apart(books["books_difference_usd"]),
            f"{formats.usd(books['books_usd'])} in the books, without taxes",
            DEFINITIONS["Books"],
        ))  # fmt: skip
    over = by_class.filter(pl.col("is_flagged"))
    names = ", ".join(
        f"{words.service(service).lower()} {words.sentence(kind).lower()}"
        for service, kind in over.select("service", "customer_class").rows()
    )
    found.append((
        "Over 1 %", f"{formats.count(over.height)} of {formats.count(by_class.height)}",
        names or "classes of a service; none has to be looked into", DEFINITIONS["Proof of revenue"],
    ))  # fmt: skip
    found.append(_unbilled_figure(unbilled, year))
    return found


def _apart(amount: Decimal) -> str:
    return "To the cent" if amount == 0 else f"{formats.usd(abs(amount))} apart"


def _unbilled_figure(unbilled: pl.DataFrame, year: int) -> Figure:
    definition = DEFINITIONS["Unbilled"]
    found = unbilled.filter(pl.col("fiscal_year") == year)
    if found.is_empty() or found["known_unbilled_usd"][0] is None:
        return "Unbilled at year end", formats.UNKNOWN, f"{words.fiscal_year(year)} has not ended", definition
    row = found.row(0, named=True)
    note = "as could be known then; "
    if row["unbilled_usd"] is None:
        note += "the bills for those days are still to come"
    else:
        error = formats.pct(formats.share(row["unbilled_error_usd"], row["unbilled_usd"]))
        note += f"it turned out to be {formats.usd(row['unbilled_usd'])}, an error of {error}"
    label = f"Unbilled on {formats.day(row['year_end_on'])}"
    return label, formats.usd_tile(row["known_unbilled_usd"]), note, definition


def against(
    page: components.Page, sums: pl.DataFrame, rows: pl.DataFrame, year: int, is_by_class: bool
) -> None:
    """Tariff, bills and books beside each other, and the table by class."""
    names = [
        f"{words.service(service)}, {words.sentence(kind).lower()}" if is_by_class else words.service(service)
        for service, kind in sums.select("service", "customer_class").rows()
    ]
    groups = {
        "By tariff, revenue": sums["recomputed_revenue_usd"].to_list(),
        "Billed, revenue": sums["billed_revenue_usd"].to_list(),
        "Books": sums["books_usd"].to_list(),
    }
    if sums["books_usd"].null_count() == sums.height:
        del groups["Books"]
    total = components.total_of(sums, ["residual_usd", "billed_usd"])
    apart = formats.usd(abs(total["residual_usd"]))
    explained = f"all but {apart} of" if total["residual_usd"] else "every cent of"
    components.picture(
        f"In {words.fiscal_year(year)} the tariff times what was used explains {explained} "
        f"{formats.usd(total['billed_usd'])} billed.",
        billing_charts.grouped_bars(names, groups),
        "proof",
        "Revenue without taxes, deposits and loan instalments. Bills are counted in the year of their date.",
    )
    shown = _titled(rows).with_columns(
        pl.Series("flag", [formats.yes_no(over) for over in rows["is_flagged"]], pl.String)
    )
    components.table(shown, PROOF_COLUMNS)
    components.download(page, "Proof of revenue as CSV", f"proof_{year}", page.utility["as_of_on"], rows)


def _titled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        pl.Series("service_title", [words.service(code) for code in rows["service"]], pl.String),
        pl.Series(
            "class_title",
            ["All classes" if code == "all" else words.sentence(code) for code in rows["customer_class"]],
            pl.String,
        ),
        pl.Series("component_title", [words.sentence(code) for code in rows["component"]], pl.String),
    )


def components_of(page: components.Page, rows: pl.DataFrame, year: int) -> None:
    """The same by charge, folded."""
    by_charge = rows.filter((pl.col("component") != "all") & (pl.col("customer_class") != "all"))
    with st.expander(f"By charge ({by_charge.height} rows)"):
        components.table(_titled(by_charge), COMPONENT_COLUMNS)
        components.download(
            page, "Charges as CSV", f"proof_charges_{year}", page.utility["as_of_on"], by_charge
        )


def frequency(page: components.Page, filters: Mapping, services: list[str], year: int) -> None:
    """How many bills end in each band of use."""
    chosen = st.segmented_control(
        "Bill frequency of", services, default=services[0], format_func=words.service, key="frequency",
        bind="query-params", required=True,
    )  # fmt: skip
    bands = page.ask(
        "bill_frequency",
        utility=filters["utility"],
        classes=filters["classes"],
        service=chosen,
        fiscal_year=year,
    )
    used = bands.filter((pl.col("bill_count") != 0) | (pl.col("falling_quantity") != 0))
    if used.is_empty():
        st.info("No bill of this service has a use in this year: its reads were not delivered.")
        return
    unit = unit_name(used["usage_unit"][0])
    count = sum(used["bill_count"])
    half = next(row for row in used.iter_rows(named=True) if 2 * row["cumulative_bill_count"] >= count)
    names = [_band(row) for row in used.iter_rows(named=True)]
    most = (
        "above all bounds"
        if half["upper_quantity"] is None
        else f"{formats.quantity(half['upper_quantity'])} {unit}"
    )
    components.picture(
        f"Half of the {formats.count(count)} {words.service(chosen).lower()} bills of "
        f"{words.fiscal_year(year)} are on {most} a month or less.",
        billing_charts.bill_frequency(used, names, unit),
        "bands",
        "A bill over several months counts once, in the band of its use of a month.",
    )
    shown = used.with_columns(pl.Series("band", names, pl.String))
    labels = {column: f"{label}, {unit}" if column.endswith("_quantity") or column == "band" else label
              for column, label in BAND_COLUMNS.items()}  # fmt: skip
    components.table(shown, labels, tall="Bills by band of use" if shown.height > 14 else "")
    name = f"bill_frequency_{chosen}_{year}"
    components.download(page, "Bill frequency as CSV", name, page.utility["as_of_on"], bands)


def _band(row: Mapping) -> str:
    if row["upper_quantity"] is None:
        return f"over {formats.quantity(row['lower_quantity'])}"
    return formats.quantity(row["upper_quantity"])


def unbilled_years(page: components.Page, years: pl.DataFrame) -> None:
    """Unbilled at fiscal year ends in both versions, and in the books."""
    ended = years.filter(pl.col("known_unbilled_usd").is_not_null())
    judged = ended.filter(pl.col("unbilled_error_usd").is_not_null())
    if ended.is_empty():
        return
    if judged.is_empty():
        sentence = "What was unbilled at the year's end has not turned out yet: bills are still to come."
    else:
        last = judged.row(-1, named=True)
        verb = "too little" if last["unbilled_error_usd"] < 0 else "too much"
        sentence = (
            f"On {formats.day(last['year_end_on'])} {formats.usd_tile(last['known_unbilled_usd'])} was "
            f"unbilled as could be known then: {formats.usd_tile(abs(last['unbilled_error_usd']))} {verb}, "
            f"it turned out."
        )
    groups = {
        label: ended[column].to_list()
        for column, label in YEAR_COLUMNS.items()
        if column in ("known_unbilled_usd", "unbilled_usd", "books_usd") and column in ended.columns
    }
    names = [words.fiscal_year(year) for year in ended["fiscal_year"]]
    components.picture(
        sentence,
        billing_charts.grouped_bars(names, groups),
        "unbilled",
        "At each fiscal year end, all years. The books are of whole funds and may follow another method.",
    )
    shown = {column: label for column, label in YEAR_COLUMNS.items() if column in ended.columns}
    components.table(ended, shown)
    components.download(page, "Unbilled as CSV", "unbilled", page.utility["as_of_on"], years)
