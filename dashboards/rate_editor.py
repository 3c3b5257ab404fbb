"""The tables in which prices are edited, and the bills that are looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd
import polars as pl
import streamlit as st

from dashboards import components, formats, pricing, rate_edits, rates, scenarios, words
from dashboards.definitions import DEFINITIONS

CLASS_COLUMNS = {
    "name": "Class",
    "bill_count": "Bills",
    "revenue_usd": "Revenue now",
    "after_usd": "Under these rates",
    "change_usd": "Change",
    "change_pct": "Change in percent",
}
FOR_OTHERS = {"for_others_usd": "For others now", "for_others_after_usd": "For others under these rates"}
TYPICAL_COLUMNS = {
    "use": "Use of a month",
    "now_usd": "Now",
    "after_usd": "Under these rates",
    "change_usd": "Change",
    "change_pct": "Change in percent",
}


def _table(
    rows: Mapping[str, list[str]], key: str, locked: list[str], *, is_dynamic: bool = False
) -> pd.DataFrame:
    return st.data_editor(
        pd.DataFrame(rows, dtype="string"),
        key=key,
        hide_index=True,
        num_rows="dynamic" if is_dynamic else "fixed",
        disabled=locked,
        row_height=30,
        column_config={column: st.column_config.TextColumn(column, max_chars=20) for column in rows},
    )


def _cells(frame: pd.DataFrame, *columns: str) -> list[tuple[str, ...]]:
    """The texts of some columns; a cell that was left empty is empty text."""
    return [
        tuple("" if pd.isna(cell) else str(cell) for cell in row) for row in frame[list(columns)].to_numpy()
    ]


def _key_of(tariff: pricing.Tariff, scenario: scenarios.Scenario | None) -> str:
    """An edit belongs to what it started from: another version, class or scenario starts afresh."""
    parts = [
        scenario.slug if scenario else "",
        tariff.service,
        tariff.tariff_class,
        str(tariff.effective_from_on),
    ]
    return " ".join(filter(None, parts))


def edit(tariff: pricing.Tariff, scenario: scenarios.Scenario | None) -> rates.Prices:
    """The class's prices in tables that can be edited, and what they say now.

    Raises:
        WrongPrices: an edit is wrong, or the version's bills do not tell what the scenario's prices need.
    """
    prices = scenario.prices if scenario else tariff.prices
    key = _key_of(tariff, scenario)
    texts = rate_edits.as_texts(prices)
    charges, ladders = rates.charges(prices), rates.ladders(prices)
    blocks: dict[rates.Ladder, list[tuple[str, ...]]] = {}
    caps: dict[str, str] = {}
    edited_rates: list[tuple[str, ...]] = []
    if charges:
        shown = {
            "Charge": [rates.price_name(price) for price in charges],
            "Rate": [rate for rate, _ in texts.rates],
            "Per": [words.per(price.unit) for price in charges],
        }
        has_caps = any(price.component_kind == "discount" for price in charges)
        if has_caps:
            shown["At most, dollars"] = [cap for _, cap in texts.rates]
        frame = _table(shown, f"charges {key}", ["Charge", "Per"])
        edited_rates = _cells(frame, "Rate", "At most, dollars") if has_caps else [
            (rate, "") for (rate,) in _cells(frame, "Rate")
        ]  # fmt: skip
    for ladder, rungs in ladders.items():
        unit = words.unit(rungs[0].unit)
        components.heading(
            f"{rates.ladder_name(rungs[0])}, by {words.counts(rungs[0].basis, rungs[0].component_kind)}",
            "Each block begins where the one before ends; the last is open. Add a row for a further block.",
        )
        shown = {
            f"Up to, {unit}": [bound for bound, _ in texts.blocks[ladder]],
            "Rate": [rate for _, rate in texts.blocks[ladder]],
        }
        frame = _table(shown, f"blocks {ladder[0]} {ladder[1]} {key}", [], is_dynamic=True)
        blocks[ladder] = _cells(frame, *shown)
        if ladder[0] not in caps:
            caps[ladder[0]] = st.text_input(
                f"{words.charge(ladder[0])}: priced at most, {unit} a month (empty: no cap)",
                texts.caps[ladder[0]],
                key=f"cap {ladder[0]} {key}",
                max_chars=20,
            )
    found = rate_edits.edited(prices, blocks, caps, edited_rates)
    why = rates.why_not_in(found, tariff.prices)
    if why:
        day = formats.day(tariff.effective_from_on)
        raise rate_edits.WrongPrices(
            [f"These prices cannot hold under the version of {day}: {why}. Choose another version."]
        )
    return found


@dataclass(frozen=True)
class Looked:
    """The bills of one month that are looked at.

    Attributes:
        percentiles: rows of `usage_percentiles`.
        uses: the typical uses.
        bills: one for each percentile, then one for each use.
        where: meter, season and demand in words; empty where the tariff has none.
    """

    percentiles: pl.DataFrame
    uses: list[Decimal]
    bills: list[pricing.Bill]
    where: str


def look_at(
    page: components.Page, tariff: pricing.Tariff, fiscal_year: int, versions: Sequence[date]
) -> Looked:
    """Asks for meter, season, demand and uses; a use that is no number is told and left out.

    Raises:
        WrongPrices: a demand or use is no number.
    """
    prices = tariff.prices
    unit, _ = rates.measured_by(prices)
    sizes, seasons = pricing.meter_sizes(prices), pricing.seasons(prices)
    size, season, demand, text = "", "", Decimal(0), ""
    has = {
        "size": bool(sizes),
        "season": bool(seasons),
        "demand": pricing.has_demand(prices),
        "uses": bool(unit),
    }
    asked = [name for name in has if has[name]]
    widths = [2 if name == "uses" else 1 for name in asked] or [1]
    places = dict(zip(asked, st.columns(widths, gap="small"), strict=False))
    if sizes:
        with places["size"]:
            size = st.selectbox("Meter", sizes, key="meter", bind="query-params")
    if seasons:
        with places["season"]:
            season = st.selectbox(
                "Season", seasons, format_func=words.season, key="season", bind="query-params"
            )
    if "demand" in places:
        with places["demand"]:
            demand = rate_edits.number(st.text_input("Demand, kW", "50", key="demand"), "Demand")
    if unit:
        with places["uses"]:
            text = st.text_input(
                f"Typical uses of a month, {words.unit(unit)}", pricing.TYPICAL[unit], key=f"uses_{unit}"
            )
    uses = rate_edits.quantities(text) if unit else [Decimal(0)]
    points = (
        pricing.percentiles(page, tariff, fiscal_year, versions, size, season[:5]) if unit else pl.DataFrame()
    )
    found = points["month_quantity"].to_list() if points.height else []
    told = [size and f"meter {size}", season and words.season(season)]
    if "demand" in places:
        told.append(f"demand {formats.quantity(demand)} kW")
    return Looked(
        percentiles=points,
        uses=uses,
        bills=pricing.typical(prices, [*found, *uses], size, season, demand),
        where=", ".join(filter(None, told)),
    )


def typical_table(uses: list[Decimal], unit: str, now: list[Decimal], after: list[Decimal]) -> pl.DataFrame:
    """A month's bill at each use, now and after."""
    rows = [
        {
            "use": f"{formats.quantity(use)} {words.unit(unit)}" if unit else "any use",
            "now_usd": before,
            "after_usd": then,
            "change_usd": then - before,
            "change_pct": rates.percent(before, then),
        }
        for use, before, then in zip(uses, now, after, strict=True)
    ]
    return pl.DataFrame(rows)


def price_table(prices: rates.Prices, before: rates.Prices = ()) -> pl.DataFrame:
    """Every price exactly, beside the one before where there was one; for a download."""
    old = {price.place: price for price in before}
    rows = []
    for price in prices:
        was = old.get(price.place)
        rows.append({
            "charge": price.component, "kind": price.component_kind, "meter_size": price.meter_size,
            "season": price.season, "block": price.block_no or None, "up_to_quantity": price.upper_bound,
            "unit": price.unit, "basis": price.basis, "cap_quantity": price.cap_quantity,
            "rate_before_usd": was.unit_rate_usd if was else None, "unit_rate_usd": price.unit_rate_usd,
            "is_assumed": price.is_assumed,
        })  # fmt: skip
    exact = ("up_to_quantity", "cap_quantity", "rate_before_usd", "unit_rate_usd")
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(exact, rates.EXACT), infer_schema_length=None)


def class_table(found: pricing.Outcome) -> pl.DataFrame:
    """Revenue by class now and after, with the total of all classes last."""
    sums = ["bill_count", "revenue_usd", "after_usd", "for_others_usd", "for_others_after_usd"]
    named = found.by_class.select(
        pl.col("tariff_class").map_elements(words.sentence, return_dtype=pl.String).alias("name"), *sums
    )
    total = {"name": "All classes"} | {column: sum(named[column]) for column in sums}
    rows = pl.concat([named, pl.DataFrame([total], schema=named.schema)])
    pairs = rows.select("revenue_usd", "after_usd").rows()
    return rows.with_columns(
        (pl.col("after_usd") - pl.col("revenue_usd")).alias("change_usd"),
        pl.Series("change_pct", [rates.percent(*pair) for pair in pairs], rates.EXACT),
    )


def dagger(known: Mapping, service: str, found: pricing.Outcome) -> str:
    """The mark of revenue that rests on assumed prices of any class and version in it."""
    classes = set(found.by_class["tariff_class"])
    versions = {*found.replaced_on, *found.kept}
    is_assumed = any(
        price.is_assumed
        for (of_service, tariff_class, version), tariff in known.items()
        if of_service == service and tariff_class in classes and version in versions
        for price in tariff.prices
    )
    return f" {words.MARK_OF_ASSUMED}" if is_assumed else ""


def unpriced_figures(now_usd: Decimal, year: int) -> list[tuple[str, str, str, str]]:
    """The figures while an edit is wrong: what is known, and a dash for the rest."""
    nothing = "the prices below are not in order"
    return [
        ("Revenue now", formats.usd_tile(now_usd), f"{formats.usd(now_usd)}, fiscal year {year}",
         DEFINITIONS["Revenue of the year"]),
        ("Under these rates", formats.UNKNOWN, nothing, DEFINITIONS["Under these rates"]),
        ("Change", formats.UNKNOWN, nothing, DEFINITIONS["Under these rates"]),
        ("Median bill", formats.UNKNOWN, nothing, DEFINITIONS["Median bill"]),
    ]  # fmt: skip


def figures(
    found: pricing.Outcome,
    year: int,
    looked: Looked,
    now: Sequence[Decimal],
    after: Sequence[Decimal],
    mark: str,
) -> list[tuple[str, str, str, str]]:
    """Revenue now and after, the change, and the bill in the middle of the class."""
    before, then = found.total("revenue_usd"), found.total("after_usd")
    share = formats.pct(rates.percent(before, then))
    change = f"{share} of the service's revenue"
    if found.unedited_usd:
        alone = formats.usd_change(found.unedited_usd)
        change += f"; {alone} of it without any edit, as this version's rates hold all year"
    meant = DEFINITIONS["Under these rates"]
    bills = formats.count(sum(found.by_class["bill_count"]))
    median = (
        "Median bill",
        formats.UNKNOWN,
        "no bill of a whole month to take it from",
        DEFINITIONS["Median bill"],
    )
    of_percentile = looked.percentiles["percentile"].to_list() if looked.percentiles.height else []
    if pricing.MEDIAN in of_percentile:
        at = of_percentile.index(pricing.MEDIAN)
        median = (
            f"Median bill{mark}",
            formats.usd(after[at]),
            f"{formats.usd(now[at])} now, {formats.usd_change(after[at] - now[at])} a month"
            f"{f'; {looked.where}' if looked.where else ''}",
            DEFINITIONS["Median bill"],
        )
    return [
        (f"Revenue now{mark}", formats.usd_tile(before),
         f"{formats.usd(before)} from {bills} bills of fiscal year {year}",
         DEFINITIONS["Revenue of the year"]),
        (f"Under these rates{mark}", formats.usd_tile(then), formats.usd(then), meant),
        (f"Change{mark}", formats.usd_change(found.change_usd), change, meant),
        median,
    ]  # fmt: skip


def notes(
    found: pricing.Outcome, tariff: pricing.Tariff, scenario: scenarios.Scenario | None, build_id: str
) -> list[str]:
    """Which bills are priced anew, and what a loaded scenario brought on the build that it was saved on."""
    days = ", ".join(map(formats.day, found.replaced_on))
    lines = [
        "Priced anew: the class's bills under the "
        f"{'versions' if len(found.replaced_on) > 1 else 'version'} of {days}."
    ]
    for version, why in found.kept.items():
        lines.append(f"Bills under the version of {formats.day(version)} keep their rates: {why}.")
    if scenario:
        when = formats.moment(scenario.saved_at)
        saved = f"{scenario.name} was saved by {scenario.saved_by} on {when} UTC"
        then = f"the service would have brought {formats.usd(scenario.revenue_usd)}"
        if scenario.build_id == build_id:
            lines.append(f"{saved}, on this build: {then}.")
        else:
            lines.append(
                f"{saved}, on build {scenario.build_id}: {then}. "
                f"Everything here is priced on build {build_id}."
            )
    return lines


def dots_sentence(names: Sequence[str], now: Sequence[Decimal], after: Sequence[Decimal]) -> str:
    """What the dots show."""
    changes = [then - before for before, then in zip(now, after, strict=True)]
    if not any(changes):
        return f"No bill of a month changes: at the median it stays {formats.usd(now[len(now) // 2])}."
    low, high = changes.index(min(changes)), changes.index(max(changes))
    if changes[low] == changes[high]:
        return f"Every month's bill changes by {formats.usd_change(changes[0])}."
    told = " and ".join(
        f"{'does not change' if not changes[at] else f'changes by {formats.usd_change(changes[at])}'} "
        f"at the {names[at].replace(', ', ' percentile (')})"
        for at in sorted((low, high))
    )
    return f"A month's bill {told}."
