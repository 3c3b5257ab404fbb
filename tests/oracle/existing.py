"""Revenue at existing rates of one service, bill by bill: a second reckoning in fractions.

Every part of every bill that stands is priced at the rates in force by the oracle of rates, its use by the
days of service that lie in the year, its base by twelve of them a year. Nothing is rounded before the end,
except what a part costs, and which cents of that follow use.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.oracle.rates import Bill, Line, Part, Tariff, charge, rounded

LEAP_YEAR = 2024
NO_REVENUE = {"tax", "franchise"}
BY_USE = {"blocks", "seasonal_blocks", "demand"}
FIXED = {"fixed", "minimum"}


@dataclass(frozen=True)
class Year:
    """A fiscal year, both days included, and the day whose rates are asked for."""

    first: date
    last: date
    as_of: date
    bases: int = 12

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Existing:
    """What a bill is in the year: recomputed by its days, at the rates in force, and in a normal year."""

    earned: Fraction = Fraction(0)
    priced: Fraction = Fraction(0)
    fixed: Fraction = Fraction(0)
    volumetric: Fraction = Fraction(0)

    def __add__(self, other: Existing) -> Existing:
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Existing(*(one + two for one, two in pairs))


def revenue(lines: Iterable[Line]) -> Decimal:
    """Lines without taxes."""
    return sum((line.amount for line in lines if line.code not in NO_REVENUE), Decimal(0))


def cents(value: Fraction) -> Decimal:
    """To the cent, half away from zero."""
    exact = Decimal(value.numerator * 10**12 // value.denominator).scaleb(-12)
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def existing(tariff: Tariff, bill: Bill, year: Year) -> Existing:
    """What a bill brings in the year, at the rates that the year's as-of date has."""
    total = Existing()
    for part, first, last in _dated(tariff, bill):
        days = (min(last, year.last) - max(first, year.first)).days + 1
        if days < 1:
            continue
        before = charge(tariff.version_on(part.day).classes[bill.tariff_class], part, tariff.per_line)
        in_force = tariff.version_on(year.as_of).classes[bill.tariff_class]
        day = _season_day(tariff, bill, part, _middle(bill, first, last), year)
        lines = charge(in_force, replace(part, day=day), tariff.per_line)
        brings, by_use = revenue(lines), _by_use(lines)
        length = (last - first).days + 1
        share, normal = Fraction(days, length), Fraction(365, year.days)
        dated = bill.service_from is not None and part.base_months > 0
        bases = (
            Fraction(days * year.bases, year.days) / Fraction(part.base_months) if dated else share * normal
        )
        total += Existing(
            earned=Fraction(revenue(before)) * share,
            priced=Fraction(brings) * share,
            fixed=Fraction(brings - by_use) * bases,
            volumetric=Fraction(by_use) * share * normal,
        )
    return total


def _by_use(lines: list[Line]) -> Decimal:
    """Of a part's revenue what follows use: what is neither fixed nor by use goes with both."""
    fixed = sum((line.amount for line in lines if line.kind in FIXED), Decimal(0))
    by_use = sum((line.amount for line in lines if line.kind in BY_USE), Decimal(0))
    if fixed + by_use > 0:
        return rounded(revenue(lines) * by_use / (fixed + by_use))
    return revenue(lines) - fixed


def _dated(tariff: Tariff, bill: Bill) -> list[tuple[Part, date, date]]:
    """Parts with their first and last day; without days of service the day of the bill."""
    parts = tariff.parts(bill)
    if bill.service_from is None or bill.service_to is None:
        return [(parts[0], bill.billed_on, bill.billed_on)]
    first = bill.service_from + timedelta(1)
    firsts = [first, *(part.day for part in parts[1:])]
    lasts = [*(day - timedelta(1) for day in firsts[1:]), bill.service_to]
    return list(zip(parts, firsts, lasts, strict=True))


def _middle(bill: Bill, first: date, last: date) -> date:
    """The day in the middle of a part, counted on the bill's days."""
    begins = bill.service_from or bill.billed_on - timedelta(1)
    return begins + timedelta(((first - begins).days + (last - begins).days) // 2)


def _season_day(tariff: Tariff, bill: Bill, part: Part, middle: date, year: Year) -> date:
    """The day whose season prices: the first of the bill's own season, else the middle of its days."""
    asked = _starts(tariff, bill, year.as_of)
    own = _starts(tariff, bill, part.day)
    begun = [day for day in own if day <= f"{part.day:%m-%d}"] or own
    season = max(begun, default="")
    return date.fromisoformat(f"{LEAP_YEAR}-{season}") if season in asked else middle


def _starts(tariff: Tariff, bill: Bill, day: date) -> set[str]:
    """The days of the year on which a season begins."""
    components = tariff.version_on(day).classes[bill.tariff_class]
    return {season.first for component in components for season in component.seasons}
