"""What prices bring and what bills cost: asked of the rate engine of the build, never computed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from dashboards import rates
from dashboards.components import Page
from dashboards.data import Asked

ZERO = Decimal("0.00")
PERCENTILES = [5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95]
MEDIAN = 50
# Uses of a month in a unit, from a careful home to a large one.
TYPICAL = {
    "ccf": "2, 4, 6, 8, 10, 12, 15",
    "kwh": "250, 500, 750, 1000, 1500, 2000",
    "kgal": "1.5, 3, 4.5, 6, 7.5, 9, 11",
    "gal": "1500, 3000, 4500, 6000, 7500, 9000, 11000",
    "cf": "200, 400, 600, 800, 1000, 1200, 1500",
}
# The use of a home in a month.
TYPICAL_USE = {"ccf": "6", "kwh": "750", "kgal": "4.5", "gal": "4500", "cf": "600"}
UNITS = {
    "unit_id": pl.Int64,
    "utility_id": pl.String,
    "service": pl.String,
    "effective_from_on": pl.Date,
    "tariff_class": pl.String,
    "meter_size": pl.String,
    "season_day": pl.String,
    **dict.fromkeys(
        [
            "months",
            "base_months",
            "usage_quantity",
            "average_quantity",
            "demand_quantity",
            "assistance_rate_usd",
        ],
        rates.EXACT,
    ),
}


@dataclass(frozen=True)
class Tariff:
    """A class of a service under one version of its tariff."""

    utility_id: str
    service: str
    tariff_class: str
    effective_from_on: date
    rounding: str
    prices: rates.Prices

    def components(self, prices: rates.Prices | None = None, versions: Iterable[date] = ()) -> pl.DataFrame:
        """Its prices, or others in their place, for the rate engine; of its own version, or of others."""
        return rates.components(
            self.prices if prices is None else prices,
            list(versions) or [self.effective_from_on],
            utility=self.utility_id,
            service=self.service,
            tariff_class=self.tariff_class,
            rounding=self.rounding,
        )


def tariffs(rows: pl.DataFrame) -> dict[tuple[str, str, date], Tariff]:
    """The rows of `tariffs` by service, class and first day of the version."""
    keys = ["service", "tariff_class", "effective_from_on"]
    return {
        key: Tariff(part["utility_id"][0], *key, part["rounding"][0], rates.prices_of(part))
        for key, part in rows.partition_by(keys, as_dict=True, maintain_order=True).items()
    }


@dataclass(frozen=True)
class Bill:
    """A bill to price: a month's, unless it says more."""

    quantity: Decimal
    meter_size: str = ""
    season_day: str = ""
    demand: Decimal = Decimal(0)
    months: Decimal = Decimal(1)
    base_months: Decimal = Decimal(1)


def meter_sizes(prices: rates.Prices) -> list[str]:
    """The meter sizes that have prices of their own, the smallest first."""
    return sorted({price.meter_size for price in prices if price.meter_size}, key=rates.size_order)


def seasons(prices: rates.Prices) -> list[str]:
    """The seasons that have prices of their own."""
    return sorted({price.season for price in prices if price.season})


def has_demand(prices: rates.Prices) -> bool:
    """Whether the highest demand is priced."""
    return any(price.component_kind == "demand" for price in prices)


def typical(
    prices: rates.Prices,
    uses: Sequence[Decimal],
    meter_size: str = "",
    season: str = "",
    demand: Decimal = ZERO,
) -> list[Bill]:
    """A bill of one month for each use; of the smallest meter and the first season where none is named."""
    size = meter_size or next(iter(meter_sizes(prices)), "")
    day = (season or next(iter(seasons(prices)), ""))[:5]
    return [Bill(use, meter_size=size, season_day=day, demand=demand) for use in uses]


def units(tariff: Tariff, bills: Sequence[Bill]) -> pl.DataFrame:
    """The bills for the rate engine, numbered from 0; the quantity is use or winter average, as counts."""
    rows = [
        {
            "unit_id": number,
            "utility_id": tariff.utility_id,
            "service": tariff.service,
            "effective_from_on": tariff.effective_from_on,
            "tariff_class": tariff.tariff_class,
            "meter_size": bill.meter_size,
            "season_day": bill.season_day,
            "months": bill.months,
            "base_months": bill.base_months,
            "usage_quantity": bill.quantity,
            "average_quantity": bill.quantity,
            "demand_quantity": bill.demand,
            "assistance_rate_usd": Decimal(0),
        }
        for number, bill in enumerate(bills)
    ]
    return pl.DataFrame(rows, schema=UNITS, orient="row")


def lines(
    page: Page, tariff: Tariff, bills: Sequence[Bill], prices: rates.Prices | None = None
) -> pl.DataFrame:
    """The lines of the bills under the tariff, or under other prices; `unit_id` is the bill's number."""
    given = {"given_units": units(tariff, bills), "given_components": tariff.components(prices)}
    return page.ask_over("priced_lines", given)


def totals(
    page: Page, tariff: Tariff, bills: Sequence[Bill], prices: rates.Prices | None = None
) -> list[Decimal]:
    """What each bill costs in all."""
    found = lines(page, tariff, bills, prices)
    paid = dict.fromkeys(range(len(bills)), ZERO)
    for number, amount in found.select("unit_id", "amount_usd").iter_rows():
        paid[number] += amount
    return list(paid.values())


def revenue(
    page: Page, tariff: Tariff, fiscal_year: int, versions: Sequence[date], prices: rates.Prices | None = None
) -> pl.DataFrame:
    """What the class's bills of a year under some versions would bring, by charge."""
    asked = Asked(
        "rate_units",
        {
            "utility": tariff.utility_id,
            "service": tariff.service,
            "fiscal_year": fiscal_year,
            "tariff_class": tariff.tariff_class,
            "versions": list(versions),
        },
    )
    given = {"given_units": asked, "given_components": tariff.components(prices, versions)}
    return page.ask_over("rate_revenue", given)


def revenue_sums(by_charge: pl.DataFrame) -> tuple[Decimal, Decimal]:
    """Of rows of `revenue`: what is revenue, and what is collected for others."""
    sums = {True: ZERO, False: ZERO}
    for is_revenue, amount in by_charge.select("is_revenue", "amount_usd").iter_rows():
        sums[is_revenue] += amount
    return sums[True], sums[False]


def percentiles(
    page: Page, tariff: Tariff, fiscal_year: int, versions: Sequence[date], meter_size: str, season_day: str
) -> pl.DataFrame:
    """The use of a month at each percentile of the class's bills of a year."""
    return page.ask(
        "usage_percentiles",
        utility=tariff.utility_id,
        service=tariff.service,
        fiscal_year=fiscal_year,
        tariff_class=tariff.tariff_class,
        versions=list(versions),
        meter_size=meter_size,
        season_day=season_day,
        basis=rates.measured_by(tariff.prices)[1],
        percentiles=PERCENTILES,
    )


@dataclass(frozen=True)
class Outcome:
    """What a service brings in a fiscal year now and with a class's prices replaced.

    Attributes:
        by_class: a row for each class of the service: bills, revenue and what is collected for others, now
            and after.
        unedited_usd: of the change, what the version's own prices would bring where they held all year.
        replaced_on: first days of the versions whose bills have the new prices.
        kept: first days of versions in force in the year whose bills keep theirs, and why.
    """

    by_class: pl.DataFrame
    unedited_usd: Decimal
    replaced_on: list[date]
    kept: dict[date, str]

    def total(self, column: str) -> Decimal:
        """The sum of a column over the classes."""
        return sum(self.by_class[column], ZERO)

    @property
    def change_usd(self) -> Decimal:
        """How much more, or less, the service brings."""
        return self.total("after_usd") - self.total("revenue_usd")


def billed(page: Page, service: str, fiscal_year: int) -> pl.DataFrame:
    """What the rates in force brought in a year, by class and version."""
    return page.ask("rate_years", utility=page.utility_id).filter(
        (pl.col("service") == service) & (pl.col("fiscal_year") == fiscal_year)
    )


def is_billed(page: Page, tariff: Tariff, fiscal_year: int) -> bool:
    """Whether the class has bills of the year under the version."""
    of_year = billed(page, tariff.service, fiscal_year)
    return (tariff.tariff_class, tariff.effective_from_on) in of_year.select(
        "tariff_class", "effective_from_on"
    ).rows()


def outcome(
    page: Page,
    known: Mapping[tuple[str, str, date], Tariff],
    tariff: Tariff,
    fiscal_year: int,
    prices: rates.Prices,
    *,
    is_all_year: bool,
) -> Outcome:
    """Prices the class's bills of the year anew; all other bills stay as they are.

    Args:
        page: whose build is asked.
        known: of `tariffs`.
        tariff: the version and class that was edited.
        fiscal_year: of the bills.
        prices: the edited ones.
        is_all_year: whether they replace those of every version in force in the year.
    """
    of_year = billed(page, tariff.service, fiscal_year)
    is_edited = pl.col("tariff_class") == tariff.tariff_class
    own = tariff.effective_from_on
    kept: dict[date, str] = {}
    for version in of_year.filter(is_edited)["effective_from_on"]:
        if version != own:
            other = known[tariff.service, tariff.tariff_class, version]
            why = (
                rates.why_not_in(prices, other.prices) if is_all_year else "the edit is of the other version"
            )
            if why:
                kept[version] = why
    replaced_on = [v for v in of_year.filter(is_edited)["effective_from_on"] if v not in kept]
    after, others = revenue_sums(revenue(page, tariff, fiscal_year, replaced_on, prices))
    is_replaced = is_edited & pl.col("effective_from_on").is_in(replaced_on)
    before = sum(of_year.filter(is_replaced)["revenue_usd"], ZERO)
    unedited = ZERO
    if any(version != own for version in replaced_on):
        unedited = revenue_sums(revenue(page, tariff, fiscal_year, replaced_on))[0] - before
    before_others = sum(of_year.filter(is_replaced)["for_others_usd"], ZERO)
    sums = of_year.group_by("tariff_class", maintain_order=True).agg(
        pl.col("bill_count").sum(), pl.col("revenue_usd").sum(), pl.col("for_others_usd").sum()
    )
    rows = [
        row
        | {
            "after_usd": row["revenue_usd"]
            + (after - before if row["tariff_class"] == tariff.tariff_class else ZERO),
            "for_others_after_usd": row["for_others_usd"]
            + (others - before_others if row["tariff_class"] == tariff.tariff_class else ZERO),
        }
        for row in sums.iter_rows(named=True)
    ]
    by_class = pl.DataFrame(rows).sort("revenue_usd", "tariff_class", descending=[True, False])
    return Outcome(by_class, unedited, replaced_on, kept)
