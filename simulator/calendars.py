"""Days as whole numbers since 1970-01-01, months since 2000-01, and the days on which offices are open."""

from __future__ import annotations

import datetime as dt

import holidays
import numpy as np

EPOCH = dt.date(1970, 1, 1)


def day(text: str) -> int:
    """The day number of `YYYY-MM-DD`."""
    return (dt.date.fromisoformat(text) - EPOCH).days


def month_of(text: str) -> int:
    """The month number of `YYYY-MM`: 2000-01 is 0."""
    year, month = text.split("-")
    return (int(year) - 2000) * 12 + int(month) - 1


def month_text(month: int) -> str:
    """`YYYY-MM` of a month number."""
    return f"{2000 + month // 12:04d}-{month % 12 + 1:02d}"


def first_day(month: int) -> int:
    """The day number of the first of a month."""
    return (dt.date(2000 + month // 12, month % 12 + 1, 1) - EPOCH).days


def last_day(month: int) -> int:
    """The day number of the last of a month."""
    return first_day(month + 1) - 1


def date_of(day_number: int) -> dt.date:
    """The date of a day number."""
    return EPOCH + dt.timedelta(days=int(day_number))


def month_of_day(day_number: int) -> int:
    """The month number that a day falls in."""
    date = date_of(day_number)
    return (date.year - 2000) * 12 + date.month - 1


def months_of_days(days: np.ndarray) -> np.ndarray:
    """The month numbers of many days."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) - 360


class WorkDays:
    """The days on which the offices are open: not at weekends, federal holidays and the days given."""

    def __init__(self, first_year: int, last_year: int, closed: tuple[str, ...] = ()) -> None:
        """Make the calendar.

        Args:
            first_year: the first year that can be asked for.
            last_year: the last one.
            closed: further days, `YYYY-MM-DD` (R69: 24 December 2020).
        """
        years = range(first_year, last_year + 1)
        off = sorted({*holidays.country_holidays("US", years=years), *map(dt.date.fromisoformat, closed)})
        self.start = (dt.date(first_year, 1, 1) - EPOCH).days
        stop = (dt.date(last_year + 1, 1, 1) - EPOCH).days
        self._holidays = np.array(off, "datetime64[D]")
        numbers = np.arange(self.start, stop)
        is_open = np.is_busday(numbers.astype("datetime64[D]"), holidays=self._holidays)
        # following[i] is the first open day on or after day start + i
        positions = np.where(is_open, numbers, np.iinfo(np.int64).max)
        self._following = np.minimum.accumulate(positions[::-1])[::-1]
        self._is_open = is_open

    def following(self, days: np.ndarray) -> np.ndarray:
        """The first open day on or after each day."""
        return self._following[np.asarray(days) - self.start]

    def after(self, days: np.ndarray, count: int | np.ndarray = 1) -> np.ndarray:
        """The open day that is `count` open days after each day (0: the day itself, or the next open one)."""
        moved = np.busday_offset(
            np.asarray(days).astype("datetime64[D]"), count, roll="forward", holidays=self._holidays
        )
        return moved.astype(np.int64)

    def preceding(self, days: np.ndarray) -> np.ndarray:
        """The last open day on or before each day."""
        moved = np.busday_offset(
            np.asarray(days).astype("datetime64[D]"), 0, roll="backward", holidays=self._holidays
        )
        return moved.astype(np.int64)

    def nearest(self, day_number: int) -> int:
        """The day itself if open, the Friday before a Saturday, else the next open day."""
        if self._is_open[day_number - self.start]:
            return day_number
        is_saturday = date_of(day_number).weekday() == 5
        if is_saturday and self._is_open[day_number - 1 - self.start]:
            return day_number - 1
        return int(self._following[day_number - self.start])
