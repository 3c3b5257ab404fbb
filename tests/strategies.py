"""Random histories of accounts, valid by the contract and full of coincidences.

One generator serves both uses: `histories()` for hypothesis, which steers and shrinks the random source,
and `random_histories(seed, accounts)` for bulk. Amounts and days come from small sets, so that a payment
often equals a bill, and several things happen on one day. What is drawn low is the plain case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from tests.support.canonical import Rows, add, empty_rows, merged

START = date(2021, 1, 1)
SERVICES = ("electric", "water", "sewer", "account")
FEES = ("returned_payment_fee", "disconnect_fee", "reconnect_fee")
COMMON_AMOUNTS = tuple(Decimal(text) for text in ("10.00", "20.00", "0.01", "25.00", "30.00", "45.06"))
CENT = Decimal("0.01")


@st.composite
def histories(draw: st.DrawFn, max_bills: int = 6, max_accounts: int = 2) -> Rows:
    """The rows of one or a few accounts."""
    random = draw(st.randoms(use_true_random=False))
    return utility_of(random, random.randint(1, max_accounts), max_bills)


def random_histories(seed: int, accounts: int, max_bills: int = 8) -> Rows:
    """The rows of many accounts; the same seed gives the same rows."""
    return utility_of(Random(seed), accounts, max_bills)


def utility_of(random: Random, accounts: int, max_bills: int, kind: type[Account] | None = None) -> Rows:
    """The rows of so many accounts of a kind."""
    make = kind or Account
    built = [make(random, f"{number % 20 + 1:02}-{number:05}", max_bills) for number in range(accounts)]
    for account in built:
        account.live()
    for account in built:
        if accounts > 1 and account.chance(20):
            account.transfer_to(random.choice([other for other in built if other is not account]))
    return merged([account.rows for account in built])


class Account:
    """One account that lives through bills, payments and the rest."""

    def __init__(self, random: Random, account_id: str, max_bills: int):
        self.random = random
        self.account_id = account_id
        self.max_bills = max_bills
        self.rows = empty_rows()
        self.days = [START]
        self.is_level = False
        add(self.rows, "accounts", account_id=account_id, customer_class="residential")

    def live(self) -> None:
        if self.chance(30):
            self.opening_balance()
        self.bill_cycles()
        for bill in list(self.rows["bills"]):
            if self.chance(20):
                self.cancel(bill)
        for bill in list(self.rows["bills"]):
            if self.chance(60):
                self.pay(self.day(bill["bill_date"]), self.payment_amount(bill))
        self.several(2, self.payment)
        self.several(3, self.penalty_or_fee)
        self.several(2, self.credit)
        self.several(2, self.waiver)
        self.several(2, self.other_debit)
        for payment in list(self.rows["payments"]):
            if self.chance(30):
                self.give_back(payment)
        if self.chance(15):
            self.write_off_and_recovery()

    # What is drawn

    def chance(self, percent: int) -> bool:
        return self.random.randint(1, 100) > 100 - percent

    def several(self, most: int, happens: Callable[[], object]) -> None:
        for _ in range(self.random.randint(0, most)):
            happens()

    def amount(self) -> Decimal:
        if self.chance(25):
            return self.random.randint(1, 6000) * CENT
        return self.random.choice(COMMON_AMOUNTS)

    def day(self, earliest: date = START) -> date:
        """A day on which something already happened, or some day about then; never before the earliest."""
        around = self.random.choice(self.days) + timedelta(
            days=self.random.choice((0, 0, 1, -1, 5, 20, 45, -15))
        )
        return self.seen(max(around, earliest))

    def seen(self, day: date) -> date:
        self.days.append(day)
        return day

    def optional(self, percent: int, values: Iterable):
        values = list(values)
        return self.random.choice(values) if values and self.chance(percent) else None

    def named_bill(self, percent: int) -> str | None:
        """Perhaps a bill; preferably one that is named already."""
        bill_ids = [row["bill_id"] for row in self.rows["bills"] if row["kind"] != "cancel"]
        again = [row["bill_id"] for row in self.rows["adjustments"] + self.rows["payments"] if row["bill_id"]]
        return self.optional(percent, bill_ids + 3 * again)

    def new_id(self, entity: str, prefix: str) -> str:
        """Ids of mixed length that do not follow the order in time."""
        return f"{self.account_id}-{prefix}{len(self.rows[entity]) * 37 % 101}"

    def add(self, entity: str, **values: object) -> dict[str, object]:
        return add(self.rows, entity, account_id=self.account_id, **values)

    # Bills

    def bill_cycles(self) -> None:
        self.is_level = self.chance(35)
        bill_date = START + timedelta(days=self.random.randint(0, 20))
        for _ in range(self.random.randint(0, self.max_bills)):
            self.bill("final" if self.chance(12) else "regular", bill_date)
            bill_date = self.seen(bill_date + timedelta(days=self.random.choice((30, 31, 28, 1, 14, 61))))

    def bill(self, kind: str, bill_date: date) -> dict[str, object]:
        days_to_pay = 70 if self.chance(15) else self.random.choice((15, 21, 10, 0, 30, 34))
        bill = self.add(
            "bills",
            bill_id=self.new_id("bills", "B"),
            bill_date=self.seen(bill_date),
            due_date=self.seen(bill_date + timedelta(days=days_to_pay)),
            kind=kind,
        )
        for service, percent in (("electric", 65), ("water", 65), ("sewer", 65), ("account", 10)):
            if self.chance(percent):
                self.charge(bill, service, self.amount())
                if self.chance(25):
                    self.charge(bill, service, -self.amount())
        if self.is_level and self.chance(85):
            bill["budget_amount"] = self.level_amount(bill)
        return bill

    def level_amount(self, bill: dict[str, object]) -> Decimal:
        """The usual amount, at times what settles everything, more or less than that, or money back."""
        total = sum((charge["amount"] for charge in self.charges_of(bill)), Decimal("0.00"))
        level = Decimal("40.00")
        return self.random.choice((level, level, level, total, 2 * total, self.amount(), -self.amount()))

    def charge(self, bill: dict[str, object], service: str, amount: Decimal) -> None:
        self.add(
            "charges",
            charge_id=f"{bill['bill_id']}-{len(self.rows['charges'])}",
            bill_id=bill["bill_id"],
            service=service,
            amount=amount,
        )

    def cancel(self, bill: dict[str, object]) -> None:
        """Taken off with or without charges of its own, at times only in part; usually rebilled."""
        cancelled_on = self.seen(bill["bill_date"] + timedelta(days=self.random.choice((10, 0, 20, 40))))
        cancel = self.add(
            "bills",
            bill_id=self.new_id("bills", "B"),
            bill_date=cancelled_on,
            due_date=cancelled_on + timedelta(days=self.random.choice((0, 15))),
            kind="cancel",
            cancels_bill_id=bill["bill_id"],
        )
        if self.chance(50):
            for charge in self.charges_of(bill):
                if not self.chance(15):
                    self.charge(cancel, charge["service"], -charge["amount"])
        if self.chance(60):
            self.bill("rebill", cancelled_on + timedelta(days=self.random.choice((0, 0, 3))))

    def charges_of(self, bill: dict[str, object]) -> list[dict[str, object]]:
        return [charge for charge in self.rows["charges"] if charge["bill_id"] == bill["bill_id"]]

    # Money

    def payment(self) -> None:
        posted_on = self.day(START - timedelta(days=10))
        bill = self.optional(80, self.rows["bills"])
        amount = self.payment_amount(bill) if bill else self.amount()
        self.pay(posted_on, amount, bill_id=self.named_bill(40))

    def pay(self, posted_on: date, amount: Decimal, bill_id: str | None = None) -> None:
        self.add(
            "payments",
            payment_id=self.new_id("payments", "P"),
            received_on=posted_on - timedelta(days=self.random.choice((0, 0, 2))),
            posted_on=posted_on,
            amount=amount,
            bill_id=bill_id,
        )

    def payment_amount(self, bill: dict[str, object]) -> Decimal:
        """The bill exactly, in part, too much, or any amount."""
        total = sum((charge["amount"] for charge in self.charges_of(bill)), Decimal("0.00"))
        change = self.random.choice(("exact", "exact", "part", "part", "over", "any"))
        if total <= CENT or change == "any":
            return self.amount()
        if change == "part":
            return (total / 2).quantize(CENT)
        return total + self.amount() if change == "over" else total

    def give_back(self, payment: dict[str, object]) -> None:
        """One return or several, together never more than the payment."""
        left = payment["amount"]
        for _ in range(self.random.randint(1, 3)):
            amount = left if self.chance(60) else min(left, self.amount())
            if amount <= 0:
                return
            left -= amount
            returned_on = self.day(payment["posted_on"])
            posted_on = self.optional(40, (returned_on, returned_on + timedelta(days=2)))
            add(
                self.rows,
                "payment_returns",
                return_id=self.new_id("payment_returns", "R"),
                payment_id=payment["payment_id"],
                returned_on=returned_on,
                posted_on=posted_on,
                amount=amount,
            )

    # Adjustments

    def adjust(self, kind: str, posted_on: date, amount: Decimal, **values: object) -> dict[str, object]:
        return self.add(
            "adjustments",
            adjustment_id=self.new_id("adjustments", "A"),
            posted_on=posted_on,
            kind=kind,
            amount=amount,
            **values,
        )

    def opening_balance(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            amount = -self.amount() if self.chance(25) else self.amount()
            self.adjust(
                "opening_balance",
                START,
                amount,
                service=self.optional(60, SERVICES),
                origin_due_on=self.optional(70, [START - timedelta(days=days) for days in (5, 35, 70, 200)]),
            )

    def penalty_or_fee(self) -> None:
        posted_on = self.day()
        self.adjust(
            self.random.choice(("penalty", "penalty", *FEES)),
            posted_on,
            Decimal("0.00") if self.chance(3) else self.amount(),
            service=self.optional(40, SERVICES),
            due_on=self.optional(30, [posted_on + timedelta(days=days) for days in (0, 15, 40)]),
            bill_id=self.named_bill(50),
        )

    def other_debit(self) -> None:
        posted_on = self.day()
        kind = self.random.choice(("other_charge", "refund", "refund", "interest", "correction", "recovery"))
        self.adjust(
            kind,
            posted_on,
            self.amount(),
            service=self.optional(40, SERVICES),
            due_on=self.optional(25, [posted_on + timedelta(days=days) for days in (10, 30, 75)]),
            bill_id=self.named_bill(40),
        )

    def credit(self) -> None:
        kind = self.random.choice(
            ("leak_credit", "assistance", "rebate", "deposit_applied", "interest", "correction")
        )
        self.adjust(
            kind,
            self.day(),
            -self.amount(),
            service=self.optional(50, SERVICES),
            bill_id=self.named_bill(70),
        )

    def waiver(self) -> None:
        """Of a penalty or fee that was assessed, or simply of a bill's."""
        kinds = {"penalty": "penalty_waiver", **dict.fromkeys(FEES, "fee_waiver")}
        waived = self.optional(80, [row for row in self.rows["adjustments"] if row["kind"] in kinds])
        if waived is None:
            kind = self.random.choice(("penalty_waiver", "fee_waiver"))
            self.adjust(kind, self.day(), -self.amount(), bill_id=self.named_bill(70))
        else:
            self.adjust(
                kinds[waived["kind"]],
                self.day(waived["posted_on"]),
                -(self.amount() if self.chance(40) else waived["amount"]),
                bill_id=waived["bill_id"],
                service=waived["service"] if self.chance(50) else None,
            )

    def write_off_and_recovery(self) -> None:
        """A debt is written off; at times it is reinstated by the payment that settles it."""
        amount, written_off_on = self.amount(), self.day()
        bill_id = self.named_bill(50)
        self.adjust("write_off", written_off_on, -amount, bill_id=bill_id)
        if self.chance(60):
            recovered_on = self.day(written_off_on)
            self.adjust("recovery", recovered_on, amount, bill_id=bill_id)
            self.pay(recovered_on, amount)

    def transfer_to(self, other: Account) -> None:
        """One row per original due date on both accounts; what moves may be a debt or a credit."""
        moved_on = self.day()
        for _ in range(self.random.randint(1, 2)):
            amount = -self.amount() if self.chance(30) else self.amount()
            known = {
                "service": self.optional(50, SERVICES),
                "origin_due_on": self.optional(
                    80, [moved_on - timedelta(days=days) for days in (10, 40, 100, -5)]
                ),
            }
            self.adjust("balance_transfer", moved_on, -amount, related_account_id=other.account_id, **known)
            other.adjust("balance_transfer", moved_on, amount, related_account_id=self.account_id, **known)
