"""Assistance: the city's programs, and emergency money for those behind (R68, R79).

Dollar Help credits winter bills of enrolled homes. Water H2O is a discount on the bill, so here it is only a
program of the account. CARES Act and IRAP money goes to accounts that are past due.
"""

from __future__ import annotations

import numpy as np

from simulator.accounts import DOLLAR_HELP, NO_PROGRAM, WATER_H2O
from simulator.agenda import Rows, length, take
from simulator.calendars import day, first_day, last_day, month_of, month_of_day
from simulator.payers import ASSISTANCE, ASSISTANCE_TENDER, FUNDS, plan_payment
from simulator.world import World

HELP_FUND, CARES, IRAP = range(1, 4)
_WINTER = (11, 12, 1, 2, 3)
CARES_MONTHS = range(month_of("2020-09"), month_of("2021-01"))
CARES_LAST = day("2020-12-30")  # S0
IRAP_MONTHS = range(month_of("2020-12"), month_of("2021-04"))
LETTER = "A"


def is_winter(month: int) -> bool:
    """Whether Dollar Help is given in a month."""
    return month % 12 + 1 in _WINTER


def plan_month(world: World, month: int) -> None:
    """Who enters or leaves a program this month, and who is granted emergency money."""
    _plan_programs(world, month)
    rates = world.rates.assistance
    if month in CARES_MONTHS:
        _plan_emergency(world, month, CARES, rates.cares)
    if month in IRAP_MONTHS:
        _plan_emergency(world, month, IRAP, rates.irap)


def _plan_programs(world: World, month: int) -> None:
    """Dollar Help from November, ended on 1 April; Water H2O for whole years from a month of one's own."""
    people, draws, rates = world.people, world.draws, world.rates.assistance
    first = first_day(month)
    accounts = people.active(first)
    accounts = accounts[people.needs_help[accounts]]
    if not len(accounts):
        return
    keys, program = people.key[accounts], people.program[accounts]
    season = month // 12 + (month % 12 >= 10)
    wants_help = draws.uniform("dollar help", keys, season) < rates.dollar_help_program
    if month % 12 == 3:
        _put(world, accounts[program == DOLLAR_HELP], first, NO_PROGRAM)
    if is_winter(month) and month % 12 != 2:
        starts = (program == NO_PROGRAM) & wants_help
        starts &= draws.uniform("dollar help month", keys, month) < 0.5
        days = first + draws.whole("dollar help day", keys[starts], 2, 24, month)
        _put(world, accounts[starts], days, DOLLAR_HELP)
    anniversary = draws.whole("water program month", keys, 0, 11) == month % 12
    wants_water = draws.uniform("water program", keys, month // 12) < rates.water_program
    _put(world, accounts[anniversary & (program == NO_PROGRAM) & wants_water], first, WATER_H2O)
    _put(world, accounts[anniversary & (program == WATER_H2O) & ~wants_water], first, NO_PROGRAM)


def _put(world: World, accounts: np.ndarray, days: np.ndarray | int, program: int) -> None:
    """Put a change of the program on the calendar."""
    world.programs.put(days, account=accounts, program=np.full(len(accounts), program))


def _plan_emergency(world: World, month: int, fund: int, share: float) -> None:
    """Choose among those past due at the beginning of a month; the money pays what they are behind."""
    if not share:
        return
    people, draws, rates = world.people, world.draws, world.rates.assistance
    first = first_day(month)
    accounts = people.active(first)
    unpaid = people.balance - people.received
    accounts = accounts[unpaid[accounts] >= rates.arrears_cents]
    keys = people.key[accounts]
    accounts = accounts[draws.uniform(f"granted {FUNDS[fund]}", keys, month) < share]
    behind = world.items.past_due(unpaid, accounts, first)
    accounts, behind = accounts[behind >= rates.arrears_cents], behind[behind >= rates.arrears_cents]
    keys = people.key[accounts]
    days = draws.whole(f"grant day {FUNDS[fund]}", keys, first + 4, last_day(month) - 2, month)
    cents = np.minimum(behind, rates.most_cents)
    _grant(world, accounts, np.full(len(accounts), month), cents, np.full(len(accounts), fund), days)


def plan_help(world: World, rows: Rows, on: int) -> None:
    """Dollar Help on a day's bills, for homes that are in the program."""
    people, draws, rates = world.people, world.draws, world.rates.assistance
    accounts = rows["account"]
    which = np.flatnonzero(people.program[accounts] == DOLLAR_HELP)
    if not len(which):
        return
    accounts, period = accounts[which], rows["period"][which]
    keys = people.key[accounts]
    helped = (world.asked(accounts) > 2000) & (draws.uniform("helped", keys, period) < rates.helped)
    accounts, period, keys = accounts[helped], period[helped], keys[helped]
    least, most = rates.help_cents
    cents = least + 100 * draws.whole("help", keys, 0, (most - least) // 100, period)
    days = on + 6 + draws.whole("help day", keys, 0, 10, period)
    _grant(world, accounts, period, cents, np.full(len(accounts), HELP_FUND), days)


def _grant(world: World, accounts, period, cents, fund, days) -> None:
    """Put grants on the calendar: on open days, and after the closure of the outage."""
    if not len(accounts):
        return
    days = world.work.following(days)
    for closure in world.city.outage.closures if world.city.outage else ():
        if closure.channel == "assistance":
            luck = world.draws.whole(
                "grant waits", world.people.key[accounts], 1, closure.backlog_days, period
            )
            hit = (days >= closure.first) & (days <= closure.last)
            days = np.where(hit, closure.last + luck, days)
    world.grants.put(days, account=accounts, period=period, cents=cents, fund=fund)


def step(world: World, on: int) -> None:
    """Change the programs of the day and hand out its grants."""
    _change_programs(world, on)
    rows = world.grants.pop(on)
    if rows is None:
        return
    people = world.people
    _, first = np.unique(rows["account"], return_index=True)
    rows = take(rows, np.sort(first))
    accounts, fund, month = rows["account"], rows["fund"], month_of_day(on)
    in_program = (people.program[accounts] == DOLLAR_HELP) & is_winter(month)
    may = np.where(fund == HELP_FUND, in_program, (fund != CARES) | (on <= CARES_LAST))
    may &= (people.closed[accounts] > on) & (people.granted[accounts] < month)  # one grant a month
    cents = np.minimum(rows["cents"], world.asked(accounts))
    rows = take({**rows, "cents": cents}, may & (cents > 0))
    if length(rows):
        people.granted[rows["account"]] = month
        _hand_out(world, rows, np.full(length(rows), month), on)


def _hand_out(world: World, rows: Rows, month: np.ndarray, on: int) -> None:
    """Some grants are credited as adjustments, the others arrive as payments."""
    accounts, fund, cents = rows["account"], rows["fund"], rows["cents"]
    luck = world.draws.uniform("grant as adjustment", world.people.key[accounts], month)
    credited = luck < world.rates.assistance.as_adjustment
    world.adjust(
        accounts[credited],
        on,
        "assistance",
        -cents[credited],
        month[credited],
        LETTER,
        fund_source=np.array(FUNDS)[fund[credited]],
    )
    paid = ~credited
    plan = plan_payment(
        accounts[paid],
        month[paid],
        cents[paid],
        ASSISTANCE,
        ASSISTANCE_TENDER,
        "V",
        fund=fund[paid],
    )
    world.receipts.put(on, **plan, posted=np.full(int(paid.sum()), on))


def _change_programs(world: World, on: int) -> None:
    """Enter and leave programs."""
    rows = world.programs.pop(on)
    if rows is None:
        return
    people = world.people
    rows = take(rows, people.closed[rows["account"]] > on)
    people.program[rows["account"]] = rows["program"]
    world.remember_now(rows["account"], on)
