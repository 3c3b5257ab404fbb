"""What happened in a month, by customer class: the figures in which a city and its twin are compared."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from simulator import columns as col
from simulator.accounts import Accounts
from simulator.agenda import Rows
from simulator.calendars import last_day
from simulator.cities import CLASSES
from simulator.entities import card_fees
from simulator.world import World

# Beside these, every kind of adjustment is a component under its own name.
BILLED, PAID, ASSISTED, RETURNED = "billed", "payments", "assistance_payments", "returned_payments"
ABSORBED, CHARGED = "card_fees_absorbed", "card_fees_of_customers"
RECEIVABLE, OPEN_PENALTIES = "receivable", "receivable_penalties"


class Flows:
    """Sums by month, customer class and component, in cents, with the number of rows behind each."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, int, str, int, int]] = []

    def end_month(self, world: World, month: int, rows: dict[str, Rows], open_penalties: np.ndarray) -> None:
        """Add a month.

        Args:
            world: the run.
            month: the month that ended.
            rows: what was posted in it, by entity, as kept.
            open_penalties: cents of penalties in what each account owes at its end.
        """
        people = world.people
        if "bills" in rows:
            bills = rows["bills"]
            self._add(people, month, BILLED, bills["account"], bills["billed"])
        if "adjustments" in rows:
            adjustments = rows["adjustments"]
            for kind in sorted(set(adjustments["kind"].tolist())):
                which = adjustments["kind"] == kind
                self._add(people, month, kind, adjustments["account"][which], adjustments["cents"][which])
        if "payments" in rows:
            self._add_payments(world, month, rows["payments"])
        if "payment_returns" in rows:
            returns = rows["payment_returns"]
            self._add(people, month, RETURNED, returns["account"], returns["cents"])
        everyone = np.arange(people.count)
        self._add(people, month, RECEIVABLE, everyone, people.balance[: people.count])
        owing = np.flatnonzero(open_penalties)
        self._add(people, month, OPEN_PENALTIES, owing, open_penalties[owing])

    def _add_payments(self, world: World, month: int, rows: Rows) -> None:
        is_helped = rows["fund"] > 0
        for component, which in ((PAID, ~is_helped), (ASSISTED, is_helped)):
            self._add(world.people, month, component, rows["account"][which], rows["cents"][which])
        of_customer, absorbed = card_fees(world.city, rows)
        for component, cents in ((CHARGED, of_customer), (ABSORBED, absorbed)):
            which = cents > 0
            self._add(world.people, month, component, rows["account"][which], cents[which])

    def _add(
        self, people: Accounts, month: int, component: str, accounts: np.ndarray, cents: np.ndarray
    ) -> None:
        kinds = people.customer_class[accounts]
        sums = np.zeros(len(CLASSES), np.int64)
        np.add.at(sums, kinds, cents)
        counts = np.bincount(kinds, minlength=len(CLASSES))
        self._rows += [
            (month, kind, component, int(sums[kind]), int(counts[kind]))
            for kind in range(len(CLASSES))
            if counts[kind]
        ]

    def table(self) -> pa.Table:
        """One row per month end, class and component: `amount_usd` and the number of `rows` behind it."""
        months, kinds, components, cents, counts = zip(*self._rows, strict=True)
        return pa.table(
            {
                "month_end": col.dates(np.array([last_day(month) for month in months])),
                "customer_class": col.codes(np.array(kinds), CLASSES),
                "component": col.texts(components),
                "amount_usd": col.money(np.array(cents, np.int64)),
                "rows": col.integers(np.array(counts)),
            }
        )
