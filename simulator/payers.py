"""What people do about a bill: who pays when, how much, by which way.

A plan is made when the bill arrives. Most plans are capped: nobody pays more than is owed on the day, except
those who pay twice or in advance.
"""

from __future__ import annotations

import numpy as np

from simulator import drafts, trouble
from simulator.accounts import BANK, BEFORE_PENALTY, CARD, CHRONIC, DUE, LATE, NEVER, NO_AUTOPAY
from simulator.agenda import Rows, take
from simulator.calendars import first_day
from simulator.strains import strained
from simulator.world import World, spread

CHANNELS = ("walk_in", "mail", "drop_box", "phone", "online", "autopay", "agent", "assistance")
WALK_IN, MAIL, DROP_BOX, PHONE, ONLINE, AUTOPAY_CHANNEL, AGENT, ASSISTANCE = range(8)
TENDERS = ("cash", "check", "money_order", "card", "bank_draft", "assistance")
CASH, CHECK, MONEY_ORDER, CARD_TENDER, BANK_DRAFT, ASSISTANCE_TENDER = range(6)
FUNDS = ("", "dollar_help", "cares_act", "irap")
RESTRICTING_RETURNS = 3  # returned checks after which only cash and cards are taken (R36)
RESTORES = ord("S")  # the payment that a reconnection waits for


def these(count: int, *numbers: int) -> np.ndarray:
    """A table by number, of so many: whether it is one of these."""
    return np.isin(np.arange(count), numbers)


# The box is emptied on open days (R21).
_NEEDS_OPEN_OFFICE = these(len(CHANNELS), WALK_IN, MAIL, DROP_BOX, AUTOPAY_CHANNEL, ASSISTANCE)
_POSTED_NEXT_DAY = these(len(CHANNELS), DROP_BOX, AGENT)
_TAKES_CHECKS_ONLY = these(len(CHANNELS), MAIL, DROP_BOX)
_RUNS_BY_ITSELF = these(len(CHANNELS), AUTOPAY_CHANNEL, ASSISTANCE)


def plan_payment(accounts, period, amount, channel, tender, letter, is_capped=True, bill=-1, fund=0) -> Rows:
    """Rows of a plan, with single values repeated."""
    columns = {
        "account": accounts,
        "period": period,
        "cents": amount,
        "channel": channel,
        "tender": tender,
        "letter": ord(letter),
        "is_capped": is_capped,
        "bill": bill,
        "fund": fund,
    }
    return spread(len(accounts), columns)


def restricted(world: World, accounts: np.ndarray) -> np.ndarray:
    """Who pays with cash or a card only: after three returned checks (R36), or while shut off (R45)."""
    people = world.people
    return (people.returned_checks[accounts] >= RESTRICTING_RETURNS) | people.is_off[accounts]


def choose_ways(world: World, accounts: np.ndarray, moment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Channel and tender: people keep to their way, with an exception now and then (R40, R83)."""
    people, draws, rates = world.people, world.draws, world.rates.payers
    keys = people.key[accounts]
    names = list(rates.channels)
    steps = np.cumsum(list(rates.channels.values()))[:-1]
    numbers = np.array([CHANNELS.index(name) for name in names])
    usual = draws.uniform("channel", keys)
    today = draws.uniform("channel today", keys, moment)
    is_usual = draws.uniform("other channel", keys, moment) < rates.usual_channel
    channel = numbers[np.searchsorted(steps, np.where(is_usual, usual, today), side="right")]
    luck = draws.uniform("tender", keys, moment)
    cards_only = restricted(world, accounts)
    tender = np.full(len(accounts), CARD_TENDER)
    steps = np.cumsum(rates.counter_tenders)[:-1]
    walk = np.array([CASH, CHECK, MONEY_ORDER, CARD_TENDER])[np.searchsorted(steps, luck, side="right")]
    channel = np.where(cards_only & _TAKES_CHECKS_ONLY[channel], WALK_IN, channel)
    walk = np.where(cards_only & (walk != CASH), CARD_TENDER, walk)
    tender = np.where(channel == WALK_IN, walk, tender)
    by_mail = np.where(luck < rates.mails_check, CHECK, MONEY_ORDER)
    tender = np.where(_TAKES_CHECKS_ONLY[channel], by_mail, tender)
    by_bank = (luck < rates.agent_by_bank) & ~cards_only
    tender = np.where(channel == AGENT, np.where(by_bank, BANK_DRAFT, CASH), tender)
    by_bank = (channel == ONLINE) & (luck < rates.online_by_bank) & ~cards_only
    return channel, np.where(by_bank, BANK_DRAFT, tender)


def _delays(
    world: World, accounts: np.ndarray, due: np.ndarray, penalty: np.ndarray, on: int, period
) -> np.ndarray:
    """Days from the bill to the payment, by habit; -1 where nothing is paid."""
    people, draws, rates = world.people, world.draws, world.rates.payers
    keys = people.key[accounts]
    habit = people.habit[accounts].copy()
    luck = draws.uniform("delay", keys, period)
    in_waiver = world.waiver(on + world.city.penalty_days) is not None
    waits = draws.uniform("waits", keys, period) < (world.response.waits if in_waiver else 0.0)
    habit[waits & (habit == BEFORE_PENALTY)] = LATE
    forgets = rates.forgets * (world.response.forgets_times if in_waiver else 1)
    habit[draws.uniform("forgets", keys, period) < forgets] = LATE
    first = np.array([2, 0, 0, 0, 0])[habit] + np.choose(
        habit, [np.zeros_like(due), due - 4, due + 1, penalty + 1, due]
    )
    latest = penalty + rates.latest_days
    last = np.choose(habit, [np.maximum(due - 2, 3), due, penalty, latest, due + 32])
    days = first + np.floor(luck * (last - first + 1)).astype(np.int64)
    skips = (habit == CHRONIC) & (draws.uniform("skips", keys, period) < rates.chronic_skips)
    return np.where(skips & ~trouble.keeps_an_agreement(people, accounts, on), -1, days)


def plan_regular(world: World, rows: Rows, numbers: np.ndarray, total: np.ndarray, on: int) -> None:
    """Plan what the customers of a day's regular bills do."""
    people, rates = world.people, world.rates.payers
    accounts, period = rows["account"], rows["period"]
    days = np.maximum(rows["service_to"] - rows["service_from"], 15)
    people.last_total[accounts] = np.maximum(total, 0) * 30 // days
    owed = world.asked(accounts)
    by_draft = people.autopay[accounts] >= BANK
    in_strain, stops, recovers = strained(world, accounts, period, on)
    stops &= ~trouble.keeps_an_agreement(people, accounts, on)
    stops |= trouble.stops_paying(world, accounts, on, period)
    delay, channel, tender, is_cured = _when_and_how(world, rows, total, owed, in_strain, on)
    delay = np.where(stops & ~by_draft, -1, np.where((recovers >= 0) & ~by_draft, recovers, delay))
    luck = world.draws.uniform("share", people.key[accounts], period)
    is_partial = _pays_part(world, accounts, period) & ~by_draft & ~is_cured
    is_partial &= recovers < 0
    # Chronic payers pay a month's amount when they pay, so they stay behind until shut-off is near.
    is_behind = (people.habit[accounts] == CHRONIC) & ~by_draft & ~is_cured & (recovers < 0)
    offered = np.where(
        is_behind | (in_strain & ~by_draft & (recovers < 0)), np.minimum(owed, np.maximum(total, 0)), owed
    )
    percent = np.where(is_partial, 40 + np.floor(luck * 50).astype(np.int64), 100)
    twice, months_ahead, names_bill = _oddities(world, accounts, period, ~by_draft & ~is_partial)
    amount = offered * percent * months_ahead // 100
    pays = (delay >= 0) & (amount > 0)
    plan = plan_payment(
        accounts,
        period,
        amount,
        channel,
        tender,
        "P",
        is_capped=months_ahead == 1,
        bill=np.where(names_bill & (owed == total), numbers, -1),
    )
    schedule(world, take(plan, pays), on + delay[pays])
    again = np.flatnonzero(pays & (twice | (is_partial & (luck < rates.pays_rest))))
    second = take(plan, again)
    second["letter"] = np.full(len(again), ord("Q"))
    second["is_capped"] = ~twice[again]
    second["bill"] = np.full(len(again), -1)
    second["cents"] = np.where(twice[again], amount[again], offered[again] - amount[again])
    keys = people.key[accounts[again]]
    wait = np.where(twice[again], 2, 9) + world.draws.whole("again", keys, 0, 5, period[again])
    schedule(world, second, on + delay[again] + wait)


def _when_and_how(
    world: World, rows: Rows, total: np.ndarray, owed: np.ndarray, in_strain: np.ndarray, on: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Days until the payment (-1: none), channel, tender, and who pays all because shut-off is near."""
    people, draws, rates = world.people, world.draws, world.rates.payers
    accounts, period = rows["account"], rows["period"]
    keys = people.key[accounts]
    extension = world.extension(on)
    due = np.full(len(accounts), world.city.due_days + extension)
    penalty = np.full(len(accounts), world.city.penalty_days + extension)
    channel, tender = choose_ways(world, accounts, period)
    delay = _delays(world, accounts, due, penalty, on, period)
    # Those who are some bills behind are close to shut-off, and most find the money.
    is_behind = owed > rates.cures_bills * np.maximum(total, 2000)
    times = world.response.cures_times if world.waiver(on) is not None else 1
    is_cured = is_behind & ~in_strain & (draws.uniform("cures", keys, period) < rates.cures * times)
    delay = np.where(is_cured, 4 + draws.whole("cure day", keys, 0, 12, period), delay)
    autopay = people.autopay[accounts]
    by_draft = autopay >= BANK
    channel = np.where(by_draft, AUTOPAY_CHANNEL, channel)
    tender = np.where(by_draft, np.where(autopay == BANK, BANK_DRAFT, CARD_TENDER), tender)
    delay = np.where(by_draft, due, delay)
    fails = drafts.declined(world, accounts, period, by_draft & (autopay == CARD) & (owed > 0))
    if fails.any():
        delay = np.where(fails, drafts.answer(world, accounts, period, due, penalty), delay)
        is_online = draws.uniform("pays a declined draft", keys, period) < 0.6
        channel = np.where(fails, np.where(is_online, ONLINE, PHONE), channel)
        is_last = fails & (people.declines[accounts] >= world.rates.drafts.ends_after)
        drafts.end(world, accounts[is_last], on + int(due[0]))
    return delay, channel, tender, is_cured & ~by_draft


def _pays_part(world: World, accounts: np.ndarray, period: np.ndarray) -> np.ndarray:
    """Who pays only a part of a bill."""
    people, draws, rates = world.people, world.draws, world.rates.payers
    keys = people.key[accounts]
    is_chronic = people.habit[accounts] == CHRONIC
    return (draws.uniform("partial", keys, period) < rates.partial) | (
        is_chronic & (draws.uniform("chronic part", keys, period) < rates.chronic_partial)
    )


def _oddities(
    world: World, accounts: np.ndarray, period: np.ndarray, may: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who pays twice, how many months' amounts are paid (1: no advance), and who names the bill."""
    rates, keys = world.rates.payers, world.people.key[accounts]
    luck = world.draws.uniform("oddity", keys, period)
    twice = may & (luck < rates.twice)
    ahead = may & (luck >= rates.twice) & (luck < rates.twice + rates.in_advance)
    months = np.where(ahead, 2 + world.draws.whole("months ahead", keys, 1, 4, period), 1)
    return twice, months, may & (luck >= 0.5) & (luck < 0.5 + rates.names_bill)


def plan_without_bill(world: World, month: int) -> None:
    """While no bills are sent, some pay an ordinary month's amount, which becomes credit (R66)."""
    outage = world.city.outage
    if not outage or month != outage.skipped_period:
        return
    people, draws = world.people, world.draws
    accounts = people.active(first_day(month))
    keys = people.key[accounts]
    pays = (people.habit[accounts] <= DUE) & (people.autopay[accounts] == NO_AUTOPAY)
    pays &= draws.uniform("pays before the bill", keys, month) < world.rates.payers.pays_before_bill
    pays &= people.last_total[accounts] > 0
    accounts, keys = accounts[pays], keys[pays]
    moment = np.full(len(accounts), month)
    channel, tender = choose_ways(world, accounts, moment)
    plan = plan_payment(accounts, moment, people.last_total[accounts], channel, tender, "A", is_capped=False)
    first, last = outage.closed_first + 3, outage.catch_up_first - 1
    schedule(world, plan, draws.whole("day before the bill", keys, first, last, month))


def plan_final(world: World, rows: Rows, on: int) -> None:
    """Most final bills are paid, some late, and some never; names of one household hand the balance on."""
    people, draws, rates = world.people, world.draws, world.rates.payers
    accounts, period = rows["account"], rows["period"]
    keys = people.key[accounts]
    owed = world.asked(accounts)
    luck = draws.uniform("final", keys)
    channel, tender = choose_ways(world, accounts, period)
    soon, late = 5 + np.floor(luck * 30).astype(np.int64), 40 + np.floor(luck * 60).astype(np.int64)
    delay = np.where(luck < rates.final_soon, soon, late)
    is_handed_on = changes_name(world, keys)
    gives_up = people.is_off[accounts] | (people.hold_until[accounts] == NEVER)
    is_handed_on &= ~gives_up
    pays = (luck < rates.final_ever) & (owed > 0) & ~is_handed_on & ~gives_up
    plan = plan_payment(accounts, period, owed, channel, tender, "W")
    schedule(world, take(plan, pays), on + delay[pays])
    closing = world.rates.closing
    for wait, what in ((closing.refunded_after, 0), (closing.written_off_after, 1)):
        day = int(world.posting_days(np.array([on + wait]))[0])
        world.reviews.put(day, account=accounts, period=period, what=np.full(len(accounts), what))
    handed = np.flatnonzero(is_handed_on)
    day = int(world.posting_days(np.array([on + 20]))[0])
    world.reviews.put(day, account=accounts[handed], period=period[handed], what=np.full(len(handed), 2))


def changes_name(world: World, keys: np.ndarray) -> np.ndarray:
    """Whether an account ends because the household puts it in another name; its balance then moves on."""
    return world.draws.uniform("another name", keys) < world.rates.payers.another_name


def plan_again(world: World, accounts, period, cents, on: int, letter: str) -> None:
    """After a returned payment most bring cash or a card."""
    keys = world.people.key[accounts]
    luck = world.draws.uniform("pays again", keys, period)
    pays = np.flatnonzero(luck < world.rates.payers.pays_again)
    is_cash = luck[pays] < 0.5
    plan = plan_payment(
        accounts[pays],
        period[pays],
        cents[pays],
        np.where(is_cash, WALK_IN, PHONE),
        np.where(is_cash, CASH, CARD_TENDER),
        letter,
    )
    schedule(world, plan, on + 4 + np.floor(luck[pays] * 20).astype(np.int64))


def schedule(world: World, plan: Rows, days: np.ndarray) -> None:
    """Turn wished days into days on which the way of paying is open, and into posting days."""
    if not len(days):
        return
    plan, received = _around_closures(world, plan, np.asarray(days, np.int64))
    channel = plan["channel"]
    needs_office = _NEEDS_OPEN_OFFICE[channel]
    received = np.where(needs_office, world.work.following(received), received)
    # Online money is posted at once (R88), the counter's the same day, the box's and the agent's the next
    # open day, some letters as well.
    keys = world.people.key[plan["account"]]
    luck = world.draws.uniform("slow mail", keys, plan["period"])
    is_slow_mail = (channel == MAIL) & (luck < world.rates.payers.slow_mail)
    is_next_day = _POSTED_NEXT_DAY[channel] | is_slow_mail
    posted = np.where(is_next_day, world.work.following(received + 1), received)
    outage = world.city.outage
    if outage:
        in_gap = (received >= outage.closed_first) & (received <= outage.closed_last)
        if in_gap.any():
            backlog = outage.resumes + world.draws.whole("backlog", keys, 0, 2, plan["period"])
            posted = np.where(in_gap, backlog, posted)
        posted = np.where(
            (posted >= outage.closed_first) & (posted <= outage.closed_last), outage.resumes, posted
        )
    world.receipts.put(received, **plan, posted=posted)


def is_closed(world: World, channel: str, tender: str, on: int) -> bool:
    """Whether a way of paying is closed on a day."""
    closures = world.city.outage.closures if world.city.outage else ()
    return any(
        one.channel == channel and one.tender in (None, tender) and one.first <= on <= one.last
        for one in closures
    )


def _around_closures(world: World, plan: Rows, days: np.ndarray) -> tuple[Rows, np.ndarray]:
    """Closed ways of paying (R65, R66): drafts and grants wait, others pay another way, or wait as well."""
    outage = world.city.outage
    if not outage:
        return plan, days
    channel, tender = plan["channel"], plan["tender"]
    # What needs an open office waits over a weekend for a day that may be the first of the gap.
    runs = np.where(_NEEDS_OPEN_OFFICE[channel], world.work.following(days), days)
    earliest, latest = runs.min(), runs.max()
    if all(latest < one.first or earliest > one.last for one in outage.closures):
        return plan, days
    last, backlog = np.full(len(days), -1), np.ones(len(days), np.int64)
    for closure in outage.closures:
        hit = (channel == CHANNELS.index(closure.channel)) & (runs >= closure.first) & (runs <= closure.last)
        if closure.tender:
            hit &= tender == TENDERS.index(closure.tender)
        last[hit], backlog[hit] = closure.last, closure.backlog_days
    hit = last >= 0
    if not hit.any():
        return plan, days
    accounts = plan["account"]
    luck = world.draws.uniform("closed channel", world.people.key[accounts], plan["period"])
    switches = hit & ~_RUNS_BY_ITSELF[channel] & (luck < world.rates.payers.switches_closed_way)
    days = np.where(hit & ~switches, last + 1 + np.floor(luck * backlog).astype(np.int64), days)
    plan = dict(plan)
    at_counter = (channel == WALK_IN) | restricted(world, accounts)
    other = np.where(at_counter, WALK_IN, np.where(luck < 0.2, DROP_BOX, MAIL))
    plan["channel"] = np.where(switches, other, channel)
    plan["tender"] = np.where(switches, np.where(at_counter, CASH, CHECK), tender)
    return plan, days
