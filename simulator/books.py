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
DEFERRED = UNDATED + 1  # the same for charges that budget billing puts off: due with a later level amount
FEE, PENALTY, CHARGE, REFUND = range(4)
_RANKS = 4
_LAST_DAY = 2**16 - 1  # in the year 2149; what has no due day stands there
KEPT_DAYS = 260  # a return reopens what was open up to 130 days earlier; twice that is kept


def _by_account(accounts: np.ndarray, values: np.ndarray, total: int) -> np.ndarray:
    """A table by account number of values of some accounts."""
    table = np.zeros(total, np.int64)
    table[accounts] = values
    return table


class OpenItems:
    """The queue of debts of all accounts, amounts by service.

    One row per bill or other debit; of a bill with a level amount one per due date of its parts (R80).
    """

    def __init__(self) -> None:
        self._count = 0
        self._account = np.empty(0, np.int64)
        self._due = np.empty(0, np.int64)
        self._known = np.empty(0, np.int64)  # since when the due day is known
        self._due_with = np.empty(0, np.int64)  # the bill with which it falls due, or -1
        self._posted = np.empty(0, np.int64)
        self._rank = np.empty(0, np.int64)
        self._bill = np.empty(0, np.int64)
        self._last_open = np.empty(0, np.int64)
        self._cents = np.empty((0, len(SERVICES)), np.int64)
        self._taken = np.empty((0, len(SERVICES)), np.int64)  # off it by credits that name the bill

    def _columns(self) -> tuple[str, ...]:
        return (
            "_account",
            "_due",
            "_known",
            "_due_with",
            "_posted",
            "_rank",
            "_bill",
            "_last_open",
            "_cents",
            "_taken",
        )

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
            due: due days, UNDATED or DEFERRED.
            posted: the posting day.
            rank: kind of the debit.
            cents: amounts by service, shape (n, 5), none negative.
            bill: number of the bill that it stands on or concerns, or -1.
        """
        count = len(accounts)
        place = self._append(count)
        self._account[place] = accounts
        self._due[place] = due
        self._known[place] = posted
        self._due_with[place] = np.where((rank == CHARGE) & (np.asarray(due) != DEFERRED), bill, -1)
        self._posted[place] = posted
        self._rank[place] = rank
        self._bill[place] = bill
        self._last_open[place] = posted
        self._cents[place] = cents
        self._taken[place] = 0

    def _append(self, count: int) -> slice:
        """Places for new rows."""
        self._reserve(count)
        place = slice(self._count, self._count + count)
        self._count += count
        return place

    def _rows_of(self, accounts: np.ndarray, total: int) -> np.ndarray:
        """The rows of some accounts."""
        wanted = np.zeros(total, bool)
        wanted[accounts] = True
        return np.flatnonzero(wanted[self._account[: self._count]])

    def _due_as_known(self, rows: np.ndarray, on: np.ndarray | None) -> np.ndarray:
        """The due day of rows as it was known on a day of each account's own; now where None."""
        due = self._due[rows]
        return due if on is None else np.where(self._known[rows] <= on[self._account[rows]], due, UNDATED)

    def _order(self, rows: np.ndarray, on: np.ndarray | None) -> np.ndarray:
        """One number a row that orders them by account, due day, day of posting and kind (Settlement)."""
        due = np.minimum(self._due_as_known(rows, on), _LAST_DAY)
        day = (self._account[rows] * (_LAST_DAY + 1) + due) * (_LAST_DAY + 1) + self._posted[rows]
        return day * _RANKS + self._rank[rows]

    def give_due_date(self, accounts, due: np.ndarray, bills: np.ndarray, on: int, total: int) -> None:
        """Date the penalties and fees that waited for these accounts' bills of today."""
        rows = self._rows_of(accounts, total)
        rows = rows[self._due[rows] == UNDATED]
        self._date(rows, rows, _by_account(accounts, due, total), _by_account(accounts, bills, total), on)

    def _date(self, places, rows: np.ndarray, due: np.ndarray, bills: np.ndarray, on: int) -> None:
        """Give rows the due day, and the bill that says it, of the accounts of `rows`; known from today."""
        owners = self._account[rows]
        self._due[places], self._due_with[places], self._known[places] = due[owners], bills[owners], on

    def deferred(self, accounts: np.ndarray, total: int) -> np.ndarray:
        """Cents of charges that budget billing puts off, as they were billed, per account asked for."""
        rows = self._rows_of(accounts, total)
        rows = rows[self._due[rows] == DEFERRED]
        billed = (self._cents[rows] + self._taken[rows]).sum(axis=1)
        return np.bincount(self._account[rows], billed, minlength=total).astype(np.int64)[accounts]

    def let_fall_due(self, accounts, cents: np.ndarray, due, bills: np.ndarray, on: int, total: int) -> None:
        """Let the first `cents` of what budget billing puts off fall due, in order of bills and services.

        What credits that name a bill took off it is what falls due first.
        """
        rows = self._rows_of(accounts, total)
        rows = rows[self._due[rows] == DEFERRED]
        rows = rows[np.argsort(self._account[rows], kind="stable")]
        if not len(rows):
            return
        owners = self._account[rows]
        billed = self._cents[rows] + self._taken[rows]
        running = np.cumsum(billed.ravel()).reshape(billed.shape)
        before = running - billed
        starts = begins(owners)
        before = before - before[starts, 0][np.cumsum(starts) - 1][:, None]
        now = np.clip(_by_account(accounts, cents, total)[owners][:, None] - before, 0, billed)
        some = now.any(axis=1)
        rows, now = rows[some], now[some]
        place = self._append(len(rows))
        for name in self._columns():
            getattr(self, name)[place] = getattr(self, name)[rows]
        taken = np.minimum(self._taken[rows], now)
        self._taken[place], self._cents[place] = taken, now - taken
        self._taken[rows] -= taken
        self._cents[rows] -= now - taken
        self._last_open[place] = on
        self._date(place, rows, _by_account(accounts, due, total), _by_account(accounts, bills, total), on)

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
        rows = rows[np.argsort(self._order(rows, None), kind="stable")]
        is_first = begins(self._account[rows])
        while len(rows):
            one = rows[is_first]  # the parts of a bill one after the other, those due first before the others
            for column in range(len(SERVICES)) if service is None else (service,):
                taken = np.minimum(self._cents[one, column], left[self._account[one]])
                self._cents[one, column] -= taken
                self._taken[one, column] += taken
                left[self._account[one]] -= taken
            rows = rows[~is_first]
            is_first = begins(self._account[rows])

    def open_rows(
        self, balances: np.ndarray, accounts: np.ndarray | None = None, on: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """What is open, given balances.

        Args:
            balances: cents that every account owes, shape (accounts,).
            accounts: only these; all where None.
            on: the day of those balances, by account number, with what was posted and known by then; today
                where None.

        Returns:
            The rows, in queue order, and the open cents of each by service, shape (rows, 5).
        """
        if accounts is None:
            rows = np.flatnonzero(balances[self._account[: self._count]] > 0)
        else:
            rows = self._rows_of(accounts, len(balances))
            rows = rows[balances[self._account[rows]] > 0]
        if on is not None:
            rows = rows[self._posted[rows] <= on[self._account[rows]]]
        if not len(rows):
            return rows, np.zeros((0, len(SERVICES)), np.int64)
        rows = rows[np.argsort(self._order(rows, on), kind="stable")]
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

    def past_due(self, balances: np.ndarray, accounts: np.ndarray, on: int) -> np.ndarray:
        """Open debts whose due date has come, per account asked for; without penalties and fees."""
        days = np.full(len(balances), on)
        return self.bearing(balances, accounts, days, is_due=True, left_out=(FEE, PENALTY))

    def bearing(
        self, balances, accounts, on: np.ndarray, *, is_due: bool, left_out: tuple[int, ...], bills=None
    ) -> np.ndarray:
        """Open cents that bear a penalty, per account asked for.

        Args:
            balances: cents that every account owed on its day, shape (accounts,).
            accounts: account numbers, each once.
            on: each account's day, shape (accounts,).
            is_due: whether only debts count whose due date has come.
            left_out: kinds of debts that bear none.
            bills: if given, only what falls due with this bill counts.
        """
        rows, by_service = self.open_rows(balances, accounts, on)
        owners = self._account[rows]
        counts = ~np.isin(self._rank[rows], left_out)
        if is_due:
            counts &= self._due_as_known(rows, on) <= on[owners]
        if bills is not None:
            is_known = self._known[rows] <= on[owners]
            counts &= is_known & (self._due_with[rows] == _by_account(accounts, bills, len(balances))[owners])
        sums = np.bincount(owners, by_service.sum(axis=1) * counts, minlength=len(balances))
        return sums[accounts].astype(np.int64)

    def posted_by(self, balances: np.ndarray, accounts: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Open cents of debts posted by a day of each account's own, per account asked for, each once."""
        rows, by_service = self.open_rows(balances, accounts)
        owners = self._account[rows]
        counts = self._posted[rows] <= _by_account(accounts, days, len(balances))[owners]
        sums = np.bincount(owners, by_service.sum(axis=1) * counts, minlength=len(balances))
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

    def month_end(self, balances: np.ndarray, on: int) -> tuple[np.ndarray, np.ndarray]:
        """Receivable by service on a month end, then forget the debts that can never be open again.

        Returns:
            Cents by service, shape (5,); credits that nothing is left to cover stand under `account`,
            negative. And open cents of penalties by account, shape (accounts,).

        Raises:
            RuntimeError: if an account owes more than its debts; the books would be wrong, so they stop.
        """
        rows, by_service = self.open_rows(balances)
        receivable = by_service.sum(axis=0)
        if int(receivable.sum()) != int(np.maximum(balances, 0).sum()):
            raise RuntimeError(f"open debts and balances differ on day {on}: the queue lost a debt")
        receivable[0] += int(np.minimum(balances, 0).sum())
        of_penalties = by_service.sum(axis=1) * (self._rank[rows] == PENALTY)
        penalties = np.bincount(self._account[rows], of_penalties, minlength=len(balances)).astype(np.int64)
        self._last_open[rows[by_service.any(axis=1)]] = on
        is_deferred = (self._due[: self._count] == DEFERRED) & (self._cents + self._taken)[: self._count].any(
            1
        )
        keep = np.flatnonzero((self._last_open[: self._count] > on - KEPT_DAYS) | is_deferred)
        for name in self._columns():
            column = getattr(self, name)
            column[: len(keep)] = column[keep]
        self._count = len(keep)
        return receivable, penalties
