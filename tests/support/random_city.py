"""A city of random tariffs, policy and bills: raw rows, and what the oracle prices of them.

Tariffs have several versions by usage or by bill, and seasons; bills are short, long, over changes, cancelled
and billed again, some without service days; homes have winter averages or not. Reads give the usage in the
unit of the meter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.oracle.rates import ZERO, Bill, Component, Policy, Tariff, Version, Winter, converted
from tests.support.random_tariffs import METER_SIZES, chance, random_blocks, random_components, tariff_rows

Rows = dict[str, list[dict]]
Read = tuple[date, Decimal, bool]

FIRST_DAY = date(2021, 11, 1)
LAST_DAY = date(2023, 12, 31)
WITH_AVERAGE, WITHOUT_AVERAGE = "residential_established", "residential_new"
HOMES = ("residential", WITH_AVERAGE, WITHOUT_AVERAGE)
UNITS = {"water": ("ccf", "cf", "gal", "kgal"), "electric": ("kwh",)}
PERIODS = (30, 31, 28, 33, 29, 61, 62, 12, 46)
PROGRAM_RATE = Decimal("10.00")
OFF = Decimal("5.00")
FISCAL_YEAR_START = 7
DEFAULT_SIZE = "5/8"


@dataclass
class City:
    """Rows of one utility, and for each bill and service the tariff and what is billed.

    Attributes:
        wrong: the bills and services whose charges are not what they should be.
    """

    utility_id: str
    rows: Rows = field(default_factory=lambda: defaultdict(list))
    bills: dict[tuple[str, str], tuple[Tariff, Bill]] = field(default_factory=dict)
    tariffs: dict[str, Tariff] = field(default_factory=dict)
    wrong: set[tuple[str, str]] = field(default_factory=set)
    cancelled_on: dict[str, date] = field(default_factory=dict)

    def add(self, table: str, **values: object) -> None:
        self.rows[table].append({"utility_id": self.utility_id, **values})


def merged(cities: Iterable[City]) -> Rows:
    """The raw rows of several cities."""
    rows: Rows = defaultdict(list)
    for city in cities:
        for table, part in city.rows.items():
            rows[table] += part
    return rows


def random_city(random: Random, utility_id: str, premises: int) -> City:
    """A city with three services; the same source of chance gives the same city."""
    city = City(utility_id)
    policy = Policy(*(chance(random, 75) for _ in range(3)))
    winter = Winter(
        min_reads=random.choice((2, 3)),
        decimals=random.choice((0, 1, 2)),
        counts_estimates=chance(random, 50),
    )
    _add_policy(city, policy, winter)
    unit = random.choice(("ccf", "ccf", "kgal"))
    city.tariffs = {
        "water": _add_tariff(city, random, policy, "water", unit, ("residential", "commercial")),
        "sewer": _add_tariff(city, random, policy, "sewer", unit, (*HOMES, "commercial")),
        "electric": _add_tariff(city, random, policy, "electric", "kwh", ("residential", "commercial")),
    }
    for number in range(premises):
        _Premise(city, random, f"P{number}", winter, unit).live()
    return city


def _add_policy(city: City, policy: Policy, winter: Winter) -> None:
    city.add("policy_utilities", name="Test", fiscal_year_start_month=FISCAL_YEAR_START, account_fund="water")
    for sort, service in enumerate(("electric", "water", "sewer")):
        city.add("policy_services", service=service, title=service, fund=service, sort=sort)
    rules = {
        "billing.months_covered": "nearest_whole_long_days_short"
        if policy.long_days_short
        else "nearest_whole",
        "billing.prorate_base": str(policy.prorate_base).lower(),
        "billing.prorate_blocks": str(policy.prorate_blocks).lower(),
        "billing.frequency_months": 1,
        "billing.gallons_per_ccf": "748.05",
        "billing.cubic_feet_per_ccf": 100,
        "billing.default_meter_size": DEFAULT_SIZE,
        "winter_average.months": "1,2,3",
        "winter_average.min_reads": winter.min_reads,
        "winter_average.decimals": winter.decimals,
        "winter_average.applies_from_month": 4,
        "winter_average.class_with_average": WITH_AVERAGE,
        "winter_average.class_without_average": WITHOUT_AVERAGE,
        "winter_average.estimated_reads": "counted_and_flagged" if winter.counts_estimates else "left_out",
        "assistance.water_h2o.kind": "discount",
        "assistance.water_h2o.services": "water",
        "assistance.water_h2o.max_usd_per_month": PROGRAM_RATE,
    }
    for rule, value in rules.items():
        city.add("policy_rules", rule=rule, value=value, effective_from=date(2000, 1, 1), is_assumed=False)
    city.add("loads", load_id=1, entity="bills", origin="delivered", delivered_on=LAST_DAY, status="loaded")


def _add_tariff(city: City, random: Random, policy: Policy, service, unit: str, classes) -> Tariff:
    """One to six versions; some begin within days of each other, the oldest at times after a first bill."""
    span = (LAST_DAY - FIRST_DAY).days
    starts = {FIRST_DAY + timedelta(random.randint(-60, span)) for _ in range(random.randint(1, 5))}
    if chance(random, 40):
        starts.add(min(starts) + timedelta(random.randint(1, 20)))
    versions = [
        Version(start, {name: _components(random, unit) for name in classes}) for start in sorted(starts)
    ]
    tariff = Tariff(versions, by_usage=chance(random, 75), per_line=chance(random, 70), policy=policy)
    rows = tariff_rows(service, versions, by_usage=tariff.by_usage, per_line=tariff.per_line)
    city.rows["policy_tariff_components"] += [{**row, "utility_id": city.utility_id} for row in rows]
    return tariff


def _components(random: Random, unit: str) -> list[Component]:
    """A price list with its use in the service's unit, and always something by use."""
    found = random_components(random)
    while not any(item.blocks or item.seasons for item in found):
        found = random_components(random)
    return [replace(item, unit=unit) if item.blocks or item.seasons else item for item in found]


def changed_tariff(random: Random, tariff: Tariff) -> Tariff:
    """Other prices, blocks and components, in the same versions and seasons."""
    versions = [
        Version(
            version.effective_from,
            {name: _changed(random, components) for name, components in version.classes.items()},
        )
        for version in tariff.versions
    ]
    return replace(tariff, versions=versions, per_line=chance(random, 70))


def _changed(random: Random, components: Iterable[Component]) -> list[Component]:
    seasonal = [
        replace(
            component,
            seasons=tuple(replace(season, blocks=random_blocks(random)) for season in component.seasons),
        )
        for component in components
        if component.seasons
    ]
    codes = {component.code for component in seasonal}
    others = [item for item in random_components(random) if not item.seasons and item.code not in codes]
    return [*seasonal, *others] or [Component("base", "fixed", Decimal("9.00"))]


@dataclass
class _Latest:
    """The bill before, unless it was taken back."""

    bill_id: str
    begins: date
    read: dict[str, Decimal]


@dataclass
class _Account:
    account_id: str
    assistance: Decimal
    latest: _Latest | None = None
    reads: list[Read] = field(default_factory=list)
    bills: dict[tuple[str, str], Bill] = field(default_factory=dict)


class _Premise:
    """A place with meters and the accounts that hold it one after another."""

    def __init__(self, city: City, random: Random, premise_id: str, winter: Winter, unit: str):
        self.city, self.random, self.premise_id = city, random, premise_id
        self.winter, self.unit = winter, unit
        self.services = [service for service in ("water", "electric") if chance(random, 85)] or ["water"]
        self.has_sewer = "water" in self.services and chance(random, 85)
        self.has_reads = chance(random, 85)
        self.size = random.choice(METER_SIZES) if self.has_reads else DEFAULT_SIZE
        self.meter_unit = {service: random.choice(UNITS[service]) for service in self.services}
        self.customer_class = random.choice(("residential", "residential", "commercial"))

    def live(self) -> None:
        if self.has_reads:
            for service in self.services:
                self.city.add(
                    "meters",
                    meter_id=self.meter(service),
                    premise_id=self.premise_id,
                    service=service,
                    meter_size=self.size,
                    unit=self.meter_unit[service],
                    dials=6,
                    multiplier=1,
                )
        day, number = FIRST_DAY + timedelta(self.random.randint(0, 40)), 0
        while day < LAST_DAY:
            day = self.account(f"{self.premise_id}-{number}", day)
            number += 1

    def meter(self, service: str) -> str:
        return f"{self.premise_id}-{service}"

    def account(self, account_id: str, opened_on: date) -> date:
        """An account until somebody moves, with its bills; returns the day on which it closes."""
        in_program = chance(self.random, 20)
        account = _Account(account_id, PROGRAM_RATE if in_program else ZERO)
        day = opened_on
        while day < LAST_DAY and not (account.reads and chance(self.random, 4)):
            length = self.random.choice(PERIODS) if chance(self.random, 60) else 30
            if chance(self.random, 10):
                length = self.random.randint(1, 75)
            self.period(account, day, day + timedelta(length))
            day += timedelta(length)
        self.city.add(
            "accounts",
            account_id=account_id,
            premise_id=self.premise_id,
            customer_class=self.customer_class,
            opened_on=opened_on,
            closed_on=day if day < LAST_DAY else None,
            autopay="none",
            budget_billing=False,
            assistance_program="water_h2o" if in_program else None,
        )
        for (bill_id, service), bill in account.bills.items():
            self.charge(account, bill_id, service, self.classed(service, bill, account.reads))
        return day

    def charge(self, account: _Account, bill_id: str, service: str, bill: Bill) -> None:
        """What the bill charges is right, but for a few that are 5.00 off."""
        tariff = self.city.tariffs[service]
        amount = tariff.total(bill)
        if chance(self.random, 3):
            amount += OFF
            self.city.wrong.add((bill_id, service))
        volume_unit = "kwh" if service == "electric" else self.unit
        for code, quantity, unit, usd in (
            ("volume", bill.usage, volume_unit, amount),
            ("demand", bill.demand, "kw", 0),
        ):
            self.city.add(
                "charges",
                charge_id=f"{bill_id}-{service}-{code}",
                bill_id=bill_id,
                account_id=account.account_id,
                service=service,
                charge_code=code,
                quantity=quantity,
                unit=unit,
                amount=usd,
            )
        self.city.bills[bill_id, service] = (tariff, bill)

    def classed(self, service: str, bill: Bill, reads: list[Read]) -> Bill:
        """The bill with its winter average, once all reads are known; a home's class follows from it."""
        if service != "sewer":
            return bill
        average = self.winter.average(reads if self.has_reads else [], bill.billed_on)
        if self.customer_class != "residential":
            return replace(bill, average=average)
        kind = WITHOUT_AVERAGE if average is None else WITH_AVERAGE
        return replace(bill, average=average, tariff_class=kind)

    def period(self, account: _Account, begins: date, ends: date) -> None:
        """A period from read to read with its bills."""
        is_estimated = chance(self.random, 10)
        read = {service: self.read(service, ends, is_estimated) for service in self.services}
        account.reads.append(
            (ends, self.priced("water", read["water"]) if "water" in read else ZERO, is_estimated)
        )
        bill_id = f"{account.account_id}-{ends:%y%m%d}"
        billed_on = ends + timedelta(self.random.randint(0, 6))
        self.bill(account, bill_id, billed_on, "regular", begins, ends, read)
        before, account.latest = account.latest, None
        if before and chance(self.random, 6):
            # two bills are taken back, and one takes their place
            for taken_back in (before.bill_id, bill_id):
                self.cancel(account, taken_back, billed_on)
            both = {service: quantity + before.read[service] for service, quantity in read.items()}
            self.bill(account, f"{bill_id}-R", billed_on, "rebill", before.begins, ends, both)
        elif chance(self.random, 8):
            cancelled_on = billed_on + timedelta(self.random.choice((0, 9, 40)))
            self.cancel(account, bill_id, cancelled_on)
            if chance(self.random, 70):
                self.bill(account, f"{bill_id}-R", cancelled_on, "rebill", begins, ends, read)
        else:
            account.latest = _Latest(bill_id, begins, read)

    def cancel(self, account: _Account, bill_id: str, cancelled_on: date) -> None:
        self.city.cancelled_on[bill_id] = cancelled_on
        self.city.add(
            "bills",
            bill_id=f"{bill_id}-X",
            account_id=account.account_id,
            bill_date=cancelled_on,
            due_date=cancelled_on,
            kind="cancel",
            cancels_bill_id=bill_id,
        )

    def read(self, service: str, day: date, is_estimated: bool) -> Decimal:
        """The usage of a period, in the meter's unit."""
        unit = self.meter_unit[service]
        most = {"ccf": 14, "cf": 1400, "gal": 10_000, "kgal": 10, "kwh": 2400}[unit]
        usage = Decimal(self.random.randint(0, most))
        if unit in ("ccf", "kgal") and chance(self.random, 40):
            usage += Decimal(self.random.randint(0, 999)).scaleb(-3)
        if self.has_reads:
            self.city.add(
                "reads",
                read_id=f"{self.meter(service)}-{day:%y%m%d}",
                meter_id=self.meter(service),
                read_on=day,
                read_kind="estimated" if is_estimated else "actual",
                usage=usage,
            )
        return usage

    def priced(self, service: str, quantity: Decimal) -> Decimal:
        """A quantity of the meter in the unit of the tariff."""
        return converted(quantity, self.meter_unit[service], "kwh" if service == "electric" else self.unit)

    def bill(self, account: _Account, bill_id, billed_on, kind, begins, ends, read) -> None:
        if kind == "regular" and chance(self.random, 3):
            begins = ends = None  # the service days of a bill are optional
        self.city.add(
            "bills",
            bill_id=bill_id,
            account_id=account.account_id,
            bill_date=billed_on,
            due_date=billed_on + timedelta(20),
            service_from=begins,
            service_to=ends,
            kind=kind,
        )
        usage = {service: self.priced(service, quantity) for service, quantity in read.items()}
        if self.has_sewer:
            usage["sewer"] = usage["water"]
        for service, quantity in usage.items():
            demand = Decimal(self.random.randint(0, 30)) if service == "electric" else ZERO
            account.bills[bill_id, service] = Bill(
                billed_on=billed_on,
                service_from=begins,
                service_to=ends,
                tariff_class=self.customer_class,
                usage=quantity,
                demand=demand,
                meter_size=self.size,
                assistance=account.assistance if service == "water" else ZERO,
            )
