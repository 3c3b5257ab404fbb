"""What each bill's penalty should be: the judge of `fct_penalties`, from the rows of one account.

An accountant does it with the page of the account that `settlement` gives, bill by bill:

1. On the penalty date of a bill he asks what is open at the end of the day. Money received by then counts,
   also where it is posted later. Nothing that is posted later counts.
2. Of the open items he takes those that the policy charges: all, or those whose due date has come, or those
   of the bill; with earlier penalties (compounding), without (simple), or only what falls due with the bill
   (once per bill); with fees or without.
3. From their sum he takes off what a kept agreement puts off and what is disputed. What is left, if it is
   more than the floor, bears the percentage or the flat amount, at least the minimum.
4. A waiver in force on the day after the penalty date stops it. What it stopped is the shadow penalty; where
   penalties compound, the shadow penalties of earlier bills that would still be open bear one as well.
5. A payment received in time that comes back before the next penalty date counts as never received: the last
   bill bears the penalty on the day of the return, if it had none.

An account has one penalty a penalty date. Of several bills with one date the last by bill date and id has it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.oracle.periods import agreed_at, disputed_at, is_under_agreement, pending_at, state_on
from tests.oracle.postings import NO_SERVICE, ZERO, Debit, Policy, Row, Rows, return_date
from tests.oracle.settlement import OpenItem, Statement

CENT = Decimal("0.01")
DAY = timedelta(days=1)
ISSUED = ("regular", "final", "rebill")
BY_DRAFT = ("bank", "card")


@dataclass(frozen=True)
class Event:
    """A time in which penalties are waived, due dates are later or drafts do not run; None: for all."""

    event_id: str
    first: date
    last: date | None = None
    services: frozenset[str] | None = None
    customer_classes: frozenset[str] | None = None
    extension_days: int = 0

    def covers(self, day: date, customer_class: str | None = None) -> bool:
        is_in_time = self.first <= day and (self.last is None or day <= self.last)
        return is_in_time and (self.customer_classes is None or customer_class in self.customer_classes)


@dataclass(frozen=True)
class PenaltyPolicy:
    """One city's rules of penalties, by their names in `policies.yml`, and the events that bear on them."""

    order: Policy
    days: int = 21
    percent: Decimal | None = Decimal("10")
    flat_usd: Decimal | None = None
    minimum_usd: Decimal = ZERO
    base_floor_usd: Decimal = ZERO
    base: str = "current_and_past_due"
    compounding: str = "compounding"
    includes_fees: bool = True
    timely_by: str = "received_on"
    customer_classes: frozenset[str] = frozenset({"residential", "commercial", "industrial", "municipal"})
    after_late_return: str = "on_return_date"
    on_disputed_part: bool = False
    on_agreed_balance: bool = False
    on_new_charges_under_agreement: bool = True
    moves_with_extended_due_date: bool = True
    grace_days: int = 1
    waivers: tuple[Event, ...] = ()
    extensions: tuple[Event, ...] = ()
    draft_outages: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Base:
    """What bears a penalty on a day. `net` may be negative: it is before the floor, credits taken off."""

    items: list[OpenItem] = field(default_factory=list)
    open_usd: Decimal = ZERO
    agreed_usd: Decimal = ZERO
    disputed_usd: Decimal = ZERO
    pending_usd: Decimal = ZERO
    net_usd: Decimal = ZERO

    @property
    def usd(self) -> Decimal:
        return max(ZERO, self.net_usd)

    def of_services(self, services: frozenset[str] | None) -> Decimal:
        """The part of the items of some services (None: all), before anything is taken off."""
        return sum((one.open for one in self.items if services is None or one.service in services), ZERO)


@dataclass(frozen=True)
class Penalty:
    """What is expected of one bill."""

    bill_id: str
    penalty_on: date
    assess_on: date
    base: Base
    base_usd: Decimal = ZERO
    policy_usd: Decimal = ZERO
    expected_usd: Decimal = ZERO
    shadow_base_usd: Decimal = ZERO
    shadow_usd: Decimal = ZERO
    is_exempt: bool = False
    waiver_event_id: str | None = None
    returned_on: date | None = None


def penalties_of(rows: Rows, policy: PenaltyPolicy, as_of: date) -> dict[str, Penalty]:
    """Per bill with a penalty date by the as-of date what is expected; a cancelled bill has none."""
    return _Judge(rows, policy, as_of).judge()


class _Judge:
    """One account under one policy."""

    def __init__(self, rows: Rows, policy: PenaltyPolicy, as_of: date):
        self.rows = rows
        self.policy = policy
        self.as_of = as_of
        self.statement = Statement(rows, policy.order)
        self.debits = {debit.posting_id: debit for debit in self.statement.debits}
        self.account = rows["accounts"][0]

    def judge(self) -> dict[str, Penalty]:
        judged = [self._in_time(bill, day) for bill, day in self._judged_bills()]
        judged = [self._after_return(one, following) for one, following in _pairs(judged)]
        return {one.bill_id: one for one in self._shadowed(judged)}

    # Which bills, and when

    def _judged_bills(self) -> list[tuple[Row, date]]:
        """The bills that may bear a penalty, in order of their penalty dates; one a date."""
        by_day: dict[date, Row] = {}
        for bill in sorted(self.rows["bills"], key=lambda bill: (bill["bill_date"], bill["bill_id"])):
            day = self._penalty_date(bill)
            if bill["kind"] in ISSUED and day <= self.as_of and not self._is_cancelled(bill, day):
                by_day[day] = bill
        return [(bill, day) for day, bill in sorted(by_day.items())]

    def _penalty_date(self, bill: Row) -> date:
        """Printed on the bill, else so many days after it, and later where the due date was extended."""
        if bill.get("penalty_date"):
            return bill["penalty_date"]
        days = self.policy.days
        if self.policy.moves_with_extended_due_date:
            days += sum(one.extension_days for one in self.policy.extensions if one.covers(bill["bill_date"]))
        return bill["bill_date"] + timedelta(days=days)

    def _is_cancelled(self, bill: Row, by: date) -> bool:
        return any(
            other["kind"] == "cancel"
            and other["cancels_bill_id"] == bill["bill_id"]
            and other["bill_date"] <= by
            for other in self.rows["bills"]
        )

    # The base

    def base_at(self, bill: Row, day: date, rows: Rows | None = None) -> Base:
        """What bears the bill's penalty at the end of its penalty date, or would by other rows."""
        statement = self.statement if rows is None else Statement(rows, self.policy.order)
        payments = (rows or self.rows)["payments"]
        pending = ZERO
        if self.policy.timely_by == "received_on":
            pending = pending_at(payments, day)
        page = statement.open_at(day, pending)
        bearing = [one for one in page.items if self._bears(one, bill, day)]
        agreed, disputed = self._agreed(day), self._disputed(day)
        taken_off = agreed + disputed + page.unapplied
        return Base(
            items=bearing,
            open_usd=sum((one.open for one in page.items), ZERO),
            agreed_usd=agreed,
            disputed_usd=disputed,
            pending_usd=pending,
            net_usd=sum((one.open for one in bearing), ZERO) - taken_off,
        )

    def _bears(self, item: OpenItem, bill: Row, day: date) -> bool:
        """Whether an open item is in the base."""
        debit, policy = self.debits[item.posting_id], self.policy
        if debit.kind == "fee" and not policy.includes_fees:
            return False
        if debit.debit_id[0] == "bill" and item.due_on is None:
            return False  # put off by level payments: nobody has asked for it
        if debit.kind == "penalty" and policy.compounding != "compounding":
            return False
        if policy.compounding == "once_per_bill" and not self._falls_due_with(debit, bill):
            return False
        if policy.base == "past_due":
            return item.due_on is not None and item.due_on <= day
        return policy.base != "bill" or self._falls_due_with(debit, bill)

    def _falls_due_with(self, debit: Debit, bill: Row) -> bool:
        """Its charges, what budget billing put off until it, and fees and penalties that waited for it."""
        if (debit.due_known_on, debit.due_on) != (bill["bill_date"], bill["due_date"]):
            return False
        if debit.kind in ("fee", "penalty") or debit.bill_id == bill["bill_id"]:
            return True
        return debit.bill_id is not None and debit.posted_on < bill["bill_date"]

    def _agreed(self, day: date) -> Decimal:
        if self.policy.on_agreed_balance:
            return ZERO
        return agreed_at(self.rows, self.statement, day, self.policy.grace_days)

    def _disputed(self, day: date) -> Decimal:
        return ZERO if self.policy.on_disputed_part else disputed_at(self.rows, day)

    # The penalty

    def _charged_on(self, base_usd: Decimal) -> Decimal:
        """The penalty that policy charges on a base."""
        policy = self.policy
        if base_usd <= policy.base_floor_usd or base_usd <= 0:
            return ZERO
        if policy.flat_usd is not None:
            return max(policy.flat_usd, policy.minimum_usd)
        return max(percent_of(base_usd, policy.percent), policy.minimum_usd)

    def _bears_any(self, bill: Row, day: date) -> bool:
        """Whether the account's class pays penalties, and its draft of the bill could have run (R65)."""
        if state_on(self.rows, self.account, day)["customer_class"] not in self.policy.customer_classes:
            return False
        if not self.policy.on_new_charges_under_agreement and is_under_agreement(
            self.rows, self.statement, day, self.policy.grace_days
        ):
            return False
        by_draft = state_on(self.rows, self.account, bill["due_date"])["autopay"] in BY_DRAFT
        return not (by_draft and any(one.covers(bill["due_date"]) for one in self.policy.draft_outages))

    def _in_time(self, bill: Row, day: date) -> Penalty:
        """The penalty of the day after the penalty date."""
        base = self.base_at(bill, day)
        is_exempt = not self._bears_any(bill, day)
        charged = ZERO if is_exempt else self._charged_on(base.usd)
        return self._waived(
            Penalty(bill["bill_id"], day, day + DAY, base, base.usd, charged, is_exempt=is_exempt)
        )

    def _waived(self, one: Penalty) -> Penalty:
        """What a waiver in force on the day of assessment leaves of a penalty."""
        customer_class = state_on(self.rows, self.account, one.penalty_on)["customer_class"]
        in_force = [event for event in self.policy.waivers if event.covers(one.assess_on, customer_class)]
        if not in_force:
            return replace(one, expected_usd=one.policy_usd, waiver_event_id=None)
        event = min(in_force, key=lambda event: (event.first, event.event_id))
        waived = ZERO if any(e.services is None for e in in_force) else None
        if waived is None:
            # what belongs to no service is waived with any
            services = frozenset({NO_SERVICE}).union(*(e.services for e in in_force))
            charged = max(ZERO, one.base_usd - one.base.of_services(services))
            waived = self._charged_on(charged)
        return replace(one, expected_usd=waived, waiver_event_id=event.event_id)

    def _shadowed(self, judged: list[Penalty]) -> list[Penalty]:
        """The penalties that waivers stopped; where they compound, on the earlier ones as well."""
        earlier, found = ZERO, []
        for one in judged:
            if one.waiver_event_id is not None and not one.is_exempt:
                compounds = self.policy.compounding == "compounding"
                net = one.base.net_usd if one.returned_on is None else one.base_usd
                shadow_base = max(ZERO, net + earlier) if compounds else one.base_usd
                shadow = self._charged_on(shadow_base) - one.expected_usd
                earlier += shadow
                one = replace(one, shadow_base_usd=shadow_base, shadow_usd=shadow)
            found.append(one)
        return found

    # Money that comes back

    def _after_return(self, one: Penalty, following: Penalty | None) -> Penalty:
        """The penalty of the first payment that comes back too late for its own date, if there was none."""
        if self.policy.after_late_return != "on_return_date" or one.policy_usd > 0 or one.is_exempt:
            return one
        bill = next(bill for bill in self.rows["bills"] if bill["bill_id"] == one.bill_id)
        for day in self._days_of_returns(one.penalty_on):
            is_next_due = following is not None and day >= following.penalty_on
            if day > self.as_of or is_next_due or self._is_cancelled(bill, day):
                break
            rows = self._never_received(one.penalty_on, day)
            base = self.base_at(bill, one.penalty_on, rows)
            base_usd = min(base.usd, self._open_before(day, rows))
            if self._charged_on(base_usd) > 0:
                late = replace(one, base=base, base_usd=base_usd, assess_on=day, returned_on=day)
                return self._waived(replace(late, policy_usd=self._charged_on(base_usd)))
        return one

    def _returns_after(self, penalty_on: date) -> list[tuple[date, Row]]:
        """What came back after a penalty date of money received by then, with its days."""
        payments = {row["payment_id"]: row for row in self.rows["payments"]}
        dated = [
            (return_date(row, payments[row["payment_id"]]), row)
            for row in self.rows["payment_returns"]
            if row["payment_id"] in payments and payments[row["payment_id"]]["received_on"] <= penalty_on
        ]
        return [(day, row) for day, row in dated if day > penalty_on]

    def _days_of_returns(self, penalty_on: date) -> list[date]:
        return sorted({day for day, _ in self._returns_after(penalty_on)})

    def _never_received(self, penalty_on: date, by: date) -> Rows:
        """The rows as if what came back from the penalty date to a day had never been received."""
        gone = [row for day, row in self._returns_after(penalty_on) if day <= by]
        gone_ids = {row["return_id"] for row in gone}
        back: Counter = Counter()
        for row in gone:
            back[row["payment_id"]] += row["amount"]
        payments = [
            {**row, "amount": max(ZERO, row["amount"] - back[row["payment_id"]])}
            for row in self.rows["payments"]
        ]
        returns = [row for row in self.rows["payment_returns"] if row["return_id"] not in gone_ids]
        return {**self.rows, "payments": payments, "payment_returns": returns}

    def _open_before(self, day: date, rows: Rows) -> Decimal:
        """What is open the evening before a return, as if the money had gone by then."""
        evening = day - DAY
        page = Statement(rows, self.policy.order).open_at(evening, pending_at(rows["payments"], evening))
        return sum((one.open for one in page.items), ZERO)


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """A percentage to the cent, half away from zero."""
    return (amount * percent / 100).quantize(CENT, ROUND_HALF_UP)


def _pairs(judged: list[Penalty]) -> list[tuple[Penalty, Penalty | None]]:
    """Each with the one of the next penalty date."""
    return list(zip(judged, [*judged[1:], None], strict=True)) if judged else []
