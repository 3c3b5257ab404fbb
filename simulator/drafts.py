"""Drafts that a card declines: nothing is paid, no fee is charged, and two in a row end the draft (R94)."""

from __future__ import annotations

import numpy as np

from simulator.accounts import CARD, NO_AUTOPAY
from simulator.world import World


def declined(world: World, accounts: np.ndarray, period: np.ndarray, by_card: np.ndarray) -> np.ndarray:
    """Which of the card drafts for a day's bills fail; it counts them in a row."""
    people, rates = world.people, world.rates.drafts
    before = people.declines[accounts]
    share = np.where(before > 0, rates.declined_again, rates.declined)
    fails = by_card & (world.draws.uniform("draft declined", people.key[accounts], period) < share)
    people.declines[accounts] = np.where(by_card, np.where(fails, before + 1, 0), before)
    return fails


def answer(world: World, accounts: np.ndarray, period: np.ndarray, due: np.ndarray, penalty: np.ndarray):
    """Days from the bill until a declined draft is paid by hand; -1 where it waits for the next bill."""
    rates, keys = world.rates.drafts, world.people.key[accounts]
    luck = world.draws.uniform("notices a declined draft", keys, period)
    soon = due + 2 + world.draws.whole("notices soon", keys, 0, 6, period)
    late = penalty + 3 + world.draws.whole("notices late", keys, 0, 9, period)
    is_late = luck < rates.notices_soon + rates.notices_late
    return np.where(luck < rates.notices_soon, soon, np.where(is_late, late, -1))


def end(world: World, accounts: np.ndarray, on: int) -> None:
    """Put the end of drafts on the calendar, for the day on which the last one fails, when drafts run."""
    if not len(accounts):
        return
    day = int(world.work.following(np.array([on]))[0])
    closures = world.city.outage.closures if world.city.outage else ()
    for closure in closures:
        if closure.channel == "autopay" and closure.first <= day <= closure.last:
            day = int(world.work.following(np.array([closure.last + 1]))[0])
    world.draft_ends.put(day, account=accounts)


def step(world: World, on: int) -> None:
    """End the drafts that were declined too often."""
    rows = world.draft_ends.pop(on)
    if rows is None:
        return
    people = world.people
    accounts = rows["account"]
    accounts = accounts[(people.autopay[accounts] == CARD) & (people.closed[accounts] > on)]
    people.autopay[accounts] = NO_AUTOPAY
    people.autopay_since[accounts] = -1
    people.declines[accounts] = 0
    world.remember_now(accounts, on)
