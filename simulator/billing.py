"""Bills: regular, final, cancelled and issued again."""

from __future__ import annotations

import numpy as np

from simulator import assistance, budget, deposits, disputes, loans, mistakes, payers, refunds
from simulator.accounts import NEVER
from simulator.agenda import Rows, length, take
from simulator.books import CHARGE
from simulator.calendars import first_day, months_of_days
from simulator.cities import SERVICES, SEWER
from simulator.reading import renew_winter_averages
from simulator.tariffs import (
    NOT_REVENUE,
    Line,
    Usage,
    bill_lines,
    deposit_line,
    discount_line,
    loan_line,
)
from simulator.world import CANCEL, FINAL, REBILL, REGULAR, World, bill_number


def renew_rates(world: World, on: int) -> None:
    """On 1 April homes have a new winter average (R04 to R07); a change of class goes to the history."""
    people = world.people
    before = people.tariff_class(np.arange(people.count))
    # Who has moved keeps the class of the last bill, once that bill is out.
    renew_winter_averages(people, np.flatnonzero(~people.is_final[: people.count]))
    changed = np.flatnonzero(people.tariff_class(np.arange(people.count)) != before)
    if on >= world.start:
        is_closed = people.closed[changed] <= on
        world.remember_now(changed[~is_closed], on)
        world.remember_status(changed[is_closed], on, "final")


def bill_the_day(world: World, on: int) -> None:
    """Issue every bill dated on this day."""
    rows = world.bills.pop(on)
    if rows is None:
        return
    rows = take(rows, np.argsort(rows["kind"], kind="stable"))  # the regular bills, then the final ones
    instalments, cents = loans.fall_due(world, rows)
    billed = deposits.bill(world, rows, on)
    rows = {**rows, "loan_instalments": instalments, "loan_cents": cents, "deposit_cents": billed}
    rows = _post(world, _misread(world, rows, on), on)
    for kind, answer in ((REGULAR, _after_regular), (FINAL, _after_final)):
        which = rows["kind"] == kind
        if which.any():
            answer(world, take(rows, which), on)


def _misread(world: World, rows: Rows, on: int) -> Rows:
    """The bills of a day, a few of them on more than was read: they are cancelled and billed again (R56).

    No final bill is there before. Where more use costs no more, as by the winter average, the bill is right.
    """
    people, accounts = world.people, rows["account"]
    rows = {**rows, "is_misread": np.zeros(len(accounts), bool)}
    luck = world.draws.uniform("cancelled", people.key[accounts], rows["period"])
    may = (luck < world.rates.bills.cancelled_share) & (rows["kind"] == REGULAR) & ~rows["has_leak"]
    may &= (rows["months"] == 100) & ~people.on_budget[accounts] & (people.closed[accounts] == NEVER)
    outage, corrected_on = world.city.outage, _corrected_on(world, on)
    if outage and outage.closed_first <= corrected_on < outage.resumes:
        may[:] = False
    which = np.flatnonzero(may)
    if not len(which):
        return rows
    right = take(rows, which)
    wrong = {**right, "kwh": right["kwh"] + np.maximum(right["kwh"], 0) // 10, "ccf": right["ccf"] + 1}
    before, after = (_by_service(_lines(world, some, on), len(which)) for some in (right, wrong))
    is_wrong = (before.min(axis=1) >= 0) & (after > before).any(axis=1)
    which = which[is_wrong]
    rows["is_misread"][which] = True
    for name in ("kwh", "ccf"):
        rows[f"read_{name}"], rows[name] = rows[name], rows[name].copy()
        rows[name][which] = wrong[name][is_wrong]
    return rows


def _corrected_on(world: World, billed_on: int) -> int:
    """The day on which the wrong bills of a day are cancelled: a final bill takes a working day more."""
    return int(world.work.after(np.array([billed_on]), 2)[0])


def _lines(world: World, rows: Rows, on: int) -> list[Line]:
    """The lines of some bills: the tariffs, then discount, loan and deposit."""
    people, city = world.people, world.city
    accounts = rows["account"]
    premise = people.premise[accounts]
    usage = Usage(
        bill_date=on,
        service_from=rows["service_from"],
        service_to=rows["service_to"],
        months=rows["months"],
        customer_class=people.customer_class[accounts],
        meter_size=people.premises.meter_size[premise],
        kwh=rows["kwh"],
        ccf=rows["ccf"],
        kw=np.maximum(rows["kwh"], 0) // world.rates.bills.kwh_a_kw,
        winter_average=people.winter_average[accounts],
        is_estimated=rows["is_estimated"],
        has_water=people.premises.has_water[premise],
        has_sewer=people.premises.has_sewer[premise],
    )
    lines = bill_lines(city.utility_id, usage, world.with_trash)
    has_discount = people.has_water_discount(accounts)
    extras = (
        discount_line(lines, has_discount, rows["months"], city.water_discount_cents),
        loan_line(rows["loan_instalments"], rows["loan_cents"]),
        deposit_line(rows["deposit_cents"]),
    )
    return [line for line in (*lines, *extras) if line.present.any()]


def _by_service(lines: list[Line], count: int) -> np.ndarray:
    """Cents by bill and service."""
    cents = np.zeros((count, len(SERVICES)), np.int64)
    for line in lines:
        cents[:, line.service] += np.where(line.present, line.cents, 0)
    return cents


def _falls_due(world: World, rows: Rows, total: np.ndarray, on: int) -> tuple[np.ndarray, np.ndarray]:
    """What falls due of bills, and which of them are level; with a final bill level payments end."""
    falls_due, is_level = budget.level_bills(world, rows, total, on)
    budget.end(world, rows["account"][rows["kind"] == FINAL], on, "final")
    return falls_due, is_level


def _post(world: World, rows: Rows, on: int) -> Rows:
    """Post bills of any `kind`: rows, balances and debts.

    Returns:
        The rows with `number`, `cents`, `by_service` and `revenue`, which is by service too.
    """
    people, accounts = world.people, rows["account"]
    count = len(accounts)
    keys = people.key[accounts]
    lines = mistakes.on_lines(world, rows, on, _lines(world, rows, on), _lines)
    by_service = _by_service(lines, count)
    revenue = _by_service([line for line in lines if line.code not in NOT_REVENUE], count)
    np.add.at(world.revenue, people.customer_class[accounts], revenue)
    total = by_service.sum(axis=1)
    extension = world.extension(on)
    due = np.full(count, on + world.city.due_days + extension)
    numbers = bill_number(keys, rows["period"], rows["kind"])
    falls_due, is_level = _falls_due(world, rows, total, on)
    people.balance[accounts] += total
    asked = people.balance[accounts] - people.deferred[accounts]
    has_undated = people.undated[accounts]
    if has_undated.any():
        waiting = accounts[has_undated]
        world.items.give_due_date(waiting, due[has_undated], numbers[has_undated], on, people.count)
        people.undated[waiting] = False
    budget.post(world, {**rows, "number": numbers}, due, np.maximum(by_service, 0), is_level, on)
    world.totals.billed += int(total.sum())
    penalty_date = on + world.city.penalty_days + extension
    world.sink.add(
        "bills",
        count,
        account=accounts,
        number=numbers,
        bill_date=on,
        due_date=due,
        penalty_date=penalty_date,
        service_from=rows["service_from"],
        service_to=rows["service_to"],
        kind=rows["kind"],
        period=rows["period"],
        is_paperless=people.is_paperless[accounts],
        billed=total,
        budget=falls_due,
        is_budget=is_level,
        cancels=-1,
        previous_balance=asked - falls_due,
        amount_due=asked,
    )
    _add_charges(world, accounts, numbers, lines)
    world.penalties.put(penalty_date + 1, account=accounts, number=numbers, period=rows["period"])
    return {**rows, "number": numbers, "cents": total, "by_service": by_service, "revenue": revenue}


def _by_line(lines: list[Line], name: str, kind: type) -> np.ndarray:
    """What the lines say, shape (bills, lines)."""
    table = np.empty((len(lines[0].present), len(lines)), kind)
    for column, line in enumerate(lines):
        table[:, column] = getattr(line, name)
    return table


def _add_charges(world: World, accounts: np.ndarray, numbers: np.ndarray, lines: list[Line]) -> None:
    """Keep the lines of bills in the order of the bills, and on each in the order of the lines."""
    on_bill = _by_line(lines, "present", bool)
    place = (
        np.cumsum(on_bill, axis=1) - 1
    )  # counted on each bill, so that no other bill changes an identifier
    present = on_bill.ravel()
    bill, line = np.divmod(np.flatnonzero(present), len(lines))

    world.sink.add(
        "charges",
        len(bill),
        account=accounts[bill],
        number=numbers[bill],
        line=place.ravel()[present],
        service=np.array([entry.service for entry in lines])[line],
        code=np.array([entry.code for entry in lines])[line],
        block=np.array([entry.block for entry in lines])[line],
        unit=np.array([entry.unit for entry in lines])[line],
        quantity=_by_line(lines, "quantity", np.int64).ravel()[present],
        rate=_by_line(lines, "rate", np.int64).ravel()[present],
        cents=_by_line(lines, "cents", np.int64).ravel()[present],
        basis=_by_line(lines, "basis", np.int64).ravel()[present],
    )


def _after_final(world: World, rows: Rows, on: int) -> None:
    """What follows the final bills of a day: deposits cover them, and the customers decide what they do."""
    accounts = rows["account"]
    world.people.is_final[accounts] = True
    deposits.apply(world, accounts, on)
    payers.plan_final(world, rows, on)


def _after_regular(world: World, rows: Rows, on: int) -> None:
    """Let the customers decide what they do about the regular bills of a day."""
    budget.remember_bills(world.people, rows)
    payers.plan_regular(world, rows, rows["number"], rows["cents"], on)
    assistance.plan_help(world, rows, on)
    disputes.plan(world, rows, on)
    refunds.pay_too_much(world, rows, on)
    _plan_leak_credits(world, rows, on)
    if rows["is_misread"].any():
        world.cancellations.put(_corrected_on(world, on), **take(rows, rows["is_misread"]))


def _plan_leak_credits(world: World, rows: Rows, on: int) -> None:
    """A leak is credited the following month, once in the life of an account (R51 to R53)."""
    people, accounts = world.people, rows["account"]
    luck = world.draws.uniform("leak credit", people.key[accounts], rows["period"])
    rates = world.rates.bills
    cents = rows["by_service"][:, SEWER] * rates.leak_credit_percent // 100
    asks = (
        rows["has_leak"] & (luck < rates.leak_credit_share) & ~people.had_leak_credit[accounts] & (cents > 0)
    )
    which = np.flatnonzero(asks)
    if not len(which):
        return
    people.had_leak_credit[accounts[which]] = True
    approved = world.posting_days(np.full(len(which), on + 20))
    next_month = np.array([first_day(month + 1) for month in months_of_days(approved)])
    wait = world.draws.whole("leak wait", people.key[accounts[which]], 0, 19, int(on))
    world.credits.put(
        world.posting_days(next_month + wait),
        account=accounts[which],
        number=rows["number"][which],
        period=rows["period"][which],
        cents=cents[which],
        requested=np.full(len(which), on + 9),
        approved=approved,
    )


def post_leak_credits(world: World, on: int) -> None:
    """Post the leak credits of a day; each takes off the sewer charge of its bill first."""
    rows = world.credits.pop(on)
    if rows is None:
        return
    people = world.people
    rows = take(rows, people.cancelled_bill[rows["account"]] != rows["number"])
    if not length(rows):
        return
    accounts = rows["account"]
    world.adjust(
        accounts,
        on,
        "leak_credit",
        -rows["cents"],
        rows["period"],
        "L",
        service=SEWER,
        bill=rows["number"],
        requested_on=rows["requested"],
        approved_on=rows["approved"],
        document_ref="form and plumber's invoice",
    )
    world.items.reduce(accounts, rows["number"], rows["cents"], CHARGE, people.count, SEWER)
    mistakes.after_leak_credits(world, rows, on)


def cancel_and_rebill(world: World, on: int) -> None:
    """Cancel the wrong bills of a day and bill what was read, with its own due date."""
    rows = world.cancellations.pop(on)
    if rows is None:
        return
    people = world.people
    accounts, keys = rows["account"], people.key[rows["account"]]
    before = people.balance[accounts].copy()
    people.balance[accounts] -= rows["cents"]
    people.cancelled_bill[accounts] = rows["number"]
    world.items.reduce(accounts, rows["number"], rows["cents"], CHARGE, people.count)
    world.totals.billed -= int(rows["cents"].sum())
    np.subtract.at(world.revenue, people.customer_class[accounts], rows["revenue"])
    world.sink.add(
        "bills",
        len(accounts),
        account=accounts,
        number=bill_number(keys, rows["period"], CANCEL),
        bill_date=on,
        due_date=on,
        penalty_date=-1,
        service_from=rows["service_from"],
        service_to=rows["service_to"],
        kind=CANCEL,
        period=rows["period"],
        is_paperless=people.is_paperless[accounts],
        billed=-rows["cents"],
        budget=0,
        is_budget=False,
        cancels=rows["number"],
        previous_balance=before,
        amount_due=people.balance[accounts],
    )
    wrong = ("number", "cents", "by_service", "revenue")
    corrected = {name: values for name, values in rows.items() if name not in wrong}
    corrected["kwh"], corrected["ccf"] = rows["read_kwh"], rows["read_ccf"]
    corrected["kind"] = np.full(len(accounts), REBILL)
    _post(world, corrected, on)
