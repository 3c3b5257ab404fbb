"""What a bill costs: every line in integer cents, rounded half up (away from zero) on its own.

The rates are those of the price list. Quantities are whole hundredths of their unit: nothing is ever a float.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.cities import ACCOUNT, ELECTRIC, RESIDENTIAL, SEWER, TRASH, WATER
from simulator.price_list import (
    CODES,
    ESTABLISHED_HOME,
    MICRO,
    NEW_HOME,
    OPEN,
    UNITS,
    Part,
    Version,
    price_list,
)

BASES = ("flat", "actual", "estimated", "winter_average")
FLAT, ACTUAL, ESTIMATED, WINTER_AVERAGE = range(4)
MONTH, KWH, CCF, KW, USD = range(len(UNITS))
DISCOUNT, LOAN, DEPOSIT = (CODES.index(code) for code in ("discount", "loan", "deposit"))
# Billed for somebody else, or money that is owed back or lent: never revenue (R90).
NOT_REVENUE = tuple(CODES.index(code) for code in ("tax", "franchise", "deposit", "loan"))


@dataclass(frozen=True)
class Usage:
    """What is billed, one element a bill.

    Attributes:
        bill_date: the day of the bills.
        service_from: the day of the read before; the service days begin the day after.
        service_to: the day of the read, the last service day.
        months: hundredths of a month that base and blocks cover (R12).
        customer_class: number of the class.
        meter_size: number of the size.
        kwh: electricity, whole kWh, negative where an estimate is reconciled (R73).
        ccf: water, whole ccf.
        kw: demand, whole kilowatts times months.
        winter_average: hundredths of a ccf a month, or -1 where there is none.
        is_estimated: whether the closing read was estimated.
        has_water: whether water is supplied.
        has_sewer: whether sewage is taken.
    """

    bill_date: int
    service_from: np.ndarray
    service_to: np.ndarray
    months: np.ndarray
    customer_class: np.ndarray
    meter_size: np.ndarray
    kwh: np.ndarray
    ccf: np.ndarray
    kw: np.ndarray
    winter_average: np.ndarray
    is_estimated: np.ndarray
    has_water: np.ndarray
    has_sewer: np.ndarray


@dataclass(frozen=True)
class Line:
    """One line of every bill: arrays over the bills; a rate or basis may be one for all of them.

    Attributes:
        service: number of the service.
        code: number of the charge code.
        block: number of the block, 0 for none.
        unit: number of the unit.
        quantity: hundredths of the unit.
        rate: millionths of a dollar.
        cents: the amount.
        basis: number of the basis.
        present: on which bills the line stands.
    """

    service: int
    code: int
    block: int
    unit: int
    quantity: np.ndarray
    rate: np.ndarray | int
    cents: np.ndarray
    basis: np.ndarray | int
    present: np.ndarray


@dataclass(frozen=True)
class _Portion:
    """What one version of a service's tariff prices: quantities in hundredths.

    Attributes:
        months: of a month.
        used: by number of the unit: kWh, ccf and kW-months.
        average: ccf of the winter average.
        present: on which bills there is something to price.
    """

    months: np.ndarray
    used: dict[int, np.ndarray]
    average: np.ndarray
    present: np.ndarray


def round_half_up(numerator: np.ndarray, denominator: np.ndarray | int) -> np.ndarray:
    """Quotients of whole numbers, rounded half away from zero."""
    return np.sign(numerator) * ((2 * np.abs(numerator) + denominator) // (2 * denominator))


def round_cents(quantity: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Cents of hundredths of a unit times millionths of a dollar."""
    return round_half_up(quantity * rate, MICRO)


def make_line(service, code, unit, quantity, rate, basis, present, block=0) -> Line:
    """A line, with its amount worked out once."""
    return Line(service, code, block, unit, quantity, rate, round_cents(quantity, rate), basis, present)


def bill_lines(utility_id: str, usage: Usage, with_trash: bool) -> list[Line]:
    """The lines of bills: all services of the city, in their order."""
    everywhere = np.ones(len(usage.months), bool)
    supplied = {ELECTRIC: everywhere, WATER: usage.has_water, SEWER: usage.has_sewer, TRASH: everywhere}
    lines = []
    for service, versions in sorted(price_list(utility_id).items()):
        if service != TRASH or with_trash:
            for version, portion in _portions(versions, usage, supplied[service]):
                lines += _price(service, version, portion, usage)
    return lines


def tariff_class(customer_class: np.ndarray, winter_average: np.ndarray, splits_homes: bool) -> np.ndarray:
    """Numbers of the tariff classes: homes by whether they have a winter average, where that counts."""
    if not splits_homes:
        return customer_class
    of_home = np.where(winter_average >= 0, ESTABLISHED_HOME, NEW_HOME)
    return np.where(customer_class == RESIDENTIAL, of_home, customer_class)


def _portions(
    versions: tuple[Version, ...], usage: Usage, supplied: np.ndarray
) -> list[tuple[Version, _Portion]]:
    """The versions that price some bills, each with what it prices.

    By bill date one version prices all. By day of use a bill over a change is split by its days: quantities
    through the last day of a version are its share of the days, rounded to hundredths, and the next version
    has the rest.
    """
    total = _Portion(
        months=usage.months,
        used={KWH: usage.kwh * 100, CCF: usage.ccf * 100, KW: usage.kw * 100},
        average=round_half_up(np.maximum(usage.winter_average, 0) * usage.months, 100),
        present=supplied,
    )
    oldest = versions[0]  # it also prices what is older than it
    if not oldest.by_usage:
        begun = [version for version in versions if version.first <= usage.bill_date]
        return [(begun[-1] if begun else oldest, total)]
    days = usage.service_to - usage.service_from
    first, last = usage.service_from.min() + 1, usage.service_to.max()
    ends = [version.first - 1 for version in versions[1:]] + [last]
    found, before = [], _share(total, 0 * days, days)
    for version, end in zip(versions, ends, strict=True):
        if end >= first and (version is oldest or version.first <= last):
            upto = _share(total, np.clip(end - usage.service_from, 0, days), days)
            found.append((version, _less(upto, before)))
            before = upto
    return found


def _share(total: _Portion, through: np.ndarray, days: np.ndarray) -> _Portion:
    """What falls on the first of the service days, by number of days, rounded to hundredths."""
    return _Portion(
        months=round_half_up(total.months * through, days),
        used={unit: round_half_up(values * through, days) for unit, values in total.used.items()},
        average=round_half_up(total.average * through, days),
        present=total.present,
    )


def _less(upto: _Portion, before: _Portion) -> _Portion:
    """What lies between two days; a bill without days there has nothing to price."""
    months = upto.months - before.months
    return _Portion(
        months=months,
        used={unit: values - before.used[unit] for unit, values in upto.used.items()},
        average=upto.average - before.average,
        present=upto.present & (months > 0),
    )


def _price(service: int, version: Version, portion: _Portion, usage: Usage) -> list[Line]:
    """The lines of a service under one version of its tariff."""
    kind = tariff_class(usage.customer_class, usage.winter_average, version.splits_homes)
    lines: list[Line] = []
    for part in version.parts(usage.bill_date):
        present = portion.present & part.has[kind]
        if not present.any():
            continue
        rate = part.rates[kind, 0]
        if part.kind == "blocks":
            lines += _block_lines(service, part, portion, usage, kind, present)
        elif part.kind == "fixed":
            rate = part.rates[kind, usage.meter_size]
            lines.append(make_line(service, part.code, part.unit, portion.months, rate, FLAT, present))
        elif part.kind == "demand":
            kw = portion.used[KW]
            basis = np.where(usage.is_estimated, ESTIMATED, ACTUAL)
            lines.append(make_line(service, part.code, part.unit, kw, rate, basis, present & (kw > 0)))
        else:
            charged = sum_of(lines, len(usage.months))
            lines.append(make_line(service, part.code, USD, charged, rate, FLAT, present & (charged != 0)))
    return lines


def sum_of(lines: list[Line], count: int) -> np.ndarray:
    """Cents of some lines by bill, percentages left out: none is taken of another."""
    total = np.zeros(count, np.int64)
    for line in lines:
        if line.unit != USD:
            total += np.where(line.present, line.cents, 0)
    return total


def _block_lines(service, part: Part, portion: _Portion, usage: Usage, kind, present) -> list[Line]:
    """A line for each block that a quantity reaches; blocks and caps are those of the months (R12)."""
    months = portion.months
    quantity = np.where(part.is_average[kind], portion.average, portion.used[part.unit])
    quantity = np.minimum(quantity, _of_months(part.cap[kind], months))
    metered = np.where(usage.is_estimated, ESTIMATED, ACTUAL)
    basis = np.where(part.is_average[kind], WINTER_AVERAGE, metered)
    lines, lower = [], None
    for block in range(part.rates.shape[1]):
        upper = _of_months(part.bounds[kind, block], months)
        reached = np.minimum(quantity, upper)
        # Only the first block takes what is below zero.
        inside = reached if lower is None else np.maximum(reached - lower, 0)
        rate = part.rates[kind, block]
        lines.append(
            make_line(
                service, part.code, part.unit, inside, rate, basis, present & (inside != 0), block=block + 1
            )
        )
        lower = upper
    return lines


def _of_months(bounds: np.ndarray, months: np.ndarray) -> np.ndarray:
    """A month's bounds for as many hundredths of a month; an open one stays open."""
    return np.where(bounds == OPEN, OPEN, (np.minimum(bounds, OPEN // 1000) * months + 50) // 100)


def discount_line(lines: list[Line], has_discount: np.ndarray, months: np.ndarray, cents: int) -> Line:
    """Water H2O: so many cents a month off the water charges, never more than they are (R79)."""
    charged = sum_of([line for line in lines if line.service == WATER], len(months))
    off = np.clip(charged, 0, (cents * months + 50) // 100)
    return make_line(WATER, DISCOUNT, USD, off, -MICRO, FLAT, has_discount & (off > 0))


def loan_line(instalments: np.ndarray, cents: np.ndarray) -> Line:
    """Instalments of a loan, one for each month."""
    return make_line(ELECTRIC, LOAN, MONTH, instalments * 100, cents * 10_000, FLAT, instalments > 0)


def deposit_line(cents: np.ndarray) -> Line:
    """A deposit that is billed."""
    return make_line(ACCOUNT, DEPOSIT, USD, cents, MICRO, FLAT, cents > 0)
