"""The books: what each account owes in integer cents, and which of its debts are still open.

The balance is a running sum. Which debts are open follows from it (Settlement): credits cover the queue of
debts from its front, so what is open is its end, up to the balance. Only debts that can still be in that end
are kept.
"""

from __future__ import annotations

import numpy as np

from simulator.agenda import begins
from simulator.cities import SERVICES

UNDATED = 2**30  # due with a bill that has not been issued yet: not due, and last in the queue
FEE, PENALTY, CHARGE, REFUND = range(4)
_RANKS = 4
_LAST_DAY = 2**16 - 1  # in the year 2149; what has no due day stands there
KEPT_DAYS = 260  # a return reopens what was open up to 130 days earlier; twice that is kept


class OpenItems:
    """The queue of debts of all accounts, one row per bill or other debit, amounts by service."""

    def __init__(self) -> None:
        self._count = 0
        self._account = np.empty(0, np.int64)
        self._due = np.empty(0, np.int64)
        self._posted = np.empty(0, np.int64)
        self._rank = np.empty(0, np.int64)
        self._bill = np.empty(0, np.int64)
        self._last_open = np.empty(0, np.int64)
        self._cents = np.empty((0, len(SERVICES)), np.int64)

    def _columns(self) -> tuple[str, ...]:
        return ("_account", "_due", "_posted", "_rank", "_bill", "_last_open", "_cents")

    def _reserve(self, more: int) -> None:
        """Make room for more rows, at least doubling."""
        if self._count + more <= len(self._account):
            return
        size = max(1024, 2 * len(self._account), self._count + more)
        for name in self._columns():
            old = getattr(self, name)
            new = np.zeros((size, *old.shape[1:]), np.int64)
            new[: self._count] = old[: self._count]
            setattr(self, name, new)

    def add(self, accounts, due, posted: int, rank: int, cents: np.ndarray, bill=-1) -> None:
        """Add debits.

        Args:
            accounts: account numbers, shape (n,).
            due: due days, or UNDATED.
            posted: the posting day.
            rank: kind of the debit.
            cents: amounts by service, shape (n, 5), none negative.
            bill: number of the bill that it stands on or concerns, or -1.
        """
        count = len(accounts)
        self._reserve(count)
        place = slice(self._count, self._count + count)
        self._account[place] = accounts
        self._due[place] = due
        self._posted[place] = posted
        self._rank[place] = rank
        self._bill[place] = bill
        self._last_open[place] = posted
        self._cents[place] = cents
        self._count += count

    def _rows_of(self, accounts: np.ndarray, total: int) -> np.ndarray:
        """The rows of some accounts."""
        wanted = np.zeros(total, bool)
        wanted[accounts] = True
        return np.flatnonzero(wanted[self._account[: self._count]])

    def _order(self, rows: np.ndarray) -> np.ndarray:
        """One number a row that orders them by account, due day, day of posting and kind (Settlement)."""
        due = np.minimum(self._due[rows], _LAST_DAY)
        day = (self._account[rows] * (_LAST_DAY + 1) + due) * (_LAST_DAY + 1) + self._posted[rows]
        return day * _RANKS + self._rank[rows]

    def give_due_date(self, accounts: np.ndarray, due: np.ndarray, total: int) -> None:
        """Date the penalties and fees that waited for these accounts' next bill."""
        days = np.zeros(total, np.int64)
        days[accounts] = due
        rows = self._rows_of(accounts, total)
        rows = rows[self._due[rows] == UNDATED]
        self._due[rows] = days[self._account[rows]]

    def reduce(
        self, accounts, bills, cents: np.ndarray, rank: int, total: int, service: int | None = None
    ) -> None:
        """Let credits that name a bill take off that bill's debits first, in queue order of services.

        Args:
            accounts: account numbers, each once.
            bills: the bill that each names.
            cents: what each takes off at most, not negative; the rest is an ordinary credit.
            rank: the kind of debit that the credit fits.
            total: number of accounts.
            service: only this service, if given.
        """
        named = np.full(total, -2, np.int64)
        named[accounts] = bills
        left = np.zeros(total, np.int64)
        left[accounts] = cents
        rows = self._rows_of(accounts, total)
        owners = self._account[rows]
        rows = rows[(self._bill[rows] == named[owners]) & (self._rank[rows] == rank)]
        for column in range(len(SERVICES)) if service is None else (service,):
            taken = np.minimum(self._cents[rows, column], left[self._account[rows]])
            self._cents[rows, column] -= taken
            np.subtract.at(left, self._account[rows], taken)

    def open_rows(
        self, balances: np.ndarray, accounts: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """What is open, given balances.

        Args:
            balances: cents that every account owes, shape (accounts,).
            accounts: only these; all where None.

        Returns:
            The rows, in queue order, and the open cents of each by service, shape (rows, 5).
        """
        if accounts is None:
            rows = np.flatnonzero(balances[self._account[: self._count]] > 0)
        else:
            rows = self._rows_of(accounts, len(balances))
            rows = rows[balances[self._account[rows]] > 0]
        if not len(rows):
            return rows, np.zeros((0, len(SERVICES)), np.int64)
        rows = rows[np.argsort(self._order(rows), kind="stable")]
        owners = self._account[rows]
        amounts = self._cents[rows].sum(axis=1)
        running = np.cumsum(amounts)
        is_first = begins(owners)
        ends = np.append(np.flatnonzero(is_first)[1:], len(rows)) - 1
        end = running[ends][np.cumsum(is_first) - 1]
        left = np.clip(balances[owners] - (end - running), 0, amounts)
        by_service = np.zeros((len(rows), len(SERVICES)), np.int64)
        for column in range(len(SERVICES) - 1, -1, -1):
            by_service[:, column] = np.minimum(left, self._cents[rows, column])
            left = left - by_service[:, column]
        return rows, by_service

    def _bears_none(self, rows: np.ndarray) -> np.ndarray:
        """Which rows no penalty is charged on, where it is charged on what is past due."""
        return (self._rank[rows] == PENALTY) | (self._rank[rows] == FEE)

    def past_due(self, balances: np.ndarray, accounts: np.ndarray, on: int) -> np.ndarray:
        """Open debts whose due date has come, per account asked for; penalties and fees bear none."""
        rows, by_service = self.open_rows(balances, accounts)
        counts = ~self._bears_none(rows) & (self._due[rows] <= on)
        sums = np.bincount(self._account[rows], by_service.sum(axis=1) * counts, minlength=len(balances))
        return sums[accounts].astype(np.int64)

    def beside_charges(self, balances: np.ndarray, accounts: np.ndarray) -> np.ndarray:
        """Open penalties and fees, and debts that wait for the next bill, per account asked for."""
        rows, by_service = self.open_rows(balances, accounts)
        counts = self._bears_none(rows) | (self._due[rows] == UNDATED)
        sums = np.bincount(self._account[rows], by_service.sum(axis=1) * counts, minlength=len(balances))
        return sums[accounts].astype(np.int64)

    def oldest(self, balances: np.ndarray, accounts: np.ndarray, on: int) -> tuple[np.ndarray, np.ndarray]:
        """How far behind accounts are (R42).

        Args:
            balances: cents that every account owes, shape (accounts,).
            accounts: whom it is asked for, each once.
            on: the day.

        Returns:
            The due day of each one's oldest open debt, UNDATED where none has a date, and the open cents that
            were due before `on`.
        """
        rows, by_service = self.open_rows(balances, accounts)
        cents = by_service.sum(axis=1)
        is_open = cents > 0
        owners, due, cents = self._account[rows][is_open], self._due[rows][is_open], cents[is_open]
        first = np.full(len(balances), UNDATED)
        np.minimum.at(first, owners, due)
        late = due < on
        past = np.bincount(owners[late], cents[late], minlength=len(balances)).astype(np.int64)
        return first[accounts], past[accounts]

    def by_due_date(
        self, balances: np.ndarray, accounts: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Open amounts per account and due date: account, due day, cents, in order of account and due day."""
        rows, by_service = self.open_rows(balances, accounts)
        cents = by_service.sum(axis=1)
        rows, cents = rows[cents > 0], cents[cents > 0]
        owners, due = self._account[rows], self._due[rows]
        if not len(rows):
            return owners, due, cents
        starts = np.flatnonzero(begins(owners) | begins(due))
        return owners[starts], due[starts], np.add.reduceat(cents, starts)

    def month_end(self, balances: np.ndarray, on: int) -> np.ndarray:
        """Receivable by service on a month end, then forget the debts that can never be open again.

        Returns:
            Cents by service, shape (5,); credits that nothing is left to cover stand under `account`,
            negative.

        Raises:
            RuntimeError: if an account owes more than its debts; the books would be wrong, so they stop.
        """
        rows, by_service = self.open_rows(balances)
        receivable = by_service.sum(axis=0)
        if int(receivable.sum()) != int(np.maximum(balances, 0).sum()):
            raise RuntimeError(f"open debts and balances differ on day {on}: the queue lost a debt")
        receivable[0] += int(np.minimum(balances, 0).sum())
        self._last_open[rows[by_service.any(axis=1)]] = on
        keep = np.flatnonzero(self._last_open[: self._count] > on - KEPT_DAYS)
        for name in self._columns():
            column = getattr(self, name)
            column[: len(keep)] = column[keep]
        self._count = len(keep)
        return receivable
