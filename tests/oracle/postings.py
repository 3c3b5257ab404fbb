"""From the rows of one account to its debits and credits.

Bills
- A bill of kind regular, final or rebill: per service the sum of its charges. Above zero it is a debit of
  class `charge`, posted on the bill date and due on the bill's due date, or, on a level bill, in parts that
  fall due as `level` says, one debit each; below zero an ordinary credit of
  the bill date, which names no bill; zero is nothing.
- A cancel bill: per service the sum of its own charges, or, where it has none, the cancelled bill's sum
  with the sign turned. Below zero it is a credit that names the cancelled bill and the service, posted on
  the cancel's bill date; above zero a debit of class `charge`, due on the cancel's own due date, posted on
  its bill date.

Adjustments
- Above zero a debit. Class: penalty -> `penalty`; returned-payment, disconnect and reconnect fee -> `fee`;
  refund -> `refund`; everything else -> `charge`. Without a service it stands under `account`.
- Below zero a credit. With a `bill_id` it names that bill: a penalty waiver fits class `penalty`, a fee
  waiver `fee`, everything else `charge`. Zero is nothing.
- Due date of a debit: `due_on`; else `origin_due_on`; else a penalty or one of the three fees is due with
  the first bill (regular, final, rebill) dated on or after its posting, known from that bill's date on; but
  where the latest regular or final bill dated before the posting is a final one, on the posting date.
  Everything else is due on its posting date. (Several first bills on one day: the earliest due date.
  Cancelled bills count like others.)

Money
- A payment is a credit of its posting date; with a `bill_id` it names that bill's charges.
- A return is dated `posted_on`, else `returned_on`, but never before the payment's posting. Returns of a
  payment, in order of date and id, lower it as far as it goes. What goes beyond it, or a return without its
  payment, is a debit of class `charge`, service `account`, due on its own date.

The debits of a bill are its own service lines and the positive adjustments that carry its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from tests.oracle.level import Part, parts_of

Row = Mapping[str, object]
Rows = Mapping[str, Sequence[Row]]

ZERO = Decimal("0.00")
NO_SERVICE = "account"
FEE_KINDS = {"returned_payment_fee", "disconnect_fee", "reconnect_fee"}
DEBIT_CLASS = {"penalty": "penalty", "refund": "refund", **dict.fromkeys(FEE_KINDS, "fee")}
CREDIT_FITS = {"penalty_waiver": "penalty", "fee_waiver": "fee"}


@dataclass(frozen=True)
class Policy:
    """The order in which debits of one due date and posting day are paid; what is not listed comes last."""

    service_rank: tuple[str, ...]
    kind_rank: tuple[str, ...] = ("fee", "penalty", "charge", "refund")


@dataclass(frozen=True)
class Debit:
    debit_id: tuple[str, ...]
    kind: str
    service: str
    bill_id: str | None
    posted_on: date
    amount: Decimal
    due_on: date | None
    due_known_on: date | None
    part_no: int = 1

    @property
    def posting_id(self) -> str:
        return ":".join(self.debit_id)

    @property
    def part_id(self) -> tuple[str, int]:
        return (self.posting_id, self.part_no)

    def due_at(self, as_of: date) -> date | None:
        """The due date, as far as it is known on that day."""
        return self.due_on if self.due_known_on is not None and self.due_known_on <= as_of else None


@dataclass(frozen=True)
class Credit:
    """A credit. It reduces debits of class `fits` of `bill_id`; without a bill it is an ordinary credit."""

    posting_id: str
    posted_on: date
    amount: Decimal
    bill_id: str | None = None
    fits: str | None = None
    service: str | None = None
    returns: tuple[tuple[date, Decimal], ...] = ()

    def surviving_at(self, as_of: date) -> Decimal:
        """What is left of it after the returns posted by that day."""
        return self.amount - sum((amount for day, amount in self.returns if day <= as_of), ZERO)


@dataclass
class Postings:
    debits: list[Debit] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)


def postings_of(rows: Rows, service_rank: Sequence[str] = ()) -> Postings:
    """Every posting of one account. `rows`: entity -> rows with the columns of the canonical extracts."""
    postings = Postings()
    bills = {bill["bill_id"]: bill for bill in rows.get("bills", ())}
    sums = _service_sums(rows.get("charges", ()))
    level: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for part in parts_of(list(bills.values()), sums, service_rank):
        level[part.bill_id, part.service].append(part)
    for bill in bills.values():
        if bill["kind"] == "cancel":
            _post_cancel(postings, bill, sums)
        else:
            _post_bill(postings, bill, sums, level)
    for adjustment in rows.get("adjustments", ()):
        _post_adjustment(postings, adjustment, list(bills.values()))
    _post_money(postings, rows.get("payments", ()), rows.get("payment_returns", ()))
    return postings


def _service_sums(charges: Sequence[Row]) -> dict[str, dict[str, Decimal]]:
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for charge in charges:
        sums[charge["bill_id"]][charge["service"]] += charge["amount"]
    return sums


def _bill_debit(bill: Row, service: str, amount: Decimal) -> Debit:
    return Debit(
        debit_id=("bill", bill["bill_id"], service),
        kind="charge",
        service=service,
        bill_id=bill["bill_id"],
        posted_on=bill["bill_date"],
        amount=amount,
        due_on=bill["due_date"],
        due_known_on=bill["bill_date"],
    )


def _post_bill(
    postings: Postings,
    bill: Row,
    sums: Mapping[str, Mapping[str, Decimal]],
    level: Mapping[tuple[str, str], Sequence[Part]],
) -> None:
    for service, amount in sums.get(bill["bill_id"], {}).items():
        if amount > 0:
            whole = _bill_debit(bill, service, amount)
            parts = level.get((bill["bill_id"], service), ())
            postings.debits += [
                replace(
                    whole, amount=part.amount, due_on=part.due_on, due_known_on=part.known_on, part_no=number
                )
                for number, part in enumerate(parts, 1)
            ] or [whole]
        elif amount < 0:
            postings.credits.append(
                Credit(f"bill:{bill['bill_id']}:{service}", posted_on=bill["bill_date"], amount=-amount)
            )


def _post_cancel(postings: Postings, cancel: Row, sums: Mapping[str, Mapping[str, Decimal]]) -> None:
    cancelled_id = cancel.get("cancels_bill_id")
    own = sums.get(cancel["bill_id"])
    if own is None:
        own = {service: -amount for service, amount in sums.get(cancelled_id, {}).items()}
    for service, amount in own.items():
        if amount > 0:
            postings.debits.append(_bill_debit(cancel, service, amount))
        elif amount < 0:
            postings.credits.append(
                Credit(
                    f"bill:{cancel['bill_id']}:{service}",
                    posted_on=cancel["bill_date"],
                    amount=-amount,
                    bill_id=cancelled_id,
                    fits="charge",
                    service=service,
                )
            )


def _post_adjustment(postings: Postings, adjustment: Row, bills: Sequence[Row]) -> None:
    amount, bill_id = adjustment["amount"], adjustment.get("bill_id")
    if amount > 0:
        due_on, due_known_on = _adjustment_due(adjustment, bills)
        postings.debits.append(
            Debit(
                debit_id=("adjustment", adjustment["adjustment_id"]),
                kind=DEBIT_CLASS.get(adjustment["kind"], "charge"),
                service=adjustment.get("service") or NO_SERVICE,
                bill_id=bill_id,
                posted_on=adjustment["posted_on"],
                amount=amount,
                due_on=due_on,
                due_known_on=due_known_on,
            )
        )
    elif amount < 0:
        postings.credits.append(
            Credit(
                f"adjustment:{adjustment['adjustment_id']}",
                posted_on=adjustment["posted_on"],
                amount=-amount,
                bill_id=bill_id,
                fits=CREDIT_FITS.get(adjustment["kind"], "charge"),
                service=adjustment.get("service"),
            )
        )


def _adjustment_due(adjustment: Row, bills: Sequence[Row]) -> tuple[date | None, date | None]:
    """The due date, and the day from which it is known."""
    posted_on = adjustment["posted_on"]
    stated = adjustment.get("due_on") or adjustment.get("origin_due_on")
    if stated is not None:
        return stated, posted_on
    if adjustment["kind"] != "penalty" and adjustment["kind"] not in FEE_KINDS:
        return posted_on, posted_on
    if _is_after_final(posted_on, bills):
        return posted_on, posted_on
    coming = [
        (bill["bill_date"], bill["due_date"])
        for bill in bills
        if bill["kind"] != "cancel" and bill["bill_date"] >= posted_on
    ]
    if not coming:
        return None, None
    bill_date, due_date = min(coming)
    return due_date, bill_date


def _is_after_final(day: date, bills: Sequence[Row]) -> bool:
    """Whether the latest regular or final bill before the day is a final one (of several, any)."""
    earlier = [
        (bill["bill_date"], bill["kind"] == "final")
        for bill in bills
        if bill["kind"] in ("regular", "final") and bill["bill_date"] < day
    ]
    return bool(earlier) and max(earlier)[1]


def _post_money(postings: Postings, payments: Sequence[Row], payment_returns: Sequence[Row]) -> None:
    known = {payment["payment_id"]: payment for payment in payments}
    left = {payment_id: payment["amount"] for payment_id, payment in known.items()}
    returned: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    dated = [
        (return_date(row, known.get(row["payment_id"])), row["return_id"], row) for row in payment_returns
    ]
    for day, return_id, row in sorted(dated, key=lambda entry: entry[:2]):
        payment_id = row["payment_id"]
        taken = min(row["amount"], left.get(payment_id, ZERO))
        if taken > 0:
            left[payment_id] -= taken
            returned[payment_id].append((day, taken))
        if row["amount"] > taken:
            postings.debits.append(_return_debit(return_id, day, row["amount"] - taken))
    for payment_id, payment in known.items():
        postings.credits.append(
            Credit(
                f"payment:{payment_id}",
                posted_on=payment["posted_on"],
                amount=payment["amount"],
                bill_id=payment.get("bill_id"),
                fits="charge",
                returns=tuple(returned[payment_id]),
            )
        )


def return_date(payment_return: Row, payment: Row | None) -> date:
    """The ledger's date of a return."""
    day = payment_return.get("posted_on") or payment_return["returned_on"]
    return day if payment is None else max(day, payment["posted_on"])


def _return_debit(return_id: str, day: date, amount: Decimal) -> Debit:
    return Debit(
        debit_id=("return", return_id),
        kind="charge",
        service=NO_SERVICE,
        bill_id=None,
        posted_on=day,
        amount=amount,
        due_on=day,
        due_known_on=day,
    )
