"""Households in trouble: those that pay nothing for some months, whatever their habit is."""

from __future__ import annotations

import numpy as np

from simulator.accounts import TENANCIES, Accounts
from simulator.calendars import first_day
from simulator.cities import MUNICIPAL
from simulator.world import World

_LONGEST = 6  # months
_SCRAPES = 60  # days for which one who breaks an agreement pays nothing further


def keeps_an_agreement(people: Accounts, accounts: np.ndarray, on: int) -> np.ndarray:
    """Whose agreement is in force on a day."""
    return (people.agreement_month[accounts] >= 0) & (people.agreement_until[accounts] >= on)


def stops_paying(world: World, accounts: np.ndarray, on: int, period: np.ndarray) -> np.ndarray:
    """Who pays nothing on a bill.

    Those in trouble, those whom their agreement overtaxes, and those who are shut off: they pay everything at
    once to be reconnected, or nothing.

    Args:
        world: the run.
        accounts: whose bills, shape (n,).
        on: day of the bills.
        period: statement month of each bill, shape (n,).
    """
    people = world.people
    fails = people.agreement_fails[accounts]
    overtaxed = (fails - 30 <= on) & (on < fails + _SCRAPES)
    kept = keeps_an_agreement(people, accounts, on)
    return (in_trouble(world, accounts, period) & ~kept) | overtaxed | people.is_off[accounts]


def in_trouble(world: World, accounts: np.ndarray, period: np.ndarray) -> np.ndarray:
    """Who is in trouble in a statement month.

    Trouble begins in any month with a small chance and lasts two to six months. More often while nobody is
    shut off: then more people let bills lie.
    """
    found = np.zeros(len(accounts), bool)
    if len(period) and (period == period[0]).all():
        return _in_trouble(world, accounts, int(period[0]))
    for month in np.unique(period):
        which = np.flatnonzero(period == month)
        found[which] = _in_trouble(world, accounts[which], int(month))
    return found


def _in_trouble(world: World, accounts: np.ndarray, month: int) -> np.ndarray:
    """Who is in trouble in one month: it began this month or in one of the last five, and still lasts."""
    people, draws = world.people, world.draws
    keys = people.key[accounts]
    found = np.zeros(len(accounts), bool)
    usual, times = float(world.rates.collections.trouble_a_month), world.response.falls_behind_times
    for began in range(month - _LONGEST + 1, month + 1):
        luck = draws.uniform("trouble", keys, began)
        hit = np.flatnonzero(luck < usual * max(times, 1.0))
        if len(hit):
            # The later days of the month decide whether people know that nobody is shut off.
            is_protected = world.protected(accounts[hit], first_day(began) + 24)
            hit = hit[luck[hit] < np.where(is_protected, usual * times, usual)]
            found[hit] |= draws.whole("trouble lasts", keys[hit], 2, _LONGEST, began) > month - began
    # A new household has the first month to itself.
    is_new = (keys % TENANCIES > 0) & (people.opened[accounts] > first_day(month) - 45)
    return found & ~is_new & (people.customer_class[accounts] != MUNICIPAL)
