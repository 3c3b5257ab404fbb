"""What is open on a day: a function of the postings dated on or before it, and of nothing else.

1. Queue. The debits posted by the day stand in one queue. Known due dates come first, by due date, posting
   day, rank of the kind, rank of the service, posting id; debits whose due date is not yet known come last,
   by the same without it. The parts of a level bill's debit stand in the order of their numbers.
2. Named credits. Per bill and class the credits that name the bill reduce its debits in queue order, each
   by at most its amount: first those that give a service, service by service; then those without a service
   reduce what is left. Only their totals matter. What exceeds the debits is an ordinary credit, and so is
   the whole of a credit whose debits are not posted yet. A payment counts with what survives its returns.
3. Level. All ordinary credits are one number, the level. It covers the queue from the front. With `net`
   what named credits left of a debit and `hi` the running sum of `net` through it: open = min(net, max(0,
   hi - level)). What the level has beyond the queue is unapplied credit, which has no service.
4. Pairs. Named pairs first (within a bill and class: credits with a service, then the others, each in order
   of posting day and id, against the debits in queue order); then the surviving ordinary credits, in order
   of posting day and id, are laid along the queue. The pairs of a debit and what is open of it make up its
   amount.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tests.oracle.postings import ZERO, Credit, Debit, Policy, Rows, postings_of

PartId = tuple[str, int]
BUCKETS = ("not_yet_due_usd", "d1_30_usd", "d31_60_usd", "d61_90_usd", "d91_120_usd", "over_120_usd")


@dataclass(frozen=True)
class OpenItem:
    """What is open of a debit under one due date; the parts of a level bill that still wait are one."""

    debit_id: tuple[str, ...]
    posting_id: str
    kind: str
    service: str
    due_on: date | None
    open: Decimal


@dataclass(frozen=True)
class Allocation:
    credit_posting_id: str
    debit_posting_id: str
    amount: Decimal


@dataclass(frozen=True)
class Settlement:
    """The open items in queue order (settled ones left out), the unapplied credit, and the ledger balance."""

    items: list[OpenItem]
    unapplied: Decimal
    balance: Decimal

    def by_posting(self) -> dict[str, Decimal]:
        found: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for item in self.items:
            found[item.posting_id] += item.open
        return dict(found)

    def by_due_date(self) -> dict[tuple[str, date | None], Decimal]:
        """Posting and due date, as far as it is known -> what is open."""
        return {(item.posting_id, item.due_on): item.open for item in self.items}


class Statement:
    """The books of one account."""

    def __init__(self, rows: Rows, policy: Policy):
        postings = postings_of(rows, policy.service_rank)
        self.debits = postings.debits
        self.credits = postings.credits
        self.policy = policy

    def change_days(self) -> list[date]:
        """The days on which what is open may change: postings, returns, and due dates becoming known."""
        days = {debit.posted_on for debit in self.debits}
        days |= {debit.due_known_on for debit in self.debits if debit.due_known_on is not None}
        for credit in self.credits:
            days.add(credit.posted_on)
            days |= {day for day, _ in credit.returns}
        return sorted(days)

    def open_at(self, as_of: date, pending: Decimal = ZERO) -> Settlement:
        """What is open on a day. `pending`, received by then and posted later, raises the level."""
        queue = self._queue_at(as_of)
        credits = self._credits_at(as_of)
        balance = sum(_amounts(queue).values(), ZERO) - sum((left for _, left in credits), pending)
        net, level_credits, _ = _apply_named(queue, credits)
        level = sum(level_credits.values(), pending)
        items, hi = [], ZERO
        for debit in queue:
            hi += net[debit.part_id]
            still_open = min(net[debit.part_id], max(ZERO, hi - level))
            if still_open > 0:
                item = OpenItem(
                    debit_id=debit.debit_id,
                    posting_id=debit.posting_id,
                    kind=debit.kind,
                    service=debit.service,
                    due_on=debit.due_at(as_of),
                    open=still_open,
                )
                if items and (items[-1].posting_id, items[-1].due_on) == (item.posting_id, item.due_on):
                    item = replace(item, open=items.pop().open + still_open)
                items.append(item)
        return Settlement(items=items, unapplied=max(ZERO, level - hi), balance=balance)

    def aging_at(self, as_of: date) -> dict[str, dict[str, Decimal]]:
        """Per service with something open: bucket -> amount. Unapplied credit has no service: not here."""
        aging: dict[str, dict[str, Decimal]] = {}
        for item in self.open_at(as_of).items:
            buckets = aging.setdefault(item.service, dict.fromkeys(BUCKETS, ZERO))
            buckets[bucket_of(item.due_on, as_of)] += item.open
        return aging

    def allocations_at(self, as_of: date) -> list[Allocation]:
        queue = self._queue_at(as_of)
        net, level_credits, pairs = _apply_named(queue, self._credits_at(as_of))
        return pairs + _as_allocations(_lay_along(level_credits, net))

    def _queue_at(self, as_of: date) -> list[Debit]:
        """The debits posted by the day, in queue order."""

        def place(debit: Debit) -> tuple:
            return (
                debit.due_at(as_of) or date.max,
                debit.posted_on,
                _rank(self.policy.kind_rank, debit.kind),
                _rank(self.policy.service_rank, debit.service),
                debit.part_id,
            )

        return sorted((debit for debit in self.debits if debit.posted_on <= as_of), key=place)

    def _credits_at(self, as_of: date) -> list[tuple[Credit, Decimal]]:
        """The credits posted by the day with what survives of them, by posting day and id."""
        posted = sorted(
            (credit for credit in self.credits if credit.posted_on <= as_of),
            key=lambda credit: (credit.posted_on, credit.posting_id),
        )
        return [(credit, credit.surviving_at(as_of)) for credit in posted]


def bucket_of(due_on: date | None, as_of: date) -> str:
    """The aging bucket; the due date itself, and a due date that is not known, are not yet due."""
    days_past_due = 0 if due_on is None else (as_of - due_on).days
    if days_past_due <= 0:
        return BUCKETS[0]
    for last_day, bucket in zip((30, 60, 90, 120), BUCKETS[1:5], strict=True):
        if days_past_due <= last_day:
            return bucket
    return BUCKETS[5]


def _rank(order: tuple[str, ...], item: str) -> int:
    return order.index(item) if item in order else len(order)


def _amounts(debits: Iterable[Debit]) -> dict[PartId, Decimal]:
    return {debit.part_id: debit.amount for debit in debits}


def _apply_named(
    queue: list[Debit], credits: list[tuple[Credit, Decimal]]
) -> tuple[dict[PartId, Decimal], dict[str, Decimal], list[Allocation]]:
    """What named credits leave of each debit and of each credit, and the pairs that they make."""
    net = _amounts(queue)
    left = {credit.posting_id: amount for credit, amount in credits}
    named: dict[tuple, list[Credit]] = defaultdict(list)
    for credit, _ in credits:
        if credit.bill_id is not None:
            named[(credit.service is None, credit.bill_id, credit.fits, credit.service)].append(credit)
    pairs: list[Allocation] = []
    for (fits_any_service, bill_id, kind, service), group in sorted(
        named.items(), key=lambda entry: entry[0][0]
    ):
        fitting = [
            debit.part_id
            for debit in queue
            if debit.bill_id == bill_id
            and debit.kind == kind
            and (fits_any_service or debit.service == service)
        ]
        matched = _lay_along(
            {credit.posting_id: left[credit.posting_id] for credit in group},
            {part_id: net[part_id] for part_id in fitting},
        )
        for credit_id, part_id, amount in matched:
            left[credit_id] -= amount
            net[part_id] -= amount
        pairs += _as_allocations(matched)
    return net, left, pairs


def _as_allocations(pairs: list[tuple[str, PartId, Decimal]]) -> list[Allocation]:
    """Parts of one debit are one posting."""
    paid: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for credit_id, (posting_id, _), amount in pairs:
        paid[credit_id, posting_id] += amount
    return [Allocation(credit_id, posting_id, amount) for (credit_id, posting_id), amount in paid.items()]


def _lay_along(
    credits: dict[str, Decimal], debits: dict[PartId, Decimal]
) -> list[tuple[str, PartId, Decimal]]:
    """Lay the credits along the debits in the order given: each pays where the one before it stopped."""
    pairs = []
    unpaid = dict(debits)
    for credit_id, amount in credits.items():
        for debit_id, owed in unpaid.items():
            paid = min(amount, owed)
            if paid > 0:
                pairs.append((credit_id, debit_id, paid))
                unpaid[debit_id] -= paid
                amount -= paid
    return pairs
