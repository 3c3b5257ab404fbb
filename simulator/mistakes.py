"""Planted mistakes of the billing system: it believes them, so bills, balances and books contain them.

Each function is called by the module whose work it spoils; without planted defects it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from simulator.accounts import OCCUPANCY
from simulator.agenda import Rows, take
from simulator.books import CHARGE, FEE, UNDATED
from simulator.calendars import date_of, day, month_of_day
from simulator.cities import ELECTRIC, RESIDENTIAL, SERVICES, SEWER, Waiver
from simulator.defects import account_number, row_id
from simulator.payers import (
    AGENT,
    AUTOPAY_CHANNEL,
    CARD_TENDER,
    CHECK,
    MAIL,
    ONLINE,
    WALK_IN,
)
from simulator.price_list import CODES
from simulator.tariffs import FLAT, USD, Line, make_line
from simulator.world import BILL_LETTERS, REGULAR, World

Price = Callable[[World, Rows, int], list[Line]]

BASE, TAX = CODES.index("base"), CODES.index("tax")
TAX_MICRO = 42_250  # Missouri's general sales tax, 4.225 %
UNBILLED_STATEMENTS = 7
VIEW_FEE_CENTS = 200
SECOND_CREDIT_DAYS = 30
AMERICAN_EXPRESS = "american_express"
_SECOND_CREDIT, _DECLINED = range(2)


def _is_shut(world: World, on: int) -> bool:
    """Whether nothing is posted on a day (R66)."""
    outage = world.city.outage
    return bool(outage) and outage.closed_first <= on <= outage.closed_last


# ---- Bills


def on_lines(world: World, rows: Rows, on: int, lines: list[Line], price: Price) -> list[Line]:
    """The lines of a day's bills with the mistakes that are made on them."""
    if not world.with_defects or not _may_be_wrong(rows).any():
        return lines
    for spoil in (_wrong_average, _wrong_rates, _missing_base, _tax_on_home):
        lines = spoil(world, rows, on, lines, price)
    return lines


def _may_be_wrong(rows: Rows) -> np.ndarray:
    """Which bills a mistake may be made on: regular ones that are not cancelled for another."""
    return (rows["kind"] == REGULAR) & ~rows["is_misread"]


def _totals(lines: list[Line], count: int) -> np.ndarray:
    total = np.zeros(count, np.int64)
    for line in lines:
        total += np.where(line.present, line.cents, 0)
    return total


def _note_bills(world: World, name: str, rows: Rows, places: np.ndarray, on: int, cents: np.ndarray) -> None:
    """Note mistakes on bills; cents are those billed too much, negative where too little."""
    keys = world.people.key[rows["account"][places]]
    for key, period, amount in zip(keys, rows["period"][places], cents, strict=True):
        bill = row_id(BILL_LETTERS[REGULAR], key, period)
        world.planting.add(world, name, "bills", bill, int(key), on, int(amount))


def _premises(world: World, rows: Rows) -> np.ndarray:
    return world.people.premise[rows["account"]]


def _wrong_average(world: World, rows: Rows, on: int, lines: list[Line], price: Price) -> list[Line]:
    """The use of a summer month stands where the winter average belongs (R04, R11)."""
    people = world.people
    average = people.winter_average[rows["account"]]
    is_home = people.customer_class[rows["account"]] == RESIDENTIAL
    may = is_home & _may_be_wrong(rows) & (average >= 0) & (np.abs(100 * rows["ccf"] - average) >= 100)
    may &= 5 <= date_of(on).month <= 10
    places = world.planting.pick(world, "wrong_winter_average", _premises(world, rows), may, on)
    if not len(places):
        return lines
    accounts = rows["account"][places]
    right = people.winter_average[accounts].copy()
    people.winter_average[accounts] = 100 * rows["ccf"][places]
    wrong = price(world, take(rows, places), on)
    people.winter_average[accounts] = right
    return _swapped(world, "wrong_winter_average", rows, places, on, lines, wrong)


def _wrong_rates(world: World, rows: Rows, on: int, lines: list[Line], price: Price) -> list[Line]:
    """A bill is priced as a bill of the same day a year earlier."""
    if not world.planting.is_pending(world, "wrong_rate_version", on):
        return lines
    date = date_of(on)
    before = day(f"{date.year - 1}-{date.month:02d}-{min(date.day, 28):02d}")
    count = len(rows["account"])
    wrong = _totals(price(world, rows, before), count)
    may = (wrong != _totals(lines, count)) & _may_be_wrong(rows)
    places = world.planting.pick(world, "wrong_rate_version", _premises(world, rows), may, on)
    if not len(places):
        return lines
    spoilt = price(world, take(rows, places), before)
    return _swapped(world, "wrong_rate_version", rows, places, on, lines, spoilt)


def _swapped(
    world: World, name: str, rows: Rows, places: np.ndarray, on: int, lines: list[Line], wrong: list[Line]
) -> list[Line]:
    """The lines with those of some bills replaced."""
    count = len(rows["account"])
    rest = list(wrong)
    swapped = []
    for line in lines:
        same = (line.service, line.code, line.block)
        other = next((one for one in rest if (one.service, one.code, one.block) == same), None)
        if other is not None:
            rest.remove(other)
        swapped.append(_with(line, places, other))
    for other in rest:
        blank = {"quantity": np.zeros(count, np.int64), "rate": np.zeros(count, np.int64)}
        blank |= {"cents": np.zeros(count, np.int64), "basis": np.zeros(count, np.int64)}
        swapped.append(_with(replace(other, **blank, present=np.zeros(count, bool)), places, other))
    too_much = _totals(swapped, count) - _totals(lines, count)
    _note_bills(world, name, rows, places, on, too_much[places])
    return swapped


def _with(line: Line, places: np.ndarray, other: Line | None) -> Line:
    """A line that on some bills is another one, or is not there."""
    names, count = ("quantity", "rate", "cents", "basis", "present"), len(line.present)
    values = {name: np.full(count, getattr(line, name)) for name in names}
    for name, value in values.items():
        if other is not None:
            value[places] = getattr(other, name)
        elif name == "present":
            value[places] = False
    return replace(line, **values)


def _missing_base(world: World, rows: Rows, on: int, lines: list[Line], _price: Price) -> list[Line]:
    """The base charge is left out (R14)."""
    count = len(rows["account"])
    service = ELECTRIC if world.city.has_electric else SEWER
    is_base = [(line.service, line.code) == (service, BASE) for line in lines]
    base = _totals([line for line, is_one in zip(lines, is_base, strict=True) if is_one], count)
    may = _may_be_wrong(rows) & (base > 0) & (_totals(lines, count) > base + 500)
    places = world.planting.pick(world, "missing_base", _premises(world, rows), may, on)
    if not len(places):
        return lines
    _note_bills(world, "missing_base", rows, places, on, -base[places])
    return [
        _with(line, places, None) if is_one else line for line, is_one in zip(lines, is_base, strict=True)
    ]


def _tax_on_home(world: World, rows: Rows, on: int, lines: list[Line], _price: Price) -> list[Line]:
    """Sales tax stands on the bill of a home, which pays none."""
    count = len(rows["account"])
    total = _totals(lines, count)
    is_home = world.people.customer_class[rows["account"]] == RESIDENTIAL
    may = is_home & _may_be_wrong(rows) & (total > 1000)
    places = world.planting.pick(world, "tax_on_home", _premises(world, rows), may, on)
    if not len(places):
        return lines
    present = np.zeros(count, bool)
    present[places] = True
    service = ELECTRIC if world.city.has_electric else SEWER
    line = make_line(service, TAX, USD, total, TAX_MICRO, FLAT, present)
    _note_bills(world, "tax_on_home", rows, places, on, line.cents[places])
    return [*lines, line]


def leave_unbilled(world: World, reads: Rows, bill_on: int) -> Rows:
    """The reads of a day that become bills: an account is forgotten for some statements (R14)."""
    if not world.with_defects:
        return reads
    planting, people = world.planting, world.people
    accounts = reads["account"]
    may = (people.opened[accounts] < bill_on - 200) & (people.balance[accounts] <= 0)
    may &= people.occupancy[accounts] == OCCUPANCY.index("owner")  # they seldom move
    for place in planting.pick(world, "never_billed", people.premise[accounts], may, bill_on):
        account, key = int(accounts[place]), int(people.key[accounts[place]])
        planting.unbilled[account] = int(reads["period"][place]) + UNBILLED_STATEMENTS - 1
        planting.add(world, "never_billed", "accounts", account_number(world, key), key, bill_on)
    if not planting.unbilled:
        return reads
    until = np.array([planting.unbilled.get(int(account), -1) for account in accounts])
    return take(reads, reads["period"] > until)


# ---- Penalties and fees


def waivers(world: World, rows: Rows, cents: np.ndarray, on: int) -> list[tuple[np.ndarray, Waiver | None]]:
    """The waiver in force for the penalties of a day: for nearly all, and none for those forgotten (R60)."""
    waiver = world.waiver(on)
    which = cents > 0
    everyone = [(which, waiver)]
    if waiver is None or not world.with_defects:
        return everyone
    is_regular = rows["number"] % 4 == REGULAR
    places = world.planting.pick(
        world, "penalty_in_waiver", _premises(world, rows), which & is_regular & (cents >= 50), on
    )
    if not len(places):
        return everyone
    for place in places:
        key = int(world.people.key[rows["account"][place]])
        penalty = row_id("P", key, rows["period"][place])
        world.planting.add(world, "penalty_in_waiver", "adjustments", penalty, key, on, int(cents[place]))
    forgotten = np.zeros(len(which), bool)
    forgotten[places] = True
    return [(which & ~forgotten, waiver), (forgotten, None)]


def after_leak_credits(world: World, rows: Rows, on: int) -> None:
    """Some leaks are credited a second time a month later (R53)."""
    premises = _premises(world, rows)
    places = world.planting.pick(world, "second_leak_credit", premises, rows["cents"] >= 100, on)
    if len(places):
        chosen = {name: rows[name][places] for name in ("account", "period", "cents")}
        later = int(world.work.following(np.array([on + SECOND_CREDIT_DAYS]))[0])
        world.mistakes.put(later, **chosen, what=np.full(len(places), _SECOND_CREDIT))


def step(world: World, on: int) -> None:
    """Post the day's wrong fees and credits; it runs before the bills of the day."""
    if not world.with_defects:
        return
    _charge_views(world, on)
    rows = world.mistakes.pop(on)
    if rows is None:
        return
    second = take(rows, rows["what"] == _SECOND_CREDIT)
    accounts, period = second["account"], second["period"]
    if len(accounts):
        dates = {"requested_on": on - 20, "approved_on": on - 9}
        world.adjust(accounts, on, "leak_credit", -second["cents"], period, "t", service=SEWER, **dates)
        _note_adjustments(world, "second_leak_credit", accounts, period, "t", on, second["cents"])
    declined = take(rows, rows["what"] == _DECLINED)
    accounts, period = declined["account"], declined["period"]
    if len(accounts):
        fee = np.full(len(accounts), world.city.returned_fee_cents)
        _charge(world, accounts, on, "returned_payment_fee", fee, period, "v", UNDATED, FEE)
        world.people.undated[accounts] = True
        _note_adjustments(world, "fee_on_declined_card", accounts, period, "v", on, fee)


def _charge_views(world: World, on: int) -> None:
    """A fee for looking at the account, which is free (R85)."""
    if not world.planting.is_pending(world, "view_fee", on) or _is_shut(world, on):
        return
    people = world.people
    accounts = np.sort(people.active(on))
    may = people.opened[accounts] < on - 60
    places = world.planting.pick(world, "view_fee", people.premise[accounts], may, on)
    if len(places):
        accounts, month = accounts[places], np.full(len(places), month_of_day(on))
        fee = np.full(len(places), VIEW_FEE_CENTS)
        due = on + world.city.due_days
        _charge(
            world, accounts, on, "other_charge", fee, month, "u", due, CHARGE, document_ref="account view"
        )
        _note_adjustments(world, "view_fee", accounts, month, "u", on, fee)


def _charge(
    world: World, accounts, on: int, kind: str, cents, period, letter: str, due: int, rank, **columns
) -> None:
    """Post a debit that stands where penalties stand."""
    service = world.city.penalty_service
    known = -1 if due == UNDATED else due
    world.adjust(accounts, on, kind, cents, period, letter, service=service or -1, due_on=known, **columns)
    by_service = np.zeros((len(accounts), len(SERVICES)), np.int64)
    by_service[:, service] = cents
    world.items.add(accounts, np.full(len(accounts), due), on, rank, by_service)


def _note_adjustments(world: World, name: str, accounts, period, letter: str, on: int, cents) -> None:
    for key, month, amount in zip(world.people.key[accounts], period, cents, strict=True):
        row = row_id(letter, key, month)
        world.planting.add(world, name, "adjustments", row, int(key), on, int(amount))


# ---- Money


def on_receipts(world: World, rows: Rows, on: int) -> Rows:
    """The receipts of a day with what should not have been taken, or not so."""
    if not world.with_defects or not len(rows["account"]):
        return rows
    rows = {name: values.copy() for name, values in rows.items()}
    _check_after_three(world, rows)
    _take(world, rows, "card_at_agent", rows["channel"] == AGENT, on, tender=CARD_TENDER)
    is_off = world.people.is_off[rows["account"]]
    _take(world, rows, "check_while_shut_off", is_off, on, tender=CHECK, channel=WALK_IN)
    later = int(world.work.following(np.array([on + 1]))[0])
    may = (rows["channel"] == ONLINE) & (rows["posted"] == on) & (not _is_shut(world, later))
    _take(world, rows, "posted_later_online", may, on, posted=later)
    for place in _take(world, rows, "american_express", rows["tender"] == CARD_TENDER, on):
        key = world.people.key[rows["account"][place]]
        payment = row_id(int(rows["letter"][place]), key, rows["period"][place])
        world.planting.brands[payment] = AMERICAN_EXPRESS
    return _decline(world, rows, on)


def _take(world: World, rows: Rows, name: str, may: np.ndarray, on: int, **changes: int) -> np.ndarray:
    """Change the rows that are chosen for a mistake, and note them."""
    places = world.planting.pick(world, name, _premises(world, rows), may, on)
    if not len(places):
        return places
    for column, value in changes.items():
        rows[column][places] = value
    _note_payments(world, name, rows, places)
    return places


def _note_payments(world: World, name: str, rows: Rows, places: np.ndarray) -> None:
    for place in places:
        key = int(world.people.key[rows["account"][place]])
        payment = row_id(int(rows["letter"][place]), key, rows["period"][place])
        posted, cents = int(rows["posted"][place]), int(rows["cents"][place])
        world.planting.add(world, name, "payments", payment, key, posted, cents)


def _check_after_three(world: World, rows: Rows) -> None:
    """The first payment after the third returned one is a check all the same (R36)."""
    bouncers, accounts = world.planting.bouncers, rows["account"]
    if not bouncers:
        return
    known = np.isin(accounts, sorted(bouncers)) & (world.people.returned_checks[accounts] >= 3)
    places = np.flatnonzero(known & (rows["channel"] != AUTOPAY_CHANNEL))
    rows["tender"][places], rows["channel"][places] = CHECK, MAIL
    bouncers -= set(accounts[places].tolist())
    _note_payments(world, "check_after_three_returns", rows, places)


def _decline(world: World, rows: Rows, on: int) -> Rows:
    """A card is declined: no payment, and the next day the fee of a returned one (R94)."""
    may = (rows["channel"] == AUTOPAY_CHANNEL) & (rows["tender"] == CARD_TENDER)
    may &= not _is_shut(world, on + 1)
    places = world.planting.pick(world, "fee_on_declined_card", _premises(world, rows), may, on)
    if not len(places):
        return rows
    chosen = {name: rows[name][places] for name in ("account", "period", "cents")}
    world.mistakes.put(on + 1, **chosen, what=np.full(len(places), _DECLINED))
    stays = np.ones(len(may), bool)
    stays[places] = False
    return take(rows, stays)


def bouncing(world: World, rows: Rows, luck: np.ndarray, on: int) -> np.ndarray:
    """The luck of payments: the checks of some accounts come back until three have."""
    if not world.with_defects:
        return luck
    may = (rows["tender"] == CHECK) & (rows["letter"] == ord("P")) & (rows["bill"] < 0)
    accounts = rows["account"]
    chosen = accounts[world.planting.pick(world, "bouncing", _premises(world, rows), may, on)]
    world.planting.bouncers.update(chosen.tolist())
    if not world.planting.bouncers:
        return luck
    is_bad = may & np.isin(accounts, sorted(world.planting.bouncers))
    return np.where(is_bad & (world.people.returned_checks[accounts] < 3), 0.0, luck)
