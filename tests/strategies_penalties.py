"""Random accounts whose penalties have much to settle, beyond what `strategies` draws.

Bills come about monthly, with a printed penalty date or without. Money is received before it is posted, comes
back before, on and after penalty dates, and fees wait for the next bill. Agreements are kept and broken by
whatever money happens to come, disputes run over penalty dates, classes and drafts change.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import strategies as st

from tests.strategies import CENT, START, Account, utility_of
from tests.support.canonical import Rows, add

PENALTY_DAYS = 21


@st.composite
def penalty_histories(draw: st.DrawFn, max_bills: int = 5, max_accounts: int = 2) -> Rows:
    """The rows of one or a few accounts."""
    random = draw(st.randoms(use_true_random=False))
    return utility_of(random, random.randint(1, max_accounts), max_bills, PenaltyAccount)


def random_penalty_histories(seed: int, accounts: int, max_bills: int = 7) -> Rows:
    """The rows of many accounts; the same seed gives the same rows."""
    return utility_of(Random(seed), accounts, max_bills, PenaltyAccount)


class PenaltyAccount(Account):
    """One account that lives through bills, payments, agreements, disputes and changes of its state."""

    def live(self) -> None:
        self.rows["accounts"][0] |= {"customer_class": self.class_(), "autopay": self.autopay()}
        super().live()
        for bill in list(self.rows["bills"]):
            if bill["kind"] != "cancel" and self.chance(35):
                self.pay_about_the_penalty_date(bill)
        if self.chance(35):
            self.agreement()
        self.several(2, self.dispute)
        if self.chance(30):
            self.several(3, self.change_of_state)

    def class_(self) -> str:
        return "commercial" if self.chance(20) else "residential"

    def autopay(self) -> str:
        return self.random.choice(("bank", "card", "pending")) if self.chance(30) else "none"

    # Bills and money

    def bill_cycles(self) -> None:
        bill_date = START + timedelta(days=self.random.randint(0, 20))
        for _ in range(self.random.randint(0, self.max_bills)):
            self.bill("final" if self.chance(8) else "regular", bill_date)
            bill_date = self.seen(bill_date + timedelta(days=self.random.choice((30, 31, 28, 29, 21, 61))))

    def bill(self, kind: str, bill_date: date) -> dict[str, object]:
        bill = super().bill(kind, bill_date)
        bill["due_date"] = self.seen(bill_date + timedelta(days=self.random.choice((10, 10, 15, 27))))
        days = self.random.choice((PENALTY_DAYS, PENALTY_DAYS, 31))
        bill["penalty_date"] = bill_date + timedelta(days=days) if self.chance(60) else None
        return bill

    def penalty_on(self, bill: dict[str, object]) -> date:
        return bill["penalty_date"] or bill["bill_date"] + timedelta(days=PENALTY_DAYS)

    def pay_about_the_penalty_date(self, bill: dict[str, object]) -> None:
        """Received in time or a day late, posted some days later, and now and then returned soon."""
        received_on = self.penalty_on(bill) + timedelta(days=self.random.choice((0, 0, 1, -1, -6)))
        posted_on = received_on + timedelta(days=self.random.choice((0, 0, 1, 3)))
        self.pay(posted_on, self.payment_amount(bill))
        payment = self.rows["payments"][-1]
        payment["received_on"] = received_on
        if self.chance(40):
            wait = timedelta(days=self.random.choice((1, 4, 9, 30)))
            add(
                self.rows,
                "payment_returns",
                return_id=self.new_id("payment_returns", "R"),
                payment_id=payment["payment_id"],
                returned_on=self.seen(posted_on + wait),
                amount=payment["amount"] if self.chance(80) else (payment["amount"] / 2).quantize(CENT),
            )

    # What the city and the customer agree and argue about

    def agreement(self) -> None:
        """Up to four equal installments a month apart, of about what is owed; some money comes for them."""
        if not self.rows["bills"]:
            return
        bill = self.random.choice(self.rows["bills"])
        signed_on = self.seen(bill["bill_date"] + timedelta(days=self.random.choice((12, 15, 25, 20, 22))))
        owed = sum((row["amount"] for row in self.rows["charges"]), Decimal("0.00"))
        amount = max(self.random.choice((owed, owed / 2, self.amount())), CENT * 4).quantize(CENT)
        count = self.random.randint(1, 4)
        part = (amount / count).quantize(CENT)
        parts = [part] * (count - 1) + [amount - part * (count - 1)]
        days = [signed_on + timedelta(days=30 * number) for number in range(1, count + 1)]
        agreement_id = self.new_id("agreements", "G")
        self.add(
            "agreements", agreement_id=agreement_id, signed_on=signed_on, amount=amount, ends_on=days[-1]
        )
        for number, (due_on, installment) in enumerate(zip(days, parts, strict=True), 1):
            add(
                self.rows,
                "agreement_installments",
                agreement_id=agreement_id,
                installment_no=number,
                due_on=due_on,
                amount=installment,
            )
            if self.chance(75) and installment > 0:
                late = self.random.choice((0, 0, -2, 1, 2))
                self.pay(self.seen(due_on + timedelta(days=late)), installment)

    def dispute(self) -> None:
        bill = self.optional(90, [row for row in self.rows["bills"] if row["kind"] != "cancel"])
        if bill is None:
            return
        filed_on = self.seen(bill["bill_date"] + timedelta(days=self.random.choice((5, 10, 15, 21))))
        decided_on = self.optional(80, [filed_on + timedelta(days=days) for days in (6, 11, 16, 40)])
        self.add(
            "disputes",
            dispute_id=self.new_id("disputes", "D"),
            bill_id=bill["bill_id"],
            filed_on=filed_on,
            amount=self.amount(),
            decided_on=decided_on,
        )

    def change_of_state(self) -> None:
        day = self.day()
        if all(row["effective_from"] != day for row in self.rows["account_history"]):
            self.add(
                "account_history", effective_from=day, customer_class=self.class_(), autopay=self.autopay()
            )
