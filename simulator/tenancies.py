"""People: who moves, who enrols for drafts, and what becomes of closed accounts."""

from __future__ import annotations

import numpy as np

from simulator import books, deposits
from simulator.accounts import BANK, CARD, NEVER, NO_AUTOPAY, NO_PROGRAM, PENDING, TENANCIES
from simulator.agenda import begins, take
from simulator.calendars import first_day, month_of_day, months_of_days
from simulator.cities import ACCOUNT, SERVICES
from simulator.payers import CASH, WALK_IN
from simulator.reading import read_meters, start_use
from simulator.schedule import final_bill_day
from simulator.world import FINAL, World

REFUND, WRITE_OFF, HAND_ON, RECOVER = range(4)


def plan_month(world: World, month: int) -> None:
    """Decide who moves and who enrols in a month."""
    people, draws, rates = world.people, world.draws, world.rates.closing
    accounts = people.active(first_day(month))
    keys = people.key[accounts]
    yearly = np.array([world.rates.moves.owners, world.rates.moves.tenants])[people.occupancy[accounts]]
    moves = draws.uniform("moves", keys, month) < yearly / 12
    # The last read is taken by a crew, on a working day.
    day = world.work.following(first_day(month) + draws.whole("move day", keys[moves], 0, 27, month))
    world.moves.put(day, account=accounts[moves])
    enrols = (people.autopay[accounts] == NO_AUTOPAY) & (people.returned_checks[accounts] < 3)
    enrols &= draws.uniform("enrols", keys, month) < rates.enrols_a_year / 12
    day = first_day(month) + draws.whole("enrol day", keys[enrols], 0, 27, month)
    world.enrolments.put(day, account=accounts[enrols])


def change_drafts(world: World, on: int) -> None:
    """Enrol for drafts, and start those that have waited (R24)."""
    people = world.people
    rows = world.enrolments.pop(on)
    if rows is not None:
        accounts = rows["account"]
        accounts = accounts[(people.closed[accounts] > on) & (people.autopay[accounts] == NO_AUTOPAY)]
        people.autopay[accounts] = PENDING
        people.autopay_since[accounts] = on
        world.remember_status(accounts, on, "active")
        world.activations.put(on + world.rates.closing.activation_days, account=accounts)
    rows = world.activations.pop(on)
    if rows is not None:
        accounts = rows["account"]
        accounts = accounts[(people.closed[accounts] > on) & (people.autopay[accounts] == PENDING)]
        is_card = world.draws.uniform("draft by card", people.key[accounts]) < world.rates.drafts.by_card
        people.autopay[accounts] = np.where(is_card | (people.returned_checks[accounts] >= 3), CARD, BANK)
        world.remember_status(accounts, on, "active")


def move(world: World, on: int) -> None:
    """Close accounts with a final read and open the next ones at the same premises (R91)."""
    rows = world.moves.pop(on)
    if rows is None:
        return
    accounts = np.sort(rows["account"])
    accounts = accounts[may_close(world, accounts, on)]
    if len(accounts):
        close(world, accounts, on)


def may_close(world: World, accounts: np.ndarray, on: int) -> np.ndarray:
    """Which accounts can have a final read today."""
    people = world.people
    settled = (people.opened[accounts] <= on - 25) & (people.last_read[accounts] < on)
    settled &= people.key[accounts] % TENANCIES < TENANCIES - 1
    return settled & (people.closed[accounts] == NEVER)


def close(world: World, accounts: np.ndarray, on: int) -> None:
    """Close accounts with a final read and open the next ones at the same premises."""
    people = world.people
    month = month_of_day(on)
    reads = read_meters(people, accounts, on, month, is_final=True)
    world.keep_reads(reads, "final")
    # The final bill comes after the regular one that is still under way.
    bill_on = np.maximum(
        final_bill_day(world.city, world.work, on),
        world.work.following(np.maximum(people.next_bill[accounts] + 1, on)),
    )
    reads = {**reads, "period": months_of_days(bill_on)}
    world.bills.put(bill_on, **reads, kind=np.full(len(accounts), FINAL))
    people.closed[accounts] = on
    people.autopay[accounts] = NO_AUTOPAY  # R26
    people.autopay_since[accounts] = -1
    people.program[accounts] = NO_PROGRAM
    world.remember_status(accounts, on, "final")
    new = people.open(people.key[accounts] + 1, on)
    people.holder[people.premise[new]] = new
    start_use(people, new, on)
    world.remember_status(new, on, "active")
    deposits.take(world, new, on)


def review_closed(world: World, on: int) -> None:
    """Closed accounts: refund credits, hand balances on, write off, and now and then recover (B3)."""
    rows = world.reviews.pop(on)
    if rows is None:
        return
    steps = {REFUND: _refund, WRITE_OFF: _write_off, HAND_ON: _hand_on, RECOVER: _recover}
    for what, step in steps.items():
        which = rows["what"] == what
        if which.any():
            chosen = take(rows, which)
            step(world, chosen["account"], chosen["period"], on)


def _refund(world: World, accounts: np.ndarray, period: np.ndarray, on: int) -> None:
    """Send back what a closed account has too much."""
    people = world.people
    which = people.balance[accounts] <= -world.rates.closing.smallest_refund_cents
    accounts, period = accounts[which], period[which]
    cents = -people.balance[accounts]
    _debit(world, accounts, "refund", cents, period, "N", on, books.REFUND)


def _write_off(world: World, accounts: np.ndarray, period: np.ndarray, on: int) -> None:
    """Write off what a closed account still owes after nine months; a few pay in the end."""
    people = world.people
    which = people.balance[accounts] - people.received[accounts] > 0
    accounts, period = accounts[which], period[which]
    cents = people.balance[accounts] - people.received[accounts]
    world.adjust(accounts, on, "write_off", -cents, period, "O")
    luck = world.draws.uniform("recovers", people.key[accounts])
    share = world.rates.closing.recovered
    pays = (luck < share) & (people.hold_until[accounts] != NEVER)  # nothing more comes of a bankruptcy
    wait = 60 + np.floor(luck[pays] / max(share, 1e-9) * 150).astype(np.int64)
    days = world.posting_days(on + wait)
    world.reviews.put(
        days, account=accounts[pays], period=period[pays], what=np.full(int(pays.sum()), RECOVER)
    )
    people.written_off[accounts] = cents


def _recover(world: World, accounts: np.ndarray, period: np.ndarray, on: int) -> None:
    """A recovery reinstates the debt that the payment beside it settles."""
    cents = world.people.written_off[accounts]
    _debit(world, accounts, "recovery", cents, period, "Y", on, books.CHARGE)
    count = len(accounts)
    world.receipts.put(
        on,
        account=accounts,
        period=period,
        cents=cents,
        channel=np.full(count, WALK_IN),
        tender=np.full(count, CASH),
        letter=np.full(count, ord("Y")),
        is_capped=np.ones(count, bool),
        bill=np.full(count, -1),
        fund=np.zeros(count, np.int64),
        posted=np.full(count, on),
    )


def _debit(world: World, accounts, kind: str, cents, period, letter: str, on: int, rank: int) -> None:
    """Post a debit that is due at once and belongs to no service."""
    world.adjust(accounts, on, kind, cents, period, letter, due_on=on)
    by_service = np.zeros((len(accounts), len(SERVICES)), np.int64)
    by_service[:, ACCOUNT] = cents
    world.items.add(accounts, on, on, rank, by_service)


def _hand_on(world: World, accounts: np.ndarray, period: np.ndarray, on: int) -> None:
    """Move an old balance to the household's new account, one row per original due date, on both (R91)."""
    people = world.people
    is_free = (people.received[accounts] == 0) & (people.balance[accounts] > 0)
    is_free &= (people.disputed[accounts] == 0) & (people.agreed[accounts] == 0)
    accounts, period = accounts[is_free], period[is_free]
    if not len(accounts):
        return
    owners, due, cents = world.items.by_due_date(people.balance, accounts)
    new = people.holder[people.premise[owners]]
    # Nobody moves twice within three weeks of a final bill, so the next tenancy is the household's own.
    follows = people.key[new] == people.key[owners] + 1
    owners, due, cents, new = owners[follows], due[follows], cents[follows], new[follows]
    if not len(owners):
        return
    starts = np.flatnonzero(begins(owners))
    place = np.arange(len(owners)) - np.repeat(starts, np.diff(np.r_[starts, len(owners)]))
    month = np.full(len(owners), month_of_day(on))
    for row in range(int(place.max()) + 1):
        which = place == row
        common = {"origin_due_on": due[which], "due_on": due[which]}
        # An account may take over a balance and hand one on in one month: the sides have letters apart.
        handed_on, taken_over = ord("0") + row, ord("a") + row
        world.adjust(
            owners[which],
            on,
            "balance_transfer",
            -cents[which],
            month[which],
            handed_on,
            related=new[which],
            **common,
        )
        world.adjust(
            new[which],
            on,
            "balance_transfer",
            cents[which],
            month[which],
            taken_over,
            related=owners[which],
            **common,
        )
        by_service = np.zeros((int(which.sum()), len(SERVICES)), np.int64)
        by_service[:, ACCOUNT] = cents[which]
        world.items.add(new[which], due[which], on, books.CHARGE, by_service)
