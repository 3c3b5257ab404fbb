"""Prices every part of every bill as a plain script would: rows into Python, a loop, Decimal.

A peer of the rate engine, and nothing of it: each line is rounded half away from zero on its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

CENT, ZERO = Decimal("0.01"), Decimal(0)
PRICES = """
    SELECT
        utility_id, service, effective_from_on, tariff_class, component, component_kind, meter_size,
        season_first, season_last, lower_bound, upper_bound, unit_rate_usd, unit, basis, cap_quantity
    FROM changed
    ORDER BY component, block_no
"""
UNITS = """
    utility_id, service, effective_from_on, tariff_class, meter_size, season_day, months, base_months,
    usage_quantity, average_quantity, demand_quantity, assistance_rate_usd
"""


@dataclass
class PriceList:
    """What a class pays under a version, by kind."""

    fixed: list[tuple[str, Decimal]] = field(default_factory=list)
    blocks: list[tuple] = field(default_factory=list)
    demand: list[Decimal] = field(default_factory=list)
    minimum: Decimal = ZERO
    discount: tuple[str, Decimal, Decimal | None] | None = None
    percents: list[Decimal] = field(default_factory=list)


def price_lists(rows: Iterable[Sequence]) -> dict[tuple, PriceList]:
    """By utility, service, version and class.

    Args:
        rows: of `PRICES`.
    """
    lists: dict[tuple, PriceList] = defaultdict(PriceList)
    for *key, _, kind, size, first, last, lower, upper, rate, unit, basis, cap in rows:
        found = lists[tuple(key)]
        if kind == "fixed":
            found.fixed.append((size, rate))
        elif kind in ("blocks", "seasonal_blocks"):
            found.blocks.append((first, last, lower, upper, rate, basis == "winter_average", cap))
        elif kind == "demand":
            found.demand.append(rate)
        elif kind == "minimum":
            found.minimum = rate
        elif kind == "discount":
            found.discount = (unit, rate, cap)
        else:
            found.percents.append(rate / 100)
    return dict(lists)


def cents(value: Decimal) -> Decimal:
    """Half away from zero."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def cost(prices: PriceList, size, day, months, base_months, usage, average, demand, assistance) -> Decimal:
    """What a part of a bill costs."""
    total = ZERO
    for of_size, rate in prices.fixed:
        if of_size in ("", size):
            total += cents(base_months * rate)
    for block in prices.blocks:
        total += cost_of_block(block, day, months, usage, average)
    for rate in prices.demand:
        total += cents(demand * rate)
    if prices.minimum:
        total = max(total, cents(prices.minimum * base_months))
    if prices.discount and total > 0:
        unit, rate, cap = prices.discount
        off = cents(total * rate / 100 if unit == "percent" else base_months * rate)
        total -= min(off, total, total if cap is None else cents(cap * base_months))
    taken = sum((cents(total * rate) for rate in prices.percents), ZERO)
    if assistance and total > 0:
        taken -= min(cents(assistance * base_months), total)
    return total + taken


def cost_of_block(block: tuple, day: str, months: Decimal, usage: Decimal, average: Decimal) -> Decimal:
    """What lies between the bounds of a block; the first takes what is below zero."""
    first, last, lower, upper, rate, is_average, cap = block
    if first and not (first <= day <= last if first <= last else day >= first or day <= last):
        return ZERO
    quantity = average if is_average else usage
    if months != 1:
        lower = cents(lower * months)
        upper = None if upper is None else cents(upper * months)
        cap = None if cap is None else cents(cap * months)
    if cap is not None and quantity > cap:
        quantity = cap
    if upper is not None and quantity > upper:
        quantity = upper
    if lower:
        quantity = max(quantity - lower, ZERO)
    return cents(quantity * rate)


def revenue(lists: dict[tuple, PriceList], units: Iterable[Sequence]) -> dict[str, Decimal]:
    """Dollars by service and customer class.

    Args:
        lists: the price lists.
        units: one row a part of a bill: customer class, sign, and the columns of `UNITS`.
    """
    found: dict[str, Decimal] = defaultdict(Decimal)
    for customer_class, sign, utility, service, version, tariff_class, *part in units:
        prices = lists.get((utility, service, version, tariff_class))
        if prices is not None:
            found[f"{service} {customer_class}"] += sign * cost(prices, *part)
    return dict(found)
