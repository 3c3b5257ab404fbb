"""Prices of a class: read from a tariff, told in words, and written as a table for the rate engine.

Nothing is priced here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from dashboards import formats, words

BY_BLOCKS = ("blocks", "seasonal_blocks")
TAKEN_OF_THE_SUM = ("minimum", "percent", "discount")
EXACT = pl.Decimal(18, 6)
COMPONENTS = {
    "utility_id": pl.String,
    "service": pl.String,
    "effective_from_on": pl.Date,
    "tariff_class": pl.String,
    "component": pl.String,
    "component_kind": pl.String,
    "meter_size": pl.String,
    "season": pl.String,
    "season_first": pl.String,
    "season_last": pl.String,
    "block_no": pl.Int32,
    "lower_bound": EXACT,
    "upper_bound": EXACT,
    "unit_rate_usd": EXACT,
    "unit": pl.String,
    "basis": pl.String,
    "cap_quantity": EXACT,
    "rounding": pl.String,
    "is_assumed": pl.Boolean,
}


@dataclass(frozen=True)
class Price:
    """One price of a class; a block begins where the one before it ends."""

    component: str
    component_kind: str
    meter_size: str
    season: str
    block_no: int
    upper_bound: Decimal | None
    unit_rate_usd: Decimal
    unit: str
    basis: str
    cap_quantity: Decimal | None
    is_assumed: bool = False

    @property
    def place(self) -> tuple[str, str, str, int]:
        """What tells it from the class's other prices."""
        return self.component, self.season, self.meter_size, self.block_no


Prices = tuple[Price, ...]
Ladder = tuple[str, str]  # component and season


def prices_of(rows: pl.DataFrame) -> Prices:
    """The prices in rows of `tariffs` of one version and class."""
    names = Price.__dataclass_fields__
    prices = [Price(**row) for row in rows.select(*names).iter_rows(named=True)]
    return tuple(sorted(prices, key=lambda p: (p.component, p.season, p.block_no, size_order(p.meter_size))))


def size_order(meter_size: str) -> tuple[Fraction, str]:
    """Sorts meter sizes by their inches: 5/8, 3/4, 1, 1 1/2."""
    try:
        return sum(map(Fraction, meter_size.split()), Fraction(0)), meter_size
    except (ValueError, ZeroDivisionError):
        return Fraction(1000), meter_size


def ladders(prices: Iterable[Price]) -> dict[Ladder, Prices]:
    """The blocks of each component and season."""
    found: dict[Ladder, list[Price]] = {}
    for price in prices:
        if price.component_kind in BY_BLOCKS:
            found.setdefault((price.component, price.season), []).append(price)
    return {key: tuple(sorted(blocks, key=lambda block: block.block_no)) for key, blocks in found.items()}


def charges(prices: Iterable[Price]) -> Prices:
    """The prices that have no blocks."""
    return tuple(price for price in prices if price.component_kind not in BY_BLOCKS)


def measured_by(prices: Iterable[Price]) -> tuple[str, str]:
    """Unit and basis of what is priced by volume; both empty where nothing is."""
    return next(((p.unit, p.basis) for p in prices if p.component_kind in BY_BLOCKS), ("", ""))


def components(
    prices: Iterable[Price],
    versions: Iterable[date],
    *,
    utility: str,
    service: str,
    tariff_class: str,
    rounding: str,
) -> pl.DataFrame:
    """The prices as the rate engine reads them, once for each version that they are to hold in."""
    rows = []
    lower: dict[Ladder, Decimal] = {}
    for price in sorted(prices, key=lambda one: one.place):
        ladder = (price.component, price.season)
        below = lower.get(ladder, Decimal(0)) if price.component_kind in BY_BLOCKS else Decimal(0)
        lower[ladder] = price.upper_bound or below
        first, _, last = price.season.partition("/")
        rows.append(
            asdict(price)
            | {"utility_id": utility, "service": service, "tariff_class": tariff_class, "rounding": rounding}
            | {"season_first": first, "season_last": last, "lower_bound": below}
        )
    every = [row | {"effective_from_on": version} for version in versions for row in rows]
    return pl.DataFrame(every, schema_overrides=COMPONENTS, schema=list(COMPONENTS), orient="row")


def why_not_in(prices: Prices, others: Prices) -> str:
    """Why bills under the other prices cannot be priced by these; empty where they can."""
    seasons = {price.season for price in prices if price.season}
    if seasons and seasons != {price.season for price in others if price.season}:
        return "its bills do not tell the seasons"
    sizes = {price.meter_size for price in prices if price.meter_size}
    if sizes and not {price.meter_size for price in others if price.meter_size} <= sizes:
        return "it has meter sizes that these prices have not"
    if any(p.component_kind == "demand" for p in prices) and all(
        p.component_kind != "demand" for p in others
    ):
        return "its bills tell no demand"
    if measured_by(prices)[1] == "winter_average" != measured_by(others)[1]:
        return "its bills tell no winter average"
    return ""


def price_name(price: Price) -> str:
    """What a price is called: `Base charge, meter 5/8`, `Volume, block 2, 1 Jun to 31 Oct`."""
    parts = [words.charge(price.component)]
    if price.meter_size:
        parts.append(f"meter {price.meter_size}")
    if price.component_kind in BY_BLOCKS:
        parts.append(f"block {price.block_no}")
    if price.season:
        parts.append(words.season(price.season))
    return ", ".join(parts)


def ladder_name(price: Price) -> str:
    """What its blocks are called: `Volume, 1 Jun to 31 Oct`."""
    return price_name(replace(price, component_kind="", meter_size=""))


def rate_words(price: Price) -> str:
    """A rate with its unit: `$9.00 a month`, `9.08 %`, `$7.71 a kW`."""
    if price.unit == "percent":
        return f"{formats.quantity(price.unit_rate_usd)}{formats.THIN}%"
    return f"{formats.rate(price.unit_rate_usd)} a {words.unit(price.unit)}"


def block_words(lower: Decimal, upper: Decimal | None, unit: str) -> str:
    """`up to 2 ccf`, `over 2 up to 8 ccf`, `over 8 ccf`, `all use`."""
    named = words.unit(unit)
    if upper is None:
        return f"over {formats.quantity(lower)} {named}" if lower else "all use"
    upto = f"up to {formats.quantity(upper)} {named}"
    return f"over {formats.quantity(lower)} {upto}" if lower else upto


def ladder_words(blocks: Sequence[Price]) -> str:
    """All blocks in one text: `up to 2 ccf: $2.70; over 2 ccf: $5.11`."""
    if len(blocks) == 1:
        return f"all use: {rate_words(blocks[0])}"
    texts, lower = [], Decimal(0)
    for block in blocks:
        where = block_words(lower, block.upper_bound, block.unit)
        texts.append(f"{where}: {formats.rate(block.unit_rate_usd)}")
        lower = block.upper_bound or lower
    return "; ".join(texts)


def in_words(prices: Prices) -> list[dict[str, str]]:
    """A row for each component and season: what it costs, what counts, what is priced at most."""
    rows, last = [], []
    charged: dict[str, list[Price]] = {}
    for price in charges(prices):
        charged.setdefault(price.component, []).append(price)
    for of_component in charged.values():
        first = of_component[0]
        by_size = "; ".join(f"meter {p.meter_size}: {rate_words(p)}" for p in of_component)
        cap = f"${formats.quantity(first.cap_quantity)} a month" if first.cap_quantity else ""
        told = _told(of_component, by_size if first.meter_size else rate_words(first), cap)
        (last if first.component_kind in TAKEN_OF_THE_SUM else rows).append(told)
    for blocks in ladders(prices).values():
        first = blocks[0]
        cap = (
            f"{formats.quantity(first.cap_quantity)} {words.unit(first.unit)} a month"
            if first.cap_quantity
            else ""
        )
        rows.append(_told(blocks, ladder_words(blocks), cap))
    return [*rows, *last]


def _told(prices: Sequence[Price], text: str, cap: str) -> dict[str, str]:
    price = prices[0]
    mark = f" {words.MARK_OF_ASSUMED}" if any(one.is_assumed for one in prices) else ""
    return {
        "component": price.component,
        "charge": words.charge(price.component) + mark,
        "season_words": words.season(price.season) if price.season else "",
        "price": text,
        "counts": words.counts(price.basis, price.component_kind),
        "cap": cap,
    }


def changes(before: Prices, after: Prices) -> pl.DataFrame:
    """Each price that is new, gone or another, with both rates and the change in percent."""
    old, new = ({price.place: price for price in prices} for prices in (before, after))
    rows = []
    for place in dict.fromkeys([*old, *new]):
        was, now = old.get(place), new.get(place)
        if was and now and _paid(was) == _paid(now):
            continue
        rows.append(
            {"what": price_name(now or was), "before": bound_words(was), "after": bound_words(now)}
            | {"change_pct": percent(was.unit_rate_usd, now.unit_rate_usd) if was and now else None}
        )
    schema = {"what": pl.String, "before": pl.String, "after": pl.String, "change_pct": EXACT}
    return pl.DataFrame(rows, schema=schema, orient="row")


def percent(before: Decimal, after: Decimal) -> Decimal | None:
    """The change in percent; None where there was nothing before."""
    share = formats.share(after - before, before)
    return None if share is None else share.quantize(Decimal("0.000001"))


def _paid(price: Price) -> tuple:
    return price.unit_rate_usd, price.upper_bound, price.cap_quantity, price.unit, price.basis


def bound_words(price: Price | None) -> str:
    """A rate with how far it goes; a dash where there is none."""
    if price is None:
        return formats.UNKNOWN
    parts = [rate_words(price)]
    if price.component_kind in BY_BLOCKS and price.upper_bound is not None:
        parts.append(f"up to {formats.quantity(price.upper_bound)}")
    if price.cap_quantity is not None:
        parts.append(f"capped at {formats.quantity(price.cap_quantity)}")
    return ", ".join(parts) + (f" {words.MARK_OF_ASSUMED}" if price.is_assumed else "")
