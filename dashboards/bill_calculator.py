"""One bill priced by the rate engine, with lines that explain themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import streamlit as st

from dashboards import components, formats, pricing, rate_edits, rates, words

LINE_COLUMNS = {"charge": "Charge", "block": "Block", "how": "How", "amount_usd": "Amount"}
HUNDREDTHS = Decimal("0.01")
LONGEST = 24  # months of one bill


def version_on(
    known: Mapping[tuple[str, str, date], pricing.Tariff], service: str, tariff_class: str, day: date
) -> pricing.Tariff | None:
    """The version of a class in force on a day; the oldest also prices what is older."""
    own = sorted(key for key in known if key[:2] == (service, tariff_class))
    begun = [key for key in own if key[2] <= day]
    return known[begun[-1] if begun else own[0]] if own else None


def season_on(seasons: list[str], day: date) -> str:
    """The season that a day lies in; a season may span the turn of the year."""
    at = f"{day:%m-%d}"
    for season in seasons:
        first, last = season.split("/")
        if (first <= at <= last) if first <= last else (at >= first or at <= last):
            return season
    return ""


def in_words(lines: pl.DataFrame) -> pl.DataFrame:
    """The engine's lines with block and calculation as text."""
    rows = []
    for line in lines.iter_rows(named=True):
        block = ""
        if line["component_kind"] in rates.BY_BLOCKS:
            block = rates.block_words(line["lower_bound"], line["upper_bound"], line["unit"])
        mark = f" {words.MARK_OF_ASSUMED}" if line["is_assumed"] else ""
        rows.append({
            "charge": words.charge(line["component"]) + mark,
            "block": block, "how": _how(line), "amount_usd": line["amount_usd"],
        })  # fmt: skip
    schema = {"charge": pl.String, "block": pl.String, "how": pl.String, "amount_usd": pl.Decimal(18, 2)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _how(line: Mapping) -> str:
    quantity, rate, amount = line["quantity"], line["unit_rate_usd"], formats.usd(line["amount_usd"])
    if line["component_kind"] == "percent":
        share = formats.quantity(rate * 100)
        return f"{share}{formats.THIN}% of {formats.usd(quantity)} = {amount}"
    if line["component_kind"] == "minimum":
        return f"what the minimum bill is above the charges = {amount}"
    if line["unit"] == "usd":
        return f"taken off = {amount}"
    unit = words.unit(line["unit"])
    unit = f"{unit}s" if unit == "month" and quantity != 1 else unit
    return f"{formats.quantity(quantity)} {unit} × {formats.rate(rate)} = {amount}"


def _months(text: str) -> Decimal:
    months = rate_edits.number(text, "Months")
    if not 0 < months <= LONGEST or months != months.quantize(HUNDREDTHS):
        raise rate_edits.WrongPrices(
            [f"Months: {text!r} is not a number of months up to {LONGEST}, in hundredths."]
        )
    return months


def show(
    page: components.Page,
    known: Mapping[tuple[str, str, date], pricing.Tariff],
    shown: pricing.Tariff,
    day: date,
    as_of: date,
) -> None:
    """Asks for the bill, and prices it.

    Args:
        page: whose build is asked.
        known: of `pricing.tariffs`.
        shown: the class whose bill it is.
        day: what the date stands at first.
        as_of: of the page, for the download.
    """
    components.heading("What would a bill be? Each line says how it comes about.")
    unit, basis = rates.measured_by(shown.prices)
    places = iter(st.columns(5, gap="small"))
    with next(places):
        on = st.date_input(
            "Day whose rates hold", day, format="YYYY-MM-DD", key=f"bill_day {shown.effective_from_on}"
        )
    tariff = version_on(known, shown.service, shown.tariff_class, on) or shown
    sizes = pricing.meter_sizes(tariff.prices)
    size, use, demand = "", "0", "0"
    if sizes:
        with next(places):
            size = st.selectbox("Meter", sizes, key="bill_meter")
    if unit:
        named = "Winter average of a month" if basis == "winter_average" else "Use of the whole bill"
        with next(places):
            use = st.text_input(
                f"{named}, {words.unit(unit)}", pricing.TYPICAL_USE[unit], key=f"bill_use_{unit}"
            )
    if pricing.has_demand(tariff.prices):
        with next(places):
            demand = st.text_input("Highest demand of a month, kW", "50", key="bill_demand")
    with next(places):
        text = st.text_input("Months", "1", key="bill_months")
    try:
        months = _months(text)
        bill = _bill(
            page, tariff, on, months, rate_edits.number(use, "Use"), rate_edits.number(demand, "Demand"), size
        )
    except rate_edits.WrongPrices as wrong:
        for problem in wrong.problems:
            st.error(components.typed(problem))
        return
    _priced(page, tariff, bill, as_of)


def _bill(
    page: components.Page,
    tariff: pricing.Tariff,
    on: date,
    months: Decimal,
    use: Decimal,
    demand: Decimal,
    size: str,
) -> pricing.Bill:
    """The bill; base and blocks are counted by its months where the policy of the day says so."""
    counted = dict(page.ask("month_rules", utility=page.utility_id, as_of=on).rows())
    is_average = rates.measured_by(tariff.prices)[1] == "winter_average"
    quantity = (use * months).quantize(HUNDREDTHS, rounding=ROUND_HALF_UP) if is_average else use
    return pricing.Bill(
        quantity=quantity,
        meter_size=size,
        season_day=season_on(pricing.seasons(tariff.prices), on)[:5],
        demand=demand * months,
        months=months if counted.get("billing.prorate_blocks", "true") == "true" else Decimal(1),
        base_months=months if counted.get("billing.prorate_base", "true") == "true" else Decimal(1),
    )


def _priced(page: components.Page, tariff: pricing.Tariff, bill: pricing.Bill, as_of: date) -> None:
    lines = pricing.lines(page, tariff, [bill])
    total = components.total_of(lines, ["amount_usd"])["amount_usd"]
    unit, _ = rates.measured_by(tariff.prices)
    priced = sum(lines.filter(pl.col("component_kind").is_in(rates.BY_BLOCKS))["quantity"], Decimal(0))
    notes = [f"Version of {formats.day(tariff.effective_from_on)}."]
    if priced < bill.quantity:
        notes.append(
            f"{formats.quantity(priced)} of {formats.quantity(bill.quantity)} {words.unit(unit)} are priced: "
            "the rest is above the cap."
        )
    components.heading(f"The bill is {formats.usd(total)}", " ".join(notes))
    written = in_words(lines)
    last = pl.DataFrame(
        [{"charge": "Total", "block": "", "how": "", "amount_usd": total}],
        schema=written.schema,
        orient="row",
    )
    components.table(pl.concat([written, last]), LINE_COLUMNS, has_total=True)
    components.download(page, "Bill as CSV", "calculated_bill", as_of, lines.drop("unit_id"))
