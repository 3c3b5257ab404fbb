"""Late penalties: assessed the day after the penalty date, waived where an event says so (R19 to R35)."""

from __future__ import annotations

import numpy as np

from simulator import mistakes
from simulator.accounts import BANK, TENANCIES
from simulator.agenda import Rows, length, take
from simulator.books import FEE, PENALTY, UNDATED
from simulator.calendars import month_of_day
from simulator.cities import SERVICES, City, Waiver
from simulator.payers import is_closed
from simulator.world import FINAL, REBILL, REGULAR, World

# One bill of a kind in a month has at most one penalty, and that one waiver.
_PENALTY_LETTERS = {REGULAR: "P", FINAL: "Q", REBILL: "R"}
_WAIVER_LETTERS = {REGULAR: "U", FINAL: "V", REBILL: "W"}


def percent_of(cents: np.ndarray, percent: int) -> np.ndarray:
    """A percentage in whole cents, rounded half up."""
    return (cents * percent + 50) // 100


def assess(world: World, on: int) -> None:
    """Assess penalties for the bills whose penalty date was yesterday.

    What budget billing defers, a kept agreement puts off or a dispute concerns bears none (R46, R50, R80),
    and neither does a draft that the city could not run (R65).

    It runs before anything else of the day, so balances are those of the end of the penalty date; money
    received by then counts even if it is posted later.
    """
    people, city = world.people, world.city
    _remember_drafts(world, on - 1)
    rows = world.penalties.pop(on)
    if rows is None:
        return
    rows = take(rows, people.cancelled_bill[rows["account"]] != rows["number"])
    not_drawn = world.undrawn.pop(on - 1 - city.penalty_days + city.due_days, None)
    if not_drawn is not None:
        rows = take(rows, ~np.isin(rows["account"], not_drawn))
    if not length(rows):
        return
    accounts, numbers = rows["account"], rows["number"]
    unpaid = people.balance - people.received
    people.penalty_bill[accounts] = numbers
    people.penalty_day[accounts] = on - 1
    people.penalty_unpaid[accounts] = unpaid[accounts]
    people.penalty_put_off[accounts] = people.agreed[accounts] + people.disputed[accounts]
    cents = percent_of(_base(world, accounts, unpaid), city.penalty_percent)
    people.penalty_cents[accounts] = cents
    people.good_since[accounts[cents > 0]] = month_of_day(on)
    for which, waiver in mistakes.waivers(world, rows, cents, on):
        if which.any():
            _post(world, take(rows, which), cents[which], on, waiver)


def _remember_drafts(world: World, day: int) -> None:
    """Keep whose drafts could not run on a day that has just ended: bills due on it bear no penalty."""
    if is_closed(world, "autopay", "bank_draft", day):
        world.undrawn[day] = np.flatnonzero(world.people.autopay[: world.people.count] >= BANK)


def _left_out(city: City) -> tuple[int, ...]:
    """Kinds of debts that bear no penalty."""
    return (() if city.penalty_on_fees else (FEE,)) + (
        () if city.penalty_mode == "compounding" else (PENALTY,)
    )


def _base(world: World, accounts: np.ndarray, unpaid: np.ndarray) -> np.ndarray:
    """Cents that bear a penalty for the bill last looked at, given what was owed on its penalty date.

    What is agreed or disputed comes off at the end. In compounding earlier penalties bear one too; once per
    bill only what falls due with it does (R28).
    """
    people, city = world.people, world.city
    owing = accounts[unpaid[accounts] > 0]
    base = np.zeros(len(accounts), np.int64)
    base[unpaid[accounts] > 0] = world.items.bearing(
        unpaid,
        owing,
        people.penalty_day,
        is_due=city.penalty_base == "past_due",
        left_out=_left_out(city),
        bills=people.penalty_bill[owing] if city.penalty_mode == "once_per_bill" else None,
    )
    return np.maximum(base - people.penalty_put_off[accounts], 0)


def _letters(numbers: np.ndarray, letters: dict[int, str]) -> np.ndarray:
    """The letter of each bill's kind."""
    table = np.zeros(4, np.int64)
    for kind, letter in letters.items():
        table[kind] = ord(letter)
    return table[numbers % 4]


def _post(world: World, rows: Rows, cents: np.ndarray, on: int, waiver: Waiver | None) -> None:
    """Post penalties, or waive them."""
    people, city = world.people, world.city
    accounts, numbers, period = rows["account"], rows["number"], rows["period"]
    if waiver and not waiver.is_assessed:
        return
    common = {"service": city.penalty_service or -1, "bill": numbers}
    world.adjust(accounts, on, "penalty", cents, period, _letters(numbers, _PENALTY_LETTERS), **common)
    waived = np.zeros(len(accounts), np.int64)
    if waiver:
        waived = cents
        _waive(world, accounts, numbers, period, cents, on, waiver.event_id)
    else:
        by_service = np.zeros((len(accounts), len(SERVICES)), np.int64)
        by_service[:, city.penalty_service] = cents
        is_final = people.is_final[accounts]
        world.items.add(accounts, np.where(is_final, on, UNDATED), on, PENALTY, by_service, numbers)
        people.undated[accounts[~is_final]] = True
        waived = _plan_courtesy(world, rows, cents, on)
    world.penalty_revenue += int(cents.sum())
    world.sink.add(
        "penalty_sheet",
        len(accounts),
        key=people.key[accounts],
        number=numbers,
        posted_on=on,
        cents=cents,
        waived=waived,
    )


def _waive(world: World, accounts, numbers, period, cents, on: int, event: str) -> None:
    """Take penalties back."""
    letters = _letters(numbers, _WAIVER_LETTERS)
    service = world.city.penalty_service or -1
    world.adjust(
        accounts, on, "penalty_waiver", -cents, period, letters, service=service, bill=numbers, event=event
    )
    world.penalty_revenue -= int(cents.sum())


def _plan_courtesy(world: World, rows: Rows, cents: np.ndarray, on: int) -> np.ndarray:
    """Who asks kindly gets the penalty back some days later; what is waived by the run's end is returned."""
    keys = world.people.key[rows["account"]]
    later = int(world.work.following(np.array([on + world.rates.penalties.courtesy_days]))[0])
    asks = world.draws.uniform("courtesy", keys, rows["period"]) < world.rates.penalties.courtesy
    if asks.any():
        world.courtesies.put(later, **take(rows, asks), cents=cents[asks])
    return np.where(asks & (later <= world.end), cents, 0)


def post_courtesies(world: World, on: int) -> None:
    """Post the courtesy waivers of a day; each takes off its penalty first."""
    rows = world.courtesies.pop(on)
    if rows is None:
        return
    _waive(world, rows["account"], rows["number"], rows["period"], rows["cents"], on, "")
    world.items.reduce(rows["account"], rows["number"], rows["cents"], PENALTY, world.people.count)


def penalise_after_return(world: World, rows: Rows, on: int) -> np.ndarray:
    """Post the penalty that a payment had prevented which now comes back after the penalty date (R35).

    The last bill with a penalty date before today bears it, if the payment was received by then and there was
    none: one penalty per bill (R31). It is that of the penalty date without the payment, on no more than
    is open now.

    Returns:
        Cents per row.
    """
    people, city = world.people, world.city
    accounts = rows["account"]
    penalties = np.zeros(len(accounts), np.int64)
    if not city.penalty_after_return or world.waiver(on) is not None:
        return penalties
    was_in_time = (people.penalty_bill[accounts] >= 0) & (rows["received"] <= people.penalty_day[accounts])
    may = was_in_time & (people.penalty_cents[accounts] == 0) & ~_judged_tonight(world, accounts, on)
    accounts = accounts[may]
    if not len(accounts):
        return penalties
    people.penalty_unpaid[accounts] += rows["cents"][may]
    unpaid = np.zeros_like(people.balance)
    unpaid[accounts] = people.penalty_unpaid[accounts]
    open_now = np.maximum(people.balance[accounts] - people.received[accounts], 0)
    cents = percent_of(np.minimum(_base(world, accounts, unpaid), open_now), city.penalty_percent)
    people.penalty_cents[accounts] = cents
    numbers = people.penalty_bill[accounts]
    late = {"account": accounts, "number": numbers, "period": numbers // (4 * TENANCIES) % 1000}
    which = cents > 0
    if which.any():
        _post(world, take(late, which), cents[which], on, None)
    penalties[may] = cents
    return penalties


def _judged_tonight(world: World, accounts: np.ndarray, on: int) -> np.ndarray:
    """Which accounts have a bill whose penalty date is today: its base will hold what has come back."""
    rows = world.penalties.peek(on + 1)
    if rows is None:
        return np.zeros(len(accounts), bool)
    stands = world.people.cancelled_bill[rows["account"]] != rows["number"]
    return np.isin(accounts, rows["account"][stands])
