"""What people do about a bill: who pays when, how much, by which way.

A plan is made when the bill arrives. Most plans are capped: nobody pays more than is owed on the day, except
those who pay twice or in advance.
"""

from __future__ import annotations

import numpy as np

from simulator.accounts import BANK, BEFORE_PENALTY, CHRONIC, LATE
from simulator.agenda import Rows, take
from simulator.calendars import date_of
from simulator.world import World, spread

CHANNELS = ("walk_in", "mail", "drop_box", "phone", "online", "autopay", "agent", "assistance")
WALK_IN, MAIL, DROP_BOX, PHONE, ONLINE, AUTOPAY_CHANNEL, AGENT, ASSISTANCE = range(8)
TENDERS = ("cash", "check", "money_order", "card", "bank_draft", "assistance")
CASH, CHECK, MONEY_ORDER, CARD_TENDER, BANK_DRAFT, ASSISTANCE_TENDER = range(6)
FUNDS = ("", "dollar_help", "cares_act")


def _these(*channels: int) -> np.ndarray:
    """A table by channel: whether it is one of these."""
    return np.isin(np.arange(len(CHANNELS)), channels)


_NEEDS_OPEN_OFFICE = _these(
    WALK_IN, MAIL, DROP_BOX, AUTOPAY_CHANNEL, ASSISTANCE
)  # the box is emptied then (R21)
_POSTED_NEXT_DAY = _these(DROP_BOX, AGENT)
_TAKES_CHECKS_ONLY = _these(MAIL, DROP_BOX)
_CLOSED_IN_OUTAGE = _these(ONLINE, PHONE, AUTOPAY_CHANNEL, ASSISTANCE)
_RUNS_BY_ITSELF = _these(AUTOPAY_CHANNEL, ASSISTANCE)

# Shares by bill; assumed.
FORGETS = 0.015
PARTIAL = 0.03
TWICE = 0.004
IN_ADVANCE = 0.003
NAMES_THE_BILL = 0.004
SKIPS = 0.45  # chronic payers, in a month
CURES = 0.80  # those three bills behind, when shut-off is near


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


def choose_ways(world: World, accounts: np.ndarray, moment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Channel and tender: people keep to their way, with an exception now and then (R40, R83)."""
    people, draws = world.people, world.draws
    keys = people.key[accounts]
    names = list(world.city.channels)
    steps = np.cumsum(list(world.city.channels.values()))[:-1]
    numbers = np.array([CHANNELS.index(name) for name in names])
    usual = draws.uniform("channel", keys)
    today = draws.uniform("channel today", keys, moment)
    is_usual = draws.uniform("other channel", keys, moment) < 0.9
    channel = numbers[np.searchsorted(steps, np.where(is_usual, usual, today), side="right")]
    luck = draws.uniform("tender", keys, moment)
    cards_only = people.returned_checks[accounts] >= 3  # R36
    tender = np.full(len(accounts), CARD_TENDER)
    walk = np.array([CASH, CHECK, MONEY_ORDER, CARD_TENDER])[
        np.searchsorted([0.35, 0.65, 0.72], luck, side="right")
    ]
    channel = np.where(cards_only & _TAKES_CHECKS_ONLY[channel], WALK_IN, channel)
    walk = np.where(cards_only & (walk != CASH), CARD_TENDER, walk)
    tender = np.where(channel == WALK_IN, walk, tender)
    tender = np.where(_TAKES_CHECKS_ONLY[channel], np.where(luck < 0.93, CHECK, MONEY_ORDER), tender)
    tender = np.where(channel == AGENT, CASH, tender)
    if "bank_draft" in world.city.online_tenders:
        tender = np.where((channel == ONLINE) & (luck < 0.35) & ~cards_only, BANK_DRAFT, tender)
    return channel, tender


def _delays(
    world: World, accounts: np.ndarray, due: np.ndarray, penalty: np.ndarray, on: int, period
) -> np.ndarray:
    """Days from the bill to the payment, by habit; -1 where nothing is paid."""
    people, draws = world.people, world.draws
    keys = people.key[accounts]
    habit = people.habit[accounts].copy()
    luck = draws.uniform("delay", keys, period)
    in_waiver = world.waiver(on + world.city.penalty_days) is not None
    waits = draws.uniform("waits", keys, period) < (world.response.waits if in_waiver else 0.0)
    habit[waits & (habit == BEFORE_PENALTY)] = LATE
    forgets = FORGETS * (world.response.forgets_times if in_waiver else 1)
    habit[draws.uniform("forgets", keys, period) < forgets] = LATE
    first = np.array([2, 0, 0, 0, 0])[habit] + np.choose(
        habit, [np.zeros_like(due), due - 4, due + 1, penalty + 1, due]
    )
    last = np.choose(habit, [np.maximum(due - 2, 3), due, penalty, penalty + 22, due + 32])
    days = first + np.floor(luck * (last - first + 1)).astype(np.int64)
    skips = (habit == CHRONIC) & (draws.uniform("skips", keys, period) < SKIPS)
    return np.where(skips, -1, days)


def plan_regular(world: World, rows: Rows, numbers: np.ndarray, total: np.ndarray, on: int) -> None:
    """Plan what the customers of a day's regular bills do."""
    people, draws = world.people, world.draws
    accounts, period = rows["account"], rows["period"]
    keys = people.key[accounts]
    owed = world.asked(accounts)
    extension = world.extension(on)
    due = np.full(len(accounts), world.city.due_days + extension)
    penalty = np.full(len(accounts), world.city.penalty_days + extension)
    channel, tender = choose_ways(world, accounts, period)
    delay = _delays(world, accounts, due, penalty, on, period)
    by_draft = people.autopay[accounts] >= BANK
    channel = np.where(by_draft, AUTOPAY_CHANNEL, channel)
    draft_tender = np.where(people.autopay[accounts] == BANK, BANK_DRAFT, CARD_TENDER)
    tender = np.where(by_draft, draft_tender, tender)
    delay = np.where(by_draft, due, delay)
    # Those who are three bills behind are close to shut-off, and most find the money.
    is_behind = owed > 3 * np.maximum(total, 2000)
    in_waiver = world.waiver(on) is not None
    cures = is_behind & (
        draws.uniform("cures", keys, period) < (world.response.cures if in_waiver else CURES)
    )
    delay = np.where(cures & ~by_draft, 4 + draws.whole("cure day", keys, 0, 12, period), delay)
    luck = draws.uniform("share", keys, period)
    is_partial = (~by_draft & ~cures) & (
        (draws.uniform("partial", keys, period) < PARTIAL)
        | ((people.habit[accounts] == CHRONIC) & (draws.uniform("chronic part", keys, period) < 0.6))
    )
    percent = np.where(is_partial, 40 + np.floor(luck * 50).astype(np.int64), 100)
    oddity = draws.uniform("oddity", keys, period)
    twice = ~by_draft & ~is_partial & (oddity < TWICE)
    ahead = ~by_draft & ~is_partial & (oddity >= TWICE) & (oddity < TWICE + IN_ADVANCE)
    months_ahead = np.where(ahead, 2 + draws.whole("months ahead", keys, 1, 4, period), 1)
    names_bill = (
        ~by_draft & ~is_partial & (oddity >= 0.02) & (oddity < 0.02 + NAMES_THE_BILL) & (owed == total)
    )
    amount = owed * percent * months_ahead // 100
    pays = (delay >= 0) & (amount > 0)
    plan = plan_payment(
        accounts,
        period,
        amount,
        channel,
        tender,
        "P",
        is_capped=~ahead,
        bill=np.where(names_bill, numbers, -1),
    )
    schedule(world, take(plan, pays), on + delay[pays])
    again = np.flatnonzero(pays & (twice | (is_partial & (luck < 0.6))))
    second = take(plan, again)
    second["letter"] = np.full(len(again), ord("Q"))
    second["is_capped"] = ~twice[again]
    second["bill"] = np.full(len(again), -1)
    second["cents"] = np.where(twice[again], amount[again], owed[again] - amount[again])
    wait = np.where(twice[again], 2, 9) + draws.whole("again", keys[again], 0, 5, period[again])
    schedule(world, second, on + delay[again] + wait)
    _plan_assistance(world, accounts, period, owed, on)


def _plan_assistance(
    world: World, accounts: np.ndarray, period: np.ndarray, owed: np.ndarray, on: int
) -> None:
    """Help with winter bills (R79), and CARES Act money for those behind in late 2020 (R68)."""
    people, draws = world.people, world.draws
    keys = people.key[accounts]
    is_winter = date_of(on).month in (11, 12, 1, 2, 3)
    fund = np.where(people.is_assisted[accounts] & is_winter, 1, 0)
    if 20 * 12 + 7 <= (date_of(on).year - 2000) * 12 + date_of(on).month - 1 <= 20 * 12 + 10:
        is_behind = owed > 25_000 if world.city.has_electric else owed > 9_000
        fund = np.where(is_behind & (draws.uniform("cares", keys, period) < 0.35), 2, fund)
    which = np.flatnonzero((fund > 0) & (owed > 2000) & (draws.uniform("helped", keys, period) < 0.6))
    amount = np.where(
        fund[which] == 2, owed[which], 2500 + 100 * draws.whole("help", keys[which], 0, 50, period[which])
    )
    plan = plan_payment(
        accounts[which], period[which], amount, ASSISTANCE, ASSISTANCE_TENDER, "V", fund=fund[which]
    )
    schedule(world, plan, on + 6 + draws.whole("help day", keys[which], 0, 10, period[which]))


def plan_final(world: World, rows: Rows, on: int) -> None:
    """Most final bills are paid, some late, and some never; names of one household hand the balance on."""
    people, draws = world.people, world.draws
    accounts, period = rows["account"], rows["period"]
    keys = people.key[accounts]
    owed = world.asked(accounts)
    luck = draws.uniform("final", keys)
    channel, tender = choose_ways(world, accounts, period)
    delay = np.where(
        luck < 0.72, 5 + np.floor(luck * 30).astype(np.int64), 40 + np.floor(luck * 60).astype(np.int64)
    )
    is_handed_on = changes_name(world, keys)
    pays = (luck < 0.88) & (owed > 0) & ~is_handed_on
    plan = plan_payment(accounts, period, owed, channel, tender, "W")
    schedule(world, take(plan, pays), on + delay[pays])
    for wait, what in ((35, 0), (270, 1)):
        world.reviews.put(on + wait, account=accounts, period=period, what=np.full(len(accounts), what))
    handed = np.flatnonzero(is_handed_on)
    world.reviews.put(on + 20, account=accounts[handed], period=period[handed], what=np.full(len(handed), 2))


def changes_name(world: World, keys: np.ndarray) -> np.ndarray:
    """Whether an account ends because the household puts it in another name; its balance then moves on."""
    return world.draws.uniform("another name", keys) < 0.04


def plan_again(world: World, accounts, period, cents, on: int, letter: str) -> None:
    """After a returned payment most bring cash or a card."""
    keys = world.people.key[accounts]
    luck = world.draws.uniform("pays again", keys, period)
    pays = np.flatnonzero(luck < 0.88)
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
    plan, received = _around_the_outage(world, plan, np.asarray(days, np.int64))
    channel = plan["channel"]
    needs_office = _NEEDS_OPEN_OFFICE[channel]
    received = np.where(needs_office, world.work.following(received), received)
    # Online money is posted at once (R88), the counter's the same day, the box's and the agent's the next
    # open day, one letter in five as well.
    keys = world.people.key[plan["account"]]
    is_slow_mail = (channel == MAIL) & (world.draws.uniform("slow mail", keys, plan["period"]) < 0.2)
    is_next_day = _POSTED_NEXT_DAY[channel] | is_slow_mail
    posted = np.where(is_next_day, world.work.after(received + 1, 0), received)
    outage = world.city.outage
    if outage:
        in_gap = (received >= outage.closed_first) & (received <= outage.closed_last)
        backlog = outage.resumes + world.draws.whole("backlog", keys, 0, 2, plan["period"])
        posted = np.where(in_gap, backlog, posted)
        posted = np.where(
            (posted >= outage.closed_first) & (posted <= outage.closed_last), outage.resumes, posted
        )
    world.receipts.put(received, **plan, posted=posted)


def _around_the_outage(world: World, plan: Rows, days: np.ndarray) -> tuple[Rows, np.ndarray]:
    """Closed ways of paying (R65, R66): drafts wait for the resumption, others go to the box, or wait."""
    outage = world.city.outage
    if not outage:
        return plan, days
    channel = plan["channel"]
    is_closed = _CLOSED_IN_OUTAGE[channel]
    # A draft or grant due on a weekend runs on the next open day, which may be the first of the gap.
    runs = np.where(_RUNS_BY_ITSELF[channel], world.work.following(days), days)
    hit = is_closed & (runs >= outage.closed_first) & (runs <= outage.closed_last)
    if not hit.any():
        return plan, days
    keys = world.people.key[plan["account"]]
    luck = world.draws.uniform("closed channel", keys, plan["period"])
    cards_only = world.people.returned_checks[plan["account"]] >= 3
    switches = hit & ~_RUNS_BY_ITSELF[channel] & (luck < 0.4) & ~cards_only
    waits = hit & ~switches
    days = np.where(waits, outage.resumes + np.floor(luck * 4).astype(np.int64), days)
    plan = dict(plan)
    plan["channel"] = np.where(switches, np.where(luck < 0.2, DROP_BOX, MAIL), channel)
    plan["tender"] = np.where(switches, CHECK, plan["tender"])
    return plan, days
