"""Money: received, posted, returned."""

from __future__ import annotations

import numpy as np

from simulator import bank, mistakes
from simulator.accounts import BANK, NEVER, NO_AUTOPAY
from simulator.agenda import Rows, begins, length, take
from simulator.books import CHARGE, FEE, UNDATED
from simulator.cities import SERVICES
from simulator.payers import (
    AUTOPAY_CHANNEL,
    BANK_DRAFT,
    CARD_TENDER,
    CASH,
    CHECK,
    MONEY_ORDER,
    ONLINE,
    PHONE,
    RESTORES,
    RESTRICTING_RETURNS,
    TENDERS,
    WALK_IN,
    is_closed,
    plan_again,
    restricted,
    these,
)
from simulator.penalties import penalise_after_return
from simulator.world import World

_REFUSED = these(len(TENDERS), CHECK, MONEY_ORDER, BANK_DRAFT)
_BOUNCING = these(len(TENDERS), CHECK, BANK_DRAFT)
RETURN_REASONS = ("R01", "R02", "R03", "R08", "10.4")  # NACHA codes, and a card network's
RETURN_FEE_LETTERS = {ord("P"): ord("F"), ord("W"): ord("G")}
_MAY_RETURN = these(128, *RETURN_FEE_LETTERS)


def receive(world: World, on: int) -> None:
    """Take the day's receipts; an account with several is served in the order in which they were planned."""
    rows = world.receipts.pop(on)
    if rows is None:
        return
    order = np.argsort(rows["account"], kind="stable")
    rows = take(rows, order)
    while length(rows):
        owners = rows["account"]
        is_first = begins(owners)
        _receive_once(world, take(rows, is_first), on)
        rows = take(rows, ~is_first)


def _receive_once(world: World, rows: Rows, on: int) -> None:
    """Take receipts of different accounts: what is owed now caps all but double and advance payments."""
    people, accounts = world.people, rows["account"]
    owed = world.asked(accounts)
    cents = np.where(rows["is_capped"], np.minimum(rows["cents"], owed), rows["cents"])
    # Who is shut off pays everything at once to be reconnected, and nothing else (R45); a bankrupt nothing.
    is_cut = people.is_off[accounts] & (people.closed[accounts] == NEVER)
    is_cut |= people.hold_until[accounts] == NEVER
    is_paid = (cents > 0) & (~is_cut | (rows["letter"] == RESTORES))
    rows = {**take(rows, is_paid), "cents": cents[is_paid]}
    rows["received"] = np.full(length(rows), on)
    _end_drafts(world, rows, on)
    _refuse_checks(world, rows, on)
    rows = mistakes.on_receipts(world, rows, on)
    bank.take_in(world, rows)
    is_now = rows["posted"] == on
    _post(world, take(rows, is_now), on)
    later = take(rows, ~is_now)
    if length(later):
        people.received[later["account"]] += later["cents"]
        world.postings.put(later["posted"], **later)


def _end_drafts(world: World, rows: Rows, on: int) -> None:
    """A draft ends with the account (R26): who has moved pays the last regular bill by phone."""
    has_ended = (rows["channel"] == AUTOPAY_CHANNEL) & (world.people.closed[rows["account"]] <= on)
    rows["tender"] = np.where(has_ended, CARD_TENDER, rows["tender"])
    rows["channel"] = np.where(has_ended, PHONE, rows["channel"])


def _refuse_checks(world: World, rows: Rows, on: int) -> None:
    """Only cash and cards are taken after three returned payments (R36) and while shut off (R45)."""
    may_restore = (rows["letter"] == RESTORES) & (rows["tender"] == MONEY_ORDER)
    may_restore &= world.people.returned_checks[rows["account"]] < RESTRICTING_RETURNS
    is_refused = restricted(world, rows["account"]) & _REFUSED[rows["tender"]] & ~may_restore
    if not is_refused.any():
        return
    # A card cannot be taken where its machine stands still.
    tender = CASH if is_closed(world, "walk_in", "card", on) else CARD_TENDER
    is_online = rows["channel"] == ONLINE
    rows["tender"] = np.where(is_refused, np.where(is_online, CARD_TENDER, tender), rows["tender"])
    rows["channel"] = np.where(is_refused & ~is_online, WALK_IN, rows["channel"])


def post_received(world: World, on: int) -> None:
    """Post today what was received on earlier days."""
    rows = world.postings.pop(on)
    if rows is None:
        return
    np.subtract.at(world.people.received, rows["account"], rows["cents"])
    _post(world, rows, on)


def _post(world: World, rows: Rows, on: int) -> None:
    """Post payments: rows, balances, named bills, and whether they will come back."""
    if not length(rows):
        return
    people, accounts, cents = world.people, rows["account"], rows["cents"]
    np.subtract.at(people.balance, accounts, cents)
    world.totals.collected += int(cents.sum())
    keys = people.key[accounts]
    # A bill that was cancelled in between is no longer named.
    bill = np.where(people.cancelled_bill[accounts] == rows["bill"], -1, rows["bill"])
    named = np.flatnonzero(bill >= 0)
    if len(named):
        world.items.reduce(accounts[named], bill[named], cents[named], CHARGE, people.count)
    world.sink.add(
        "payments",
        len(accounts),
        key=keys,
        account=accounts,
        month=rows["period"],
        letter=rows["letter"],
        received_on=rows["received"],
        posted_on=on,
        cents=cents,
        bill=bill,
        channel=rows["channel"],
        tender=rows["tender"],
        fund=rows["fund"],
        luck=np.floor(world.draws.uniform("trace", keys, rows["period"]) * 10_000_000).astype(np.int64),
    )
    _plan_returns(world, {**rows, "bill": bill}, on)


def _plan_returns(world: World, rows: Rows, on: int) -> None:
    """Some checks and drafts bounce within days; a few card payments are charged back after weeks."""
    keys = world.people.key[rows["account"]]
    luck = world.draws.uniform("returned", keys, rows["period"])
    rates = world.rates.returns
    luck = mistakes.bouncing(world, rows, luck, on)
    of_tender = np.zeros(len(TENDERS))
    of_tender[[CHECK, BANK_DRAFT, CARD_TENDER]] = rates.check, rates.bank_draft, rates.card
    share = of_tender[rows["tender"]]
    bounces = world.people.is_bouncer[rows["account"]] & _BOUNCING[rows["tender"]]
    share = np.where(bounces, rates.bouncer, share)
    may_return = _MAY_RETURN[rows["letter"]] & (rows["bill"] < 0)
    back = take(rows, may_return & (luck < share))
    if not length(back):
        return
    keys = world.people.key[back["account"]]
    is_card = back["tender"] == CARD_TENDER
    wait = world.draws.whole("return wait", keys, 2, 4, back["period"])
    least, most = rates.chargeback_days
    later = world.draws.whole("chargeback wait", keys, least, most - 4, back["period"])
    days = np.where(is_card, on + later, world.work.after(np.full(len(keys), on), wait))
    world.returns.put(world.posting_days(days), **back)


def post_returns(world: World, on: int) -> None:
    """Post the day's returned payments and their fees (R32 to R36)."""
    rows = world.returns.pop(on)
    if rows is None:
        return
    order = np.argsort(rows["account"], kind="stable")
    rows = take(rows, order)
    while length(rows):
        owners = rows["account"]
        is_first = begins(owners)
        _return_once(world, take(rows, is_first), on)
        rows = take(rows, ~is_first)


def _return_once(world: World, rows: Rows, on: int) -> None:
    """Post returned payments of different accounts."""
    people, city = world.people, world.city
    accounts, cents, period = rows["account"], rows["cents"], rows["period"]
    keys = people.key[accounts]
    is_card = rows["tender"] == CARD_TENDER
    reason = np.minimum(np.floor(world.draws.uniform("reason", keys, period) ** 2 * 4).astype(np.int64), 3)
    world.sink.add(
        "payment_returns",
        len(accounts),
        key=keys,
        account=accounts,
        month=period,
        letter=rows["letter"],
        returned_on=on,
        cents=cents,
        is_chargeback=is_card,
        reason=np.where(is_card, 4, reason),
    )
    bank.give_back(world, rows)
    people.balance[accounts] += cents
    world.totals.returned += int(cents.sum())
    letters = np.where(rows["letter"] == ord("P"), RETURN_FEE_LETTERS[ord("P")], RETURN_FEE_LETTERS[ord("W")])
    fee = np.full(len(accounts), city.returned_fee_cents)
    world.adjust(
        accounts,
        on,
        "returned_payment_fee",
        fee,
        period,
        letters,
        service=city.penalty_service or -1,
    )
    by_service = np.zeros((len(accounts), len(SERVICES)), np.int64)
    by_service[:, city.penalty_service] = fee
    is_final = people.is_final[accounts]
    world.items.add(accounts, np.where(is_final, on, UNDATED), on, FEE, by_service)
    people.undated[accounts[~is_final]] = True
    penalty = penalise_after_return(world, rows, on)
    people.returned_checks[accounts] += ~is_card
    ends = accounts[
        (people.returned_checks[accounts] >= RESTRICTING_RETURNS) & (people.autopay[accounts] == BANK)
    ]
    ends = ends[people.closed[ends] > on]
    if len(ends):
        people.autopay[ends] = NO_AUTOPAY
        people.autopay_since[ends] = -1
        world.remember_now(ends, on)
    for letter, again in ((ord("P"), "T"), (ord("W"), "X")):
        which = rows["letter"] == letter
        if which.any():
            plan_again(world, accounts[which], period[which], (cents + fee + penalty)[which], on, again)
