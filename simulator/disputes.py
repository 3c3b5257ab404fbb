"""Disputes of bills: filed in time, decided by the collector, and appealed (R49, R50)."""

from __future__ import annotations

import numpy as np

from simulator.accounts import NEVER
from simulator.agenda import Rows, take
from simulator.books import CHARGE
from simulator.world import World

LEVELS = ("collector", "finance_director")
OUTCOMES = ("upheld", "denied", "partial")
UPHELD, DENIED, PARTIAL = range(3)
_LETTERS = np.frombuffer(b"DF", np.uint8)
_FILE, _DECIDE = range(2)
_SHORTEST = 7  # days after the bill, when a wrong one has been cancelled already


def plan(world: World, rows: Rows, on: int) -> None:
    """Decide who will dispute a bill of today: more often an estimated, a long or a leak's bill."""
    rates, people, draws = world.rates.disputes, world.people, world.draws
    accounts, period, total = rows["account"], rows["period"], rows["cents"]
    keys = people.key[accounts]
    is_odd = rows["is_estimated"] | rows["has_leak"] | (rows["service_to"] - rows["service_from"] > 45)
    share = np.where(is_odd, rates.of_odd_bills, rates.of_bills)
    which = np.flatnonzero((draws.uniform("disputes", keys, period) < share) & (total > rates.smallest_cents))
    if not len(which):
        return
    keys, period = keys[which], period[which]
    received = np.where(people.is_paperless[accounts[which]], 0, world.city.mail_days)
    wait = received + draws.whole("dispute day", keys, _SHORTEST, world.city.dispute_days, period)
    percent = 20 + draws.whole("dispute share", keys, 0, 8, period) * 10
    _put(
        world,
        on + wait,
        _FILE,
        {
            "account": accounts[which],
            "number": rows["number"][which],
            "month": period,
            "cents": total[which] * percent // 100,
            "level": np.zeros(len(which), np.int64),
            "filed": np.full(len(which), -1),
        },
    )


def _put(world: World, days: np.ndarray, what: int, rows: Rows) -> None:
    """Keep rows for their days."""
    world.disputes.put(days, **{**rows, "what": np.full(len(rows["account"]), what)})


def step(world: World, on: int) -> None:
    """Decide and file the disputes of a day."""
    rows = world.disputes.pop(on)
    if rows is None:
        return
    _decide(world, take(rows, rows["what"] == _DECIDE), on)
    _file(world, take(rows, rows["what"] == _FILE), on)


def _keep(world: World, rows: Rows, decided: int, outcome) -> None:
    """Keep rows of disputes; one that is kept again later restates the first."""
    accounts = rows["account"]
    world.sink.add(
        "disputes",
        len(accounts),
        key=world.people.key[accounts],
        account=accounts,
        month=rows["month"],
        letter=_LETTERS[rows["level"]].astype(np.int64),
        level=rows["level"],
        number=rows["number"],
        filed_on=rows["filed"],
        cents=rows["cents"],
        decided_on=decided,
        outcome=outcome,
    )


def _file(world: World, rows: Rows, on: int) -> None:
    """File what is still unpaid; an account has one dispute at a time."""
    people = world.people
    accounts = rows["account"]
    may = (people.closed[accounts] == NEVER) & ~people.is_off[accounts] & (people.disputed[accounts] == 0)
    may &= (people.agreed[accounts] == 0) & (people.cancelled_bill[accounts] != rows["number"])
    may &= world.asked(accounts) >= rows["cents"]
    rows = take(rows, may)
    accounts = rows["account"]
    if not len(accounts):
        return
    people.disputed[accounts] = rows["cents"]
    rows["filed"] = np.full(len(accounts), on)
    _keep(world, rows, -1, -1)
    wait = world.draws.whole("decision", people.key[accounts], 10, 40, rows["month"] * 2 + rows["level"])
    _put(world, world.posting_days(on + wait), _DECIDE, rows)


def _decide(world: World, rows: Rows, on: int) -> None:
    """Decide: a correction takes off what was billed wrongly, in full or by half; the denied may appeal."""
    accounts = rows["account"]
    if not len(accounts):
        return
    people, rates, draws = world.people, world.rates.disputes, world.draws
    keys = people.key[accounts]
    luck = draws.uniform("outcome", keys, rows["month"] * 2 + rows["level"])
    is_appeal = rows["level"] > 0
    upheld = np.where(is_appeal, rates.upheld_on_appeal, rates.upheld)
    partial = upheld + np.where(is_appeal, rates.partial_on_appeal, rates.partial)
    outcome = np.where(luck < upheld, UPHELD, np.where(luck < partial, PARTIAL, DENIED))
    people.disputed[accounts] = 0
    _keep(world, rows, on, outcome)
    cents = np.where(outcome == UPHELD, rows["cents"], rows["cents"] // 2)
    _correct(world, take(rows, outcome != DENIED), cents[outcome != DENIED], on)
    appeals = (outcome == DENIED) & ~is_appeal
    appeals &= draws.uniform("appeals", keys, rows["month"]) < rates.appealed
    again = take(rows, appeals)
    again["level"] = np.ones(int(appeals.sum()), np.int64)
    wait = draws.whole("appeal day", people.key[again["account"]], 2, 12, again["month"])
    _put(world, on + wait, _FILE, again)


def _correct(world: World, rows: Rows, cents: np.ndarray, on: int) -> None:
    """Post corrections; each takes off the charges of its bill first."""
    accounts = rows["account"]
    if not len(accounts):
        return
    world.adjust(accounts, on, "correction", -cents, rows["month"], "C", bill=rows["number"])
    world.items.reduce(accounts, rows["number"], cents, CHARGE, world.people.count)
