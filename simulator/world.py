"""What the steps of a run share: the city, its people, its books, its diary and the unwritten rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from simulator import meters
from simulator.accounts import TENANCIES, Accounts
from simulator.agenda import Agenda, Rows
from simulator.books import OpenItems
from simulator.calendars import WorkDays
from simulator.cities import CLASSES, SERVICES, City, Moratorium, Waiver
from simulator.defects import Planting
from simulator.draws import Draws

REGULAR, FINAL, CANCEL, REBILL = range(4)
BILL_KINDS = ("regular", "final", "cancel", "rebill")
BILL_LETTERS = np.frombuffer(b"BFCR", np.uint8)


def reference(keys: np.ndarray, month: np.ndarray | int) -> np.ndarray:
    """The eleven digits of an identifier: premise, month since 2000, tenancy; never a running number."""
    return (keys // TENANCIES * 1000 + month) * TENANCIES + keys % TENANCIES


def bill_number(keys: np.ndarray, month: np.ndarray | int, kind: int) -> np.ndarray:
    """The number of a bill; one account has at most one bill of a kind in a month."""
    return reference(keys, month) * 4 + kind


def _is_single(values) -> bool:
    """Whether a value stands for all rows."""
    return not isinstance(values, np.ndarray) or not values.ndim


def spread(count: int, columns: dict) -> Rows:
    """Columns of one length: a single value stands for all rows."""
    return {
        name: np.full(count, values) if _is_single(values) else values for name, values in columns.items()
    }


def _one_column(counts: list[int], parts: list) -> np.ndarray:
    """Parts of a column, one after the other; a single value stands for all rows of its part."""
    singles = [_is_single(values) for values in parts]
    if all(singles):
        return np.repeat(np.array(parts), counts)
    return np.concatenate(
        [
            np.full(count, values) if is_single else values
            for count, values, is_single in zip(counts, parts, singles, strict=True)
        ]
    )


class Sink:
    """Rows of a month, as raw arrays by entity."""

    def __init__(self) -> None:
        self._parts: dict[str, list[tuple[int, dict]]] = defaultdict(list)

    def add(self, entity: str, count: int, **columns) -> None:
        """Keep rows; a single value stands for all of them."""
        if count:
            self._parts[entity].append((count, columns))

    def take(self) -> dict[str, Rows]:
        """All rows so far, which are then forgotten."""
        rows = {}
        for entity, parts in self._parts.items():
            counts = [count for count, _ in parts]
            rows[entity] = {
                name: _one_column(counts, [columns[name] for _, columns in parts]) for name in parts[0][1]
            }
        self._parts.clear()
        return rows


@dataclass
class Totals:
    """Sums over a run, in cents."""

    billed: int = 0
    collected: int = 0
    returned: int = 0


@dataclass
class World:
    """A run in progress."""

    city: City
    rates: SimpleNamespace
    response: SimpleNamespace
    draws: Draws
    people: Accounts
    work: WorkDays
    start: int
    end: int
    with_trash: bool = False
    with_defects: bool = False
    items: OpenItems = field(default_factory=OpenItems)
    sink: Sink = field(default_factory=Sink)
    totals: Totals = field(default_factory=Totals)
    bills: Agenda = field(default_factory=Agenda)
    penalties: Agenda = field(default_factory=Agenda)
    receipts: Agenda = field(default_factory=Agenda)
    postings: Agenda = field(default_factory=Agenda)
    returns: Agenda = field(default_factory=Agenda)
    moves: Agenda = field(default_factory=Agenda)
    enrolments: Agenda = field(default_factory=Agenda)
    activations: Agenda = field(default_factory=Agenda)
    cancellations: Agenda = field(default_factory=Agenda)
    credits: Agenda = field(default_factory=Agenda)
    courtesies: Agenda = field(default_factory=Agenda)
    reviews: Agenda = field(default_factory=Agenda)
    budgets: Agenda = field(default_factory=Agenda)
    credit_parts: Agenda = field(default_factory=Agenda)
    loans: Agenda = field(default_factory=Agenda)
    deposit_refunds: Agenda = field(default_factory=Agenda)
    programs: Agenda = field(default_factory=Agenda)
    grants: Agenda = field(default_factory=Agenda)
    draft_ends: Agenda = field(default_factory=Agenda)
    bankings: Agenda = field(default_factory=Agenda)
    till: np.ndarray = field(default_factory=lambda: np.zeros(9, np.int64))
    mistakes: Agenda = field(default_factory=Agenda)
    planting: Planting = field(default_factory=Planting)
    collections: Agenda = field(default_factory=Agenda)
    cases: Agenda = field(default_factory=Agenda)
    cuts: Agenda = field(default_factory=Agenda)
    restorations: Agenda = field(default_factory=Agenda)
    reconnects: Agenda = field(default_factory=Agenda)
    fee_waivers: Agenda = field(default_factory=Agenda)
    closings: Agenda = field(default_factory=Agenda)
    agreements: Agenda = field(default_factory=Agenda)
    judgements: Agenda = field(default_factory=Agenda)
    undrawn: dict[int, np.ndarray] = field(default_factory=dict)  # whose drafts of a day could not run
    disputes: Agenda = field(default_factory=Agenda)
    holds: Agenda = field(default_factory=Agenda)
    revenue: np.ndarray = field(default_factory=lambda: np.zeros((len(CLASSES), len(SERVICES)), np.int64))
    penalty_revenue: int = 0
    touched: set[int] = field(default_factory=set)

    def waiver(self, on: int) -> Waiver | None:
        """The waiver of penalties in force on a day."""
        return next((waiver for waiver in self.city.waivers if waiver.covers(on)), None)

    def posting_days(self, days: np.ndarray) -> np.ndarray:
        """The working days on or after some days on which something is entered; not in the outage."""
        outage, days = self.city.outage, self.work.following(days)
        if outage:
            days = np.where((days >= outage.closed_first) & (days < outage.resumes), outage.resumes, days)
        return days

    def protected(self, accounts: np.ndarray, on: int, known_on: int | None = None) -> np.ndarray:
        """Which accounts a moratorium protects from shut-off on a day, as known then or on another (R62)."""
        known_on = on if known_on is None else known_on
        latest: dict[str, Moratorium] = {}
        for moratorium in self.city.moratoria:
            if moratorium.known <= known_on:
                latest[moratorium.event_id] = (
                    moratorium  # versions stand in the order in which they were known
                )
        classes = {kind for one in latest.values() if one.first <= on <= one.last for kind in one.classes}
        if not classes:
            return np.zeros(len(accounts), bool)
        is_protected = np.zeros(len(CLASSES), bool)
        is_protected[list(classes)] = True
        return is_protected[self.people.customer_class[accounts]]

    def asked(self, accounts: np.ndarray) -> np.ndarray:
        """Cents that each account is asked for now, negative where it is ahead.

        Left out of the balance is what is received and not yet posted, what budget billing defers (R80), what
        an agreement puts off (R46) and what is disputed (R50).
        """
        people = self.people
        put_off = people.deferred[accounts] + people.agreed[accounts] + people.disputed[accounts]
        return people.balance[accounts] - people.received[accounts] - put_off

    def extension(self, on: int) -> int:
        """How many days later than usual a bill of this day is due (R61)."""
        outage = self.city.outage
        return outage.extension_days if outage and outage.resumes <= on <= outage.extension_last else 0

    def adjust(
        self, accounts: np.ndarray, on: int, kind: str, cents: np.ndarray, month, letter, **columns
    ) -> None:
        """Post an adjustment to each account: the row and the balance, not the queue of debts.

        Args:
            accounts: account numbers, each once.
            on: posting day.
            kind: as in the contract.
            cents: signed amounts.
            month: month that names the row.
            letter: letter that names the row; with the month and the account it is unique.
            columns: further columns: service, due_on, origin_due_on, bill, related, event, fund_source,
                requested_on, approved_on, document_ref, note.
        """
        raw = {
            "service": -1,
            "due_on": -1,
            "origin_due_on": -1,
            "bill": -1,
            "related": -1,
            "event": "",
            "fund_source": "",
            "requested_on": -1,
            "approved_on": -1,
            "document_ref": "",
            "note": "",
        }
        letters = ord(letter) if isinstance(letter, str) else letter
        self.sink.add(
            "adjustments",
            len(accounts),
            key=self.people.key[accounts],
            account=accounts,
            posted_on=on,
            kind=kind,
            cents=cents,
            month=month,
            letter=letters,
            **{**raw, **columns},
        )
        self.people.balance[accounts] += cents

    def remember_status(self, accounts: np.ndarray, on: int, status: str) -> None:
        """Keep a history row of accounts that changed, and deliver their account rows again."""
        people = self.people
        is_off = people.is_off[accounts] & (status == "active")
        self.sink.add(
            "account_history",
            len(accounts),
            account=accounts,
            on=on,
            autopay=people.autopay[accounts],
            on_budget=people.on_budget[accounts],
            rate=people.tariff_class(accounts),
            program=people.program[accounts],
            status=np.where(is_off, "disconnected_nonpay", status),
        )
        self.touched.update(accounts.tolist())

    def remember_now(self, accounts: np.ndarray, on: int) -> None:
        """Keep a history row of open accounts whose status stays what it is."""
        is_off = self.people.is_off[accounts]
        for status, which in (("active", ~is_off), ("disconnected_nonpay", is_off)):
            self.remember_status(accounts[which], on, status)

    def keep_reads(self, reads: Rows, kind: str) -> None:
        """Keep the reads of a day, electric and water (R89), as rows; `kind` is actual or final."""
        meters.keep_reads(self, reads, kind)
