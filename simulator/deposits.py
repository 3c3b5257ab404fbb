"""Security deposits: money that is owed back, beside the receivable and never netted against it (R81)."""

from __future__ import annotations

import numpy as np

from simulator.agenda import Rows
from simulator.books import CHARGE
from simulator.calendars import first_day, month_of_day
from simulator.cities import ELECTRIC, SEWER, WATER
from simulator.world import FINAL, World, bill_number

_TENANT = 1
_LETTERS = {"received": "D", "applied": "A", "refunded": "B"}


def take(world: World, accounts: np.ndarray, on: int) -> None:
    """Take deposits from newcomers: most at the counter, some with the first bill."""
    people, draws, rates = world.people, world.draws, world.rates.deposits
    amounts = world.city.deposit_cents
    if not any(amounts):
        return
    keys = people.key[accounts]
    is_tenant = people.occupancy[accounts] == _TENANT
    share = np.where(is_tenant, rates.tenants_share, rates.owners_share)
    accounts = accounts[draws.uniform("deposit", keys) < share]
    keys, premise = people.key[accounts], people.premise[accounts]
    cents = np.full(len(accounts), amounts[ELECTRIC])
    cents += np.where(people.premises.has_water[premise], amounts[WATER], 0)
    cents += np.where(people.premises.has_sewer[premise], amounts[SEWER], 0)
    is_billed = draws.uniform("deposit is billed", keys) < rates.billed_share
    people.deposit_to_bill[accounts[is_billed]] = cents[is_billed]
    _move(world, accounts[~is_billed], on, "received", cents[~is_billed])
    people.good_since[accounts] = month_of_day(on)


def bill(world: World, rows: Rows, on: int) -> np.ndarray:
    """Cents of deposit that bills ask; they are held from then on. A final bill asks none."""
    people, accounts = world.people, rows["account"]
    cents = people.deposit_to_bill[accounts] * (rows["kind"] != FINAL)
    people.deposit_to_bill[accounts] = 0
    asked = cents > 0
    if asked.any():
        people.good_since[accounts[asked]] = month_of_day(on)
        _move(world, accounts[asked], on, "received", cents[asked])
    return cents


def apply(world: World, accounts: np.ndarray, on: int) -> None:
    """With the final bill a deposit covers what is owed, and the rest goes back the same day."""
    people = world.people
    accounts = accounts[people.deposit_held[accounts] > 0]
    if not len(accounts):
        return
    owed = np.maximum(people.balance[accounts] - people.received[accounts], 0)
    cents = np.minimum(people.deposit_held[accounts], owed)
    used = cents > 0
    owing, cents, month = accounts[used], cents[used], month_of_day(on)
    if len(owing):
        numbers = bill_number(people.key[owing], month, FINAL)
        world.adjust(owing, on, "deposit_applied", -cents, month, "S", bill=numbers)
        world.items.reduce(owing, numbers, cents, CHARGE, people.count)
        _move(world, owing, on, "applied", cents)
    left = accounts[people.deposit_held[accounts] > 0]
    _move(world, left, on, "refunded", people.deposit_held[left])


def plan_month(world: World, month: int) -> None:
    """Give back the deposits of accounts that have had no penalty, waived or not, for long enough."""
    people, needed = world.people, world.city.deposit_good_months
    if not needed:
        return
    accounts = people.active(first_day(month))
    accounts = accounts[people.deposit_held[accounts] > 0]
    accounts = np.sort(accounts[month - people.good_since[accounts] > needed])
    day = first_day(month) + world.draws.whole("deposit refund", people.key[accounts], 4, 24, month)
    world.deposit_refunds.put(world.work.following(day), account=accounts)


def refund(world: World, on: int) -> None:
    """Send the day's deposits back; those of accounts that have closed wait for the final bill."""
    rows = world.deposit_refunds.pop(on)
    if rows is None:
        return
    people, accounts = world.people, rows["account"]
    accounts = accounts[(people.closed[accounts] > on) & (people.deposit_held[accounts] > 0)]
    _move(world, accounts, on, "refunded", people.deposit_held[accounts])


def _move(world: World, accounts: np.ndarray, on: int, kind: str, cents: np.ndarray) -> None:
    """Post rows of the deposit ledger and keep what is held."""
    people = world.people
    world.sink.add(
        "deposits",
        len(accounts),
        key=people.key[accounts],
        account=accounts,
        month=month_of_day(on),
        letter=ord(_LETTERS[kind]),
        posted_on=on,
        kind=kind,
        cents=cents.copy(),
    )
    people.deposit_held[accounts] += cents if kind == "received" else -cents
