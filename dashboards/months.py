"""Months and fiscal years as days and as words."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import polars as pl

from dashboards import formats

EVER = (date(1900, 1, 1), date(2999, 12, 31))


def in_words(months: pl.DataFrame) -> pl.DataFrame:
    """The months in words, each on one line, the latest first."""
    latest = months.reverse()
    named = [formats.month(end).replace(" ", formats.THIN) for end in latest["month_end_on"]]
    return latest.with_columns(pl.Series("month", named, pl.String))


def year_before(month_end_on: date) -> date:
    """The end of the same month of the year before."""
    year, month = month_end_on.year - 1, month_end_on.month
    return date(year, month, monthrange(year, month)[1])


def fiscal_year_of(day: date, start_month: int) -> int:
    """The fiscal year of a day, by the calendar year in which it ends."""
    return day.year + (start_month > 1 and day.month >= start_month)


def fiscal_days(year: int | None, start_month: int) -> tuple[date, date]:
    """First and last day of a fiscal year; no year is all days."""
    if year is None:
        return EVER
    first = date(year - (start_month > 1), start_month, 1)
    return first, date(first.year + 1, start_month, 1) - timedelta(days=1)


def fiscal_years(first: date, last: date, start_month: int) -> list[int]:
    """The fiscal years that some days lie in, the latest first."""
    return list(range(fiscal_year_of(last, start_month), fiscal_year_of(first, start_month) - 1, -1))


def months_later(day: date, count: int) -> date:
    """The last day of the month so many months later."""
    number = day.year * 12 + day.month - 1 + count
    year, month = number // 12, number % 12 + 1
    return date(year, month, monthrange(year, month)[1])
