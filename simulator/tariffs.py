"""What a bill costs: every line in integer cents, rounded half up (away from zero) on its own.

Rates are whole millionths of a dollar and quantities whole millionths of their unit, so nothing is ever a
float.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.calendars import date_of, day
from simulator.cities import ELECTRIC, INDUSTRIAL, RESIDENTIAL, SEWER, TRASH, WATER

MICRO = 1_000_000
CODES = ("base", "volume", "demand", "minimum", "fire_protection")
BASE, VOLUME, DEMAND, MINIMUM, FIRE = range(5)
UNITS = ("month", "kwh", "ccf", "kw")
MONTH, KWH, CCF, KW = range(4)
BASES = ("flat", "actual", "estimated", "winter_average")
FLAT, ACTUAL, ESTIMATED, WINTER_AVERAGE = range(4)

# (first bill date, residential: summer, winter to 600 kWh, winter above; commercial; industrial; industrial
# kW). The level is that of 822 kWh and $112.38 a month (EIA-861, 2019) and the cut of 6 % is sourced (W37);
# the split is assumed.
_ELECTRIC = (
    (day("2012-07-01"), (132_000, 127_500, 111_000), 112_000, 70_000, 7_710_000),
    (day("2019-09-01"), (124_080, 119_850, 104_340), 105_280, 65_800, 7_250_000),
)
_ELECTRIC_BASE = (10_000_000, 15_000_000, 50_000_000, 15_000_000)  # by class
_WINTER_BLOCK_KWH = 600
_KWH_A_KW = 400  # use a month of one kilowatt of an industrial demand, assumed
# (first bill date, minimum by meter size with 2 ccf, per ccf above, fire protection): W29; the larger
# meters' minimums before October 2016 are assumed.
_WATER = (
    (day("2014-10-01"), (10_670_000, 11_800_000, 12_500_000, 14_100_000, 19_000_000), 2_960_000, 2_460_000),
    (day("2015-10-01"), (11_250_000, 12_350_000, 13_000_000, 14_700_000, 19_500_000), 3_180_000, 2_630_000),
    (day("2016-10-01"), (11_950_000, 13_100_000, 13_800_000, 15_700_000, 20_500_000), 3_430_000, 2_860_000),
)
# (first bill date, base, per ccf): 6 ccf cost $39.89, later $43.61 (W31); the split and the date are assumed.
_SEWER = ((day("2014-10-01"), 15_890_000, 4_000_000), (day("2017-10-01"), 17_390_000, 4_370_000))
_TRASH = (15_000_000, 30_000_000, 30_000_000, 30_000_000)  # by class, assumed

# Warrensburg (R01 to R09); the bases of the larger commercial meters are assumed.
WARRENSBURG_BASE = (9_000_000, 9_000_000, 12_600_000, 16_200_000, 26_100_000)
WARRENSBURG_BLOCK_CCF = 2
WARRENSBURG_RATES = (2_700_000, 5_110_000)
NEW_RESIDENTIAL_CAP_CCF = 8


@dataclass(frozen=True)
class Usage:
    """What is billed, one element a bill.

    Attributes:
        bill_date: the day of the bill; it decides the rates and the electric season.
        months: how many months' base and blocks the bill covers (R12).
        customer_class: number of the class.
        meter_size: number of the size.
        kwh: electricity, whole kWh, negative where an estimate is reconciled (R73).
        ccf: water, whole ccf.
        winter_average: hundredths of a ccf, or -1 where there is none.
        is_estimated: whether the closing read was estimated.
        has_water: whether water is supplied.
        has_sewer: whether sewage is taken.
    """

    bill_date: int
    months: np.ndarray
    customer_class: np.ndarray
    meter_size: np.ndarray
    kwh: np.ndarray
    ccf: np.ndarray
    winter_average: np.ndarray
    is_estimated: np.ndarray
    has_water: np.ndarray
    has_sewer: np.ndarray


@dataclass(frozen=True)
class Line:
    """One line of every bill: arrays over the bills.

    Attributes:
        service: number of the service.
        code: number of the charge code.
        block: number of the block, 0 for none.
        unit: number of the unit.
        quantity: millionths of the unit.
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
    rate: np.ndarray
    cents: np.ndarray
    basis: np.ndarray
    present: np.ndarray


def round_cents(quantity_micro: np.ndarray, rate_micro: np.ndarray) -> np.ndarray:
    """Cents of quantity times rate, half away from zero."""
    # A hundredth of a unit is the finest quantity that is billed; dividing first keeps the product within 64
    # bits.
    product = (np.asarray(quantity_micro) // 10_000) * rate_micro
    return np.sign(product) * ((np.abs(product) + 500_000) // MICRO)


def in_force(table: tuple, bill_date: int) -> tuple:
    """The row of a dated table that applies to a bill of this date."""
    return max((row for row in table if row[0] <= bill_date), key=lambda row: row[0], default=table[0])


def _line(service, code, unit, quantity, rate, basis, present, block=0) -> Line:
    """A line, with its amount worked out once."""
    count = len(quantity)
    rate = np.broadcast_to(np.asarray(rate, np.int64), (count,))
    basis = np.broadcast_to(np.asarray(basis, np.int64), (count,))
    return Line(service, code, block, unit, quantity, rate, round_cents(quantity, rate), basis, present)


def _electric_lines(usage: Usage) -> list[Line]:
    """Base, demand and energy: homes by season, in winter with a cheaper block above 600 kWh."""
    everywhere = np.ones(len(usage.kwh), bool)
    is_home = usage.customer_class == RESIDENTIAL
    is_industrial = usage.customer_class == INDUSTRIAL
    _, (summer, winter, winter_above), commercial, industrial, per_kw = in_force(_ELECTRIC, usage.bill_date)
    is_summer = 6 <= date_of(usage.bill_date).month <= 10
    metered = np.where(usage.is_estimated, ESTIMATED, ACTUAL)
    months = usage.months * MICRO
    block = _WINTER_BLOCK_KWH * usage.months
    first = np.minimum(usage.kwh, block) if not is_summer else usage.kwh
    first = np.where(is_home, first, usage.kwh)
    above = usage.kwh - first
    other = np.where(is_industrial, industrial, commercial)
    rate = np.where(is_home, summer if is_summer else winter, other)
    demand = np.maximum(usage.kwh // _KWH_A_KW, 0) * MICRO
    return [
        _line(
            ELECTRIC, BASE, MONTH, months, np.array(_ELECTRIC_BASE)[usage.customer_class], FLAT, everywhere
        ),
        _line(ELECTRIC, DEMAND, KW, demand, per_kw, metered, is_industrial & (demand > 0)),
        _line(ELECTRIC, VOLUME, KWH, first * MICRO, rate, metered, first != 0, block=1),
        _line(ELECTRIC, VOLUME, KWH, above * MICRO, winter_above, metered, above > 0, block=2),
    ]


def independence_lines(usage: Usage, with_trash: bool) -> list[Line]:
    """The lines of a combined bill: electric, water, sewer and, where switched on, trash."""
    months = usage.months * MICRO
    metered = np.where(usage.is_estimated, ESTIMATED, ACTUAL)
    _, minimums, per_ccf, fire = in_force(_WATER, usage.bill_date)
    above = np.maximum(usage.ccf - 2 * usage.months, 0) * MICRO
    _, sewer_base, sewer_ccf = in_force(_SEWER, usage.bill_date)
    ccf, water, sewer = usage.ccf * MICRO, usage.has_water, usage.has_sewer
    lines = [
        *_electric_lines(usage),
        _line(WATER, MINIMUM, MONTH, months, np.array(minimums)[usage.meter_size], FLAT, water),
        _line(WATER, VOLUME, CCF, above, per_ccf, metered, water & (above > 0), block=2),
        _line(WATER, FIRE, MONTH, months, fire, FLAT, water),
        _line(SEWER, BASE, MONTH, months, sewer_base, FLAT, sewer),
        _line(SEWER, VOLUME, CCF, ccf, sewer_ccf, metered, sewer & (ccf > 0), block=1),
    ]
    if with_trash:
        lines.append(_trash_line(usage))
    return lines


def _trash_line(usage: Usage) -> Line:
    """The flat charge for trash."""
    everywhere = np.ones(len(usage.months), bool)
    return _line(
        TRASH, BASE, MONTH, usage.months * MICRO, np.array(_TRASH)[usage.customer_class], FLAT, everywhere
    )


def warrensburg_lines(usage: Usage, with_trash: bool) -> list[Line]:
    """The lines of a sewer bill: base and two blocks over the use that counts (R01 to R09)."""
    everywhere = np.ones(len(usage.ccf), bool)
    is_residential = usage.customer_class == RESIDENTIAL
    is_established = is_residential & (usage.winter_average >= 0)
    capped = np.minimum(usage.ccf, NEW_RESIDENTIAL_CAP_CCF)
    actual = np.where(is_residential, capped, usage.ccf) * MICRO
    counted = np.where(is_established, usage.winter_average * 10_000, actual)
    metered = np.where(usage.is_estimated, ESTIMATED, ACTUAL)
    basis = np.where(is_established, WINTER_AVERAGE, metered)
    first = np.minimum(counted, WARRENSBURG_BLOCK_CCF * MICRO)
    second = counted - first
    bases = np.where(is_residential, WARRENSBURG_BASE[0], np.array(WARRENSBURG_BASE)[usage.meter_size])
    lines = [
        _line(SEWER, BASE, MONTH, usage.months * MICRO, bases, FLAT, everywhere),
        _line(SEWER, VOLUME, CCF, first, WARRENSBURG_RATES[0], basis, first > 0, block=1),
        _line(SEWER, VOLUME, CCF, second, WARRENSBURG_RATES[1], basis, second > 0, block=2),
    ]
    if with_trash:
        lines.append(_trash_line(usage))
    return lines
