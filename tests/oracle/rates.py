"""What a service costs: an independent pricing of one bill, in plain Python with Decimal.

It judges the rate engine in SQL and shares no line with it. To be read from the bottom: `Tariff.price` splits
a bill into parts (`parts`), takes each part's components (`charge`), and rounds what comes out (`_cents`).

1. Months. What a month costs is taken times the months that the bill covers (`months_covered`).
2. Versions. `effective_on: bill` prices everything by the version and season of the bill date. `usage` lets
   each day of use have the version and season of that day; the bill falls into parts where either changes. Of
   every quantity the share through a day is quantity x days / all days to hundredths; a part has what lies
   between.
3. Components, in this order: fixed, blocks and demand, minimum, discount, percent, assistance.
4. Rounding half away from zero: each line, or the bill's running sum, of which a line has what it adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

ZERO, ONE, HUNDREDTH, HUNDRED = Decimal(0), Decimal(1), Decimal("0.01"), Decimal(100)
DAYS_IN_MONTH = Decimal("30.4375")
GALLONS = Decimal("748.05")
ORDER = (("fixed",), ("blocks", "seasonal_blocks", "demand"), ("minimum",), ("discount",), ("percent",))


# What a tariff says


@dataclass(frozen=True)
class Block:
    """A price up to and including a month's quantity; the last block is open."""

    up_to: Decimal | None
    rate: Decimal


@dataclass(frozen=True)
class Season:
    """Blocks from one day of the year (`MM-DD`) through another, both included; it may go over New Year."""

    first: str
    last: str
    blocks: tuple[Block, ...]

    def holds(self, day: date) -> bool:
        name = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= name <= self.last
        return name >= self.first or name <= self.last


@dataclass(frozen=True)
class Component:
    """One line of a class's price list, named as in the tariff files."""

    code: str
    kind: str
    rate: Decimal = ZERO
    by_meter_size: Mapping[str, Decimal] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    seasons: tuple[Season, ...] = ()
    unit: str = "month"
    basis: str = "actual"
    cap: Decimal | None = None

    def season_on(self, day: date) -> Season | None:
        """The season that a day belongs to."""
        return next((season for season in self.seasons if season.holds(day)), None)

    def blocks_on(self, day: date) -> tuple[Block, ...]:
        """The blocks that price a day's use."""
        season = self.season_on(day)
        return season.blocks if season else self.blocks


@dataclass(frozen=True)
class Version:
    """A tariff file: what each class pays from a day on."""

    effective_from: date
    classes: Mapping[str, Sequence[Component]]


# What is billed


@dataclass(frozen=True)
class Policy:
    """The rules beside the tariff: `billing.months_covered` and what is taken times the months."""

    long_days_short: bool = True
    prorate_base: bool = True
    prorate_blocks: bool = True


@dataclass(frozen=True)
class Bill:
    """A service of a bill; one without service days is a month at the rates of its date.

    Attributes:
        usage: in the tariff's unit, of the whole bill.
        average: the winter average, of a month; None where there is none.
        demand: kilowatts times months.
        assistance: dollars a month off, at most what is charged.
    """

    billed_on: date
    service_from: date | None
    service_to: date | None
    tariff_class: str
    usage: Decimal = ZERO
    average: Decimal | None = None
    demand: Decimal = ZERO
    meter_size: str = ""
    assistance: Decimal = ZERO


@dataclass(frozen=True)
class Part:
    """What one version and season prices of a bill.

    Dollars are taken times `base_months`, bounds and caps of quantities times `months`.
    """

    day: date
    base_months: Decimal
    months: Decimal
    usage: Decimal
    average: Decimal
    demand: Decimal
    meter_size: str = ""
    assistance: Decimal = ZERO


@dataclass(frozen=True)
class Line:
    """A line that explains itself: quantity at a rate between the bounds of a block."""

    code: str
    kind: str
    quantity: Decimal
    rate: Decimal
    amount: Decimal
    block_no: int = 0
    lower: Decimal | None = None
    upper: Decimal | None = None


# Rounding, months, units, winter average


def rounded(value: Decimal, decimals: int = 2) -> Decimal:
    """Half away from zero."""
    return value.quantize(ONE.scaleb(-decimals), rounding=ROUND_HALF_UP)


def months_covered(days: int, long_days_short: bool = True) -> Decimal:
    """How many months a bill over so many service days has.

    The nearest whole number, at least one; where short bills have their days, fewer than 20 a thirtieth each.
    """
    if long_days_short and days < 20:
        return rounded(Decimal(days) / 30)
    return max(ONE, rounded(days / DAYS_IN_MONTH, 0))


def converted(quantity: Decimal, unit: str, into: str, gallons: Decimal = GALLONS) -> Decimal:
    """A quantity in another unit, to hundredths; 100 cubic feet, or so many `gallons`, make a ccf."""
    if unit == into:
        return quantity
    in_a_ccf = {"ccf": ONE, "cf": HUNDRED, "gal": gallons, "kgal": gallons / 1000}
    return rounded(quantity * in_a_ccf[into] / in_a_ccf[unit])


@dataclass(frozen=True)
class Winter:
    """How a winter average is taken: of the periods read in these months, in force from a month on."""

    months: tuple[int, ...] = (1, 2, 3)
    min_reads: int = 3
    decimals: int = 2
    applies_from: int = 4
    counts_estimates: bool = True

    def average(self, reads: Iterable[tuple[date, Decimal, bool]], billed_on: date) -> Decimal | None:
        """The average that a bill has, None with too few reads.

        Args:
            reads: day of the read, usage of its period, whether it was estimated; all at the address.
            billed_on: from the month on in which a new average applies it is this year's, before last year's.
        """
        year = billed_on.year if billed_on.month >= self.applies_from else billed_on.year - 1
        usages = [
            usage
            for read_on, usage, is_estimated in reads
            if read_on.month in self.months
            if read_on.year + (read_on.month >= self.applies_from) == year
            if self.counts_estimates or not is_estimated
        ]
        if len(usages) < self.min_reads:
            return None
        return rounded(sum(usages, ZERO) / len(usages), self.decimals)


# Pricing


def charge(components: Iterable[Component], part: Part, per_line: bool = True) -> list[Line]:
    """The lines of one part of a bill, priced like a bill of its own."""
    lines: list[Line] = []
    for component in sorted(components, key=lambda item: (_rank(item.kind), item.code)):
        lines += _lines(component, part, sum(_base(lines), ZERO), per_line)
    if part.assistance:
        most = rounded(part.assistance * part.base_months)
        off = max(ZERO, min(most, sum(_base(lines), ZERO)))
        if off:
            lines.append(Line("discount", "assistance", off, -ONE, _cents(-off, per_line)))
    return lines if per_line else _rounded_as_one(lines)


def _rank(kind: str) -> int:
    return next(rank for rank, kinds in enumerate(ORDER) if kind in kinds)


def _base(lines: Iterable[Line]) -> Iterable[Decimal]:
    """What a percentage is taken of: no percentage is taken of another."""
    return (line.amount for line in lines if line.kind != "percent")


def _cents(amount: Decimal, per_line: bool) -> Decimal:
    return rounded(amount) if per_line else amount


def _lines(component: Component, part: Part, charged: Decimal, per_line: bool) -> list[Line]:
    """The lines of a component; `charged` is what the part costs so far, percentages left out."""
    kind, rate = component.kind, component.rate
    if kind in ("blocks", "seasonal_blocks"):
        return _block_lines(component, part, per_line)
    if kind == "fixed":
        if component.by_meter_size:
            if part.meter_size not in component.by_meter_size:
                return []
            rate = component.by_meter_size[part.meter_size]
        quantity, amount = part.base_months, part.base_months * rate
    elif kind == "demand":
        quantity, amount = part.demand, part.demand * rate
    elif kind == "minimum":
        quantity = amount = max(ZERO, _cents(rate * part.base_months, per_line) - charged)
    elif kind == "discount":
        off = charged * rate / HUNDRED if component.unit == "percent" else rate * part.base_months
        if component.cap is not None:
            off = min(off, _of_months(component.cap, part.base_months))
        quantity = _cents(max(ZERO, min(off, charged)), per_line)
        amount = -quantity
    elif kind == "percent":
        rate /= HUNDRED
        quantity, amount = charged, charged * rate
    else:
        raise ValueError(kind)
    if not quantity and kind != "fixed":
        return []
    return [Line(component.code, kind, quantity, rate, _cents(amount, per_line))]


def _block_lines(component: Component, part: Part, per_line: bool) -> list[Line]:
    """A line for each block that the quantity reaches; only the first takes what is below zero."""
    quantity = part.average if component.basis == "winter_average" else part.usage
    if component.cap is not None:
        quantity = min(quantity, _of_months(component.cap, part.months))
    lines, lower = [], ZERO
    for number, block in enumerate(component.blocks_on(part.day), start=1):
        upper = None if block.up_to is None else _of_months(block.up_to, part.months)
        reached = quantity if upper is None else min(quantity, upper)
        inside = reached if number == 1 else max(ZERO, reached - lower)
        if inside:
            amount = _cents(inside * block.rate, per_line)
            lines.append(
                Line(component.code, component.kind, inside, block.rate, amount, number, lower, upper)
            )
        lower = upper if upper is not None else lower
    return lines


def _of_months(bound: Decimal, months: Decimal) -> Decimal:
    return bound if months == 1 else rounded(bound * months)


def _rounded_as_one(lines: Iterable[Line]) -> list[Line]:
    """Cents that add up to the rounded total: each line has what it adds to the rounded running sum."""
    found, exact, before = [], ZERO, ZERO
    for line in lines:
        exact += line.amount
        found.append(Line(**{**vars(line), "amount": rounded(exact) - before}))
        before = rounded(exact)
    return found


@dataclass(frozen=True)
class Tariff:
    """A service's versions.

    Attributes:
        versions: in any order; the oldest prices what is older than it, too.
        by_usage: whether days of use have the rates of their day, or the bill those of its date.
        per_line: whether each line is rounded, or the total.
        policy: how months are counted.
    """

    versions: Sequence[Version]
    by_usage: bool = False
    per_line: bool = True
    policy: Policy = Policy()

    def version_on(self, day: date) -> Version:
        """The version in force."""
        ordered = sorted(self.versions, key=lambda version: version.effective_from)
        begun = [version for version in ordered if version.effective_from <= day]
        return begun[-1] if begun else ordered[0]

    def price(self, bill: Bill) -> list[list[Line]]:
        """The lines of a bill's parts."""
        return [
            charge(self.version_on(part.day).classes[bill.tariff_class], part, self.per_line)
            for part in self.parts(bill)
        ]

    def total(self, bill: Bill) -> Decimal:
        """What the service costs on the bill."""
        return sum((line.amount for lines in self.price(bill) for line in lines), ZERO)

    def parts(self, bill: Bill) -> list[Part]:
        """What is priced by one version and season each; all of the bill where the bill date decides."""
        if bill.service_from is None or bill.service_to is None:
            days, months = 0, ONE
        else:
            days = (bill.service_to - bill.service_from).days
            months = months_covered(days, self.policy.long_days_short)
        quantities = (
            months if self.policy.prorate_base else ONE,
            months if self.policy.prorate_blocks else ONE,
            bill.usage,
            rounded((bill.average or ZERO) * months),
            bill.demand,
        )
        if not self.by_usage or not days:
            return [Part(bill.billed_on, *quantities, bill.meter_size, bill.assistance)]
        found, before = [], [ZERO] * len(quantities)
        starts = self._starts(bill)
        for start, following in zip(starts, [*starts[1:], bill.service_to + timedelta(1)], strict=True):
            through = (following - bill.service_from).days - 1
            upto = list(quantities) if through == days else [rounded(q * through / days) for q in quantities]
            shares = (late - early for late, early in zip(upto, before, strict=True))
            found.append(Part(start, *shares, bill.meter_size, bill.assistance))
            before = upto
        return found

    def _starts(self, bill: Bill) -> list[date]:
        """The first day of use, and every day with another version or season than the day before."""
        first = bill.service_from + timedelta(1)
        days = [first + timedelta(number) for number in range((bill.service_to - bill.service_from).days)]
        rates = [self._rates_of(day, bill.tariff_class) for day in days]
        return [first] + [
            day for day, now, before in zip(days[1:], rates[1:], rates, strict=False) if now != before
        ]

    def _rates_of(self, day: date, tariff_class: str) -> tuple[date, list[str]]:
        version = self.version_on(day)
        seasons = [component.season_on(day) for component in version.classes[tariff_class]]
        return version.effective_from, [season.first for season in seasons if season]
