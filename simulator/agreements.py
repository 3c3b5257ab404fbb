"""Payment agreements: signed, kept or broken (R46 to R48, R67).

What an agreement puts off (`people.agreed`) is the sum of its installments that are not yet due. Money goes
to the oldest debt, so an installment is met when the debts of the day of signing are paid down to what is not
yet due, whatever the money was meant for. With one that is not, when the policy's day of grace is over, the
agreement is broken and all is due at once.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from simulator import payers
from simulator.accounts import BANK, NEVER
from simulator.agenda import Rows, take
from simulator.calendars import EPOCH, date_of
from simulator.cities import RESIDENTIAL
from simulator.world import World

KINDS = ("hardship", "outage_extended")
HARDSHIP, OUTAGE = range(2)
OUTAGE_EVENT = "outage_due_dates"
_LETTERS = np.frombuffer(b"HX", np.uint8)
_SIGN, _PAY, _DUE = range(3)
_GRACE_DAYS = 1  # an installment missed by more breaks the agreement


def offer(world: World, accounts: np.ndarray, month: int, on: int) -> None:
    """Some of the homes that got a notice ask for an agreement."""
    people = world.people
    luck = world.draws.uniform("asks for an agreement", people.key[accounts], month)
    asks = (luck < world.rates.agreements.hardship) & (people.customer_class[accounts] == RESIDENTIAL)
    _ask(world, accounts[asks], HARDSHIP, month, on)


def offer_after_outage(world: World, accounts: np.ndarray, month: int, on: int) -> None:
    """After the long bill of the outage more time is given to whoever calls for it (R67)."""
    outage = world.city.outage
    if not outage or month != outage.catch_up_period + 1:
        return
    luck = world.draws.uniform("asks after the outage", world.people.key[accounts], month)
    _ask(world, accounts[luck < world.rates.agreements.after_outage], OUTAGE, month, on)


def _ask(world: World, accounts: np.ndarray, kind: int, month: int, on: int) -> None:
    """Put the signing on the calendar."""
    keys = world.people.key[accounts]
    days = world.work.following(on + world.draws.whole("signs", keys, 1, 5, month))
    _put(world, days, _SIGN, account=accounts, month=np.full(len(accounts), month), kind=kind)


def _put(world: World, days: np.ndarray, what: int, account: np.ndarray, **columns) -> None:
    """Keep rows with all columns that the agenda's rows have."""
    row = {"month": 0, "kind": 0, "number": 0, "cents": 0, **columns}
    count = len(account)
    rows = {name: np.broadcast_to(np.asarray(value), (count,)).copy() for name, value in row.items()}
    world.agreements.put(days, account=account, what=np.full(count, what), **rows)


def step(world: World, on: int) -> None:
    """Signatures and installments of a day."""
    rows = world.agreements.pop(on)
    if rows is None:
        return
    alive = world.people.agreement_month[rows["account"]] == rows["month"]
    for what, act in ((_DUE, _fall_due), (_PAY, _pay), (_SIGN, _sign)):
        which = (rows["what"] == what) & (alive | (what == _SIGN))
        if which.any():
            act(world, take(rows, which), on)


def add_months(day_number: int, months: int) -> int:
    """The same day of a later month, or its last."""
    date = date_of(day_number)
    month = date.month - 1 + months
    first = dt.date(date.year + month // 12, month % 12 + 1, 1)
    length = ((first + dt.timedelta(days=31)).replace(day=1) - first).days
    return (first.replace(day=min(date.day, length)) - EPOCH).days


def _sign(world: World, rows: Rows, on: int) -> None:
    """Sign with whoever may: not off (R47), not held, disputing or in an agreement of the last half year.

    Nobody signs on the day of a bill, so that it is clear what the agreement covers; level payers need none.
    """
    people, rates = world.people, world.rates.agreements
    accounts = rows["account"]
    may = (people.closed[accounts] == NEVER) & ~people.is_off[accounts] & (people.disputed[accounts] == 0)
    may &= (people.agreement_until[accounts] + rates.pause < on) & (people.hold_until[accounts] < on)
    may &= (people.autopay[accounts] < BANK) & ~people.on_budget[accounts] & ~people.puts_off[accounts]
    may &= people.next_bill[accounts] != on
    cents = world.asked(accounts)
    may &= cents >= rates.smallest_cents
    rows, cents = take(rows, may), cents[may]
    accounts, months = rows["account"], rows["month"]
    if not len(accounts):
        return
    keys = people.key[accounts]
    most = world.city.agreement_months
    count = world.draws.whole("installments", keys, rates.fewest_installments, most, months)
    # A month apart, on open days, so that each can be brought on its day.
    days = world.work.preceding(np.array([add_months(on, number) for number in range(1, most + 1)]))
    ends = days[count - 1]
    kept = world.draws.uniform("keeps the agreement", keys, months) < rates.kept
    last_kept = world.draws.whole("keeps until", keys, 0, 2, months)
    kept_parts = np.where(kept, count, np.minimum(last_kept, count - 1))
    _plan_installments(world, rows, cents, days, count, kept_parts)
    people.agreed[accounts] = cents
    people.agreement_month[accounts] = months
    people.agreement_signed[accounts] = on
    people.agreement_until[accounts] = ends
    world.sink.add(
        "agreements",
        len(accounts),
        key=keys,
        account=accounts,
        month=months,
        letter=_LETTERS[rows["kind"]].astype(np.int64),
        kind=rows["kind"],
        signed_on=on,
        cents=cents,
        ends_on=ends,
        event=np.where(rows["kind"] == OUTAGE, OUTAGE_EVENT, ""),
    )


def _plan_installments(world: World, rows: Rows, cents, days: np.ndarray, count, kept) -> None:
    """Plan equal installments, the last with the odd cents; after `kept` of them the next is missed."""
    people, accounts, months = world.people, rows["account"], rows["month"]
    people.agreement_fails[accounts] = NEVER
    part = cents // count
    for number in range(1, int(count.max()) + 1):
        which = np.flatnonzero(count >= number)
        due = np.full(len(which), days[number - 1])
        amount = np.where(count[which] == number, cents[which] - part[which] * (number - 1), part[which])
        common = {"account": accounts[which], "month": months[which], "number": number, "cents": amount}
        letters = _LETTERS[rows["kind"][which]].astype(np.int64)
        keys = people.key[accounts[which]]
        world.sink.add("agreement_installments", len(which), **common, key=keys, letter=letters, due_on=due)
        _put_some(world, due, _PAY, kept[which] >= number, common)
        _put_some(world, due, _DUE, kept[which] < number, common)
        world.judgements.put(due + _GRACE_DAYS + 1, account=accounts[which], month=months[which])
        is_missed = kept[which] == number - 1
        people.agreement_fails[accounts[which][is_missed]] = due[is_missed]


def _put_some(world: World, days: np.ndarray, what: int, which: np.ndarray, columns: dict) -> None:
    """Put the chosen rows on the calendar."""
    chosen = {
        name: values[which] if isinstance(values, np.ndarray) else values for name, values in columns.items()
    }
    _put(world, days[which], what, **chosen)


def _fall_due(world: World, rows: Rows, on: int) -> None:
    """An installment is not put off any longer."""
    accounts, people = rows["account"], world.people
    people.agreed[accounts] = np.maximum(people.agreed[accounts] - rows["cents"], 0)


def _pay(world: World, rows: Rows, on: int) -> None:
    """An installment is brought on its day; never more than is owed."""
    _fall_due(world, rows, on)
    people, accounts = world.people, rows["account"]
    owed = np.maximum(people.balance[accounts] - people.received[accounts], 0)
    cents = np.minimum(rows["cents"], owed)
    channel, tender = payers.choose_ways(world, accounts, rows["month"] * 10 + rows["number"])
    outage = world.city.outage
    if outage and outage.closed_first <= on <= outage.closed_last:
        channel = np.full(len(accounts), payers.WALK_IN)
        tender = np.full(len(accounts), payers.CASH)
    for number in np.unique(rows["number"]):
        which = (rows["number"] == number) & (cents > 0)
        plan = payers.plan_payment(
            accounts[which],
            rows["month"][which],
            cents[which],
            channel[which],
            tender[which],
            str(number),
            is_capped=False,
        )
        payers.schedule(world, plan, np.full(int(which.sum()), on))


def judge(world: World, on: int) -> None:
    """Break the agreements whose installment is missed when its day of grace has ended (R48).

    It runs before anything of the day happens but its penalties. A broken agreement puts nothing off any
    more, and collections begin anew.
    """
    rows = world.judgements.pop(on)
    if rows is None:
        return
    people = world.people
    accounts = rows["account"][people.agreement_month[rows["account"]] == rows["month"]]
    unpaid = people.balance - people.received
    old = world.items.posted_by(unpaid, accounts, people.agreement_signed[accounts])
    broken = accounts[old > people.agreed[accounts]]
    people.agreed[broken] = 0
    people.agreement_month[broken] = -1
    people.agreement_until[broken] = on - 1
