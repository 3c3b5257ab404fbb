"""A run: day after day over the city, month after month to the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import numpy as np

from simulator import (
    agreements,
    assistance,
    bank,
    billing,
    budget,
    cash,
    collections,
    deposits,
    disputes,
    drafts,
    holds,
    loans,
    meters,
    mistakes,
    opening,
    payers,
    penalties,
    reading,
    tenancies,
)
from simulator.accounts import Accounts
from simulator.calendars import WorkDays, date_of, first_day, last_day, month_of, month_of_day
from simulator.cities import CITIES, City, without
from simulator.deliveries import DeliveryBy, Output, Period, periods
from simulator.draws import Draws
from simulator.rates import load_rates
from simulator.reading import read_meters
from simulator.schedule import GroupDays, statement_days, winter_history_start
from simulator.world import REGULAR, World
from simulator.writer import FileFormat

Progress = Callable[[str, int, int], None]

RESPONSES = ("none", "moderate", "strong")


@dataclass(frozen=True)
class SimulationSummary:
    """What a run made.

    Attributes:
        city: the utility's identifier.
        accounts: accounts that have existed, moves included.
        rows: rows delivered, by entity.
        billed: dollars billed, cancelled bills taken off.
        collected: dollars received, before returns.
        receivable: dollars owed at the end.
    """

    city: str
    accounts: int
    rows: dict[str, int]
    billed: Decimal
    collected: Decimal
    receivable: Decimal


def run(
    city: str | City,
    out: Path,
    *,
    accounts: int,
    first_month: str,
    months: int,
    seed: int = 1,
    file_format: FileFormat = "parquet",
    with_trash: bool = False,
    delivery: DeliveryBy = "year",
    absent: tuple[str, ...] = (),
    response: Literal["none", "moderate", "strong"] = "moderate",
    with_defects: bool = False,
    rates: Path | None = None,
    progress: Progress | None = None,
) -> SimulationSummary:
    """Simulate a city and write its extracts and the answer sheet.

    The same arguments give the same bytes. Another number of accounts keeps the histories of the first ones.

    Args:
        city: `independence` or `warrensburg`, or one of them with other settings.
        out: folder to write to; extracts and answer sheet of an earlier run in it are replaced.
        accounts: accounts that are active at a time, one a premise.
        first_month: `YYYY-MM`, the first month that is billed.
        months: how many months.
        seed: of all randomness.
        file_format: of the extracts; the answer sheet is always Parquet.
        with_trash: whether homes also pay for trash.
        delivery: one folder a fiscal year, a month, or for everything; `recent`: years, the last by month.
        absent: what is left out: `waiver`, `event` or single events (`simulator.cities.without`). People
            have the same luck in everything else.
        response: how strongly people pay later while lateness costs nothing.
        with_defects: whether the named mistakes of `simulator.defects` are planted.
        rates: a file that replaces single settings of `simulator/rates.yml`.
        progress: told `(message, done, total)` after every month.

    Returns:
        What was made.

    Raises:
        ValueError: if the city or something to leave out is unknown, a settings file is wrong, or
            there is nothing to simulate.
    """
    if isinstance(city, str):
        if city not in CITIES:
            raise ValueError(f"unknown city {city!r}; choose one of {', '.join(sorted(CITIES))}")
        city = CITIES[city]
    if accounts < 1 or months < 1:
        raise ValueError("a simulation needs at least one account and one month")
    settings = without(city, absent)
    habits = load_rates(city.utility_id, rates)
    if response not in RESPONSES:
        raise ValueError(f"unknown response {response!r}; choose one of {', '.join(RESPONSES)}")
    first = month_of(first_month)
    draws = Draws(seed)
    work = WorkDays(2000 + first // 12 - 2, 2000 + (first + months) // 12 + 2, settings.closed_days)
    world = _new_world(settings, habits, draws, work, accounts, first, months)
    world.response = getattr(habits.response, response)
    world.with_trash, world.with_defects = with_trash, with_defects
    plan = periods(first, months, delivery, settings.fiscal_start_month)
    output = Output(out, world, file_format)
    statements = _statements(settings, work, _history_start(settings, first), first + months)
    reading.begin(world, _last_reads(settings, work, _history_start(settings, first)), min(statements))
    calendar = _Calendar(world, statements)
    calendar.run_until(world.start - 1)
    for period in plan:
        _run_period(world, calendar, output, period, first, months, progress)
    rows = output.close()
    people = world.people
    return SimulationSummary(
        city=city,
        accounts=people.count,
        rows=rows,
        billed=_dollars(world.totals.billed),
        collected=_dollars(world.totals.collected),
        receivable=_dollars(int(people.balance[: people.count].sum())),
    )


def _dollars(cents: int) -> Decimal:
    """Cents as dollars."""
    return Decimal(cents).scaleb(-2)


def _history_start(city: City, first: int) -> int:
    """The first statement that is read: the one before the first month, or enough for winter averages."""
    return winter_history_start(first) if city.has_winter_average else first - 1


def _new_world(
    city: City,
    rates: SimpleNamespace,
    draws: Draws,
    work: WorkDays,
    accounts: int,
    first: int,
    months: int,
) -> World:
    """The city on the day before its first read."""
    people = Accounts(city, rates, draws, accounts, first_day(_history_start(city, first) - 2))
    last_reads = _last_reads(city, work, _history_start(city, first))
    people.last_read[: people.count] = last_reads[people.group[: people.count]]
    return World(
        city=city,
        rates=rates,
        response=rates.response.moderate,
        draws=draws,
        people=people,
        work=work,
        start=first_day(first),
        end=last_day(first + months - 1),
    )


def _last_reads(city: City, work: WorkDays, first: int) -> np.ndarray:
    """The day of each group's read before the first statement's."""
    before = statement_days(city, work, first - 1) or statement_days(city, work, first - 2)
    return np.array([days.read_on for days in sorted(before, key=lambda days: days.group)])


def _statements(city: City, work: WorkDays, first: int, after: int) -> dict[int, list[GroupDays]]:
    """Every group's statements by the day of the read."""
    by_day: dict[int, list[GroupDays]] = defaultdict(list)
    for period in range(first, after + 2):
        for days in statement_days(city, work, period):
            by_day[days.read_on].append(days)
    return by_day


class _Calendar:
    """The days of a run, in order."""

    def __init__(self, world: World, statements: dict[int, list[GroupDays]]) -> None:
        self._world = world
        self._statements = statements
        self._today = min(statements)
        premises = world.people.premises
        self._members = [
            np.flatnonzero(premises.group[1:] == group) + 1 for group in range(len(world.city.groups))
        ]

    def run_until(self, last: int) -> None:
        """Live through all days up to and including one."""
        while self._today <= last:
            self._live(self._today)
            self._today += 1

    def _live(self, on: int) -> None:
        """One day. Fees and penalties stand before the bills of the day, which give them their due date."""
        world = self._world
        date = date_of(on)
        reading.step(world, on)
        if world.city.has_winter_average and (date.month, date.day) == (4, 1):
            billing.renew_rates(world, on)
        if on == world.start:
            opening.post(world)
        if on >= world.start:
            penalties.assess(world, on)
            agreements.judge(world, on)
            cash.post_returns(world, on)
            penalties.post_courtesies(world, on)
            mistakes.step(world, on)
            holds.step(world, on)
            disputes.step(world, on)
            agreements.step(world, on)
            tenancies.move(world, on)
            collections.step(world, on)
            tenancies.change_drafts(world, on)
            loans.start(world, on)
            budget.enrol(world, on)
            deposits.refund(world, on)
            drafts.step(world, on)
            assistance.step(world, on)
        self._read(on)
        meters.change(world, on)
        if on >= world.start:
            billing.bill_the_day(world, on)
            billing.cancel_and_rebill(world, on)
            billing.post_leak_credits(world, on)
            self._credit_everyone(on)
            budget.post_parts(world, on)
            tenancies.review_closed(world, on)
            cash.post_received(world, on)
            cash.receive(world, on)
            bank.close_day(world, on)
            collections.enforce(world, on)

    def _read(self, on: int) -> None:
        """Read the groups of the day and put their bills on the calendar."""
        world = self._world
        for days in self._statements.get(on, ()):
            accounts = world.people.holder[self._members[days.group]]
            accounts = accounts[on - world.people.last_read[accounts] >= world.rates.metering.shortest_days]
            if not len(accounts):
                continue
            reads = read_meters(world.people, accounts, on, days.period, is_final=False)
            world.keep_reads(reads, "actual")
            if days.bill_on < world.start:
                continue
            reads = mistakes.leave_unbilled(world, reads, days.bill_on)
            accounts = reads["account"]
            bill_on = np.full(len(accounts), days.bill_on)
            outage = world.city.outage
            if outage and days.period == outage.late_period and days.group == len(world.city.groups) - 1:
                luck = world.draws.uniform("late statement", world.people.key[accounts])
                bill_on = np.where(luck < outage.late_share, outage.resumes, bill_on)
            world.people.next_bill[accounts] = bill_on
            world.bills.put(bill_on, **reads, kind=np.full(len(accounts), REGULAR))

    def _credit_everyone(self, on: int) -> None:
        """One-time credits to every active account with the service."""
        world = self._world
        for credit in world.city.one_time_credits:
            if credit.on == on:
                accounts = budget.spread_credit(world, np.sort(world.people.active(on)), credit, on)
                cents = np.full(len(accounts), -credit.cents)
                month = month_of_day(on)
                world.adjust(
                    accounts, on, "rebate", cents, month, "I", service=credit.service, event=credit.event_id
                )


def _run_period(
    world, calendar: _Calendar, output: Output, period: Period, first: int, months: int, progress
) -> None:
    """One delivery: its months, then its folder is finished."""
    output.open(period)
    for month in period.months:
        for area in (tenancies, collections, loans, budget, deposits, assistance):
            area.plan_month(world, month)
        payers.plan_without_bill(world, month)
        calendar.run_until(last_day(month))
        output.end_month(month)
        if progress:
            progress(f"{world.city.utility_id} {date_of(first_day(month)):%Y-%m}", month - first + 1, months)
    output.finish()
