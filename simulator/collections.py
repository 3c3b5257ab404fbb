"""Collections: notices, hang tags, calls, shut-offs for non-payment and reconnections (R42 to R45, R62, R70).

Once a month, on a working day of its group, every account that is far enough past due gets a written notice
with the day on which it will be shut off. A case ends when nothing is past due any more, when something
forbids the shut-off, or with the shut-off.
"""

from __future__ import annotations

import numpy as np

from simulator import agreements, holds, payers, reading, refunds, tenancies
from simulator.accounts import NEVER
from simulator.agenda import take
from simulator.books import FEE
from simulator.calendars import first_day
from simulator.cities import MUNICIPAL, SERVICES
from simulator.world import World

KINDS = ("written_notice", "hang_tag", "courtesy_call", "disconnect", "reconnect")
NOTICE, TAG, CALL, CUT, RECONNECT = range(5)
RECIPIENTS = ("occupant", "owner")
TENANT = 1
_EVERYTHING = 10**9


def plan_month(world: World, month: int) -> None:
    """Give every group its working day of the month, so that no day has much work."""
    count = len(world.city.groups)
    groups = np.arange(count)
    days = world.work.following(first_day(month) + 1 + groups * 24 // count)
    world.collections.put(days, group=groups, month=np.full(count, month))


def step(world: World, on: int) -> None:
    """The morning's work: reviews of groups, tags and calls, reconnection fees, and accounts given up."""
    rows = world.collections.pop(on)
    if rows is not None:
        for group, month in zip(rows["group"], rows["month"], strict=True):
            _review(world, int(group), int(month), on)
    _remind(world, on)
    _charge_for_reconnection(world, on)
    _waive_fees(world, on)
    _close_for_nonpayment(world, on)


def enforce(world: World, on: int) -> None:
    """The evening's work, when the day's money is in: shut-offs and reconnections."""
    _shut_off(world, on)
    _reconnect(world, on)


def knows_phone(people, accounts: np.ndarray) -> np.ndarray:
    """Whose telephone number is known."""
    return people.draws.uniform("phone known", people.key[accounts]) < people.rates.collections.phone_known


def subject_to_shutoff(world: World, accounts: np.ndarray, on: int) -> np.ndarray:
    """Which accounts may be shut off on a day: far enough past due, and nothing forbids it (R42, R62).

    What is asked counts: not what is received and not posted, put off by an agreement, or disputed.
    """
    people, city = world.people, world.city
    smallest = world.rates.collections.smallest_debt_cents
    which = (world.asked(accounts) > smallest) & ~people.is_off[accounts]
    which &= (people.closed[accounts] == NEVER) & (people.customer_class[accounts] != MUNICIPAL)
    which &= (people.hold_until[accounts] < on) & (people.disputed[accounts] == 0)
    which &= ~people.on_budget[accounts]  # who misses two level amounts pays no level any more
    which &= (people.agreement_month[accounts] < 0) | (people.agreement_until[accounts] < on)
    if not which.any():
        return which
    which &= ~world.protected(accounts, on)
    candidates = np.flatnonzero(which)
    balances = people.balance - people.received
    due, past = world.items.oldest(balances, accounts[candidates], on)
    which[candidates] = (due + city.shutoff_days <= on) & (past > smallest)
    return which


def _order(
    world: World, accounts, month, kind: int, letter: str, on: int, effective, amount, recipient=0
) -> None:
    """Keep rows of service orders; letter, account and the month of the notice name them."""
    world.sink.add(
        "service_orders",
        len(accounts),
        key=world.people.key[accounts],
        account=accounts,
        month=month,
        letter=ord(letter),
        kind=kind,
        recipient=recipient,
        ordered_on=on,
        effective_on=effective,
        amount=amount,
    )


def _review(world: World, group: int, month: int, on: int) -> None:
    """Send notices to a group's accounts that are far past due."""
    people, city, draws = world.people, world.city, world.draws
    accounts = people.active(on)
    accounts = np.sort(accounts[people.group[accounts] == group])
    refunds.refund_on_request(world, accounts, month, on)
    agreements.offer_after_outage(world, accounts, month, on)
    accounts = accounts[people.case_until[accounts] < on]
    accounts = accounts[subject_to_shutoff(world, accounts, on)]
    if not len(accounts):
        return
    keys = people.key[accounts]
    months = np.full(len(accounts), month)
    effective = world.work.following(on + city.notice_days + 1 + draws.whole("notice day", keys, 0, 3, month))
    asked = world.asked(accounts)
    people.case_until[accounts] = effective
    _order(world, accounts, months, NOTICE, "N", on, effective, asked)
    rented = np.flatnonzero(people.occupancy[accounts] == TENANT)  # the owner is told too (RSMo 250.140)
    _order(world, accounts[rented], months[rented], NOTICE, "O", on, effective[rented], asked[rented], 1)
    share = world.rates.collections.pays_on_notice
    pays = _pay_up(world, accounts, months, asked, on, effective, "pays on notice", share)
    rest = {"account": accounts, "month": months, "effective": effective, "pays": pays}
    if city.has_hang_tags:
        world.cases.put(world.work.following(effective - 11), **rest, kind=np.full(len(accounts), TAG))
    if city.has_courtesy_calls:
        known = take(rest, knows_phone(people, accounts))
        count = len(known["account"])
        world.cases.put(world.work.following(known["effective"] - 5), **known, kind=np.full(count, CALL))
    world.cuts.put(effective, account=accounts, month=months)
    holds.propose(world, accounts, month, on)
    agreements.offer(world, accounts, month, on)


def _pay_up(
    world: World, accounts, months, asked, on: int, effective, purpose: str, share: float
) -> np.ndarray:
    """Plan the payments of those whom a notice or a tag moves; who they are is returned.

    Fewer are moved while penalties are waived.
    """
    draws = world.draws
    if world.waiver(on) is not None:
        share *= world.response.cures_times
    keys = world.people.key[accounts]
    pays = draws.uniform(purpose, keys, months) < share
    days = np.maximum(effective - on - 3, 1)
    wait = 2 + np.floor(draws.uniform(purpose + " day", keys, months) * days).astype(np.int64)
    _plan(world, accounts[pays], months[pays], asked[pays], (on + wait)[pays], "R")
    return pays


def _plan(world: World, accounts, months, cents, days, letter: str) -> None:
    """Plan payments in cash or by card, at the counter or by phone; where R45 allows it, by money order."""
    if not len(accounts):
        return
    ways = world.rates.collections.ways
    most_order = ways.money_order if world.city.takes_money_orders_when_off else 0
    luck = world.draws.uniform("pays up by " + letter, world.people.key[accounts], months)
    outage = world.city.outage
    is_shut = np.zeros(len(accounts), bool)
    if outage:
        is_shut = (days >= outage.closed_first - 4) & (days <= outage.closed_last)
    by_phone = (luck >= 1 - ways.phone) & ~is_shut
    tender = np.where(luck < ways.cash, payers.CASH, payers.CARD_TENDER)
    tender = np.where(luck < most_order, payers.MONEY_ORDER, tender)
    tender = np.where(is_shut, payers.CASH, tender)
    channel = np.where(by_phone, payers.PHONE, payers.WALK_IN)
    plan = payers.plan_payment(accounts, months, cents, channel, tender, letter)
    payers.schedule(world, plan, days)


def _remind(world: World, on: int) -> None:
    """Hang tags and call where nothing has been paid (R43)."""
    rows = world.cases.pop(on)
    if rows is None:
        return
    people = world.people
    rows = take(rows, people.case_until[rows["account"]] == rows["effective"])
    goes_on = subject_to_shutoff(world, rows["account"], on)
    people.case_until[rows["account"][~goes_on]] = on - 1  # the case has ended
    rows = take(rows, goes_on)
    for kind, letter in ((TAG, "T"), (CALL, "C")):
        chosen = take(rows, rows["kind"] == kind)
        accounts = chosen["account"]
        if not len(accounts):
            continue
        asked = world.asked(accounts)
        _order(world, accounts, chosen["month"], kind, letter, on, chosen["effective"], asked)
        if kind == TAG:
            other = ~chosen["pays"]
            _pay_up(
                world,
                accounts[other],
                chosen["month"][other],
                asked[other],
                on,
                chosen["effective"][other],
                "pays on tag",
                world.rates.collections.pays_on_tag,
            )


def _shut_off(world: World, on: int) -> None:
    """Shut off whoever has not paid by the day of the notice, unless something forbids it."""
    rows = world.cuts.pop(on)
    if rows is None:
        return
    people, city = world.people, world.city
    rows = take(rows, people.case_until[rows["account"]] == on)
    rows = take(rows, subject_to_shutoff(world, rows["account"], on))
    rows = holds.wait_for_the_weather(world, rows, on)
    accounts, month = rows["account"], rows["month"]
    if not len(accounts):
        return
    _order(world, accounts, month, CUT, "D", on, np.full(len(accounts), on), world.asked(accounts))
    if city.disconnect_fee_cents:
        _charge(world, accounts, month, "disconnect_fee", "D", city.disconnect_fee_cents, on)
    if city.has_hang_tags:
        restore = world.asked(accounts) + city.reconnect_fee_cents
        _order(world, accounts, month, TAG, "U", on, np.full(len(accounts), on), restore)
    people.is_off[accounts] = True
    reading.shut_off(world, accounts, on)
    world.remember_status(accounts, on, "disconnected_nonpay")
    rates, draws, keys = world.rates.collections, world.draws, people.key[accounts]
    luck = draws.uniform("restores", keys, month)
    wait = 1 + np.floor(draws.uniform("restores day", keys, month) ** 2 * rates.restored_within).astype(
        np.int64
    )
    back = luck < rates.restored
    world.restorations.put(world.work.following(on + wait)[back], **take(rows, back))
    wait = rates.closed_after + draws.whole("given up", keys, 0, 15, month)
    world.closings.put(world.work.following(on + wait), account=accounts)


def _charge(world: World, accounts, month, kind: str, letter: str, cents: int, on: int) -> None:
    """Post a fee that is due at once: service is not restored without it (R44)."""
    service = world.city.penalty_service
    amounts = np.full(len(accounts), cents)
    world.adjust(accounts, on, kind, amounts, month, letter, service=service or -1, due_on=on)
    by_service = np.zeros((len(accounts), len(SERVICES)), np.int64)
    by_service[:, service] = amounts
    world.items.add(accounts, on, on, FEE, by_service)


def _charge_for_reconnection(world: World, on: int) -> None:
    """Who comes to be reconnected is charged the fee and pays everything that is asked (R44, R45)."""
    rows = world.restorations.pop(on)
    if rows is None:
        return
    people = world.people
    rows = take(rows, people.is_off[rows["account"]] & (people.closed[rows["account"]] == NEVER))
    accounts, month = rows["account"], rows["month"]
    if not len(accounts):
        return
    if world.city.reconnect_fee_cents:
        _charge(world, accounts, month, "reconnect_fee", "E", world.city.reconnect_fee_cents, on)
    # Capped by what is asked at the counter: today's bill may have come on top.
    everything = np.full(len(accounts), _EVERYTHING)
    _plan(world, accounts, month, everything, np.full(len(accounts), on), "S")
    world.reconnects.put(on, **rows)


def _reconnect(world: World, on: int) -> None:
    """Reconnect whoever has paid everything today."""
    rows = world.reconnects.pop(on)
    if rows is None:
        return
    people = world.people
    rows = take(rows, (world.asked(rows["account"]) <= 0) & (people.closed[rows["account"]] == NEVER))
    accounts = rows["account"]
    if not len(accounts):
        return
    _plan_fee_waivers(world, accounts, rows["month"], on)
    nothing = np.full(len(accounts), 0)
    _order(world, accounts, rows["month"], RECONNECT, "R", on, np.full(len(accounts), on), nothing)
    people.is_off[accounts] = False
    reading.restore(world, accounts, on)
    world.remember_status(accounts, on, "active")


def _plan_fee_waivers(world: World, accounts, month, on: int) -> None:
    """A few get the reconnection fee back some days later, as a kindness."""
    rates, keys = world.rates.collections, world.people.key[accounts]
    asks = world.draws.uniform("fee waived", keys, month) < rates.fees_waived
    later = int(world.work.following(np.array([on + rates.fee_waived_after]))[0])
    world.fee_waivers.put(later, account=accounts[asks], month=month[asks])


def _waive_fees(world: World, on: int) -> None:
    """Give reconnection fees back: a credit that names no bill."""
    rows = world.fee_waivers.pop(on)
    if rows is None or not world.city.reconnect_fee_cents:
        return
    accounts = rows["account"]
    cents = np.full(len(accounts), -world.city.reconnect_fee_cents)
    service = world.city.penalty_service or -1
    world.adjust(accounts, on, "fee_waiver", cents, rows["month"], "K", service=service)


def _close_for_nonpayment(world: World, on: int) -> None:
    """Close accounts that nobody has reconnected, and those in bankruptcy, with a final bill."""
    rows = world.closings.pop(on)
    if rows is None:
        return
    people, accounts = world.people, np.unique(rows["account"])
    given_up = people.is_off[accounts] | (people.hold_until[accounts] == NEVER)
    accounts = accounts[given_up & (people.closed[accounts] == NEVER)]
    ready = tenancies.may_close(world, accounts, on)
    if (~ready).any():
        later = int(world.work.following(np.array([on + 5]))[0])
        world.closings.put(later, account=accounts[~ready])
    if ready.any():
        tenancies.close(world, accounts[ready], on)
