"""The month-end package: what a month closes with, for one utility, from the published build.

Every figure stands in a row of a query in `queries/`, which reads marts; here rows are arranged and named.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import polars as pl

from dashboards import formats
from ratehouse.errors import UsageError
from ratehouse.warehouse import fetch, reading
from reports import charges, receivable, reserves, rests_on
from reports.layout import Figure, Section
from reports.receivable import Ask

QUERIES = Path(__file__).parent / "queries"
SECTIONS = (
    receivable.rollforward,
    receivable.ties,
    receivable.aging,
    receivable.unbilled,
    reserves.allowance,
    reserves.deposits,
    charges.penalties_and_fees,
    charges.findings,
)


@dataclass(frozen=True)
class Close:
    """A month's close.

    Attributes:
        utility_id: whose it is.
        name: as pages print it.
        month_end: the last day of the month.
        as_of: the day that the build stands on.
        build_id: the build.
        built_at: when it was made.
        audit: what its audit said, in words.
        mark: the sentence that simulated data carries; None for a city's own.
        figures: what answers first.
        sections: the parts, in order.
        basis: what they rest on.
    """

    utility_id: str
    name: str
    month_end: date
    as_of: date
    build_id: str
    built_at: datetime
    audit: str
    mark: str | None
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    basis: Section

    @property
    def month(self) -> str:
        """The month in words: June 2021."""
        return f"{self.month_end:%B %Y}"

    @property
    def stem(self) -> str:
        """The name of its files, without ending."""
        return f"close-{self.month_end:%Y-%m}-{self.build_id}"

    @property
    def foot(self) -> str:
        """What stands below every page and on every sheet."""
        return f"Build {self.build_id}, as of {formats.day(self.as_of)}, audit {self.audit}"


def month_end_of(text: str) -> date:
    """The last day of a month written as 2021-06.

    Raises:
        UsageError: it is no month.
    """
    found = re.fullmatch(r"(\d{4})-(\d{2})", text)
    year, month = (int(part) for part in found.groups()) if found else (0, 0)
    if not (year and 1 <= month <= 12):
        raise UsageError(f"--month {text}: is not a month. Write it as 2021-06.")
    return date(year, month, calendar.monthrange(year, month)[1])


def close(database: Path, utility_id: str, month_end: date) -> Close:
    """What a month closes with.

    Args:
        database: the build.
        utility_id: whose month.
        month_end: its last day.

    Raises:
        UsageError: the build does not hold the utility or the month, or an earlier version made it.
    """
    with reading(database) as connection:
        known: dict[str, object] = {"utility": utility_id, "month_end": month_end}

        @cache
        def ask(question: str) -> pl.DataFrame:
            sql = (QUERIES / f"{question}.sql").read_text(encoding="utf-8")
            return fetch(connection, sql, {name: known[name] for name in set(re.findall(r"\$(\w+)", sql))})

        header = _header(ask, utility_id, month_end)
        known["as_of"] = header["as_of_on"]
        return Close(
            utility_id=utility_id,
            name=header["utility_name"],
            month_end=month_end,
            as_of=header["as_of_on"],
            build_id=header["build_id"],
            built_at=header["built_at"],
            audit=header["audit_mark"],
            mark=header["data_mark"],
            figures=_figures(ask),
            sections=tuple(rests_on.marked(ask, section(ask, month_end)) for section in SECTIONS),
            basis=rests_on.section(ask, header),
        )


def _header(ask: Ask, utility_id: str, month_end: date) -> dict:
    """What is known of build and utility, where the build has the month."""
    found = ask("header")
    if found.is_empty():
        names = ", ".join(ask("utilities")["utility_id"])
        raise UsageError(f"The build has nothing of {utility_id}. It has: {names}.")
    header = found.row(0, named=True)
    first, as_of, month = header["first_posted_on"], header["as_of_on"], f"{month_end:%Y-%m}"
    if as_of is None or month_end > as_of:
        raise UsageError(
            f"--month {month}: has not ended by {as_of}, the as-of date of the build. Name an earlier month, "
            "or load what was delivered since with `ratehouse run`."
        )
    if month_end < first:
        raise UsageError(
            f"--month {month}: the figures of {utility_id} begin on {first}. Name a later month."
        )
    return header


def _figures(ask: Ask) -> tuple[Figure, ...]:
    """At most four, which answer first."""
    month = ask("rollforward").filter(pl.col("span") == "month")
    moved = receivable.of_all(month, "fund")
    late = receivable.of_all(ask("aging"), "service_title", "customer_class")
    apart = receivable.of_all(ask("ties"), "fund")["apart_usd"]
    unbilled = ask("unbilled")
    known = None
    if not unbilled.is_empty():
        known = receivable.of_all(unbilled, "service_title", "customer_class")["known_unbilled_usd"]
    tie = "no books" if apart is None else f"{formats.usd(apart)} apart" if apart else "to the cent"
    owed, change = moved["closing_usd"], moved["change_usd"]
    way = f"{'up' if change > 0 else 'down'} {formats.usd(abs(change))}" if change else "as it was"
    old, share = late["over_90_usd"], formats.pct(late["over_90_pct"])
    return (
        Figure("Owed", owed, formats.usd_whole(owed), f"{way} in the month"),
        Figure("Over 90 days late", old, formats.usd_whole(old), f"{share} of what is open"),
        Figure("Against the books", apart, tie, "what is apart, fund by fund"),
        Figure("Unbilled", known, formats.usd_whole(known), "earned, as could be known then"),
    )
