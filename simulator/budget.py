"""Budget billing: a level amount falls due each month, and the difference is settled once a year (R80)."""

from __future__ import annotations

import numpy as np

from simulator.accounts import BANK, PROMPT, Accounts
from simulator.agenda import Rows
from simulator.books import CHARGE, DEFERRED
from simulator.calendars import first_day, month_of_day
from simulator.cities import RESIDENTIAL, OneTimeCredit
from simulator.tariffs import round_half_up
from simulator.world import REGULAR, World

_BILLS = 12  # the level is the mean of so many bills
_SETTLED_AFTER_DAYS = 300  # who enrolled this year does not settle in this year's month


def remember_bills(people: Accounts, rows: Rows) -> None:
    """Keep what regular bills came to, deposits left out, in a ring of twelve."""
    accounts = rows["account"]
    place = people.billed_count[accounts] % _BILLS
    people.billed_cents[accounts, place] = rows["cents"] - rows["deposit_cents"]
    people.billed_months[accounts, place] = rows["months"]
    people.billed_count[accounts] += 1


def _level(people: Accounts, accounts: np.ndarray) -> np.ndarray:
    """Cents: the mean month of the last twelve bills in whole dollars."""
    months = np.maximum(people.billed_months[accounts].sum(axis=1), 1)
    return 100 * np.maximum(round_half_up(people.billed_cents[accounts].sum(axis=1), months), 1)


def plan_month(world: World, month: int) -> None:
    """Once a year homes that pay promptly or by draft may enrol."""
    people, rates = world.people, world.rates.budget
    if not world.city.has_budget_billing or month % 12 + 1 != rates.month:
        return
    accounts = people.active(first_day(month))
    keys = people.key[accounts]
    pays_well = (people.habit[accounts] == PROMPT) | (people.autopay[accounts] >= BANK)
    may = pays_well & (people.customer_class[accounts] == RESIDENTIAL) & ~people.on_budget[accounts]
    enrols = may & (world.draws.uniform("budget billing", keys, month) < rates.yearly_share)
    day = first_day(month) + world.draws.whole("budget day", keys[enrols], 0, 27, month)
    world.budgets.put(day, account=accounts[enrols])


def enrol(world: World, on: int) -> None:
    """Begin level payments for those of the day who have had a year of bills and owe nothing late."""
    rows = world.budgets.pop(on)
    if rows is None:
        return
    people, accounts = world.people, np.sort(rows["account"])
    level = _level(people, accounts)
    is_free = (people.closed[accounts] > on) & (people.billed_count[accounts] >= _BILLS)
    is_free &= (people.agreed[accounts] == 0) & (people.disputed[accounts] == 0) & ~people.is_off[accounts]
    is_free &= world.asked(accounts) <= level * 3 // 2
    accounts = accounts[is_free]
    people.on_budget[accounts] = True
    people.budget_level[accounts] = level[is_free]
    people.budget_since[accounts] = on
    world.remember_status(accounts, on, "active")


def level_bills(world: World, rows: Rows, total: np.ndarray, on: int) -> tuple[np.ndarray, np.ndarray]:
    """What falls due of bills before they are posted: less or more than all only of regular ones.

    In the month of the year in which all settle it is the bill and all that was put off, and there is a new
    level.

    Returns:
        Cents, and on which bills that is a level or settling amount.
    """
    people, accounts = world.people, rows["account"]
    is_level = people.on_budget[accounts] & (rows["kind"] == REGULAR)
    if not is_level.any():
        return total, is_level
    missed = is_level & _missed_two(world, accounts, on)
    end(world, accounts[missed], on, "active")
    is_level &= ~missed
    of_level = round_half_up(people.budget_level[accounts] * rows["months"], 100)
    settles = is_level & (rows["period"] % 12 + 1 == world.rates.budget.month)
    settles &= on - people.budget_since[accounts] > _SETTLED_AFTER_DAYS
    whole = total + people.deferred[accounts]
    falls_due = np.where(settles, whole, np.where(is_level, of_level, total))
    people.deferred[accounts] += np.where(is_level, total - falls_due, 0)
    people.budget_level[accounts[settles]] = _level(people, accounts[settles])
    return falls_due, is_level


def post(world: World, rows: Rows, due: np.ndarray, by_service: np.ndarray, is_level, on: int) -> None:
    """Add bills to the debts; of a level payer the oldest charges fall due, as far as the level amounts go.

    What they do not reach waits for the next ones, and falls due at once with a bill that is not level.
    """
    people, items = world.people, world.items
    accounts, numbers = rows["account"], rows["number"]
    levels = is_level | people.puts_off[accounts]
    plain = ~levels
    items.add(accounts[plain], due[plain], on, CHARGE, by_service[plain], numbers[plain])
    if not levels.any():
        return
    accounts, numbers, by_service = accounts[levels], numbers[levels], by_service[levels]
    items.add(accounts, np.full(len(accounts), DEFERRED), on, CHARGE, by_service, numbers)
    waiting = items.deferred(accounts, people.count)
    stays = np.clip(people.deferred[accounts], 0, waiting)
    items.let_fall_due(accounts, waiting - stays, due[levels], numbers, on, people.count)
    people.puts_off[accounts] = stays > 0


def _missed_two(world: World, accounts: np.ndarray, on: int) -> np.ndarray:
    """Which accounts are past due with two level amounts; a bill that is due later is not missed."""
    people = world.people
    two = 2 * people.budget_level[accounts]
    missed = world.asked(accounts) >= two
    if missed.any():
        some = accounts[missed]
        late = world.items.past_due(people.balance - people.received, some, on - 1)
        missed[missed] = late - people.agreed[some] - people.disputed[some] >= two[missed]
    return missed


def end(world: World, accounts: np.ndarray, on: int, status: str) -> None:
    """End level payments: with the final bill, or after two missed bills. What was put off falls due."""
    people = world.people
    accounts = accounts[people.on_budget[accounts]]
    if len(accounts):
        people.on_budget[accounts] = False
        people.deferred[accounts] = 0
        world.remember_status(accounts, on, status)


def spread_credit(world: World, accounts: np.ndarray, credit: OneTimeCredit, on: int) -> np.ndarray:
    """Put a one-time credit to level payers off in monthly parts (W27); returned is who has it at once."""
    on_budget = world.people.on_budget[accounts]
    level = accounts[on_budget]
    part = credit.cents // credit.budget_parts
    left = credit.cents
    if len(level):
        for place in range(credit.budget_parts):
            cents = part if place + 1 < credit.budget_parts else left
            day = first_day(month_of_day(on) + place) + on - first_day(month_of_day(on))
            world.credit_parts.put(
                day,
                account=level,
                cents=np.full(len(level), cents),
                left=np.full(len(level), left),
                service=np.full(len(level), credit.service),
                event=np.full(len(level), credit.event_id),
            )
            left -= cents
    return accounts[~on_budget]


def post_parts(world: World, on: int) -> None:
    """Post the day's parts; an account that has closed gets at once what is left, and then nothing more."""
    rows = world.credit_parts.pop(on)
    if rows is None:
        return
    people, accounts = world.people, rows["account"]
    month_before = first_day(month_of_day(on) - 1) + on - first_day(month_of_day(on))
    is_closed = people.closed[accounts] <= on
    is_done = people.closed[accounts] <= month_before
    cents = np.where(is_closed, rows["left"], rows["cents"])
    which = ~is_done
    if which.any():
        event = str(rows["event"][0])
        service = rows["service"][which]
        world.adjust(
            accounts[which], on, "rebate", -cents[which], month_of_day(on), "B", service=service, event=event
        )
