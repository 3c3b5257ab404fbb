"""The same account kept by a clerk, day by day, with only yesterday's page before him.

He keeps, for every debit, what named credits took off it and what money covers of it. A day's postings
change that page: new debits take their place in the queue, a due date that becomes known moves its debit
forward, credits cover the front of the queue, returned money reopens the end of what was covered. No
running sum over the whole account is made. It judges `settlement`; it is not the definition.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.oracle.postings import ZERO, Credit, Debit, Policy
from tests.oracle.settlement import Statement


@dataclass
class _Line:
    debit: Debit
    taken_off: Decimal = ZERO
    covered: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        return self.debit.amount - self.taken_off - self.covered


class _Clerk:
    def __init__(self, policy: Policy):
        self.policy = policy
        self.today = date.min
        self.queue: list[_Line] = []
        self.named: dict[tuple[str, str], dict[str | None, Decimal]] = defaultdict(
            lambda: defaultdict(lambda: ZERO)
        )
        self.money = ZERO  # not on any debit; below zero only while a day is being posted

    def post_debit(self, debit: Debit) -> None:
        self.queue.append(_Line(debit))

    def post_money(self, credit: Credit, amount: Decimal) -> None:
        """A credit, or with a negative amount its return."""
        self.money += amount
        if credit.bill_id is not None:
            self.named[(credit.bill_id, credit.fits)][credit.service] += amount

    def close_day(self) -> None:
        self.queue.sort(key=self._place)
        for key, pots in self.named.items():
            self._take_off(key, dict(pots))
        self._reopen_from_the_end()
        for line in self.queue:
            self._cover(line, min(self.money, line.open))

    def _place(self, line: _Line) -> tuple:
        debit = line.debit
        ranks = [
            list(order).index(item) if item in order else 999
            for order, item in (
                (self.policy.kind_rank, debit.kind),
                (self.policy.service_rank, debit.service),
            )
        ]
        return (debit.due_at(self.today) or date.max, debit.posted_on, ranks, debit.part_id)

    def _take_off(self, key: tuple[str, str], pots: dict[str | None, Decimal]) -> None:
        """Share what names a bill and class among its debits: from the service's pot, then the common one."""
        for line in self.queue:
            debit = line.debit
            if (debit.bill_id, debit.kind) != key:
                continue
            taken = ZERO
            for pot in (debit.service, None):
                part = min(pots.get(pot, ZERO), debit.amount - taken)
                pots[pot] = pots.get(pot, ZERO) - part
                taken += part
            self.money -= taken - line.taken_off
            line.taken_off = taken

    def _reopen_from_the_end(self) -> None:
        """Release what covers too much or stands behind an open debit, then the end while money is short."""
        open_before = False
        for line in self.queue:
            excess = max(ZERO, line.covered + line.taken_off - line.debit.amount)
            self._cover(line, -(line.covered if open_before else excess))
            open_before = open_before or line.open > 0
        for line in reversed(self.queue):
            if self.money < 0:
                self._cover(line, -min(line.covered, -self.money))

    def _cover(self, line: _Line, amount: Decimal) -> None:
        line.covered += amount
        self.money -= amount


def replay(statement: Statement) -> dict[date, tuple[dict[str, Decimal], Decimal]]:
    """At the end of each day with a change: what is open per posting id, and the unapplied credit."""
    clerk = _Clerk(statement.policy)
    pages = {}
    for day in statement.change_days():
        clerk.today = day
        for debit in statement.debits:
            if debit.posted_on == day:
                clerk.post_debit(debit)
        for credit in statement.credits:
            if credit.posted_on == day:
                clerk.post_money(credit, credit.amount)
            for returned_on, amount in credit.returns:
                if returned_on == day:
                    clerk.post_money(credit, -amount)
        clerk.close_day()
        left: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for line in clerk.queue:
            if line.open > 0:
                left[line.debit.posting_id] += line.open
        pages[day] = (dict(left), clerk.money)
    return pages
