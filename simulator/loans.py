"""Low-interest loans for saving energy: instalments on the bill, and the rebate at the start (R90)."""

from __future__ import annotations

import numpy as np

from simulator.agenda import Rows
from simulator.calendars import first_day, month_of_day
from simulator.cities import ELECTRIC, RESIDENTIAL
from simulator.tariffs import round_half_up
from simulator.world import FINAL, World

_OWNER = 0


def plan_month(world: World, month: int) -> None:
    """Decide which owners take a loan in a month, once in the life of an account."""
    people, rates = world.people, world.rates.loans
    if not world.city.has_electric:
        return
    accounts = people.active(first_day(month))
    may = (people.customer_class[accounts] == RESIDENTIAL) & (people.occupancy[accounts] == _OWNER)
    accounts = accounts[may & (people.loan_instalment[accounts] == 0)]
    keys = people.key[accounts]
    takes = world.draws.uniform("takes loan", keys, month) < rates.yearly_share / 12
    day = first_day(month) + world.draws.whole("loan day", keys[takes], 0, 27, month)
    world.loans.put(world.work.following(day), account=accounts[takes])


def start(world: World, on: int) -> None:
    """Begin the day's loans, with simple interest over the whole time, and post the rebates."""
    rows = world.loans.pop(on)
    if rows is None:
        return
    people, draws, rates = world.people, world.draws, world.rates.loans
    accounts = np.sort(rows["account"])
    accounts = accounts[people.closed[accounts] > on]
    if not len(accounts):
        return
    keys = people.key[accounts]
    dollars = 100 * draws.whole("loan amount", keys, rates.least_usd // 100, rates.most_usd // 100)
    terms = np.array(rates.terms_months)[draws.whole("loan term", keys, 0, len(rates.terms_months) - 1)]
    owed = round_half_up(dollars * 100 * (1200 + rates.interest_percent * terms), 1200)
    people.loan_instalment[accounts] = round_half_up(owed, terms)
    people.loan_left[accounts] = terms
    rebate = dollars * rates.rebate_percent
    world.adjust(accounts, on, "rebate", -rebate, month_of_day(on), "H", service=ELECTRIC)


def fall_due(world: World, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Take the instalments that stand on regular bills off what is left: their number, and cents of each.

    A bill over two months has two. A final bill has none: who sells the house repays the rest elsewhere.
    """
    people, accounts = world.people, rows["account"]
    months = np.maximum(round_half_up(rows["months"], 100), 1)
    has_some = rows["kind"] != FINAL
    instalments = np.minimum(months, people.loan_left[accounts]) * has_some
    people.loan_left[accounts] = (people.loan_left[accounts] - instalments) * has_some
    return instalments, people.loan_instalment[accounts]
