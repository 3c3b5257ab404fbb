"""Holds: reasons not to shut an account off, each with its days."""

from __future__ import annotations

import datetime as dt

import numpy as np

from simulator.accounts import NEVER
from simulator.agenda import Rows, take
from simulator.calendars import EPOCH, date_of
from simulator.cities import RESIDENTIAL
from simulator.trouble import keeps_an_agreement
from simulator.world import World

KINDS = ("medical", "weather", "bankruptcy", "other")
MEDICAL, WEATHER, BANKRUPTCY, OTHER = range(4)
# A renewed medical hold has the month of the one before in its name.
_LETTERS = np.frombuffer(b"MWBON", np.uint8)
_RENEWED = 4
_BEGINS, _ENDS = range(2)


def spell_until(world: World, on: int) -> int:
    """Last day of the cold or hot spell that a day is in, or -1."""
    year = date_of(on).year
    for place, (month, day, days) in enumerate(world.rates.holds.spells):
        first = (dt.date(year, month, day) - EPOCH).days + (year * 7 + place * 3) % 10
        if first <= on < first + days:
            return first + days - 1
    return -1


def propose(world: World, accounts: np.ndarray, month: int, on: int) -> None:
    """Decide which of the accounts that got a notice bring a reason to wait."""
    people, rates, draws = world.people, world.rates.holds, world.draws
    luck = draws.uniform("hold", people.key[accounts], month)
    steps = np.cumsum([rates.medical, rates.bankruptcy, rates.other])
    kinds = np.array([MEDICAL, BANKRUPTCY, OTHER, -1])[np.searchsorted(steps, luck, side="right")]
    is_home = people.customer_class[accounts] == RESIDENTIAL
    which = np.flatnonzero((kinds >= 0) & (is_home | (kinds == OTHER)))
    wait = draws.whole("hold day", people.key[accounts[which]], 2, 6, month)
    world.holds.put(
        world.work.following(on + wait),
        account=accounts[which],
        month=np.full(len(which), month),
        kind=kinds[which],
        letter=_LETTERS[kinds[which]].astype(np.int64),
        starts=np.full(len(which), -1),
        what=np.full(len(which), _BEGINS),
    )


def step(world: World, on: int) -> None:
    """Begin and end the holds of a day."""
    rows = world.holds.pop(on)
    if rows is None:
        return
    _end(world, take(rows, rows["what"] == _ENDS), on)
    _begin(world, take(rows, rows["what"] == _BEGINS), on)


def _keep(world: World, rows: Rows, ends: np.ndarray) -> None:
    """Keep rows of holds, named by the month of the notice; one that is kept again restates the first."""
    accounts = rows["account"]
    world.sink.add(
        "holds",
        len(accounts),
        key=world.people.key[accounts],
        account=accounts,
        month=rows["month"],
        letter=rows["letter"],
        kind=rows["kind"],
        starts_on=rows["starts"],
        ends_on=ends,
    )


def _begin(world: World, rows: Rows, on: int) -> None:
    """Begin holds, open: when a medical one ends is decided by the doctor, later."""
    people, draws, rates = world.people, world.draws, world.rates.holds
    accounts = rows["account"]
    free = (people.closed[accounts] == NEVER) & ~people.is_off[accounts] & (people.hold_until[accounts] < on)
    # Who keeps an agreement does not file for bankruptcy.
    free &= (rows["kind"] != BANKRUPTCY) | ~keeps_an_agreement(people, accounts, on)
    rows = take(rows, free)
    accounts, kinds = rows["account"], rows["kind"]
    if not len(accounts):
        return
    keys, moment = (
        people.key[accounts],
        rows["month"] * len(_LETTERS) + (rows["letter"] == _LETTERS[_RENEWED]),
    )
    rows["starts"] = np.full(len(accounts), on)
    _keep(world, rows, np.full(len(accounts), -1))
    days = np.where(
        kinds == MEDICAL,
        draws.whole("medical days", keys, *rates.medical_days, moment),
        draws.whole("hold days", keys, *rates.other_days, moment),
    )
    for_good = kinds == BANKRUPTCY
    people.hold_until[accounts] = np.where(for_good, NEVER, on + days)
    rows["what"] = np.full(len(accounts), _ENDS)
    world.holds.put((on + days)[~for_good], **take(rows, ~for_good))
    # The old account ends with the petition; the household goes on under a new one.
    closes = world.work.following(on + 7 + draws.whole("petition", keys[for_good], 0, 10, moment[for_good]))
    world.closings.put(closes, account=accounts[for_good])


def _end(world: World, rows: Rows, on: int) -> None:
    """End holds; some medical ones are renewed the day after, once."""
    accounts = rows["account"]
    if not len(accounts):
        return
    _keep(world, rows, np.full(len(accounts), on))
    luck = world.draws.uniform("hold renewed", world.people.key[accounts], rows["month"])
    again = take(rows, (rows["letter"] == _LETTERS[MEDICAL]) & (luck < world.rates.holds.renewed))
    count = len(again["account"])
    again["letter"] = np.full(count, _LETTERS[_RENEWED], np.int64)
    again["what"] = np.full(count, _BEGINS)
    world.holds.put(on + 1, **again)


def wait_for_the_weather(world: World, rows: Rows, on: int) -> Rows:
    """Put off the shut-offs of a cold or hot spell to the day after it; those that go on are returned."""
    until = spell_until(world, on)
    accounts = rows["account"]
    if until < 0 or not len(accounts):
        return rows
    count = len(accounts)
    weather = {
        "account": accounts,
        "month": rows["month"],
        "kind": np.full(count, WEATHER),
        "letter": np.full(count, _LETTERS[WEATHER], np.int64),
        "starts": np.full(count, on),
    }
    _keep(world, weather, np.full(count, until))
    later = int(world.work.following(np.array([until + 1]))[0])
    world.people.hold_until[accounts] = until
    world.people.case_until[accounts] = later
    world.cuts.put(later, **rows)
    return take(rows, np.zeros(count, bool))
