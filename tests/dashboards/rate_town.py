"""Two utilities with the rates that are committed, their bills, and what the oracle says that each costs.

The prices of the oracle are copied by hand from the tariff files; the rows come from the files themselves.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from ingest.policy_checks import read_policy
from ingest.policy_rows import policy_rows
from ratehouse.workspace import PROJECT_ROOT
from tests.oracle.rates import Bill, Block, Component, Season, Tariff, Version

from .town import Rows

FIRST, LAST = date(2017, 10, 1), date(2019, 9, 30)


def usd(text: str) -> Decimal:
    return Decimal(text)


def by_volume(first: str, second: str, cap: str | None = None) -> Component:
    """Two blocks, the first up to 2 ccf."""
    return Component(
        "volume", "blocks", blocks=(Block(usd("2"), usd(first)), Block(None, usd(second))), unit="ccf",
        cap=usd(cap) if cap else None,
    )  # fmt: skip


def sewer(day: date, base: str, first: str, second: str, sizes: dict[str, str]) -> Version:
    sizes = {size: usd(rate) for size, rate in sizes.items()}
    return Version(day, {
        "residential_new": [Component("base", "fixed", usd(base)), by_volume(first, second, "8")],
        "commercial": [Component("base", "fixed", by_meter_size=sizes), by_volume(first, second)],
    })  # fmt: skip


def electric(day: date, home: tuple[str, str, str], business: tuple[str, str, str]) -> Version:
    def components(base: str, summer: str, winter: str) -> list[Component]:
        seasons = (
            Season("06-01", "10-31", (Block(None, usd(summer)),)),
            Season("11-01", "05-31", (Block(None, usd(winter)),)),
        )
        return [
            Component("base", "fixed", usd(base)),
            Component("volume", "seasonal_blocks", seasons=seasons, unit="kwh"),
        ]

    tax = Component("tax", "percent", usd("5"), unit="percent")
    return Version(day, {"residential": components(*home), "commercial": [*components(*business), tax]})


TARIFFS = {
    "warrensburg": Tariff(
        [
            sewer(date(2015, 10, 1), "9.00", "2.70", "5.11", {"5/8": "9.00", "1": "15.00"}),
            sewer(date(2018, 10, 1), "9.92", "2.86", "5.42", {"5/8": "9.92", "1": "16.53"}),
        ],
        by_usage=True,
    ),
    "independence": Tariff(
        [
            electric(date(2012, 7, 1), ("14.50", "0.134900", "0.111000"), ("22.00", "0.138000", "0.118000")),
            electric(date(2019, 9, 1), ("13.63", "0.126806", "0.104340"), ("20.68", "0.129720", "0.110920")),
        ]
    ),
}
SERVICES = {"warrensburg": ("sewer", "ccf"), "independence": ("electric", "kwh")}
FISCAL_YEAR_STARTS = {"warrensburg": 10, "independence": 7}


@dataclass
class RateTown:
    """The raw rows, and each utility's bills by id; `cancelled` are no longer billed."""

    rows: Rows = field(default_factory=lambda: defaultdict(list))
    bills: dict[tuple[str, str], Bill] = field(default_factory=dict)
    cancelled: set[tuple[str, str]] = field(default_factory=set)

    def add(self, utility: str, table: str, **values: object) -> None:
        lineage = {} if table.startswith("policy") or table == "loads" else {"_load_id": 1}
        self.rows[table].append({"utility_id": utility, **values, **lineage})

    def of_year(self, utility: str, fiscal_year: int, tariff_class: str) -> list[Bill]:
        """The bills of a class that stand in a fiscal year."""
        starts = FISCAL_YEAR_STARTS[utility]
        return [
            bill
            for (owner, bill_id), bill in self.bills.items()
            if owner == utility
            and (owner, bill_id) not in self.cancelled
            and bill.tariff_class == tariff_class
            and bill.billed_on.year + (bill.billed_on.month >= starts) == fiscal_year
        ]


def revenue(tariff: Tariff, bills: list[Bill]) -> Decimal:
    """What the bills bring; sales tax is collected for others."""
    return sum(
        (
            line.amount
            for bill in bills
            for lines in tariff.price(bill)
            for line in lines
            if line.code != "tax"
        ),
        Decimal("0.00"),
    )


def rate_town() -> RateTown:
    town = RateTown()
    for utility in TARIFFS:
        policy, problems = read_policy(PROJECT_ROOT / "data" / "utilities" / utility)
        assert not problems
        for table, rows in policy_rows(policy).items():
            kept = [row for row in rows if not str(row.get("rule", "")).startswith("winter_average.class")]
            town.rows[table] += [{**row, "utility_id": utility} for row in kept]
        town.add(
            utility, "loads", load_id=1, entity="bills", source_file="bills.csv", origin="simulated",
            delivered_on=LAST, loaded_at=f"{LAST} 06:00:00", status="loaded", received=1, loaded=1,
            unchanged=0, restated=0, rejected=0, masked=0,
        )  # fmt: skip
        draw = Random(f"rates.{utility}")
        for number in range(14):
            _account(town, utility, number, draw)
    return town


def _account(town: RateTown, utility: str, number: int, draw: Random) -> None:
    is_business = number % 4 == 3
    service, unit = SERVICES[utility]
    home = "residential_new" if utility == "warrensburg" else "residential"
    account_id, size = f"A{number:03d}", "1" if is_business and number % 8 == 3 else "5/8"
    premise, meter = f"P{number}", f"M{number}"
    customer_class = "commercial" if is_business else "residential"
    town.add(
        utility, "accounts", account_id=account_id, premise_id=premise, customer_class=customer_class,
        rate_code="commercial" if is_business else home, autopay="none", budget_billing=False,
        opened_on=FIRST - timedelta(60),
    )  # fmt: skip
    metered = "water" if service == "sewer" else service
    town.add(
        utility, "meters", meter_id=meter, premise_id=premise, service=metered, meter_size=size, unit=unit,
        dials=6, multiplier=1,
    )  # fmt: skip
    day, period = FIRST - timedelta(number), 0
    while day + timedelta(31) < LAST:
        until = day + timedelta(draw.choice([29, 30, 31]))
        usage = Decimal(draw.randint(0, 1900)) / 100 if unit == "ccf" else Decimal(draw.randint(90, 2600))
        town.add(
            utility, "reads", read_id=f"{meter}-{period}", meter_id=meter, read_on=until, read_kind="actual",
            usage=usage,
        )  # fmt: skip
        bill = Bill(
            billed_on=until + timedelta(3), service_from=day, service_to=until, usage=usage, meter_size=size,
            tariff_class="commercial" if is_business else home,
        )  # fmt: skip
        bill_id = f"{account_id}-{period}"
        _bill(town, utility, bill_id, account_id, bill)
        if number == 5 and period == 8:
            _cancel(town, utility, bill_id, account_id, bill)
        day, period = until, period + 1


def _bill(town: RateTown, utility: str, bill_id: str, account_id: str, bill: Bill, kind="regular") -> None:
    service, unit = SERVICES[utility]
    town.bills[utility, bill_id] = bill
    town.add(
        utility, "bills", bill_id=bill_id, account_id=account_id, bill_date=bill.billed_on, kind=kind,
        due_date=bill.billed_on + timedelta(20), service_from=bill.service_from, service_to=bill.service_to,
    )  # fmt: skip
    town.add(
        utility, "charges", charge_id=f"{bill_id}-v", bill_id=bill_id, account_id=account_id, service=service,
        charge_code="volume", quantity=bill.usage, unit=unit, amount=TARIFFS[utility].total(bill),
    )  # fmt: skip


def _cancel(town: RateTown, utility: str, bill_id: str, account_id: str, bill: Bill) -> None:
    """A cancelled bill and the one in its place."""
    town.cancelled.add((utility, bill_id))
    town.add(
        utility, "bills", bill_id=f"{bill_id}-x", account_id=account_id, bill_date=bill.billed_on,
        due_date=bill.billed_on, kind="cancel", cancels_bill_id=bill_id,
    )  # fmt: skip
    _bill(town, utility, f"{bill_id}-r", account_id, bill, kind="rebill")


def with_home_rates(components_of: list[Component], versions: set[date]) -> Tariff:
    """The sewer tariff with other prices of new homes in some versions."""
    tariff = TARIFFS["warrensburg"]
    return replace(tariff, versions=[
        Version(one.effective_from, {**one.classes, "residential_new": components_of})
        if one.effective_from in versions else one
        for one in tariff.versions
    ])  # fmt: skip


def sewer_revenue(town: RateTown, tariff: Tariff, fiscal_year: int) -> Decimal:
    return sum(
        (
            revenue(tariff, town.of_year("warrensburg", fiscal_year, name))
            for name in ("residential_new", "commercial")
        ),
        Decimal(0),
    )
