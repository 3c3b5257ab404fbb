"""What accounts owe on the first day of the data, from bills that are not in it: one row per due date."""

from __future__ import annotations

import numpy as np

from simulator import books
from simulator.accounts import BANK
from simulator.calendars import month_of_day
from simulator.cities import ACCOUNT, SERVICES
from simulator.payers import AUTOPAY_CHANNEL, BANK_DRAFT, CARD_TENDER, choose_ways, plan_payment, schedule
from simulator.schedule import statement_days
from simulator.world import World

LAST, BEFORE = "Z", "z"


def post(world: World) -> None:
    """Post the opening balances on the first day: the last bill, the one before it, or a credit."""
    people, rates = world.people, world.rates.opening
    month = month_of_day(world.start)
    accounts = people.active(world.start)
    keys = people.key[accounts]
    luck = world.draws.uniform("opening", keys)
    usual = rates.usual_cents * people.premises.scale[people.premise[accounts]]
    owes_before = (luck < rates.owes_bill_before) & (usual > 0)
    owes_last = luck < rates.owes_last_bill
    for letter, which, back in ((BEFORE, owes_before, 2), (LAST, owes_last, 1)):
        due = _due_days(world, month - back)[people.group[accounts[which]]]
        spread = np.exp(0.4 * world.draws.normal("opening bill", keys[which], back))
        cents = np.maximum((usual[which] * spread).astype(np.int64), 100)
        _post(world, accounts[which], month, letter, cents, due)
        if letter == LAST:
            _plan(world, accounts[which], month - back, cents, due)
    is_ahead = luck > 1 - rates.is_ahead
    cents = -(1000 + world.draws.whole("opening credit", keys[is_ahead], 0, 9000))
    world.adjust(accounts[is_ahead], world.start, "opening_balance", cents, month, LAST)


def _due_days(world: World, period: int) -> np.ndarray:
    """The due date of each group's statement."""
    return (
        np.array([days.bill_on for days in statement_days(world.city, world.work, period)])
        + world.city.due_days
    )


def _post(
    world: World, accounts: np.ndarray, month: int, letter: str, cents: np.ndarray, due: np.ndarray
) -> None:
    """Post debts with their due dates; they belong to no service."""
    world.adjust(accounts, world.start, "opening_balance", cents, month, letter, due_on=due)
    by_service = np.zeros((len(accounts), len(SERVICES)), np.int64)
    by_service[:, ACCOUNT] = cents
    world.items.add(accounts, due, world.start, books.CHARGE, by_service)


def _plan(world: World, accounts: np.ndarray, period: int, cents: np.ndarray, due: np.ndarray) -> None:
    """Most pay what is open of the last bill around its due date, the rest with the next bill."""
    people = world.people
    moment = np.full(len(accounts), period)
    keys = people.key[accounts]
    channel, tender = choose_ways(world, accounts, moment)
    by_draft = people.autopay[accounts] >= BANK
    draft = np.where(people.autopay[accounts] == BANK, BANK_DRAFT, CARD_TENDER)
    channel, tender = np.where(by_draft, AUTOPAY_CHANNEL, channel), np.where(by_draft, draft, tender)
    wished = due + np.where(by_draft, 0, world.draws.whole("opening paid", keys, -6, 3))
    days = np.maximum(wished, world.start + 1)
    plan = plan_payment(accounts, moment, cents, channel, tender, "B")
    schedule(world, plan, days)
