"""Meters read or estimated, and how much is used each month (R72 to R77, R89)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import meters
from simulator.accounts import Accounts
from simulator.agenda import Rows
from simulator.calendars import date_of, first_day, last_day, month_of_day
from simulator.cities import ELECTRIC, RESIDENTIAL
from simulator.meters import (
    ACCESS,
    MICRO,
    PLANNED_AHEAD,
    READ_ACTUAL,
    READ_CUSTOMER,
    READ_ESTIMATED,
    READ_FINAL,
    WEATHER,
    WINTER_READS,
    Registers,
)

if TYPE_CHECKING:
    from simulator.world import World

SHORT_DAYS = 20  # a bill over fewer days has that part of a month
LONG_DAYS = 45  # a bill over more days counts as whole months (R12)
_DAYS_IN_MONTHS = 304_375  # in ten thousand months
# An estimate is corrected by a later read of the same meter, so none is made where a change is this near.
_CLEAR_DAYS = 92
_WINTER_WORK_DAYS = 61  # from December through February


def winter_months(day_number: int) -> bool:
    """Whether a day is in January, February or March, whose reads make the winter average (R04)."""
    return date_of(day_number).month <= 3


def months_of(days: np.ndarray) -> np.ndarray:
    """Hundredths of a month that a bill over so many days has, for bases and blocks (R12).

    A month from 20 through 45 days; fewer days are that part of thirty, more the nearest whole months.
    """
    days = np.asarray(days, np.int64)
    part = (200 * days + 30) // 60
    whole = (20_000 * days + _DAYS_IN_MONTHS) // (2 * _DAYS_IN_MONTHS) * 100
    return np.where(days < SHORT_DAYS, part, np.where(days > LONG_DAYS, whole, 100))


def begin(world: World, last_reads: np.ndarray, today: int) -> None:
    """Let everybody use water and power from before the first read on.

    Args:
        world: the run.
        last_reads: by billing group, the day of the read before the first one.
        today: the day with which the run begins.
    """
    people = world.people
    first, now = month_of_day(int(last_reads.min())), month_of_day(today)
    for registers in people.premises.registers:
        registers.day[:] = first_day(first) - 1
    numbers = np.arange(1, people.premises.count + 1)
    read_on = last_reads[people.premises.group[numbers]]
    for month in range(first, now + 1):
        begin_month(people, month)
        for day in np.unique(read_on[(read_on >= first_day(month)) & (read_on <= last_day(month))]):
            for registers in people.premises.registers:
                registers.look(numbers[read_on == day], int(day))
    for month in range(now, now + PLANNED_AHEAD + 1):
        meters.plan(world, month)


def step(world: World, on: int) -> None:
    """What begins today: a month's use, stuck registers."""
    if date_of(on).day == 1:
        begin_month(world.people, month_of_day(on))
        meters.plan(world, month_of_day(on) + PLANNED_AHEAD)
    meters.stick(world, on)


def begin_month(people: Accounts, month: int) -> None:
    """Draw what every premise uses a day in a month."""
    _use(people, people.holder[1:], first_day(month) - 1, month)


def start_use(people: Accounts, accounts: np.ndarray, on: int) -> None:
    """New tenants: what they use counts from the day after they came, and an old leak is theirs no more."""
    premise = people.premise[accounts]
    people.premises.is_off[premise] = False
    people.premises.leak_last[premise] = 0
    _use(people, accounts, on, month_of_day(on))


def shut_off(world: World, accounts: np.ndarray, on: int) -> None:
    """Nothing is used from the day after this one on."""
    people = world.people
    people.premises.is_off[people.premise[accounts]] = True
    _use(people, accounts, on, month_of_day(on))


def restore(world: World, accounts: np.ndarray, on: int) -> None:
    """What is used counts again from the day after this one on."""
    people = world.people
    people.premises.is_off[people.premise[accounts]] = False
    _use(people, accounts, on, month_of_day(on))


def _use(people: Accounts, accounts: np.ndarray, after: int, month: int) -> None:
    """Use what the accounts use in a month from the day after a day on, where they are not shut off."""
    premises, premise = people.premises, people.premise[accounts]
    is_on = ~premises.is_off[premise]
    leaks = _leaks(people, accounts, month) & is_on
    premises.leak_last[premise] = np.where(leaks, last_day(month), premises.leak_last[premise])
    for registers in premises.registers:
        daily = _daily(people, accounts, month, registers.unit)
        if registers.unit == "ccf":
            daily = daily * np.where(leaks, people.rates.metering.leaks.times, 1.0)
        registers.use(premise, after, np.where(is_on, np.rint(daily * MICRO), 0).astype(np.int64))


def _daily(people: Accounts, accounts: np.ndarray, month: int, unit: str) -> np.ndarray:
    """Units a day in a month: the household's level, the season and the month's luck."""
    rates = getattr(people.rates.metering.use, unit)
    noise = people.draws.normal(f"{unit} of the month", people.key[accounts], month)
    season = rates.season[month % 12]
    if unit == "kwh":
        followed = people.rates.metering.use.business_season
        is_home = people.customer_class[accounts] == RESIDENTIAL
        season = np.where(is_home, season, 1 - followed + followed * season)
    level = people.kwh_a_day if unit == "kwh" else people.ccf_a_day
    return level[accounts] * season * np.exp(rates.month_spread * noise)


def _leaks(people: Accounts, accounts: np.ndarray, month: int) -> np.ndarray:
    """Which accounts have a leak in a month; some leaks run on through the next one."""
    rates, draws = people.rates.metering.leaks, people.draws
    keys = people.key[accounts]
    begins = draws.uniform("leak", keys, month) < rates.monthly
    began = np.flatnonzero(draws.uniform("leak", keys, month - 1) < rates.monthly)
    if len(began):
        begins[began] |= draws.uniform("long leak", keys[began], month - 1) < rates.two_months
    return begins & people.premises.has_water[people.premise[accounts]]


def read_meters(people: Accounts, accounts: np.ndarray, on: int, period: int, is_final: bool) -> Rows:
    """Read both meters of some accounts on one day (R89), or estimate them.

    Args:
        people: the accounts.
        accounts: whose meters, account numbers.
        on: the day.
        period: the statement's month; it names the draws.
        is_final: a final read is always taken.

    Returns:
        One row an account: `account, service_from, service_to, days, months, kwh, ccf, is_estimated,
        read_kind, reason, period, has_leak`, months in hundredths, and for each unit `_usage, _reading,
        _true`: what its last meter counted of the use, what that shows, and what it truly counted.
    """
    premises, premise = people.premises, people.premise[accounts]
    count, since = len(accounts), people.last_read[accounts]
    days = on - since
    months = months_of(days)
    if is_final:
        kind, reason = np.full(count, READ_FINAL), np.full(count, -1)
    else:
        kind, reason = _kinds(people, accounts, on, period)
    is_estimated = kind == READ_ESTIMATED
    rows: Rows = {
        "account": accounts,
        "service_from": since,
        "service_to": np.full(count, on),
        "days": days,
        "months": months,
        "is_estimated": is_estimated,
        "read_kind": kind,
        "reason": reason,
        "period": np.full(count, period),
        "has_leak": premises.leak_last[premise] > since,
        "kwh": np.zeros(count, np.int64),
    }
    for registers in premises.registers:
        history = people.kwh_history if registers.service == ELECTRIC else people.ccf_history
        estimate = _mean_of_year(people, accounts, history, months) if is_estimated.any() else None
        rows |= _read_one(registers, premise, on, is_estimated, estimate)
    people.last_read[accounts] = on
    _remember(people, accounts, _monthly(rows["kwh"], months), _monthly(rows["ccf"], months))
    if winter_months(on) and not is_final:
        people.winter_reads[accounts] += 1
        people.winter_usage[accounts] += rows["ccf"]
    return rows


def _read_one(registers: Registers, premise: np.ndarray, on: int, is_estimated, estimate) -> Rows:
    """Read or estimate one service's meters; what an older meter counted since the last bill is added.

    `estimate` is None where nothing is estimated.
    """
    unit, multiplier = registers.unit, registers.multiplier[premise]
    usage, true = registers.read(premise, on)
    if estimate is not None:
        # An estimate moves the reading by whole steps of the register.
        steps = (2 * estimate + multiplier) // (2 * multiplier)
        usage = np.where(is_estimated, steps * multiplier, usage)
    usage = np.where(registers.present[premise], usage, 0)
    total = usage + registers.carried[premise]
    registers.carried[premise] = 0
    reading = registers.show(premise, on, usage)
    return {unit: total, f"{unit}_usage": usage, f"{unit}_reading": reading, f"{unit}_true": true}


def _kinds(people: Accounts, accounts: np.ndarray, on: int, period: int) -> tuple[np.ndarray, np.ndarray]:
    """How each account's meters are read, and why they are not (R72): both are missed at once."""
    rates, draws, keys = people.rates.metering.estimates, people.draws, people.key[accounts]
    kind, reason = np.full(len(accounts), READ_ACTUAL), np.full(len(accounts), -1)
    month = date_of(on).month
    # The winter average of Warrensburg is made of real reads only, none of them correcting one before (R75).
    if people.city.has_winter_average and month in WINTER_READS:
        return kind, reason
    no_access = draws.uniform("no access", keys, period) < rates.access_share
    is_storm = (
        month in (12, 1, 2)
        and draws.uniform("storm", np.array([on]))[0] < rates.storm_days / _WINTER_WORK_DAYS
    )
    in_storm = is_storm & (draws.uniform("missed in a storm", keys, period) < rates.storm_missed)
    is_missed = (no_access | in_storm) & _may_estimate(people, accounts, on)
    helps = draws.uniform("reads it himself", keys, period) < rates.customer_share
    is_read = is_missed & ~in_storm & helps
    kind[is_missed] = READ_ESTIMATED
    kind[is_read] = READ_CUSTOMER
    reason[is_missed] = np.where(in_storm[is_missed], WEATHER, ACCESS)
    reason[is_read] = -1
    return kind, reason


def _may_estimate(people: Accounts, accounts: np.ndarray, on: int) -> np.ndarray:
    """Where an estimate can be made: enough months known, service on, no meter changed now or soon."""
    premises, premise = people.premises, people.premise[accounts]
    fits = people.usage_months[accounts] >= people.rates.metering.estimates.known_months
    fits &= ~premises.is_off[premise]
    start = np.minimum(people.last_read[accounts], first_day(month_of_day(on)) - 1)
    for registers in premises.registers:
        fits &= registers.change_on[premise] > on + _CLEAR_DAYS
        fits &= (registers.installed[premise] <= start) | (registers.generation[premise] == 0)
    return fits


def _mean_of_year(
    people: Accounts, accounts: np.ndarray, history: np.ndarray, months: np.ndarray
) -> np.ndarray:
    """Use of so many hundredths of a month at the mean of the last twelve, or of those there are (R72).

    Rounded half up to whole units.
    """
    known = 100 * np.clip(people.usage_months[accounts], 1, 12)
    total = np.maximum(history[accounts].sum(axis=1), 0) * months
    return (2 * total + known) // (2 * known)


def _monthly(usage: np.ndarray, months: np.ndarray) -> np.ndarray:
    """Use of one month, of a bill over some hundredths of a month, rounded half up."""
    months = np.maximum(months, 1)
    return (200 * usage + months) // (2 * months)


def _remember(people: Accounts, accounts: np.ndarray, kwh: np.ndarray, ccf: np.ndarray) -> None:
    """Keep the month's use in a ring of twelve."""
    place = people.usage_months[accounts] % 12
    people.kwh_history[accounts, place] = kwh
    people.ccf_history[accounts, place] = ccf
    people.usage_months[accounts] += 1


def renew_winter_averages(people: Accounts, accounts: np.ndarray) -> None:
    """Renew on 1 April: the mean of three reads to two decimals, for whoever has all three (R04 to R07)."""
    usage, reads = people.winter_usage[accounts], people.winter_reads[accounts]
    people.winter_average[accounts] = np.where(reads == 3, (200 * usage + 3) // 6, -1)
    people.winter_reads[accounts] = 0
    people.winter_usage[accounts] = 0
