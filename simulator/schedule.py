"""When each group is read and billed, statement by statement, and what the outage does to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.calendars import WorkDays, first_day
from simulator.cities import City

# Warrensburg: the due day of the month that each zone's bills aim at, one in each week (R16), and the read
# before the bill.
_ZONE_DUE_DAY = {"02": 4, "03": 11, "04": 18, "01": 25}
_READ_BEFORE_BILL = 6
_CYCLES_START = 27  # the first cycle of a statement is read on the 27th of the month before (W68: 27 October)


@dataclass(frozen=True)
class GroupDays:
    """One statement of one group: when its meters are read and its bills dated."""

    group: int
    period: int
    read_on: int
    bill_on: int


def statement_days(city: City, work: WorkDays, period: int) -> list[GroupDays]:
    """The days of every group's statement of a month; none for a statement that was skipped (R57)."""
    if city.outage and period == city.outage.skipped_period:
        return []
    if city.calendar == "zones":
        return [_zone_days(work, period, group, name) for group, name in enumerate(city.groups)]
    count = np.arange(len(city.groups))
    if city.outage and period == city.outage.catch_up_period:
        reads = work.after(np.full(len(count), city.outage.catch_up_first), count)
        bills = reads
    else:
        start = first_day(period - 1) + _CYCLES_START - 1
        reads = work.after(np.full(len(count), start), count)
        bills = work.after(reads, 1)
    return [
        GroupDays(group, period, int(read_on), int(bill_on))
        for group, (read_on, bill_on) in enumerate(zip(reads, bills, strict=True))
    ]


def _zone_days(work: WorkDays, period: int, group: int, name: str) -> GroupDays:
    """A zone's bill is dated ten days before the due day that it aims at, on the nearest open day."""
    bill_on = work.nearest(first_day(period) + _ZONE_DUE_DAY[name] - 1 - 10)
    read_on = work.nearest(first_day(period) + _ZONE_DUE_DAY[name] - 1 - 10 - _READ_BEFORE_BILL)
    return GroupDays(group, period, read_on, bill_on)


def final_bill_day(city: City, work: WorkDays, moved_on: int) -> int:
    """Give a final bill's day: three open days after the move, and not in the month without statements."""
    bill_on = int(work.after(np.array([moved_on + 1]), 2)[0])
    if city.outage:
        first, last = first_day(city.outage.skipped_period), first_day(city.outage.skipped_period + 1) - 1
        if first <= bill_on <= last:
            return int(work.after(np.array([last]), 3)[0])
    return bill_on


def winter_history_start(start: int) -> int:
    """The month before the January whose winter average is in force at the start, so that homes have one."""
    year, month = 2000 + start // 12, start % 12 + 1
    return (year - 2000 - (month < 4)) * 12 - 1
