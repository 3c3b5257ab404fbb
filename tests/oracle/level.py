"""Budget billing: which dollars of a level payer's bills fall due with which bill, written down day by day.

The clerk keeps a page of dollars that wait, oldest first, and one number beside it: the deferred balance,
charges less level amounts of the bills on the page's stretch that are not cancelled.

- A level bill (a `budget_amount`, kind regular or rebill) adds its services above zero to the page, in the
  policy's order, and its charges less its level amount to the balance. Then the oldest waiting dollars fall
  due with it until no more waits than the balance, which below zero means none.
- A cancelled bill leaves the balance on the day of its cancellation, before the bills of that day; what of
  it waits is due that day. A bill cancelled on its own day or before was never level.
- A regular bill without a level amount, or a final one, ends the stretch: all that waits falls due with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Row = Mapping[str, object]
Sums = Mapping[str, Mapping[str, Decimal]]
ZERO = Decimal("0.00")


@dataclass
class Part:
    """Dollars of a bill's service that fall due together; without a day they still wait."""

    bill_id: str
    service: str
    amount: Decimal
    due_on: date | None = None
    known_on: date | None = None


@dataclass
class _Page:
    waiting: list[Part] = field(default_factory=list)
    balance: Decimal = ZERO
    on_it: dict[str, Decimal] = field(default_factory=dict)


def parts_of(bills: Sequence[Row], sums: Sums, service_rank: Sequence[str]) -> list[Part]:
    """The parts of all level bills of one account, those of a service in the order of their dollars."""
    cancelled_on: dict[str, date] = {}
    for bill in bills:
        if bill["kind"] == "cancel" and bill.get("cancels_bill_id") is not None:
            known = cancelled_on.get(bill["cancels_bill_id"], date.max)
            cancelled_on[bill["cancels_bill_id"]] = min(known, bill["bill_date"])
    days = {bill["bill_date"] for bill in bills} | set(cancelled_on.values())
    page, done = _Page(), []
    for day in sorted(days):
        for bill_id, cancelled in cancelled_on.items():
            if cancelled == day and bill_id in page.on_it:
                page.balance -= page.on_it.pop(bill_id)
                done += _fall_due(page, [one for one in page.waiting if one.bill_id == bill_id], day, day)
        for bill in sorted(bills, key=lambda bill: bill["bill_id"]):
            if bill["bill_date"] != day or bill["kind"] == "cancel":
                continue
            level = bill.get("budget_amount")
            if bill["kind"] == "final" or (bill["kind"] == "regular" and level is None):
                done += _fall_due(page, list(page.waiting), bill["due_date"], day)
                page = _Page()
            elif level is not None and cancelled_on.get(bill["bill_id"], date.max) > day:
                done += _bill(page, bill, sums.get(bill["bill_id"], {}), service_rank)
    return done + page.waiting


def _bill(page: _Page, bill: Row, charges: Mapping[str, Decimal], service_rank: Sequence[str]) -> list[Part]:
    def place(service: str) -> tuple[int, str]:
        return (service_rank.index(service) if service in service_rank else len(service_rank), service)

    change = sum(charges.values(), ZERO) - bill["budget_amount"]
    page.balance += change
    page.on_it[bill["bill_id"]] = change
    page.waiting += [
        Part(bill["bill_id"], service, charges[service])
        for service in sorted(charges, key=place)
        if charges[service] > 0
    ]
    excess = sum((one.amount for one in page.waiting), ZERO) - max(page.balance, ZERO)
    due: list[Part] = []
    while excess > 0:
        oldest = page.waiting[0]
        if oldest.amount > excess:
            oldest.amount -= excess
            due.append(Part(oldest.bill_id, oldest.service, excess, bill["due_date"], bill["bill_date"]))
            break
        excess -= oldest.amount
        due += _fall_due(page, [oldest], bill["due_date"], bill["bill_date"])
    return due


def _fall_due(page: _Page, parts: list[Part], due_on: date, known_on: date) -> list[Part]:
    page.waiting = [one for one in page.waiting if all(one is not part for part in parts)]
    for part in parts:
        part.due_on, part.known_on = due_on, known_on
    return parts
