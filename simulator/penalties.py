"""Late penalties: assessed the day after the penalty date, waived where an event says so (R19 to R35)."""

from __future__ import annotations

import numpy as np

from simulator import budget, mistakes
from simulator.accounts import BANK
from simulator.agenda import Rows, length, take
from simulator.books import PENALTY, UNDATED
from simulator.calendars import month_of_day
from simulator.cities import SERVICES, Waiver
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
    rows = world.penalties.pop(on)
    if rows is None:
        return
    people, city = world.people, world.city
    rows = take(rows, people.cancelled_bill[rows["account"]] != rows["number"])
    if is_closed(world, "autopay", "bank_draft", on - 1 - city.penalty_days + city.due_days):
        rows = take(rows, people.autopay[rows["account"]] < BANK)
    if not length(rows):
        return
    accounts = rows["account"]
    unpaid = people.balance - people.received
    put_off = people.agreed[accounts] + people.disputed[accounts]
    people.penalty_base[accounts] = unpaid[accounts] - put_off
    people.penalty_bill[accounts] = rows["number"]
    people.penalty_day[accounts] = on - 1
    base = np.maximum(unpaid[accounts], 0)
    if city.penalty_base == "past_due":
        owing = base > 0
        base[owing] = world.items.past_due(unpaid, accounts[owing], on - 1)
    base = np.maximum(base - put_off, 0)
    levels = people.on_budget[accounts] & (base > 0)
    base[levels] = budget.past_due(world, accounts[levels], on - 1)
    cents = percent_of(base, city.penalty_percent)
    people.good_since[accounts[cents > 0]] = month_of_day(on)
    for which, waiver in mistakes.waivers(world, rows, cents, on):
        if which.any():
            _post(world, take(rows, which), cents[which], on, waiver)


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

    Only where the bill had no penalty: one penalty per bill cycle (R31).

    Returns:
        Cents per row.
    """
    people, city = world.people, world.city
    accounts, cents = rows["account"], rows["cents"]
    penalties = np.zeros(len(accounts), np.int64)
    if not city.penalty_after_return or world.waiver(on) is not None:
        return penalties
    numbers = people.penalty_bill[accounts]
    before = people.penalty_base[accounts]
    # It must be the payment of the bill whose penalty date was the last one, received in time.
    in_time = (numbers // 400 % 1000 == rows["period"] % 1000) & (
        rows["received"] <= people.penalty_day[accounts]
    )
    base = np.maximum(before + cents, 0)
    penalties = np.where((numbers >= 0) & in_time & (before <= 0), percent_of(base, city.penalty_percent), 0)
    which = penalties > 0
    if which.any():
        late = {"account": accounts[which], "number": numbers[which], "period": rows["period"][which]}
        _post(world, late, penalties[which], on, None)
        people.penalty_base[late["account"]] = base[which]
    return penalties
