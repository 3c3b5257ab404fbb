"""What a meter's reads say was used: a bookkeeping that walks through the reads one after the other.

1. Order. By day; on one day an estimate first, a final read last; then by id.
2. Register. It has so many dials and starts again at zero. From one reading to the next it goes the shorter
   way round, and exactly half way counts as down. After an estimate half way counts as up, for the register
   may be below what was estimated either way round.
3. Falling. A true reading below the last true one is wrong, and so is an estimate below a true reading right
   before it. It counts what the billing system says, else nothing, and no later difference rests on it.
4. A read after one that is wrong or has no reading counts what the billing system says, else what is left of
   the way from the last good reading. Where that is below zero although a reading was there, the way is
   counted from that reading.
5. A read without a difference counts what the billing system says, else nothing. A meter's first read on the
   day on which it is installed counts nothing.
6. After a gap the billing system may have known a read that is not here: where it counts less than the
   register made, it is right.
7. A city that never bills below zero keeps what is below and uses it up with the reads that follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Meter:
    meter_id: str
    dials: int
    multiplier: Decimal
    installed_on: date


@dataclass(frozen=True)
class Read:
    read_id: str
    read_on: date
    kind: str
    reading: Decimal | None = None
    delivered: Decimal | None = None


@dataclass
class Booked:
    """What became of a read."""

    read: Read
    days: int | None = None
    computed: Decimal | None = None
    used: Decimal = ZERO
    held: Decimal = ZERO
    rolled_over: bool = False
    fell: bool = False
    missed: bool = False
    span: Decimal | None = None
    estimated_before: Decimal | None = None


@dataclass
class Book:
    """One meter, read after read."""

    meter: Meter
    holds: bool = False
    longest_gap: int = 45
    rows: list[Booked] = field(default_factory=list)
    good: Decimal | None = None
    since_good: Decimal = ZERO
    true: Decimal | None = None
    last_is_good: bool = True
    owed: Decimal = ZERO
    estimates: list[Decimal] = field(default_factory=list)

    def enter_all(self, reads: Iterable[Read]) -> list[Booked]:
        """Book reads in their order."""
        rank = {"estimated": -1, "final": 1}
        for read in sorted(reads, key=lambda one: (one.read_on, rank.get(one.kind, 0), one.read_id)):
            self._enter(read)
        return self.rows

    def _way(self, start: Decimal | None, end: Decimal | None, may_fall_far: bool = False) -> Decimal | None:
        """Units from one reading to another, the shorter way round."""
        if start is None or end is None:
            return None
        turn = Decimal(10) ** self.meter.dials
        up = (end - start) % turn
        if up < 0:
            up += turn
        down = up - turn
        falls = up >= -down if end < start else may_fall_far and up > -down
        return (down if falls else up) * self.meter.multiplier

    def _enter(self, read: Read) -> None:
        before = self.rows[-1] if self.rows else None
        after_estimate = before is not None and before.read.kind == "estimated"
        own = self._way(before.read.reading, read.reading, after_estimate) if before else None
        since_true = self._way(self.true, read.reading)
        row = Booked(read, days=(read.read_on - before.read.read_on).days if before else None)
        if read.kind == "estimated":
            row.fell = own is not None and own < 0 and not after_estimate
        else:
            row.fell = since_true is not None and since_true < 0
        if own is not None and before:
            row.rolled_over = own > (read.reading - before.read.reading) * self.meter.multiplier
        row.computed = self._computed(read, before, own, since_true, row.fell, after_estimate)
        counted = self._counted(row, before)
        self._settle(row, counted)
        self._reconcile(row, after_estimate, since_true)
        self._remember(row)

    def _computed(self, read, before, own, since_true, fell, after_estimate) -> Decimal | None:
        if before is None:
            return ZERO if read.read_on == self.meter.installed_on else None
        if fell:
            return since_true if own is None else own
        if not self.last_is_good and read.reading is not None and self.good is not None:
            left = self._way(self.good, read.reading, after_estimate) - self.since_good
            if left >= 0 or own is None:
                return left
        return own

    def _counted(self, row: Booked, before: Booked | None) -> Decimal:
        delivered, computed = row.read.delivered, row.computed
        if row.fell:
            return delivered or ZERO
        bridged = not self.last_is_good and row.read.reading is not None and self.good is not None
        if bridged or computed is None:
            return next((amount for amount in (delivered, computed) if amount is not None), ZERO)
        is_late = before is not None and row.days > self.longest_gap
        row.missed = is_late and delivered is not None and 0 <= delivered < computed
        return delivered if row.missed else computed

    def _settle(self, row: Booked, counted: Decimal) -> None:
        row.used = counted
        if self.holds:
            left = counted - self.owed
            row.used, self.owed = max(left, ZERO), max(-left, ZERO)
            row.held = self.owed

    def _reconcile(self, row: Booked, after_estimate: bool, since_true: Decimal | None) -> None:
        if row.read.kind == "estimated":
            self.estimates.append(row.used)
            return
        if after_estimate:
            row.span, row.estimated_before = since_true, sum(self.estimates, ZERO)
        self.estimates = []

    def _remember(self, row: Booked) -> None:
        read = row.read
        self.last_is_good = read.reading is not None and not row.fell
        if self.last_is_good:
            self.good, self.since_good = read.reading, ZERO
        else:
            self.since_good += read.delivered or ZERO
        if read.kind != "estimated" and read.reading is not None:
            self.true = read.reading
        self.rows.append(row)


def months_of(days: int | None) -> Decimal:
    """Months of service of so many days: 30.4375 make one; fewer than 20 count a thirtieth each."""
    if days is None or 20 <= days <= 45:
        return Decimal(1)
    if days < 20:
        return (Decimal(days) / 30).quantize(HUNDREDTH, ROUND_HALF_UP)
    return (Decimal(days) / Decimal("30.4375")).quantize(Decimal(1), ROUND_HALF_UP)


def policy_estimate(meter: Meter, rows: list[Booked], place: int) -> Decimal | None:
    """The mean of the last twelve months, at least three, in whole steps of the register (R72).

    Args:
        meter: whose register it is.
        rows: its reads in order, and those of the meters before it.
        place: which of them was estimated.
    """

    def began(row: Booked) -> date:
        return row.read.read_on - timedelta(days=30 if row.days is None else row.days)

    this = rows[place]
    known = [
        row
        for row in rows
        if 1 <= (began(this) - began(row)).days <= 380
        and not (row.days is None and row.read.read_on == meter.installed_on)
    ]
    months = sum((months_of(row.days) for row in known), ZERO)
    if months < 3:
        return None
    used = max(sum((row.used for row in known), ZERO), ZERO)
    steps = used * months_of(this.days) / months / meter.multiplier
    return steps.quantize(Decimal(1), ROUND_HALF_UP) * meter.multiplier
