"""Revenue by service day, counted day by day in plain Python with Decimal.

A bill's revenue of a service belongs to its service days, the days after `service_from` through `service_to`.
Each month has its share, rounded to the cent; the last month has the rest. Without service days it belongs to
the day of the bill. A cancel bill stands on the days of the bill that it takes off, with the sign turned.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


@dataclass(frozen=True)
class ServiceBill:
    """A bill's revenue of one service.

    Attributes:
        billed_on: the bill date.
        revenue: dollars; negative for a cancel bill.
        service_from: the read day before the first service day, if the bill names one.
        service_to: the last service day, if the bill names one.
    """

    billed_on: date
    revenue: Decimal
    service_from: date | None = None
    service_to: date | None = None

    def days(self) -> list[date]:
        """The service days, one by one."""
        if self.service_from is None or self.service_to is None or self.service_to <= self.service_from:
            return [self.billed_on]
        count = (self.service_to - self.service_from).days
        return [self.service_from + timedelta(days=number + 1) for number in range(count)]

    def by_month(self) -> dict[date, Decimal]:
        """Month end to what is earned in the month."""
        days = self.days()
        counts = Counter(month_end(day) for day in days)
        last = max(counts)
        shares = {end: self._share(count, len(days)) for end, count in counts.items() if end != last}
        shares[last] = self.revenue - sum(shares.values(), ZERO)
        return shares

    def earned_through(self, on: date) -> Decimal:
        """What is earned on the days up to a day."""
        days = self.days()
        before = [day for day in days if day <= on]
        if len(before) == len(days):
            return self.revenue
        counts = Counter(month_end(day) for day in before)
        return sum((self._share(count, len(days)) for count in counts.values()), ZERO)

    def _share(self, count: int, total: int) -> Decimal:
        return (self.revenue * count / total).quantize(CENT, rounding=ROUND_HALF_UP)


def unbilled_at(bills: Iterable[ServiceBill], on: date) -> Decimal:
    """What was unbilled at the end of a day as it turned out."""
    total = ZERO
    for bill in bills:
        if bill.billed_on > on:
            total += bill.earned_through(on)
        else:
            total -= bill.revenue - bill.earned_through(on)
    return total
